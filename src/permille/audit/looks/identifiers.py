"""Identifiers of persons in texts: addresses, telephone numbers, numbers of documents.

Found by regular expressions; python-stdnum tells by structure and check digits which numbers are
ones. A rule finds what is written in the usual ways; what people write in their own ways is missed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType

from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gr import amka
from stdnum.ie import pps
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.lt import asmens
from stdnum.mx import curp
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.si import emso
from stdnum.tr import tckimlik
from stdnum.us import ssn
from stdnum.za import idnr as za_id


class IdentifierKind(StrEnum):
    """What an identifier is."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "payment_card"
    IBAN = "iban"
    US_SSN = "us_ssn"
    NATIONAL_ID = "national_id"
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
_US_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_NATIONAL_ID = re.compile(
    r"""(?<![\w.,/+-])(?:
      [12][ ]\d\d[ ]\d\d[ ]\d[\dAB][ ]\d{3}[ ]\d{3}[ ]\d\d   # as on French cards
      |\d\d[ ]\d{3}[ ]\d{3}[ ]\d{3}                          # as in German letters
      |(?=(?:[A-Z./-]*\d){5})(?!0\d+(?![\w./-]))[A-Z\d]+(?:[./-][A-Z\d]+){0,4}
    )(?![\w/-]|[.,]\d)""",
    re.VERBOSE,
)
_NATIONAL_IDS: tuple[ModuleType, ...] = (
    *(ahv, amka, asmens, cnp, cpf, curp, dni, emso, fodselsnummer, hetu, idnr, ik, nie, nir, nn),
    *(pesel, pps, rrn, tckimlik, za_id),
)
"""Numbers of persons, none of which a run of digits drawn at random is more often than in one of
fifty cases; those of one check digit alone (Britain, Canada and others) it is in one of ten."""
_DATE = re.compile(r"0?\d[ ./-]\d{1,2}[ ./-]\d{2,4}")


def _is_phone(text: str) -> bool:
    """Tell whether a number has as many digits as telephone numbers have, and is no date.

    They are 9 to 15 (E.164), so that numbers without an area are left out.
    """
    return 9 <= sum(map(str.isdigit, text)) <= 15 and not _DATE.fullmatch(text)


def _is_national_id(text: str) -> bool:
    """Tell whether a number is one by which a country knows a person."""
    numbers = _NATIONAL_IDS if text.isdigit() else (*_NATIONAL_IDS, codicefiscale)
    return any(one.is_valid(text) for one in numbers)


def _signs(text: str) -> str:
    return re.sub(r"[^A-Z\d]", "", text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _phone_value(text: str) -> str:
    return ("+" if text.startswith("+") else "") + _digits(text)


_RULES: tuple[
    tuple[IdentifierKind, re.Pattern[str], Callable[[str], bool], Callable[[str], str]], ...
] = (
    (IdentifierKind.EMAIL, _EMAIL, lambda _: True, str.lower),
    (IdentifierKind.IBAN, _IBAN, iban.is_valid, iban.compact),
    (IdentifierKind.CARD, _CARD, lambda text: luhn.is_valid(_digits(text)), _digits),
    (IdentifierKind.US_SSN, _US_SSN, ssn.is_valid, _digits),
    (IdentifierKind.NATIONAL_ID, _NATIONAL_ID, _is_national_id, _signs),
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
