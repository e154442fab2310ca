"""Rows of tokens of different lengths as one batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from permille.core.batches import IGNORED_LABEL, padded_batch

ROW = st.lists(st.integers(1, 99), max_size=7).map(lambda ids: np.array(ids, np.int32))


@given(rows=st.lists(st.tuples(ROW, ROW), min_size=1, max_size=6), pad_token_id=st.integers(0, 99))
def test_a_batch_holds_each_row_and_nothing_but_padding_behind_it(
    rows: list[tuple[np.ndarray, np.ndarray]], pad_token_id: int
) -> None:
    inputs, labels = zip(*rows, strict=True)
    batch = padded_batch(inputs, labels, pad_token_id)
    assert batch["input_ids"].shape == batch["attention_mask"].shape
    for number, (source, target) in enumerate(rows):
        for name, row, filler in (
            ("input_ids", source, pad_token_id),
            ("attention_mask", np.ones_like(source), 0),
            ("labels", target, IGNORED_LABEL),
        ):
            table = batch[name]
            assert table.dtype == np.int64
            assert table[number, : len(row)].tolist() == row.tolist()
            assert set(table[number, len(row) :].tolist()) <= {filler}
