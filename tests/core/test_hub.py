"""Whether the hub answers, found out at once and without the hub's own client."""

import socket
import ssl
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError

import pytest
from huggingface_hub import constants

from permille.core import hub


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_HEAD(self):
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        return


@pytest.fixture(params=[200, 404, 503])
def server(request):
    handler = type("Status", (Answer,), {"status": request.param})
    with HTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def silent():
    """An address that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def online(monkeypatch):
    monkeypatch.setattr(hub, "is_offline_mode", lambda: False)
    hub.answers.cache_clear()


def test_an_address_answers_whatever_its_status(server):
    assert hub.answers(server, 5.0)


def test_a_port_that_nobody_listens_on_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not hub.answers(f"http://127.0.0.1:{port}", 5.0)


def test_an_address_that_says_nothing_is_given_up_in_time(silent):
    started = time.monotonic()
    assert not hub.answers(silent, 0.3)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param(ssl.SSLCertVerificationError("self-signed"), True, id="certificate"),
        pytest.param(ConnectionRefusedError("refused"), False, id="refused"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_an_answer_still(monkeypatch, reason, expected):
    def fail(*_, **__):
        raise URLError(reason)

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    assert hub.answers(f"https://{type(reason).__name__}.invalid", 5.0) is expected


def test_a_name_that_is_no_address_does_not_answer():
    assert not hub.answers("no address", 1.0)


def test_the_setting_alone_makes_it_offline(monkeypatch):
    monkeypatch.setattr(hub, "is_offline_mode", lambda: True)
    monkeypatch.setattr(hub, "answers", lambda *_: 1 / 0)
    assert hub.offline_reason() == "HF_HUB_OFFLINE is set"


def test_a_hub_that_is_silent_is_named(monkeypatch, online, silent):
    monkeypatch.setattr(constants, "ENDPOINT", silent)
    assert hub.offline_reason(0.2) == f"{silent} does not answer"


def test_a_hub_that_answers_is_no_reason(monkeypatch, online, server):
    monkeypatch.setattr(constants, "ENDPOINT", server)
    assert hub.offline_reason(5.0) is None
