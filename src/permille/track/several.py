"""Several trackers as one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from permille.track.protocol import Scalar, Tracker


class SeveralTrackers:
    """Gives every value to each tracker, in their order."""

    def __init__(self, trackers: Sequence[Tracker]) -> None:
        self._trackers = tuple(trackers)

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None:
        """Give numbers to each."""
        for tracker in self._trackers:
            tracker.scalars(values, epoch=epoch, step=step)

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> None:
        """Give a table to each."""
        for tracker in self._trackers:
            tracker.table(name, columns, rows)

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        """Give a picture to each."""
        for tracker in self._trackers:
            tracker.image(name, path, epoch=epoch)

    def summary(self, values: Mapping[str, object]) -> None:
        """Give headline values to each."""
        for tracker in self._trackers:
            tracker.summary(values)

    def artifact(self, path: Path) -> None:
        """Give a file to each."""
        for tracker in self._trackers:
            tracker.artifact(path)

    def finish(self) -> None:
        """Close each."""
        for tracker in self._trackers:
            tracker.finish()
