"""The one place that chooses an engine."""

from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.protocol import Retriever


def open_retriever(config: RetrieveConfig) -> Retriever:
    """Return the engine that the settings ask for; use it as a context manager."""
    match config.engine:
        case Engine.tantivy:
            from permille.retrieve.tantivy import TantivyRetriever

            return TantivyRetriever(config)
        case Engine.elasticsearch:
            from permille.retrieve.elasticsearch import ElasticsearchRetriever

            return ElasticsearchRetriever(config)
