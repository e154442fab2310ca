"""Times the search of a whole corpus for every run over 50 characters that texts share with it.

Texts and documents are made of real ones from `shared/data`: beginnings of held-out texts, every
fifth with a passage of 60 to 300 characters of a document put in. The last line is JSON.
"""

import argparse
import gzip
import json
import platform
import resource
import time
from itertools import cycle, islice
from pathlib import Path
from random import Random

from arguments import positive
from permille.align.corpus_runs import CorpusSearch

SHARED = Path(__file__).resolve().parents[2] / "shared"
SLICES = {"summarization": "document", "sentiment": "text", "dialogue": "output"}
HELDOUT = 300
TEXT_CHARS = 400


def read_texts() -> list[str]:
    """Read the texts of the slices."""
    texts = []
    for name, column in SLICES.items():
        path = SHARED / "data" / f"{name}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)[column] for line in lines]
    return texts


def make_texts(
    count: int, megabytes: int, rng: Random
) -> tuple[list[str], list[tuple[str, str]], dict[int, tuple[int, int]]]:
    """Return texts, documents of so many characters, and where something was planted."""
    real = read_texts()
    rng.shuffle(real)
    hosts, sources = real[:HELDOUT], real[HELDOUT:]
    documents, num_chars = [], 0
    for at, text in enumerate(cycle(sources)):
        if num_chars >= megabytes * 1_000_000:
            break
        # later rounds are cut elsewhere and get words of their own, so that documents differ
        turned = text if at < len(sources) else f"{at} {text[at % 97 :]}"
        documents.append((str(at), turned))
        num_chars += len(turned)
    texts, planted = [], {}
    for at, host in enumerate(islice(cycle(hosts), count)):
        start = rng.randrange(max(1, len(host) - TEXT_CHARS))
        text = host[start : start + TEXT_CHARS]
        source = rng.choice(sources)
        chars = rng.randint(60, 300)
        if at % 5 == 0 and len(source) > chars:
            begin = rng.randrange(len(source) - chars)
            planted[at] = (100, 100 + chars)
            text = text[:100].ljust(100) + source[begin : begin + chars] + text[100:]
        texts.append(text)
    return texts, documents, planted


def main() -> None:
    """Time, check and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=positive, default=10_000)
    parser.add_argument("--megabytes", type=positive, default=100)
    parser.add_argument("--normalized", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    texts, documents, planted = make_texts(options.texts, options.megabytes, Random(options.seed))
    warm = CorpusSearch(texts[:1], normalized=options.normalized)
    warm.add([("warm", texts[0])])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = [time.process_time()]
    search = CorpusSearch(texts, normalized=options.normalized)
    times.append(time.process_time())
    search.add(documents)
    times.append(time.process_time())
    runs = search.runs()
    times.append(time.process_time())
    found = sum(
        any(min(run.end_char, end) - max(run.start_char, start) > 50 for run in runs[at])
        for at, (start, end) in planted.items()
    )
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{len(texts):,} texts, {len(documents):,} documents, CPU seconds of one core")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "index_s": round(times[1] - times[0], 2),
                "search_s": round(times[3] - times[1], 2),
                "corpus_chars": sum(len(text) for _, text in documents),
                "planted": len(planted),
                "planted_found": found,
                "runs": sum(map(len, runs)),
                "more_memory_mb": (peak - before) // 1024,
                "cut_short": search.num_cut_short,
            }
        )
    )


if __name__ == "__main__":
    main()
