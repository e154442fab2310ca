"""Training prompts against held-out ones: what the same model gives back of texts it never saw."""

from collections.abc import Mapping

from permille.audit.controls.contrasts import by_kind, cases_of, groups_of, missing
from permille.audit.rows import CROSS, CUT, MAIN
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import ArmKey
from permille.core.records import Arm, Split
from permille.measure.contrast import Contrast, independent_contrast

TRAIN, HELDOUT = (Arm.TUNED, Split.TRAIN), (Arm.TUNED, Split.HELDOUT)
NO_HELDOUT = "no held-out generations of the tuned model with held-out documents were given"


def heldout_ratios(tallies: Mapping[ArmKey, Tally]) -> dict[str, object]:
    """Return the ratios over held-out prompts, or why there are none."""
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    return dict(ratios_of(tallies[HELDOUT].chosen(), MAIN).to_dict())


def heldout_control(tallies: Mapping[ArmKey, Tally], *, seed: int) -> dict[str, object]:
    """Return R(tuned; H, index of H) and its difference to R(tuned; D, index of D).

    Both splits are cut to the same number of prompts and documents; `train` has D's ratios then.

    Args:
        tallies: The rows of each arm.
        seed: Of the permutations.
    """
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    train, heldout = tallies[TRAIN].chosen(), tallies[HELDOUT].chosen()
    return {
        **heldout_ratios(tallies),
        "train": ratios_of(train, CUT).to_dict(),
        "prompts": len(heldout),
        "difference": by_kind(
            lambda kind: split_contrast(train, heldout, kind, seed=seed),
            lambda kind: split_contrast(
                train.measurable_only(), heldout.measurable_only(), kind, seed=seed
            ),
        ),
    }


def split_contrast(train: Tally, heldout: Tally, kind: str, *, seed: int) -> Contrast:
    """Return the share of training prompts with a case of a kind minus that of held-out ones."""
    return independent_contrast(
        cases_of(train, CUT, kind),
        cases_of(heldout, MAIN, kind),
        first_groups=groups_of(train),
        second_groups=groups_of(heldout),
        seed=seed,
    )


def cross_index_control(tallies: Mapping[ArmKey, Tally]) -> dict[str, object]:
    """Return R(tuned; D, index of H): what matches by chance and by genre."""
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    return dict(ratios_of(tallies[TRAIN].chosen(), CROSS).to_dict())
