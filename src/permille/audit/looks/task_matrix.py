"""Whose prompt gives back whose document: the tasks of a mixture against each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from permille.audit.survey import unit_of
from permille.audit.tally import ratio_by_unit
from permille.core.records import Arm, Document, Generation, Kind, Split


def describe_task_matrix(
    lines: Iterable[Mapping[str, object]],
    generations: Iterable[Generation],
    documents: Iterable[Document],
    least_chars: int,
) -> dict[str, dict[str, object]]:
    """Return, by the prompt's task and the document's, the ratio of generations with a case.

    A generation with cases in documents of several tasks counts for each of them, so a row may add
    up to more than the ratio of its task. Generations of one example, or without examples of one
    prompt, count as one in the intervals.

    Args:
        lines: Of cases.jsonl.
        generations: The tuned model's on training prompts are counted; others are passed over.
        documents: Training documents.
        least_chars: Characters of a measurable generation.

    Returns:
        {task of the prompt: {task of the document: ratio}}; nothing where there is only one task.
    """
    measured = _measured(generations, least_chars)
    if len(measured) < 2:
        return {}
    known = {name for of_task in measured.values() for name in of_task}
    hits = _hits(lines, documents, known)
    return {
        task: {
            home: ratio_by_unit(
                [(name, home) in hits for name in measured[task]], list(measured[task].values())
            ).to_dict()
            for home in sorted(measured)
        }
        for task in sorted(measured)
    }


def _measured(generations: Iterable[Generation], least_chars: int) -> dict[str, dict[str, str]]:
    """Return, by task, the measurable generations of training prompts, and what each is one of."""
    measured: dict[str, dict[str, str]] = defaultdict(dict)
    for one in generations:
        is_audited = (one.model, one.split) == (Arm.TUNED, Split.TRAIN)
        if one.task is not None and is_audited and len(one.text) >= least_chars:
            measured[one.task][one.id] = unit_of(one)
    return measured


def _hits(
    lines: Iterable[Mapping[str, object]], documents: Iterable[Document], known: Set[str]
) -> set[tuple[str, str | None]]:
    """Return which of the known generations have a case in a document of which task."""
    found = [
        (str(line["generation_id"]), str(line["document_id"]))
        for line in lines
        if line["generation_id"] in known and _counts(line)
    ]
    wanted = {document_id for _, document_id in found}
    home_of = {one.id: one.task for one in documents if one.id in wanted}
    return {(generation_id, home_of.get(document_id)) for generation_id, document_id in found}


def _counts(line: Mapping[str, object]) -> bool:
    """Tell whether a line counts in the ratios: all do but paraphrases that were not confirmed."""
    return line["kind"] != Kind.PARAPHRASE or line["confirmed"] is not False
