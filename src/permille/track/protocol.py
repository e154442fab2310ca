"""Where a run's values go, whoever shows them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

Scalar = bool | int | float | str | None


class Tracker(Protocol):
    """Takes a run's values as they come. After `finish` nothing may be given any more."""

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None:
        """Take numbers named `group/quantity_unit`, of an epoch counted from 0."""

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> None:
        """Take a table."""

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        """Take a picture from a file."""

    def summary(self, values: Mapping[str, object]) -> None:
        """Take the run's headline values."""

    def artifact(self, path: Path) -> None:
        """Take a file of the run."""

    def finish(self) -> None:
        """Close; the next run of this process starts anew."""
