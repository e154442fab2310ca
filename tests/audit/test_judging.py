"""The judge's word on cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.judging import Confirmation


def by_stop(text):
    return [part.strip() for part in text.split(".") if part.strip()]


class Fixed:
    """Gives each pair of sentences the probability that a table has for it."""

    def __init__(self, table=None, default=0.0):
        self.table, self.default, self.asked = table or {}, default, []

    def probabilities(self, pairs):
        self.asked += pairs
        return [self.table.get(pair, self.default) for pair in pairs]


def test_one_pair_above_the_threshold_confirms():
    judge = Fixed({("b", "y"): 0.51})
    confirmation = Confirmation(judge, by_stop)
    assert confirmation.confirm([("a. b.", "x. y."), ("a.", "y.")]) == [True, False]
    assert judge.asked == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("a", "y")]


@pytest.mark.parametrize(("probability", "confirmed"), [(0.5, False), (0.501, True)])
def test_the_probability_has_to_be_greater(probability, confirmed):
    confirmation = Confirmation(Fixed(default=probability), by_stop, threshold=0.5)
    assert confirmation.confirm([("a.", "b.")]) == [confirmed]


def test_equal_sentences_confirm_unless_counted_as_published():
    passages = [("same. other.", "same.")]
    judge = Fixed({("same", "same"): 1.0})
    assert Confirmation(judge, by_stop).confirm(passages) == [True]
    assert Confirmation(judge, by_stop, equal_counts=False).confirm(passages) == [False]


def test_of_many_pairs_those_with_most_words_in_common_are_judged():
    judge = Fixed({("red green blue", "green blue red"): 0.9})
    one = "nothing here. red green blue. more of it"
    other = "else. green blue red. whatever"
    assert Confirmation(judge, by_stop, max_pairs=2).confirm([(one, other)]) == [True]
    assert len(judge.asked) == 2


def test_no_case_asks_nothing():
    judge = Fixed()
    assert Confirmation(judge, by_stop).confirm([]) == []
    assert judge.asked == []


def test_a_passage_without_a_sentence_is_not_confirmed():
    assert Confirmation(Fixed(default=1.0), by_stop).confirm([("", "a."), ("a.", "a.")]) == [
        False,
        True,
    ]


sentences = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5).map(". ".join)


@given(passages=st.lists(st.tuples(sentences, sentences), max_size=5))
def test_each_case_gets_its_own_word(passages):
    judge = Fixed({("a", "b"): 0.9})
    expected = ["a" in by_stop(one) and "b" in by_stop(other) for one, other in passages]
    assert Confirmation(judge, by_stop).confirm(passages) == expected
