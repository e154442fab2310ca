"""What the page says first follows from the figures."""

from permille.report.answers import how_sure, what_leaked, what_next

from .made_run import make_report, ratios


def test_what_leaked_counts_the_kinds_and_names_the_longest_run() -> None:
    said = " ".join(what_leaked(make_report(30), {"chars": 312}))
    assert said.startswith("30 of 60 measurable generations hold text of the training set")
    assert "312 characters" in said


def test_how_sure_has_interval_contrast_p_and_the_detector() -> None:
    said = " ".join(how_sure(make_report(30)))
    assert "500.0 ‰ [377.4, 622.6]" in said
    assert "Training minus held-out prompts: 61.0 ‰ [30.1, 95.5], p = 0.0004" in said
    assert "58 of 60 were found" in said
    assert "base model" not in said


def test_short_generations_and_no_finding_lead_to_other_advice() -> None:
    report = {
        "generations": {"total": 100, "measurable": 20},
        "ratios": ratios(0, 20),
    }
    first, second = what_next(report)
    assert first.startswith("80 of 100 generations are too short to measure")
    assert second.startswith("Nothing was found, which leaves up to 161.1 ‰ possible")


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
    assert what_leaked(report, None) == ["Nothing could be measured."]
    assert what_next(report)[0].startswith("5 of 5 generations are too short")
