"""Candidates for a generation: BM25 by an embedded engine or by Elasticsearch."""
