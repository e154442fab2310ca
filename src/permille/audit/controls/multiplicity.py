"""Many tests find something by chance: every p-value of an audit, corrected together."""

from collections.abc import Iterator, Mapping

from permille.core.records import KINDS_BY_STRENGTH
from permille.measure.multiplicity import holm

CONTRASTS = (
    ("heldout", "difference"),
    ("base_model", "difference"),
    ("difference_in_differences",),
)
KINDS = ("any", *map(str, KINDS_BY_STRENGTH))


def multiplicity(
    controls: Mapping[str, object], tasks: Mapping[str, object]
) -> list[dict[str, object]] | dict[str, object]:
    """Return every contrast's p-value, and the same by Holm's correction.

    Args:
        controls: All other controls.
        tasks: Of several tasks the controls of each.
    """
    p_by_test = dict(_p_values("", controls))
    for task, values in tasks.items():
        p_by_test |= dict(_p_values(f"{task}: ", values))
    rows = holm(p_by_test)
    return rows or {"missing": "there is no contrast, and so no p-value"}


def _p_values(prefix: str, controls: object) -> Iterator[tuple[str, float | None]]:
    """Yield the name and p-value of every contrast."""
    for path in CONTRASTS:
        place: object = controls
        for key in path:
            place = place.get(key) if isinstance(place, Mapping) else None
        for kind in KINDS:
            contrast = place.get(kind) if isinstance(place, Mapping) else None
            p = contrast.get("p") if isinstance(contrast, Mapping) else None
            if isinstance(p, float | int):
                yield f"{prefix}{path[0]} {kind}", float(p)
