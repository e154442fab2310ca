"""Treebank tokens of the plain shapes of a chunk, without running NLTK's twenty expressions.

Only shapes whose tokens do not hang on anything around the chunk are answered here; the tests hold
every answer against NLTK.
"""

import re

_SPLIT_WORDS = frozenset(("cannot", "gimme", "gonna", "gotta", "lemme", "wanna"))
"""What the Treebank rules cut in two."""

_SPLIT_CLITICS = frozenset(("'s", "'m", "'d", "'ll", "'re", "'ve", "n't"))

_SHAPE = re.compile(
    r"""[(\["]?
        (?P<word>[a-z0-9]+(?:-[a-z0-9]+)*)
        (?P<clitic>'(?:s|m|d|ll|re|ve|t)|)
        (?P<close>[)\]"]?)
        (?P<mark>[.,;:?!]?)""",
    re.VERBOSE,
)


def plain_tokens(piece: str, is_last: bool) -> list[str] | None:
    """Return a lower-cased chunk's tokens without punctuation, or None where it is not plain.

    Args:
        piece: A stretch of text without blanks, between blanks or at an end of a sentence.
        is_last: Whether the sentence ends with it, so that a full stop stands by itself.
    """
    if piece.isalpha() and piece.isascii():
        return None if piece in _SPLIT_WORDS else [piece]
    shape = _SHAPE.fullmatch(piece)
    if shape is None:
        return None
    word, clitic, closing, mark = shape.groups()
    tail = clitic
    if clitic == "'t" and len(word) > 1 and word[-1] == "n":
        word, tail = word[:-1], "n't"
    if not _SPLIT_WORDS.isdisjoint(word.split("-")):
        return None
    if mark == "." and not is_last and not closing:
        return [word + tail + mark]
    if tail in _SPLIT_CLITICS:
        return [word, tail]
    return [word + tail]
