"""Nothing that is written calls a difference an effect whose interval covers 0."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from permille.report.answers import how_sure, what_leaked, what_next
from permille.report.between_runs import counterfactual_sentence
from permille.report.claim import claim, contrast_text
from permille.report.comparison_tables import to_markdown
from permille.report.config import ReportConfig
from permille.report.controls import control_rows
from permille.report.page import write_report
from permille.report.terminal import print_report
from permille.run.tracking import headline

from .made_run import make_report, make_run, ratios

CLAIMING = re.compile(
    r"\b(?:more|less|fewer)\b(?: \w+)? (?:than|often)|given back:|\bis given back|\badded\b"
    r"|to lower it|memorizes|significant|because of|increases|reduces|raises the",
    re.IGNORECASE,
)
"""How an effect is spoken of."""
DISCLAIMED = re.compile(r"covers 0|no effect|where the interval lies above 0", re.IGNORECASE)

tenths = st.integers(-9_999, 9_999).map(lambda number: number / 10)


def contrast_of(low: float, high: float, share: float, p: float) -> dict[str, Any]:
    permille = round(low + share * (high - low), 1)
    return {"permille": permille, "ci95": [low, high], "p": p, "method": "any"}


covering = st.builds(
    lambda low, high, share, p: contrast_of(-abs(low), abs(high), share, p),
    tenths,
    tenths,
    st.floats(0, 1),
    # a p-value and an interval of different methods may disagree
    st.floats(0, 1),
)
above = st.builds(
    lambda low, length, share: contrast_of(abs(low) + 0.1, abs(low) + length, share, 0.001),
    tenths,
    st.floats(0.2, 500),
    st.floats(0, 1),
)


def report_of(
    heldout: dict[str, Any], base: dict[str, Any] | None, both: dict[str, Any] | None, count: int
) -> dict[str, Any]:
    """A report with these contrasts of any kind, of a model that has `count` cases."""
    report: dict[str, Any] = make_report(max(1, count)) | {"ratios": ratios(count, 60)}
    controls = report["controls"]
    controls["heldout"] = {**ratios(1, 60), "difference": {"any": heldout}}
    if base is not None:
        controls["base_model"] = {**ratios(1, 60), "difference": {"any": base}}
    if both is not None:
        controls["difference_in_differences"] = {"any": both}
    controls["multiplicity"] = [{"test": "heldout any", "p": 0.04, "p_holm": 0.2}]
    return report


def sentences_of(report: dict[str, Any]) -> list[str]:
    """Everything that is said of a run: claim, answers, controls, the screen, the dashboard."""
    out = StringIO()
    print_report(report, Console(file=out, width=500))
    said = [claim(report), str(headline(report)["claim"])]
    said += what_leaked(report, [80]) + how_sure(report) + what_next(report)
    for row in control_rows(report):
        said.append(f"{row.name}: {row.figure} {row.count}. {row.meaning}")
    return said + out.getvalue().splitlines()


def overstated(sentences: list[str]) -> list[str]:
    """Sentences that speak of an effect without saying that it may be none."""
    return [one for one in sentences if CLAIMING.search(one) and not DISCLAIMED.search(one)]


@given(covering, st.none() | covering, st.none() | covering, st.integers(0, 60))
def test_no_sentence_of_a_run_calls_an_interval_that_covers_0_an_effect(
    heldout: dict[str, Any], base: dict[str, Any] | None, both: dict[str, Any] | None, count: int
) -> None:
    assert overstated(sentences_of(report_of(heldout, base, both, count))) == []


@given(covering, above, st.integers(1, 60))
def test_an_effect_against_held_out_prompts_alone_is_none_where_the_base_model_shows_none(
    covered: dict[str, Any], heldout: dict[str, Any], count: int
) -> None:
    assert overstated(sentences_of(report_of(heldout, covered, covered, count))) == []


@given(above, st.integers(1, 60))
def test_the_same_words_are_found_where_there_is_an_effect(
    contrast: dict[str, Any], count: int
) -> None:
    said = overstated(sentences_of(report_of(contrast, None, None, count)))
    assert any(one.startswith("Fine-tuning data is given back") for one in said)
    assert any(one.startswith("To lower it") for one in said)


@given(covering)
@settings(max_examples=30)
def test_no_sentence_over_runs_calls_an_interval_that_covers_0_an_effect(
    contrast: dict[str, Any],
) -> None:
    group = {"models": 6, "overrides": [], "of": 40, **contrast}
    rows = [{"task": "qa", "mixture": "multitask_3", "difference": contrast}]
    markdown = to_markdown({"multitask": rows}, [])
    said = [counterfactual_sentence(group), contrast_text(contrast), *markdown.splitlines()]
    assert overstated(said) == []
    (mixture,) = (line for line in said if "in multitask_3 minus alone" in line)
    assert "no effect" in mixture


@given(above)
@settings(max_examples=30)
def test_a_difference_over_runs_is_said_where_there_is_one(contrast: dict[str, Any]) -> None:
    group = {"models": 6, "overrides": ["task=qa"], "of": 40, **contrast}
    assert "given back more often where trained on" in counterfactual_sentence(group)
    ends = [-end for end in reversed(contrast["ci95"])]
    less = group | {"permille": -contrast["permille"], "ci95": ends}
    assert "given back less often where trained on" in counterfactual_sentence(less)


def test_models_that_share_no_example_are_said_to_show_nothing() -> None:
    group = {"models": 2, "overrides": [], "of": 0, "permille": None, "ci95": None, "reason": "why"}
    assert counterfactual_sentence(group).endswith("some not: why.")


@pytest.mark.parametrize("count", [0, 6])
def test_the_page_of_a_run_without_an_effect_speaks_of_none(tmp_path: Path, count: int) -> None:
    make_run(tmp_path, 6)
    covered = contrast_of(-20.0, 40.0, 0.5, 0.3)
    report = report_of(covered, covered, covered, count)
    (tmp_path / "report.json").write_text(json.dumps(report))
    write_report(tmp_path, ReportConfig())
    page = (tmp_path / "report.html").read_text()
    main = page[page.index("<main") : page.index('<section aria-labelledby="cases">')]
    controls = page[page.index('<section aria-labelledby="controls">') : page.index("<details")]
    elements = re.split(r"</(?:p|td|th|figcaption|caption|span)>", main + controls)
    plain = [re.sub(r"<[^>]*>", "", one) for one in elements]
    assert overstated([one for one in plain if "<svg" not in one]) == []
    assert "No effect shown" in main
