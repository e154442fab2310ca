"""Every p-value, corrected together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_measurable_prompts_extraction_and_membership_are_corrected_too():
    beside = {"any": contrast(0.04) | {"measurable_only": contrast(0.03)}}
    controls = {
        "heldout": {"difference": beside},
        "extraction": {"difference": {"discoverable": contrast(0.01)}, "train": {}},
        "membership": {"reading": "words", "loss": {"auc": 0.6, "p": 0.2}, "zlib": {"p": None}},
        "multiplicity": [{"test": "of before", "p": 0.9, "p_holm": 1.0}],
    }
    rows = multiplicity(controls, {})
    assert {row["test"]: row["p"] for row in rows} == {
        "heldout any": 0.04,
        "heldout any measurable_only": 0.03,
        "extraction discoverable": 0.01,
        "membership loss": 0.2,
    }
    assert [row["p_holm"] for row in rows] == pytest.approx([0.09, 0.09, 0.04, 0.2])


def test_a_control_that_left_nothing_out_is_no_further_test():
    own, less = contrast(0.02), contrast(0.5) | {"permille": 0.5}
    without = {"any": own, "verbatim": own, "idea": contrast(0.5) | {"measurable_only": less}}
    controls = {
        "heldout": {"difference": {"any": own, "idea": less | {"measurable_only": less}}},
        "boilerplate": {"without": {"any": {}}, "heldout": {"difference": without}},
        "base_model": {"difference": {"any": own}},
    }
    rows = multiplicity(controls, {"qa": controls})
    assert [row["test"] for row in rows if not row["test"].startswith("qa: ")] == [
        "heldout any",
        "heldout idea",
        "heldout idea measurable_only",
        "boilerplate heldout verbatim",
        "boilerplate heldout idea",
        "base_model any",
    ]
    assert len(rows) == 12


nested = st.recursive(
    st.none() | st.floats(0, 1) | st.text(max_size=2),
    lambda inner: st.dictionaries(
        st.sampled_from(["p", "ci95", "difference", "any", "loss"]), inner, max_size=3
    ),
    max_leaves=12,
)


def places_of_p(values):
    """How many p-values nested mappings have."""
    if not isinstance(values, dict):
        return 0
    return isinstance(values.get("p"), float) + sum(map(places_of_p, values.values()))


@given(controls=st.dictionaries(st.sampled_from(["heldout", "membership"]), nested))
def test_no_p_value_is_left_out(controls):
    # two keys of one name, such as difference in difference, are one test
    found = multiplicity(controls, {"qa": controls})
    tests = [row["test"] for row in found] if isinstance(found, list) else []
    assert len(tests) == len(set(tests)) <= 2 * places_of_p(controls)
    assert bool(tests) == bool(places_of_p(controls))
    assert sum(test.startswith("qa: ") for test in tests) * 2 == len(tests)


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
