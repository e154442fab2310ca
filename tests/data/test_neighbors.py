"""Near-duplicates against a naive oracle."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.data.neighbors import near_duplicates, normalized, shared_runs

WORDS = [f"w{i}" for i in range(500)]


def grams(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    width = min(3, len(words))
    return {tuple(words[i : i + width]) for i in range(len(words) - width + 1)}


def jaccard(one: str, other: str) -> float:
    first, second = grams(one), grams(other)
    return len(first & second) / len(first | second)


def altered_texts(seed: int, count: int) -> list[str]:
    """Returns texts, and copies of them in which more and more words are others."""
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        words = draw.choices(WORDS, k=40)
        texts.append(" ".join(words))
        for _ in range(4):
            words[draw.randrange(40)] = draw.choice(WORDS)
            texts.append(" ".join(words))
    return list(dict.fromkeys(texts))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  Yes,  it IS! ", "yes it is"),
        ("ﬁne\u00a0Straße", "fine strasse"),
        ("Été – été", "été été"),
        ("?!", "?!"),
        (" ... ", "..."),
    ],
    ids=["case and punctuation", "ligature", "dash", "only punctuation", "dots"],
)
def test_a_normalized_text_is_its_words(text: str, wanted: str) -> None:
    assert normalized(text) == wanted


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    once = normalized(text)
    assert normalized(once) == once


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_pairs_are_those_that_a_naive_comparison_finds(threshold: float) -> None:
    texts = altered_texts(seed=0, count=60)
    wanted = {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if jaccard(texts[i], texts[j]) >= threshold
    }
    found = list(near_duplicates(texts, threshold))
    assert len(found) == len(set(found))
    assert set(found) <= wanted
    assert len(found) >= 0.97 * len(wanted)
    assert len(wanted) > 50


def test_clearly_similar_pairs_are_all_found() -> None:
    texts = altered_texts(seed=1, count=100)
    pairs = combinations(range(len(texts)), 2)
    clear = {(i, j) for i, j in pairs if jaccard(texts[i], texts[j]) >= 0.7}
    assert clear <= set(near_duplicates(texts, 0.5))


@given(st.permutations(range(40)))
def test_the_order_of_the_texts_does_not_matter(order: list[int]) -> None:
    texts = altered_texts(seed=2, count=8)[:40]
    shuffled = [texts[i] for i in order if i < len(texts)]

    def named(chosen: list[str]) -> set[frozenset[str]]:
        return {frozenset((chosen[i], chosen[j])) for i, j in near_duplicates(chosen, 0.5)}

    assert named(shuffled) == named(texts)


@pytest.mark.parametrize("texts", [[], ["one"], ["one", "two"], ["a b", "a c"]], ids=len)
def test_few_and_short_texts_have_no_near_duplicates(texts: list[str]) -> None:
    assert list(near_duplicates(texts, 0.5)) == []


def runs(text: str, width: int) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + width]) for i in range(len(words) - width + 1)}


def components(pairs: set[tuple[int, int]], count: int) -> set[frozenset[int]]:
    groups = [{i} for i in range(count)]
    for i, j in pairs:
        first, second = (next(g for g in groups if k in g) for k in (i, j))
        if first is not second:
            groups.remove(second)
            first |= second
    return {frozenset(group) for group in groups}


@given(st.lists(st.text("abc ", max_size=14).map(normalized), unique=True, max_size=12))
def test_texts_are_joined_by_the_runs_that_a_naive_comparison_finds(texts: list[str]) -> None:
    pairs = combinations(range(len(texts)), 2)
    wanted = {(i, j) for i, j in pairs if runs(texts[i], 3) & runs(texts[j], 3)}
    found = set(shared_runs(texts, 3))
    assert components(found, len(texts)) == components(wanted, len(texts))


@pytest.mark.parametrize(("count", "num_joined"), [(10, 9), (11, 0)])
def test_a_run_of_more_than_10_texts_is_a_set_phrase(count: int, num_joined: int) -> None:
    texts = [f"please see a doctor number{i}" for i in range(count)]
    assert len(list(shared_runs(texts, 4))) == num_joined


@pytest.mark.parametrize(("num_words", "num_joined"), [(25, 0), (26, 39), (60, 39)])
def test_a_run_of_26_words_is_no_set_phrase_however_many_texts_have_it(
    num_words: int, num_joined: int
) -> None:
    passage = " ".join(WORDS[:num_words])
    texts = [f"number{i} {passage} number{i}" for i in range(40)]
    joined = components(set(shared_runs(texts, 13)), len(texts))
    assert len(texts) - len(joined) == num_joined


@pytest.mark.parametrize("texts", [[], ["one"], ["one two", "one two three"]], ids=len)
def test_texts_shorter_than_a_run_share_none(texts: list[str]) -> None:
    assert list(shared_runs(texts, 4)) == []
