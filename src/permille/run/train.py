"""The main job: fine-tune, then audit what was fine-tuned."""

from pathlib import Path

import torch

from permille.config.schema import Settings, TrainSettings
from permille.config.secrets import plain_settings
from permille.config.settings import to_settings
from permille.model.checkpoints import LAST, export, load_weights
from permille.run.audit import audit_model
from permille.run.build import open_tracker
from permille.run.fitting import fit
from permille.run.job import Job, group_name, is_first_process, warn_of_ignored
from permille.run.loading import load, to_device
from permille.run.progress import Stages
from permille.run.provenance import Clock
from permille.run.result import begin_run, final_values, finish_run
from permille.track.protocol import Tracker


def run_training(job: Job) -> Path:
    """Fine-tune a model, audit it, and leave a run's files in the job's folder; return the folder.

    A resumed run goes on from its last checkpoint; one that has none yet starts anew in its folder.

    Raises:
        PermilleError: If anything is wrong that a user can mend.
    """
    clock = Clock()
    settings = to_settings(job.config, TrainSettings)
    warn_of_ignored(settings, job.overrides)
    folder = job.folder
    checkpoint = None
    if settings.resume is not None and (folder.checkpoints / LAST).is_file():
        checkpoint = folder.checkpoints / LAST
    if settings.resume is None:
        begin_run(job, is_resumed=False)
    loaded = load(settings)
    if checkpoint is not None:
        # also tells a broken one from a whole one, while the old result still lies there
        load_weights(loaded.model, checkpoint)
    if settings.resume is not None:
        begin_run(job, is_resumed=True)
    clock.end("load")
    tracker = _tracker(job, settings, checkpoint)
    try:
        with Stages() as stages:
            last_epoch = fit(loaded, folder, tracker, stages, checkpoint)
            clock.end("train")
            load_weights(loaded.model, folder.checkpoints / f"{settings.audit.weights}.ckpt")
            if is_first_process():
                export(loaded.model, loaded.tokenizer, folder.model)
            to_device(loaded.model, settings.trainer)
            audited = audit_model(loaded, folder, clock, stages)
        if audited is not None and tracker is not None:
            tracker.scalars(final_values(audited), epoch=last_epoch)
            finish_run(job, settings, audited, tracker, clock, folder.metrics)
    finally:
        if tracker is not None:
            tracker.finish()
    return folder.path


def _tracker(job: Job, settings: Settings, checkpoint: Path | None) -> Tracker | None:
    """Open the tracker in the process that writes."""
    if not is_first_process():
        return None
    first_epoch = 0
    if checkpoint is not None:
        first_epoch = int(torch.load(checkpoint, weights_only=True)["epoch"]) + 1
    return open_tracker(
        settings.track,
        job.folder.path,
        group=group_name(job.group) if job.group else None,
        settings=plain_settings(job.config),
        first_epoch=first_epoch,
    )
