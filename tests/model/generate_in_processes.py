"""Lets one process, and then two together, answer the same prompts. Not a test itself.

Usage: python generate_in_processes.py FOLDER PORT, with a model in FOLDER/model. Writes
FOLDER/<how>-<processes>-<rank>.json.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist

from permille.core.records import Prompt, Split
from permille.model.config import DecodingConfig, ModelConfig
from permille.model.decoding import generate
from permille.model.pretrained import load_pretrained

WORDS = [
    "doctor",
    "fever",
    "patient",
    "morning",
    "water",
    "garden",
    "winter",
    "letter",
    "window",
    "engine",
]
PROMPTS = [
    Prompt(
        text=" ".join(WORDS[(n * k) % 10] for k in range(1, 3 + n % 13)),
        example_id=f"e{n}",
        task="dialogue",
        split=Split.TRAIN,
        whole_input=True,
        prefix_chars=0,
    )
    for n in range(37)
]
DRAWN = DecodingConfig(do_sample=True, temperature=2.0, seed=1)


def write(folder: Path, num_processes: int, rank: int) -> None:
    torch.set_num_threads(1)
    name = str(folder / "model")
    model, tokenizer = load_pretrained(ModelConfig(source="pretrained", name=name))
    jobs = {"greedy": (PROMPTS, None), "drawn": (PROMPTS, DRAWN), "few": (PROMPTS[:3], None)}
    for how, (prompts, decoding) in jobs.items():
        torch.manual_seed(rank)
        written = generate(
            model, tokenizer, prompts, batch_size=4, max_new_tokens=20, decoding=decoding
        )
        path = folder / f"{how}-{num_processes}-{rank}.json"
        path.write_text(json.dumps([asdict(one) for one in written]))


def start(folder: Path, port: str, num_processes: int, rank: int) -> int:
    """Fork a process that writes, and return its number."""
    process = os.fork()
    if process == 0:
        if num_processes > 1:
            dist.init_process_group(
                "gloo",
                init_method=f"tcp://127.0.0.1:{port}",
                world_size=num_processes,
                rank=rank,
            )
        write(folder, num_processes, rank)
        os._exit(0)
    return process


def main() -> None:
    folder, port = Path(sys.argv[1]), sys.argv[2]
    for num_processes in (1, 2):
        processes = [start(folder, port, num_processes, rank) for rank in range(num_processes)]
        if any(os.waitpid(process, 0)[1] for process in processes):
            sys.exit(f"failed with {num_processes} processes")


if __name__ == "__main__":
    main()
