"""Every p-value, corrected together."""

import pytest

from permille.audit.controls.multiplicity import multiplicity


def contrast(p):
    return {"permille": 1.0, "ci95": [0.0, 2.0], "p": p}


def test_p_values_are_corrected_over_controls_kinds_and_tasks():
    controls = {
        "heldout": {"any": {}, "difference": {"any": contrast(0.01), "idea": contrast(0.5)}},
        "difference_in_differences": {"any": contrast(0.02)},
    }
    tasks = {"qa": {"heldout": {"difference": {"verbatim": contrast(0.001)}}}}
    rows = multiplicity(controls, tasks)
    assert [(row["test"], row["p"], pytest.approx(row["p_holm"])) for row in rows] == [
        ("heldout any", 0.01, 0.03),
        ("heldout idea", 0.5, 0.5),
        ("difference_in_differences any", 0.02, 0.04),
        ("qa: heldout verbatim", 0.001, 0.004),
    ]


@pytest.mark.parametrize(
    "controls",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"heldout": {"missing": "why"}}, id="missing"),
        pytest.param({"heldout": {"difference": {"any": contrast(None)}}}, id="no p-value"),
    ],
)
def test_without_a_p_value_it_says_so(controls):
    assert multiplicity(controls, {}) == {"missing": "there is no contrast, and so no p-value"}
