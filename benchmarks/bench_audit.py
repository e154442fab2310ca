"""Times `audit=standard` on texts alone: 10,000 generations against 100,000 documents.

Half of both are held out. The texts are the built-in ones; one generation in ten gives a run of its
document back, one in twenty gives it back with every sixth word left out. The last line is JSON:
`wall_s`, `cpu_s` (of all processes, which load does not stretch), `peak_mb` (the largest process),
`generations`, `documents`, `num_workers`.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from permille.core.records import Example
from permille.data.builtin.corpus import make_examples
from permille.data.config import TaskConfig, TaskName

EVALUATE = Path(__file__).resolve().parents[1] / "evaluate.py"
MAX_CHARS = 500
Line = Mapping[str, object]


def examples_of(name: TaskName, count: int, seed: int) -> list[Example]:
    """Make built-in examples."""
    return make_examples(TaskConfig(name=name), count, seed)


def split_of(number: int) -> str:
    """Return the split of an example; both tasks, which take turns, are halved."""
    return "heldout" if number // 2 % 2 else "train"


def documents_of(examples: list[Example]) -> Iterator[Line]:
    """Yield the input and the target of each example."""
    for i, example in enumerate(examples):
        for part, text in (("input", example.input), ("target", example.target)):
            yield {
                "id": f"{example.id}/{part}",
                "example_id": example.id,
                "part": part,
                "split": split_of(i),
                "task": example.task,
                "text": text,
            }


def written_for(example: Example, other: Example, rng: Random) -> str:
    """Return what a model wrote for an example: mostly something else."""
    chance = rng.random()
    words = example.target.split()
    if chance < 0.1:
        return f"{other.target[:100]} {example.target[:200]}"[:MAX_CHARS]
    if chance < 0.15:
        return " ".join(word for i, word in enumerate(words) if i % 6 != 5)[:MAX_CHARS]
    return other.target[:MAX_CHARS]


def generations_of(examples: list[Example], others: list[Example]) -> Iterator[Line]:
    """Yield a generation for each of the first examples, as many as there are others."""
    rng = Random(0)
    for i, (example, other) in enumerate(zip(examples, others, strict=False)):
        yield {
            "id": f"g{i}",
            "example_id": example.id,
            "split": split_of(i),
            "task": example.task,
            "prompt": example.input[:200],
            "text": written_for(example, other, rng),
        }


def write(path: Path, lines: Iterator[Line]) -> int:
    """Write JSON lines; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")
            count += 1
    return count


def write_texts(folder: Path, num_generations: int, num_documents: int) -> tuple[int, int]:
    """Write generations.jsonl and documents.jsonl; return how many each has."""
    half = num_documents // 4
    examples = [
        example
        for pair in zip(
            examples_of(TaskName.dialogue, half, 0),
            examples_of(TaskName.summarization, half, 0),
            strict=True,
        )
        for example in pair
    ]
    others = examples_of(TaskName.dialogue, num_generations, 1)
    return (
        write(folder / "generations.jsonl", generations_of(examples, others)),
        write(folder / "documents.jsonl", documents_of(examples)),
    )


def main() -> None:
    """Make the texts, audit them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument(
        "--num-workers", type=int, help="as many as there are cores where not given"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = write_texts(folder, given.generations, given.documents)
        print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        command = [sys.executable, str(EVALUATE)]
        command += [f"{one}={folder / one}.jsonl" for one in ("generations", "documents")]
        command += [f"retrieve.cache_dir={folder / 'indexes'}", f"hydra.run.dir={folder / 'run'}"]
        if given.num_workers:
            command += [f"audit.num_workers={given.num_workers}"]
        start_s = time.perf_counter()
        subprocess.run(command, check=True, stdout=sys.stderr)
        wall_s = time.perf_counter() - start_s
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "wall_s": round(wall_s, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        "generations": counts[0],
        "documents": counts[1],
        "num_workers": given.num_workers,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
