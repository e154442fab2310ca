"""Pictures of a run's attention: which are drawn, and what a tracker is given."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from permille.report.config import ReportConfig
from permille.run.fitting import fit
from permille.run.folder import RunFolder
from permille.run.loading import load
from permille.run.pictures import draw_attention, track_attention
from permille.run.progress import Stages

from .conftest import train_settings


class Images:
    """A tracker that remembers names and epochs of its images."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None]] = []

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None: ...

    def table(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> None: ...

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        assert path.stat().st_size > 0
        self.seen.append((name, epoch))

    def summary(self, values: Mapping[str, object]) -> None: ...

    def artifact(self, path: Path) -> None: ...

    def finish(self) -> None: ...


@pytest.fixture(scope="module")
def attention(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The arrays of two epochs."""
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    fit(load(train_settings("trainer.max_epochs=2")), folder, None, Stages(), None)
    return folder.attention


def test_each_epochs_heatmap_is_tracked_with_its_epoch_and_none_is_left_behind(
    attention: Path,
) -> None:
    before = sorted(attention.rglob("*"))
    tracker = Images()
    track_attention(tracker, attention, with_tokens=False)
    maps = [(name, epoch) for name, epoch in tracker.seen if "map" in name]
    assert {epoch for _, epoch in maps} == {0, 1}
    assert sorted(attention.rglob("*")) == before


def test_the_page_has_pictures_of_the_last_epoch(attention: Path) -> None:
    draw_attention(attention, ReportConfig())
    maps = [path.stem for path in attention.glob("*.png") if "map" in path.stem]
    assert maps
    assert all(name.endswith("epoch=001") for name in maps)
    assert not (attention / "epochs").exists()


def test_a_run_without_attention_has_no_pictures(tmp_path: Path) -> None:
    tracker = Images()
    draw_attention(tmp_path / "none", ReportConfig())
    track_attention(tracker, tmp_path / "none", with_tokens=True)
    assert tracker.seen == []
    assert list(tmp_path.iterdir()) == []
