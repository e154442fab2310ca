"""The one place that chooses an engine."""

import logging

from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.protocol import Retriever

_log = logging.getLogger(__name__)


def open_retriever(config: RetrieveConfig) -> Retriever:
    """Return the engine that the settings ask for; use it as a context manager."""
    if config.unused:
        _log.warning(
            "retrieve=%s makes no use of %s; add retrieve=elasticsearch, or leave it out",
            config.engine,
            ", ".join(f"retrieve.{name}" for name in config.unused),
        )
    match config.engine:
        case Engine.tantivy:
            from permille.retrieve.tantivy import TantivyRetriever

            return TantivyRetriever(config)
        case Engine.elasticsearch:
            from permille.retrieve.elasticsearch import ElasticsearchRetriever

            return ElasticsearchRetriever(config)
