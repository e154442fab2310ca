"""Signatures estimate how similar two sets are."""

import numpy as np
import pytest
from datasketch import MinHash

from permille.measure.min_hash import Signer


def hashes_of(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.integers(0, 2**64, size=size, dtype=np.uint64)


@pytest.mark.parametrize("shared", [0, 300, 800, 1000])
def test_the_share_of_equal_places_is_the_jaccard_similarity(shared: int) -> None:
    rng = np.random.default_rng(shared)
    common = hashes_of(rng, shared)
    one, other = (np.concatenate([common, hashes_of(rng, 1000 - shared)]) for _ in range(2))
    signer = Signer(2048)
    agreed = float((signer.sign(one) == signer.sign(other)).mean())
    assert agreed == pytest.approx(shared / (2000 - shared), abs=0.04)


def test_neither_order_nor_repetition_nor_what_was_signed_before_matters() -> None:
    hashes = hashes_of(np.random.default_rng(0), 50)
    signer = Signer(64)
    first = signer.sign(hashes)
    signer.sign(hashes_of(np.random.default_rng(1), 50))
    again = signer.sign(np.concatenate([hashes[::-1], hashes]))
    assert (first == again).all()
    assert (first == Signer(64).sign(hashes)).all()


def test_sets_that_differ_in_their_lower_bits_alone_are_taken_as_one() -> None:
    hashes = hashes_of(np.random.default_rng(2), 20)
    assert (Signer(64).sign(hashes) == Signer(64).sign(hashes ^ np.uint64(1))).all()


def test_a_signature_is_datasketchs() -> None:
    hashes = hashes_of(np.random.default_rng(3), 30)
    theirs = MinHash(64, seed=1, hashfunc=lambda number: int(number) >> 32)
    theirs.update_batch(hashes)
    assert (Signer(64).sign(hashes) == theirs.digest()).all()


def test_an_empty_set_has_a_signature_too() -> None:
    assert Signer(8).sign(np.zeros(0, np.uint64)).shape == (8,)
