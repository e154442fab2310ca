"""Times the aligner against the published detector written straight down, on the same pairs.

The last line is JSON: `prepared_ratio` (documents prepared beforehand, as at indexing; generations
prepared in the run), `cold_ratio` (nothing prepared), `pairs_per_s` (prepared), `identical`, `of`.
"""

import argparse
import gzip
import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import nltk

import align_oracle
from arguments import positive
from permille.align import AlignConfig, Aligner
from permille.core.records import Alignment

SHARED = Path(__file__).resolve().parents[2] / "shared"

Pair = tuple[str, str]


def read_pairs(path: Path, limit: int | None) -> list[Pair]:
    """Read (generation, document) pairs."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][:limit]
    return [(row["generation"], row["document"]) for row in rows]


def plain(found: Alignment) -> tuple[str, list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Write an alignment as the oracle does."""
    return str(found.kind), sorted(
        (
            (case.suspicious.start_char, case.suspicious.end_char),
            (case.source.start_char, case.source.end_char),
        )
        for case in found.cases
    )


def seconds(job: Callable[[], object]) -> float:
    """Time a job, in seconds of this process's CPU, which load does not stretch."""
    start = time.process_time()
    job()
    return time.process_time() - start


def prepared_seconds(pairs: list[Pair]) -> float:
    """Time alignment with the documents prepared and the generations prepared in the run."""
    aligner = Aligner(AlignConfig.paper())
    documents = {text: aligner.prepare(text) for _, text in pairs}
    return seconds(lambda: list(aligner.align_many((g, documents[text]) for g, text in pairs)))


def cold_seconds(pairs: list[Pair]) -> float:
    """Time alignment from the bare texts, each pair by itself."""
    aligner = Aligner(AlignConfig.paper())
    return seconds(lambda: [aligner.align(*pair) for pair in pairs])


def round_seconds(pairs: list[Pair]) -> dict[str, float]:
    """Time all three, the quick ones before and after the plain one.

    A machine that others use too is twice as fast in one minute as in the next: only what was
    timed side by side has a ratio.
    """
    quick = {"prepared": prepared_seconds, "cold": cold_seconds}
    before = {name: timed(pairs) for name, timed in quick.items()}
    plain_s = seconds(lambda: [align_oracle.align(*pair) for pair in pairs])
    after = {name: timed(pairs) for name, timed in quick.items()}
    return {"plain": plain_s, **{name: (before[name] + after[name]) / 2 for name in quick}}


def main() -> None:
    """Time, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = SHARED / "reference" / "bm25_top10.jsonl.gz"
    parser.add_argument("--pairs", type=Path, default=default)
    parser.add_argument("--limit", type=positive)
    parser.add_argument("--repeats", type=positive, default=5)
    options = parser.parse_args()
    if not options.pairs.is_file():
        parser.error(f"--pairs: want a file of JSON lines, gzipped, got {options.pairs}")
    nltk.data.path.append(str(SHARED / "nltk_data"))
    pairs = read_pairs(options.pairs, options.limit)
    align_oracle.align(*pairs[0])
    start = time.perf_counter()
    Aligner(AlignConfig.paper()).align(*pairs[0])
    list(Aligner(AlignConfig.paper()).align_many(pairs))
    print(
        f"first pass, compiling or loading the compiled code: {time.perf_counter() - start:.1f} s"
    )
    expected = [align_oracle.align(*pair) for pair in pairs]
    found = list(Aligner(AlignConfig.paper()).align_many(pairs))
    identical = sum(
        plain(got) == (kind, sorted(cases))
        for got, (kind, cases) in zip(found, expected, strict=True)
    )
    rounds = [round_seconds(pairs) for _ in range(options.repeats)]
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    for name in rounds[0]:
        rates = ", ".join(f"{len(pairs) / one[name]:.0f}" for one in rounds)
        print(f"{name}: {rates} pairs/s")

    def ratio(name: str) -> float:
        return statistics.median(one["plain"] / one[name] for one in rounds)

    print(
        json.dumps(
            {
                "prepared_ratio": round(ratio("prepared"), 1),
                "cold_ratio": round(ratio("cold"), 2),
                "pairs_per_s": round(len(pairs) / statistics.median(r["prepared"] for r in rounds)),
                "identical": identical,
                "of": len(pairs),
            }
        )
    )


if __name__ == "__main__":
    main()
