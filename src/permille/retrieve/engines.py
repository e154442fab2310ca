"""The one place that chooses an engine."""

from permille.core.errors import SettingsError
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.protocol import Retriever


def open_retriever(config: RetrieveConfig) -> Retriever:
    """Return the engine that the settings ask for; use it as a context manager."""
    match config.engine:
        case Engine.tantivy:
            from permille.retrieve.tantivy import TantivyRetriever

            return TantivyRetriever(config)
        case Engine.elasticsearch:
            raise SettingsError("retrieve=elasticsearch is not there yet; use retrieve=tantivy")
