"""The torchmetrics shell, in one process and in two."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import Kind
from permille.measure.memorization import MemorizationRatio
from permille.measure.ratio import wilson_ratios

kinds = st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=50)


@given(kinds, st.integers(1, 49))
def test_the_ratios_equal_those_of_the_report_however_the_batches_are_cut(drawn, cut):
    metric = MemorizationRatio()
    metric.update(drawn[:cut])
    metric.update(drawn[cut:])
    counts = {kind: drawn.count(kind) for kind in Kind}
    report = wilson_ratios(counts, len(drawn))
    found = {name: float(value) for name, value in metric.compute().items()}
    assert found == pytest.approx(
        {
            "any_permille": report.any.permille,
            "verbatim_permille": report.verbatim.permille,
            "paraphrase_permille": report.paraphrase.permille,
            "idea_permille": report.idea.permille,
        }
    )


def test_kinds_may_be_given_by_name():
    metric = MemorizationRatio()
    metric.update(["verbatim", "none", "idea", "none"])
    assert float(metric.compute()["any_permille"]) == 500


def test_after_a_reset_nothing_is_left():
    metric = MemorizationRatio()
    metric.update([Kind.VERBATIM])
    metric.reset()
    metric.update([Kind.NONE])
    assert float(metric.compute()["any_permille"]) == 0


def test_of_nothing_the_ratios_are_no_numbers():
    metric = MemorizationRatio()
    metric.update([])
    assert all(math.isnan(float(value)) for value in metric.compute().values())


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'copied' is not a valid Kind"):
        MemorizationRatio().update(["copied"])


def count_in_one_of_two_processes(rank: int, folder: str) -> None:
    store = f"file://{folder}/store"
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=2)
    metric = MemorizationRatio()
    if rank == 0:
        metric.update(["verbatim", "verbatim", "none", "paraphrase", "none"])
    else:
        metric.update(["none"])
    torch.save(metric.compute(), f"{folder}/{rank}.pt")
    dist.destroy_process_group()


def test_two_processes_with_unequal_shares_count_as_one(tmp_path: Path):
    with subprocess.Popen([sys.executable, __file__, "1", str(tmp_path)]) as other:
        count_in_one_of_two_processes(0, str(tmp_path))
    assert other.returncode == 0
    one = MemorizationRatio()
    one.update(["verbatim", "verbatim", "none", "paraphrase", "none", "none"])
    for rank in range(2):
        assert torch.load(tmp_path / f"{rank}.pt") == one.compute()


if __name__ == "__main__":
    count_in_one_of_two_processes(int(sys.argv[1]), sys.argv[2])
