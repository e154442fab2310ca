"""Texts cut into marked pieces."""

from hypothesis import given
from hypothesis import strategies as st

from permille.report.marked import Piece, marked_pieces

texts = st.text(max_size=60)
spans = st.lists(
    st.tuples(st.integers(0, 70), st.integers(0, 70)).map(lambda ends: (min(ends), max(ends))),
    max_size=4,
)


def test_the_span_of_a_case_is_marked_with_its_number() -> None:
    assert marked_pieces("abcdef", [(2, 4)]) == [Piece("ab"), Piece("cd", 1), Piece("ef")]


def test_what_is_far_from_every_case_is_left_out() -> None:
    pieces = marked_pieces("x" * 50 + "HIT" + "y" * 50, [(50, 53)], context_chars=2)
    assert "".join(piece.text for piece in pieces) == " … xxHITyy … "


@given(texts, spans)
def test_with_enough_context_nothing_is_lost(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = marked_pieces(text, spans, context_chars=100)
    assert "".join(piece.text for piece in pieces) == text


@given(texts, spans)
def test_marked_pieces_are_the_text_inside_the_spans(
    text: str, spans: list[tuple[int, int]]
) -> None:
    marked = sum(len(piece.text) for piece in marked_pieces(text, spans, 100) if piece.number)
    covered = {place for start, end in spans for place in range(start, min(end, len(text)))}
    assert marked == len(covered)
