"""Texts of cases, packed within a size."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from permille.report.case_rows import case_rows
from permille.report.case_texts import CONTEXT_CHARS, MAX_RUN_CHARS, cut, pack_texts, windows
from permille.report.embedded import unpacked
from permille.report.run_files import RunFiles

from .made_run import make_run

spans = st.lists(
    st.tuples(st.integers(0, 9000), st.integers(0, 9000)).map(lambda ends: tuple(sorted(ends))),
    max_size=5,
)


@given(st.integers(0, 9000), spans)
def test_windows_are_disjoint_ascending_and_within_the_text(length, found) -> None:
    edges = [edge for window in windows(length, found) for edge in window]
    assert edges == sorted(edges)
    assert all(0 <= edge <= length for edge in edges)


@given(spans)
def test_every_short_run_lies_within_a_window_with_its_surroundings(found) -> None:
    shown = windows(9000, found)
    for start, end in found:
        if end - start <= MAX_RUN_CHARS:
            assert any(
                low <= max(0, start - CONTEXT_CHARS) and min(9000, end + CONTEXT_CHARS) <= high
                for low, high in shown
            )


def test_of_a_very_long_run_both_ends_are_kept() -> None:
    pieces = cut("x" * 1_000_000, [(1000, 999_000)])["pieces"]
    assert [start for start, _ in pieces] == [700, 996_500]
    assert sum(len(text) for _, text in pieces) < 2 * MAX_RUN_CHARS


def test_texts_are_whole_then_cut_then_left_out_as_the_page_grows(tmp_path: Path) -> None:
    rows = case_rows(RunFiles(make_run(tmp_path, 300, num_words=300)), 8, str)
    whole = pack_texts(rows)
    assert (len(whole.chunks), whole.num_cut, whole.num_without) == (3, 0, 0)
    size = len(whole.chunks[0])
    less = pack_texts(rows, max_whole_chars=size, max_packed_chars=int(1.5 * size))
    assert (less.num_cut, less.num_without) == (100, 100)
    lengths = [
        sum(len(text) for _, text in unpacked(chunk)[0][1]["pieces"]) for chunk in less.chunks
    ]
    assert lengths[0] > lengths[1] > lengths[2] == 0
