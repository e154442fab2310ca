"""The page's drawings of the attention, from a run's files."""

from pathlib import Path

from permille.report.across_tasks import path_of
from permille.report.attention_files import stored_epochs
from permille.report.attention_pictures import examples_by_epoch
from permille.report.heatmaps import draw_dispersion_by_epoch
from permille.report.inline_svg import inline_svg
from permille.report.ratio_charts import draw_paths_against_ratio


def dispersion_svg(folder: Path) -> str:
    """Return the drawing of CAD by epoch, training against held-out examples.

    Raises:
        DataError: If a file is missing or cannot be read.
    """
    epochs = stored_epochs(folder)
    figure = draw_dispersion_by_epoch(epochs, *examples_by_epoch(folder, epochs))
    return inline_svg(figure, "CAD by epoch, training against held-out examples")


def against_ratio_svg(run: Path) -> str | None:
    """Return the drawing of CAD against the ratio by epoch; None of fewer than two epochs."""
    path = path_of(run)
    if len(path) < 2:
        return None
    figure = draw_paths_against_ratio({"this run": path})
    return inline_svg(figure, "CAD against the ratio, by epoch")
