"""Personal data in texts, covered character by character so that spans stay where they are."""

import re
from collections.abc import Mapping

from permille.report.claim import Report, part

COVER = "\N{FULL BLOCK}"

# every part that can begin anywhere in a word has a greatest length, else a word of a million
# letters would be read anew from each of them; 64 and 63 are those of RFC 5321 and RFC 1035
_WORD = r"[A-ZÀ-Þ][\w'’-]{1,64}"
PERSONAL = re.compile(
    "|".join(
        (
            r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",  # mail addresses
            r"(?:https?://|www\.)\S+",
            r"(?<!\w)@\w+",  # account names
            r"(?<!\w)\+?\d[\d \-./()]{2,}\d(?!\w)",  # telephone and account numbers, dates
            r"(?<!\w)(?=(?:[\w-]{0,64}\d){3})[\w-]{4,}(?!\w)",  # codes
            rf"(?<!\w)\d+ (?:{_WORD} )+(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way)(?!\w)",
            rf"(?<=\bDr )(?:{_WORD})|(?<=\bDr\. )(?:{_WORD})|(?<=\bMr\. )(?:{_WORD})"
            rf"|(?<=\bMr )(?:{_WORD})|(?<=\bMs\. )(?:{_WORD})|(?<=\bMrs\. )(?:{_WORD})",
            rf"(?<=\bname is )(?:{_WORD})(?: {_WORD})*",
            rf"(?<!\w){_WORD}(?:[ \t]{_WORD})+",  # names of persons and places: words with capitals
        )
    )
)


def without_values(report: Report) -> dict[str, object]:
    """Return report.json's content without the personal data that it lists, masked or whole.

    `audit.looks.show_values` puts them in; a page without texts, or what is sent away, has none.
    """
    controls = dict(part(report, "controls"))
    if "personal_data" in controls:
        controls["personal_data"] = {
            kind: {name: value for name, value in found.items() if name != "values"}
            if isinstance(found, Mapping)
            else found
            for kind, found in part(controls, "personal_data").items()
        }
    return {**report, "controls": controls}


def masked(text: str) -> str:
    """Return the text, of the same length, with what looks like personal data covered.

    Rules find addresses, numbers, codes, and names of two or more words with capitals; a single
    name in running text, or one without capitals, is not found.

    >>> masked("Write to ann.lee@example.org today.")
    'Write to ███████████████████ today.'
    """
    return PERSONAL.sub(lambda match: COVER * len(match.group()), text)
