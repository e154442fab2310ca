"""How often each interval holds the truth: ``python -m permille.measure.coverage``.

Where all outcomes can be listed, coverage is summed exactly (`exact_coverage`). The rest is
simulated with the functions that the audit calls; each function says what it draws, the seed is
fixed.
"""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from permille.measure.agreement import agreement
from permille.measure.association import fisher_interval
from permille.measure.auc import auc_interval
from permille.measure.counterfactual import ExampleMemory, counterfactual_interval
from permille.measure.exact_coverage import EXACT
from permille.measure.group_coverage import (
    bootstrap_groups,
    large_groups,
    newcombe_groups,
    newcombe_large_groups,
    tango_groups,
    tango_large_groups,
    wilson_groups,
)
from permille.measure.intervals import (
    Interval,
    mover_interval,
    tango_interval,
    wilson_interval,
)
from permille.measure.length_coverage import (
    rate_of_long,
    rate_of_short,
    share_by_tokens,
    standardized_share,
)
from permille.measure.mean import bounded_mean
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import wilson_ratio

SIZES = (50, 200, 1_000)
SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
NUM_DRAWS = 2_000

Coverage = Callable[[int, float], float]
"""Says how often the interval of data of a size and a share holds the truth."""
Draw = Callable[[np.random.Generator, int, float], tuple[float, Interval | None]]
"""Draws data of a size and a share; returns the truth and the interval of the data."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Coverage of one interval at one size over a range of shares."""

    size: int
    least: float
    least_at: float
    mean: float


def wilson_curve(size: int, *, lowest_share: float = 0.01, step: float = 0.0005) -> Curve:
    """Return Wilson's exact coverage of `size` draws over shares from the lowest to 0.5.

    The mean is over steps; the least is sought also at the ends of all intervals, where the curve
    jumps.
    """
    ends = np.array([wilson_interval(count, size) for count in range(size + 1)])
    steps = np.arange(lowest_share, 0.5 + step / 2, step)
    jumps = np.concatenate([ends.ravel() - 1e-9, ends.ravel() + 1e-9])
    shares = np.concatenate([steps, jumps[(jumps >= lowest_share) & (jumps <= 0.5)]])
    chances = stats.binom.pmf(np.arange(size + 1), size, shares[:, np.newaxis])
    held = (ends[:, 0] <= shares[:, np.newaxis]) & (shares[:, np.newaxis] <= ends[:, 1])
    coverage = (chances * held).sum(axis=1)
    worst = int(coverage.argmin())
    mean = float(coverage[: len(steps)].mean())
    return Curve(size, float(coverage[worst]), float(shares[worst]), mean)


def simulated_coverage(
    draw: Draw, size: int, share: float, *, num_draws: int = NUM_DRAWS, seed: int = 0
) -> float:
    """Return how often the interval of drawn data holds the truth; no interval does not."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(num_draws):
        truth, ends = draw(rng, size, share)
        held += ends is not None and ends[0] - 1e-12 <= truth <= ends[1] + 1e-12
    return held / num_draws


def newcombe(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Two independent arms, the second with half the share of the first."""
    arms = [int(rng.binomial(size, rate)) for rate in (share, share / 2)]
    ends = [wilson_interval(count, size) for count in arms]
    return share / 2, mover_interval(arms[0] / size, ends[0], arms[1] / size, ends[1])


def tango(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Pairs: the first is a case with the share, the second in half of those, and alone in 0.1."""
    gained, lost = _discordant(rng, size, share)
    return share / 2 - 0.1 * share, tango_interval(gained, lost, size)


def difference_of_tangos(
    rng: np.random.Generator, size: int, share: float
) -> tuple[float, Interval]:
    """Two such sets of pairs, the second with a quarter of the share."""
    sides = []
    for rate in (share, share / 4):
        gained, lost = _discordant(rng, size, rate)
        sides.append(((gained - lost) / size, tango_interval(gained, lost, size)))
    (first, first_ends), (second, second_ends) = sides
    return 0.4 * (share - share / 4), mover_interval(first, first_ends, second, second_ends)


def corrected(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval | None]:
    """A detector of sensitivity 0.9 and false-alarm rate 0.02, each known from 200 texts."""
    seen = wilson_ratio(int(rng.binomial(size, 0.9 * share + 0.02 * (1 - share))), size)
    found = wilson_ratio(int(rng.binomial(200, 0.9)), 200)
    ratio = corrected_ratio(seen, found, wilson_ratio(int(rng.binomial(200, 0.02)), 200))
    return 1000 * share, ratio.ci95


def kappa(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval | None]:
    """Two annotators who each err in 0.1 of the items, `share` of which are cases."""
    truth = rng.random(size) < share
    labels = [(truth ^ (rng.random(size) < 0.1)).tolist() for _ in range(2)]
    said = 0.9 * share + 0.1 * (1 - share)
    by_chance = said**2 + (1 - said) ** 2
    return (0.82 - by_chance) / (1 - by_chance), agreement(*labels).ci95


def spearman(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval | None]:
    """Points of a normal distribution whose correlation is `share`."""
    first = rng.standard_normal(size)
    second = share * first + math.sqrt(1 - share**2) * rng.standard_normal(size)
    return 6 / math.pi * math.asin(share / 2), fisher_interval(
        float(stats.spearmanr(first, second).statistic), size
    )


def mean_of_shares(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Figures of a Beta distribution with a mean of `share`, most of them near 0 or 1."""
    found = bounded_mean(rng.beta(2 * share, 2 * (1 - share), size).tolist())
    low, high = found.ci95 or (0.0, 1000.0)
    return share, (low / 1000, high / 1000)


def area(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Two normal distributions, half of the values each, with an area of 1 - `share` between."""
    is_marked = np.arange(size) < size // 2
    apart = math.sqrt(2) * float(stats.norm.isf(share))
    return 1 - share, auc_interval(rng.standard_normal(size) + apart * is_marked, is_marked)


def counterfactual(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Three models with each example and three without; given back in 0.05, if kept in 0.9.

    An example is kept by all models with it with the chance `share`.
    """
    given_in = rng.binomial(3, np.where(rng.random(size) < share, 0.9, 0.05))
    given_out = rng.binomial(3, 0.05, size)
    pairs = zip(given_in.tolist(), given_out.tolist(), strict=True)
    examples = [ExampleMemory(str(i), 3, own, 3, other) for i, (own, other) in enumerate(pairs)]
    return 0.85 * share, counterfactual_interval(examples)


OF_SCORES: dict[str, Draw] = {
    "mean of shares": mean_of_shares,
    "area": area,
    "counterfactual": counterfactual,
}
AT_LENGTH: dict[str, Draw] = {
    "standardized to lengths": standardized_share,
    "per token, cases short": rate_of_short,
    "per token, cases long": rate_of_long,
}
OF_LARGE_GROUPS: dict[str, Draw] = {
    "wilson, five large groups": large_groups,
    "wilson, two large groups": partial(large_groups, num=2, percent=15),
    "newcombe, five large groups": newcombe_large_groups,
    "tango, five large groups": tango_large_groups,
}
DRAWS: dict[str, Draw] = {
    "wilson over groups": wilson_groups,
    "newcombe": newcombe,
    "newcombe over groups": newcombe_groups,
    "tango": tango,
    "tango over groups": tango_groups,
    "mover of tango": difference_of_tangos,
    "lang-reiczigel": corrected,
    "kappa": kappa,
}


def simulated(draws: Mapping[str, Draw], *, num_draws: int = NUM_DRAWS) -> dict[str, Coverage]:
    """Return functions that simulate the coverage of each interval."""
    return {
        name: partial(simulated_coverage, draw, num_draws=num_draws) for name, draw in draws.items()
    }


def _discordant(rng: np.random.Generator, size: int, share: float) -> tuple[int, int]:
    """Return how many of `size` pairs are gained (share / 2) and lost (share / 10)."""
    cells = rng.multinomial(size, [share / 2, share / 10, 1 - 0.6 * share])
    return int(cells[0]), int(cells[1])


def table(
    coverages: Mapping[str, Coverage],
    sizes: Sequence[int] = SIZES,
    shares: Sequence[float] = SHARES,
) -> str:
    """Return the coverage of intervals by size and share, as a table in Markdown."""
    lines = ["| interval | n | " + " | ".join(map(str, shares)) + " |"]
    lines.append("|---" * (len(shares) + 2) + "|")
    for name, coverage in coverages.items():
        for size in sizes:
            figures = (coverage(size, share) for share in shares)
            shown = " | ".join(f"{figure:.3f}" for figure in figures)
            lines.append(f"| {name} | {size} | {shown} |")
    return "\n".join(lines)


def main() -> int:
    """Print Wilson's exact curve, the exact table and the simulated ones."""
    for lowest_share in (0.0, 0.01):
        for size in SIZES:
            curve = wilson_curve(size, lowest_share=lowest_share)
            sys.stdout.write(
                f"wilson, n={size}, shares from {lowest_share}: least {curve.least:.3f} at "
                f"{curve.least_at:.4f}, mean {curve.mean:.3f}\n"
            )
    sys.stdout.write(f"\nexact\n{table(EXACT)}\n")
    draws = {name: draw for name, draw in DRAWS.items() if name not in EXACT}
    sys.stdout.write(f"\nsimulated\n{table(simulated(draws))}\n")
    for tabled in (OF_LARGE_GROUPS, OF_SCORES):
        sys.stdout.write(f"\n{table(simulated(tabled))}\n")
    by_share = {"share by tokens": share_by_tokens}
    lengths = simulated(AT_LENGTH) | simulated(by_share, num_draws=500)
    sys.stdout.write(f"\n{table(lengths, shares=(*SHARES, 0.9))}\n")
    bootstrap = {"bootstrap over groups": bootstrap_groups}
    sys.stdout.write(f"\n{table(simulated(bootstrap, num_draws=500), SIZES[:2])}\n")
    correlation = table(simulated({"spearman": spearman}), (6, 10, 20, 50), (0.0, 0.3, 0.6, 0.9))
    sys.stdout.write(f"\n{correlation}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
