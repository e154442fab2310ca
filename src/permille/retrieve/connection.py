"""Where Elasticsearch is, and who we are to it.

Credentials come from the environment only, so that no settings dump, log or report can hold them:

    ELASTICSEARCH_URL         one address, or several separated by commas
    ELASTICSEARCH_API_KEY     an API key; or
    ELASTICSEARCH_USERNAME    a user, with
    ELASTICSEARCH_PASSWORD    its password

They are never sent over plain http to another host.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch

from permille.core.errors import SettingsError
from permille.retrieve.config import RetrieveConfig

DEFAULT_URL = "http://localhost:9200"
_HOW_TO_SIGN_IN = "set ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD"


@dataclass(frozen=True)
class Credentials:
    """How to sign in; nothing of it is shown by repr."""

    api_key: str | None = field(default=None, repr=False)
    user_password: tuple[str, str] | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.api_key or self.user_password)


@dataclass(frozen=True)
class Endpoint:
    """Addresses without credentials (or a hosted cluster's id), and the credentials."""

    addresses: tuple[str, ...]
    cloud_id: str | None
    credentials: Credentials

    def __str__(self) -> str:
        return ", ".join(self.addresses) or f"cloud id {str(self.cloud_id).split(':')[0]}"


def find_endpoint(config: RetrieveConfig, environment: Mapping[str, str]) -> Endpoint:
    """Decide where to connect and how to sign in.

    Raises:
        SettingsError: If an address is none, holds a password that does not come from the
            environment, or would carry credentials over plain http to another host.
    """
    credentials = _credentials_of(environment)
    if config.cloud_id:
        return Endpoint((), config.cloud_id, credentials)
    given, source = config.urls, "retrieve.url"
    if not given:
        source = "ELASTICSEARCH_URL"
        given = _listed(environment.get(source, "")) or [DEFAULT_URL]
    addresses = []
    for url in given:
        address, in_url = _take_apart(url, source)
        if in_url and source == "retrieve.url":
            raise SettingsError(
                f"retrieve.url: want an address without user and password, got one with them for "
                f"{address}; settings are written to files, so {_HOW_TO_SIGN_IN} instead"
            )
        if in_url and credentials and in_url != credentials:
            raise SettingsError(
                f"ELASTICSEARCH_URL: want one way to sign in, got a user for {address} beside "
                "another in the environment; leave one"
            )
        credentials = credentials or in_url
        addresses.append(address)
    for address in addresses:
        _refuse_open_road(address, credentials)
    return Endpoint(tuple(addresses), None, credentials)


def _listed(value: str) -> list[str]:
    """Return what stands between commas, without blanks."""
    return [part.strip() for part in value.split(",") if part.strip()]


def connect(endpoint: Endpoint, config: RetrieveConfig) -> Elasticsearch:
    """Return a client; nothing is sent yet.

    Failed requests go to the next address at once; trying again later is `Patience`'s.

    Raises:
        SettingsError: If the file of certificates is not there, or the cloud id is none.
    """
    ca_file = str(Path(config.ca_file).expanduser()) if config.ca_file else None
    if ca_file and not Path(ca_file).is_file():
        raise SettingsError(
            f"retrieve.ca_file: want a file of certificates (PEM), got {ca_file}, which is no file"
        )
    if ca_file:
        try:
            ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise SettingsError(
                f"retrieve.ca_file: want a file of certificates (PEM), got {ca_file}, which holds "
                f"none ({error}); name the authority's .crt or .pem file"
            ) from error
    try:
        return Elasticsearch(
            list(endpoint.addresses) or None,
            cloud_id=endpoint.cloud_id,
            api_key=endpoint.credentials.api_key,
            basic_auth=endpoint.credentials.user_password,
            request_timeout=config.timeout_s,
            max_retries=max(0, len(endpoint.addresses) - 1),
            retry_on_status=(),
            retry_on_timeout=False,
            connections_per_node=config.parallel + 1,
            ca_certs=ca_file or DEFAULT,
        )
    except ValueError as error:
        raise SettingsError(f"retrieve.cloud_id or retrieve.url: {error}") from error


def _credentials_of(environment: Mapping[str, str]) -> Credentials:
    api_key = environment.get("ELASTICSEARCH_API_KEY")
    user = environment.get("ELASTICSEARCH_USERNAME")
    password = environment.get("ELASTICSEARCH_PASSWORD")
    if api_key and (user or password):
        raise SettingsError(
            "ELASTICSEARCH_API_KEY and ELASTICSEARCH_USERNAME or _PASSWORD: want one way to sign "
            "in, got both; unset one"
        )
    if bool(user) != bool(password):
        got = "ELASTICSEARCH_USERNAME" if user else "ELASTICSEARCH_PASSWORD"
        raise SettingsError(
            f"ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD: want both or neither, got {got}"
        )
    return Credentials(api_key or None, (user, password) if user and password else None)


def _take_apart(url: str, source: str) -> tuple[str, Credentials]:
    """Split an address into what may be shown and what may not."""
    parts, port = _parts_of(url, source)
    if parts.query or parts.fragment:
        raise SettingsError(
            f"{source}: want an address such as {DEFAULT_URL}, got one with ? or #, which "
            f"nothing reads; to sign in, {_HOW_TO_SIGN_IN}"
        )
    if "@" in parts.path:
        raise SettingsError(
            f"{source}: want an address such as {DEFAULT_URL}, got one with an @ after the host; "
            f"write / ? # of a password as %2F %3F %23, or {_HOW_TO_SIGN_IN}"
        )
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    address = urlunsplit((parts.scheme, f"{name}:{port}", parts.path.rstrip("/"), "", ""))
    if not parts.username:
        return address, Credentials()
    return address, Credentials(
        user_password=(unquote(parts.username), unquote(parts.password or ""))
    )


def _parts_of(url: str, source: str) -> tuple[SplitResult, int]:
    """Return the parts of an address and its port; a user and password are never shown."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or (443 if parts.scheme == "https" else 9200)
    except ValueError:
        port = 0
    if not port or parts.scheme not in ("http", "https") or not parts.hostname:
        shown = "one with an @" if "@" in url else url
        raise SettingsError(f"{source}: want an address such as {DEFAULT_URL}, got {shown}")
    return parts, port


def _refuse_open_road(address: str, credentials: Credentials) -> None:
    parts = urlsplit(address)
    if credentials and parts.scheme == "http" and not _is_this_host(parts.hostname or ""):
        raise SettingsError(
            f"{address}: will not send credentials over plain http to another host; use https, or "
            "take them out of the environment: ELASTICSEARCH_API_KEY, ELASTICSEARCH_USERNAME and "
            "_PASSWORD, the user in ELASTICSEARCH_URL"
        )


def _is_this_host(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def environment() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ
