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
        has_run: By form and arm, whether each of them has a run.
        own_examples: By form, in how many examples the own part of each run of a training
            generation stands.
        cut_short: By form, how many documents and generations repeat themselves so much that they
            were not searched to the end; a document counts each time that it is read.
    """

    rows: Mapping[ArmKey, list[Row]]
    has_run: Mapping[tuple[str, ArmKey], list[bool]]
    own_examples: Mapping[str, list[int]] = field(default_factory=lambda: {f: [] for f in FORMS})
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
        counts = self.own_examples[form]
        no_heldout: object = missing("there are no generations of held-out prompts")
        return {
            "generations": self._ratio(form, TUNED_TRAIN),
            "heldout": self._ratio(form, TUNED_HELDOUT) if self.rows[TUNED_HELDOUT] else no_heldout,
            "runs": {
                "total": len(counts),
                "in_one_example": sum(count == 1 for count in counts),
                "in_several": sum(1 < count < MANY_EXAMPLES for count in counts),
                f"in_{MANY_EXAMPLES}_or_more": sum(count >= MANY_EXAMPLES for count in counts),
            },
            "cut_short": self.cut_short[form],
        }

    def _ratio(self, form: str, arm: ArmKey) -> dict[str, object]:
        """Return the ratio of measurable generations of an arm that have a run."""
        both = zip(self.rows[arm], self.has_run[form, arm], strict=True)
        measured = [(row, found) for row, found in both if row.is_measurable]
        return ratio_over([row for row, _ in measured], [found for _, found in measured]).to_dict()

    def _recall(self, task: str | None) -> dict[str, object]:
        """Return of the generations with a run those that the top documents show as verbatim.

        Args:
            task: Whose generations; None for all.
        """
        both = zip(self.rows[TUNED_TRAIN], self.has_run["exact", TUNED_TRAIN], strict=True)
        rows = [row for row, found in both if found and task in (None, row.task)]
        shown = [Kind.VERBATIM in row.every_kind for row in rows]
        why = "no generation shares a run with any training document"
        return ratio_over(rows, shown, why).to_dict()


def search_everywhere(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    tallies: Mapping[ArmKey, Tally],
    least_chars: int,
    out: Path,
    progress: Progress,
) -> Anywhere:
    """Look for the tuned model's generations in every training document.

    Those of held-out prompts are looked for in the same documents: what they share with them is
    what is shared without having been trained on. A run does not count where fewer than
    `least_chars` of its characters are left without what stands in the generation's own prompt.

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
                searches = _searched([g.text for g in group], documents, least_chars)
                for form, search in searches.items():
                    _note(form, arm, group, search.runs(), least_chars, found, file)
                    found.cut_short[form]["documents"] += search.num_cut_short
                    found.cut_short[form]["generations"] += search.num_texts_cut_short
                done += len(group)
    progress("search every document", done, total)
    return found


def _searched(
    texts: Sequence[str], documents: Iterable[Document], least_chars: int
) -> dict[str, CorpusSearch]:
    """Search every training document for texts in both forms, reading the documents once."""
    searches = {
        form: CorpusSearch(texts, least_chars, normalized=form == "normalized") for form in FORMS
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
    least_chars: int,
    found: Anywhere,
    file: BufferedIOBase,
) -> None:
    """Count and write the runs of some generations, but those that stand in the prompt."""
    for generation, runs in zip(group, all_runs, strict=True):
        new = _beyond_prompt(generation, runs, least_chars, form) if runs else []
        found.has_run[form, arm].append(bool(new))
        if arm == TUNED_TRAIN:
            found.own_examples[form].extend(run.own_examples for run in new)
        for run in new:
            line = {
                "generation_id": generation.id,
                "form": form,
                "generation": [run.start_char, run.end_char],
                "num_examples": run.num_examples,
                "own_examples": run.own_examples,
                "examples": run.examples,
            }
            file.write(orjson.dumps(line) + b"\n")


def _beyond_prompt(
    generation: Generation, runs: Sequence[CorpusRun], least_chars: int, form: str
) -> list[CorpusRun]:
    """Return the runs that have so many characters of their own beside those of the prompt."""
    prompt = generation.prompt or ""
    if len(prompt) < least_chars:
        return list(runs)
    search = CorpusSearch([generation.text], least_chars, normalized=form == "normalized")
    search.add([("prompt", prompt)])
    (copied,) = search.runs()
    return [run for run in runs if _own_chars(run, copied, least_chars) >= least_chars]


def _own_chars(run: CorpusRun, copied: Sequence[CorpusRun], least_chars: int) -> int:
    """Return how many characters of a run are not copied; the shortest overlaps do not count."""
    own, reached = 0, run.start_char
    for part in copied:
        if min(run.end_char, part.end_char) - max(run.start_char, part.start_char) >= least_chars:
            own += max(0, part.start_char - reached)
            reached = max(reached, part.end_char)
    return own + max(0, run.end_char - reached)


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
