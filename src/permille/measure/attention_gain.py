"""What attention adds to predictors of memorization that cost nothing, out of sample."""

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from permille.measure.attention_effect import too_few
from permille.measure.auc import (
    BoolArray,
    FloatArray,
    IntArray,
    auc,
    auc_interval,
    blocks_by_size,
    difference_interval,
    drawn_weights,
    group_numbers,
    weighted_auc,
)
from permille.measure.intervals import Interval

NUM_FOLDS = 5
NUM_REPEATS = 4
NUM_PERMUTED = 5
"""How often attention is dealt out to other examples, to see what it gains by chance."""
MIN_EACH = 2 * NUM_FOLDS
"""Of fewer examples with a memorized, or with another, generation nothing is predicted."""
Folds = Sequence[tuple[IntArray, IntArray]]
METHOD = (
    "logistic regressions, each example scored without it; Newcombe's method 5 at the effective "
    "size of examples, joined by variance estimates recovery"
)


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
        gain_permuted: Mean gain of the same attention dealt out to other examples: what fitting
            columns that know nothing costs, a little below 0.
        ci95: Interval of the gain over other examples, with the models' fits held fixed.
        method: How both were found.
        reason: Why there are no figures; None where there are.
    """

    num_memorized: int
    num_others: int
    auc_cheap: float | None = None
    auc_attention: float | None = None
    auc_both: float | None = None
    gain: float | None = None
    gain_permuted: float | None = None
    ci95: Interval | None = None
    method: str | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of report.json; a reason only where there is one, a method elsewhere."""
        fields = asdict(self)
        del fields["reason" if self.reason is None else "method"]
        return fields


def gain_over_cheap(
    cheap: FloatArray,
    attention: FloatArray,
    is_memorized_N: BoolArray,
    groups_N: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> Gain:
    """Return what attention adds to cheap predictors.

    Logistic regressions on standardized columns, each example scored by models that were fitted
    without any of its generations (stratified folds of whole examples, repeated); scores are
    compared by rank within a fold, so folds need no common scale.

    Args:
        cheap: Cheap predictors of shape (N, K).
        attention: Measures of the attention of shape (N, M). Each costs a little of the AUC where
            it knows nothing, so few are wanted.
        is_memorized_N: Shape (N,).
        groups_N: Which example each generation is of, shape (N,); None for each its own.
        seed: Of folds and bootstrap.

    Returns:
        The gain; rows with NaN are left out.
    """
    everything = np.concatenate([cheap, attention], axis=1)
    known = ~np.isnan(everything).any(axis=1)
    labels, groups = is_memorized_N[known], group_numbers(groups_N, len(known))[known]
    sizes = int(labels.sum()), int((~labels).sum())
    if reason := too_few(labels, groups, MIN_EACH):
        return Gain(*sizes, reason=reason)
    folds = _folds(labels, groups, seed)
    scores = [_scores(columns[known], labels, folds) for columns in (cheap, attention, everything)]
    areas = [auc(score, labels) for score in scores]
    return Gain(
        *sizes,
        auc_cheap=areas[0],
        auc_attention=areas[1],
        auc_both=areas[2],
        gain=areas[2] - areas[0],
        gain_permuted=_permuted_auc(cheap[known], attention[known], labels, groups, folds, seed)
        - areas[0],
        ci95=gain_interval(scores[2], scores[0], labels, groups, seed),
        method=METHOD,
    )


def held_out_scores(
    columns: FloatArray,
    is_memorized_N: BoolArray,
    groups_N: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> FloatArray:
    """Score each generation by models fitted without it and without others of its example.

    Args:
        columns: Predictors of shape (N, K).
        is_memorized_N: Shape (N,).
        groups_N: Which example each generation is of, shape (N,); None for each its own.
        seed: Of the folds.

    Returns:
        Shape (N,), in [0, 1]: the rank within the fold, averaged over repeats.
    """
    groups = group_numbers(groups_N, len(columns))
    return _scores(columns, is_memorized_N, _folds(is_memorized_N, groups, seed))


def _folds(labels_N: BoolArray, groups_N: IntArray, seed: int) -> Folds:
    """Return the rows fitted on and those held out, of every fold of every repeat."""
    return [
        fold
        for repeat in range(NUM_REPEATS)
        for fold in StratifiedGroupKFold(NUM_FOLDS, shuffle=True, random_state=seed + repeat).split(
            groups_N, labels_N, groups_N
        )
    ]


def _scores(columns: FloatArray, labels_N: BoolArray, folds: Folds) -> FloatArray:
    """Return `held_out_scores` over folds; columns of shape (N, K), labels of shape (N,)."""
    scores = np.zeros(len(columns))
    for fitted, held_out in folds:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(columns[fitted], labels_N[fitted])
        ranks = stats.rankdata(model.decision_function(columns[held_out]))
        scores[held_out] += (ranks - 0.5) / len(held_out) / NUM_REPEATS
    return scores


def _permuted_auc(
    cheap: FloatArray,
    attention: FloatArray,
    labels_N: BoolArray,
    groups_N: IntArray,
    folds: Folds,
    seed: int,
) -> float:
    """Return the mean AUC of both kinds of predictors, attention being another example's.

    Whole examples change places with others of as many generations.
    """
    rng = np.random.default_rng(seed)
    areas = []
    for _ in range(NUM_PERMUTED):
        permuted = attention.copy()
        for rows in blocks_by_size(groups_N):
            permuted[rows] = attention[rng.permutation(rows)]
        columns = np.concatenate([cheap, permuted], axis=1)
        areas.append(auc(_scores(columns, labels_N, folds), labels_N))
    return float(np.mean(areas))


def zlib_ratios(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return each text's compressed size by its own size, in bytes, of shape (N,).

    NaN for an empty text.
    """
    encoded = [text.encode() for text in texts]
    ratios = [len(zlib.compress(raw)) / len(raw) if raw else np.nan for raw in encoded]
    return np.array(ratios, dtype=np.float64)


def gain_interval(
    both_N: FloatArray, cheap_N: FloatArray, labels_N: BoolArray, groups_N: IntArray, seed: int
) -> Interval:
    """Return the 95 % interval of how much greater the first score's AUC is than the second's.

    How far both move together is seen by resampling examples.

    Args:
        both_N: The first score, shape (N,).
        cheap_N: The second one, shape (N,).
        labels_N: Which generations are memorized, shape (N,).
        groups_N: Which example each generation is of, numbered from 0, shape (N,).
        seed: Of the resampling.
    """
    scores = (both_N, cheap_N)
    weights = drawn_weights(labels_N, groups_N, np.random.default_rng(seed))
    drawn = [[weighted_auc(score, labels_N, drawn) for score in scores] for drawn in weights]
    both, cheap = np.concatenate(drawn, axis=1)
    known = np.isfinite(both)
    moves = np.ptp(both[known]) > 0 and np.ptp(cheap[known]) > 0
    correlation = float(np.corrcoef(both[known], cheap[known])[0, 1]) if moves else 0.0
    areas = auc(both_N, labels_N), auc(cheap_N, labels_N)
    ends = tuple(auc_interval(score, labels_N, groups_N) for score in scores)
    return difference_interval(areas, (ends[0], ends[1]), correlation)
