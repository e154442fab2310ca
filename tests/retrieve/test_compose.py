"""The server that users are told to start is a safe one."""

from pathlib import Path

import pytest
import yaml

COMPOSE = Path(__file__).resolve().parents[2] / "compose.yaml"


@pytest.fixture
def service() -> dict:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["elasticsearch"]


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
