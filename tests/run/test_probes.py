"""Which examples are forced through a run's model."""

from dataclasses import replace

import pytest
import transformers
from transformers import PreTrainedTokenizerBase

from permille.core.records import Split
from permille.data.datamodule import encode
from permille.run.loading import Loaded
from permille.run.probes import probes_of

VOCABULARY = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + [
    (f"\u2581{letter}", -1.0) for letter in "abcdefghijklmnopqrstuvwxyz"
]


def translating_tokenizer(name: str) -> PreTrainedTokenizerBase:
    """Return a tokenizer that marks sources and targets with a language each."""
    languages = ("eng_Latn", "fra_Latn") if name == "NllbTokenizer" else ("en_XX", "ro_RO")
    vocabulary = {piece: i for i, (piece, _) in enumerate(VOCABULARY)}
    learned = (
        {"vocab": vocabulary, "merges": []} if name == "NllbTokenizer" else {"vocab": VOCABULARY}
    )
    return getattr(transformers, name)(src_lang=languages[0], tgt_lang=languages[1], **learned)


def test_the_probe_set_is_fixed_and_has_both_splits(loaded: Loaded) -> None:
    probes = probes_of(loaded, 4)
    assert probes == probes_of(loaded, 4)
    assert [probe.split for probe in probes] == [Split.TRAIN] * 4 + [Split.HELDOUT] * 4


def test_where_there_are_fewer_examples_all_are_taken(loaded: Loaded) -> None:
    probes = probes_of(loaded, 10_000)
    assert len(probes) == len(loaded.splits.train) + len(loaded.splits.heldout)


@pytest.mark.parametrize("name", [None, "MBartTokenizer", "MBart50Tokenizer", "NllbTokenizer"])
def test_probes_have_the_tokens_that_training_has(loaded: Loaded, name: str | None) -> None:
    if name is not None:
        loaded = replace(loaded, tokenizer=translating_tokenizer(name))
    examples = [*loaded.splits.train, *loaded.splits.heldout]
    trained = encode(examples, loaded.tokenizer, loaded.settings.task)
    probes = probes_of(loaded, len(examples))
    assert [probe.id for probe in probes] == [example.id for example in examples]
    assert [probe.source_ids for probe in probes] == [tuple(one.input_ids) for one in trained]
    assert [probe.target_ids for probe in probes] == [tuple(one.labels) for one in trained]
