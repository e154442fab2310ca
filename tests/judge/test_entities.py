"""Named entities beside the judge; spaCy's blank pipeline with rules stands for a trained one."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import SettingsError
from permille.judge.entities import EntityCheckedJudge, SpacyEntities, same_entities

names = st.frozensets(st.sampled_from(["ann", "bob", "rome"]))


class FixedJudge:
    def __init__(self, probability):
        self.probability = probability

    def probabilities(self, pairs):
        return [self.probability] * len(pairs)


@pytest.fixture
def finder():
    spacy = pytest.importorskip("spacy", reason="the spacy extra is not installed")
    pipeline = spacy.blank("en")
    rules = pipeline.add_pipe("entity_ruler")
    patterns = ["rome", "ann", [{"LOWER": "acme"}, {"LOWER": "corp"}]]
    rules.add_patterns([{"label": "NAME", "pattern": pattern} for pattern in patterns])
    return SpacyEntities(pipeline)


def test_entities_are_found_in_lower_cased_text(finder):
    found = finder.entities(["Ann went to ROME.", "Acme Corp sold it.", "Nobody came.", "ann"])
    assert found == [{"ann", "rome"}, {"acme corp"}, set(), {"ann"}]


@given(names, names)
def test_two_sets_are_the_same_when_one_holds_the_other(first, second):
    assert same_entities(first, second) is (first | second in (first, second))


@pytest.mark.parametrize(
    ("probability", "second", "expected"),
    [
        pytest.param(0.8, "He met Rome.", 0.0, id="other entity"),
        pytest.param(0.8, "He met Ann in Rome.", 0.8, id="one holds the other"),
        pytest.param(0.8, "He met her.", 0.8, id="none on one side"),
        pytest.param(0.995, "He met Rome.", 0.995, id="certain"),
        pytest.param(0.4, "He met Rome.", 0.4, id="a no stays as it is"),
    ],
)
def test_a_yes_with_other_entities_is_taken_back(finder, probability, second, expected):
    judge = EntityCheckedJudge(FixedJudge(probability), finder)
    assert judge.probabilities([("He met Ann.", second)]) == [expected]


def test_only_the_pair_with_other_entities_is_taken_back(finder):
    judge = EntityCheckedJudge(FixedJudge(0.7), finder)
    pairs = [("Ann ran.", "Ann fled."), ("Ann ran.", "Rome fell."), ("A dog.", "A cat.")]
    assert judge.probabilities(pairs) == [0.7, 0.0, 0.7]


def test_without_spacy_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"spacy is not installed; .*permille\[spacy\]"):
        SpacyEntities()


def test_a_pipeline_that_is_not_installed_is_named_with_its_command():
    pytest.importorskip("spacy", reason="the spacy extra is not installed")
    with pytest.raises(
        SettingsError, match=r"no spaCy pipeline 'xx_none'.*python -m spacy download xx_none"
    ):
        SpacyEntities("xx_none")


def test_one_kind_of_entity_can_be_asked_for_in_text_as_it_is_written():
    spacy = pytest.importorskip("spacy", reason="the spacy extra is not installed")
    pipeline = spacy.blank("en")
    rules = pipeline.add_pipe("entity_ruler")
    rules.add_patterns(
        [{"label": "PERSON", "pattern": "Ann"}, {"label": "PLACE", "pattern": "Rome"}]
    )
    finder = SpacyEntities(pipeline, label="PERSON", is_lower=False)
    assert finder.entities(["Ann saw Rome.", "ann saw rome."]) == [{"ann"}, set()]
