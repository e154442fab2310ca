"""The audit of texts that are at hand in Python; evaluate.py generations= documents= for files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from permille.audit.files import read_documents, read_generations
from permille.audit.json_lines import write_lines
from permille.audit.pipeline import CASES_FILE
from permille.audit.report import AuditReport
from permille.config.compose import compose_program
from permille.config.overrides import as_value
from permille.config.preflight import check_overrides
from permille.config.schema import EvaluateSettings, Program
from permille.config.settings import to_settings
from permille.core.errors import DataError, SettingsError
from permille.run.detection import audit_generations
from permille.run.job import warn_of_ignored
from permille.run.result import differing_settings
from permille.run.text_looks import look_at_texts

Text = str | Mapping[str, object]
Texts = str | Path | Iterable[Text]
"""A file of JSON lines, or texts: each a text alone or a mapping as a line of such a file."""


def audit_texts(generations: Texts, documents: Texts, **settings: object) -> AuditReport:
    """See `permille.audit_texts`."""
    with TemporaryDirectory(prefix="permille-") as folder:
        out = Path(folder)
        own_generations = _as_file(generations, out, "generations")
        own_documents = _as_file(documents, out, "documents")
        overrides = [
            *as_overrides(settings),
            f"generations={as_value(str(own_generations))}",
            f"documents={as_value(str(own_documents))}",
        ]
        check_overrides([(Program.evaluate, overrides)])
        config = compose_program(Program.evaluate, overrides)
        checked = to_settings(config, EvaluateSettings)
        warn_of_ignored(checked, overrides)
        written = read_generations(own_generations, _name(generations, "generations"))
        sources = read_documents(own_documents, _name(documents, "documents"))
        report = audit_generations(checked, written, sources, out, _ignore)
        found = look_at_texts(checked, written, sources, out / CASES_FILE)
        given = compose_program(Program.evaluate, as_overrides(settings))
        report = replace(report, task=None, settings=differing_settings(Program.evaluate, given))
        return report.with_controls(found)


def as_overrides(settings: Mapping[str, object]) -> list[str]:
    """Return keyword settings as overrides.

    >>> as_overrides({"audit": "paper", "retrieve": {"top_k": 5}, "seed": 1})
    ['audit=paper', 'retrieve.top_k=5', 'seed=1']
    """
    overrides: list[str] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            inner = {f"{name}.{key}": one for key, one in value.items()}
            overrides += as_overrides(inner)
        else:
            overrides.append(f"{name}={_value(value)}")
    return overrides


def _value(value: object) -> str:
    """Return a value as Hydra reads it.

    Raises:
        SettingsError: If it is of a type that no setting has.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return as_value(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(_value(one) for one in value)}]"
    raise SettingsError(f"settings: want texts, numbers, lists or mappings, got {type(value)}")


def _as_file(texts: Texts, folder: Path, argument: str) -> Path:
    """Return the file that was given, or a new one with the texts that were given.

    Raises:
        DataError: If something is no text, or there is none.
    """
    if isinstance(texts, str | Path):
        return Path(texts)
    if isinstance(texts, Mapping) or not isinstance(texts, Iterable):
        got = type(texts).__name__
        raise DataError(f"{argument}: want a file of JSON lines or a list of texts, got {got}")
    path = folder / f"{argument}.jsonl"
    lines = (_line(argument, number, text) for number, text in enumerate(texts))
    if not write_lines(path, lines):
        raise DataError(f"{argument}: want at least one text, got none")
    return path


def _name(texts: Texts, argument: str) -> str:
    """Return what texts are called: the file that was given, or else the argument."""
    return str(texts) if isinstance(texts, str | Path) else argument


def _line(argument: str, number: int, text: Text) -> Mapping[str, object]:
    """Return a text as a line of a file; one without an id gets its number, counted from 0.

    Raises:
        DataError: If it is neither a text nor a mapping.
    """
    if isinstance(text, str):
        return {"id": str(number), "text": text}
    if isinstance(text, Mapping):
        return {"id": str(number), **text}
    raise DataError(
        f"{argument}, line {number + 1}: want a text or a mapping with text, got"
        f" {type(text).__name__}"
    )


def _ignore(stage: str, done: int, total: int) -> None:
    """Show no progress."""
