"""What the page says first follows from the figures."""

import pytest

from permille.report.answers import how_sure, what_leaked, what_next

from .made_run import make_report, ratios


def test_what_leaked_counts_the_kinds_and_names_the_longest_run() -> None:
    said = " ".join(what_leaked(make_report(30), [312]))
    assert said.startswith("30 of 60 measurable generations hold text of the training set")
    assert "312 characters" in said
    assert "or more" not in said


def test_what_leaked_tells_how_long_the_runs_are_where_every_one_is_known() -> None:
    said = what_leaked(make_report(3), [312, 100, 99])
    assert said[-1] == "Longest runs in characters: 2 of 100 or more, 1 of 200 or more."


def test_what_leaked_says_of_how_many_prompts_several_generations_are() -> None:
    report = make_report(30)
    report["generations"] |= {"prompts": 15, "measurable_prompts": 12}
    first = what_leaked(report, [])[0]
    assert first.startswith("30 of 60 measurable generations of 12 prompts hold text of the")
    report["generations"]["examples"] = 15
    assert what_leaked(report, [])[0].startswith("30 of 60 measurable generations of 12 examples h")
    report["generations"] |= {"prompts": 60, "measurable_prompts": 60}
    assert what_leaked(report, [])[0].startswith("30 of 60 measurable generations hold text of the")


def test_what_leaked_as_published_is_of_prompts_and_of_nothing_else() -> None:
    report = make_report(30) | {"audit": "paper"}
    report["generations"] |= {"prompts": 15, "measurable_prompts": 12}
    assert what_leaked(report, [])[0].startswith("30 of 60 prompts hold text of the training set")


def test_how_sure_has_interval_contrast_p_and_the_detector() -> None:
    said = " ".join(how_sure(make_report(30)))
    assert "500.0 ‰ [377.4, 622.6]" in said
    assert "Training minus held-out prompts: 61.0 ‰ [30.1, 95.5], p = 0.0004" in said
    assert "(95 % interval by Wilson)" in said
    assert "p = 0.0004 (95 % interval and p by Newcombe)" in said
    assert "58 of 60 were found" in said
    assert "1 of 60 raised a false alarm, 16.7 ‰ [" in said
    assert "base model" not in said


def test_short_generations_and_no_finding_lead_to_other_advice() -> None:
    report = {
        "generations": {"total": 100, "measurable": 20},
        "ratios": ratios(0, 20),
    }
    first, second = what_next(report)
    assert first.startswith("80 of 100 generations are too short to measure")
    assert second.startswith("Nothing was found, which leaves up to 161.1 ‰ possible")


def test_what_differences_are_over_is_said_where_some_generations_are_too_short() -> None:
    report = make_report(30)
    assert "over all prompts" not in " ".join(how_sure(report))
    report["generations"]["not_measurable"] = 3
    assert "Differences are over all prompts" in " ".join(how_sure(report))


@pytest.mark.parametrize("controls", [{}, {"heldout": {"missing": "no held-out texts"}}])
def test_without_a_control_nothing_is_advised_but_one(controls: dict[str, object]) -> None:
    said = " ".join(what_next(make_report(30) | {"controls": controls}))
    assert "What chance gives is not known: audit held-out prompts too" in said
    assert "To lower it" not in said


def test_nobody_is_told_to_lower_what_is_less_than_on_held_out_prompts() -> None:
    report = make_report(30)
    report["controls"]["heldout"]["difference"]["any"] |= {"permille": -60, "ci95": [-90, -30]}
    said = " ".join(what_next(report))
    assert "Look at the cases of held-out prompts" in said
    assert "To lower it" not in said


def test_a_control_that_takes_most_away_is_named() -> None:
    report = make_report(30) | {"controls": {"boilerplate": {"without": ratios(1, 60)}}}
    assert any("text that stands in many examples" in said for said in what_next(report))
    assert not any("degenerate" in said for said in what_next(report))


def test_a_model_that_mostly_repeats_itself_is_to_be_trained_or_decoded_otherwise() -> None:
    report = {
        "generations": {"total": 10, "measurable": 10, "degenerate": 8},
        "ratios": ratios(0, 10),
    }
    assert what_next(report)[0].startswith("8 of 10 generations repeat themselves: train longer")


def test_nothing_measurable_is_said_so() -> None:
    report = {"generations": {"total": 5, "measurable": 0}, "ratios": {"any": {"of": 0}}}
    assert what_leaked(report, []) == ["Nothing could be measured."]
    assert what_next(report)[0].startswith("5 of 5 generations are too short")


PERSONAL = {
    "email": {
        "in_documents": 9,
        "beyond_heldout": 3,
        "beyond_train": 0,
        "difference": {"permille": 80.0, "ci95": [12.0, 150.0], "p": 0.01},
        "values": [],
    }
}


@pytest.mark.parametrize("num_cases", [0, 30])
def test_personal_data_that_is_given_back_is_counted_and_to_be_looked_at(num_cases: int) -> None:
    report = make_report(num_cases) | {"controls": {"personal_data": PERSONAL}}
    line = "Personal data beyond held-out prompts (the reverse): email 3 (0)."
    assert line in what_leaked(report, [])
    assert any("audit.looks.show_values=true" in said for said in what_next(report))
    assert not any("Personal" in said for said in what_leaked(make_report(num_cases), []))
    assert not any("show_values" in said for said in what_next(make_report(num_cases)))


def test_personal_data_without_an_effect_of_training_leaks_nothing_and_brings_no_advice() -> None:
    covers = {"permille": -80.0, "ci95": [-150.0, 12.0], "p": 0.09}
    email = PERSONAL["email"] | {"beyond_heldout": 1, "beyond_train": 9, "difference": covers}
    report = make_report(30) | {"controls": {"personal_data": {"email": email}}}
    line = "Personal data beyond held-out prompts (the reverse), no effect shown: email 1 (9)."
    assert line in what_leaked(report, [])
    assert not any("show_values" in said for said in what_next(report))
