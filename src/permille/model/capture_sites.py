"""Where a Hugging Face encoder-decoder attends, found by the names its families share."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from torch import nn
from transformers import PreTrainedModel

from permille.core.errors import SettingsError

CROSS_NAMES = ("EncDecAttention", "encoder_attn", "cross_attn")
SELF_NAMES = ("SelfAttention", "self_attn")


class AttentionKind(StrEnum):
    """Whose positions attend to whose."""

    CROSS = "cross"
    ENCODER = "encoder"
    DECODER = "decoder"


@dataclass(frozen=True, slots=True)
class AttentionSite:
    """One attention module: its kind, its layer counted from 0, and the module itself."""

    kind: AttentionKind
    layer: int
    module: nn.Module


def find_sites(model: PreTrainedModel) -> tuple[AttentionSite, ...]:
    """List every attention module of the model, by kind and layer.

    Raises:
        SettingsError: If the model has no cross-attention, or keeps its attention under names
            that none of the known families use.
    """
    family = getattr(model.config, "model_type", type(model).__name__)
    if not getattr(model.config, "is_encoder_decoder", False):
        raise SettingsError(
            f"attention: want an encoder-decoder with cross-attention, got {family!r}, which has "
            "none; choose such a model (T5, BART, ...) or set attention=off"
        )
    encoder, decoder = (getattr(model, f"get_{stack}")() for stack in ("encoder", "decoder"))
    sites = (
        *_sites(decoder, AttentionKind.CROSS, CROSS_NAMES),
        *_sites(encoder, AttentionKind.ENCODER, SELF_NAMES),
        *_sites(decoder, AttentionKind.DECODER, SELF_NAMES),
    )
    missing = sorted(set(AttentionKind) - {site.kind for site in sites})
    if missing:
        raise SettingsError(
            f"attention: found no {' and no '.join(missing)} attention in a model of the family "
            f"{family!r}; its modules should be named {', '.join((*CROSS_NAMES, *SELF_NAMES))}; "
            "choose a model of another family or set attention=off"
        )
    return sites


def last_decoder_block(sites: tuple[AttentionSite, ...]) -> tuple[AttentionSite, ...]:
    """Keep the cross-attention of the last decoder block, the paper's choice."""
    cross = [site for site in sites if site.kind is AttentionKind.CROSS]
    return (max(cross, key=lambda site: site.layer),)


def _sites(
    stack: nn.Module, kind: AttentionKind, names: tuple[str, ...]
) -> Iterator[AttentionSite]:
    modules = [module for path, module in stack.named_modules() if path.split(".")[-1] in names]
    for layer, module in enumerate(modules):
        yield AttentionSite(kind, layer, module)
