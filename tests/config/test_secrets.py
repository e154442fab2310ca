"""No password in what is written to files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from permille.config.secrets import plain_settings, without_secrets


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(
            "https://me:secret@host:9200/x", "https://host:9200/x", id="user and password"
        ),
        pytest.param("https://token@host", "https://host", id="a token"),
        pytest.param("https://host:9200", "https://host:9200", id="none"),
        pytest.param(["http://a:b@c", 3], ["http://c", 3], id="in a list"),
        pytest.param({"url": {"x": "http://a:b@c"}}, {"url": {"x": "http://c"}}, id="in a mapping"),
        pytest.param("mail me@example.org", "mail me@example.org", id="a mail address"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_users_and_passwords_of_addresses_are_taken_out(value: object, written: object) -> None:
    assert without_secrets(value) == written


SIGNS = st.text(st.characters(whitelist_categories=["L", "N"]), min_size=1)


@given(user=SIGNS, password=SIGNS, host=SIGNS)
def test_no_password_is_left_whatever_it_is(user: str, password: str, host: str) -> None:
    assert without_secrets(f"https://{user}:{password}@{host}") == f"https://{host}"


def test_a_configuration_becomes_plain_values_with_its_interpolations_resolved() -> None:
    config = OmegaConf.create({"seed": 3, "audit": {"seed": "${seed}"}, "url": "http://a:b@c"})
    assert plain_settings(config) == {"seed": 3, "audit": {"seed": 3}, "url": "http://c"}
