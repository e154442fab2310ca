"""Whose prompt gives back whose document: the tasks of a mixture against each other."""

from collections import Counter
from collections.abc import Iterable, Mapping

from permille.core.records import Arm, Document, Generation, Kind, Split
from permille.measure.ratio import wilson_ratio


def describe_task_matrix(
    lines: Iterable[Mapping[str, object]],
    generations: Iterable[Generation],
    documents: Iterable[Document],
    least_chars: int,
) -> dict[str, dict[str, object]]:
    """Return, by the prompt's task and the document's, the ratio of generations with a case.

    A generation with cases in documents of several tasks counts for each of them, so a row may add
    up to more than the ratio of its task.

    Args:
        lines: Of cases.jsonl.
        generations: The tuned model's on training prompts are counted; others are passed over.
        documents: Training documents.
        least_chars: Characters of a measurable generation.

    Returns:
        {task of the prompt: {task of the document: ratio}}; nothing where there is only one task.
    """
    task_of = {
        one.id: one.task
        for one in generations
        if one.task is not None
        and (one.model, one.split) == (Arm.TUNED, Split.TRAIN)
        and len(one.text) >= least_chars
    }
    measured = Counter(task_of.values())
    if len(measured) < 2:
        return {}
    found = [
        (str(line["generation_id"]), str(line["document_id"]))
        for line in lines
        if line["generation_id"] in task_of and _counts(line)
    ]
    wanted = {document_id for _, document_id in found}
    home_of = {one.id: one.task for one in documents if one.id in wanted}
    hits = {(generation_id, home_of.get(document_id)) for generation_id, document_id in found}
    counts = Counter((task_of[generation_id], home) for generation_id, home in hits)
    return {
        task: {home: wilson_ratio(counts[task, home], of).to_dict() for home in sorted(measured)}
        for task, of in sorted(measured.items())
    }


def _counts(line: Mapping[str, object]) -> bool:
    """Tell whether a line counts in the ratios: all do but paraphrases that were not confirmed."""
    return line["kind"] != Kind.PARAPHRASE or line["confirmed"] is not False
