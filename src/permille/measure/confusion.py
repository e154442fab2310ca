"""True shares of kinds that a detector takes for each other, from what it found of planted ones.

What is found is a mixture: of texts of kind i a share M_ji is found as kind j, so the shares found
are M times the true shares (a misclassification matrix inverted, as in Barron, Biometrics 33,
1977). Of one kind and none this is (R + Sp - 1) / (Se + Sp - 1), the correction of `prevalence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from permille.measure.intervals import Interval

FloatArray = npt.NDArray[np.float64]
NUM_DRAWS = 4_000
METHOD = "confusion matrix of planted kinds, draws of its columns and of the ratio"
SURE = 0.975
"""In so many of the draws two kinds must be told apart."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Mixture:
    """The true shares of C classes, the last of which is none.

    Attributes:
        shares: The estimate, of shape (C,), each at least 0, adding up to 1.
        drawn: The same of draws, of shape (R, C).
        matrices: Of each draw the shares found, of shape (R, F, C): kinds found by class.
    """

    shares: FloatArray
    drawn: FloatArray
    matrices: FloatArray

    def figure(self, classes: Sequence[int]) -> tuple[float, Interval]:
        """Return the share of some classes together, and its 95 % interval."""
        share = min(1.0, float(self.shares[list(classes)].sum()))
        ends = np.quantile(self.drawn[:, list(classes)].sum(axis=1), (0.025, 0.975))
        return share, (min(share, float(ends[0])), min(1.0, max(share, float(ends[1]))))

    def is_told_apart(self, one: int, other: int, found_one: int, found_other: int) -> bool:
        """Tell whether two classes are surely told apart.

        They are where the determinant of their part of the matrix is above 0, as Se + Sp - 1 is.

        Args:
            one: A class.
            other: Another.
            found_one: As what the first is found.
            found_other: As what the second is.
        """
        own = self.matrices[:, found_one, one] * self.matrices[:, found_other, other]
        mistaken = self.matrices[:, found_one, other] * self.matrices[:, found_other, one]
        return bool((own > mistaken).mean() >= SURE)

    def is_seen(self, one: int) -> bool:
        """Tell whether a class is surely found, as any kind, more often than the last class is."""
        missed = self.matrices[:, -1, :]
        return bool((missed[:, one] < missed[:, -1]).mean() >= SURE)


def unmixed(found: npt.ArrayLike, planted: npt.ArrayLike, *, seed: int = 0) -> Mixture:
    """Return the true shares of the classes that what was found is a mixture of.

    The estimate is the mixture nearest to what was found, which is the solution of the linear
    equations where that has no share below 0. Draws are of Dirichlet distributions with one text
    added, spread over the kinds: of each column, and of what the estimate would show, so that what
    no mixture explains does not shrink to a point.

    Args:
        found: How many were found of each kind, the last being none, of shape (F,); fractions where
            an effective size is shared out.
        planted: How many of each class were found as each kind, of shape (F, C), the last class
            being none; each class has some.
        seed: Of the draws.
    """
    counts, known = (np.asarray(each, dtype=np.float64) for each in (found, planted))
    matrix = known / known.sum(axis=0)
    shares = nearest_mixture(matrix[np.newaxis], (counts / counts.sum())[np.newaxis])[0]
    rng = np.random.default_rng(seed)
    prior = 1 / len(counts)
    columns = [rng.dirichlet(column + prior, NUM_DRAWS) for column in known.T]
    matrices = np.stack(columns, axis=2)
    shown = rng.dirichlet(counts.sum() * (matrix @ shares) + prior, NUM_DRAWS)
    return Mixture(shares, nearest_mixture(matrices, shown), matrices)


def nearest_mixture(matrices: FloatArray, shown: FloatArray) -> FloatArray:
    """Return the shares (R, C) whose mixtures of matrices (R, F, C) are nearest to shown (R, F).

    Shares are at least 0 and add up to 1. Every set of classes is tried with the others at 0; sets
    of one class are always possible.
    """
    num_draws, _, num_classes = matrices.shape
    best = np.full(num_draws, np.inf)
    shares = np.zeros((num_draws, num_classes))
    for size in range(num_classes, 0, -1):
        for chosen in combinations(range(num_classes), size):
            rows = np.flatnonzero(best > _TINY**2)
            part = matrices[rows][:, :, chosen]
            solved = _solved(part, shown[rows])
            missed = np.einsum("rfc,rc->rf", part, solved) - shown[rows]
            distances = np.where((solved >= -_TINY).all(axis=1), (missed**2).sum(axis=1), np.inf)
            better = distances < best[rows] - _TINY**2
            best[rows[better]] = distances[better]
            shares[rows[better]] = 0
            shares[rows[better, np.newaxis], chosen] = np.maximum(0, solved[better])
    return shares


def _solved(matrices: FloatArray, shown: FloatArray) -> FloatArray:
    """Return the shares (R, C) of least squares that add up to 1, of any sign."""
    if matrices.shape[2] == 1:
        return np.ones((len(matrices), 1))
    steps = matrices[:, :, :-1] - matrices[:, :, -1:]
    crossed = np.einsum("rfc,rfd->rcd", steps, steps) + 1e-12 * np.eye(steps.shape[2])
    aims = np.einsum("rfc,rf->rc", steps, shown - matrices[:, :, -1])
    moved = np.linalg.solve(crossed, aims[:, :, np.newaxis])[:, :, 0]
    return np.concatenate([moved, 1 - moved.sum(axis=1, keepdims=True)], axis=1)
