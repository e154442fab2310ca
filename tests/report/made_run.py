"""A run's folder of any size, with cases whose texts are made from a seed."""

import gzip
import json
import random
from pathlib import Path

import numpy as np

from permille.measure.ratio import wilson_ratio

WORDS = [
    *("river", "garden", "doctor", "winter", "paper", "market", "engine", "silver", "valley"),
    *("orange", "teacher", "harbor", "window", "letter", "forest", "music", "bridge", "summer"),
    *("bottle", "station", "mountain", "kitchen", "number", "travel", "answer", "question"),
    *("morning", "evening", "medicine", "pressure", "symptom", "water", "blood", "sleep"),
]
HOSTILE = (
    "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'> "
    "{{ 7 * 7 }} \x00\x07\x1b[31m \u202egnp.exe\u202c \u200f \u061c\xad\U000e0041 \U0001f600 & "
    "<b>bold</b> "
)
TASKS = ("dialogue", "summarization")


def ratios(count: int, of: int) -> dict[str, object]:
    ratio = wilson_ratio(count, of).to_dict()
    return {"any": ratio, "verbatim": ratio, "paraphrase": ratio, "idea": ratio}


def sentence(draw: random.Random, num_words: int) -> str:
    return " ".join(draw.choices(WORDS, k=num_words)).capitalize() + "."


def write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def make_report(num_cases: int) -> dict[str, object]:
    difference = {"any": {"permille": 61.0, "ci95": [30.1, 95.5], "p": 4e-4, "method": "newcombe"}}
    return {
        "schema_version": 1,
        "task": "dialogue",
        "audit": "standard",
        "generations": {"total": 2 * num_cases, "measurable": 2 * num_cases, "degenerate": 0},
        "ratios": ratios(num_cases, 2 * num_cases),
        "controls": {
            "heldout": {**ratios(min(1, num_cases), 2 * num_cases), "difference": difference},
            "base_model": {"missing": "the model was made from scratch"},
            "cross_index": ratios(0, 2 * num_cases),
            "duplicates": [{"times": "1", "ratios": ratios(1, 9)}],
            "thresholds": {"any": [50.0, 70.0], "of": 100},
            "detector": {"sensitivity": ratios(58, 60), "false_alarm": ratios(1, 60)["any"]},
        },
        "attention": {"cad": {"train": [0.9, 0.8], "heldout": [0.9, 0.85]}},
        "utility": {"rouge_l": 0.41},
        "settings": {"trainer.max_epochs": 2},
        "provenance": {
            "data": {"counts": {"dialogue": {"repeated_inputs": 0}}},
            "platform": "Linux-6.1-x86_64-with-glibc2.36",
            "program": "train",
            "overrides": ["task=dialogue", "trainer.max_epochs=2"],
            "seed": 0,
            "packages": {"torch": "2.13.0"},
        },
    }


def make_texts(draw: random.Random, place: int, num_words: int) -> tuple[str, str, str, list]:
    """Return a generation, a document, a prompt, and the runs that both have in common."""
    run = sentence(draw, 18)
    start = " ".join(draw.choices(WORDS, k=12))
    prompt = f"Answer the question. {start}"
    before, after = f"{start} {sentence(draw, 6)} ", f" {sentence(draw, 12)}"
    generation = before + run + after
    ahead = f"{sentence(draw, num_words)} "
    document = ahead + run + f" {sentence(draw, num_words)}"
    spans = [[len(before), len(before) + len(run)], [len(ahead), len(ahead) + len(run)]]
    kind = ("verbatim", "paraphrase", "idea")[place % 3]
    case = {
        "kind": kind,
        "generation": spans[0],
        "document": spans[1],
        "confirmed": True if kind == "paraphrase" else None,
        "input_copied": place % 7 == 0,
        "num_examples": 1 + place % 30,
        "boilerplate": place % 30 > 4,
    }
    return generation, document, prompt, [case]


def make_run(folder: Path, num_cases: int = 30, num_words: int = 30, text: str = "") -> Path:
    """Write a run's files into a folder; `text` is put before each generation and document."""
    draw = random.Random(7)
    cases, generations, documents = [], [], []
    for place in range(num_cases):
        generation, document, prompt, found = make_texts(draw, place, num_words)
        for case in found:
            for side in ("generation", "document"):
                case[side] = [edge + len(text) for edge in case[side]]
        names = {"generation_id": f"gen-{place}", "document_id": f"doc-{place}"}
        cases.append(
            {
                **names,
                "example_id": f"ex-{place}",
                "kind": found[0]["kind"],
                "confirmed": found[0]["confirmed"],
                "headline": place % 5 != 4,
                "rank": place % 10,
                "score": 10.0 + place % 13,
                "own": place % 2 == 0,
                "input_copied": found[0]["input_copied"],
                "num_examples": found[0]["num_examples"],
                "direction": None,
                "cases": found,
            }
        )
        generations.append(
            {
                "id": names["generation_id"],
                "text": text + generation,
                "prompt": prompt,
                "task": TASKS[place % 2],
                "split": "train",
                "model": "tuned",
            }
        )
        documents.append({"id": names["document_id"], "text": text + document, "part": "target"})
    write_lines(folder / "cases.jsonl", cases)
    write_lines(folder / "generations.jsonl", generations)
    write_lines(folder / "documents.jsonl.gz", documents)
    (folder / "report.json").write_text(json.dumps(make_report(num_cases)))
    metrics = {"train/loss": 2.0, "val/loss": 2.5, "attention/cad": 0.9, "val/rouge_l": 0.2}
    write_lines(
        folder / "metrics.jsonl",
        [
            {"name": name, "value": value / (epoch + 1), "epoch": epoch, "step": epoch}
            for epoch in range(2)
            for name, value in metrics.items()
        ],
    )
    return folder


def make_attention(folder: Path) -> Path:
    """Write attention files of two epochs: 2 examples, 2 layers, 3 heads, a map of each example."""
    attention = folder / "attention"
    attention.mkdir()
    draw = np.random.default_rng(3)
    manifest = {
        "schema_version": 1,
        "example_ids": ["ex-0", "ex-9"],
        "splits": ["train", "heldout"],
        "layers": {"cross": [0, 1], "encoder": [0, 1]},
    }
    (attention / "manifest.json").write_text(json.dumps(manifest))
    source, target = ["▁Ask", "▁a", "<b>", "\u202e"], ["▁Take", "▁water", "</s>"]
    for epoch in range(2):
        heads = {f"{kind}_cad": draw.random((2, 2, 3)) for kind in manifest["layers"]}
        heads["cross_cad"][0, 0, 0] = np.nan
        np.savez(attention / f"epoch={epoch:03d}.npz", **heads)
        maps = {f"map={i:03d}": draw.dirichlet(np.ones(4), 3) for i in range(2)}
        np.savez(attention / f"maps_epoch={epoch:03d}.npz", **maps)
        rows = [
            {
                "key": key,
                "example_id": example,
                "split": split,
                "layer": 1,
                "heads": "mean",
                "source_tokens": source,
                "target_tokens": target,
            }
            for key, example, split in zip(
                maps, manifest["example_ids"], manifest["splits"], strict=True
            )
        ]
        (attention / f"maps_epoch={epoch:03d}.json").write_text(
            json.dumps({"schema_version": 1, "maps": rows})
        )
    return attention
