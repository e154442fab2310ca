"""Identifiers in texts, and what only looks like one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.looks.identifiers import (
    Identifier,
    IdentifierKind,
    blanked,
    identifiers_in,
)

K = IdentifierKind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to Jane.Doe+x@mail.example.org.", K.EMAIL, "jane.doe+x@mail.example.org"),
        ("(a_b@example.com)", K.EMAIL, "a_b@example.com"),
        ("call +49 30 1234 5678 now", K.PHONE, "+493012345678"),
        ("at (555) 123-4567, or", K.PHONE, "5551234567"),
        ("at 555-123-4567.", K.PHONE, "5551234567"),
        ("at 1-800-555-0199", K.PHONE, "18005550199"),
        ("Tel. 020 7946 0958", K.PHONE, "02079460958"),
        ("Tel. 0171/1234567", K.PHONE, "01711234567"),
        ("card 4111 1111 1111 1111.", K.CARD, "4111111111111111"),
        ("card 378282246310005", K.CARD, "378282246310005"),
        ("to GB82 WEST 1234 5698 7654 32", K.IBAN, "GB82WEST12345698765432"),
        ("to DE89370400440532013000", K.IBAN, "DE89370400440532013000"),
        ("SSN 123-45-6789", K.US_SSN, "123456789"),
        ("DNI 12345678Z.", K.NATIONAL_ID, "12345678Z"),
        ("NIE X-2482300-W", K.NATIONAL_ID, "X2482300W"),
        ("(RCCMNL83S18D969H)", K.NATIONAL_ID, "RCCMNL83S18D969H"),
        ("sécu 2 95 10 99 126 111 93", K.NATIONAL_ID, "295109912611193"),
        ("Steuer-ID 36 574 261 809", K.NATIONAL_ID, "36574261809"),
        ("CPF 390.533.447-05", K.NATIONAL_ID, "39053344705"),
        ("NN 85.07.30-033.28", K.NATIONAL_ID, "85073003328"),
        ("HETU 131052-308T", K.NATIONAL_ID, "131052308T"),
        ("PESEL 44051401359", K.NATIONAL_ID, "44051401359"),
    ],
)
def test_an_identifier_is_found(text, kind, value):
    assert identifiers_in(text) == {Identifier(kind, value)}


@pytest.mark.parametrize(
    "text",
    [
        "on 12/05/1980 and 2019-2020",
        "on 05 12 1980",
        "1,234,567 and 3.14159265",
        "1988 1989 1990 1991",
        "120/80, 140/90",
        "ISBN 978-3-16-148410-0",
        "card 4111 1111 1111 1112",
        "to GB82 WEST 1234 5698 7654 31",
        "SSN 000-45-6789",
        "SSN 900-45-6789",
        "DNI 12345678A",
        "CPF 390.533.447-06",
        "Partita IVA 00743110157",
        "PESEL 44051401358",
        "on 2019-08-07 1230",
        "meet @ noon, e.g. a@b",
        "5mg per 100 ml",
    ],
)
def test_what_only_looks_like_one_is_passed_over(text):
    assert identifiers_in(text) == set()


def test_two_ways_to_write_a_number_are_one_value():
    assert len(identifiers_in("555-123-4567, (555) 123 4567 and 555.123.4567")) == 1


@pytest.mark.parametrize(
    ("identifier", "masked"),
    [
        (Identifier(K.EMAIL, "jane.doe@example.org"), "j*****e@e*****g"),
        (Identifier(K.EMAIL, "ab@example.org"), "*****@e*****g"),
        (Identifier(K.PHONE, "5551234567"), "55******67"),
        (Identifier(K.PERSON, "jane doe"), "j**** d****"),
    ],
)
def test_a_masked_value_shows_its_ends_alone(identifier, masked):
    assert identifier.masked == masked


@given(st.from_regex(r"4\d{14}", fullmatch=True).filter(str.isascii))
def test_exactly_one_digit_completes_a_card(digits):
    found = [identifiers_in(digits + last) for last in "0123456789"]
    assert sum(one == {Identifier(K.CARD, digits + str(n))} for n, one in enumerate(found)) == 1


def test_few_numbers_are_somebodys_by_chance():
    rng = Random(0)
    sizes = [size for size in range(9, 19) for _ in range(300)]
    drawn = [str(rng.randrange(10 ** (size - 1), 10**size)) for size in sizes]
    found = [one for text in drawn for one in identifiers_in(text)]
    assert sum(one.kind is K.NATIONAL_ID for one in found) < 0.02 * len(drawn)


@given(st.text(max_size=200) | st.text(alphabet="0123456789AMXZ.-/+ ٣", max_size=60))
def test_any_text_can_be_read(text):
    assert all(one.value for one in identifiers_in(text))


class CountedText(str):
    """A text that counts the characters that are cut out of it."""

    num_copied = 0

    def __getitem__(self, place):
        found = super().__getitem__(place)
        self.num_copied += len(found)
        return found


@pytest.mark.parametrize("times", [1, 50, 100])
def test_what_is_taken_away_costs_one_copy_however_many_there_are(times):
    text = CountedText("ab cd " * times)
    spans = [(6 * i, 6 * i + 2) for i in range(times)]
    assert blanked(text, spans) == "   cd " * times
    assert text.num_copied == len(text) - 2 * times
