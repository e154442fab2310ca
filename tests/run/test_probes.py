"""Which examples are forced through a run's model."""

from permille.core.records import Split
from permille.run.loading import Loaded
from permille.run.probes import probes_of


def test_the_probe_set_is_fixed_and_has_both_splits(loaded: Loaded) -> None:
    probes = probes_of(loaded, 4)
    assert probes == probes_of(loaded, 4)
    assert [probe.split for probe in probes] == [Split.TRAIN] * 4 + [Split.HELDOUT] * 4


def test_where_there_are_fewer_examples_all_are_taken(loaded: Loaded) -> None:
    probes = probes_of(loaded, 10_000)
    assert len(probes) == len(loaded.splits.train) + len(loaded.splits.heldout)
