"""What a job works on: the examples, split, and a model with its tokenizer."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

import pytorch_lightning as pl
import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from permille.config.schema import Settings
from permille.data.mixture import load_splits
from permille.data.splits import Splits
from permille.data.tasks import model_input, single_tasks, template_of
from permille.model.config import Accelerator, ModelConfig, ModelSource, TrainerConfig
from permille.model.load import LoadedModel, load_model
from permille.model.trainer import resolve_accelerator
from permille.run.positions import check_positions
from permille.run.provenance import hash_examples

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with the examples and the model that they name.

    `load_base` gives the model before fine-tuning; None where there is none to compare with.
    """

    settings: Settings
    splits: Splits
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    load_base: Callable[[], LoadedModel] | None

    @property
    def tuned(self) -> LoadedModel:
        """The model that is audited."""
        return LoadedModel(self.model, self.tokenizer, from_scratch=self.load_base is None)

    def fingerprints(self) -> dict[str, object]:
        """Return what tells these data and these weights from others."""
        return {
            "data": {
                "train_hash": hash_examples(self.splits.trained_on()),
                "heldout_hash": hash_examples(self.splits.heldout),
                "counts": self.splits.counts,
            },
            "model": {
                "weights": str(self.settings.audit.weights),
                "hash": hash_weights(self.model),
                "dtype": str(self.model.dtype).removeprefix("torch."),
                "num_parameters": self.model.num_parameters(),
            },
        }


def load(
    settings: Settings, model: ModelConfig | None = None, without: Set[str] = frozenset()
) -> Loaded:
    """Seed everything, load and split the examples, and load the model.

    Args:
        settings: The job's settings.
        model: Another model than the settings' own, such as one that was trained before.
        without: Normalized inputs; groups of examples that hold one are passed over.

    Raises:
        SettingsError: If the model cannot be had, or texts are longer than its positions.
    """
    pl.seed_everything(settings.seed, workers=True, verbose=False)
    splits = load_splits(settings.task, settings.data, settings.seed, without)
    _LOG.info("data: %s", splits.counts)
    found = load_model(model or settings.model, texts_of(settings, splits), settings.seed)
    check_positions(settings, splits, found.model, found.tokenizer)

    def load_base() -> LoadedModel:
        base = load_model(settings.model, (), settings.seed)
        to_device(base.model, settings.trainer)
        return base

    has_base = settings.model.source is ModelSource.pretrained
    return Loaded(settings, splits, found.model, found.tokenizer, load_base if has_base else None)


def texts_of(settings: Settings, splits: Splits) -> Iterable[str]:
    """Yield the full inputs and targets of the training examples, for a tokenizer to learn from."""
    templates = {name: template_of(one) for name, one in single_tasks(settings.task).items()}
    for example in splits.trained_on():
        yield model_input(example, templates[example.task])
        yield example.target


def to_device(model: nn.Module, config: TrainerConfig) -> None:
    """Put a network where this process generates, and let it compute as exactly as in training.

    On CPUs with bfloat16 units, too, `medium` gives other digits than `highest`, and with them now
    and then another text.
    """
    torch.set_float32_matmul_precision(config.matmul_precision.value)
    if resolve_accelerator(config) is Accelerator.gpu:
        model.to(torch.device("cuda", torch.cuda.current_device()))


def hash_weights(model: PreTrainedModel) -> str:
    """Return a fingerprint of a network's weights, by name."""
    digest = hashlib.blake2b(digest_size=16)
    for name, weight in sorted(model.state_dict().items()):
        digest.update(name.encode())
        flat = weight.detach().cpu().contiguous().view(-1)
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()
