"""How often an interval holds the truth, summed over every outcome that can be drawn.

Outcomes with a chance below `LEAST_CHANCE` are left out; what they add is below 0.00001. What is
drawn is what `coverage` simulates under the same name.
"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from permille.measure.intervals import (
    Z95,
    mover_interval,
    tango_score,
    wilson_interval,
)
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import Ratio

LEAST_CHANCE = 1e-10
NUM_PLANTED = 200
"""Texts with a plant, and as many without, from which a detector is known."""
SENSITIVITY, FALSE_ALARM = 0.9, 0.02


def wilson(size: int, share: float) -> float:
    """Return the coverage of Wilson's interval of a share of `size` draws."""
    return sum(
        chance
        for count, chance in likely(size, share)
        if _holds(wilson_interval(count, size), share)
    )


def newcombe(size: int, share: float) -> float:
    """Return the coverage of Newcombe's interval; the second arm has half the share."""
    ends = [wilson_interval(count, size) for count in range(size + 1)]
    others = list(likely(size, share / 2))
    held = 0.0
    for count, chance in likely(size, share):
        for other, other_chance in others:
            interval = mover_interval(count / size, ends[count], other / size, ends[other])
            held += chance * other_chance * _holds(interval, share / 2)
    return held


def tango(size: int, share: float) -> float:
    """Return the coverage of Tango's interval; half the share is gained, a tenth of it lost.

    A difference lies in the interval where its score is no larger than the normal quantile.
    """
    held = 0.0
    for gained, chance in likely(size, share / 2):
        for lost, lost_chance in likely(size - gained, 0.1 * share / (1 - share / 2)):
            score = tango_score(gained, lost, size, 0.4 * share)
            held += chance * lost_chance * (abs(score) <= Z95 + 1e-9)
    return held


def lang_reiczigel(size: int, share: float) -> float:
    """Return the coverage of the corrected ratio's interval; Se and Sp are estimated as well."""
    seen = SENSITIVITY * share + FALSE_ALARM * (1 - share)
    found = [(_bare(count, NUM_PLANTED), p) for count, p in likely(NUM_PLANTED, SENSITIVITY)]
    alarms = [(_bare(count, NUM_PLANTED), p) for count, p in likely(NUM_PLANTED, FALSE_ALARM)]
    held = 0.0
    for count, chance in likely(size, seen):
        observed = _bare(count, size)
        for sensitivity, se_chance in found:
            for false_alarm, sp_chance in alarms:
                ends = corrected_ratio(observed, sensitivity, false_alarm).ci95
                is_held = ends is not None and _holds(ends, 1000 * share)
                held += chance * se_chance * sp_chance * is_held
    return held


EXACT: dict[str, Callable[[int, float], float]] = {
    "wilson": wilson,
    "newcombe": newcombe,
    "tango": tango,
    "lang-reiczigel": lang_reiczigel,
}


def likely(of: int, share: float) -> Iterator[tuple[int, float]]:
    """Yield every count of `of` draws that is not all but impossible, with its chance."""
    chances = stats.binom.pmf(np.arange(of + 1), of, share)
    for count in np.flatnonzero(chances >= LEAST_CHANCE).tolist():
        yield count, float(chances[count])


def _holds(ends: tuple[float, float], truth: float) -> bool:
    """Whether an interval holds the truth, rounding aside."""
    return ends[0] - 1e-9 <= truth <= ends[1] + 1e-9


def _bare(count: int, of: int) -> Ratio:
    """Return a ratio whose own interval is of no interest."""
    return Ratio(count, of, (0.0, 1000.0), "none")
