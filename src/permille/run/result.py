"""The end of a run: report.json, its page, the tracker's summary, the table on the screen."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig

from permille.audit.report import AuditReport
from permille.config.compose import compose_program
from permille.config.differing import differing
from permille.config.schema import Program, Settings
from permille.config.secrets import plain_settings, without_secrets
from permille.report.config import ReportName
from permille.report.terminal import print_report, screen
from permille.run.detection import Audited, Utility
from permille.run.folder import write_json
from permille.run.job import Job, is_first_process
from permille.run.pictures import draw_run
from permille.run.provenance import Clock, environment
from permille.run.tracking import tell_tracker
from permille.track.config import TrackName
from permille.track.protocol import Tracker

ATTENTION_CURVES = {"train": "attention/cad", "heldout": "attention/cad_heldout"}


def differing_settings(program: Program, config: DictConfig) -> dict[str, object]:
    """Return the settings that differ from the program's defaults, without secrets."""
    found = differing(plain_settings(config), plain_settings(compose_program(program, [])))
    return {name: value for name, value in found.items() if name != "resume"}


def provenance_of(
    job: Job, settings: Settings, clock: Clock, found: Mapping[str, object]
) -> dict[str, object]:
    """Return where a result comes from; everything that is a time stands under `times`.

    Args:
        job: The job.
        settings: Its settings.
        clock: Its times.
        found: What else is known: fingerprints of data and model, dtype.
    """
    return {
        "program": str(job.program),
        "overrides": without_secrets(job.overrides),
        "seed": settings.seed,
        "batch_size": settings.audit.batch_size,
        **environment(),
        **found,
        "times": clock.times(),
    }


def attention_of(metrics: Path | None) -> dict[str, object]:
    """Return the dispersion by epoch, null where an epoch was not measured."""
    if metrics is None or not metrics.is_file():
        return {}
    lines = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
    curves: dict[str, list[float | None]] = {}
    for split, name in ATTENTION_CURVES.items():
        points = {line["epoch"]: line["value"] for line in lines if line["name"] == name}
        if points:
            curves[split] = [points.get(epoch) for epoch in range(max(points) + 1)]
    return {"cad": curves} if curves else {}


def with_utility(report: AuditReport, utility: Utility) -> AuditReport:
    """Return the report with the scores of the task, and of each task of a mixture."""
    tasks = {
        name: {**(part if isinstance(part, dict) else {}), "utility": utility.by_task.get(name, {})}
        for name, part in report.tasks.items()
    }
    return replace(report, utility=utility.overall, tasks=tasks)


def final_values(audited: Audited) -> dict[str, float]:
    """Return what is tracked behind the last epoch: utility, and ratios over all prompts."""
    values = {f"val/{name}": score for name, score in audited.utility.overall.items()}
    for kind, ratio in audited.report.ratios.items():
        permille = ratio.get("permille") if isinstance(ratio, Mapping) else None
        if isinstance(permille, float):
            values[f"memorization/{kind}_permille"] = permille
    return values


def begin_run(job: Job, *, is_resumed: bool) -> None:
    """Make a job's folder ready, and write down what it is done with.

    Raises:
        SettingsError: If another run lies there.
    """
    if not is_first_process():
        return
    job.folder.begin(is_resumed=is_resumed)
    overrides = [str(without_secrets(one)) for one in job.overrides]
    job.folder.write_settings(overrides, plain_settings(job.config))
    write_json(job.folder.path / "environment.json", environment())


def finish_run(
    job: Job,
    settings: Settings,
    audited: Audited,
    tracker: Tracker | None,
    clock: Clock,
    metrics: Path | None,
) -> None:
    """Write report.json and its page, tell the tracker, and print the table.

    Args:
        job: The job.
        settings: Its settings.
        audited: What the audit found.
        tracker: Told of the headline; None where there is none.
        clock: The job's times.
        metrics: The file of the numbers by epoch, where there is one.
    """
    report = replace(
        with_utility(audited.report, audited.utility),
        attention={**attention_of(metrics), **audited.attention},
        settings=differing_settings(job.program, job.config),
        provenance=provenance_of(job, settings, clock, audited.fingerprints),
    )
    values = report.to_dict()
    write_json(job.folder.report, values)
    if settings.report.name is not ReportName.off:
        draw_run(job.folder.path, settings.report)
    if tracker is not None and settings.track.name is TrackName.wandb:
        tell_tracker(tracker, values, job.folder, settings)
    print_report(values, screen(sys.stdout), job.folder.path)
