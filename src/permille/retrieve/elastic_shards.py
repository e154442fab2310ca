"""Waits for the shards of an index of Elasticsearch, and says why one has no node."""

import logging
from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.patience import BusyError, Patience

_SHARDS_S = 3.0

_log = logging.getLogger(__name__)


class Shards:
    """The shards of the indexes of one cluster."""

    def __init__(self, client: Elasticsearch, patience: Patience, config: RetrieveConfig) -> None:
        self._client = client
        self._patience = patience
        self._config = config

    def wait_for_primaries(self, index: str) -> None:
        """Wait until every primary shard is there.

        Raises:
            ServiceError: If the cluster has no place for them.
        """
        self._patience.call(lambda: self._ask_for_primaries(index))

    def _ask_for_primaries(self, index: str) -> None:
        # copies too, if the cluster has room: a node that dies while loading then loses nothing
        health = self._health(index, "green" if self._config.replicas else "yellow", _SHARDS_S)
        if health["status"] != "red":
            # a shard that no node has had yet counts as yellow, though nobody has it
            state = health["indices"][index]
            if state["active_primary_shards"] < state["number_of_shards"]:
                raise BusyError(f"the shards of {index} are being made")
            return
        states = health["indices"][index]["shards"] if health["indices"] else {}
        shard = next((int(at) for at, state in states.items() if state["status"] == "red"), 0)
        why = self._client.cluster.allocation_explain(index=index, shard=shard, primary=True)
        nodes = reasons_of(why.body)
        told = "; ".join(dict.fromkeys(nodes)) or str(why.body.get("allocate_explanation", ""))
        if nodes and all("watermark" in reasons for reasons in nodes):
            raise ServiceError(
                f"Elasticsearch at {self._patience.where}: its disk is nearly full ({told}); free "
                "space or raise cluster.routing.allocation.disk.watermark, then run again"
            )
        raise BusyError(f"no node has taken shard {shard} of {index} ({told})")

    def _health(self, index: str, status: str, wait_s: float) -> Mapping[str, Any]:
        """Return the state of an index, once it is this or half a request's time has passed."""
        wait_ms = int(1000 * min(wait_s, self._config.timeout_s / 2))
        answer = self._client.options(ignore_status=408).cluster.health(
            index=index,
            wait_for_status=status,
            wait_for_no_initializing_shards=True,
            level="shards",
            timeout=f"{wait_ms}ms",
        )
        return dict(answer.body)

    def wait_for_replicas(self, index: str) -> None:
        """Wait a while for the copies of an index; without them the audit goes on."""
        if not self._config.replicas:
            return
        health = self._patience.call(lambda: self._health(index, "green", self._config.timeout_s))
        if health["status"] != "green":
            _log.warning(
                "retrieve.replicas=%d, but the cluster has not placed them: it has %d data nodes; "
                "the audit goes on without",
                self._config.replicas,
                health["number_of_data_nodes"],
            )


def reasons_of(explanation: Mapping[str, Any]) -> list[str]:
    """Return for each node why it does not take a shard, in the cluster's words."""
    nodes = explanation.get("node_allocation_decisions", [])
    return [
        "; ".join(decider["explanation"] for decider in node.get("deciders", [])) for node in nodes
    ]
