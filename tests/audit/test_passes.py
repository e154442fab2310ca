"""The passes over generations and documents."""

import orjson
import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.passes import Passes, one_ahead
from permille.audit.store import FindingStore
from permille.audit.survey import survey
from permille.audit.views import build_views
from permille.core.records import Arm, Split

TRAIN = (Arm.TUNED, Split.TRAIN)


@pytest.fixture
def passes(copier, audit_retriever, tmp_path):
    """The passes of an audit of a simulated model, by chunk size."""
    model = copier(seed=0, num_prompts=10, share=0.5)

    def build(chunk_size):
        told = []
        config = AuditConfig(chunk_size=chunk_size)
        found = survey(model.generations, model.documents)
        views = build_views(model.documents, found, audit_retriever(), config, lambda *of: None)
        detector = build_detector(Aligner(), None, config)
        store = FindingStore(tmp_path / "kept", "settings")
        made = Passes(
            model.generations, config, found, views, detector, store, lambda *of: told.append(of)
        )
        return made, model, told

    return build


@pytest.mark.parametrize("chunk_size", [1, 4, 100])
def test_chunks_hold_one_arm_in_the_order_of_the_file(passes, chunk_size):
    made, model, _ = passes(chunk_size)
    chunks = list(made.chunks(TRAIN, "align"))
    assert max(len(generations) for generations, _ in chunks) <= chunk_size
    seen = [g for generations, _ in chunks for g in generations]
    assert seen == [g for g in model.generations if (g.model, g.split) == TRAIN]
    assert all(len(generations) == len(found) for generations, found in chunks)


def test_progress_ends_with_everything(passes):
    made, _, told = passes(4)
    list(made.chunks(TRAIN, "align"))
    assert told == [("align tuned train", done, 10) for done in (0, 4, 8, 10)]


def test_every_arm_has_a_row_a_generation_and_its_lines_in_the_file(passes, tmp_path):
    made, model, _ = passes(4)
    spread = made.look_up(model.documents)
    tallies = made.count(tmp_path / "cases.jsonl", spread)
    assert {arm: len(tally) for arm, tally in tallies.items()} == {
        (arm, split): 10 for arm in Arm for split in Split
    }
    lines = [orjson.loads(line) for line in (tmp_path / "cases.jsonl").read_bytes().splitlines()]
    copied = model.num_copied(Arm.TUNED, Split.TRAIN)
    assert sum(line["headline"] for line in lines) == copied > 0
    assert {line["num_examples"] for line in lines} == {1}


def test_groups_are_those_of_the_split(passes):
    made, model, _ = passes(4)
    spread = made.look_up(model.documents)
    assert spread[Split.TRAIN].group("train-0") == ("train-0", 1)
    assert spread[Split.TRAIN].group("heldout-0") is None
    assert spread[Split.HELDOUT].group("heldout-0") == ("heldout-0", 1)


def test_an_item_comes_when_the_next_was_begun():
    begun = []

    def items():
        for number in range(4):
            begun.append(number)
            yield number

    assert [(item, list(begun)) for item in one_ahead(items())] == [
        (0, [0, 1]),
        (1, [0, 1, 2]),
        (2, [0, 1, 2, 3]),
        (3, [0, 1, 2, 3]),
    ]
    assert list(one_ahead([])) == []
