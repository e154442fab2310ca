"""Both engines on the same documents: speed, disk, and how often they agree.

Documents are the real slices of every task where they are, and texts made from a seed else.
Elasticsearch is `ELASTICSEARCH_URL`'s, or a node that is started for the time. The last line is
JSON; `queries_per_cpu_s` is per second of this process's own time, which other load on the
machine hardly touches. `--documents N` cycles through the slices, up to N; each round has a word
of its own.

    python benchmarks/bench_retrieve.py [--documents 27580] [--queries 1000] [--engine both]
"""

import argparse
import gzip
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path

from permille.core.records import Candidate, Document
from permille.retrieve import open_retriever
from permille.retrieve.building import INDEX
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_index import PREFIX
from permille.retrieve.elasticsearch import ElasticsearchRetriever
from permille.retrieve.protocol import Corpus
from permille.retrieve.store import PLACES, RECORDS

SHARED = Path(__file__).resolve().parents[2] / "shared"
TASKS = ("dialogue", "translation", "summarization", "sentiment", "qa")
QUERY_WORDS = 75
MEGABYTE = 1e6


def real_texts() -> list[str]:
    """Return inputs and targets of the real slices, without the inputs of the long tasks."""
    texts = []
    for task in TASKS:
        with gzip.open(SHARED / "data" / f"{task}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                texts += [row["target"]] if task in ("summarization", "qa") else []
                texts += [row["input"]] if task == "sentiment" else []
                texts += [row["input"], row["target"]] if task in TASKS[:2] else []
    return texts


def made_texts(number: int, seed: int) -> Iterator[str]:
    """Yield short texts with words as unevenly spread as in a language."""
    chance = random.Random(seed)
    for _ in range(number):
        ranks = (int(chance.paretovariate(0.9)) for _ in range(chance.randint(8, 40)))
        yield " ".join(f"w{rank % 300_000}" for rank in ranks)


def documents_from(texts: Sequence[str] | None, number: int, seed: int) -> Iterator[Document]:
    """Yield `number` documents; later rounds through the texts get a word of their own."""
    if texts is None:
        for at, text in enumerate(made_texts(number, seed)):
            yield Document(f"made-{at:08}", text)
        return
    rounds = ((turn, at) for turn in count() for at in range(len(texts)))
    for turn, at in islice(rounds, number):
        text = f"{texts[at]} turn{turn}" if turn else texts[at]
        yield Document(f"real-{turn:04}-{at:06}", text)


def queries_from(texts: Sequence[str], number: int, seed: int) -> list[str]:
    """Return pieces of texts as long as a generation of 100 tokens."""
    chance = random.Random(seed)
    pieces = []
    while len(pieces) < number:
        words = chance.choice(texts).split()
        start = chance.randrange(max(1, len(words) - QUERY_WORDS))
        pieces.append(" ".join(words[start : start + QUERY_WORDS]))
    return pieces


def measure(
    config: RetrieveConfig, documents: Iterator[Document], queries: Sequence[str]
) -> tuple[dict[str, float], list[list[Candidate]], Corpus]:
    """Index and search; return the figures, what was found, and the corpus."""
    with open_retriever(config) as retriever:
        if retriever.kept():
            sys.exit(
                "indexes are there already, from which this one could start, so its loading "
                f"cannot be timed; see python -m permille.retrieve list --engine {config.engine}"
            )
        began_s = time.perf_counter()
        corpus = retriever.index(documents)
        loaded_s = time.perf_counter()
        corpus.search(queries[:100], config.top_k)
        warm_s, warm_cpu_s = time.perf_counter(), time.process_time()
        found = corpus.search(queries, config.top_k)
        ended_s, ended_cpu_s = time.perf_counter(), time.process_time()
        if isinstance(retriever, ElasticsearchRetriever):
            bytes_on_disk = retriever.lifecycle.bytes_on_disk(PREFIX + corpus.fingerprint)
            retriever.delete(corpus.fingerprint)
            own = {}
        else:
            folder = next(Path(str(config.cache_dir)).rglob(corpus.fingerprint))
            bytes_on_disk = size_of(folder / INDEX) + (folder / PLACES).stat().st_size
            own = {
                "queries_per_cpu_s": len(queries) / (ended_cpu_s - warm_cpu_s),
                "text_bytes_per_doc": (folder / RECORDS).stat().st_size / len(corpus),
            }
    figures = {
        "docs_per_s": len(corpus) / (loaded_s - began_s),
        "queries_per_s": len(queries) / (ended_s - warm_s),
        "bytes_per_doc": bytes_on_disk / len(corpus),
        **own,
    }
    return figures, found, corpus


def size_of(folder: Path) -> int:
    """Return the bytes of all files under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def overlap(one: list[list[Candidate]], other: list[list[Candidate]]) -> tuple[float, float]:
    """Return the mean share of common documents, and the share of equal orders."""
    shares, equal = [], 0
    for left, right in zip(one, other, strict=True):
        names = [hit.document_id for hit in left], [hit.document_id for hit in right]
        longest = max(len(names[0]), len(names[1]))
        shares.append(len(set(names[0]) & set(names[1])) / longest if longest else 1.0)
        equal += names[0] == names[1]
    return sum(shares) / len(shares), equal / len(shares)


def start_node(stack: ExitStack) -> str | None:
    """Return the address of a node that is stopped at the end, if there is one to start."""
    launcher = SHARED / "elasticsearch" / "node"
    if not launcher.is_file():
        return None
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stack.callback(subprocess.run, [launcher, "stop", folder], check=True)
    started = subprocess.run(
        [launcher, "start", folder, "--port", str(port)], check=True, capture_output=True, text=True
    )
    return started.stdout.strip()


def main() -> None:
    """Measure both engines and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=27_580)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--engine", choices=["both", *Engine], default="both")
    parser.add_argument("--made", action="store_true", help="texts from a seed, not the slices")
    parser.add_argument("--ca-file", help="certificates to trust, of ELASTICSEARCH_URL's server")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    texts = real_texts() if (SHARED / "data").is_dir() and not given.made else None
    sample = texts or list(made_texts(5_000, given.seed))
    queries = queries_from(sample, given.queries, given.seed)
    result: dict[str, object] = {}
    found = {}
    with ExitStack() as stack:
        cache_dir = stack.enter_context(tempfile.TemporaryDirectory())
        for engine in Engine:
            if given.engine not in ("both", engine):
                continue
            config = RetrieveConfig(engine=engine, cache_dir=cache_dir)
            if engine is Engine.elasticsearch:
                config.ca_file = given.ca_file
                if not os.environ.get("ELASTICSEARCH_URL"):
                    config.url = start_node(stack)
                    if not config.url:
                        result[engine] = {"missing": "no ELASTICSEARCH_URL, and no node to start"}
                        continue
            documents = documents_from(texts, given.documents, given.seed)
            figures, found[engine], corpus = measure(config, documents, queries)
            result[engine] = {name: round(value, 1) for name, value in figures.items()}
            print(f"{engine}: {len(corpus):,} documents, {result[engine]}", file=sys.stderr)
    if len(found) == len(Engine):
        share, equal = overlap(*found.values())
        result |= {"overlap_at_10": round(share, 6), "same_order": round(equal, 4)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    print(f"client: {peak:.0f} MB at most", file=sys.stderr)
    result |= {"documents": given.documents, "queries": len(queries), "client_mb": round(peak)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
