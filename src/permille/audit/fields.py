"""What a file's lines have that is not read, or only some of them have: told once a file."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from permille.audit.json_lines import LineReader

_LOG = logging.getLogger(__name__)
SPLIT = "split"


@dataclass(slots=True)
class FieldWatch:
    """Notes the fields of a file's lines, and warns when the whole file has been read once.

    Attributes:
        name: What the file is called: its path, or the argument that it was written from.
        known: The names that are read.
    """

    name: str
    known: Collection[str]
    _is_told: bool = False
    _unknown: dict[str, tuple[int, int]] = field(default_factory=dict)
    _num_lines: int = 0
    _num_split: int = 0

    def watched(self, lines: Iterator[LineReader]) -> Iterator[LineReader]:
        """Yield lines as they are; behind the last one, say once what is odd about their fields."""
        if self._is_told:
            yield from lines
            return
        self._unknown, self._num_lines, self._num_split = {}, 0, 0
        for line in lines:
            self._note(line)
            yield line
        if not self._is_told:
            self._is_told = True
            for warning in self.warnings():
                _LOG.warning("%s", warning)

    def _note(self, line: LineReader) -> None:
        """Note the fields of one line."""
        self._num_lines += 1
        self._num_split += line.values.get(SPLIT) is not None
        for name in line.values.keys() - self.known:
            first, number = self._unknown.get(name, (line.number, 0))
            self._unknown[name] = (first, number + 1)

    def warnings(self) -> Iterator[str]:
        """Yield what is odd about the lines that were noted."""
        if self._unknown:
            told = ", ".join(self._told(name) for name in sorted(self._unknown))
            yield f"{self.name}: fields that are not read: {told}"
        if 0 < self._num_split < self._num_lines:
            without = self._num_lines - self._num_split
            yield (
                f'{self.name}: "{SPLIT}" stands on {self._num_split} of {self._num_lines} lines; '
                f"the other {without} count as train"
            )

    def _told(self, name: str) -> str:
        """Write an unknown field: where it stands, and which one may be meant."""
        first, number = self._unknown[name]
        near = get_close_matches(name.lower(), self.known, n=1)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        return f'"{name}" (line {first} first, {number} of {self._num_lines} lines{meant})'
