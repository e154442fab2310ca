"""Outputs that say the same thing over and over; a match in them says little."""

from collections import Counter

from permille.measure.ngram import ngrams, words

NUM_WORDS = 3
MIN_TIMES = 10


def is_degenerate(text: str, *, num_words: int = NUM_WORDS, min_times: int = MIN_TIMES) -> bool:
    """Return whether one sequence of `num_words` words stands in `text` `min_times` or more.

    Words are compared in lower case, without punctuation; occurrences may overlap, so a word that
    is said twelve times in a row is a sequence of three said ten times.
    """
    said = words(text)
    # a sequence stands in a text no more often than its first word
    if max(Counter(said).values(), default=0) < min_times:
        return False
    times = Counter(ngrams(said, num_words))
    return max(times.values(), default=0) >= min_times
