"""Which arm is searched for where."""

import pytest

from permille.audit.config import AuditConfig
from permille.audit.survey import survey
from permille.audit.views import build_views
from permille.core.records import Arm, Document, Generation, Part, Split


def texts(sizes, base=True):
    """Generations and documents, as many a split as are named."""
    generations, documents = [], []
    for split, (num_prompts, num_documents) in sizes.items():
        for i in range(num_prompts):
            for arm in Arm if base else (Arm.TUNED,):
                generations.append(
                    Generation(f"{split}{arm}{i}", "t", None, f"{split}{i}", split, arm)
                )
        documents += [
            Document(f"{split}{i}", "t", f"{split}{i}", Part.SUFFIX if i % 2 else Part.INPUT, split)
            for i in range(num_documents)
        ]
    return generations, documents


def views_of(audit_texts, retriever, name="standard"):
    generations, documents = audit_texts
    is_paper = name == "paper"
    found = survey(generations, documents, is_paper=is_paper)
    told = []
    views = build_views(
        documents, found, retriever, AuditConfig(name=name), lambda *of: told.append(of)
    )
    names = {arm: [view.name for view in views_] for arm, views_ in views.items()}
    return views, names, told


@pytest.fixture
def retriever(audit_retriever):
    """An engine over lists."""
    return audit_retriever()


def test_equal_splits_need_two_indexes(retriever):
    _, names, told = views_of(texts({Split.TRAIN: (4, 6), Split.HELDOUT: (4, 6)}), retriever)
    assert names == {
        (Arm.TUNED, Split.TRAIN): ["main", "cross"],
        (Arm.TUNED, Split.HELDOUT): ["main"],
        (Arm.BASE, Split.TRAIN): ["main"],
        (Arm.BASE, Split.HELDOUT): ["main"],
    }
    assert [len(corpus) for corpus in retriever.corpora] == [6, 6]
    assert told == [("index train", 6, 6), ("index heldout", 6, 6)]


def test_the_larger_split_is_cut_to_the_smaller(retriever):
    views, names, _ = views_of(texts({Split.TRAIN: (9, 9), Split.HELDOUT: (4, 6)}), retriever)
    assert names[Arm.TUNED, Split.TRAIN] == ["main", "cut", "cross"]
    assert names[Arm.BASE, Split.TRAIN] == ["main", "cut"]
    assert [len(corpus) for corpus in retriever.corpora] == [9, 6, 6]
    generations = [Generation("g", "t", None, f"train{i}") for i in range(9)]
    included = [sum(map(view.includes, generations)) for view in views[Arm.TUNED, Split.TRAIN]]
    assert included == [9, 4, 4]


def test_a_larger_held_out_split_is_cut_as_well(retriever):
    _, names, _ = views_of(texts({Split.TRAIN: (3, 4), Split.HELDOUT: (8, 9)}), retriever)
    assert names[Arm.TUNED, Split.TRAIN] == ["main", "cross"]
    assert [len(corpus) for corpus in retriever.corpora] == [4, 4]


def test_without_held_out_texts_there_is_one_index(retriever):
    _, names, _ = views_of(texts({Split.TRAIN: (4, 6)}, base=False), retriever)
    assert names == {(Arm.TUNED, Split.TRAIN): ["main"]}


def test_held_out_prompts_without_documents_are_not_audited(retriever):
    _, names, _ = views_of(texts({Split.TRAIN: (4, 6), Split.HELDOUT: (4, 0)}), retriever)
    assert (Arm.TUNED, Split.HELDOUT) not in names
    assert names[Arm.TUNED, Split.TRAIN] == ["main"]


def test_as_published_only_training_suffixes_are_indexed(retriever):
    _, names, _ = views_of(texts({Split.TRAIN: (4, 6), Split.HELDOUT: (4, 6)}), retriever, "paper")
    assert names == {(Arm.TUNED, Split.TRAIN): ["main"]}
    assert {d.part for d in retriever.corpora[0].documents.values()} == {Part.SUFFIX}
    assert len(retriever.corpora) == 1


def test_inputs_make_a_view_look_deeper(retriever):
    views, _, _ = views_of(texts({Split.TRAIN: (4, 6)}), retriever)
    assert views[Arm.TUNED, Split.TRAIN][0].has_inputs
