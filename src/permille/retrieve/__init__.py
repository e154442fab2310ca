"""Candidates for a generation: BM25 by an embedded engine or by Elasticsearch."""

from permille.retrieve.engines import open_retriever

__all__ = ["open_retriever"]
