"""The plain detector of the benchmarks, which is the tests' oracle too, and the references."""

import gzip
import importlib.util
import json
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from permille.align import AlignConfig, Aligner

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def load_benchmark(name: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def oracle(shared: Path) -> ModuleType:
    return load_benchmark("align_oracle")


@pytest.fixture(scope="session")
def paper(shared: Path) -> Aligner:
    return Aligner(AlignConfig.paper())


@pytest.fixture(scope="session")
def mended() -> Aligner:
    return Aligner(AlignConfig())


@pytest.fixture(scope="session")
def references(shared: Path) -> dict[str, list[dict]]:
    def rows(name: str) -> Iterator[dict]:
        with gzip.open(shared / "reference" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)

    return {name: list(rows(name)) for name in ("bm25_top10", "stress")}


def _folded_plainly(text: str) -> tuple[str, list[int]]:
    """Fold one character after the other, by what Unicode says of each."""
    kept: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        is_word = character.isalnum() or (
            ord(character) >= 128 and unicodedata.category(character)[0] in "MNLS"
        )
        if is_word:
            lowered = character.lower()
            kept.append((lowered if len(lowered) == 1 else character, at))
        elif kept and kept[-1][0] != " ":
            kept.append((" ", at))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return "".join(character for character, _ in kept), [at for _, at in kept]


@pytest.fixture(scope="session")
def folded_plainly() -> Callable[[str], tuple[str, list[int]]]:
    return _folded_plainly
