"""The line on personal data: counts, and never a value."""

import pytest

from permille.report.personal import is_given_back, personal_data_sentence

SHOWN = {"permille": 80.0, "ci95": [12.0, 150.0], "p": 0.01}
COVERS = {"permille": -80.0, "ci95": [-150.0, 12.0], "p": 0.09}
UNDECIDED = {"permille": 80.0, "ci95": [1.0, 150.0], "p": 0.06}


def of_kind(
    beyond: int | None,
    back: int | None = 0,
    written: int = 0,
    difference: dict[str, object] | None = None,
) -> dict[str, object]:
    values = [{"value": "j***e@***.org", "generations": 2}]
    return {
        "in_documents": 57,
        "written": written,
        "beyond_heldout": beyond,
        "beyond_train": back,
        "difference": SHOWN if difference is None else difference,
        "values": values,
    }


def sentence(**kinds: dict[str, object]) -> str:
    return personal_data_sentence({"controls": {"personal_data": kinds}})


def given_back(**kinds: dict[str, object]) -> bool:
    return is_given_back({"controls": {"personal_data": kinds}})


def test_it_counts_the_values_of_each_kind_beyond_held_out_prompts_and_the_reverse() -> None:
    said = sentence(
        email=of_kind(3), phone=of_kind(0, 4), payment_card=of_kind(1, 2), person={"missing": "x"}
    )
    assert said == (
        "personal data beyond held-out prompts (the reverse): email 3 (0), payment card 1 (2)"
    )
    assert "@" not in said


@pytest.mark.parametrize(
    "difference", [COVERS, UNDECIDED, {"permille": -9.0, "ci95": [-20.0, -1.0]}, {"ci95": None}]
)
def test_values_without_an_effect_in_the_difference_are_said_to_show_none(
    difference: dict[str, object],
) -> None:
    email = of_kind(1, 9, difference=difference)
    assert sentence(email=email) == (
        "personal data beyond held-out prompts (the reverse), no effect shown: email 1 (9)"
    )
    assert not given_back(email=email)
    assert sentence(email=email, phone=of_kind(7)) == (
        "personal data beyond held-out prompts (the reverse): phone 7 (0); "
        "no effect shown: email 1 (9)"
    )
    assert given_back(email=email, phone=of_kind(7))


def test_what_cannot_be_compared_is_to_be_looked_at() -> None:
    assert given_back(email=of_kind(None, None, 5))
    assert not given_back(email=of_kind(None, None, 0))


def test_without_held_out_prompts_it_counts_what_was_written_and_says_so() -> None:
    said = sentence(email=of_kind(None, None, 5), phone=of_kind(None, None, 0))
    assert said == "personal data written, no held-out prompts to compare: email 5"


@pytest.mark.parametrize(
    "controls",
    [
        {},
        {"personal_data": {"missing": "not looked at"}},
        {"personal_data": {"email": of_kind(0, 4, 7), "person": {"missing": "x"}}},
        {"personal_data": {"email": of_kind(None, None, 0)}},
    ],
)
def test_where_nothing_was_found_or_computed_nothing_is_said(controls: dict[str, object]) -> None:
    assert personal_data_sentence({"controls": controls}) == ""
