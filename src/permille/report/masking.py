"""Personal data in texts, covered character by character so that spans stay where they are."""

import re

COVER = "\N{FULL BLOCK}"

_WORD = r"[A-ZÀ-Þ][\w'’-]+"
PERSONAL = re.compile(
    "|".join(
        (
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # mail addresses
            r"(?:https?://|www\.)\S+",
            r"(?<!\w)@\w+",  # account names
            r"(?<!\w)\+?\d[\d \-./()]{2,}\d(?!\w)",  # telephone and account numbers, dates
            r"(?<!\w)(?=(?:[\w-]*\d){3})[\w-]{4,}(?!\w)",  # codes
            rf"(?<!\w)\d+ (?:{_WORD} )+(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way)(?!\w)",
            rf"(?<=\bDr )(?:{_WORD})|(?<=\bDr\. )(?:{_WORD})|(?<=\bMr\. )(?:{_WORD})"
            rf"|(?<=\bMr )(?:{_WORD})|(?<=\bMs\. )(?:{_WORD})|(?<=\bMrs\. )(?:{_WORD})",
            rf"(?<=\bname is )(?:{_WORD})(?: {_WORD})*",
            rf"(?<!\w){_WORD}(?:[ \t]{_WORD})+",  # names of persons and places: words with capitals
        )
    )
)


def masked(text: str) -> str:
    """Return the text, of the same length, with what looks like personal data covered.

    Rules find addresses, numbers, codes, and names of two or more words with capitals; a single
    name in running text, or one without capitals, is not found.

    >>> masked("Write to ann.lee@example.org today.")
    'Write to ███████████████████ today.'
    """
    return PERSONAL.sub(lambda match: COVER * len(match.group()), text)
