"""A real Elasticsearch node for the tests, and a proxy that misbehaves on request."""

import base64
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elasticsearch import ElasticsearchRetriever

QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options for Java that halve the processor time a node takes to start."""

LAUNCHER = Path(__file__).resolve().parents[3] / "shared" / "elasticsearch" / "node"


def free_port() -> int:
    """Return a port that is free, as is the one 100 above, which the transport takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 100))
            except (OSError, OverflowError):
                continue
            return int(port)


@pytest.fixture
def find_port() -> Callable[[], int]:
    """Find ports for nodes that must know of each other before they start."""
    return free_port


@dataclass
class Node:
    """A node that can be killed and started again on the same folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self, action: str, *arguments: str) -> None:
        command = [str(LAUNCHER), action, str(self.folder), *arguments]
        environment = {**os.environ, "JDK_JAVA_OPTIONS": QUICK_START}
        subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment)

    def start(self) -> None:
        """Start it; a busy machine gets longer than the minute that the launcher waits."""
        try:
            self.launch("start", "--port", str(self.port), "--heap", "512m", *self.settings)
        except subprocess.CalledProcessError:
            until_s = time.monotonic() + 120
            while not self.is_alive():
                if time.monotonic() > until_s:
                    raise
                time.sleep(1)

    def kill(self) -> None:
        self.launch("kill")

    def is_alive(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def need_launcher() -> None:
    if not LAUNCHER.is_file():
        pytest.skip(f"no Elasticsearch to start at {LAUNCHER}")
    if not shutil.which("java"):
        pytest.skip("Elasticsearch needs Java 17 or newer, and there is no java")


@pytest.fixture(scope="session")
def make_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    """Make nodes that tests start and may kill; all are gone at the end."""
    made: list[Node] = []

    def make(*settings: str, port: int | None = None) -> Node:
        need_launcher()
        made.append(Node(tmp_path_factory.mktemp("node"), port or free_port(), settings))
        return made[-1]

    yield make
    for node in made:
        node.kill()


@pytest.fixture(scope="session")
def start_node(make_node: Callable[..., Node]) -> Callable[..., Node]:
    """Start a node that a test may kill."""

    def start(*settings: str, port: int | None = None) -> Node:
        node = make_node(*settings, port=port)
        node.start()
        return node

    return start


@pytest.fixture(scope="session")
def elastic_url(start_node: Callable[..., Node]) -> str:
    """A node that nobody kills: the environment's, else one of our own."""
    given = os.environ.get("ELASTICSEARCH_URL")
    return given or start_node().url


@pytest.fixture
def elastic(elastic_url: str, tmp_path: Path) -> Iterator[Callable[..., RetrieveConfig]]:
    """Make settings for the node; the indexes made in the test are deleted after it."""
    plain = RetrieveConfig(engine=Engine.elasticsearch, url=elastic_url, cache_dir=str(tmp_path))
    with ElasticsearchRetriever(plain) as retriever:
        before = {kept.fingerprint for kept in retriever.kept()}

    def config(**settings: object) -> RetrieveConfig:
        given = {"url": elastic_url, "cache_dir": str(tmp_path), "wait_s": 2, "give_up_after_s": 20}
        return RetrieveConfig(engine=Engine.elasticsearch, **{**given, **settings})  # type: ignore[arg-type]

    yield config
    with ElasticsearchRetriever(plain) as retriever:
        for kept in retriever.kept():
            if kept.fingerprint not in before:
                retriever.delete(kept.fingerprint)


@pytest.fixture
def halve(elastic_url: str) -> Callable[[str, str], int]:
    """Make an index of two shards one of which has no node; return the number of that one."""

    def make(index: str, alias: str) -> int:
        with Elasticsearch(elastic_url) as server:
            server.indices.create(
                index=index,
                aliases={alias: {}},
                settings={
                    "number_of_shards": 2,
                    "number_of_replicas": 0,
                    "routing.allocation.total_shards_per_node": 1,
                },
                mappings={"_meta": {"made_by": "permille", "documents": 20}},
                wait_for_active_shards=0,
            )
            settled = server.cluster.health(
                index=index, level="shards", wait_for_no_initializing_shards=True, timeout="8s"
            )
        shards = settled.body["indices"][index]["shards"]
        (away,) = (int(at) for at, one in shards.items() if one["status"] == "red")
        return away

    return make


@dataclass
class Fault:
    """What happens to the next requests whose path has `part`."""

    kind: str
    times: int
    part: str


class Proxy:
    """Passes requests on to a node: with TLS, a password, and faults, as it is told."""

    def __init__(self, target_port: int, certificate: Path | None = None) -> None:
        self.target_port = target_port
        self.password: tuple[str, str] | None = None
        self.api_key: str | None = None
        self.product: str | None = "Elasticsearch"
        self.stall_s = 2.0
        self.seen: list[str] = []
        self.signed: list[str] = []
        self.on_request: Callable[[str], None] | None = None
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._server = ProxyServer(("127.0.0.1", 0), Handler)
        self._server.proxy = self
        self.port = self._server.server_address[1]
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    def fail(self, kind: str, times: int = 1, part: str = "") -> None:
        """Answer with a status, or `stall`, `cut` (no answer), `lose` (done, but no answer)."""
        self._faults.append(Fault(kind, times, part))

    def next_fault(self, path: str) -> str:
        with self._lock:
            self.seen.append(path)
            for fault in self._faults:
                if fault.times and fault.part in path:
                    fault.times -= 1
                    return fault.kind
        return ""

    def allows(self, authorization: str) -> bool:
        self.signed.append(authorization)
        if self.password:
            wanted = base64.b64encode(":".join(self.password).encode()).decode()
            return authorization == f"Basic {wanted}"
        return self.api_key is None or authorization == f"ApiKey {self.api_key}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """One connection to the proxy that the server belongs to."""

    protocol_version = "HTTP/1.1"
    server: "ProxyServer"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle_any(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if proxy.on_request:
            proxy.on_request(self.path)
        fault = proxy.next_fault(self.path)
        if not proxy.allows(self.headers.get("Authorization", "")):
            fault = "401"
        if fault == "stall":
            time.sleep(proxy.stall_s)
        if fault.isdigit():
            self.refuse(int(fault))
        elif fault in ("stall", "cut"):
            self.close_connection = True
        else:
            self.pass_on(body, answer=fault != "lose")

    def refuse(self, status: int) -> None:
        kind = {401: "security_exception", 429: "es_rejected_execution_exception"}
        told = f'{{"error":{{"type":"{kind.get(status, "busy")}","reason":"told to"}}}}'
        self.answer(status, told.encode(), "application/json")

    def pass_on(self, body: bytes, *, answer: bool) -> None:
        port = self.server.proxy.target_port
        there = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            kinds = {name: self.headers[name] for name in ("Content-Type", "Accept")}
            headers = {name: kind or "application/json" for name, kind in kinds.items()}
            there.request(self.command, self.path, body, headers)
            got = there.getresponse()
            data = got.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        finally:
            there.close()
        if answer:
            self.answer(got.status, data, got.headers["Content-Type"])
        else:
            self.close_connection = True

    def answer(self, status: int, data: bytes, kind: str) -> None:
        product = self.server.proxy.product
        self.send_response(status)
        if product:
            self.send_header("X-Elastic-Product", product)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)


class ProxyServer(ThreadingHTTPServer):
    """Serves for one proxy."""

    daemon_threads = True
    proxy: Proxy

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up: the tests make them."""


@pytest.fixture
def proxy_to(tmp_path: Path) -> Iterator[Callable[..., Proxy]]:
    """Put a proxy before an address; all are closed after the test."""
    opened: list[Proxy] = []

    def open_proxy(url: str, certificate: Path | None = None) -> Proxy:
        proxy = Proxy(int(url.rsplit(":", 1)[1].rstrip("/")), certificate)
        opened.append(proxy)
        return proxy

    yield open_proxy
    for proxy in opened:
        proxy.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost, signed by itself, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, signed, both = (folder / name for name in ("key.pem", "signed.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    out = ["-keyout", str(key), "-out", str(signed)]
    subprocess.run([*command, *names, *out], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + signed.read_bytes())
    return both
