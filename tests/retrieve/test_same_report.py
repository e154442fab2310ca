"""An audit of real texts says the same with either engine, disturbed or not."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from permille import audit_texts

pytestmark = pytest.mark.elasticsearch

COUNTED = ("generations", "ratios")


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Pieces of real texts, some shuffled, and the texts that they are from."""
    with gzip.open(shared_data / "dialogue.jsonl.gz", "rt", encoding="utf-8") as lines:
        targets = [json.loads(line)["target"] for line, _ in zip(lines, range(1200), strict=False)]
    chance = random.Random(5)
    pieces = []
    for at in range(90):
        words = chance.choice(targets).split()
        start = chance.randrange(max(1, len(words) - 60))
        piece = words[start : start + 60]
        if at % 4 == 0:
            chance.shuffle(piece)
        pieces.append(" ".join(piece))
    named = [
        [{"id": f"{name}{at}", "text": text} for at, text in enumerate(given)]
        for name, given in (("g", pieces), ("d", targets))
    ]
    return named[0], named[1]


def counts(report: dict[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in COUNTED}


@pytest.mark.usefixtures("elastic")
@pytest.mark.parametrize("audit", ["paper", pytest.param("standard", marks=pytest.mark.slow)])
def test_every_count_is_the_same(
    audit: str,
    texts: tuple[list[dict[str, str]], list[dict[str, str]]],
    elastic_url: str,
    proxy_to: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = proxy_to(elastic_url)
    for kind in ("429", "cut", "lose"):
        proxy.fail(kind, part="_bulk")
        proxy.fail(kind, part="_msearch")
    monkeypatch.setenv("ELASTICSEARCH_URL", proxy.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    embedded, served = (
        audit_texts(*texts, audit=audit, retrieve=engine, judge="lexical").to_dict()
        for engine in ("tantivy", "elasticsearch")
    )
    assert counts(served) == counts(embedded)
    assert embedded["ratios"]["verbatim"]["count"] > 30
    assert sum("_bulk" in path for path in proxy.seen) > 3
