"""The files of a finished run, as the page reads them."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from permille.core.errors import DataError
from permille.report.claim import Report

JsonObject = dict[str, object]


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
            DataError: If the folder holds no finished run.
        """
        path = self.folder / "report.json"
        if not self.is_finished():
            raise DataError(f"{self.folder} is no finished run: it has no report.json")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise DataError(f"{path} is no report: want an object, got {type(content).__name__}")
        return content

    def lines(self, name: str) -> Iterator[JsonObject]:
        """Yield the objects of a JSON-lines file, plain or gzipped; nothing where it is missing."""
        path = self.folder / name
        if not path.is_file():
            return
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def curves(self) -> Mapping[str, list[tuple[float, float]]]:
        """Return each metric's (epoch, value) points in the order of epochs."""
        curves: dict[str, list[tuple[float, float]]] = {}
        for line in self.lines("metrics.jsonl"):
            epoch, value = line.get("epoch"), line.get("value")
            if isinstance(epoch, int | float) and isinstance(value, int | float):
                curves.setdefault(str(line["name"]), []).append((epoch, value))
        # of two values at one epoch the one written last stays last
        return {name: sorted(points, key=lambda p: p[0]) for name, points in curves.items()}

    def wanted(self, name: str, ids: set[str]) -> Iterator[JsonObject]:
        """Yield the lines of generations.jsonl or documents.jsonl.gz with the wanted ids."""
        return (line for line in self.lines(name) if line["id"] in ids)
