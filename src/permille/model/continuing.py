"""What a model writes where it is given an input and the first tokens of the target."""

from collections import defaultdict
from collections.abc import Sequence

import torch
from transformers import BatchEncoding, PreTrainedModel, PreTrainedTokenizerBase

from permille.model.config import DecodingConfig
from permille.model.decoding import generating
from permille.model.scoring import Progress, TokenRow


def continue_targets(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[TokenRow],
    *,
    num_given: int = 0,
    max_new_tokens: int = 100,
    batch_size: int = 32,
    decoding: DecodingConfig | None = None,
    progress: Progress | None = None,
) -> list[list[int]]:
    """Return the token ids that a model writes after the given ones, its end token included.

    Args:
        model: An encoder-decoder; it is left in the mode (train or eval) that it came in.
        tokenizer: Its tokenizer.
        rows: Inputs and targets in tokens.
        num_given: How many of a target's first tokens the decoder is given; a target without so
            many gives all that it has.
        max_new_tokens: Tokens to write at most.
        batch_size: Inputs a batch.
        decoding: How to decode; greedy by default.
        progress: Told after each batch how many are done.
    """
    chosen = decoding or DecodingConfig()
    written: dict[int, list[int]] = {}
    start = int(model.config.decoder_start_token_id)
    with generating(model, chosen, max_new_tokens) as write:
        for number, batch in enumerate(_batches(rows, num_given, batch_size)):
            known = [[start, *map(int, rows[i].labels[:num_given])] for i in batch]
            inputs = _encoding(tokenizer, [rows[i] for i in batch], known)
            for i, ids in zip(batch, write(inputs, chosen.seed + number), strict=True):
                written[i] = _until_end(ids[len(known[0]) :], tokenizer.eos_token_id)
            if progress is not None:
                progress(len(written), len(rows))
    return [written[i] for i in range(len(rows))]


def _batches(rows: Sequence[TokenRow], num_given: int, batch_size: int) -> list[list[int]]:
    """Return positions in batches, longest inputs first, of as many given tokens in each."""
    by_given: defaultdict[int, list[int]] = defaultdict(list)
    for i in sorted(range(len(rows)), key=lambda i: -len(rows[i].input_ids)):
        by_given[min(num_given, len(rows[i].labels))].append(i)
    return [
        members[start : start + batch_size]
        for _, members in sorted(by_given.items())
        for start in range(0, len(members), batch_size)
    ]


def _encoding(
    tokenizer: PreTrainedTokenizerBase, rows: Sequence[TokenRow], known: Sequence[Sequence[int]]
) -> BatchEncoding:
    """Return the inputs of a batch, with the tokens that the decoder is given."""
    encoded = [{"input_ids": list(map(int, row.input_ids))} for row in rows]
    inputs = tokenizer.pad(encoded, return_tensors="pt")
    inputs["decoder_input_ids"] = torch.tensor([list(one) for one in known])
    return inputs


def _until_end(ids: Sequence[int], eos_token_id: int) -> list[int]:
    """Return token ids up to the first end token, with it."""
    ends = [place + 1 for place, token in enumerate(ids) if token == eos_token_id][:1]
    return list(ids[: ends[0]] if ends else ids)
