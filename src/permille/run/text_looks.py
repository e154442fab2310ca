"""The looks that need only texts, so that they also look at generations of any origin."""

from collections.abc import Iterable
from pathlib import Path

from permille.audit.json_lines import read_lines
from permille.audit.looks.config import Look, LooksConfig
from permille.audit.looks.identifiers import Identifier, IdentifierKind
from permille.audit.looks.personal import Finder, describe_personal_data
from permille.audit.looks.task_matrix import describe_task_matrix
from permille.config.schema import Settings
from permille.core.records import Document, Generation
from permille.judge.entities import SpacyEntities

NO_MODEL = "there is no model to ask: texts of any origin were given"
NOT_ASKED = "not looked at; audit=full does, or audit.looks.names=[{}]"


def look_at_texts(
    settings: Settings,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    cases: Path,
) -> dict[str, object]:
    """Return what the looks at texts show, by their names, and why others show nothing.

    Args:
        settings: The job's settings.
        generations: Read several times, so a list or a file.
        documents: Likewise.
        cases: The run's cases.jsonl.
    """
    if settings.audit.is_paper:
        return {}
    names = settings.audit.looks.names
    found: dict[str, object] = {
        str(look): {"missing": NO_MODEL if look in names else NOT_ASKED.format(look)}
        for look in Look
    }
    if Look.personal_data in names:
        found["personal_data"] = describe_personal_data(
            generations,
            documents,
            least_chars=settings.align.measurable_chars,
            seed=settings.audit.seed,
            names=name_finder(settings.audit.looks),
            show_values=settings.audit.looks.show_values,
        )
    lines = (line.values for line in read_lines(cases)) if cases.stat().st_size else ()
    least_chars = settings.align.measurable_chars
    matrix = describe_task_matrix(lines, generations, documents, least_chars)
    return found | ({"task_matrix": matrix} if matrix else {})


def name_finder(config: LooksConfig) -> Finder | None:
    """Return what finds persons' names, None where the settings name no pipeline.

    Raises:
        SettingsError: If spaCy or the pipeline is not installed.
    """
    if config.entities is None:
        return None
    entities = SpacyEntities(config.entities, label="PERSON", is_lower=False)

    def find(text: str) -> set[Identifier]:
        (names,) = entities.entities([text])
        return {Identifier(IdentifierKind.PERSON, name) for name in names}

    return find
