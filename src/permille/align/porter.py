"""Porter stems as NLTK 3.9.2 gives them, its extensions included, several times as fast.

M. F. Porter, "An algorithm for suffix stripping", Program 14.3 (1980): 130-137. NLTK walks through
all rules of a step and builds them anew for each word; here the last two letters say which rules of
a step can apply at all. The tests hold the stems against NLTK's, word by word.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

_IRREGULAR = {
    **{"skies": "sky", "sky": "sky", "dying": "die", "lying": "lie", "tying": "tie"},
    **{"news": "news", "innings": "inning", "inning": "inning", "outings": "outing"},
    **{"outing": "outing", "cannings": "canning", "canning": "canning", "howe": "howe"},
    **{"proceed": "proceed", "exceed": "exceed", "succeed": "succeed"},
}
_VOWELS = "aeiou"
_KEPT_DOUBLE = frozenset("lsz")
_NOT_SHORT = frozenset("wxy")


class _Letters(dict[int, str]):
    """Maps letters to `v`, `y` and, all others, to `c`, for `str.translate`."""

    def __missing__(self, letter: int) -> str:
        return "c"


_LETTERS = _Letters({ord("y"): "y"} | {ord(letter): "v" for letter in _VOWELS})


class _Rule(NamedTuple):
    """`suffix` becomes `replacement` where what is left of the word, with `kept`, measures enough.

    `kept` is how many letters of the suffix count as part of the stem in that.
    """

    suffix: str
    replacement: str
    kept: int = 0


_Rules = dict[str, list[_Rule]]


def _by_ending(rules: Iterable[_Rule]) -> _Rules:
    """Group rules by their last two letters, in order."""
    grouped: _Rules = defaultdict(list)
    for rule in rules:
        grouped[rule.suffix[-2:]].append(rule)
    return dict(grouped)


def _rules(text: str) -> list[_Rule]:
    """Read rules written as `suffix>replacement`."""
    pairs = (rule.split(">") for rule in text.split())
    return [_Rule(suffix, replacement) for suffix, replacement in pairs]


_STEP_2_TEXT = """
ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous
ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive
biliti>ble fulli>ful
"""
_STEP_2 = _by_ending([*_rules(_STEP_2_TEXT), _Rule("logi", "log", kept=1)])
_STEP_3 = _by_ending(_rules("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>"))
_STEP_4_TEXT = """
al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>
"""
_STEP_4 = _by_ending(_rules(_STEP_4_TEXT))


def porter_stem(word: str) -> str:
    """Return the stem of a lower-cased word.

    >>> porter_stem("relational"), porter_stem("hopping")
    ('relat', 'hop')
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 2:
        return word
    word = _without_past_and_ing(_without_plural(word))
    if word[-1:] == "y" and len(word) > 2 and _pattern(word[:-1])[-1] == "c":
        word = word[:-1] + "i"
    if word.endswith("alli") and _measure(word[:-4]):
        word = word[:-2]
    word = _apply(_STEP_2, word, 1)
    word = _apply(_STEP_3, word, 1)
    return _without_final_letter(_apply(_STEP_4, word, 2))


def _pattern(stem: str) -> str:
    """Write a stem as consonants `c` and vowels `v`: a `y` is a vowel after a consonant only."""
    pattern = stem.translate(_LETTERS)
    at = pattern.find("y")
    while at >= 0:
        kind = "v" if at and pattern[at - 1] == "c" else "c"
        pattern = pattern[:at] + kind + pattern[at + 1 :]
        at = pattern.find("y", at + 1)
    return pattern


def _measure(stem: str) -> int:
    """Count the vowels before consonants, the paper's m."""
    return _pattern(stem).count("vc")


def _is_short(stem: str, pattern: str) -> bool:
    """Tell whether a stem ends in consonant, vowel, consonant, or is a vowel and a consonant."""
    return pattern == "vc" or (pattern.endswith("cvc") and stem[-1] not in _NOT_SHORT)


def _apply(rules: _Rules, word: str, least_measure: int) -> str:
    """Apply the first rule whose suffix a word has, if what is left measures enough."""
    for suffix, replacement, kept in rules.get(word[-2:], ()):
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            if _measure(stem + suffix[:kept]) < least_measure:
                return word
            if suffix == "ion" and stem[-1] not in "st":
                return word
            return stem + replacement
    return word


def _without_plural(word: str) -> str:
    """Step 1a."""
    if word[-1] != "s" or (word.endswith("ss") and not word.endswith("sses")):
        return word
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-2]
    return word[:-2] if word.endswith("sses") else word[:-1]


def _without_past_and_ing(word: str) -> str:
    """Step 1b."""
    if word.endswith("ing"):
        stem = word[:-3]
    elif not word.endswith("ed"):
        return word
    elif word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    elif word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    else:
        stem = word[:-2]
    pattern = _pattern(stem)
    return _rounded(stem, pattern) if "v" in pattern else word


def _rounded(stem: str, pattern: str) -> str:
    """Give a stem its final e back, or take one of two equal consonants, as step 1b ends."""
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    last = stem[-1]
    # NLTK's rule for double consonants is also met by its name, "*d", in a word
    if (pattern[-1] == "c" and stem[-2:] == 2 * last) or stem.endswith("*d"):
        return stem if last in _KEPT_DOUBLE else stem[:-2] + last
    return stem + "e" if pattern.count("vc") == 1 and _is_short(stem, pattern) else stem


def _without_final_letter(word: str) -> str:
    """Step 5."""
    if word.endswith("e"):
        stem = word[:-1]
        pattern = _pattern(stem)
        measure = pattern.count("vc")
        if measure > 1 or (measure == 1 and not _is_short(stem, pattern)):
            word = stem
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
