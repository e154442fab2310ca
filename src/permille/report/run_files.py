"""The files of a finished run, as the page reads them."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from permille.core.errors import DataError
from permille.report.claim import Report

JsonObject = dict[str, object]
Curves = Mapping[str, list[tuple[float, float]]]
AGAIN = "audit the run again (evaluate.py run=RUN) or bring the file back"
"""What to do with a run whose files are damaged."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A run's folder."""

    folder: Path

    def is_finished(self) -> bool:
        """Whether there is a report.json."""
        return (self.folder / "report.json").is_file()

    def report(self) -> Report:
        """Return the content of report.json.

        Raises:
            DataError: If the folder holds no finished run, or its report cannot be read.
        """
        path = self.folder / "report.json"
        if not self.is_finished():
            raise DataError(f"{self.folder} is no finished run: it has no report.json")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataError(f"{path} is no report: want JSON, got {error}; {AGAIN}") from error
        if not isinstance(content, dict):
            raise DataError(f"{path} is no report: want an object, got {type(content).__name__}")
        return content

    def lines(self, name: str) -> Iterator[JsonObject]:
        """Yield the objects of a JSON-lines file, plain or gzipped; nothing where it is missing.

        Raises:
            DataError: If it is damaged.
        """
        path = self.folder / name
        if not path.is_file():
            return
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            number = 0
            try:
                for line in file:
                    number += 1
                    yield json.loads(line)
            except (ValueError, EOFError, OSError) as error:
                raise DataError(
                    f"{path}, line {number}: want an object of JSON, got {error}; {AGAIN}"
                ) from error

    def curves(self) -> Curves:
        """Return each metric's (epoch, value) points in the order of epochs."""
        return curves_of(self.lines("metrics.jsonl"))

    def wanted(self, name: str, ids: set[str]) -> Iterator[JsonObject]:
        """Yield the lines of generations.jsonl or documents.jsonl.gz with the wanted ids."""
        return (line for line in self.lines(name) if line["id"] in ids)


def curves_of(lines: Iterable[JsonObject], audited_epoch: float | None = None) -> Curves:
    """Return each metric's (epoch, value) points in the order of epochs.

    Args:
        lines: Those of metrics.jsonl.
        audited_epoch: Where to put what was measured after the training, which has no step
            and is written behind the last epoch; None leaves it there.
    """
    curves: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        epoch, value = line.get("epoch"), line.get("value")
        is_final = "step" in line and line["step"] is None and epoch is not None
        if is_final and audited_epoch is not None:
            epoch = audited_epoch
        if isinstance(epoch, int | float) and isinstance(value, int | float):
            curves.setdefault(str(line["name"]), []).append((epoch, value))
    # of two values at one epoch the one written last stays last
    return {name: sorted(points, key=lambda p: p[0]) for name, points in curves.items()}
