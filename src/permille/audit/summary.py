"""From rows to the report: counts, ratios, tasks and controls."""

from collections.abc import Mapping

from permille.audit.config import AuditConfig
from permille.audit.controls.base_model import base_model_control, difference_in_differences
from permille.audit.controls.heldout import cross_index_control, heldout_control, heldout_ratios
from permille.audit.controls.subsets import subset_controls
from permille.audit.report import AuditReport
from permille.audit.rows import MAIN
from permille.audit.survey import Survey
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import ArmKey
from permille.core.records import Arm, Split
from permille.measure.ratio import Ratio, wilson_ratio

TUNED_TRAIN = (Arm.TUNED, Split.TRAIN)


def summarize(
    tallies: Mapping[ArmKey, Tally], found: Survey, config: AuditConfig, *, has_judge: bool
) -> AuditReport:
    """Return what the rows of all arms say.

    Args:
        tallies: The rows of each arm that was audited.
        found: What there was to audit.
        config: How it was counted.
        has_judge: Whether paraphrases were judged.
    """
    train = tallies[TUNED_TRAIN]
    tasks = sorted({row.task for row in train.rows if row.task is not None})
    ratios: dict[str, object] = dict(ratios_of(train, MAIN).to_dict())
    if config.is_paper:
        ratios["paraphrase_confident"] = _confident(train, has_judge=has_judge).to_dict()
    return AuditReport(
        task=tasks[0] if len(tasks) == 1 else ("multitask" if tasks else None),
        audit=str(config.name),
        generations=_counts(train),
        ratios=ratios,
        controls={} if config.is_paper else _controls(tallies, found, config),
        tasks={task: _of_task(tallies, task, config) for task in tasks} if len(tasks) > 1 else {},
    )


def _counts(train: Tally) -> dict[str, int]:
    """Count the tuned model's generations on training prompts."""
    measurable = sum(row.is_measurable for row in train.rows)
    return {
        "total": len(train),
        "measurable": measurable,
        "not_measurable": len(train) - measurable,
        "degenerate": sum(row.is_degenerate for row in train.rows),
        "whole_input": sum(row.is_whole_input for row in train.rows),
    }


def _confident(train: Tally, *, has_judge: bool) -> Ratio:
    """Return the ratio of paraphrases that the judge confirms, as published."""
    if not has_judge:
        return Ratio(0, 0, reason="there was no judge (judge=none)")
    return wilson_ratio(sum(row.is_confident for row in train.rows), len(train))


def _controls(
    tallies: Mapping[ArmKey, Tally], found: Survey, config: AuditConfig
) -> dict[str, object]:
    """Return the controls, or why one was not computed."""
    return {
        "heldout": heldout_control(tallies, seed=config.seed),
        "base_model": base_model_control(tallies),
        "difference_in_differences": difference_in_differences(tallies, seed=config.seed),
        "cross_index": cross_index_control(tallies),
        **subset_controls(tallies[TUNED_TRAIN], has_examples=found.has_examples),
    }


def _of_task(tallies: Mapping[ArmKey, Tally], task: str, config: AuditConfig) -> dict[str, object]:
    """Return the ratios of one of several tasks."""
    of_task = {arm: tally.of_task(task) for arm, tally in tallies.items()}
    values: dict[str, object] = {"ratios": ratios_of(of_task[TUNED_TRAIN], MAIN).to_dict()}
    if not config.is_paper:
        values["heldout"] = heldout_ratios(of_task)
    return values | {"utility": {}}
