"""Names of languages, as a translation's instruction writes them."""

import re

from permille.data.languages import LANGUAGES


def test_codes_are_of_two_letters_and_names_are_words() -> None:
    assert all(re.fullmatch("[a-z]{2}", code) for code in LANGUAGES)
    assert all(re.fullmatch("[A-Z][a-z]+", name) for name in LANGUAGES.values())
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


def test_the_languages_of_the_paper_are_there() -> None:
    assert (LANGUAGES["en"], LANGUAGES["de"]) == ("English", "German")
