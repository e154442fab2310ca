"""The server that users are told to start is a safe one, and gets the certificate it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

COMPOSE = Path(__file__).resolve().parents[2] / "compose.yaml"
CERTUTIL = """#!{python}
import sys, zipfile
from pathlib import Path
with Path({calls!r}).open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
name = "ca" if sys.argv[1] == "ca" else sys.argv[sys.argv.index("--name") + 1]
with zipfile.ZipFile(sys.argv[sys.argv.index("--out") + 1], "w") as made:
    for kind in ("crt", "key"):
        made.writestr(f"{{name}}/{{name}}.{{kind}}", "stands for a certificate")
"""
UNZIP = """#!{python}
import sys, zipfile
zipfile.ZipFile(sys.argv[-1]).extractall()
"""


@pytest.fixture
def services() -> dict:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


@pytest.fixture
def service(services: dict) -> dict:
    return services["elasticsearch"]


def test_it_is_a_single_node_with_security_and_tls(service: dict) -> None:
    assert service["environment"]["discovery.type"] == "single-node"
    assert service["environment"]["xpack.security.enabled"] == "true"
    assert service["environment"]["xpack.security.http.ssl.enabled"] == "true"


def test_it_listens_on_this_machine_only_and_has_no_password_of_its_own(service: dict) -> None:
    assert service["ports"] == ["127.0.0.1:9200:9200"]
    assert service["environment"]["ELASTIC_PASSWORD"].startswith("${ELASTIC_PASSWORD:?")


def test_its_data_outlives_it_and_its_health_is_checked(service: dict) -> None:
    assert "data:/usr/share/elasticsearch/data" in service["volumes"]
    assert "_cluster/health" in service["healthcheck"]["test"][1]


def test_the_certificates_that_the_node_reads_are_made_once_and_made_again_if_cut_off(
    services: dict, tmp_path: Path
) -> None:
    """The parsed command runs here, with stand-ins for the image's two tools."""
    certs, tools, calls = tmp_path / "config/certs", tmp_path / "bin", tmp_path / "calls"
    for folder in (certs, tools):
        folder.mkdir(parents=True)
    for name, text in {
        "elasticsearch-certutil": CERTUTIL,
        "unzip": UNZIP,
        "chown": "#!/bin/sh\n",
    }.items():
        (tools / name).write_text(text.format(python=sys.executable, calls=str(calls)))
        (tools / name).chmod(0o755)
    command = [part.replace("$$", "$") for part in services["certificates"]["command"]]
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}

    def run() -> list[str]:
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
        return calls.read_text().splitlines()

    authority, node = run()
    assert authority.startswith("ca --silent --pem --out ")
    for wanted in ("--dns elasticsearch --dns localhost --ip 127.0.0.1", "--ca-cert ca/ca.crt"):
        assert wanted in node
    read = services["elasticsearch"]["environment"]
    for setting in ("key", "certificate", "certificate_authorities"):
        assert (tmp_path / "config" / read[f"xpack.security.http.ssl.{setting}"]).is_file()
    assert len(run()) == 2
    (certs / "node/node.crt").unlink()
    assert len(run()) == 4
