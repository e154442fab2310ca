"""From rows to the report: counts, ratios, tasks and controls."""

from collections.abc import Mapping
from dataclasses import replace

from permille.audit.config import AuditConfig
from permille.audit.controls.base_model import base_model_control, difference_in_differences
from permille.audit.controls.frequency import boilerplate, duplicates
from permille.audit.controls.heldout import (
    Counting,
    cross_index_control,
    heldout_control,
    heldout_ratios,
)
from permille.audit.controls.length import length
from permille.audit.controls.multiplicity import multiplicity
from permille.audit.controls.subsets import subset_controls
from permille.audit.probing import Probed
from permille.audit.report import AuditReport
from permille.audit.rows import (
    MAIN,
    NOT_COPIED,
    NOT_COPIED_CUT,
    NOT_LOOP,
    NOT_LOOP_CUT,
    NOT_STOCK,
    NOT_STOCK_CUT,
)
from permille.audit.survey import Survey
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import TUNED_TRAIN, ArmKey
from permille.measure.ratio import Ratio, wilson_ratio

LEFT_OUT = {
    "input_copied": Counting(NOT_COPIED_CUT, NOT_COPIED),
    "boilerplate": Counting(NOT_STOCK_CUT, NOT_STOCK),
    "degenerate": Counting(NOT_LOOP_CUT, NOT_LOOP),
}
"""How training and held-out prompts are compared without what a control leaves out."""


def summarize(
    tallies: Mapping[ArmKey, Tally],
    found: Survey,
    config: AuditConfig,
    *,
    least_chars: int,
    has_judge: bool,
    probed: Probed,
) -> AuditReport:
    """Return what the rows of all arms say.

    Args:
        tallies: The rows of each arm that was audited.
        found: What there was to audit.
        config: How it was counted.
        least_chars: Characters of a measurable generation.
        has_judge: Whether paraphrases were judged.
        probed: What samples that were searched again have shown.
    """
    train = tallies[TUNED_TRAIN]
    names = sorted({row.task for row in train.rows if row.task is not None})
    by_task = {name: _select(tallies, name) for name in names} if len(names) > 1 else {}
    observed = ratios_of(train, MAIN)
    ratios: dict[str, object] = dict(observed.to_dict())
    controls: dict[str, object] = {}
    tasks: dict[str, dict[str, object]] = {}
    if config.is_paper:
        ratios["paraphrase_confident"] = _confident(train, has_judge=has_judge).to_dict()
        tasks = {name: _of_task(rows) for name, rows in by_task.items()}
    else:
        controls = {**_controls(tallies, found, config, least_chars), **probed.controls(observed)}
        # what the cut of all tasks leaves out is of other tasks than each
        alone = replace(found, note=None)
        for name, rows in by_task.items():
            own = probed.controls_of(name, ratios_of(rows[TUNED_TRAIN], MAIN))
            of_task = {**_controls(rows, alone, config, least_chars), **own}
            tasks[name] = {**_of_task(rows), "controls": of_task}
        by_name = {name: part["controls"] for name, part in tasks.items()}
        controls["multiplicity"] = multiplicity(controls, by_name)
    return AuditReport(
        task=names[0] if len(names) == 1 else ("multitask" if names else None),
        audit=str(config.name),
        generations=_counts(train),
        ratios=ratios,
        controls=controls,
        tasks=tasks,
    )


def _select(tallies: Mapping[ArmKey, Tally], task: str) -> dict[ArmKey, Tally]:
    """Return the rows of one task, without arms that have none."""
    of_task = {arm: tally.of_task(task) for arm, tally in tallies.items()}
    return {arm: tally for arm, tally in of_task.items() if len(tally)}


def _counts(train: Tally) -> dict[str, int]:
    """Count the tuned model's generations on training prompts, and the examples or prompts."""
    measurable = train.measurable_only()
    return {
        "total": len(train),
        "measurable": len(measurable),
        "not_measurable": len(train) - len(measurable),
        "degenerate": sum(row.is_degenerate for row in train.rows),
        "whole_input": sum(row.is_whole_input for row in train.rows),
        "prompts": train.num_prompts,
        "measurable_prompts": measurable.num_prompts,
        "examples": train.where(lambda row: row.has_example).num_prompts,
        "refused_pairs": sum(row.num_refused for row in train.rows),
        "with_refused_pairs": sum(row.is_unknown for row in train.rows),
    }


def _confident(train: Tally, *, has_judge: bool) -> Ratio:
    """Return the ratio of paraphrases that the judge confirms, as published."""
    if not has_judge:
        return Ratio(0, 0, reason="there was no judge (judge=none)")
    return wilson_ratio(sum(row.is_confident for row in train.rows), len(train))


def _controls(
    tallies: Mapping[ArmKey, Tally], found: Survey, config: AuditConfig, least_chars: int
) -> dict[str, object]:
    """Return the controls that rows alone are enough for, or why one was not computed."""
    train = tallies[TUNED_TRAIN]
    cut = {"note": found.note, "why_not": found.why_not}
    controls: dict[str, object] = {
        "heldout": heldout_control(
            tallies, seed=config.seed, note=found.note, why_not=found.why_not
        ),
        "base_model": base_model_control(tallies),
        "difference_in_differences": difference_in_differences(tallies, seed=config.seed, **cut),
        "cross_index": cross_index_control(tallies, **cut),
        **subset_controls(train, has_examples=found.has_examples),
        "duplicates": duplicates(train),
        "boilerplate": boilerplate(train, config.max_examples),
        "length": length(tallies, least_chars, **cut),
    }
    for name, counting in LEFT_OUT.items():
        control = controls[name]
        if isinstance(control, dict) and "without" in control:
            control["heldout"] = heldout_control(
                tallies,
                seed=config.seed,
                note=found.note,
                why_not=found.why_not,
                counting=counting,
            )
    return controls


def _of_task(tallies: Mapping[ArmKey, Tally]) -> dict[str, object]:
    """Return the counts and ratios of one of several tasks."""
    return {
        "generations": _counts(tallies[TUNED_TRAIN]),
        "ratios": ratios_of(tallies[TUNED_TRAIN], MAIN).to_dict(),
        "heldout": heldout_ratios(tallies),
        "utility": {},
    }
