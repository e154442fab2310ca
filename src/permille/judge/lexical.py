"""The embedded paraphrase judge: logistic regression on lexical features, fitted on MRPC.

It needs no network and no deep model. `permille.judge.fit` makes its weights again.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TypedDict

import numpy as np
import orjson
from scipy.special import expit

from permille.core.errors import SettingsError
from permille.judge.features import FEATURE_NAMES, FEATURES_VERSION, features, profile
from permille.judge.protocol import SentencePair

WEIGHTS_FILE = "lexical_weights.json"
_MAX_PROFILES = 4096
_MAX_PAIRS = 1 << 16


class LexicalWeights(TypedDict):
    """The stored judge: where it comes from, how good it is, and one weight a feature."""

    origin: str
    command: str
    features_version: int
    pairs: int
    seed: int
    cross_validation: dict[str, float]
    intercept: float
    weights: dict[str, float]


def load_weights(path: Path | None = None) -> LexicalWeights:
    """Return the weights in `path`, by default those that come with the package.

    Raises:
        SettingsError: If they were fitted on features other than those computed here.
    """
    file = path or resources.files("permille.judge").joinpath(WEIGHTS_FILE)
    stored: LexicalWeights = orjson.loads(file.read_bytes())
    if (stored["features_version"], tuple(stored["weights"])) != (FEATURES_VERSION, FEATURE_NAMES):
        raise SettingsError(
            f"{file}: weights for features of version {stored['features_version']} with "
            f"{len(stored['weights'])} names, want version {FEATURES_VERSION} with "
            f"{len(FEATURE_NAMES)}; fit them again with: {stored['command']}"
        )
    return stored


class LexicalJudge:
    """Says how probable a paraphrase is, from words alone. English.

    Sentences of the same words in the same order have probability 1, and a sentence without words
    has 0 with any other. Distinct sentences are analyzed once while they stay among the latest
    4,096, and the probability of a pair does not depend on its order or on its batch.

    Args:
        weights: A file made by `permille.judge.fit`; by default the one in the package.
    """

    def __init__(self, weights: Path | None = None) -> None:
        stored = load_weights(weights)
        self._weights = np.array(list(stored["weights"].values()))
        self._intercept = stored["intercept"]
        self._profile = lru_cache(maxsize=_MAX_PROFILES)(profile)
        self._score = lru_cache(maxsize=_MAX_PAIRS)(self._probability)

    def probabilities(self, pairs: Sequence[SentencePair]) -> list[float]:
        """Return the probability of a paraphrase for each pair."""
        return [self._score(*sorted(pair)) for pair in pairs]

    def _probability(self, first: str, second: str) -> float:
        if first == second:
            return 1.0
        own, other = self._profile(first), self._profile(second)
        if own.text == other.text:
            return 1.0
        if not (own.stems and other.stems):
            return 0.0
        return float(expit(self._intercept + self._weights @ np.array(features(own, other))))
