"""Longer output has more room to match: ratios at equal length."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from permille.audit.controls.base_model import NO_BASE
from permille.audit.controls.contrasts import missing, noted
from permille.audit.controls.heldout import HELDOUT, NO_HELDOUT
from permille.audit.rows import CUT, FIRST_TOKENS, MAIN, first_tokens_way
from permille.audit.tally import Row, Tally, ratios_of
from permille.audit.views import TUNED_TRAIN, ArmKey
from permille.core.records import KINDS_BY_STRENGTH, Arm, Kind, Split
from permille.measure.at_length import rate, weighted_share
from permille.measure.ratio import Ratio, Ratios, wilson_ratios

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BASE: ArmKey = (Arm.BASE, Split.TRAIN)
NUM_STRATA = 10
NO_COMMON = "no tenth of the lengths has measurable generations of both"
TOKENS, WORDS, MIXED = "tokens", "words", "tokens, words where they are not known"


def length(
    tallies: Mapping[ArmKey, Tally],
    least_chars: int,
    *,
    note: str | None = None,
    why_not: str | None = None,
) -> dict[str, object]:
    """Return ratios by length, at a common distribution of lengths, and of the beginning only.

    Args:
        tallies: The rows of each arm, whose lengths make the common distribution.
        least_chars: Characters of a measurable generation.
        note: What is to be known of the cut of both splits.
        why_not: Why the splits cannot be compared; None where they can.
    """
    train = tallies[TUNED_TRAIN]
    measured = train.measured()
    pooled = [row.num_chars for tally in tallies.values() for row in tally.measured().rows]
    unit = unit_of_length(train)
    return {
        "unit": unit,
        "deciles": deciles(measured),
        "standardized": standardized(measured, pooled).to_dict(),
        "standardized_heldout": _heldout_standardized(tallies, pooled, note, why_not),
        "standardized_base_model": _base_standardized(tallies, pooled),
        "per_1000_tokens": per_1000_tokens(measured).to_dict(),
        "first_tokens": {
            str(n): of_first_tokens(train, n, least_chars, unit).to_dict() for n in FIRST_TOKENS
        },
    }


def deciles(measured: Tally) -> list[dict[str, object]]:
    """Return the ratios of tenths of the generations, from the shortest to the longest.

    Generations of equal length stay in one tenth, so there may be fewer tenths than ten.
    """
    if not len(measured):
        return []
    lengths = np.array([row.num_chars for row in measured.rows])
    which = strata(lengths, edges_of(lengths))
    rows = []
    for stratum in np.unique(which):
        inside = which == stratum
        rows.append(
            {
                "min_chars": int(lengths[inside].min()),
                "max_chars": int(lengths[inside].max()),
                "ratios": ratios_of(measured.select(inside), MAIN).to_dict(),
            }
        )
    return rows


def edges_of(lengths: Sequence[int] | Ints) -> Floats:
    """Return the inner edges of strata with equally many lengths, ascending and different."""
    inner = np.linspace(0, 1, NUM_STRATA + 1)[1:-1]
    return np.unique(np.quantile(np.asarray(lengths, dtype=np.float64), inner))


def strata(lengths: Sequence[int] | Ints, edges: Floats) -> Ints:
    """Return each length's stratum, of shape (N,)."""
    return np.searchsorted(edges, np.asarray(lengths), side="left")


def standardized(measured: Tally, pooled: Sequence[int], way: str = MAIN) -> Ratios:
    """Return the ratios that the generations would have at the lengths of all arms together.

    Direct standardization: each stratum's ratio is weighted by the stratum's share of the pooled
    lengths. Intervals are Wilson's at the size at which unweighted generations would be as sure.

    Args:
        measured: The generations.
        pooled: Lengths of all arms, in characters.
        way: The way of counting.
    """
    if not len(measured):
        return wilson_ratios({}, 0)
    edges = edges_of(pooled)
    own = strata([row.num_chars for row in measured.rows], edges)
    of_all = np.bincount(strata(pooled, edges), minlength=len(edges) + 1)
    of_own = np.bincount(own, minlength=len(edges) + 1)
    weights = np.where(of_own > 0, of_all / np.maximum(of_own, 1), 0.0)[own]
    kinds = [row.kind(way) for row in measured.rows]
    units = [row.source for row in measured.rows]
    return _by_kind(kinds, lambda cases: _weighted(cases, weights, units))


def _heldout_standardized(
    tallies: Mapping[ArmKey, Tally], pooled: Sequence[int], note: str | None, why_not: str | None
) -> dict[str, object]:
    """Return the standardized ratios of held-out prompts, beside those of as many training ones."""
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    if why_not:
        return missing(why_not)
    train, heldout = tallies[TUNED_TRAIN].chosen(), tallies[HELDOUT].chosen()
    return {**standardized_beside(train, heldout, pooled, CUT), **noted(note)}


def _base_standardized(tallies: Mapping[ArmKey, Tally], pooled: Sequence[int]) -> dict[str, object]:
    """Return the standardized ratios of the base model, beside those of the tuned one."""
    if BASE not in tallies:
        return missing(NO_BASE)
    return standardized_beside(tallies[TUNED_TRAIN], tallies[BASE], pooled, MAIN)


def standardized_beside(
    train: Tally, other: Tally, pooled: Sequence[int], train_way: str
) -> dict[str, object]:
    """Return the standardized ratios of an arm, and as `train` those that are to be compared.

    Both are over the strata in which both wrote, with the same weights; `pool_share` is which share
    of the pooled lengths these strata have.

    Args:
        train: The tuned model's generations on training prompts.
        other: The other arm's.
        pooled: Lengths of all arms, in characters.
        train_way: The way of counting `train`; the other arm is counted in its whole index.
    """
    sides = train.measured(), other.measured()
    edges = edges_of(pooled) if pooled else np.empty(0)
    own, others = (strata([row.num_chars for row in side.rows], edges) for side in sides)
    common = np.intersect1d(own, others)
    inside = [
        side.select(np.isin(which, common))
        for side, which in zip(sides, (own, others), strict=True)
    ]
    if not len(common):
        null = wilson_ratios({}, 0, reason_if_empty=NO_COMMON).to_dict()
        return {**null, "train": null, "pool_share": 0.0}
    return {
        **standardized(inside[1], pooled).to_dict(),
        "train": standardized(inside[0], pooled, train_way).to_dict(),
        "pool_share": round(float(np.isin(strata(pooled, edges), common).mean()), 3),
    }


def per_1000_tokens(measured: Tally) -> Ratios:
    """Return generations with a case per 1,000 tokens that were generated.

    The interval is that of another draw of examples, whose outputs would have other lengths.
    """
    tokens = [row.num_tokens for row in measured.rows]
    if sum(tokens) < max(1, len(measured)):
        return wilson_ratios(
            {}, 0, reason_if_empty="num_tokens has less than one token a generation"
        )
    kinds = [row.kind(MAIN) for row in measured.rows]
    units = [row.source for row in measured.rows]
    return _by_kind(kinds, lambda cases: _per_token(cases, tokens, units))


def _by_kind(kinds: Sequence[Kind], ratio: Callable[[list[bool]], Ratio]) -> Ratios:
    """Return a ratio of the generations of each kind, and of any."""
    named = {str(kind): ratio([found is kind for found in kinds]) for kind in KINDS_BY_STRENGTH}
    return Ratios(any=ratio([found is not Kind.NONE for found in kinds]), **named)


def _per_token(cases: Sequence[bool], tokens: Sequence[int], units: Sequence[str]) -> Ratio:
    """Return cases per token written; all of length N."""
    low, high = rate(cases, tokens, units).ci95
    # no more than a case a token is possible, whatever the mean length may be
    ends = (1000 * low, min(1000.0, 1000 * high))
    return Ratio(sum(cases), sum(tokens), ends, "wilson and the mean length of generations, joined")


def _weighted(cases: Sequence[bool], weights: Floats, units: Sequence[str]) -> Ratio:
    """Return a weighted share; all of length N."""
    found = weighted_share(cases, weights, units)
    return Ratio(
        sum(cases),
        len(cases),
        (1000 * found.ci95[0], 1000 * found.ci95[1]),
        "standardized to the lengths of all arms, wilson at the effective size",
        estimate_permille=1000 * found.value,
    )


def unit_of_length(tally: Tally) -> str:
    """Return what lengths are counted in: tokens, or words where generations do not give them."""
    known = [row.counts_tokens for row in tally.rows]
    return TOKENS if all(known) else MIXED if any(known) else WORDS


def of_first_tokens(tally: Tally, num_tokens: int, least_chars: int, unit: str) -> Ratios:
    """Return the ratios of what lies in the first tokens of the generations that have so many.

    Shorter ones are left out: with them, texts of different lengths would be compared.

    Args:
        tally: The generations.
        num_tokens: Tokens, or words, at the beginning.
        least_chars: Characters of a beginning that can be measured.
        unit: What `unit_of_length` says.
    """
    if unit == MIXED:
        return wilson_ratios({}, 0, reason_if_empty="only some give their num_tokens")
    reach = [row for row in tally.rows if row.num_tokens >= num_tokens]
    why = f"no beginning of {num_tokens} {unit} is measurable"
    if not reach:
        why = f"none has {num_tokens} {unit}"

    def cut_off(row: Row) -> Row:
        return replace(row, is_measured=row.chars_of_first(num_tokens) >= least_chars)

    beginnings = Tally([cut_off(row) for row in reach])
    return ratios_of(beginnings, first_tokens_way(num_tokens), reason_if_empty=why)
