"""Who we are to a server, over TLS: signed in, refused, and never told to anyone."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from permille.core.errors import ServiceError
from permille.core.records import Document
from permille.retrieve import open_retriever
from permille.retrieve.config import RetrieveConfig

pytestmark = pytest.mark.elasticsearch

Settings = Callable[..., RetrieveConfig]
DOCUMENTS = [Document(f"d{n:04}", f"word{n} some text") for n in range(20)]


def test_a_wrong_password_is_named_at_once(
    elastic: Settings,
    elastic_url: str,
    proxy_to: Callable,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = proxy_to(elastic_url, certificate)
    proxy.password = ("ann", "right")
    monkeypatch.setenv("ELASTICSEARCH_USERNAME", "ann")
    monkeypatch.setenv("ELASTICSEARCH_PASSWORD", "wrong")
    began_s = time.monotonic()
    with (
        pytest.raises(ServiceError, match=r"wrong or missing credentials \(401\)") as caught,
        open_retriever(elastic(url=proxy.url, ca_file=str(certificate), wait_s=30)),
    ):
        pass
    assert time.monotonic() - began_s < 5
    assert "right" not in str(caught.value)
    assert "'wrong'" not in str(caught.value)


@pytest.mark.parametrize("way", ["password", "api_key", "url"])
def test_credentials_of_the_environment_sign_in_over_tls(
    way: str,
    elastic: Settings,
    elastic_url: str,
    proxy_to: Callable,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxy = proxy_to(elastic_url, certificate)
    settings = {"url": proxy.url, "ca_file": str(certificate)}
    if way == "api_key":
        proxy.api_key = "c2VjcmV0"
        monkeypatch.setenv("ELASTICSEARCH_API_KEY", "c2VjcmV0")
    else:
        proxy.password = ("ann", "s3cret")
    if way == "password":
        monkeypatch.setenv("ELASTICSEARCH_USERNAME", "ann")
        monkeypatch.setenv("ELASTICSEARCH_PASSWORD", "s3cret")
    if way == "url":
        address = proxy.url.replace("https://", "https://ann:s3cret@")
        monkeypatch.setenv("ELASTICSEARCH_URL", address)
        settings["url"] = None
    config = elastic(**settings)
    with caplog.at_level(logging.DEBUG), open_retriever(config) as retriever:
        corpus = retriever.index(DOCUMENTS)
        assert corpus.search(["word3"], 1)[0][0].document_id == "d0003"
        told = f"{caplog.text} {config} {vars(retriever)} {retriever.where}"
    assert "s3cret" not in told
    assert "c2VjcmV0" not in told


def test_a_certificate_that_nobody_knows_is_refused(
    elastic: Settings, elastic_url: str, proxy_to: Callable, certificate: Path
) -> None:
    proxy = proxy_to(elastic_url, certificate)
    with (
        pytest.raises(ServiceError, match=r"no trusted connection to https.*set retrieve\.ca_file"),
        open_retriever(elastic(url=proxy.url)),
    ):
        pass


def test_a_server_that_is_not_elasticsearch_is_refused_plainly(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    proxy.product = None
    with (
        pytest.raises(ServiceError, match=r"is not Elasticsearch \(OpenSearch is not supported"),
        open_retriever(elastic(url=proxy.url)),
    ):
        pass
