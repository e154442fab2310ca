"""Checkpoints that are whole or absent, and models that `from_pretrained` reads."""

import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from safetensors import SafetensorError
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from typing_extensions import override

from permille.core.errors import PermilleError, SettingsError

LAST, BEST, MODEL = "last.ckpt", "best.ckpt", "model"
"""Names in a run's folder of checkpoints."""

_PREFIX = "model."


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes a checkpoint beside its place and then moves it there.

    Lightning's own writing goes through the system's temporary folder; on another disk the last
    step is then a copy, which a kill can cut in half.
    """

    @override
    def save_checkpoint(
        self,
        checkpoint: dict[str, Any],
        path: str | os.PathLike[str],
        storage_options: object = None,
    ) -> None:
        """Write a checkpoint.

        Raises:
            PermilleError: If the disk does not take it.
        """
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        write_whole(Path(path), buffer.getbuffer())


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file such that at any moment the old or the new content is there in full.

    Raises:
        PermilleError: If the disk does not take it; the old content stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PermilleError(
            f"cannot write {path} ({len(content)} bytes): {error.strerror}; make room or choose"
            " another folder with hydra.run.dir, then go on with resume="
        ) from error


def checkpoint_callbacks(folder: Path, *, has_validation: bool) -> list[ModelCheckpoint]:
    """Return the callbacks that keep `best.ckpt`, by validation loss, and `last.ckpt`.

    Both are written at the end of an epoch, after all that the epoch's other callbacks do. Without
    validation the best is the last. The last has a callback of its own, because Lightning's
    `save_last` leaves an epoch out that is not among the best.
    """
    best = _keep_one(folder, BEST, monitor="val/loss" if has_validation else None)
    if not has_validation:
        best.save_last = True
        return [best]
    return [best, _keep_one(folder, LAST, monitor=None)]


def _keep_one(folder: Path, name: str, *, monitor: str | None) -> ModelCheckpoint:
    """Return the callback that keeps one checkpoint, the one with the lowest `monitor`."""
    return ModelCheckpoint(
        dirpath=folder,
        filename=Path(name).stem,
        monitor=monitor,
        save_top_k=1,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
    )


def load_weights(model: PreTrainedModel, checkpoint: Path) -> None:
    """Put the weights of a Lightning checkpoint into a network of the same shape.

    Raises:
        SettingsError: If the file is not there or broken, or its weights are another network's.
    """
    if not checkpoint.is_file():
        raise SettingsError(
            f"{checkpoint}: want a checkpoint of a run, got no such file; train first, or name"
            " another run"
        )
    if not _is_whole(checkpoint):
        raise SettingsError(
            f"{checkpoint}: want a checkpoint of a run, got a broken file; put back a copy of it,"
            " or start the run anew"
        )
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
    own = {key.removeprefix(_PREFIX): value for key, value in state.items()}
    try:
        model.load_state_dict(own)
    except RuntimeError as error:
        raise SettingsError(
            f"{checkpoint}: want the weights of this run's model, got others: {error}"
        ) from error


def _is_whole(checkpoint: Path) -> bool:
    """Tell whether every part has its checksum, which torch does not ask when it reads tensors."""
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return False


def export(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write a network and its tokenizer in Hugging Face's form, in place of an older export.

    Raises:
        PermilleError: If the disk does not take it.
    """
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        model.save_pretrained(part)
        tokenizer.save_pretrained(part)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PermilleError(
            f"cannot write {folder}: {reason}; make room or choose another folder with"
            " hydra.run.dir, then go on with resume="
        ) from error
