"""Where to connect and how to sign in, decided without sending anything."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import SettingsError
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.connection import (
    Credentials,
    Endpoint,
    connect,
    environment,
    find_endpoint,
)

KEY = {"ELASTICSEARCH_API_KEY": "k3y"}
USER = {"ELASTICSEARCH_USERNAME": "ann", "ELASTICSEARCH_PASSWORD": "s3cret"}


def config(**settings: object) -> RetrieveConfig:
    return RetrieveConfig(engine=Engine.elasticsearch, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "env", "addresses"),
    [
        pytest.param({}, {}, ("http://localhost:9200",), id="the default"),
        pytest.param({}, {"ELASTICSEARCH_URL": "https://e"}, ("https://e:443",), id="environment"),
        pytest.param(
            {},
            {"ELASTICSEARCH_URL": "http://a:1, http://b:2"},
            ("http://a:1", "http://b:2"),
            id="several in the environment",
        ),
        pytest.param(
            {"url": "https://s:1"},
            {"ELASTICSEARCH_URL": "https://e:2"},
            ("https://s:1",),
            id="the setting goes first",
        ),
        pytest.param({"url": ["http://a", "b:1"]}, {}, ("http://a:9200", "http://b:1"), id="list"),
        pytest.param({"url": "https://h/path/"}, {}, ("https://h:443/path",), id="with a path"),
        pytest.param({"url": "http://[::1]:9200"}, {}, ("http://[::1]:9200",), id="six"),
    ],
)
def test_addresses_are_the_settings_then_the_environments_then_the_default(
    settings: dict, env: dict, addresses: tuple[str, ...]
) -> None:
    assert find_endpoint(config(**settings), env).addresses == addresses


@pytest.mark.parametrize(
    "url", ["ftp://a:1", "http://", "http://a:port", "http://a:99999", "http://[a"]
)
def test_what_is_no_address_is_named_with_where_it_stands(url: str) -> None:
    with pytest.raises(SettingsError, match=r"retrieve\.url: want an address such as http://local"):
        find_endpoint(config(url=url), {})
    with pytest.raises(SettingsError, match="ELASTICSEARCH_URL: want an address such as"):
        find_endpoint(config(), {"ELASTICSEARCH_URL": url})


def test_a_password_in_the_settings_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"without user and password.* instead") as caught:
        find_endpoint(config(url="https://ann:s3cret@host:1"), {})
    assert "s3cret" not in str(caught.value)
    assert "https://host:1" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https//ann:s3cret@host", id="no colon"),
        pytest.param("https:/ann:s3cret@host", id="one slash"),
        pytest.param("https://ann:s3/cret@host", id="a slash in the password"),
        pytest.param("https://ann:1?s3cret@host", id="a question mark in the password"),
        pytest.param("https://ann:1#s3cret@host", id="a hash in the password"),
        pytest.param("https://ann:s3cret@[host", id="half a bracket"),
        pytest.param("https://ann:s3cret@host:port", id="a port that is none"),
    ],
)
@pytest.mark.parametrize("source", ["retrieve.url", "ELASTICSEARCH_URL"])
def test_an_address_that_is_miswritten_around_a_password_is_refused_without_it(
    url: str, source: str
) -> None:
    in_settings = source == "retrieve.url"
    with pytest.raises(SettingsError, match=f"^{source}: want an address such as") as caught:
        find_endpoint(config(url=url if in_settings else None), {"ELASTICSEARCH_URL": url})
    assert "s3" not in str(caught.value)
    assert "cret" not in str(caught.value)


def test_a_password_in_the_environments_address_signs_in_and_is_not_shown() -> None:
    endpoint = find_endpoint(config(), {"ELASTICSEARCH_URL": "https://ann:s%40crét@host:1"})
    assert endpoint.credentials.user_password == ("ann", "s@crét")
    assert str(endpoint) == "https://host:1"


@pytest.mark.parametrize("env", [KEY, USER], ids=["key", "user"])
@pytest.mark.parametrize("url", ["http://host:9200", ["https://host:1", "http://10.0.0.1:9200"]])
def test_credentials_do_not_travel_over_plain_http_to_another_host(
    url: str | list[str], env: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match="will not send credentials over plain http") as caught:
        find_endpoint(config(url=url), env)
    assert "s3cret" not in str(caught.value)
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_credentials_may_stay_on_this_host_or_go_over_tls(host: str) -> None:
    assert find_endpoint(config(url=f"http://{host}:9200"), KEY).credentials.api_key == "k3y"
    assert find_endpoint(config(url="https://far:9200"), KEY).credentials.api_key == "k3y"


def test_without_credentials_plain_http_goes_anywhere() -> None:
    assert not find_endpoint(config(url="http://far:9200"), {}).credentials


@pytest.mark.parametrize(
    ("env", "words"),
    [
        pytest.param({**KEY, **USER}, "want one way to sign in, got both", id="both ways"),
        pytest.param(
            {"ELASTICSEARCH_USERNAME": "ann"},
            "want both or neither, got ELASTICSEARCH_USERNAME$",
            id="no password",
        ),
        pytest.param(
            {"ELASTICSEARCH_PASSWORD": "s3cret"},
            "want both or neither, got ELASTICSEARCH_PASSWORD$",
            id="no user",
        ),
    ],
)
def test_credentials_that_do_not_fit_together_are_refused(env: dict, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        find_endpoint(config(), env)
    assert "s3cret" not in str(caught.value)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_nothing_secret_is_in_what_credentials_print_as(key: str, user: str, word: str) -> None:
    assert repr(Credentials(key, (user, word))) == "Credentials()"


def test_a_hosted_cluster_is_shown_by_its_name_only() -> None:
    endpoint = find_endpoint(config(cloud_id="mine:aG9zdCQxMjMkNDU2"), KEY)
    assert endpoint == Endpoint((), "mine:aG9zdCQxMjMkNDU2", Credentials("k3y"))
    assert str(endpoint) == "cloud id mine"


def test_a_hosted_cluster_is_connected_to_over_tls() -> None:
    settings = config(cloud_id="mine:aG9zdC5leGFtcGxlJDEyMyQ0NTY=")
    with connect(find_endpoint(settings, KEY), settings) as client:
        (node,) = client.transport.node_pool.all()
        assert node.base_url == "https://123.host.example:443"


def test_a_cloud_id_that_is_none_is_named() -> None:
    settings = config(cloud_id="nonsense")
    with pytest.raises(SettingsError, match=r"retrieve\.cloud_id or retrieve\.url: .*Cloud ID"):
        connect(find_endpoint(settings, {}), settings)


def test_a_missing_file_of_certificates_is_named(tmp_path: Path) -> None:
    settings = config(ca_file=str(tmp_path / "ca.pem"))
    with pytest.raises(SettingsError, match=r"retrieve\.ca_file: .*ca\.pem, which is no file"):
        connect(find_endpoint(settings, {}), settings)


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    settings = config(ca_file=str(tmp_path / "ca.pem"))
    with pytest.raises(SettingsError, match=r"retrieve\.ca_file: .*ca\.pem, which holds none"):
        connect(find_endpoint(settings, {}), settings)


@pytest.mark.parametrize(
    "env",
    [
        {"ELASTICSEARCH_URL": "https://ann:s3cret@one", **KEY},
        {"ELASTICSEARCH_URL": "https://ann:s3cret@one,https://bob:other@two"},
    ],
)
def test_two_ways_to_sign_in_are_refused_wherever_they_stand(env: dict) -> None:
    with pytest.raises(SettingsError, match="want one way to sign in, got a user for") as caught:
        find_endpoint(config(), env)
    assert "s3cret" not in str(caught.value)


def test_the_environment_is_this_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://here:1")
    assert environment()["ELASTICSEARCH_URL"] == "http://here:1"


@pytest.mark.parametrize("source", ["setting", "environment"])
def test_a_secret_in_the_query_of_an_address_is_refused_and_not_repeated(source: str) -> None:
    url = "https://one:9200/?api_key=s3cret"
    given = config(url=url) if source == "setting" else config()
    env = {} if source == "setting" else {"ELASTICSEARCH_URL": url}
    with pytest.raises(SettingsError, match=r"got one with \? or #") as caught:
        find_endpoint(given, env)
    assert "s3cret" not in str(caught.value)
