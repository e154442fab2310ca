"""Samples that are searched again: planted copies, and generations with each threshold moved."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from permille.align.aligner import Aligner
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import (
    Probe,
    Trial,
    detector_control,
    retrieval_control,
    try_detector,
)
from permille.audit.controls.thresholds import Moved, move_thresholds, thresholds
from permille.audit.planting import LEAST_CHARS
from permille.audit.sampling import first_chars, samples
from permille.audit.survey import unit_of
from permille.audit.ties import answer_key, tied
from permille.audit.views import TUNED_TRAIN
from permille.core.records import Document, Generation, Kind, Split
from permille.measure.ratio import Ratios

Task = str | None
Progress = Callable[[str, int, int], None]
CHARS_A_PLACE = 10_000
"""Characters of a generation that is aligned with each threshold moved, on average at most: texts
of 20,000 words that repeat themselves would take hours."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Probed:
    """What samples have shown.

    Attributes:
        trials: What was found of planted copies, by the task of the documents.
        moved: What moved thresholds find in a sample of generations.
        chosen: Task and unit of each generation of that sample; a unit's are of one example.
    """

    trials: Mapping[Task, Trial] = field(default_factory=dict)
    moved: Sequence[Moved] = ()
    chosen: Sequence[tuple[Task, str]] = ()

    def controls(self, observed: Ratios) -> dict[str, object]:
        """Return the controls `retrieval`, `thresholds` and `detector` over all tasks.

        Args:
            observed: The audit's ratios.
        """
        trial = Trial.pooled(self.trials.values()) if self.trials else None
        return self._controls(trial, observed, [unit for _, unit in self.chosen])

    def controls_of(self, task: str, observed: Ratios) -> dict[str, object]:
        """Return the same controls of one task.

        Args:
            task: The task.
            observed: Its ratios.
        """
        units = [unit if own == task else None for own, unit in self.chosen]
        return self._controls(self.trials.get(task), observed, units)

    def _controls(
        self, trial: Trial | None, observed: Ratios, units: Sequence[str | None]
    ) -> dict[str, object]:
        """Return the controls from what belongs to them."""
        return {
            "retrieval": retrieval_control(trial),
            "thresholds": thresholds(self.moved, units),
            "detector": detector_control(trial, observed),
        }


def probe_samples(
    probe: Probe,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    config: AuditConfig,
    aligner: Aligner,
    progress: Progress,
) -> Probed:
    """Draw samples by task, and search them.

    Args:
        probe: The audit's own detector, and the index of training documents.
        generations: All generations.
        documents: All documents.
        config: How large samples are.
        aligner: The audit's own.
        progress: Told how far it is.
    """
    chosen = _aligned_again(generations, probe.detector.least_chars, config)
    return Probed(
        _trials(probe, documents, config, progress),
        move_thresholds(probe, aligner, chosen, progress) if chosen else (),
        [
            (generation.task, unit)
            for generation, unit in zip(
                chosen, tied([*map(unit_of, chosen)], [*map(answer_key, chosen)]), strict=True
            )
        ],
    )


def _aligned_again(
    generations: Iterable[Generation], least_chars: int, config: AuditConfig
) -> list[Generation]:
    """Return the generations that are aligned with each threshold moved, and say if some are not.

    Cut off is the end of a task's sample, whatever its length: short ones are not preferred.
    """
    size = config.num_threshold_prompts
    drawn = samples(generations, _task_of(least_chars), size, config.seed)
    most_chars = None if size is None else size * CHARS_A_PLACE
    chosen = [one for of_task in drawn.values() for one in first_chars(of_task, most_chars)]
    num_drawn = sum(map(len, drawn.values()))
    if len(chosen) < num_drawn:
        _LOG.warning(
            "audit.num_threshold_prompts=%d: %d of %d generations are aligned with each threshold "
            "moved, since they have more than %s characters on average; raise it for more, null "
            "takes all",
            size,
            len(chosen),
            num_drawn,
            f"{CHARS_A_PLACE:,}",
        )
    return chosen


def _trials(
    probe: Probe, documents: Iterable[Document], config: AuditConfig, progress: Progress
) -> dict[Task, Trial]:
    """Plant copies of each task's training documents in its held-out ones, and look for them."""
    drawn = samples(
        documents, _uses_of(probe.detector.least_chars), config.num_planted, config.seed
    )
    hosts = {task: found for (task, kind), found in drawn.items() if kind is Kind.NONE}
    trials: dict[Task, Trial] = {}
    for task in hosts:
        progress("planted copies", len(trials), len(hosts))
        planted = {kind: drawn.get((task, kind), []) for kind in LEAST_CHARS}
        trials[task] = try_detector(probe, planted, hosts[task], config.seed)
    progress("planted copies", len(trials), len(hosts))
    return trials


def _task_of(least_chars: int) -> Callable[[Generation], Iterator[Task]]:
    """Return what names the sample of thresholds that a generation belongs to, if any."""

    def tasks(generation: Generation) -> Iterator[Task]:
        is_audited = (generation.model, generation.split) == TUNED_TRAIN
        if is_audited and len(generation.text) >= least_chars:
            yield generation.task

    return tasks


def _uses_of(least_chars: int) -> Callable[[Document], Iterator[tuple[Task, Kind]]]:
    """Return what names the kinds that a document can be planted as; none: it holds plants."""

    def uses(document: Document) -> Iterator[tuple[Task, Kind]]:
        if document.split is Split.HELDOUT:
            if len(document.text) >= least_chars:
                yield document.task, Kind.NONE
            return
        for kind, least in LEAST_CHARS.items():
            if len(document.text) >= least:
                yield document.task, kind

    return uses
