"""What there is to audit, and the cut to equal sizes."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.survey import (
    Cut,
    document_key,
    is_indexed,
    seeded_hash,
    survey,
    unit_key,
    unit_of,
)
from permille.core.errors import DataError
from permille.core.records import Arm, Document, Generation, Part, Split


def generations_of(num_train, num_heldout, arm=Arm.TUNED):
    return [
        Generation(f"{split}{arm}{i}", "text", example_id=f"{split}{i}", split=split, model=arm)
        for split, number in ((Split.TRAIN, num_train), (Split.HELDOUT, num_heldout))
        for i in range(number)
    ]


def documents_of(num_train, num_heldout, parts=(Part.TARGET,)):
    return [
        Document(f"{split}{part}{i}", "text", f"{split}{i}", part, split)
        for split, number in ((Split.TRAIN, num_train), (Split.HELDOUT, num_heldout))
        for i in range(number)
        for part in parts
    ]


def chosen(texts, has):
    return [text.id for text in texts if has(text)]


def test_texts_are_counted_by_split_and_model():
    generations = generations_of(3, 2) + generations_of(1, 0, Arm.BASE)
    found = survey(generations, documents_of(4, 5))
    assert found.num_generations == {
        (Arm.TUNED, Split.TRAIN): 3,
        (Arm.TUNED, Split.HELDOUT): 2,
        (Arm.BASE, Split.TRAIN): 1,
    }
    assert found.num_documents == {Split.TRAIN: 4, Split.HELDOUT: 5}
    assert found.has_heldout
    assert found.has_examples
    assert not found.has_inputs


def test_inputs_and_examples_are_noticed():
    documents = [Document("d", "text", None, Part.INPUT)]
    found = survey(generations_of(1, 0), documents)
    assert found.has_inputs
    assert not found.has_examples
    assert not found.has_heldout


@given(
    prompts=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    documents=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    seed=st.integers(0, 5),
)
def test_both_splits_are_cut_to_the_smaller_one(prompts, documents, seed):
    generations, texts = generations_of(*prompts), documents_of(*documents)
    found = survey(generations, texts, seed=seed)
    for split in Split:
        cut = found.cuts[split]
        own = [g for g in generations if g.split is split]
        held = [d for d in texts if d.split is split]
        assert len(chosen(own, cut.has_generation)) == min(prompts)
        assert len(chosen(held, cut.has_document)) == min(documents)
        assert cut.is_everything == (len(own) == min(prompts) and len(held) == min(documents))


def test_documents_of_chosen_prompts_are_chosen_first():
    generations, documents = generations_of(40, 10), documents_of(40, 10)
    cut = survey(generations, documents).cuts[Split.TRAIN]
    prompted = {
        g.example_id for g in generations if g.split is Split.TRAIN and cut.has_generation(g)
    }
    held = {d.example_id for d in documents if d.split is Split.TRAIN and cut.has_document(d)}
    assert held == prompted


def test_the_cut_hangs_on_the_seed_and_not_on_the_order():
    generations, documents = generations_of(40, 10), documents_of(40, 10)
    cuts = [
        survey(g, d, seed=seed).cuts[Split.TRAIN]
        for g, d, seed in (
            (generations, documents, 1),
            (generations[::-1], documents[::-1], 1),
            (generations, documents, 2),
        )
    ]
    ids = [chosen(generations, cut.has_generation) for cut in cuts]
    assert ids[0] == ids[1] != ids[2]
    assert cuts[0] == cuts[1]


def of_tasks(texts, tasks):
    """The texts, each named anew, once for each task and as often as the task has it."""
    return [
        replace(text, id=f"{task}{text.id}", example_id=f"{task}{text.example_id}", task=task)
        for text in texts
        for task, splits in tasks.items()
        if text.split in splits
    ]


def tasks_of(texts, split, has):
    return Counter(text.task for text in texts if text.split is split and has(text))


def test_a_mixture_is_cut_task_by_task():
    sizes = {"qa": (6, 2), "nli": (1, 4), "sum": (3, 3)}
    generations, documents = (
        [text for task, size in sizes.items() for text in of_tasks(make(*size), {task: Split})]
        for make in (generations_of, documents_of)
    )
    cuts = survey(generations, documents).cuts
    for split in Split:
        kept = {"qa": 2, "nli": 1, "sum": 3}
        assert tasks_of(generations, split, cuts[split].has_generation) == kept
        assert tasks_of(documents, split, cuts[split].has_document) == kept
    assert survey(generations, documents).note is None


TRAIN_ONLY, HELDOUT_ONLY = {"letters": [Split.TRAIN]}, {"mails": [Split.HELDOUT]}


def test_of_splits_with_different_tasks_those_of_both_are_compared():
    generations, documents = (
        of_tasks(make(6, 2), {"notes": Split, None: Split})
        + of_tasks(make(9, 9), TRAIN_ONLY | HELDOUT_ONLY)
        for make in (generations_of, documents_of)
    )
    found = survey(generations, documents)
    for split in Split:
        kept = {"notes": 2, None: 2}
        assert tasks_of(generations, split, found.cuts[split].has_generation) == kept
        assert tasks_of(documents, split, found.cuts[split].has_document) == kept
    assert found.why_not is None
    assert found.note == (
        "left out, since only one split has their task: 9 training prompts (letters), 9 held-out "
        "prompts (mails), 9 training documents (letters), 9 held-out documents (mails)"
    )


def test_what_only_one_split_has_is_left_out_where_nothing_else_is_cut():
    generations, documents = (
        of_tasks(make(3, 3), {"notes": Split}) + of_tasks(make(3, 0), TRAIN_ONLY)
        for make in (generations_of, documents_of)
    )
    found = survey(generations, documents)
    assert found.is_cut(Split.TRAIN)
    assert not found.is_cut(Split.HELDOUT)
    assert tasks_of(generations, Split.TRAIN, found.cuts[Split.TRAIN].has_generation) == {
        "notes": 3
    }
    assert found.note == (
        "left out, since only one split has their task: 3 training prompts (letters), 3 training "
        "documents (letters)"
    )


@pytest.mark.parametrize("heldout", ["mails", None])
def test_splits_that_share_no_task_are_not_compared(heldout):
    generations = of_tasks(generations_of(4, 4), TRAIN_ONLY | {heldout: [Split.HELDOUT]})
    found = survey(generations, documents_of(2, 2))
    assert found.has_heldout
    assert found.why_not == (
        f"no task is in both splits: training prompts (letters), held-out prompts "
        f"({heldout or 'no task named'})"
    )


def test_documents_of_other_tasks_are_nothing_to_compare_with():
    documents = of_tasks(documents_of(4, 4), TRAIN_ONLY | HELDOUT_ONLY)
    assert survey(generations_of(2, 2), documents).why_not == (
        "no task is in both splits: training documents (letters), held-out documents (mails)"
    )


def test_documents_of_which_a_split_names_no_task_are_cut_as_a_whole():
    generations, documents = generations_of(5, 2), documents_of(3, 6)
    named = [replace(text, task="qa") if text.split is Split.TRAIN else text for text in documents]
    found = survey(generations, named)
    for split in Split:
        assert sum(tasks_of(generations, split, found.cuts[split].has_generation).values()) == 2
        assert sum(tasks_of(named, split, found.cuts[split].has_document).values()) == 3
    assert found.note is found.why_not is None


def test_without_held_out_texts_nothing_is_cut():
    found = survey(generations_of(5, 0), documents_of(5, 0))
    assert found.cuts[Split.TRAIN].is_everything
    assert not found.is_cut(Split.TRAIN)
    assert found.note is found.why_not is None


@pytest.mark.parametrize(
    ("part", "paper"),
    [(Part.SUFFIX, True), (None, True), (Part.TARGET, False), (Part.INPUT, False)],
)
def test_as_published_only_suffixes_and_foreign_texts_are_indexed(part, paper):
    document = Document("d", "text", part=part)
    assert is_indexed(document, is_paper=True) is paper
    assert is_indexed(document, is_paper=False)


def test_a_unit_is_the_example_then_the_prompt_then_the_generation():
    assert unit_of(Generation("g", "", example_id="e", prompt="p")) == "example e"
    assert unit_of(Generation("g", "", prompt="p")) == "prompt p"
    assert unit_of(Generation("g", "")) == "generation g"


def test_an_empty_prompt_makes_generations_no_unit():
    assert unit_of(Generation("g", "", prompt="")) == "generation g"


def test_keys_of_chosen_examples_come_first():
    generation = Generation("g", "", example_id="e")
    units = frozenset({unit_key(generation, 3)})
    own, other = Document("d", "", "e"), Document("d", "", "f")
    assert document_key(own, units, 3) < 1 << 63 <= document_key(other, units, 3)
    assert document_key(other, None, 3) < 1 << 63


def test_everything_is_chosen_by_an_empty_cut():
    cut = Cut(0)
    assert cut.is_everything
    assert cut.has_document(Document("d", ""))
    assert cut.has_generation(Generation("g", ""))


def test_hashes_are_the_same_in_every_process():
    assert seeded_hash("text", 0) == 0x84F3A6CBC238EDCE
    assert seeded_hash("text", 0) != seeded_hash("text", 1)


@pytest.mark.parametrize(
    ("generations", "got"),
    [
        ([], "got none"),
        (generations_of(0, 2), "got 2 of tuned heldout"),
        (generations_of(2, 0, Arm.BASE), "got 2 of base train"),
    ],
)
def test_no_training_generation_is_an_error(generations, got):
    with pytest.raises(DataError, match=f"want generations with split=train .* {got}"):
        survey(generations, documents_of(1, 0))


def test_no_training_document_is_an_error():
    with pytest.raises(DataError, match="want documents with split=train to search in, got none"):
        survey(generations_of(1, 0), documents_of(0, 3))


def test_documents_that_are_all_blank_are_refused():
    generations, documents = generations_of(2, 0), documents_of(3, 0)
    blank = [replace(document, text=" \n") for document in documents]
    assert survey(generations, [*blank[:2], documents[2]]).num_documents[Split.TRAIN] == 3
    with pytest.raises(DataError, match="want documents with texts to search in, got 3 blank ones"):
        survey(generations, blank)
