"""Seeded samples."""

from hypothesis import given
from hypothesis import strategies as st

from permille.audit.sampling import first_chars, samples
from permille.core.records import Document

documents = [Document(f"d{i}", "text") for i in range(40)]


def sample(texts, size, seed):
    return samples(texts, lambda _: ["all"], size, seed).get("all", [])


@given(size=st.integers(0, 60), seed=st.integers(0, 9), order=st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_order(size, seed, order):
    shuffled = list(documents)
    order.shuffle(shuffled)
    drawn = sample(shuffled, size, seed)
    assert drawn == sample(iter(documents), size, seed)
    assert len({d.id for d in drawn}) == len(drawn) == min(size, 40)


def test_no_size_takes_all():
    assert {one.id for one in sample(documents, None, 0)} == {one.id for one in documents}


def test_seeds_draw_different_samples():
    assert sample(documents, 10, 0) != sample(documents, 10, 1)


def test_every_text_is_drawn_as_often_as_another():
    times = dict.fromkeys((d.id for d in documents), 0)
    for seed in range(400):
        for document in sample(documents, 10, seed):
            times[document.id] += 1
    assert 60 < min(times.values()) <= max(times.values()) < 145


def test_a_text_may_belong_to_several_groups_or_none():
    def groups(document):
        number = int(document.id[1:])
        return [size for size in (10, 20) if number < size]

    drawn = samples(documents, groups, 15, 0)
    assert {group: len(found) for group, found in drawn.items()} == {10: 10, 20: 15}
    assert {d.id for d in drawn[10]} == {f"d{i}" for i in range(10)}
    assert drawn[20] == sample(documents[:20], 15, 0)


@given(lengths=st.lists(st.integers(1, 30), max_size=12), most=st.none() | st.integers(0, 200))
def test_the_first_texts_are_as_many_as_have_no_more_characters(lengths, most):
    texts = [Document(f"d{i}", "x" * length) for i, length in enumerate(lengths)]
    kept = first_chars(texts, most)
    assert kept == texts[: len(kept)]
    assert len(kept) <= 1 or most is None or sum(lengths[: len(kept)]) <= most
    assert kept == texts or (kept and sum(lengths[: len(kept) + 1]) > most)
