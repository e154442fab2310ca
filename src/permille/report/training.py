"""The curves of a training, on one axis of epochs."""

from collections.abc import Mapping, Sequence

from permille.report.claim import Report, part
from permille.report.run_files import RunFiles, curves_of

Points = Sequence[tuple[float, float]]
RATIO_PANEL = "per mille"
PANELS = {
    "loss": ("train/loss", "val/loss"),
    "utility": ("val/",),
    "CAD": ("attention/cad", "attention/cad_heldout"),
    RATIO_PANEL: ("memorization/",),
    "n-gram overlap": ("memorization/ngram_overlap",),
}
"""Which metrics go into which panel; a name that ends in a slash takes what no other panel has."""


def audited_curves(files: RunFiles) -> Mapping[str, Points]:
    """Return a finished run's curves, what the audit found at the epoch whose weights it is of."""
    lines = list(files.lines("metrics.jsonl"))
    return curves_of(lines, kept_epoch(files.report(), curves_of(lines)))


def training_panels(curves: Mapping[str, Points]) -> dict[str, dict[str, Points]]:
    """Return the curves by panel, without panels that have none.

    A panel of single points is left out beside one that has curves. Of two values at one epoch
    the last one stays, that of all prompts.
    """
    by_label: dict[str, dict[str, Points]] = {
        label: {
            name: list(dict(points).items())
            for name, points in curves.items()
            if _has_place(name, names)
        }
        for label, names in PANELS.items()
    }
    panels = {label: found for label, found in by_label.items() if found}
    drawn = {label: found for label, found in panels.items() if max(map(len, found.values())) > 1}
    return drawn or panels


def _has_place(name: str, names: Sequence[str]) -> bool:
    """Tell whether a metric goes into the panel of these names."""
    if any(name in of_panel for of_panel in PANELS.values()):
        return name in names
    return name.startswith(tuple(one for one in names if one.endswith("/")))


def training_table(
    panels: Mapping[str, Mapping[str, Points]],
) -> tuple[list[str], list[tuple[float, list[str]]]]:
    """Return the names of all curves, and for each epoch their values, empty where there is none.

    >>> training_table({"loss": {"train/loss": [(0, 2.5), (1, 1.25)], "val/loss": [(1, 2.0)]}})
    (['train/loss', 'val/loss'], [(0, ['2.5', '']), (1, ['1.25', '2'])])
    """
    curves = {name: dict(points) for found in panels.values() for name, points in found.items()}
    epochs = sorted({epoch for points in curves.values() for epoch in points})
    return list(curves), [
        (
            epoch,
            [f"{points[epoch]:.4g}" if epoch in points else "" for points in curves.values()],
        )
        for epoch in epochs
    ]


def kept_epoch(report: Report, curves: Mapping[str, Points]) -> float | None:
    """Return the epoch whose weights were audited; None where nothing was trained."""
    losses = curves.get("val/loss", ())
    if part(report, "settings").get("audit.weights") == "best" and losses:
        return min(losses, key=lambda point: point[1])[0]
    trained = curves.get("train/loss") or losses
    return max(epoch for epoch, _ in trained) if trained else None


def audited_cad(report: Report, curves: Mapping[str, Points], split: str = "train") -> float | None:
    """Return the CAD of the weights that were audited; None where it is not known.

    Args:
        report: The content of report.json.
        curves: The run's metrics by epoch; nothing where another run trained the weights.
        split: Of which probes, `train` or `heldout`.
    """
    values = part(report, "attention", "cad").get(split)
    if not isinstance(values, list) or not values:
        return None
    epoch = kept_epoch(report, curves)
    if epoch is None:
        is_last = part(report, "settings").get("audit.weights") != "best"
        epoch = len(values) - 1 if is_last else len(values)
    return values[int(epoch)] if epoch < len(values) else None
