"""Membership inference: can a score tell training examples from held-out ones?

Every score is higher for texts that the model knows better. On data of one distribution an area
near 0.5 proves nothing: it says only that this attack does not tell them apart.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from statsmodels.stats.proportion import proportion_confint

from permille.measure.auc import (
    NUM_RESAMPLES,
    FloatArray,
    IntArray,
    auc,
    auc_interval,
    drawn_weights,
    group_numbers,
    rank_p,
    weighted_auc,
)
from permille.measure.clusters import clusters
from permille.measure.intervals import Interval

MIN_HELDOUT = 1_000
"""Below so many held-out examples a rate at 1 % false alarms rests on fewer than ten of them."""

FALSE_ALARM_RATE = 0.01
MIN_K_SHARE = 0.2


def loss_score(log_probabilities: npt.ArrayLike) -> float:
    """Return the mean log-probability of a text's tokens, of shape (T,): minus its loss."""
    return float(np.mean(np.asarray(log_probabilities, dtype=np.float64)))


def ratio_score(log_probabilities: npt.ArrayLike, base_log_probabilities: npt.ArrayLike) -> float:
    """Return how much lower the loss is than the base model's; both of shape (T,)."""
    return loss_score(log_probabilities) - loss_score(base_log_probabilities)


def zlib_score(log_probabilities: npt.ArrayLike, text: str) -> float:
    """Return minus the log-perplexity of the tokens, of shape (T,), per bit of the compressed text.

    Carlini et al. 2021: what is unlikely for a compressor and likely for the model was learned. The
    log-perplexity is the mean loss of a token.
    """
    return loss_score(log_probabilities) / (8 * len(zlib.compress(text.encode())))


def min_k_score(log_probabilities: npt.ArrayLike, *, share: float = MIN_K_SHARE) -> float:
    """Return the mean of the lowest `share` of the log-probabilities, of shape (T,).

    Min-K% (Shi et al. 2024); at least one token is taken.
    """
    lowest = np.sort(np.asarray(log_probabilities, dtype=np.float64))
    return float(lowest[: max(1, int(share * len(lowest)))].mean())


def min_k_plus_score(
    log_probabilities: npt.ArrayLike,
    means: npt.ArrayLike,
    deviations: npt.ArrayLike,
    *,
    share: float = MIN_K_SHARE,
) -> float:
    """Return Min-K% of log-probabilities standardized position by position; all of shape (T,).

    Min-K%++ (Zhang et al. 2025). `means` and `deviations` are those of the log-probability over
    the model's own distribution at each position; where the deviation is 0 the distance counts 0.
    """
    distances = np.asarray(log_probabilities, dtype=np.float64) - np.asarray(means)
    spread = np.asarray(deviations, dtype=np.float64)
    scaled = np.divide(distances, spread, out=np.zeros_like(distances), where=spread > 0)
    return min_k_score(scaled, share=share)


def true_positive_rate(
    train: npt.ArrayLike, heldout: npt.ArrayLike, *, false_alarm_rate: float = FALSE_ALARM_RATE
) -> float:
    """Return the share of training scores above the threshold that few held-out ones exceed.

    The threshold is a held-out score that at most `false_alarm_rate` of them exceed; training
    scores equal to it do not count, so ties go against the attack. Scores of shape (N,) and (M,).
    """
    return float((np.asarray(train) > threshold_of(heldout, false_alarm_rate)).mean())


def threshold_of(heldout: npt.ArrayLike, false_alarm_rate: float = FALSE_ALARM_RATE) -> float:
    """Return the least held-out score, of shape (M,), that few enough of them exceed."""
    others = np.sort(np.asarray(heldout, dtype=np.float64))[::-1]
    return float(others[min(len(others) - 1, int(false_alarm_rate * len(others) + 1e-9))])


@dataclass(frozen=True, slots=True)
class MembershipResult:
    """How well one score tells members, with 95 % intervals; examples are what is resampled.

    Where examples share text, groups of them are: `resampled` says which.

    `auc` is the chance that a training score exceeds a held-out one, ties counting half; `p` is the
    chance of an area as far from 1/2 where the score knows nothing.
    `true_positive_rate` is at 1 % false alarms, None with a `reason` below `MIN_HELDOUT`.
    """

    auc: float | None
    auc_ci95: Interval | None
    p: float | None
    true_positive_rate: float | None
    true_positive_rate_ci95: Interval | None
    num_train: int
    num_heldout: int
    reason: str | None = None
    resampled: str = "examples"

    def to_dict(self) -> dict[str, object]:
        """Return the figures with three decimals, the p-value with three digits."""
        bootstrap = f"percentile bootstrap over {self.resampled}, {NUM_RESAMPLES} draws"
        figures: dict[str, object] = {
            "auc": _rounded(self.auc),
            "auc_ci95": _rounded_ends(self.auc_ci95),
            "p": None if self.p is None else float(f"{self.p:.3g}"),
            "tpr_at_fpr_0.01": _rounded(self.true_positive_rate),
            "tpr_at_fpr_0.01_ci95": _rounded_ends(self.true_positive_rate_ci95),
            "tpr_at_fpr_0.01_method": f"the wider ends of jeffreys and of a {bootstrap}",
            "num_train": self.num_train,
            "num_heldout": self.num_heldout,
            "method": f"the wider ends of newcombe and of a {bootstrap}; {self._test}",
        }
        return figures if self.reason is None else figures | {"reason": self.reason}

    @property
    def _test(self) -> str:
        """What the p-value is of."""
        return "mann-whitney" if self.resampled == "examples" else "permutation of groups"


def membership(
    train: npt.ArrayLike,
    heldout: npt.ArrayLike,
    *,
    train_groups: npt.ArrayLike | None = None,
    heldout_groups: npt.ArrayLike | None = None,
    seed: int = 0,
) -> MembershipResult:
    """Return how well scores of shape (N,) and (M,) tell training from held-out examples.

    A bootstrap of scores that are told apart without an error only gives the same again, so no
    interval is narrower than a closed form: of the area Newcombe's (see `auc.auc_interval`), of the
    rate Jeffreys's, which takes the threshold as given; over groups both at effective sizes.

    Args:
        train: Scores of training examples.
        heldout: Scores of held-out ones.
        train_groups: Which training examples share text, of shape (N,); None for none.
        heldout_groups: The same of held-out ones, of shape (M,); no group is on both sides.
        seed: Of the bootstrap.
    """
    members, others = (np.asarray(side, dtype=np.float64) for side in (train, heldout))
    num_train, num_heldout = members.size, others.size
    if not (num_train and num_heldout):
        reason = f"{num_train} training and {num_heldout} held-out scores"
        return MembershipResult(None, None, None, None, None, num_train, num_heldout, reason)
    values, marks = (
        np.concatenate([members, others]),
        np.arange(num_train + num_heldout) < num_train,
    )
    groups = _joined_groups(train_groups, num_train, heldout_groups, num_heldout)
    rng = np.random.default_rng(seed)
    areas = [weighted_auc(values, marks, rows) for rows in drawn_weights(marks, groups, rng)]
    enough = num_heldout >= MIN_HELDOUT
    return MembershipResult(
        auc(values, marks),
        _wider(_percentiles(np.concatenate(areas)), auc_interval(values, marks, groups)),
        rank_p(values, marks, groups),
        true_positive_rate(members, others) if enough else None,
        _rate_interval(members, others, groups, rng) if enough else None,
        num_train,
        num_heldout,
        None
        if enough
        else f"a rate at 1 % wants {MIN_HELDOUT} held-out examples, got {num_heldout}",
        "examples" if len(np.unique(groups)) == groups.size else "groups of examples",
    )


def _joined_groups(
    train: npt.ArrayLike | None, num_train: int, heldout: npt.ArrayLike | None, num_heldout: int
) -> IntArray:
    """Return the numbers of the groups of both sides, of shape (N + M,), none on both."""
    own, others = group_numbers(train, num_train), group_numbers(heldout, num_heldout)
    return np.concatenate([own, others + num_train])


def _rate_interval(
    members: FloatArray, others: FloatArray, groups: IntArray, rng: np.random.Generator
) -> Interval:
    """Return the interval of the true positive rate of scores (N,) and (M,) in groups (N + M,)."""
    sides = [(members, groups[: members.size]), (others, groups[members.size :])]
    rates = np.empty(NUM_RESAMPLES)
    for draw in range(NUM_RESAMPLES):
        rates[draw] = true_positive_rate(*(_resampled(*side, rng) for side in sides))
    threshold = threshold_of(others)
    size = clusters(members > threshold, sides[0][1]).effective_of()
    count = true_positive_rate(members, others) * size
    low, high = proportion_confint(count, size, alpha=0.05, method="jeffreys")
    return _wider(_percentiles(rates), (float(low), float(high)))


def _resampled(values: FloatArray, groups: IntArray, rng: np.random.Generator) -> FloatArray:
    """Return values of shape (N,) of as many whole groups as there are, drawn with replacement."""
    names, numbers = np.unique(groups, return_inverse=True)
    times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
    return np.repeat(values, times[numbers])


def _wider(one: Interval, other: Interval) -> Interval:
    """Return the interval that holds both."""
    return min(one[0], other[0]), max(one[1], other[1])


def _percentiles(drawn: FloatArray) -> Interval:
    """Return the middle 95 % of drawn figures of shape (R,)."""
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)


def _rounded_ends(ends: Interval | None) -> list[float] | None:
    return None if ends is None else [round(end, 3) for end in ends]
