"""One whole run against what it gave when it was recorded (by record.py).

Texts and splits are the same everywhere. Sums of floating-point numbers are not: the order of
additions differs between processors. The first epochs are therefore held closely, the last ones
and the ratios as widely as such differences have grown by then.
"""

import json
from typing import Any

import pytest

from .record import CURVES, GOLDEN, OVERRIDES, result_of_run

FIRST_EPOCHS = 5
Result = dict[str, Any]


@pytest.fixture(scope="module")
def golden() -> Result:
    recorded: Result = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return recorded


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return result_of_run(tmp_path_factory.mktemp("golden") / "run")


def test_it_was_recorded_from_this_command(golden: Result) -> None:
    assert golden["origin"]["command"] == f"python train.py {' '.join(OVERRIDES)}"
    assert set(golden["origin"]) >= {"recorded_by", "after_commit", "date", "packages"}


def test_the_examples_are_the_same_to_the_letter(golden: Result, result: Result) -> None:
    assert result["data"] == golden["data"]


@pytest.mark.parametrize("name", CURVES)
def test_the_first_epochs_are_the_same(golden: Result, result: Result, name: str) -> None:
    found, wanted = result["curves"][name], golden["curves"][name]
    assert len(found) == len(wanted) == 55
    assert found[:FIRST_EPOCHS] == pytest.approx(wanted[:FIRST_EPOCHS], rel=2e-3)


def test_training_ends_where_it_did(golden: Result, result: Result) -> None:
    found, wanted = result["curves"]["train/loss"], golden["curves"]["train/loss"]
    assert found[-1] == pytest.approx(wanted[-1], abs=0.2)


@pytest.mark.parametrize("kind", ["any", "verbatim"])
def test_the_ratios_lie_in_the_recorded_intervals(
    golden: Result, result: Result, kind: str
) -> None:
    for part in ("ratios", "heldout"):
        low, high = golden[part][kind]["ci95"]
        assert low <= result[part][kind]["permille"] <= high


def test_the_contrast_is_there(result: Result) -> None:
    assert result["ratios"]["verbatim"]["ci95"][0] > result["heldout"]["verbatim"]["ci95"][1]


def test_every_generation_is_accounted_for(golden: Result, result: Result) -> None:
    generations = result["generations"]
    assert generations["total"] == golden["generations"]["total"] == 16
    assert generations["measurable"] + generations["not_measurable"] == generations["total"]
    assert result["ratios"]["any"]["of"] == generations["measurable"]
