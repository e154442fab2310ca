"""The dashboard shows what runs log, and says what it needs."""

import gzip
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from permille.core.errors import SettingsError
from permille.track.dashboard import COLUMNS, SECTIONS, Panel, main, make_dashboard

HAS_WORKSPACES = importlib.util.find_spec("wandb_workspaces") is not None
needs_workspaces = pytest.mark.skipif(
    not HAS_WORKSPACES, reason="wandb-workspaces is not installed (the extra dashboard)"
)
LOGGED = {
    *("epoch", "train/loss", "val/loss", "attention/cad", "attention/cad_heldout"),
    *(f"memorization/{kind}_permille" for kind in ("any", "verbatim", "paraphrase", "idea")),
    *("memorization/ngram_overlap", "memorization/heldout_any_permille"),
    *("memorization/ratios", "memorization/cases", "plots/headline", "plots/training"),
    *("attention/layer_head", "attention/dispersion", "attention/against_ratio"),
    *("val/rouge_l", "val/f1", "val/bleu", "val/accuracy"),
}
"""Names that a run gives to W&B, as docs/wandb.md lists them."""


def test_every_panel_shows_names_that_a_run_logs() -> None:
    shown = {
        name for panels in SECTIONS.values() for panel in panels for name in (panel.x, *panel.y)
    }
    assert shown - LOGGED == set()
    assert shown == LOGGED


@pytest.mark.skipif(HAS_WORKSPACES, reason="wandb-workspaces is installed")
def test_without_the_package_it_says_how_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match=r"pip install 'permille\[dashboard\]'"):
        make_dashboard("me", "permille")
    assert main(["me", "permille"]) == 1
    assert "error: wandb_workspaces" in capsys.readouterr().err


def test_wrong_arguments_print_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert "ENTITY PROJECT" in capsys.readouterr().err


@dataclass
class Server:
    """A W&B server that says yes, or no to saving, and keeps what it was asked to save."""

    address: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    saved: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "upsertView" not in asked["query"]:
            return {"data": {"viewer": {"id": "1", "entity": "me", "username": "me"}}}
        self.saved.append(asked["variables"])
        view = {"id": "Vmlldzox", "name": asked["variables"]["name"]}
        return self.says or {"data": {"upsertView": {"view": view, "inserted": True}}}


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            text = b""
            if self.path == "/graphql":
                packed = self.headers.get("Content-Encoding") == "gzip"
                text = json.dumps(
                    found.answer(json.loads(gzip.decompress(body) if packed else body))
                ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as http:
        found.address = f"http://127.0.0.1:{http.server_port}"
        Thread(target=http.serve_forever, daemon=True).start()
        yield found
        http.shutdown()


def run_program(address: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, in a process of its own, which keeps W&B's state."""
    named = {"WANDB_BASE_URL": address, "WANDB_API_KEY": "0" * 40, "WANDB_SILENT": "true"}
    return subprocess.run(
        [sys.executable, "-m", "permille.track.dashboard", "me", "permille"],
        env=os.environ | named,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def drawn(panel: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Return the form, the axis and the values of a panel as it is sent."""
    config = panel["config"]
    match panel["viewType"]:
        case "Run History Line Plot":
            return "line", config["xAxis"], tuple(config["metrics"])
        case "Scatter Plot":
            return "scatter", config["xAxis"], (config["yAxis"],)
        case "Media Browser":
            return "media", "epoch", tuple(config["mediaKeys"])
        case _:
            key = config["panel2Config"]["exp"]["fromOp"]["inputs"]["key"]["val"]
            return "table", "epoch", (key,)


def wanted(panel: Panel) -> tuple[str, str, tuple[str, ...]]:
    """Return the same of a panel as docs/wandb.md has it; a scatter is of the summary."""
    if panel.form == "scatter":
        return "scatter", f"summary:{panel.x}", (f"summary:{panel.y[0]}",)
    return panel.form, panel.x, panel.y


@needs_workspaces
def test_what_is_saved_are_the_panels_of_the_documents_each_in_sight(server: Server) -> None:
    done = run_program(server.address)
    assert (done.returncode, done.stderr) == (0, "")
    (saved,) = server.saved
    place = (saved["entityName"], saved["projectName"], saved["displayName"], saved["type"])
    assert place == ("me", "permille", "permille", "project-view")
    spec = json.loads(saved["spec"])["section"]
    sections = spec["panelBankConfig"]["sections"]
    assert {one["name"]: list(map(drawn, one["panels"])) for one in sections} == {
        name: list(map(wanted, panels)) for name, panels in SECTIONS.items()
    }
    for one in sections:
        flow = one["flowConfig"]
        assert flow["columnsPerPage"] == COLUMNS
        assert COLUMNS * flow["rowsPerPage"] >= len(one["panels"])
    assert (spec["settings"]["xAxis"], spec["settings"]["maxRuns"]) == ("epoch", 100)
    assert done.stdout.startswith(f"{server.address}/me/permille?nw=")


@needs_workspaces
def test_a_server_that_refuses_is_said_in_one_line(server: Server) -> None:
    server.says = {"errors": [{"message": "permission denied"}]}
    done = run_program(server.address)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: W&B did not save the dashboard in me/permille")
    assert "permission denied" in line
