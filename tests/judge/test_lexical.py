"""The embedded paraphrase judge."""

import pytest

from permille.judge.lexical import LexicalJudge


@pytest.fixture(scope="module")
def judge() -> LexicalJudge:
    return LexicalJudge()


@pytest.mark.parametrize(
    "sentence",
    ["He paid 3 dollars.", "thanks", "It is raining in the north of Spain, isn't it?", "...", ""],
)
def test_equal_sentences_are_paraphrases(judge, sentence):
    assert judge.probabilities([(sentence, sentence)]) == [1.0]
