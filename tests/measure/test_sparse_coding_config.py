"""Sizes of the simulation that make no sense are refused by name."""

import pytest

from permille.core.errors import SettingsError
from permille.measure.sparse_coding_config import SparseCodingConfig


def test_by_default_k_doubles_up_to_all_features() -> None:
    assert SparseCodingConfig(num_features=16).needed == [1, 2, 4, 8, 16]


def test_given_values_of_k_are_sorted() -> None:
    assert SparseCodingConfig(num_needed=[5, 3]).needed == [3, 5]


@pytest.mark.parametrize("needed", [0, 17])
def test_a_target_cannot_need_features_that_are_not_there(needed: int) -> None:
    with pytest.raises(SettingsError, match=f"want 1 to 16 features, got {needed}"):
        SparseCodingConfig(num_needed=[needed])


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        pytest.param({"num_features": 1}, "num_features: want 2 or more, got 1", id="features"),
        pytest.param({"num_seeds": 0}, "num_seeds: want 1 or more, got 0", id="seeds"),
        pytest.param({"num_steps": -1}, "num_steps: want 0 or more, got -1", id="steps"),
        pytest.param({"num_examples": 1}, "num_examples: want 2 or more, got 1", id="examples"),
        pytest.param({"noise": 0.0}, "noise: want a finite number above 0, got 0", id="noise"),
        pytest.param({"num_needed": []}, "want one number or more", id="no k"),
        pytest.param({"num_needed": [4, 2, 4]}, r"each once, got \[2, 4, 4\]", id="k twice"),
    ],
)
def test_sizes_out_of_range_are_named(sizes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        SparseCodingConfig(**sizes)


def test_one_message_names_every_fault() -> None:
    names = ("num_seeds", "num_steps", "noise", "num_needed")
    lines = "\n".join(rf"grid\.simulation\.{name}: .*" for name in names)
    with pytest.raises(SettingsError, match=f"^{lines}$"):
        SparseCodingConfig(num_seeds=0, num_steps=-1, noise=0.0, num_needed=[99])
