"""Optional packages ask for themselves, and faults are told together."""

import math

import pytest

from permille.core.errors import PermilleError, SettingsError, raise_faults, require


def test_a_package_that_is_there_is_returned() -> None:
    assert require("math", extra="none") is math


def test_a_missing_package_names_the_extra_that_brings_it() -> None:
    with pytest.raises(SettingsError, match=r"no_such_package .*pip install 'permille\[spacy\]'"):
        require("no_such_package", extra="spacy")


def test_a_settings_error_is_one_that_a_user_can_mend() -> None:
    assert issubclass(SettingsError, PermilleError)


def test_faults_are_raised_together_and_each_once() -> None:
    with pytest.raises(SettingsError, match=r"^one\ntwo$"):
        raise_faults(["one", "two", "one"])


def test_no_faults_raise_nothing() -> None:
    raise_faults([])
