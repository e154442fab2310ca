"""Memorization ratios as a metric of torchmetrics, for callbacks and any training loop."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torchmetrics import Metric

from permille.core.records import KINDS_BY_STRENGTH, Kind

_ORDER = (*KINDS_BY_STRENGTH, Kind.NONE)


class MemorizationRatio(Metric):
    """Counts measured generations by their strongest kind, over batches and processes.

    The state is `counts` of shape (4,): verbatim, paraphrase, idea, none. It is summed over
    processes, so the ratios are those of all generations, however they were spread.
    """

    higher_is_better = False
    is_differentiable = False
    full_state_update = False

    counts: Tensor

    def __init__(self) -> None:
        super().__init__()
        zeros = torch.zeros(len(_ORDER), dtype=torch.long)
        self.add_state("counts", default=zeros, dist_reduce_fx="sum")

    def update(self, kinds: Iterable[Kind | str]) -> None:
        """Count the strongest kind of each measurable generation; `Kind` or its name.

        Raises:
            ValueError: If one is no kind.
        """
        for kind in kinds:
            self.counts[_ORDER.index(Kind(kind))] += 1

    def compute(self) -> dict[str, Tensor]:
        """Return ``any_permille`` and ``<kind>_permille``, each of shape (); NaN of nothing."""
        of = self.counts.sum()
        shares = 1000 * self.counts[:-1].double() / of.double()
        by_kind = {f"{kind}_permille": share for kind, share in zip(_ORDER, shares, strict=False)}
        return {"any_permille": shares.sum()} | by_kind
