"""What of its targets a model writes when it is asked for them, and what it would write.

The continuation of an encoder-decoder's input is its target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from permille.audit.controls.contrasts import groups_or_none
from permille.measure.closeness import BLEU_THRESHOLD, rouge_l, sentence_bleu
from permille.measure.contrast import independent_contrast
from permille.measure.extraction import (
    exact_match_rate,
    extraction_strength,
    is_extractable,
    is_extractable_in,
)
from permille.measure.mean import bounded_mean
from permille.measure.ngram import SIZES, ngram_share, words
from permille.measure.ratio import wilson_ratio
from permille.model.config import DecodingConfig

NOTHING_LEFT = "no target has tokens behind those that are given"
SCHEMES = {
    "temperature=1": DecodingConfig(do_sample=True),
    "temperature=0.7": DecodingConfig(do_sample=True, temperature=0.7),
    "top_k=40": DecodingConfig(do_sample=True, top_k=40),
    "top_p=0.9": DecodingConfig(do_sample=True, top_p=0.9),
}
"""Sampling schemes under which (n, p)-discoverable extraction is always asked for."""
BEAM_SEARCH = "undefined for beam search, which gives a text no probability of its own"


@dataclass(frozen=True, slots=True)
class Continuation:
    """What follows the given tokens of one target, and what the model wrote in its place.

    `true` ends with the end token; `predicted` has the most probable token at each of its places,
    given the true ones before it. `group` names the examples that share text with it; None where
    each is by itself.
    """

    written: Sequence[int]
    true: Sequence[int]
    predicted: Sequence[int]
    written_text: str
    true_text: str
    group: str | None = None


def own_scheme(decoding: DecodingConfig) -> dict[str, DecodingConfig]:
    """Return the audit's own decoding as a sampling scheme, by name; nothing for beam search.

    Greedy decoding is drawing from the one likeliest token.
    """
    if decoding.num_beams > 1:
        return {}
    if not decoding.do_sample:
        return {"greedy": DecodingConfig(do_sample=True, top_k=1)}
    known = [name for name, scheme in SCHEMES.items() if _same(scheme, decoding)]
    return {} if known else {"audit.decoding": decoding}


def _same(scheme: DecodingConfig, other: DecodingConfig) -> bool:
    """Tell whether two sampling schemes give every token the same probability."""
    fields = ("temperature", "top_k", "top_p")
    return all(getattr(scheme, name) == getattr(other, name) for name in fields)


def describe_sides(
    train: Sequence[Continuation], heldout: Sequence[Continuation], *, seed: int = 0
) -> dict[str, object]:
    """Return the extraction of training and held-out targets, and the difference.

    Args:
        train: Of training targets.
        heldout: Of held-out targets.
        seed: Of the permutations.
    """
    sides = [[one for one in side if len(one.true)] for side in (train, heldout)]
    found = [[bool(is_extractable(one.written, one.true)) for one in side] for side in sides]
    groups = [groups_or_none([one.group for one in side]) for side in sides]
    difference = independent_contrast(
        *found, first_groups=groups[0], second_groups=groups[1], seed=seed
    )
    return {
        "train": _describe(sides[0], found[0]),
        "heldout": _describe(sides[1], found[1]),
        "difference": {"discoverable": difference.to_dict()},
    }


def _describe(side: Sequence[Continuation], is_written: Sequence[bool]) -> dict[str, object]:
    """Return every measure of one split, `is_written` being whether targets were exactly."""
    discoverable = wilson_ratio(sum(is_written), len(side), reason_if_empty=NOTHING_LEFT)
    pairs = [(one.written_text, one.true_text) for one in side]
    close = sum(score > BLEU_THRESHOLD for score in sentence_bleu(pairs))
    matches = [exact_match_rate(one.predicted, one.true) for one in side]
    strengths = [extraction_strength(one.predicted, one.true) for one in side]
    return {
        "discoverable": discoverable.to_dict(),
        "exact_match": bounded_mean(matches, reason_if_empty=NOTHING_LEFT).to_dict(),
        "extraction_strength": bounded_mean(strengths, reason_if_empty=NOTHING_LEFT).to_dict(),
        "ngram_share": _ngram_shares(pairs),
        "rouge_l": bounded_mean(rouge_l(pairs), reason_if_empty=NOTHING_LEFT).to_dict(),
        "bleu_over_0.75": wilson_ratio(close, len(side), reason_if_empty=NOTHING_LEFT).to_dict(),
    }


def _ngram_shares(pairs: Sequence[tuple[str, str]]) -> dict[str, object]:
    """Return the mean share of written n-grams that stand in the true text, and of each size."""
    by_size: dict[int, list[float | None]] = {size: [] for size in SIZES}
    for written, true in pairs:
        own, others = words(written), [words(true)]
        for size in SIZES:
            by_size[size].append(ngram_share(own, others, size))
    means = [_mean_known(shares) for shares in zip(*by_size.values(), strict=True)]
    reason = f"nothing written has {min(SIZES)} words"
    return {
        **bounded_mean(means, reason_if_empty=reason).to_dict(),
        "by_size": {
            str(size): bounded_mean(shares, reason_if_empty=f"nothing has {size} words").to_dict()
            for size, shares in by_size.items()
        },
    }


def _mean_known(shares: Sequence[float | None]) -> float | None:
    """Return the mean of those shares that there are."""
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def describe_schemes(
    train: Sequence[Mapping[str, float]],
    heldout: Sequence[Mapping[str, float]],
    num_samples: Sequence[int],
    chances: Sequence[float],
    decoding: DecodingConfig,
) -> dict[str, object]:
    """Return (n, p)-discoverable extraction by sampling scheme, split, and "n=N,p=P".

    Args:
        train: Of each training target its log-probability under each scheme.
        heldout: The same of held-out targets.
        num_samples: The numbers n.
        chances: The chances p.
        decoding: The audit's own decoding.
    """
    names = [*SCHEMES, *own_scheme(decoding)]
    found: dict[str, object] = {
        name: {
            split: _by_samples_and_chance([one[name] for one in side], num_samples, chances)
            for split, side in (("train", train), ("heldout", heldout))
        }
        for name in names
    }
    if decoding.num_beams > 1:
        found[f"num_beams={decoding.num_beams}"] = {"missing": BEAM_SEARCH}
    return found


def _by_samples_and_chance(
    log_probabilities: Sequence[float], num_samples: Sequence[int], chances: Sequence[float]
) -> dict[str, object]:
    """Return the ratio of targets that are extractable, by n and p."""
    return {
        f"n={n},p={p:g}": wilson_ratio(
            sum(is_extractable_in([value], n, p) for value in log_probabilities),
            len(log_probabilities),
        ).to_dict()
        for n in num_samples
        for p in chances
    }
