"""The table of the simulation."""

from permille.measure.sparse_coding import Estimate, SparseCodingRow
from permille.report.sparse_coding_table import sparse_coding_table


def row(needed: int, ends: tuple[float, float] | None) -> SparseCodingRow:
    estimate = Estimate(0.25, ends)
    return SparseCodingRow(needed, 0.5, estimate, estimate, estimate, estimate)


def test_the_table_has_a_line_for_each_k() -> None:
    lines = sparse_coding_table([row(1, (0.2, 0.3)), row(16, (-0.2, 0.3))])
    assert lines[0].split() == ["k", "ideal", "dispersion", "memorization", "generalization"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "16"]
    assert len({len(line) for line in lines}) == 1
    assert "0.25 [-0.20, 0.30]" in lines[2]


def test_one_seed_has_means_alone() -> None:
    assert sparse_coding_table([row(2, None)])[1].split() == ["2", "0.50", "0.25", "0.25", "0.25"]
