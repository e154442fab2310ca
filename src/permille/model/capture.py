"""Attention of a forward pass, reduced where it arises, whatever implementation the model has.

While a capture is open the model's attention goes through a function of ours, under the mask that
scaled dot-product attention would get. In measured modules it makes the weights a block at a time,
reduces them, and uses them for the module's output; elsewhere it calls torch's own attention. So no
layer's weights ever stand in memory whole, and SDPA, eager and flash models are measured alike.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from transformers import AttentionMaskInterface, PreTrainedConfig, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from permille.core.errors import SettingsError
from permille.measure.attention import METRICS, step_measures, sum_over_steps
from permille.model.capture_probe import NO_MAPS, MapChoice
from permille.model.capture_scores import Block, Scores, blocks, cut
from permille.model.capture_sites import AttentionKind, AttentionSite

IMPLEMENTATION = "permille_capture"
_TORCH_ATTENTION: Callable[..., tuple[Tensor, None]] = sdpa_attention_forward
MASKED = -1e4
"""A mask that is added to the scores hides what it lowers by this or more; families differ."""
MAX_BLOCK_WEIGHTS = 1 << 20
"""Weights made at a time: 4 MiB of float32, some 30 MiB with what the measures need."""


class AttentionRecorder:
    """Reduces the weights of chosen modules during one forward pass.

    Attributes:
        measures: For each site a tensor of shape (M, B, H), the first axis as `METRICS`; NaN where
            undefined.
        maps: For each cross-attention site and example that `maps` chooses, weights of shape
            (K, T, S): the mean over heads, and behind it every head where that is asked for.
    """

    def __init__(
        self,
        sites: tuple[AttentionSite, ...],
        *,
        source_mask: Tensor,
        target_mask: Tensor,
        map_examples: tuple[int, ...] = (),
        map_choice: MapChoice = NO_MAPS,
        max_block_weights: int = MAX_BLOCK_WEIGHTS,
    ) -> None:
        """Prepare for one batch.

        Args:
            sites: The modules to measure.
            source_mask: Boolean (B, S), True where a source position is no padding.
            target_mask: Boolean (B, T), True where a target step is no padding.
            map_examples: Rows of the batch whose weights are kept.
            map_choice: Of which layers, and whether of each head.
            max_block_weights: How many weights are made at a time.
        """
        self.measures: dict[AttentionSite, Tensor] = {}
        self.maps: dict[tuple[AttentionSite, int], Tensor] = {}
        self._is_finite: dict[AttentionSite, Tensor] = {}
        self._sites: dict[nn.Module, AttentionSite] = {site.module: site for site in sites}
        self._source_mask = source_mask.bool()
        self._target_mask = target_mask.bool()
        self._map_examples = map_examples
        self._map_choice = map_choice
        self._max_block_weights = max_block_weights

    @property
    def missed(self) -> tuple[AttentionSite, ...]:
        """The sites that the forward pass has not reached."""
        return tuple(site for site in self._sites.values() if site not in self.measures)

    @property
    def not_finite(self) -> tuple[AttentionSite, ...]:
        """The sites whose weights held NaN or infinity."""
        return tuple(site for site, finite in self._is_finite.items() if not bool(finite))

    def attend(
        self,
        module: nn.Module,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None,
        scaling: float | None = None,
        position_bias: Tensor | None = None,
        **others: object,
    ) -> tuple[Tensor, None]:
        """Attend as transformers' attention functions do, and measure where the module is a site.

        Args:
            module: The attention module that calls.
            query: Shape (B, H, T, D).
            key: Shape (B, H, S, D).
            value: Shape (B, H, S, D).
            attention_mask: Boolean (True where allowed) or additive, broadcastable to (B, H, T, S).
            scaling: Factor of the scores; 1 / sqrt(D) where None.
            position_bias: Added to the scores, broadcastable to (B, H, T, S).
            others: What a family hands over besides; only torch's own attention reads it.

        Returns:
            The output of shape (B, T, H, D), and None for the weights.

        Raises:
            SettingsError: If the family bends its scores in a way that is not followed here.
        """
        if others.get("softcap") is not None:
            raise SettingsError(
                f"attention: {type(module).__name__} caps its scores, which is not measured here; "
                "choose a model of another family (T5, BART, ...) or set attention=off"
            )
        site = self._sites.get(module)
        if site is None:
            others |= {"scaling": scaling, "position_bias": position_bias}
            return _TORCH_ATTENTION(module, query, key, value, attention_mask, **others)
        repeats = query.shape[1] // key.shape[1]
        if repeats > 1:
            key, value = (x.repeat_interleave(repeats, dim=1) for x in (key, value))
        scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
        allowed = _allowed(site.kind, attention_mask, query, key)
        is_additive = attention_mask is not None and attention_mask.dtype != torch.bool
        additive = attention_mask if is_additive else None
        with torch.autocast(query.device.type, enabled=False):
            scores = Scores(query, key, scaling, allowed, position_bias, additive)
            return self._measure(site, scores, value), None

    def _measure(self, site: AttentionSite, scores: Scores, value: Tensor) -> Tensor:
        """Attend block by block to `value` (B, H, S, D); return the output (B, T, H, D)."""
        batch, heads, steps, _ = scores.shape
        countable_BTS = self._countable(site.kind, scores.allowed_BHTS.any(dim=1, keepdim=True))
        output = value.new_empty((batch, steps, heads, value.shape[-1]))
        dtype = widest_float(value.device)
        sums = torch.zeros((len(METRICS), batch, heads), dtype=dtype, device=value.device)
        num_steps = torch.zeros(batch, dtype=dtype, device=value.device)
        kept = self._map_examples if self._is_kept(site) else ()
        rows: dict[int, list[Tensor]] = {example: [] for example in kept}
        for block in blocks(*scores.shape, self._max_block_weights):
            weights = scores.weights(block)
            attended = torch.matmul(weights.to(value.dtype), value[block.examples])
            output[block.examples, block.steps] = attended.transpose(1, 2)
            counts_BT = cut(countable_BTS, block)[:, 0].sum(dim=-1).expand(-1, weights.shape[2])
            defined_BT = self._defined(site.kind, block) & (counts_BT > 1)
            sums[:, block.examples] += sum_over_steps(step_measures(weights, counts_BT), defined_BT)
            num_steps[block.examples] += defined_BT.sum(dim=-1)
            self._keep_rows(rows, block, weights)
        self._is_finite[site] = sums.isfinite().all()
        self.measures[site] = sums / num_steps[:, None]
        self.maps |= {(site, row): torch.cat(parts, dim=1) for row, parts in rows.items()}
        return output

    def _countable(self, kind: AttentionKind, allowed_BTS: Tensor) -> Tensor:
        """Take padding out of allowed positions; shapes (B or 1, 1, T or 1, S) -> (B, 1, .., S)."""
        is_decoder = kind is AttentionKind.DECODER
        key_mask = self._target_mask if is_decoder else self._source_mask
        return allowed_BTS & key_mask[:, None, None, :]

    def _defined(self, kind: AttentionKind, block: Block) -> Tensor:
        """Return which of a block's steps are no padding, of shape (b, t)."""
        is_encoder = kind is AttentionKind.ENCODER
        query_mask = self._source_mask if is_encoder else self._target_mask
        return query_mask[block.examples, block.steps]

    def _is_kept(self, site: AttentionSite) -> bool:
        """Tell whether a site's weights are chosen for maps."""
        layers = self._map_choice.layers
        return site.kind is AttentionKind.CROSS and (layers is None or site.layer in layers)

    def _keep_rows(self, rows: dict[int, list[Tensor]], block: Block, weights: Tensor) -> None:
        """Add a block's weights (b, H, t, S) to the chosen examples' rows, the mean first."""
        for example, parts in rows.items():
            if block.examples.start <= example < block.examples.stop:
                heads = weights[example - block.examples.start]
                mean = heads.mean(dim=0, keepdim=True)
                parts.append(torch.cat([mean, heads]) if self._map_choice.with_heads else mean)


@contextmanager
def routed_attention(model: PreTrainedModel, recorder: AttentionRecorder) -> Iterator[None]:
    """Send the model's attention through the recorder until the block ends.

    Raises:
        SettingsError: If a module that the recorder should measure was not reached, because the
            family does not dispatch its attention through transformers' interface.
    """
    owned = (getattr(module, "config", None) for module in model.modules())
    configs = {id(config): config for config in owned if isinstance(config, PreTrainedConfig)}
    before = [(config, config._attn_implementation) for config in configs.values()]
    # masks are looked up in the class-wide table only, so this entry stays; it changes no model
    AttentionMaskInterface.register(IMPLEMENTATION, sdpa_mask)
    ALL_ATTENTION_FUNCTIONS[IMPLEMENTATION] = recorder.attend
    try:
        for config, _ in before:
            config._attn_implementation = IMPLEMENTATION
        yield
    finally:
        for config, implementation in before:
            config._attn_implementation = implementation
        ALL_ATTENTION_FUNCTIONS.pop(IMPLEMENTATION)
    if recorder.missed:
        family = getattr(model.config, "model_type", type(model).__name__)
        site = recorder.missed[0]
        raise SettingsError(
            f"attention: cannot see the {site.kind} attention of layer {site.layer} in a model of "
            f"the family {family!r}, which keeps its attention to itself; choose a model of "
            "another family (T5, mT5, BART, mBART, Pegasus, Marian) or set attention=off"
        )


def widest_float(device: torch.device) -> torch.dtype:
    """Return the type in which a device adds up; Apple's has no double precision."""
    return torch.float32 if device.type == "mps" else torch.float64


def _allowed(
    kind: AttentionKind, attention_mask: Tensor | None, query: Tensor, key: Tensor
) -> Tensor:
    """Return where a query (B, H, T, D) may attend to a key (B, H, S, D).

    Returns:
        Boolean, of shape (B or 1, H or 1, T or 1, S).
    """
    steps, positions = query.shape[2], key.shape[2]
    if attention_mask is None:
        allowed = torch.ones(1, 1, steps, positions, dtype=torch.bool, device=query.device)
        return allowed.tril(positions - steps) if kind is AttentionKind.DECODER else allowed
    if attention_mask.dtype == torch.bool:
        return attention_mask
    return attention_mask > MASKED
