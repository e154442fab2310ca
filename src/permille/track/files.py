"""The tracker that every run has: its numbers as lines of metrics.jsonl."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from permille.track.protocol import Scalar


class FilesTracker:
    """Appends each number to a file of JSON lines; pictures and tables are files already.

    Args:
        path: The file, `metrics.jsonl` in a run's folder.
        first_epoch: Where a resumed run goes on; lines of this epoch and later ones are dropped,
            since it writes them again. 0 starts the file anew.
    """

    def __init__(self, path: Path, first_epoch: int = 0) -> None:
        self._path = path
        kept = [line for line in _lines(path) if _is_before(line, first_epoch)]
        aside = path.with_name(f".{path.name}.part")
        aside.write_text("".join(kept), encoding="utf-8")
        aside.replace(path)

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None:
        """Append a line for each number; one that is not finite is written as null."""
        lines = [
            json.dumps(
                {
                    "name": name,
                    "value": value if math.isfinite(value) else None,
                    "epoch": epoch,
                    "step": step,
                }
            )
            for name, value in values.items()
        ]
        with self._path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> None:
        """Leave it: tables are in report.json."""

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        """Leave it: the file is there."""

    def summary(self, values: Mapping[str, object]) -> None:
        """Leave it: the headline is in report.json."""

    def artifact(self, path: Path) -> None:
        """Leave it: the file is there."""

    def finish(self) -> None:
        """Do nothing: every line is written at once."""


def _lines(path: Path) -> list[str]:
    """Return the whole lines of a file; a kill may have cut the last one."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    return [line for line in lines if line.endswith("}\n")]


def _is_before(line: str, epoch: int) -> bool:
    """Tell whether a line is of an earlier epoch; what has no step came after the training."""
    values = json.loads(line)
    of = values["epoch"]
    return isinstance(of, int) and of < epoch and values["step"] is not None
