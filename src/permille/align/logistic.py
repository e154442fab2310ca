"""Logistic regression on measures and their squares."""

from dataclasses import dataclass

import numpy as np

from permille.align.arrays import Floats


def with_squares(values: Floats) -> Floats:
    """Put the squares of measures (N, M) behind them; shape (N, 2 M)."""
    return np.concatenate([values, values**2], axis=1)


@dataclass(frozen=True)
class Logistic:
    """`weights` of M measures, then of their squares, of shape (2 M,), and the intercept."""

    weights: Floats
    intercept: float

    def probabilities(self, values: Floats) -> Floats:
        """Return the probability of each row of measures (N, M), shape (N,)."""
        odds = with_squares(values) @ self.weights + self.intercept
        return 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
