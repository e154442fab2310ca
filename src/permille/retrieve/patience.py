"""Try again while a server is away or busy, for a limited time, then say what is wrong.

Refusals that waiting does not mend (a wrong password, a full disk, a certificate) are told at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from ssl import SSLEOFError, SSLZeroReturnError
from typing import TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from permille.core.errors import ServiceError

_log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY = frozenset({429, 502, 503, 504})
"""Answers after which the same request may succeed later."""

NO_INDEX = "index_not_found_exception"
"""What a server calls it that an index, or an alias, is not there."""

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 8.0
_CREDENTIALS = "ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD"


class BusyError(Exception):
    """Part of a request was turned away and may succeed later; says why."""


class Patience:
    """Repeats requests to one server with growing pauses, up to a limit."""

    def __init__(self, where: str, give_up_after_s: float) -> None:
        self.where = where
        self.give_up_after_s = give_up_after_s
        self._stopped = threading.Event()

    def call(self, request: Callable[[], T], advice: str = "") -> T:
        """Return what the request returns, once it succeeds.

        Args:
            request: May be made several times, so it must not matter if one was carried out.
            advice: Ends the error's message.

        Raises:
            ServiceError: If waiting cannot mend it, or did not within the limit.
        """
        began_s = time.monotonic()
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return request()
            except (BusyError, TransportError, ApiError, UnsupportedProductError) as error:
                why = temporary(error)
                if not why:
                    raise ServiceError(self.explain(error)) from error
                waited_s = time.monotonic() - began_s
                if waited_s >= self.give_up_after_s:
                    raise ServiceError(self._gave_up(error, why, waited_s, advice)) from error
            # the last try comes when the time is up, not a pause before
            next_s = min(pause_s, self.give_up_after_s - waited_s)
            _log.warning("Elasticsearch at %s: %s; again in %.1f s", self.where, why, next_s)
            if self._stopped.wait(next_s):
                raise ServiceError(f"Elasticsearch at {self.where}: stopped waiting for it")
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def anew(self) -> "Patience":
        """Return one with the same limit, for a job that may be stopped alone."""
        return Patience(self.where, self.give_up_after_s)

    def stop(self) -> None:
        """Make every thread that waits for the server give up now."""
        self._stopped.set()

    def _gave_up(self, error: Exception, why: str, waited_s: float, advice: str) -> str:
        if isinstance(error, NoConnection) and not isinstance(error, ConnectionTimeout):
            message = f"no Elasticsearch at {self.where} after {waited_s:.0f} s ({why})"
        else:
            message = f"Elasticsearch at {self.where} did not do it in {waited_s:.0f} s ({why})"
        return f"{message}; {advice or 'once it is well, run the same command again: it goes on'}"

    def explain(self, error: Exception) -> str:
        """Say in one sentence why a request failed, and what to do."""
        if isinstance(error, UnsupportedProductError):
            return (
                f"the server at {self.where} is not Elasticsearch (OpenSearch is not supported: "
                "the client refuses it); use Elasticsearch 8 or 9, or retrieve=tantivy"
            )
        if isinstance(error, TlsError) and "WRONG_VERSION_NUMBER" in "".join(
            str(cause).upper().replace(" ", "_") for cause in _causes(error)
        ):
            return f"the server at {self.where} does not speak TLS; write http:// for https://"
        if isinstance(error, TlsError):
            return (
                f"no trusted connection to {self.where}: {first_line(error)}; set "
                "retrieve.ca_file to the file of certificates of the server's authority"
            )
        if isinstance(error, ApiError):
            return f"Elasticsearch at {self.where}: {refusal(error.status_code, reason_of(error))}"
        return f"Elasticsearch at {self.where}: {first_line(error)}"


def temporary(error: Exception) -> str:
    """Say what is wrong if waiting may mend it; else an empty string."""
    if isinstance(error, UnsupportedProductError):
        return ""
    if isinstance(error, TlsError):
        return "the connection was cut" if _was_cut(error) else ""
    if isinstance(error, ConnectionTimeout):
        return "slower than retrieve.timeout_s"
    if isinstance(error, NoConnection):
        return _root_of(error)
    if isinstance(error, BusyError):
        return first_line(error)
    if isinstance(error, ApiError) and error.status_code in BUSY:
        why = reason_of(error)
        return "" if is_block(why) else f"{error.status_code}: {why}"
    return ""


def _was_cut(error: TlsError) -> bool:
    """Tell whether TLS ended in the middle, as when a server dies, and was not refused."""
    return any(isinstance(cause, SSLEOFError | SSLZeroReturnError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[object]:
    """Yield an error and all that is behind it, whichever way the libraries keep that."""
    causes: list[object] = [error]
    while causes:
        cause = causes.pop()
        yield cause
        if isinstance(cause, BaseException):
            causes += [cause.__cause__, *cause.args]
        causes += getattr(cause, "errors", ())


def _root_of(error: BaseException) -> str:
    """Return what the system said at the bottom of a failed connection."""
    while error.__cause__:
        error = error.__cause__
    return first_line(error).rsplit(": ", 1)[-1].rstrip("')")


def is_block(reason: str) -> bool:
    """Tell whether an index or a cluster was blocked by someone, which does not pass by itself."""
    return "blocked by" in reason and ("FORBIDDEN" in reason or "read-only" in reason)


def refusal(status: int, reason: str) -> str:
    """Say why a request was turned down for good, and what to do."""
    match status:
        case 401:
            return f"wrong or missing credentials (401); set {_CREDENTIALS}"
        case 403 if not is_block(reason):
            return f"these credentials may not do that (403: {reason}); use others: {_CREDENTIALS}"
        case 413:
            return f"a request was too large (413: {reason}); lower retrieve.bulk_mb"
        case 404 if (
            NO_INDEX in reason and "no such index [" in reason and "[permille-" not in reason
        ):
            return f"it answered 404: {reason}; is the path in its address right?"
        case 404 if NO_INDEX in reason:
            return (
                f"the index is gone, deleted by someone else ({reason}); run the same command "
                "again: it is loaded anew"
            )
        case 400 if "index_closed" in reason:
            return f"an index is closed ({reason}); open it (POST /permille-*/_open), and run again"
        case _ if "flood-stage" in reason:
            return (
                f"its disk is nearly full ({reason}); free space or raise "
                "cluster.routing.allocation.disk.watermark, then run the same command again"
            )
        case _ if is_block(reason):
            return (
                f"the index or the cluster is blocked ({reason}); set the block (index.blocks.* "
                "or cluster.blocks.*) to null, then run the same command again"
            )
        case _:
            return f"it answered {status}: {reason}"


def reason_of(error: ApiError) -> str:
    """Return the server's own words, on one line."""
    body = error.body
    inner = body.get("error") if isinstance(body, dict) else None
    return item_reason(inner) if inner else first_line(body or error.message)


def item_reason(error: object) -> str:
    """Return the words of an error object as responses hold it, with its innermost cause."""
    if not isinstance(error, dict):
        return first_line(error)
    causes = error.get("root_cause") or [error]
    said = [f"{cause.get('type')}: {cause.get('reason')}" for cause in [error, *causes]]
    inner = error.get("caused_by")
    while isinstance(inner, dict):
        said.append(f"{inner.get('type')}: {inner.get('reason')}")
        inner = inner.get("caused_by")
    return first_line("; ".join(dict.fromkeys(said)))


def first_line(value: object) -> str:
    """Return the first line of what a value prints as, at most 300 characters."""
    lines = str(value).strip().splitlines()
    return lines[0][:300] if lines else ""
