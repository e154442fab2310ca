"""The table of the simulation."""

from permille.measure.sparse_coding import Estimate, Figures, SparseCodingRow
from permille.report.sparse_coding_table import sparse_coding_table


def row(needed: int, ends: tuple[float, float] | None) -> SparseCodingRow:
    estimate, before, change = (Estimate(mean, ends) for mean in (0.25, 0.85, -0.6))
    stages = {"untrained": Figures(*[before] * 3), "change": Figures(*[change] * 3)}
    return SparseCodingRow(needed, 0.5, *[estimate] * 4, **stages)


def test_each_k_has_a_line_before_training_one_behind_it_and_one_of_the_change() -> None:
    lines = sparse_coding_table([row(1, (0.2, 0.3)), row(16, (-0.2, -0.3))])
    titles = ["dispersion", "memorization", "generalization"]
    assert lines[0].split() == ["k", "ideal", "trained", *titles]
    assert [line.split()[0] for line in lines[1:]] == ["1", "yes", "change", "16", "yes", "change"]
    assert {len(line) for line in lines} == {80}
    assert lines[5].split()[:3] == ["yes", "0.25", "[-0.20,"]


def test_one_seed_has_means_alone() -> None:
    _, before, after, change = sparse_coding_table([row(2, None)])
    assert before.split() == ["2", "0.50", "no", "0.85", "0.85", "0.85"]
    assert after.split() == ["yes", "0.25", "0.25", "0.25"]
    assert change.split() == ["change", "-0.60", "-0.60", "-0.60"]
