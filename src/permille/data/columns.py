"""From a row of a data set to an example, by the columns that the settings name."""

from collections.abc import Mapping, Sequence
from string import Formatter

from permille.core.errors import DataError
from permille.core.records import Example
from permille.data.config import ColumnsConfig, TaskConfig
from permille.data.tasks import column

Row = Mapping[str, object]


class RowReader:
    """Reads rows of one task.

    Args:
        task: The task's settings.
        columns: The columns of the source that the rows come from.
        setting: The name of the columns' setting, for messages.
    """

    def __init__(self, task: TaskConfig, columns: ColumnsConfig, setting: str) -> None:
        self.task = task
        self.setting = setting
        self.id, self.input, self.target, self.references = (
            column(task, value)
            for value in (columns.id, columns.input, columns.target, columns.references)
        )

    def required(self) -> dict[str, str]:
        """Return the setting of each outermost column that every row must have."""
        names: dict[str, str] = {}
        for field, value in self._fields().items():
            for path in _paths(value):
                names.setdefault(path.split(".")[0], field)
        return names

    def read(self, row: Row, number: int, place: str) -> Example:
        """Return the example of a row.

        Args:
            row: Columns and their values.
            number: Its number, the first being 0; its name where the row has none.
            place: Where the row stands, for messages.

        Raises:
            DataError: If a column is missing or does not hold what it should.
        """
        texts = {field: self._text(row, field, place) for field in ("input", "target")}
        name = row.get(self.id) if self.id else None
        return Example(
            id=f"{self.task.name}-{number:06d}" if name is None else str(name),
            task=self.task.name.value,
            input=texts["input"],
            target=texts["target"],
            references=self._references(row, place),
        )

    def _fields(self) -> dict[str, str]:
        """Return the columns by the name of their setting."""
        fields = {"input": self.input, "target": self.target, "references": self.references}
        return {field: value for field, value in fields.items() if value}

    def _text(self, row: Row, field: str, place: str) -> str:
        """Return an input or a target, which must hold more than white space."""
        value = self._fields()[field]
        text = self._word(self._value(row, value, field, place), field, place)
        if not text.strip():
            raise DataError(f"{place}: want a text in {value!r}, got an empty one")
        return text

    def _value(self, row: Row, value: str, field: str, place: str) -> object:
        """Return what a column holds, or a text composed of several."""
        if "{" not in value:
            return self._inside(row, value, field, place)
        parts = []
        for literal, path, _, _ in Formatter().parse(value):
            parts.append(literal)
            if path:
                parts.append(self._word(self._inside(row, path, field, place), field, place))
        return "".join(parts)

    def _inside(self, row: Row, path: str, field: str, place: str) -> object:
        """Follow a path such as `answers.text` into a row."""
        value: object = row
        for name in path.split("."):
            if not isinstance(value, Mapping) or name not in value:
                there = ", ".join(map(str, value)) if isinstance(value, Mapping) else "no columns"
                raise DataError(
                    f"{place}: want the column {path!r}, got {there};"
                    f" name your column by {self.setting}.{field}"
                )
            value = value[name]
        return value

    def _word(self, value: object, field: str, place: str) -> str:
        """Return a value as a text: the first of a list, the word of a label."""
        if isinstance(value, str):
            return value
        if isinstance(value, Sequence):
            return self._word(value[0], field, place) if value else self._no_answer(field, place)
        if isinstance(value, int) and field == "target" and self.task.labels:
            if not 0 <= value < len(self.task.labels):
                raise DataError(
                    f"{place}: want a label from 0 to {len(self.task.labels) - 1}, got {value};"
                    " name all labels by task.labels"
                )
            return self.task.labels[value]
        raise DataError(
            f"{place}: want a text for {self.setting}.{field}, got {type(value).__name__} {value!r}"
        )

    def _no_answer(self, field: str, place: str) -> str:
        """Return the target of a row without an answer."""
        if field != "target" or not self.task.no_answer:
            raise DataError(
                f"{place}: want at least one text for {self.setting}.{field}, got an empty list"
            )
        return self.task.no_answer

    def _references(self, row: Row, place: str) -> tuple[str, ...]:
        """Return all right answers; none where the target is the only one."""
        if not self.references:
            return ()
        value = self._value(row, self.references, "references", place)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise DataError(
                f"{place}: want a list of texts for {self.setting}.references, got {value!r}"
            )
        return tuple(dict.fromkeys(self._word(answer, "references", place) for answer in value))


def _paths(value: str) -> list[str]:
    """Return the columns that a setting names."""
    if "{" not in value:
        return [value]
    return [path for _, path, _, _ in Formatter().parse(value) if path]
