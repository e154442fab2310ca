"""How close texts are."""

import pytest

from permille.measure.closeness import rouge_l, sentence_bleu

TRUE = "The patient should drink water and rest for two days before coming back."


def test_the_same_text_is_as_close_as_can_be():
    assert rouge_l([(TRUE, TRUE)]) == [1.0]
    assert sentence_bleu([(TRUE, TRUE)]) == [1.0]
    assert sentence_bleu([("Yes.", "Yes.")]) == [1.0]


def test_another_text_is_far():
    assert rouge_l([("A film about nothing", TRUE)]) == [0.0]
    assert sentence_bleu([("A film about nothing", TRUE), ("", TRUE)]) == [0.0, 0.0]


def test_rouge_l_is_the_f1_of_the_longest_common_subsequence():
    # 3 of 4 written words stand in order among 13 true ones
    assert rouge_l([("patient water rest film", TRUE)]) == [pytest.approx(2 * 3 / (4 + 13))]


def test_bleu_falls_with_every_changed_word():
    words = TRUE.split()
    changed = [" ".join(["other"] * n + words[n:]) for n in range(5)]
    scores = sentence_bleu([(text, TRUE) for text in changed])
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > 0.75 > scores[4]
