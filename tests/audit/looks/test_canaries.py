"""Inserted strings by how often they were inserted."""

from permille.audit.looks.canaries import TriedCanary, describe_canaries
from permille.measure.exposure import exposure


def tried(times, loss, *, is_extracted=False):
    return TriedCanary(times, is_extracted, exposure(loss, range(1, 512), space=2**20))


def test_rows_stand_by_repetition_with_the_space_that_was_sampled():
    found = describe_canaries(
        [tried(100, 0, is_extracted=True), tried(1, 255), tried(0, 300), tried(100, 3)], "strings"
    )
    assert found["space"] == "strings"
    assert [row["times"] for row in found["by_times"]] == [0, 1, 100]
    last = found["by_times"][-1]
    assert (last["extracted"]["count"], last["extracted"]["of"]) == (1, 2)
    # ranks 1 and 4 of 512: 9 bits and 7 bits
    assert [one["bits"] for one in last["exposures"]] == [9.0, 7.0]
    assert last["median_exposure_bits"] == 8.0
    assert last["exposures"][0]["space"] == 2**20
    assert last["exposures"][0]["sampled"] == 511


def test_without_strings_it_says_how_to_insert_them():
    assert describe_canaries([], "strings") == {
        "missing": "no strings were inserted; train with data.canaries=N"
    }
