"""Plants passages of real texts into others and measures what `paper` and the default find.

The last line is JSON: `rows`, of each a detector, a kind of plant, its size in characters (the
median where it varies), `recall` of any kind per pair, `recall_top10` through retrieval, and
`expected_kind_share`; and `false_alarms` on unrelated texts of the same slices, each against its
top documents. Texts that share a run over 50 characters with any document (stock text, the news of
the same day) are no unrelated texts; they are counted and left out. The published rules get the
texts swapped, as their caller does.
"""

import argparse
import gzip
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from arguments import positive
from permille.align import AlignConfig, Aligner
from permille.align.prepare import PreparedText
from permille.core.records import Candidate, Document, Kind, Span
from permille.measure.ratio import wilson_ratio
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.engines import open_retriever
from plants import Plant, beginning, holds_run, make_plants, sharing_run

SHARED = Path(__file__).resolve().parents[2] / "shared"
TOP_K = 10
LONG_ENOUGH_CHARS = 200
"""A host, and a summary that is planted, is at least so long."""
UNRELATED_CHARS = 400
"""About what a model writes in 100 tokens."""

CONFIGS = {"paper": AlignConfig.paper, "default": AlignConfig}
TASKS: dict[str, Callable[[dict[str, str]], str]] = {
    "summarization": lambda row: row["document"],
    "dialogue": lambda row: row["output"],
    "qa": lambda row: row["context"],
    "sentiment": lambda row: row["text"],
    "translation_wmt22": lambda row: row["en"],
}
"""The slices, and the text of an example that is given back."""
SUMMARIES = {"summarization": "summary", "summarization_cnndm": "short_summary"}
"""Slices of true summaries, of some 200 words and of some 50, and what a plant of one is called."""


@dataclass
class Planted:
    """The plants of one slice with the documents that may have been given back.

    Attributes:
        documents: By id.
        plants: Of every kind and size.
        unrelated: Texts in which nothing was planted.
        hits: The top documents of each text of `plants` and `unrelated`, in this order.
    """

    documents: dict[str, Document]
    plants: list[Plant]
    unrelated: list[str]
    hits: list[list[Candidate]]


class Measured:
    """One detector with the documents that it has prepared."""

    def __init__(self, name: str) -> None:
        self._swaps = name == "paper"
        self._aligner = Aligner(CONFIGS[name]())
        self._prepared: dict[str, PreparedText] = {}

    def find(self, text: str, document: str) -> list[tuple[Kind, Span]]:
        """Return the kind and the span in the text of every case with a document."""
        if document not in self._prepared:
            self._prepared[document] = self._aligner.prepare(document)
        source = self._prepared[document]
        if self._swaps:
            cases = self._aligner.align(source, text).cases
            return [(case.kind, case.source) for case in cases]
        return [(case.kind, case.suspicious) for case in self._aligner.align(text, source).cases]


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a slice."""
    path = SHARED / "data" / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def plant_slice(name: str, options: argparse.Namespace, rng: Random) -> Planted:
    """Plant passages of a slice's documents into beginnings of others, and look all of them up."""
    texts = sorted({TASKS[name](row) for row in read_rows(name)})
    rng.shuffle(texts)
    others = [text for text in texts if len(text) >= LONG_ENOUGH_CHARS][: options.unrelated]
    used = set(others)
    rest = [text for text in texts if text not in used][: options.documents]
    documents = [Document(f"{name} {i}", text) for i, text in enumerate(rest)]
    hosts = [beginning(text, options.host_chars) for text in others]
    plants = list(make_plants(documents, hosts, options.count, rng))
    unrelated = [beginning(text, UNRELATED_CHARS) for text in others]
    related = sharing_run(unrelated, rest)
    print(f"{name}: {len(rest)} documents; {len(related)} of {len(others)} others are related")
    kept = [text for i, text in enumerate(unrelated) if i not in related]
    return looked_up(documents, plants, kept)


def plant_summaries(
    source: str, num_plants: int, num_documents: int, rng: Random, *, is_reversed: bool
) -> Planted:
    """Take true summaries for generations and their documents for documents, or the reverse."""
    rows = [row for row in read_rows(source) if len(row["summary"]) >= LONG_ENOUGH_CHARS]
    rng.shuffle(rows)
    given, written = ("summary", "document") if is_reversed else ("document", "summary")
    called = SUMMARIES[source]
    name = f"document_of_{called}" if is_reversed else f"{called}_of_document"
    documents = [Document(row["id"], row[given]) for row in rows[:num_documents]]
    plants = []
    for row in rows[:num_plants]:
        text = row[written]
        expected = Kind.VERBATIM if holds_run(text, row[given]) else Kind.IDEA
        plants.append(Plant(name, 0, text, 0, len(text), row["id"], expected))
    return looked_up(documents, plants, [])


def looked_up(documents: list[Document], plants: list[Plant], unrelated: list[str]) -> Planted:
    """Search for every text among the documents."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_retriever(RetrieveConfig(cache_dir=folder)) as retriever,
    ):
        queries = [*(plant.text for plant in plants), *unrelated]
        hits = retriever.index(documents).search(queries, TOP_K)
    return Planted({document.id: document for document in documents}, plants, unrelated, hits)


@dataclass(frozen=True)
class Outcome:
    """What was found of one plant: per pair, through the top documents, and as what."""

    found: bool
    found_top10: bool
    is_expected: bool
    chars: int


def try_plant(
    plant: Plant, hits: Sequence[Candidate], planted: Planted, tried: Measured
) -> Outcome:
    """Align a plant with its document and with the top documents."""
    span = Span(plant.start_char, plant.end_char)

    def kinds(document_id: str) -> set[Kind]:
        cases = tried.find(plant.text, planted.documents[document_id].text)
        return {kind for kind, where in cases if where.overlap_chars(span)}

    of_pair = kinds(plant.document_id)
    strongest = next((k for k in (Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA) if k in of_pair), None)
    others = (hit.document_id for hit in hits if hit.document_id != plant.document_id)
    is_returned = any(hit.document_id == plant.document_id for hit in hits)
    found_top10 = bool(of_pair and is_returned) or any(kinds(name) for name in others)
    return Outcome(bool(of_pair), found_top10, strongest is plant.expected, len(span))


def row_of(name: str, plant: str, chars: int, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return one row of the result, with how many plants it rests on and an interval."""
    of = len(outcomes)
    recall = wilson_ratio(sum(outcome.found for outcome in outcomes), of)
    low, high = recall.ci95 or (0.0, 0.0)
    return {
        "align": name,
        "plant": plant,
        "chars": chars or round(statistics.median(outcome.chars for outcome in outcomes)),
        "recall": round(recall.count / of, 4),
        "recall_ci95": [round(low / 1000, 4), round(high / 1000, 4)],
        "recall_top10": round(sum(outcome.found_top10 for outcome in outcomes) / of, 4),
        "expected_kind_share": round(sum(outcome.is_expected for outcome in outcomes) / of, 4),
        "of": of,
    }


def false_alarms(all_planted: Sequence[Planted], tried: Measured) -> dict[str, float | int]:
    """Count flagged texts in which nothing was planted, by pair and by generation."""
    flagged_pairs = pairs = flagged = total = 0
    for planted in all_planted:
        for text, hits in zip(planted.unrelated, planted.hits[len(planted.plants) :], strict=True):
            alarms = [
                bool(tried.find(text, planted.documents[hit.document_id].text)) for hit in hits
            ]
            pairs += len(alarms)
            flagged_pairs += sum(alarms)
            flagged += any(alarms)
            total += 1
    return {
        "per_pair": round(flagged_pairs / pairs, 5),
        "per_generation": round(flagged / total, 5),
        "pairs_flagged": flagged_pairs,
        "pairs": pairs,
        "generations_flagged": flagged,
        "generations": total,
    }


def measure(name: str, all_planted: Sequence[Planted]) -> tuple[list[dict[str, object]], object]:
    """Return a detector's rows and its false alarms."""
    tried = Measured(name)
    outcomes: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for planted in all_planted:
        for plant, hits in zip(planted.plants, planted.hits, strict=False):
            outcomes[plant.name, plant.chars].append(try_plant(plant, hits, planted, tried))
    rows = [row_of(name, *key, found) for key, found in outcomes.items()]
    return rows, false_alarms(all_planted, tried)


def main() -> None:
    """Plant, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--count", type=positive, default=50, help="plants of a kind, size and slice"
    )
    parser.add_argument("--documents", type=positive, default=1000, help="at most, a slice")
    parser.add_argument(
        "--unrelated", type=positive, default=200, help="texts without a plant a slice"
    )
    parser.add_argument("--host-chars", type=positive, default=100, help="text around a plant")
    parser.add_argument("--align", choices=CONFIGS, action="append", help="default: both")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("NLTK_DATA", str(SHARED / "nltk_data"))
    rng = Random(options.seed)
    all_planted = [plant_slice(name, options, rng) for name in TASKS]
    size = min(options.count * len(TASKS), options.documents)
    all_planted += [
        plant_summaries(source, size, options.documents, rng, is_reversed=way)
        for source in SUMMARIES
        for way in (False, True)
    ]
    rows, alarms = [], {}
    for name in options.align or CONFIGS:
        start = time.perf_counter()
        found, alarms[name] = measure(name, all_planted)
        print(f"{name}: {time.perf_counter() - start:.0f} s; false alarms {alarms[name]}")
        for row in found:
            print(
                f"{row['align']:8} {row['plant']:25} {row['chars']:5}  recall {row['recall']:.3f}"
                f"  top 10 {row['recall_top10']:.3f}  expected kind"
                f" {row['expected_kind_share']:.3f}  of {row['of']}"
            )
        rows += found
    print(json.dumps({"rows": rows, "false_alarms": alarms}))


if __name__ == "__main__":
    main()
