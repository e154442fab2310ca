"""Measure the attention on fixed examples while a model is trained."""

from collections.abc import Sequence
from pathlib import Path

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.strategies import DDPStrategy, SingleDeviceStrategy
from torch import distributed
from transformers import PreTrainedModel

from permille.callbacks.attention_store import TokenNames, write_epoch
from permille.callbacks.config import AttentionConfig, AttentionScope
from permille.core.errors import PermilleError, SettingsError
from permille.core.records import Split
from permille.model.capture_measure import (
    AttentionMeasures,
    AttentionNotFiniteError,
    measure_attention,
    merge,
)
from permille.model.capture_probe import MapChoice, ProbeExample, check_probes
from permille.model.capture_sites import (
    AttentionKind,
    AttentionSite,
    find_sites,
    last_decoder_block,
)

SUFFIXES = {Split.TRAIN: "", Split.HELDOUT: "_heldout"}
"""What the name of a logged value ends with, by the split of the probes."""
FAILED = (
    "attention: another process ended with an error while it measured, which stands in its own "
    "words above or below; if its memory was full, lower attention.batch_size"
)
"""What the other processes are told of one that could not measure its share."""


class AttentionCallback(Callback):
    """Logs `attention/cad` and `attention/cad_heldout`, and stores the arrays behind them.

    Works in any LightningModule that holds a Hugging Face encoder-decoder as `.model`. Training is
    not changed: the same losses, bit for bit, with the callback and without it. Under several
    processes each measures some of the batches, so each probe is measured once.

    Epochs are counted as Lightning logs them, from 0: `epoch=000.npz` is the state after the first.
    The dispersion logged is of the last decoder block's cross-attention, whatever else is measured.
    With `attention=full` the share of target tokens predicted is logged too, as
    `attention/token_accuracy` and `attention/token_accuracy_heldout`.
    """

    def __init__(
        self,
        config: AttentionConfig,
        probes: Sequence[ProbeExample],
        folder: Path | str,
        token_names: TokenNames | None = None,
    ) -> None:
        """Fix what is measured, and where it is stored.

        Args:
            config: What is measured, and how often.
            probes: The examples, training and held-out, in the order in which they are stored.
            folder: The run's folder `attention`.
            token_names: Names tokens in the maps, as `tokenizer.convert_ids_to_tokens` does;
                their ids where None.

        Raises:
            SettingsError: If a map is asked for of an example that is no probe.
        """
        super().__init__()
        self._config = config
        self._probes = tuple(probes)
        self._folder = Path(folder)
        self._token_names = token_names or (lambda ids: [str(token) for token in ids])
        self._maps = map_choice(config, self._probes)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse what cannot be measured, before anything is trained.

        Raises:
            SettingsError: If the strategy spreads one model over processes, the model cannot be
                measured, or a map is asked for of a layer that is not measured.
        """
        if self._config.name is AttentionScope.off:
            return
        if not isinstance(trainer.strategy, SingleDeviceStrategy | DDPStrategy):
            raise SettingsError(
                "attention: want one device or trainer=ddp, where each process holds the whole "
                f"model, got {type(trainer.strategy).__name__}; set attention=off"
            )
        model = network_of(pl_module)
        check_probes(model, self._probes)
        sites = sites_of(model, self._config.name)
        check_map_layers(self._maps, sites)
        # whether a family shows its attention is seen only by looking
        measure_attention(model, self._probes[:1], sites)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Measure, log and store, where the epoch's turn has come."""
        if not self._is_due(trainer):
            return
        measures = self._measure(trainer, network_of(pl_module))
        for split, suffix in SUFFIXES.items():
            if any(probe.split is split for probe in self._probes):
                values = {"cad": measures.last_block("cad", split)}
                if measures.scores:
                    values["token_accuracy"] = measures.mean_score("token_accuracy", split)
                named = {f"attention/{name}{suffix}": value for name, value in values.items()}
                pl_module.log_dict(named, sync_dist=trainer.world_size > 1)
        if trainer.is_global_zero:
            write_epoch(self._folder, trainer.current_epoch, measures, self._token_names)

    def _is_due(self, trainer: Trainer) -> bool:
        if self._config.name is AttentionScope.off or trainer.sanity_checking:
            return False
        done = trainer.current_epoch + 1
        if done % self._config.every_n_epochs == 0 or done == trainer.max_epochs:
            return True
        return 0 <= trainer.max_steps <= trainer.global_step

    def _measure(self, trainer: Trainer, model: PreTrainedModel) -> AttentionMeasures:
        """Measure this process's share and put all shares together.

        Raises:
            AttentionNotFiniteError: If weights are NaN or infinite, in any process.
            PermilleError: If another process ended with an error of any other kind.
        """
        share: tuple[str, list[AttentionMeasures]] = (FAILED, [])
        try:
            with trainer.precision_plugin.forward_context():
                parts = measure_attention(
                    model,
                    self._probes,
                    sites_of(model, self._config.name),
                    batch_size=self._config.batch_size,
                    maps=self._maps,
                    with_scores=self._config.name is AttentionScope.full,
                    shard=(trainer.global_rank, trainer.world_size),
                )
            share = ("", parts)
        except AttentionNotFiniteError as found:
            share = (str(found), [])
        finally:
            # a process must not leave the others waiting, whatever has happened to it
            shares = _gather(share, trainer.world_size)
        errors = [error for error, _ in shares if error]
        if FAILED in errors:
            raise PermilleError(f"epoch {trainer.current_epoch}: {FAILED}")
        if errors:
            raise AttentionNotFiniteError(
                f"epoch {trainer.current_epoch}: {errors[0]}; has the loss become NaN? Lower "
                "model.learning_rate or use trainer.precision=32-true"
            )
        return merge([part for _, parts in shares for part in parts], self._probes)


def network_of(module: LightningModule) -> PreTrainedModel:
    """Return the Hugging Face model that a LightningModule holds.

    Raises:
        SettingsError: If it holds none as `.model`.
    """
    model = getattr(module, "model", None)
    if not isinstance(model, PreTrainedModel):
        raise SettingsError(
            f"attention: want a Hugging Face model as `.model` of {type(module).__name__}, got "
            f"{type(model).__name__}; name it so, or leave the callback out"
        )
    return model


def sites_of(model: PreTrainedModel, scope: AttentionScope) -> tuple[AttentionSite, ...]:
    """List the modules that a scope measures."""
    match scope:
        case AttentionScope.off:
            return ()
        case AttentionScope.last_block:
            return last_decoder_block(find_sites(model))
        case AttentionScope.full:
            return find_sites(model)


def map_choice(config: AttentionConfig, probes: Sequence[ProbeExample]) -> MapChoice:
    """Return which maps are kept: of the examples asked for, or of the first of each split.

    Raises:
        SettingsError: If an example that is asked for is no probe.
    """
    if config.map_examples is None:
        chosen = _first_of_each_split(probes, config.num_maps)
    else:
        chosen = config.map_examples
        unknown = sorted(set(chosen) - {probe.id for probe in probes})
        if unknown:
            some = ", ".join(probe.id for probe in probes[:5])
            raise SettingsError(
                f"attention.map_examples: want ids of probes ({some}, ...; attention/manifest.json "
                f"has all), got {unknown[0]!r}; raise attention.num_examples to have more probes"
            )
    layers = None if config.map_layers is None else frozenset(config.map_layers)
    return MapChoice(frozenset(chosen), layers, config.map_heads)


def _first_of_each_split(probes: Sequence[ProbeExample], number: int) -> list[str]:
    """Return the ids of so many probes of each split."""
    by_split = [[probe.id for probe in probes if probe.split is split] for split in Split]
    return [probe_id for ids in by_split for probe_id in ids[:number]]


def check_map_layers(maps: MapChoice, sites: Sequence[AttentionSite]) -> None:
    """Refuse maps of layers that are not measured.

    Raises:
        SettingsError: If there is one.
    """
    measured = {site.layer for site in sites if site.kind is AttentionKind.CROSS}
    for layer in sorted(maps.layers or ()):
        if layer not in measured:
            raise SettingsError(
                f"attention.map_layers: want decoder layers that are measured "
                f"({', '.join(map(str, sorted(measured)))}), got {layer}; attention=full measures "
                "every layer"
            )


def _gather(
    share: tuple[str, list[AttentionMeasures]], world_size: int
) -> list[tuple[str, list[AttentionMeasures]]]:
    """Return every process's share, in the order of ranks."""
    if world_size == 1:
        return [share]
    shares: list[tuple[str, list[AttentionMeasures]]] = [("", [])] * world_size
    distributed.all_gather_object(shares, share)
    return shares
