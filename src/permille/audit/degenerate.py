"""Output that repeats itself instead of saying something."""

import re

WORD = re.compile(r"\w+")
NUM_WORDS = 4
LEAST_RUNS = 8
LEAST_DISTINCT_SHARE = 0.5


def is_degenerate(text: str) -> bool:
    """Whether fewer than half of a text's runs of four words are different ones.

    A text of fewer than eight such runs is not called degenerate.
    """
    words = WORD.findall(text.lower())
    runs = [tuple(words[i : i + NUM_WORDS]) for i in range(len(words) - NUM_WORDS + 1)]
    return len(runs) >= LEAST_RUNS and len(set(runs)) < LEAST_DISTINCT_SHARE * len(runs)
