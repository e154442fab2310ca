"""Queries for Elasticsearch, and what to do with one of more terms than it allows.

A node allows so many clauses in a query, counting repeated terms, and tells the number only in its
refusal. Repeated terms are then written once, with their count as weight, which scores the same.
Only where there are more different terms than that, the last ones are left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LIMIT = re.compile(r"[mM]axClauseCount is set to (\d+)")

Query = dict[str, Any]


@dataclass(frozen=True)
class Shortened:
    """A query of at most so many clauses, and how many of its terms had to be left out."""

    query: Query
    num_left_out: int


def match_query(terms: Sequence[str]) -> Query:
    """Return the query for all terms, repeats included."""
    return {"match": {"text": " ".join(terms)}}


def shortened(terms: Sequence[str], limit: int) -> Shortened:
    """Return a query that scores the same with fewer clauses, or nearly the same.

    Args:
        terms: Of the query, repeats included.
        limit: Clauses at most.
    """
    counts = Counter(terms)
    kept = list(counts)[:limit]
    clauses = [{"match": {"text": {"query": term, "boost": counts[term]}}} for term in kept]
    num_left_out = len(terms) - sum(counts[term] for term in kept)
    return Shortened({"bool": {"should": clauses}}, num_left_out)


def clause_limit(reason: str) -> int | None:
    """Return the number of clauses that the server allows, if that is what it complains about."""
    found = _LIMIT.search(reason)
    return int(found.group(1)) if found else None
