"""The table of the sparse-coding simulation."""

from collections.abc import Sequence

from permille.measure.sparse_coding import Estimate, SparseCodingRow


def sparse_coding_table(rows: Sequence[SparseCodingRow]) -> list[str]:
    """Write rows as the lines of a plain table, means with 95 % intervals."""
    head = f"{'k':>3} {'ideal':>6} {'dispersion':>20} {'memorization':>20} {'generalization':>21}"
    lines = [head]
    for row in rows:
        cells = [_cell(e) for e in (row.dispersion, row.memorization, row.generalization)]
        lines.append(
            f"{row.num_needed:>3} {row.ideal_dispersion:>6.2f} {cells[0]:>20} {cells[1]:>20} "
            f"{cells[2]:>21}"
        )
    return lines


def _cell(estimate: Estimate) -> str:
    if estimate.ci95 is None:
        return f"{estimate.mean:.2f}"
    return f"{estimate.mean:.2f} [{estimate.ci95[0]:.2f}, {estimate.ci95[1]:.2f}]"
