"""What attention adds to predictors of memorization that cost nothing, out of sample."""

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from permille.measure.attention_effect import (
    BoolArray,
    FloatArray,
    Interval,
    auc,
    auc_of_columns,
)

NUM_FOLDS = 5
NUM_REPEATS = 4
NUM_RESAMPLES = 1000
MIN_EACH = 2 * NUM_FOLDS
"""Fewer memorized, or fewer other, generations than this are not predicted."""


@dataclass(frozen=True, slots=True)
class Gain:
    """AUC of predicting which generations are memorized, without and with attention.

    Attributes:
        num_memorized: Memorized generations.
        num_others: The others.
        auc_cheap: Of the cheap predictors alone.
        auc_attention: Of attention alone.
        auc_both: Of both.
        gain: `auc_both` minus `auc_cheap`.
        ci95: Bootstrap interval of the gain, over generations, with the models' fits held fixed.
        reason: Why there are no figures; None where there are.
    """

    num_memorized: int
    num_others: int
    auc_cheap: float | None = None
    auc_attention: float | None = None
    auc_both: float | None = None
    gain: float | None = None
    ci95: Interval | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of report.json; a reason only where there is one."""
        fields = asdict(self)
        if self.reason is None:
            del fields["reason"]
        return fields


def gain_over_cheap(
    cheap: FloatArray, attention: FloatArray, is_memorized_N: BoolArray, *, seed: int = 0
) -> Gain:
    """Return what attention adds to cheap predictors.

    Logistic regressions on standardized columns, each generation scored by models that were fitted
    without it (stratified folds, repeated); scores are compared by rank within a fold, so folds
    need no common scale.

    Args:
        cheap: Cheap predictors of shape (N, K).
        attention: Measures of the attention of shape (N, M).
        is_memorized_N: Shape (N,).
        seed: Of folds and bootstrap.

    Returns:
        The gain; rows with NaN are left out.
    """
    known = ~np.isnan(np.concatenate([cheap, attention], axis=1)).any(axis=1)
    labels = is_memorized_N[known]
    num_memorized, num_others = int(labels.sum()), int((~labels).sum())
    if min(num_memorized, num_others) < MIN_EACH:
        reason = f"want {MIN_EACH} of each, got {num_memorized} memorized and {num_others} others"
        return Gain(num_memorized, num_others, reason=reason)
    sets = (cheap[known], attention[known], np.concatenate([cheap, attention], axis=1)[known])
    scores = [held_out_scores(columns, labels, seed=seed) for columns in sets]
    areas = [auc(score, labels) for score in scores]
    drawn = _resampled_gain(scores[2], scores[0], labels, np.random.default_rng(seed))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Gain(
        num_memorized,
        num_others,
        auc_cheap=areas[0],
        auc_attention=areas[1],
        auc_both=areas[2],
        gain=areas[2] - areas[0],
        ci95=(float(low), float(high)),
    )


def held_out_scores(columns: FloatArray, is_memorized_N: BoolArray, *, seed: int = 0) -> FloatArray:
    """Score each generation by models fitted without it.

    Args:
        columns: Predictors of shape (N, K).
        is_memorized_N: Shape (N,).
        seed: Of the folds.

    Returns:
        Shape (N,), in [0, 1]: the rank within the fold, averaged over repeats.
    """
    scores = np.zeros(len(columns))
    for repeat in range(NUM_REPEATS):
        folds = StratifiedKFold(NUM_FOLDS, shuffle=True, random_state=seed + repeat)
        for fitted, held_out in folds.split(columns, is_memorized_N):
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            model.fit(columns[fitted], is_memorized_N[fitted])
            ranks = stats.rankdata(model.decision_function(columns[held_out]))
            scores[held_out] += (ranks - 0.5) / len(held_out) / NUM_REPEATS
    return scores


def zlib_ratios(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return each text's compressed size by its own size, in bytes, of shape (N,).

    NaN for an empty text.
    """
    encoded = [text.encode() for text in texts]
    ratios = [len(zlib.compress(raw)) / len(raw) if raw else np.nan for raw in encoded]
    return np.array(ratios, dtype=np.float64)


def _resampled_gain(
    both_N: FloatArray, cheap_N: FloatArray, labels_N: BoolArray, rng: np.random.Generator
) -> FloatArray:
    """Return the gain, of shape (R,), of resamples within each label; all inputs of shape (N,)."""
    drawn = [
        rng.choice(np.flatnonzero(labels_N == label), (NUM_RESAMPLES, (labels_N == label).sum()))
        for label in (True, False)
    ]
    rows = np.concatenate(drawn, axis=1).T
    is_first = np.arange(len(rows)) < drawn[0].shape[1]
    gains = auc_of_columns(both_N[rows], is_first) - auc_of_columns(cheap_N[rows], is_first)
    return np.asarray(gains, dtype=np.float64)
