"""A batch of token rows as networks take it, wherever it is put together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IGNORED_LABEL = -100
"""The label of padding, which no loss counts."""

TokenIds = NDArray[np.int32]
Table = NDArray[np.int64]


def padded_batch(
    inputs: Sequence[TokenIds], labels: Sequence[TokenIds], pad_token_id: int
) -> dict[str, Table]:
    """Return `input_ids` and `attention_mask` of shape (B, S), `labels` of shape (B, T).

    Args:
        inputs: Token ids of each input, of shape (its length,).
        labels: Token ids of each target, likewise.
        pad_token_id: What fills up the inputs; the labels are filled up with `IGNORED_LABEL`.
    """
    return {
        "input_ids": _padded(inputs, pad_token_id),
        "attention_mask": _padded([np.ones_like(row) for row in inputs], 0),
        "labels": _padded(labels, IGNORED_LABEL),
    }


def _padded(rows: Sequence[TokenIds], filler: int) -> Table:
    """Return rows of different lengths as one table of shape (B, longest)."""
    table = np.full((len(rows), max(map(len, rows))), filler, dtype=np.int64)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table
