"""The table of the sparse-coding simulation."""

from collections.abc import Sequence

from permille.measure.sparse_coding import Estimate, Figures, SparseCodingRow


def sparse_coding_table(rows: Sequence[SparseCodingRow]) -> list[str]:
    """Write rows as the lines of a plain table of 80 columns, means with 95 % intervals.

    Each k has a line before training, one behind it, and one of what training changed.
    """
    head = f"{'k':>3} {'ideal':>5} {'trained':<7}"
    lines = [f"{head}{'dispersion':>21}{'memorization':>21}{'generalization':>21}"]
    for row in rows:
        trained = (row.dispersion, row.memorization, row.generalization)
        ideal = f"{row.num_needed:>3} {row.ideal_dispersion:>5.2f}"
        lines.append(f"{ideal} {'no':<7}{_cells(_estimates(row.untrained))}")
        lines.append(f"{'':>9} {'yes':<7}{_cells(trained)}")
        lines.append(f"{'':>9} {'change':<7}{_cells(_estimates(row.change))}")
    return lines


def _estimates(figures: Figures) -> tuple[Estimate, Estimate, Estimate]:
    return figures.dispersion, figures.memorization, figures.generalization


def _cells(estimates: Sequence[Estimate]) -> str:
    return "".join(f"{_cell(estimate):>21}" for estimate in estimates)


def _cell(estimate: Estimate) -> str:
    if estimate.ci95 is None:
        return f"{estimate.mean:.2f}"
    return f"{estimate.mean:.2f} [{estimate.ci95[0]:.2f}, {estimate.ci95[1]:.2f}]"
