"""The audit of a model: whom it asks, and which files it leaves."""

from dataclasses import replace
from pathlib import Path

import pytest

from permille.audit.files import read_documents, read_generations
from permille.core.records import Arm, Split
from permille.run.audit import audit_model, write_all_generations
from permille.run.folder import RunFolder
from permille.run.loading import Loaded
from permille.run.progress import Stages
from permille.run.prompting import make_all_prompts
from permille.run.provenance import Clock

from .conftest import train_settings


def ignore(stage: str, done: int, total: int) -> None:
    """Show no progress."""


def arms_of(loaded: Loaded) -> list[tuple[Arm, Split]]:
    prompts = make_all_prompts(loaded.settings, loaded.splits, loaded.tuned)
    written = write_all_generations(loaded, prompts, ignore)
    return list(dict.fromkeys((one.model, one.split) for one in written))


def test_the_files_of_an_audit_are_those_that_it_counted(loaded: Loaded, tmp_path: Path) -> None:
    folder, clock = RunFolder(tmp_path), Clock()
    found = audit_model(loaded, folder, clock, Stages())
    assert found is not None
    written = list(read_generations(folder.generations))
    counted = sum(one.split is Split.TRAIN for one in written)
    assert found.report.generations["total"] == counted == 12
    assert len(written) == 12 + 8
    examples = {one.example_id for one in read_documents(folder.documents)}
    assert {one.example_id for one in written} == examples
    assert folder.cases.is_file()
    assert found.utility.overall.keys() == {"rouge_l"}
    assert found.fingerprints == loaded.fingerprints()


@pytest.mark.parametrize(("override", "total", "repeated"), [("", 12, 2), ("audit=paper", 14, 0)])
def test_the_examples_whose_prompt_came_before_are_counted(
    override: str, total: int, repeated: int, loaded: Loaded, tmp_path: Path
) -> None:
    first = loaded.splits.train[0]
    twins = [replace(first, id=f"twin{i}", target=f"another answer {i}") for i in range(2)]
    splits = replace(loaded.splits, train=[*loaded.splits.train, *twins])
    settings = train_settings(*filter(None, [override]))
    repeating = replace(loaded, splits=splits, settings=settings)
    found = audit_model(repeating, RunFolder(tmp_path), Clock(), Stages())
    assert found is not None
    counts = found.report.generations
    assert (counts["total"], counts["repeated_prompts"]) == (total, repeated)


def test_without_an_audit_only_the_utility_is_measured(loaded: Loaded, tmp_path: Path) -> None:
    silent = replace(loaded, settings=train_settings("audit=off"))
    found = audit_model(silent, RunFolder(tmp_path), Clock(), Stages())
    assert found is not None
    assert found.report.ratios["any"] == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "audit=off",
    }
    assert found.utility.overall
    assert list(tmp_path.iterdir()) == []


def test_the_model_before_fine_tuning_is_asked_too_where_there_is_one(loaded: Loaded) -> None:
    tuned = [(Arm.TUNED, Split.TRAIN), (Arm.TUNED, Split.HELDOUT)]
    base = [(Arm.BASE, Split.TRAIN), (Arm.BASE, Split.HELDOUT)]
    assert arms_of(loaded) == tuned
    with_base = replace(loaded, load_base=lambda: loaded.tuned)
    assert arms_of(with_base) == [*tuned, *base]
    alone = train_settings("audit.base_model=false")
    assert arms_of(replace(with_base, settings=alone)) == tuned


def test_the_published_counting_asks_only_what_it_counts(loaded: Loaded) -> None:
    with_base = replace(loaded, load_base=lambda: loaded.tuned)
    published = replace(with_base, settings=train_settings("audit=paper"))
    assert arms_of(published) == [(Arm.TUNED, Split.TRAIN)]
