"""Training, with all that is called while a model trains."""

import signal
import warnings
from pathlib import Path

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerStatus

from permille.callbacks.attention import AttentionCallback
from permille.callbacks.config import AttentionScope
from permille.callbacks.memorization import MemorizationCallback
from permille.config.schema import Settings
from permille.core.errors import SettingsError
from permille.data.datamodule import Seq2SeqDataModule
from permille.data.splits import Splits
from permille.model.module import Seq2SeqModule
from permille.model.trainer import build_trainer
from permille.run.epoch_audit import SmallAudit
from permille.run.folder import RunFolder
from permille.run.loading import Loaded
from permille.run.probes import probes_of
from permille.run.progress import Stages
from permille.run.training_progress import TrainingProgress
from permille.track.lightning import TrackEpochs
from permille.track.protocol import Tracker


def fit(
    loaded: Loaded,
    folder: RunFolder,
    tracker: Tracker | None,
    stages: Stages,
    checkpoint: Path | None,
) -> int:
    """Train the model of a run, from a checkpoint where there is one; return the last epoch.

    Raises:
        KeyboardInterrupt: If training is interrupted.
    """
    settings, splits = loaded.settings, loaded.splits
    check_batches(settings, splits)
    module = Seq2SeqModule(loaded.model, settings.model)
    data = Seq2SeqDataModule(
        splits.trained_on(),
        splits.heldout,
        loaded.tokenizer,
        settings.task,
        batch_size=settings.model.batch_size,
        eval_batch_size=settings.model.eval_batch_size,
        seed=settings.seed,
    )
    trainer = build_trainer(
        settings.trainer,
        settings.model,
        checkpoints=folder.checkpoints,
        seed=settings.seed,
        callbacks=callbacks_of(loaded, folder, tracker, stages),
        has_validation=bool(splits.heldout),
    )
    if trainer.max_steps > 0:
        # Lightning validates behind whole epochs only: of fewer steps than one, this makes one
        trainer.limit_train_batches = trainer.max_steps * trainer.accumulate_grad_batches
    handler = signal.getsignal(signal.SIGINT)
    try:
        with warnings.catch_warnings():
            # between Lightning and torch, on every call; no user can mend it
            warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated", FutureWarning)
            # resume= goes on in the run's own folder, which is meant
            warnings.filterwarnings("ignore", "Checkpoint directory .* exists and is not empty")
            trainer.fit(module, data, ckpt_path=checkpoint, weights_only=True)
    except SystemExit as error:
        # Lightning ends an interrupted training with sys.exit(1)
        if trainer.state.status is TrainerStatus.INTERRUPTED:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, handler)
    return trainer.current_epoch - 1


def check_batches(settings: Settings, splits: Splits) -> None:
    """Refuse more processes than there are batches: those without one would wait forever.

    Raises:
        SettingsError: If a process would have no batch.
    """
    num_processes = settings.trainer.devices
    sides = (
        ("batch_size", settings.model.batch_size, len(splits.trained_on())),
        ("eval_batch_size", settings.model.eval_batch_size, len(splits.heldout)),
    )
    for name, size, num_examples in sides:
        num_batches = -(-num_examples // size)
        if 0 < num_batches < num_processes:
            raise SettingsError(
                f"model.{name}: want a batch for each of trainer.devices={num_processes}, got"
                f" {num_batches} of {num_examples} examples; use model.{name}="
                f"{max(1, num_examples // num_processes)} or fewer devices"
            )


def callbacks_of(
    loaded: Loaded, folder: RunFolder, tracker: Tracker | None, stages: Stages
) -> list[pl.Callback]:
    """Return what is called while a run trains, in the order in which it is called."""
    settings, tokenizer = loaded.settings, loaded.tokenizer
    callbacks: list[pl.Callback] = []
    if settings.attention.name is not AttentionScope.off:
        callbacks.append(
            AttentionCallback(
                settings.attention,
                probes_of(loaded, settings.attention.num_examples),
                folder.attention,
                lambda ids: list(tokenizer.convert_ids_to_tokens(ids)),
            )
        )
    if settings.audit.every_n_epochs:
        audit = SmallAudit(loaded, stages)
        callbacks.append(MemorizationCallback(audit, settings.audit.every_n_epochs))
    if tracker is not None:
        callbacks += [TrackEpochs(tracker), TrainingProgress(stages)]
    return callbacks
