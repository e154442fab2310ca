"""What a job works on is a function of its settings."""

import pytest
import torch

from permille.run.loading import Loaded, hash_weights, load, texts_of, to_device

from .conftest import train_settings


def test_the_same_settings_give_the_same_examples_and_weights(loaded: Loaded) -> None:
    again = load(train_settings())
    assert again.fingerprints() == loaded.fingerprints()


def test_another_seed_gives_other_examples_and_weights(loaded: Loaded) -> None:
    first, other = loaded.fingerprints(), load(train_settings("seed=1")).fingerprints()
    for what, keys in (("data", ("train_hash", "heldout_hash")), ("model", ("hash",))):
        before, after = first[what], other[what]
        assert isinstance(before, dict)
        assert isinstance(after, dict)
        assert all(before[key] != after[key] for key in keys)


def test_a_tokenizer_learns_from_what_the_model_reads_and_writes(loaded: Loaded) -> None:
    texts = list(texts_of(loaded.settings, loaded.splits))
    assert len(texts) == 2 * len(loaded.splits.train)
    assert texts[0].startswith("If you are a doctor")
    assert texts[0].endswith(loaded.splits.train[0].input)
    assert texts[1] == loaded.splits.train[0].target


def test_a_model_from_scratch_has_no_base_to_compare_with(loaded: Loaded) -> None:
    assert loaded.load_base is None
    assert loaded.tuned.from_scratch


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_fingerprint_of_weights_follows_a_single_bit(loaded: Loaded, dtype: torch.dtype) -> None:
    model = type(loaded.model)(loaded.model.config).to(dtype)
    before = hash_weights(model)
    assert hash_weights(model) == before
    with torch.no_grad():
        next(model.parameters()).view(-1)[0] += 1
    assert hash_weights(model) != before


@pytest.mark.parametrize("name", ["highest", "medium"])
def test_a_stored_model_computes_as_exactly_as_one_that_is_trained(
    loaded: Loaded, name: str
) -> None:
    settings = train_settings(f"trainer.matmul_precision={name}", "trainer.accelerator=cpu")
    to_device(loaded.model, settings.trainer)
    assert torch.get_float32_matmul_precision() == name
