"""The looks that need only texts."""

import json
from pathlib import Path

import pytest

from permille.audit.looks.config import Look
from permille.core.errors import SettingsError
from permille.core.records import Document, Generation
from permille.run.text_looks import NO_MODEL, look_at_texts, name_finder

from .conftest import evaluate_settings

GENERATIONS = [Generation("g1", "write to ann@example.org for the rest of this long story, please")]
DOCUMENTS = [
    Document("d1", "ann@example.org is where the rest of this long story may be asked for")
]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("")
    return path


def found(cases: Path, *overrides: str) -> dict[str, object]:
    settings = evaluate_settings("checkpoint=none", *overrides)
    return look_at_texts(settings, GENERATIONS, DOCUMENTS, cases)


def test_a_look_that_is_not_asked_for_says_how_to_ask(cases: Path) -> None:
    looks = found(cases)
    assert set(looks) == {str(look) for look in Look}
    for name, look in looks.items():
        assert look == {"missing": f"not looked at; audit=full does, or audit.looks.names=[{name}]"}


def test_texts_alone_are_looked_at_and_what_needs_a_model_says_so(cases: Path) -> None:
    looks = found(cases, "audit.looks.names=[personal_data,membership]")
    assert looks["membership"] == {"missing": NO_MODEL}
    personal = looks["personal_data"]
    assert isinstance(personal, dict)
    assert "missing" not in personal
    assert "ann@example.org" not in json.dumps(personal)


def test_the_published_counting_has_no_looks(cases: Path) -> None:
    assert found(cases, "audit=paper") == {}


def test_a_pipeline_that_is_not_installed_is_named() -> None:
    looks = evaluate_settings("checkpoint=none", "audit.looks.entities=no_such_pipeline")
    with pytest.raises(SettingsError, match=r"permille\[spacy\]|no_such_pipeline"):
        name_finder(looks.audit.looks)
    assert name_finder(evaluate_settings("checkpoint=none").audit.looks) is None
