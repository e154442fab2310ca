"""Training prompts against held-out ones: what the same model gives back of texts it never saw."""

from collections.abc import Mapping
from dataclasses import dataclass

from permille.audit.controls.contrasts import by_kind, cases_of, groups_of, missing, noted
from permille.audit.rows import CROSS, CUT, MAIN
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import ArmKey
from permille.core.records import Arm, Split
from permille.measure.contrast import Contrast, independent_contrast

TRAIN, HELDOUT = (Arm.TUNED, Split.TRAIN), (Arm.TUNED, Split.HELDOUT)
NO_HELDOUT = "no held-out generations of the tuned model with held-out documents were given"


@dataclass(frozen=True, slots=True)
class Counting:
    """How both splits are counted when they are compared.

    Attributes:
        train: The way of counting training prompts, in the index of contrasts.
        heldout: That of held-out ones.
    """

    train: str = CUT
    heldout: str = MAIN


EVERYTHING = Counting()


def heldout_ratios(
    tallies: Mapping[ArmKey, Tally], counting: Counting = EVERYTHING
) -> dict[str, object]:
    """Return the ratios over held-out prompts, or why there are none."""
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    return dict(ratios_of(tallies[HELDOUT].chosen(), counting.heldout).to_dict())


def heldout_control(
    tallies: Mapping[ArmKey, Tally],
    *,
    seed: int,
    note: str | None = None,
    why_not: str | None = None,
    counting: Counting = EVERYTHING,
) -> dict[str, object]:
    """Return R(tuned; H, index of H) and its difference to R(tuned; D, index of D).

    Both splits are cut to the same number of prompts and documents, of tasks that both have;
    `train` has D's ratios then.

    Args:
        tallies: The rows of each arm.
        seed: Of the permutations.
        note: What is to be known of the cut.
        why_not: Why the splits cannot be compared; None where they can.
        counting: How both are counted.
    """
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    train, heldout = (tallies[arm].chosen() for arm in (TRAIN, HELDOUT))
    counts = {"prompts": heldout.num_prompts, "generations": len(heldout)}
    if why_not:
        null = Contrast(reason=why_not)
        difference = by_kind(lambda _: null, lambda _: null)
        return {**heldout_ratios(tallies, counting), **counts, "difference": difference}
    return {
        **heldout_ratios(tallies, counting),
        **noted(note),
        "train": ratios_of(train, counting.train).to_dict(),
        **counts,
        "difference": by_kind(
            lambda kind: split_contrast(train, heldout, kind, seed=seed, counting=counting),
            lambda kind: split_contrast(
                train.measurable_only(),
                heldout.measurable_only(),
                kind,
                seed=seed,
                counting=counting,
            ),
        ),
    }


def split_contrast(
    train: Tally, heldout: Tally, kind: str, *, seed: int, counting: Counting = EVERYTHING
) -> Contrast:
    """Return the share of training prompts with a case of a kind minus that of held-out ones."""
    return independent_contrast(
        cases_of(train, counting.train, kind),
        cases_of(heldout, counting.heldout, kind),
        first_groups=groups_of(train),
        second_groups=groups_of(heldout),
        seed=seed,
    )


def cross_index_control(
    tallies: Mapping[ArmKey, Tally], *, note: str | None = None, why_not: str | None = None
) -> dict[str, object]:
    """Return R(tuned; D, index of H): what matches by chance and by genre.

    Args:
        tallies: The rows of each arm.
        note: What is to be known of the cut.
        why_not: Why the splits cannot be compared; None where they can.
    """
    if HELDOUT not in tallies:
        return missing(NO_HELDOUT)
    if why_not:
        return missing(why_not)
    return {**ratios_of(tallies[TRAIN].chosen(), CROSS).to_dict(), **noted(note)}
