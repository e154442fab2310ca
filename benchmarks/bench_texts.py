"""Times an audit of texts alone, end to end: 10,000 generations against 20,000 documents.

    python benchmarks/bench_texts.py [audit=paper judge=none ...]

The texts are cut from the real slices beside the project: documents of 535 characters, generations
of 239, of which one in ten gives 150 characters of a document back and the others stand in no
document. What is left of the command line goes to `evaluate.py` (`audit=paper judge=none` where
nothing is left). The last line is JSON: `generations_per_s` over all stages but starting and
indexing, the stages' times, `cpu_s` and `peak_mb` of the largest process.
"""

import argparse
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from arguments import positive

ROOT = Path(__file__).resolve().parents[1]
SLICES = ROOT.parent / "shared" / "data"
DOCUMENT_CHARS = 535
GENERATION_CHARS = 239
COPIED_CHARS = 150
BEFORE = ("start", "index")
"""Stages that do not count: starting the program and its processes, and indexing with what is kept
beside the index."""


def texts_of(folder: Path) -> list[str]:
    """Read the inputs of the slices; questions share their contexts, so theirs are left out."""
    texts = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        if not path.name.startswith("qa"):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                texts += [json.loads(line)["input"] for line in lines]
    return texts


def pieces_of(texts: list[str], chars: int) -> Iterator[str]:
    """Cut texts into pieces of a length, each once."""
    seen = set()
    for text in texts:
        for start in range(0, len(text) - chars, chars):
            piece = text[start : start + chars].strip()
            if piece not in seen:
                seen.add(piece)
                yield piece


def write(path: Path, texts: list[str]) -> None:
    """Write texts as JSON lines with ids."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": f"{path.stem}-{number}", "text": text}) + "\n")


def write_texts(folder: Path, num_generations: int, num_documents: int) -> None:
    """Write generations.jsonl and documents.jsonl."""
    rng = Random(0)
    pieces = list(pieces_of(texts_of(SLICES), DOCUMENT_CHARS))
    num_pieces = num_documents + -(-num_generations // 2)
    if len(pieces) < num_pieces:
        raise SystemExit(f"want {num_pieces} pieces of text, got {len(pieces)}; ask for fewer")
    chosen = rng.sample(pieces, num_pieces)
    documents, others = chosen[:num_documents], chosen[num_documents:]
    generations = []
    for number in range(num_generations):
        half = DOCUMENT_CHARS // 2 * (number % 2)
        text = others[number // 2][half : half + GENERATION_CHARS]
        if number % 10 == 0:
            start = rng.randrange(DOCUMENT_CHARS - COPIED_CHARS - 1)
            copied = rng.choice(documents)[start : start + COPIED_CHARS]
            text = text[: GENERATION_CHARS - COPIED_CHARS] + copied
        generations.append(text)
    write(folder / "documents.jsonl", documents)
    write(folder / "generations.jsonl", generations)


def main() -> None:
    """Make the texts, audit them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=positive, default=10_000)
    parser.add_argument("--documents", type=positive, default=20_000)
    given, overrides = parser.parse_known_args()
    if not SLICES.is_dir():
        raise SystemExit(f"want the slices in {SLICES}, which is not there")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_texts(folder, given.generations, given.documents)
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
        command = [sys.executable, str(ROOT / "evaluate.py")]
        command += [f"{one}={folder / one}.jsonl" for one in ("generations", "documents")]
        command += [f"retrieve.cache_dir={folder / 'indexes'}", f"hydra.run.dir={folder / 'run'}"]
        command += overrides or ["audit=paper", "judge=none"]
        start_s = time.perf_counter()
        subprocess.run(command, check=True, stdout=sys.stderr)
        wall_s = time.perf_counter() - start_s
        report = json.loads((folder / "run" / "report.json").read_text())
    stages_s = report["provenance"]["times"]["stages_s"]
    counted_s = sum(taken_s for stage, taken_s in stages_s.items() if stage not in BEFORE)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "generations_per_s": round(given.generations / counted_s, 1),
        "wall_s": round(wall_s, 1),
        "stages_s": stages_s,
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        "generations": given.generations,
        "documents": given.documents,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
