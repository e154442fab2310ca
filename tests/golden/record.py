"""Record the golden run again: python tests/golden/record.py

To be done only where a difference is wanted; the message of the commit says why it is.
"""

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("dialogue.json")
OVERRIDES = (
    "task=dialogue",
    "data.num_train=16",
    "data.num_heldout=8",
    "model.num_layers=1",
    "model.d_ff=256",
    "model.vocab_size=1000",
    "model.batch_size=4",
    "trainer.max_epochs=55",
    "trainer.accelerator=cpu",
    "trainer.matmul_precision=highest",
    "attention.num_examples=4",
    "audit.max_new_tokens=60",
    "audit.num_planted=2",
    "audit.num_threshold_prompts=2",
    "track=files",
    "report=off",
)
CURVES = ("train/loss", "val/loss", "attention/cad", "attention/cad_heldout")


def result_of_run(folder: Path) -> dict[str, Any]:
    """Run train.py and return what the golden file keeps of it."""
    command = [sys.executable, str(PROJECT / "train.py"), *OVERRIDES, f"hydra.run.dir={folder}"]
    subprocess.run(command, cwd=folder.parent, check=True, capture_output=True)
    report = json.loads((folder / "report.json").read_text())
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return {
        "data": report["provenance"]["data"],
        "curves": {
            name: [line["value"] for line in lines if line["name"] == name] for name in CURVES
        },
        "generations": report["generations"],
        "ratios": report["ratios"],
        "heldout": {kind: report["controls"]["heldout"][kind] for kind in report["ratios"]},
        "packages": report["provenance"]["packages"],
    }


def record() -> None:
    """Write the golden file, with where it comes from."""
    with TemporaryDirectory() as folder:
        result = result_of_run(Path(folder) / "run")
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    origin = {
        "command": f"python train.py {' '.join(OVERRIDES)}",
        "recorded_by": "python tests/golden/record.py",
        "after_commit": commit.stdout.strip(),
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": result.pop("packages"),
    }
    text = json.dumps({"origin": origin, **result}, indent=1, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
