"""Verbatim runs against every training document, without retrieval; and what retrieval missed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BufferedIOBase
from itertools import islice
from pathlib import Path

import orjson

from permille.align.corpus_runs import CorpusRun, CorpusSearch
from permille.audit.controls.contrasts import missing
from permille.audit.json_lines import write_aside
from permille.audit.passes import Progress
from permille.audit.report import AuditReport
from permille.audit.tally import Row, Tally, ratio_over
from permille.audit.views import TUNED_TRAIN, ArmKey
from permille.core.records import Arm, Document, Generation, Kind, Split

RUNS_FILE = "verbatim_anywhere.jsonl"
TUNED_HELDOUT: ArmKey = (Arm.TUNED, Split.HELDOUT)
FORMS = ("exact", "normalized")
"""Characters as they are, and without case, punctuation and the width of gaps."""
MAX_CHARS = 20_000_000
"""Characters of generations that one reading of the documents looks for."""
MANY_EXAMPLES = 10
_BATCH_DOCUMENTS = 4_096


@dataclass(slots=True)
class Anywhere:
    """The generations with a run that stands in a training document.

    Attributes:
        rows: The rows of each arm, in the order in which they were searched for.
        counts: By form and arm, of each of them in how many examples each of its runs stands, and
            in how many the run's own part.
        cut_short: By form, how many documents and generations repeat themselves so much that they
            were not searched to the end; a document counts each time that it is read.
    """

    rows: Mapping[ArmKey, list[Row]]
    counts: Mapping[tuple[str, ArmKey], list[list[tuple[int, int]]]]
    cut_short: Mapping[str, dict[str, int]] = field(
        default_factory=lambda: {form: {"documents": 0, "generations": 0} for form in FORMS}
    )

    def added_to(self, report: AuditReport) -> AuditReport:
        """Return a report with `verbatim_anywhere` and `retrieval.verbatim_recall` of all controls.

        Those of the report itself, and where there are several tasks those of each.
        """
        tasks = {
            name: {**values, "controls": self._with_recall(values.get("controls"), name)}
            if isinstance(values, Mapping)
            else values
            for name, values in report.tasks.items()
        }
        return replace(
            report,
            verbatim_anywhere={form: self._of_form(form) for form in FORMS},
            controls=self._with_recall(report.controls),
            tasks=tasks,
        )

    def _with_recall(self, controls: object, task: str | None = None) -> dict[str, object]:
        """Return controls with the recall of verbatim runs, of all tasks or of one."""
        known = controls if isinstance(controls, Mapping) else {}
        retrieval = known.get("retrieval")
        others = retrieval if isinstance(retrieval, Mapping) else {}
        return {**known, "retrieval": {**others, "verbatim_recall": self._recall(task)}}

    def _of_form(self, form: str) -> dict[str, object]:
        """Return ratios, and how many runs stand in how many examples."""
        runs = [run for runs in self.counts[form, TUNED_TRAIN] for run in runs]
        return {
            "generations": self._ratio(form, TUNED_TRAIN),
            "heldout": self._ratio(form, TUNED_HELDOUT),
            "one_example": self._ratio(form, TUNED_TRAIN, most_examples=1),
            "one_example_heldout": self._ratio(form, TUNED_HELDOUT, most_examples=1),
            "runs": {
                "total": len(runs),
                **_by_number([own for _, own in runs]),
                "whole": _by_number([whole for whole, _ in runs]),
            },
            "cut_short": self.cut_short[form],
        }

    def _ratio(
        self, form: str, arm: ArmKey, most_examples: float = float("inf")
    ) -> dict[str, object]:
        """Return the ratio of measurable generations of an arm that have a run.

        Args:
            form: How texts are compared.
            arm: Whose generations.
            most_examples: In how many examples its own part may stand.
        """
        if not self.rows[arm]:
            return missing("no held-out generations were audited")
        both = zip(self.rows[arm], self.counts[form, arm], strict=True)
        measured = [(row, runs) for row, runs in both if row.is_measurable]
        found = [any(own <= most_examples for _, own in runs) for _, runs in measured]
        return ratio_over([row for row, _ in measured], found).to_dict()

    def _recall(self, task: str | None) -> dict[str, object]:
        """Return of the generations with a run those that the top documents show as verbatim.

        Args:
            task: Whose generations; None for all.
        """
        both = zip(self.rows[TUNED_TRAIN], self.counts["exact", TUNED_TRAIN], strict=True)
        rows = [row for row, runs in both if runs and task in (None, row.task)]
        shown = [Kind.VERBATIM in row.every_kind for row in rows]
        why = "no generation shares a run with any training document"
        return ratio_over(rows, shown, why).to_dict()


def _by_number(counts: Sequence[int]) -> dict[str, int]:
    """Return how many runs stand in one, several and many examples, given in how many each does."""
    return {
        "in_one_example": sum(count == 1 for count in counts),
        "in_several": sum(1 < count < MANY_EXAMPLES for count in counts),
        f"in_{MANY_EXAMPLES}_or_more": sum(count >= MANY_EXAMPLES for count in counts),
    }


def search_everywhere(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    tallies: Mapping[ArmKey, Tally],
    least_chars: int,
    out: Path,
    progress: Progress,
) -> Anywhere:
    """Look for the tuned model's generations in every training document.

    Those of held-out prompts are looked for in the same documents: a model gives back what it was
    trained on when it is asked for other texts, too, and some is shared by chance. A run does not
    count where no `least_chars` in a row are left without what stands in the generation's own
    prompt.

    Args:
        generations: All generations.
        documents: All documents.
        tallies: The rows of each arm.
        least_chars: Characters of a run, at least.
        out: A folder; verbatim_anywhere.jsonl is written there, a line a run.
        progress: Told how many generations were searched for.
    """
    arms = (TUNED_TRAIN, TUNED_HELDOUT)
    rows = {arm: tallies[arm].rows if arm in tallies else [] for arm in arms}
    found = Anywhere(rows, {(form, arm): [] for form in FORMS for arm in arms})
    total, done = sum(map(len, rows.values())), 0
    with write_aside(out / RUNS_FILE) as file:
        for arm in arms:
            if not rows[arm]:
                continue
            for group in _groups(g for g in generations if (g.model, g.split) == arm):
                progress("search every document", done, total)
                searches = _searched(group, documents, least_chars)
                for form, search in searches.items():
                    _note(form, arm, group, search.runs(), found, file)
                    found.cut_short[form]["documents"] += search.num_cut_short
                    found.cut_short[form]["generations"] += search.num_texts_cut_short
                done += len(group)
    progress("search every document", done, total)
    return found


def _searched(
    group: Sequence[Generation], documents: Iterable[Document], least_chars: int
) -> dict[str, CorpusSearch]:
    """Search every training document for texts in both forms, reading the documents once."""
    texts, prompts = [g.text for g in group], [g.prompt or "" for g in group]
    searches = {
        form: CorpusSearch(texts, least_chars, normalized=form == "normalized", prompts=prompts)
        for form in FORMS
    }
    stream = (
        (document.example_id or document.id, document.text)
        for document in documents
        if document.split is Split.TRAIN
    )
    while batch := list(islice(stream, _BATCH_DOCUMENTS)):
        for search in searches.values():
            search.add(batch)
    return searches


def _note(
    form: str,
    arm: ArmKey,
    group: Sequence[Generation],
    all_runs: Sequence[Sequence[CorpusRun]],
    found: Anywhere,
    file: BufferedIOBase,
) -> None:
    """Count and write the runs of some generations."""
    for generation, runs in zip(group, all_runs, strict=True):
        found.counts[form, arm].append([(run.num_examples, run.own_examples) for run in runs])
        for run in runs:
            line = {
                "generation_id": generation.id,
                "split": generation.split,
                "form": form,
                "generation": [run.start_char, run.end_char],
                "num_examples": run.num_examples,
                "own_examples": run.own_examples,
                "own_chars": run.own_chars,
                "examples": run.examples,
            }
            file.write(orjson.dumps(line) + b"\n")


def _groups(generations: Iterable[Generation]) -> Iterator[list[Generation]]:
    """Yield generations in groups of bounded size."""
    group: list[Generation] = []
    num_chars = 0
    for generation in generations:
        if group and num_chars + len(generation.text) > MAX_CHARS:
            yield group
            group, num_chars = [], 0
        group.append(generation)
        num_chars += len(generation.text)
    if group:
        yield group
