"""Treebank tokens of the plain shapes of a chunk, without running NLTK's twenty expressions.

Only shapes whose tokens do not hang on anything around the chunk are answered here; the tests hold
every answer against NLTK.
"""

import re

SPLIT_WORDS = re.compile("cannot|gimme|gonna|gotta|lemme|wanna")
"""What the Treebank rules cut in two, in lower case."""

_SPLIT_CLITICS = frozenset(("'s", "'m", "'d", "'ll", "'re", "'ve", "n't"))

_UNIT = r"[a-z0-9]+(?:(?:[-./]|[,:](?=[0-9]))[a-z0-9]+)*"
_SHAPE = re.compile(
    rf"""(?:/>|[(\[<]?"?)
        (?P<units>(?:{_UNIT}(?:\.?[<>()\[\]]|\.\.\.|--|[;?!@#$%&]|[,:](?=[a-z])))*)
        (?P<word>{_UNIT})
        (?P<clitic>'(?:s|m|d|ll|re|ve|t|)|)
        (?P<inner>[.,;:?!]?)
        (?P<close>[)\]"]?)
        (?P<mark>[.,;:?!]?|\.\.\.)""",
    re.VERBOSE,
)
_UNITS = re.compile(rf"{_UNIT}(?:\.(?!\.))?")


def plain_tokens(piece: str, is_last: bool) -> list[str] | None:
    """Return a lower-cased chunk's tokens without punctuation, or None where it is not plain.

    Args:
        piece: A stretch of text without blanks, between blanks or at an end of a sentence.
        is_last: Whether the sentence ends with it, so that a full stop stands by itself.
    """
    if SPLIT_WORDS.search(piece):
        return None
    if piece.isalpha() and piece.isascii():
        return [piece]
    shape = _SHAPE.fullmatch(piece)
    if shape is None:
        return None
    units, word, clitic, inner, closing, mark = shape.groups()
    if inner == "." and mark[:1] == "." and not closing:
        return None
    tokens: list[str] = _UNITS.findall(units)
    if clitic == "'t" and len(word) > 1 and word[-1] == "n":
        word, clitic = word[:-1], "n't"
    if inner == "." and (mark or not is_last):
        return [*tokens, word + clitic + inner]
    if clitic in _SPLIT_CLITICS:
        return [*tokens, word, clitic]
    return [*tokens, word if clitic == "'" else word + clitic]
