"""The audit alone: of a run's model, of a checkpoint, or of texts of any origin."""

import logging
import time
from dataclasses import replace
from pathlib import Path

from permille.audit.files import (
    read_documents,
    read_generations,
    write_documents,
    write_generations,
)
from permille.audit.report import COMPARISONS
from permille.callbacks.config import AttentionScope
from permille.config.schema import EvaluateSettings
from permille.config.secrets import plain_settings
from permille.config.settings import to_settings
from permille.run.annotation import annotate
from permille.run.build import open_tracker
from permille.run.detection import Audited, audit_generations
from permille.run.folder import RunFolder
from permille.run.job import Job, group_name, warn_of_ignored
from permille.run.progress import Stages
from permille.run.provenance import Clock, TimedStages, hash_files
from permille.run.result import begin_run, final_values, finish_run
from permille.run.text_looks import look_at_texts

_LOG = logging.getLogger(__name__)
NO_MODEL = "texts alone have no attention; evaluate with run= or checkpoint="


def run_evaluation(job: Job) -> Path:
    """Audit what the settings name; return the folder that holds the result.

    Raises:
        PermilleError: If anything is wrong that a user can mend.
    """
    settings = to_settings(job.config, EvaluateSettings)
    if settings.annotate and settings.run:
        return annotate(job, settings, RunFolder(Path(settings.run)))
    warn_of_ignored(settings, job.overrides)
    # by CPU time, since the system tells no program when it began in a portable way
    clock = Clock(time.process_time())
    begin_run(job, is_resumed=False)
    metrics = RunFolder(Path(settings.run)).metrics if settings.run else None
    with Stages() as stages:
        if settings.generations and settings.documents:
            audited = _audit_files(settings, job.folder, clock, stages)
        else:
            # torch and transformers are loaded only where there is a model
            from permille.run.audit import audit_model
            from permille.run.stored_model import load_stored

            loaded = load_stored(settings)
            clock.end("load")
            found = audit_model(loaded, job.folder, clock, stages)
            if found is None:
                return job.folder.path
            audited = found
    _finish(job, settings, audited, clock, metrics)
    return job.folder.path


def _finish(
    job: Job, settings: EvaluateSettings, audited: Audited, clock: Clock, metrics: Path | None
) -> None:
    """Track the figures, which are of no epoch here, and write the result."""
    tracker = open_tracker(
        settings.track,
        job.folder.path,
        group=group_name(job.group) if job.group else None,
        settings=plain_settings(job.config),
    )
    try:
        tracker.scalars(final_values(audited))
        finish_run(job, settings, audited, tracker, clock, metrics)
    finally:
        tracker.finish()


def _audit_files(
    settings: EvaluateSettings, folder: RunFolder, clock: Clock, stages: Stages
) -> Audited:
    """Audit two files, a chunk in memory at a time; a copy of them is kept with the result."""
    paths = {"generations": settings.generations or "", "documents": settings.documents or ""}
    generations = read_generations(paths["generations"])
    documents = read_documents(paths["documents"])
    # first, so that what is found is not yet forgotten when the audit ends
    write_generations(folder.generations, generations)
    write_documents(folder.documents, documents)
    fingerprints = {"data": {"files": hash_files(paths.items())}}
    clock.end("copy")
    timed = TimedStages(clock, stages)
    report = audit_generations(settings, generations, documents, folder.path, timed)
    found = look_at_texts(settings, generations, documents, folder.cases)
    clock.end("rest")
    clock.log()
    attention: dict[str, object] = {}
    if settings.attention.name is AttentionScope.full:
        _LOG.warning("attention=full: %s", NO_MODEL)
        attention = {name: {"missing": NO_MODEL} for name in COMPARISONS}
    report = replace(report, task=None).with_controls(found)
    return Audited(report, attention=attention, fingerprints=fingerprints)
