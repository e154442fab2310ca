"""Requests are repeated while that may help, and else their failure is told at once."""

import threading
import time
from collections.abc import Callable
from ssl import SSLError

import pytest
from elastic_transport import (
    ApiResponseMeta,
    ConnectionTimeout,
    HttpHeaders,
    NodeConfig,
    TlsError,
)
from elastic_transport import ConnectionError as NoConnection
from elasticsearch import ApiError, UnsupportedProductError
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import ServiceError
from permille.retrieve.patience import (
    BusyError,
    Patience,
    first_line,
    is_block,
    item_reason,
    temporary,
)

FLOOD = (
    "index [i] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, "
    "index has read-only-allow-delete block];"
)


NODE = NodeConfig("http", "localhost", 9200)
METAS = {
    status: ApiResponseMeta(status, "1.1", HttpHeaders({}), 0.1, NODE)
    for status in (200, 400, 401, 403, 404, 413, 429, 502, 503, 504)
}


def answered(status: int, kind: str = "some_exception", reason: str = "told so") -> ApiError:
    return ApiError(
        kind, METAS[status], {"error": {"type": kind, "reason": reason}, "status": status}
    )


def refused(reason: str) -> ApiError:
    return answered(429, "cluster_block_exception", reason)


def not_there() -> NoConnection:
    error = NoConnection("Connection error")
    error.__cause__ = OSError("<a socket>: Connection refused")
    return error


class Request:
    """Fails with each error in turn, then returns the number of times it was made."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.made


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    be_asleep(monkeypatch, pauses)
    return pauses


def be_asleep(patch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    """Let pauses take no time, and the clock show their sum."""
    patch.setattr(threading.Event, "wait", lambda _, seconds: pauses.append(seconds))
    patch.setattr(time, "monotonic", lambda: sum(pauses))


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(NoConnection("refused"), id="no connection"),
        pytest.param(ConnectionTimeout("slow"), id="timeout"),
        pytest.param(BusyError("3 documents were turned away"), id="part of it turned away"),
        *[pytest.param(answered(status), id=str(status)) for status in (429, 502, 503, 504)],
    ],
)
def test_what_may_pass_is_tried_again(error: Exception, slept: list[float]) -> None:
    assert Patience("here", 60).call(Request(error, error)) == 3
    assert slept == [0.25, 0.5]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(answered(401), r"wrong or missing credentials \(401\); set ELAST", id="401"),
        pytest.param(answered(403), r"these credentials may not do that \(403: some_", id="403"),
        pytest.param(answered(413), r"too large \(413: .*lower retrieve\.bulk_mb", id="413"),
        pytest.param(
            answered(404, "index_not_found_exception", "no such index [prefix]"),
            "it answered 404: .* is the path in its address right",
            id="a path in the address",
        ),
        pytest.param(
            answered(400, "index_closed_exception", "closed"), "open it", id="a closed index"
        ),
        pytest.param(
            TlsError(
                "x", errors=(SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"),)
            ),
            "does not speak TLS; write http://",
            id="no TLS",
        ),
        pytest.param(answered(400), "it answered 400: some_exception: told so", id="400"),
        pytest.param(refused(FLOOD), r"its disk is nearly full \(.*free space", id="flood stage"),
        pytest.param(
            answered(403, "cluster_block_exception", "blocked by: [FORBIDDEN/8/index write (api)]"),
            r"is blocked .*set the block \(index\.blocks\.\*",
            id="write block",
        ),
        pytest.param(TlsError("unknown authority"), r"set retrieve\.ca_file", id="certificate"),
        pytest.param(
            UnsupportedProductError("no", METAS[200], ""),
            "OpenSearch is not supported",
            id="OpenSearch",
        ),
    ],
)
def test_what_does_not_pass_is_told_at_once(
    error: Exception, words: str, slept: list[float]
) -> None:
    request = Request(error)
    with pytest.raises(ServiceError, match=words):
        Patience("https://here:9200", 60).call(request)
    assert request.made == 1
    assert slept == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(
            not_there(),
            r"^no Elasticsearch at here after \d+ s \(Connection refused\); start one$",
            id="not there",
        ),
        pytest.param(
            answered(503),
            r"^Elasticsearch at here did not do it in \d+ s \(503: .*start one$",
            id="unwell",
        ),
        pytest.param(ConnectionTimeout("slow"), r"slower than retrieve\.timeout_s", id="slow"),
    ],
)
def test_after_the_limit_the_last_failure_is_told_with_advice(
    error: Exception, words: str, slept: list[float]
) -> None:
    with pytest.raises(ServiceError, match=words):
        Patience("here", 30).call(Request(*[error] * 1000), advice="start one")
    assert sum(slept) == pytest.approx(30)


def test_without_advice_it_says_that_the_same_command_goes_on(slept: list[float]) -> None:
    with pytest.raises(ServiceError, match="run the same command again: it goes on"):
        Patience("here", 1).call(Request(*[NoConnection("refused")] * 100))


def test_pauses_grow_to_a_limit(slept: list[float]) -> None:
    Patience("here", 1000).call(Request(*[answered(503)] * 9))
    assert slept == [0.25, 0.5, 1, 2, 4, 8, 8, 8, 8]


def test_an_error_of_ours_passes_through(slept: list[float]) -> None:
    with pytest.raises(KeyError, match="nope"):
        Patience("here", 60).call(Request(KeyError("nope")))


def test_whoever_waits_is_stopped_at_once() -> None:
    patience = Patience("here", 60)
    timer = threading.Timer(0.1, patience.stop)
    timer.start()
    began_s = time.monotonic()
    with pytest.raises(ServiceError, match="at here: stopped waiting for it"):
        patience.call(Request(*[answered(503)] * 100))
    assert time.monotonic() - began_s < 2


@given(st.floats(0, 50))
def test_it_never_waits_longer_than_the_limit(limit_s: float) -> None:
    pauses: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        be_asleep(patch, pauses)
        with pytest.raises(ServiceError, match="did not do it"):
            Patience("here", limit_s).call(Request(*[answered(429)] * 1000))
    assert sum(pauses) == pytest.approx(limit_s)


@pytest.mark.parametrize(
    ("reason", "blocked"),
    [
        (FLOOD, True),
        ("index [i] blocked by: [FORBIDDEN/5/index read-only (api)];", True),
        ("index [i] blocked by: [FORBIDDEN/9/index metadata (api)];", True),
        ("blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];", False),
        ("rejected execution of primary operation", False),
    ],
)
def test_a_closed_index_is_told_from_a_cluster_that_starts(reason: str, blocked: bool) -> None:
    assert is_block(reason) is blocked
    assert bool(temporary(refused(reason))) is not blocked


def test_the_innermost_cause_is_told() -> None:
    cause = {"type": "too_many_clauses", "reason": "maxClauseCount is set to 8192"}
    error = {"type": "outer", "reason": "all shards failed", "caused_by": cause}
    assert item_reason(error) == (
        "outer: all shards failed; too_many_clauses: maxClauseCount is set to 8192"
    )


@pytest.mark.parametrize(("value", "line"), [("a\nb", "a"), ("", ""), (None, "None")])
def test_a_message_is_one_line(value: object, line: str) -> None:
    assert first_line(value) == line


def test_a_message_is_not_longer_than_a_screen() -> None:
    assert len(first_line("x" * 5000)) == 300


def test_the_request_is_named_while_it_is_tried(
    slept: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    call: Callable[[], int] = Request(answered(503))
    Patience("https://here:9200", 60).call(call)
    assert "Elasticsearch at https://here:9200: 503: some_exception: told so" in caplog.text
