"""audit=full from the command line to report.json, on a model that was trained for it."""

import json
from pathlib import Path

import pytest

from .conftest import TINY, Run

FULL = [
    *(one for one in TINY if "epochs" not in one),
    "trainer.max_epochs=1",
    "audit=full",
    "audit.num_planted=0",
    "audit.num_threshold_prompts=0",
    "audit.looks.num_candidates=15",
    "data.canaries=3",
    "task=multitask",
    "task.tasks=[dialogue,qa]",
]


@pytest.fixture(scope="module")
def full(run: Run, workplace: Path) -> Path:
    done = run("train", *FULL, "hydra.run.dir=looked_at")
    assert done.code == 0, done.err
    return workplace / "looked_at"


def controls_of(folder: Path) -> dict[str, dict[str, object]]:
    report = json.loads((folder / "report.json").read_text())
    found: dict[str, dict[str, object]] = report["controls"]
    return found


def test_every_look_is_in_the_report(full: Path) -> None:
    controls = controls_of(full)
    assert set(controls["extraction"]) == {"given_input", "given_tokens", "sampled"}
    assert {"loss", "loss_against_base", "zlib", "min_k", "min_k_plus"} < set(
        controls["membership"]
    )
    assert set(controls["task_matrix"]) == {"dialogue", "qa"}
    assert "email" in controls["personal_data"]
    rows = controls["canaries"]["by_times"]
    assert isinstance(rows, list)
    assert [row["times"] for row in rows] == [0, 1, 10, 100]
    assert [row["extracted"]["of"] for row in rows] == [3, 1, 1, 1]


def test_inserted_strings_are_trained_on_but_are_no_examples(full: Path) -> None:
    report = json.loads((full / "report.json").read_text())
    assert report["generations"]["total"] == 24
    losses = [row["median_exposure_bits"] for row in report["controls"]["canaries"]["by_times"]]
    assert all(0 <= bits <= 4 for bits in losses)


def test_a_look_can_be_named_alone(run: Run, full: Path, workplace: Path) -> None:
    done = run(
        "evaluate",
        f"run={full}",
        "audit=standard",
        "audit.looks.names=[membership]",
        "hydra.run.dir=named",
    )
    assert done.code == 0, done.err
    controls = controls_of(workplace / "named")
    assert controls["membership"]["loss"] == controls_of(full)["membership"]["loss"]
    assert controls["extraction"] == {
        "missing": "not looked at; audit=full does, or audit.looks.names=[extraction]"
    }


def test_texts_of_any_origin_have_no_model_to_ask(run: Run, full: Path, workplace: Path) -> None:
    done = run(
        "evaluate",
        f"generations={full / 'generations.jsonl'}",
        f"documents={full / 'documents.jsonl.gz'}",
        "audit=full",
        "audit.num_planted=0",
        "audit.num_threshold_prompts=0",
        "report=off",
        "hydra.run.dir=texts",
    )
    assert done.code == 0, done.err
    controls, own = controls_of(workplace / "texts"), controls_of(full)
    assert "no model to ask" in str(controls["extraction"]["missing"])
    for look in ("personal_data", "task_matrix"):
        assert controls[look] == own[look]
