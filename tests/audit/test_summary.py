"""From rows to the report."""

import pytest

from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Answer
from permille.audit.controls.thresholds import Moved
from permille.audit.probing import Probed
from permille.audit.summary import summarize
from permille.audit.survey import survey
from permille.audit.tally import Tally
from permille.core.records import Arm, Document, Generation, Kind, Split

TRAIN, HELDOUT = (Arm.TUNED, Split.TRAIN), (Arm.TUNED, Split.HELDOUT)
FOUND = survey([Generation("g", "")], [Document("d", "text", "e")])


def report_of(tallies, name="standard", **named):
    options = {"least_chars": 51, "has_judge": True, "probed": Probed()} | named
    return summarize(tallies, FOUND, AuditConfig(name=name), **options).to_dict()


def test_generations_are_counted(make_row):
    rows = [
        make_row(num_refused=2, is_unknown=True),
        make_row(is_measurable=False, num_refused=1),
        make_row(is_degenerate=True, is_whole_input=True),
    ]
    assert report_of({TRAIN: Tally(rows)})["generations"] == {
        "total": 3,
        "measurable": 2,
        "not_measurable": 1,
        "degenerate": 1,
        "whole_input": 1,
        "prompts": 3,
        "measurable_prompts": 2,
        "examples": 3,
        "refused_pairs": 3,
        "with_refused_pairs": 1,
    }


def test_prompts_are_counted_beside_the_generations_that_they_give(make_row):
    rows = [make_row(unit=unit) for unit in ("a", "a", "b", "b")]
    rows += [make_row(unit="b", is_measurable=False), make_row(unit="c", is_measurable=False)]
    counts = report_of({TRAIN: Tally(rows)})["generations"]
    assert (counts["total"], counts["prompts"]) == (6, 3)
    assert (counts["measurable"], counts["measurable_prompts"]) == (4, 2)
    assert counts["examples"] == 3
    nameless = [make_row(unit="d", has_example=False) for _ in range(2)]
    counts = report_of({TRAIN: Tally(rows + nameless)})["generations"]
    assert (counts["prompts"], counts["examples"]) == (4, 3)


@pytest.mark.parametrize(
    ("tasks", "task"), [([None, None], None), (["qa", "qa"], "qa"), (["qa", "nli"], "multitask")]
)
def test_the_task_is_that_of_the_generations(make_row, tasks, task):
    values = report_of({TRAIN: Tally([make_row(task=name) for name in tasks])})
    assert values["task"] == task
    assert ("tasks" in values) == (task == "multitask")


def test_tasks_have_ratios_and_what_was_held_out(make_row):
    train = Tally([make_row(Kind.IDEA, task="qa"), make_row(task="nli"), make_row(task="nli")])
    heldout = Tally([make_row(task="qa")])
    tasks = report_of({TRAIN: train, HELDOUT: heldout})["tasks"]
    assert tasks["qa"]["ratios"]["idea"]["count"] == 1
    assert tasks["nli"]["ratios"]["any"]["of"] == 2
    assert tasks["qa"]["heldout"]["any"]["of"] == 1
    assert "missing" in tasks["nli"]["heldout"]


def test_as_published_confident_paraphrases_are_counted_again(make_row):
    rows = [make_row(Kind.PARAPHRASE, is_confident=True), make_row(Kind.PARAPHRASE), make_row()]
    values = report_of({TRAIN: Tally(rows)}, "paper")
    assert values["ratios"]["paraphrase"]["count"] == 2
    assert values["ratios"]["paraphrase_confident"]["count"] == 1
    assert values["ratios"]["paraphrase_confident"]["of"] == 3
    assert values["controls"] == {}
    unjudged = report_of({TRAIN: Tally(rows)}, "paper", has_judge=False)
    assert "no judge" in unjudged["ratios"]["paraphrase_confident"]["reason"]


def test_what_is_left_out_is_left_out_of_held_out_prompts_too(make_row):
    def rows(num_cases, **named):
        cases = [make_row(Kind.VERBATIM, **named) for _ in range(num_cases)]
        return Tally([*cases, *(make_row() for _ in range(20 - num_cases))])

    ways = ("main", "cut", "not_copied", "not_copied_cut", "not_loop", "not_loop_cut")
    stock = {"kinds": dict.fromkeys(ways, Kind.IDEA)}
    tallies = {TRAIN: rows(12, **stock), HELDOUT: rows(5, is_degenerate=True)}
    controls = report_of(tallies)["controls"]
    assert controls["heldout"]["difference"]["any"]["permille"] == 350
    copied, phrases, loops = (
        controls[name]["heldout"] for name in ("input_copied", "boilerplate", "degenerate")
    )
    assert copied["difference"]["idea"]["permille"] == 600
    assert copied["any"]["count"] == 0
    assert phrases["difference"]["any"]["permille"] == 0
    assert (loops["any"]["count"], loops["any"]["of"], loops["generations"]) == (0, 20, 20)
    assert loops["train"]["any"]["count"] == 12
    assert loops["difference"]["any"]["permille"] == 600
    tests = {row["test"] for row in controls["multiplicity"]}
    assert {"degenerate heldout any", "boilerplate heldout idea measurable_only"} <= tests
    alone = report_of({TRAIN: rows(12)})["controls"]
    assert "missing" in alone["boilerplate"]["heldout"]


def moved(kinds):
    rows = kinds, [Kind.NONE] * len(kinds)
    own, other = ([Answer(kind) for kind in row] for row in rows)
    return [Moved(None, None, own), Moved("th1", 0.24, other)]


def test_samples_that_were_searched_again_stand_with_the_other_controls(make_row):
    probed = Probed(moved=moved([Kind.IDEA, Kind.NONE]), chosen=[("qa", "a"), ("qa", "b")])
    controls = report_of({TRAIN: Tally([make_row()])}, probed=probed)["controls"]
    assert controls["thresholds"]["any"] == [0, 500]
    assert "confident" not in controls
    assert list(controls)[-1] == "multiplicity"


def test_each_task_has_all_controls_of_its_own_rows_and_samples(make_row):
    train = [make_row(Kind.IDEA, task="qa"), make_row(task="nli"), make_row(task="nli")]
    heldout = [make_row(task="qa"), make_row(task="nli")]
    probed = Probed(moved=moved([Kind.IDEA, Kind.NONE]), chosen=[("qa", "a"), ("nli", "b")])
    values = report_of({TRAIN: Tally(train), HELDOUT: Tally(heldout)}, probed=probed)
    own = {name: task["controls"] for name, task in values["tasks"].items()}
    for controls in own.values():
        assert controls.keys() == values["controls"].keys() - {"multiplicity"}
    assert own["qa"]["degenerate"]["without"]["idea"]["count"] == 1
    assert own["nli"]["degenerate"]["without"]["idea"]["count"] == 0
    assert own["qa"]["heldout"]["difference"]["any"]["permille"] == 1000
    assert own["nli"]["heldout"]["difference"]["any"]["permille"] == 0
    assert own["qa"]["thresholds"]["any"] == [0, 1000]
    assert own["nli"]["thresholds"]["any"] == [0, 0]
    tests = {row["test"] for row in values["controls"]["multiplicity"]}
    assert {"heldout any", "qa: heldout any", "nli: heldout idea"} <= tests
