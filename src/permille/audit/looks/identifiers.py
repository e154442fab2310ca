"""Identifiers of persons in texts: addresses, telephone numbers, numbers of documents.

Found by regular expressions and, where a kind of number has one, its check digit. A rule finds what
is written in the usual ways; what people write in their own ways is missed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What an identifier is."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "payment_card"
    IBAN = "iban"
    US_SSN = "us_ssn"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One value, without the signs that only part it: two ways to write a number are one value."""

    kind: IdentifierKind
    value: str

    @property
    def masked(self) -> str:
        """The value with all but its ends hidden: ``j*****e@*****g``, ``+4*******12``."""
        if self.kind is IdentifierKind.EMAIL:
            return "@".join(map(_masked_ends, self.value.split("@", 1)))
        if self.kind is IdentifierKind.PERSON:
            return " ".join(f"{word[:1]}****" for word in self.value.split())
        hidden = "*" * max(0, len(self.value) - 4)
        return f"{self.value[:2]}{hidden}{self.value[-2:]}"


def _masked_ends(text: str) -> str:
    """Return the first and the last letter of a text of three or more around five asterisks."""
    return f"{text[0]}*****{text[-1]}" if len(text) > 2 else "*****"


_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,8}[a-z]{2,24}(?![\w-])",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"""(?<![\w.,/+(-])(?:
      \+\d{1,3}(?:[ .\-/]?\(?\d{1,5}\)?){2,6}           # from abroad
      |(?:1[ .-]?)?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4}   # North America
      |\(?0[1-9]\d{0,3}\)?[ /-]?\d{2,8}(?:[ -]\d{2,8}){0,4}    # with a trunk prefix
    )(?![\w/-]|[.,]\d)""",
    re.VERBOSE,
)
_CARD = re.compile(
    r"(?<![\w-])(?=[3-6]|2[2-7])"
    r"(?:\d{13,19}|\d{4}(?:[ -]\d{4}){3}|\d{4}[ -]\d{6}[ -]\d{5})(?![\w-])"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?!\w)")
_US_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_DATE = re.compile(r"0?\d[ ./-]\d{1,2}[ ./-]\d{2,4}")


def is_luhn(digits: str) -> bool:
    """Tell whether the last of some digits is the check digit of the others (Luhn's sum).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_iban(value: str) -> bool:
    """Tell whether an account number has right check digits (ISO 13616): 1 modulo 97.

    >>> is_iban("GB82WEST12345698765432"), is_iban("GB82WEST12345698765431")
    (True, False)
    """
    turned = value[4:] + value[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_phone(text: str) -> bool:
    """Tell whether a number has as many digits as telephone numbers have, and is no date.

    They are 9 to 15 (E.164), so that numbers without an area are left out.
    """
    return 9 <= sum(map(str.isdigit, text)) <= 15 and not _DATE.fullmatch(text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _phone_value(text: str) -> str:
    return ("+" if text.startswith("+") else "") + _digits(text)


_RULES: tuple[
    tuple[IdentifierKind, re.Pattern[str], Callable[[str], bool], Callable[[str], str]], ...
] = (
    (IdentifierKind.EMAIL, _EMAIL, lambda _: True, str.lower),
    (
        IdentifierKind.IBAN,
        _IBAN,
        lambda text: is_iban(text.replace(" ", "")),
        lambda text: text.replace(" ", ""),
    ),
    (IdentifierKind.CARD, _CARD, lambda text: is_luhn(_digits(text)), _digits),
    (IdentifierKind.US_SSN, _US_SSN, lambda _: True, _digits),
    (IdentifierKind.PHONE, _PHONE, _is_phone, _phone_value),
)
"""Of each kind: how it looks, whether it is one, its value. Earlier kinds take their text away."""


def identifiers_in(text: str) -> set[Identifier]:
    """Return the identifiers of a text, persons' names left out."""
    found: set[Identifier] = set()
    left = text
    for kind, pattern, is_one, value in _RULES:
        matches = [match for match in pattern.finditer(left) if is_one(match.group())]
        found |= {Identifier(kind, value(match.group())) for match in matches}
        left = blanked(left, [match.span() for match in matches])
    return found


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with blanks in ascending half-open spans, each character copied once."""
    pieces, copied = [], 0
    for start, end in spans:
        pieces += [text[copied:start], " " * (end - start)]
        copied = end
    return "".join([*pieces, text[copied:]])
