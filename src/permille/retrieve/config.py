"""Settings of retrieval: which engine, where it is, how much it returns."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from permille.core.errors import SettingsError


class Engine(StrEnum):
    """Who ranks the documents. Members are lower case: the settings are read by name."""

    tantivy = "tantivy"
    elasticsearch = "elasticsearch"


class DistributedScores(StrEnum):
    """Whether the statistics of all shards are gathered before scoring."""

    auto = "auto"
    always = "always"
    never = "never"


@dataclass
class RetrieveConfig:
    """How candidates are found for a generation.

    Raises:
        SettingsError: If a value is out of its range; the message names the setting.
    """

    engine: Engine = Engine.tantivy
    """The embedded engine (tantivy), or a server (elasticsearch)."""

    top_k: int = 10
    """Candidates for each generation, 1 to 1,000."""

    cache_dir: str | None = None
    """Folder of the embedded engine's indexes, readable by its owner only; it holds training
    text. None: `permille/indexes` in the user's cache folder (`XDG_CACHE_HOME`)."""

    url: Any = None
    """Elasticsearch: an address, or a list of addresses of one cluster. None: the environment's
    `ELASTICSEARCH_URL` (several separated by commas), else http://localhost:9200. User and
    password do not belong here; see `permille.retrieve.connection`."""

    cloud_id: str | None = None
    """Elasticsearch: the id of a hosted cluster, in place of `url`."""

    ca_file: str | None = None
    """Elasticsearch: certificates (PEM) to trust instead of the system's."""

    timeout_s: float = 30.0
    """Elasticsearch: how long one request may take."""

    wait_s: float = 30.0
    """Elasticsearch: how long to wait for a server that does not answer yet."""

    give_up_after_s: float = 120.0
    """Elasticsearch: how long a request that fails or is turned away is tried again, once the
    server has been there."""

    shards: int = 1
    """Elasticsearch: primary shards of a new index."""

    replicas: int = 0
    """Elasticsearch: copies of each shard, so that a node may die during an audit."""

    distributed_scores: DistributedScores = DistributedScores.auto
    """Elasticsearch: score with the statistics of all shards; auto: if there is more than one."""

    bulk_mb: float = 4.0
    """Elasticsearch: largest request while loading, in megabytes."""

    parallel: int = 4
    """Elasticsearch: requests in flight, while loading and while searching."""

    queries_per_request: int = 50
    """Elasticsearch: queries in one request."""

    def __post_init__(self) -> None:
        self._check_range("top_k", 1, 1000)
        self._check_range("shards", 1, 1024)
        self._check_range("replicas", 0, 16)
        self._check_range("parallel", 1, 64)
        self._check_range("queries_per_request", 1, 1000)
        self._check_range("timeout_s", 0.1, 3600)
        self._check_range("wait_s", 0, 86400)
        self._check_range("give_up_after_s", 0, 86400)
        self._check_range("bulk_mb", 0.01, 90)
        if not _is_addresses(self.url):
            raise SettingsError(
                f"retrieve.url: want an address or a list of addresses, got {self.url!r}; "
                "write retrieve.url=https://host:9200 or 'retrieve.url=[https://a:9200,https://b:9200]'"
            )
        if self.url and self.cloud_id:
            raise SettingsError("retrieve.url and retrieve.cloud_id: want one of the two, got both")

    @property
    def urls(self) -> list[str]:
        """The addresses that are set; empty: the environment's, or the default."""
        return [self.url] if isinstance(self.url, str) else list(self.url or [])

    @property
    def ranking(self) -> tuple[str, ...]:
        """What decides which documents come back and in which order, but for `top_k`."""
        if self.engine is Engine.tantivy:
            return (str(self.engine),)
        return (str(self.engine), str(self.distributed_scores), str(self.shards))

    @property
    def unused(self) -> list[str]:
        """The settings that were given and that this engine does not use."""
        if self.engine is Engine.elasticsearch:
            return []
        blank = type(self)()
        names = ("url", "cloud_id", "ca_file", "shards", "replicas", "distributed_scores")
        return [name for name in names if getattr(self, name) != getattr(blank, name)]

    def _check_range(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise SettingsError(f"retrieve.{name}: want {low} to {high}, got {value}")


def _is_addresses(url: object) -> bool:
    if url is None or isinstance(url, str):
        return url != ""
    return isinstance(url, list) and bool(url) and all(u and isinstance(u, str) for u in url)
