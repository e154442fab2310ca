"""The model before fine-tuning: what it wrote of the training texts without having been trained."""

from collections.abc import Mapping

from permille.audit.controls.contrasts import by_kind, cases_of, groups_of, missing, noted, paired
from permille.audit.controls.heldout import NO_HELDOUT
from permille.audit.rows import CUT, MAIN
from permille.audit.tally import Flags, Tally, ratios_of
from permille.audit.views import ArmKey
from permille.core.records import Arm, Split
from permille.measure.contrast import Contrast, paired_contrast
from permille.measure.contrast import difference_in_differences as contrast_of_contrasts

NO_BASE = "no generations of the model before fine-tuning; a model from scratch has none"
Pair = tuple[Tally, Tally]


def base_model_control(tallies: Mapping[ArmKey, Tally]) -> dict[str, object]:
    """Return R(base; D, index of D) and its paired difference to the tuned model's."""
    if (Arm.BASE, Split.TRAIN) not in tallies:
        return missing(NO_BASE)
    base = tallies[Arm.BASE, Split.TRAIN]
    pair = paired(tallies[Arm.TUNED, Split.TRAIN], base)
    return {
        **ratios_of(base, MAIN).to_dict(),
        "pairs": len(pair[0]),
        "difference": by_kind(
            lambda kind: model_contrast(pair, kind),
            lambda kind: model_contrast(_measurable_in_both(pair), kind),
        ),
    }


def model_contrast(pair: Pair, kind: str) -> Contrast:
    """Return the share of prompts with a case of a kind: tuned minus base, prompt by prompt."""
    tuned, base = pair
    return paired_contrast(
        cases_of(tuned, MAIN, kind), cases_of(base, MAIN, kind), groups=groups_of(tuned)
    )


def difference_in_differences(
    tallies: Mapping[ArmKey, Tally],
    *,
    seed: int,
    note: str | None = None,
    why_not: str | None = None,
) -> dict[str, object]:
    """Return (tuned D - tuned H) - (base D - base H) by kind, or why it cannot be had.

    Args:
        tallies: The rows of each arm.
        seed: Of the permutations.
        note: What is to be known of the cut to equal sizes.
        why_not: Why the splits cannot be compared; None where they can.
    """
    if (Arm.TUNED, Split.HELDOUT) not in tallies:
        return missing(NO_HELDOUT)
    if why_not:
        return missing(why_not)
    if not all((Arm.BASE, split) in tallies for split in Split):
        return missing(f"{NO_BASE}; heldout.difference is what can be claimed")
    train, heldout = (
        paired(tallies[Arm.TUNED, split].chosen(), tallies[Arm.BASE, split].chosen())
        for split in Split
    )
    found = by_kind(
        lambda kind: _double_contrast(train, heldout, kind, seed),
        lambda kind: _double_contrast(
            _measurable_in_both(train), _measurable_in_both(heldout), kind, seed
        ),
    )
    return {**found, **noted(note)}


def _double_contrast(train: Pair, heldout: Pair, kind: str, seed: int) -> Contrast:
    """Return the difference in differences of one kind."""
    return contrast_of_contrasts(
        cases_of(train[0], CUT, kind),
        cases_of(train[1], CUT, kind),
        cases_of(heldout[0], MAIN, kind),
        cases_of(heldout[1], MAIN, kind),
        train_groups=groups_of(train[0]),
        heldout_groups=groups_of(heldout[0]),
        seed=seed,
    )


def _measurable_in_both(pair: Pair) -> Pair:
    """Return the pairs whose two generations are long enough for the detector."""
    both: Flags = pair[0].measurable & pair[1].measurable
    return pair[0].select(both), pair[1].select(both)
