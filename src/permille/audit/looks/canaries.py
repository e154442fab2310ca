"""How well strings that were inserted on purpose were learned, by how often they were inserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from permille.measure.exposure import Exposure
from permille.measure.ratio import wilson_ratio

NO_CANARIES = "no strings were inserted; train with data.canaries=N"


@dataclass(frozen=True, slots=True)
class TriedCanary:
    """One string: how often it was inserted, whether it was written, and how it ranks.

    `times` is 0 for a string of the same space that was never trained on.
    """

    times: int
    is_extracted: bool
    exposure: Exposure


def describe_canaries(tried: Sequence[TriedCanary], space: str) -> dict[str, object]:
    """Return extraction and exposure by repetition, fewest first.

    Args:
        tried: The strings.
        space: What strings they are drawn from, in words.
    """
    if not tried:
        return {"missing": NO_CANARIES}
    rows = []
    for times in sorted({one.times for one in tried}):
        chosen = [one for one in tried if one.times == times]
        extracted = sum(one.is_extracted for one in chosen)
        rows.append(
            {
                "times": times,
                "extracted": wilson_ratio(extracted, len(chosen)).to_dict(),
                "median_exposure_bits": round(median(one.exposure.bits for one in chosen), 2),
                "exposures": [one.exposure.to_dict() for one in chosen],
            }
        )
    return {"space": space, "by_times": rows}
