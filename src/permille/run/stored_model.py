"""Models that were trained before: of a run, or a checkpoint in Hugging Face's form."""

import logging
from dataclasses import replace
from pathlib import Path

from permille.config.compose import compose_program
from permille.config.saved import A_RUN, saved_overrides
from permille.config.schema import EvaluateSettings, Program, TrainSettings
from permille.config.settings import to_settings
from permille.core.errors import SettingsError
from permille.data.mixture import load_splits
from permille.data.neighbors import normalized
from permille.model.checkpoints import load_weights
from permille.model.config import ModelSource
from permille.report.run_files import RunFiles
from permille.run.folder import RunFolder
from permille.run.loading import Loaded, load, to_device

_LOG = logging.getLogger(__name__)


def load_stored(settings: EvaluateSettings) -> Loaded:
    """Load the examples, and the model of a run or a checkpoint.

    Raises:
        SettingsError: If the folder holds no trained model, or one of another architecture.
    """
    if settings.run is None:
        name = settings.checkpoint or ""
        model = replace(settings.model, source=ModelSource.pretrained, name=name)
        loaded = replace(load(settings, model), load_base=None)
    else:
        loaded = _load_run(settings, RunFolder(Path(settings.run)))
    to_device(loaded.model, settings.trainer)
    return loaded


def _load_run(settings: EvaluateSettings, folder: RunFolder) -> Loaded:
    """Load the model of a run, with the weights that the settings name."""
    if not folder.model.is_dir():
        raise SettingsError(
            f"run: want the folder of a run that was trained to its end, got {folder.path}, which"
            f" has no checkpoints/model; go on with it: python train.py resume={folder.path}"
        )
    model = replace(settings.model, source=ModelSource.pretrained, name=str(folder.model))
    loaded = load(settings, model, inputs_of(folder) if settings.unseen else frozenset())
    load_weights(loaded.model, folder.checkpoints / f"{settings.audit.weights}.ckpt")
    _warn_of_other_data(loaded, folder)
    return loaded


def inputs_of(folder: RunFolder) -> frozenset[str]:
    """Return the normalized inputs of the examples that a run was trained on."""
    config = compose_program(Program.train, saved_overrides(folder.path, "run", A_RUN))
    settings = to_settings(config, TrainSettings)
    splits = load_splits(settings.task, settings.data, settings.seed)
    return frozenset(normalized(example.input) for example in splits.train)


def _warn_of_other_data(loaded: Loaded, folder: RunFolder) -> None:
    """Say so where the examples are not those that the run was trained on."""
    if not folder.report.is_file():
        return
    provenance = RunFiles(folder.path).report().get("provenance")
    before = provenance.get("data") if isinstance(provenance, dict) else None
    now = loaded.fingerprints()["data"]
    if isinstance(before, dict) and isinstance(now, dict):
        for side in ("train_hash", "heldout_hash"):
            if before.get(side) != now[side]:
                _LOG.warning(
                    "%s: the %s examples are others than those of the run; they differ by the"
                    " settings that were given, or the files have changed",
                    folder.path,
                    side.removesuffix("_hash"),
                )
