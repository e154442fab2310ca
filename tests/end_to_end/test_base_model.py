"""A model that was there before it is fine-tuned: train.py with model=hf."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import TINY, Run

KINDS = {"any", "verbatim", "paraphrase", "idea"}


@pytest.fixture(scope="module")
def controls(run: Run, trained: Path, workplace: Path) -> dict[str, Any]:
    """The controls of a run that starts from the weights of another one."""
    settings = [one for one in TINY if not one.startswith("model")]
    done = run(
        "train",
        "model=hf",
        f"model.name={trained / 'checkpoints' / 'model'}",
        *settings,
        "audit.num_planted=4",
        "audit.num_threshold_prompts=4",
        "hydra.run.dir=fine_tuned",
    )
    assert done.code == 0, done.err
    report = json.loads((workplace / "fine_tuned" / "report.json").read_text())
    found: dict[str, Any] = report["controls"]
    return found


def test_the_model_before_fine_tuning_is_compared_prompt_by_prompt(
    controls: dict[str, Any],
) -> None:
    base = controls["base_model"]
    assert KINDS | {"pairs", "difference"} == base.keys()
    assert base["pairs"] == 24
    for contrast in base["difference"].values():
        assert contrast["ci95"][0] <= contrast["permille"] <= contrast["ci95"][1]
        assert 0 < contrast["p"] <= 1
        assert contrast["method"].startswith("tango")
        assert {"permille", "ci95", "p"} <= contrast["measurable_only"].keys()


def test_the_difference_in_differences_is_what_the_run_claims(
    controls: dict[str, Any], workplace: Path
) -> None:
    assert controls["difference_in_differences"].keys() == KINDS
    tests = {row["test"] for row in controls["multiplicity"]}
    assert {f"difference_in_differences {kind}" for kind in KINDS} <= tests
    lines = (workplace / "fine_tuned" / "generations.jsonl").read_text().splitlines()
    arms = {(row["model"], row["split"]) for row in map(json.loads, lines)}
    assert arms == {(model, split) for model in ("tuned", "base") for split in ("train", "heldout")}
