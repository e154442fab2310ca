"""Runs that differ in one thing alone."""

import json

import pytest

from permille.report.between_runs import counterfactuals, seed_spread


def ratio(permille, half=20.0):
    return {"count": 1, "of": 10, "permille": permille, "ci95": [permille - half, permille + half]}


def row(overrides, permille=None, run="."):
    kinds = ("any", "verbatim", "paraphrase", "idea")
    value = ratio(permille) if permille is not None else {"permille": None, "reason": "none"}
    return {"overrides": overrides, "ratios": dict.fromkeys(kinds, value), "run": str(run)}


def test_the_spread_between_seeds_stands_beside_the_interval():
    rows = [row(["task=qa", f"seed={i}"], permille) for i, permille in enumerate((100, 120, 140))]
    (found,) = seed_spread([*rows, row(["task=dialogue", "seed=0"], 7)])
    assert (found["overrides"], found["runs"]) == (["task=qa"], 3)
    assert found["any"] == {
        "permille": 120.0,
        "sd": 20.0,
        "range": [100.0, 140.0],
        "half_width": 20.0,
        "n": 3,
    }


def test_a_ratio_that_runs_lack_has_no_spread():
    (found,) = seed_spread([row(["seed=0"], 5), row(["seed=1"])])
    assert found["any"] == {"permille": None, "reason": "1 of 2 runs have this ratio"}


@pytest.fixture
def half_run(tmp_path):
    def make(name, train, heldout, hits):
        folder = tmp_path / name
        folder.mkdir()
        generations = [
            {"id": f"{split}-{e}", "example_id": e, "split": split, "model": "tuned"}
            for split, ids in (("train", train), ("heldout", heldout))
            for e in ids
        ]
        cases = [
            {"generation_id": i, "own": own, "kind": kind, "confirmed": confirmed}
            for i, own, kind, confirmed in hits
        ]
        for file, lines in (("generations", generations), ("cases", cases)):
            (folder / f"{file}.jsonl").write_text("\n".join(map(json.dumps, lines)))
        return folder

    return make


def test_an_example_counts_where_some_models_saw_it_and_others_did_not(half_run):
    first = half_run(
        "1",
        ["a", "b"],
        ["c", "d"],
        [
            ("train-a", True, "verbatim", None),
            ("train-a", True, "idea", None),
            ("train-b", False, "verbatim", None),
            ("heldout-c", True, "paraphrase", False),
        ],
    )
    second = half_run("2", ["c", "d"], ["a", "b"], [("heldout-a", True, "paraphrase", True)])
    third = half_run("3", ["a", "e"], ["c"], [("train-a", True, "verbatim", None)])
    rows = [row([f"data.split_seed={i}"], 1, run) for i, run in enumerate((first, second, third))]
    (found,) = counterfactuals(rows)
    assert (found["models"], found["of"]) == (3, 4)
    by_id = {one["example_id"]: one for one in found["examples"]}
    assert (by_id["a"]["in"], by_id["a"]["out"]) == ([2, 2], [1, 1])
    assert (by_id["b"]["in"], by_id["c"]["out"]) == ([0, 1], [0, 2])
    assert "e" not in by_id


def test_other_runs_have_neither():
    rows = [row(["task=qa"], 5), row(["task=dialogue"], 6)]
    assert seed_spread(rows) == counterfactuals(rows) == []
