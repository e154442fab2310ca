"""The line on personal data: counts, and never a value."""

import pytest

from permille.report.personal import personal_data_sentence


def of_kind(beyond: int | None, back: int | None = 0, written: int = 0) -> dict[str, object]:
    values = [{"value": "j***e@***.org", "generations": 2}]
    return {
        "in_documents": 57,
        "written": written,
        "beyond_heldout": beyond,
        "beyond_train": back,
        "values": values,
    }


def sentence(**kinds: dict[str, object]) -> str:
    return personal_data_sentence({"controls": {"personal_data": kinds}})


def test_it_counts_the_values_of_each_kind_beyond_held_out_prompts_and_the_reverse() -> None:
    said = sentence(
        email=of_kind(3), phone=of_kind(0, 4), payment_card=of_kind(1, 2), person={"missing": "x"}
    )
    assert said == (
        "personal data beyond held-out prompts (the reverse): email 3 (0), payment card 1 (2)"
    )
    assert "@" not in said


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
