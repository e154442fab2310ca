"""A million documents load and answer with little memory on our side."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.elasticsearch]

CHILD = """
import random, resource, sys
from permille.core.records import Document
from permille.retrieve import open_retriever
from permille.retrieve.config import Engine, RetrieveConfig

def documents():
    chance = random.Random(0)
    for n in range(1_000_000):
        ranks = (int(chance.paretovariate(0.9)) % 300_000 for _ in range(chance.randint(8, 40)))
        yield Document(f"made-{n:08}", " ".join(f"w{rank}" for rank in ranks) + f" number{n}")

engine, url, cache_dir = sys.argv[1:]
config = RetrieveConfig(engine=Engine(engine), url=url, cache_dir=cache_dir)
with open_retriever(config) as retriever:
    corpus = retriever.index(documents())
    wanted = random.Random(1).sample(range(1_000_000), 300)
    found = corpus.search([f"w1 w2 number{n}" for n in wanted], 10)
    hits = sum(one[0].document_id == f"made-{n:08}" for n, one in zip(wanted, found, strict=True))
    fetched = corpus.fetch(one[0].document_id for one in found)
    retriever.delete(corpus.fingerprint)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(len(corpus), hits, len(fetched), peak_mb)
"""


@pytest.mark.parametrize("engine", ["tantivy", "elasticsearch"])
def test_a_million_documents_take_less_than_a_gigabyte_here(
    engine: str, start_node: Callable, tmp_path: Path
) -> None:
    url = start_node().url if engine == "elasticsearch" else "http://localhost:1"
    command = [sys.executable, "-c", CHILD, engine, url, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    documents, hits, fetched, peak_mb = map(int, done.stdout.split())
    assert (documents, hits, fetched) == (1_000_000, 300, 300)
    assert peak_mb < 1000
