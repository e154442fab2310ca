"""The command that lists and deletes indexes, and nothing else does."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from permille.core.records import Document
from permille.retrieve import open_retriever
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.housekeeping import main
from permille.retrieve.tantivy import TantivyRetriever


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(arguments, out, err), out.getvalue(), err.getvalue()


def make(folder: Path, count: int) -> str:
    with TantivyRetriever(RetrieveConfig(cache_dir=str(folder))) as retriever:
        return retriever.index(Document(f"{n}", f"text {n}") for n in range(count)).fingerprint


def test_the_indexes_of_the_cache_are_listed_with_their_sizes(tmp_path: Path) -> None:
    name = make(tmp_path, 1234)
    assert run("list", "--cache-dir", str(tmp_path)) == (0, f"{name}  1,234 documents\n", "")


def test_an_unfinished_index_is_listed_as_such(tmp_path: Path) -> None:
    make(tmp_path, 3)
    (versioned,) = tmp_path.iterdir()
    (versioned / "abc.building").mkdir()
    assert "abc  0 documents  unfinished\n" in run("list", "--cache-dir", str(tmp_path))[1]


def test_only_the_named_index_is_deleted(tmp_path: Path) -> None:
    one, other = make(tmp_path, 1), make(tmp_path, 2)
    done = run("delete", one, "--cache-dir", str(tmp_path))
    assert done == (0, f"deleted {one}\n", "")
    assert run("list", "--cache-dir", str(tmp_path))[1].startswith(other)


def test_all_are_deleted_when_asked_for(tmp_path: Path) -> None:
    make(tmp_path, 1)
    make(tmp_path, 2)
    assert run("delete", "all", "--cache-dir", str(tmp_path))[1].count("deleted") == 2
    assert run("list", "--cache-dir", str(tmp_path)) == (0, "", "")


def test_an_index_that_is_not_there_is_an_error_on_one_line(tmp_path: Path) -> None:
    code, out, err = run("delete", "abc", "--cache-dir", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.startswith("error: no index abc in ")
    assert err.count("\n") == 1


def test_a_wrong_address_is_an_error_on_one_line(tmp_path: Path) -> None:
    wrong = ["--engine", "elasticsearch", "--url", "ftp://x:1", "--cache-dir", str(tmp_path)]
    code, _, err = run("list", *wrong)
    assert (code, err.count("\n")) == (1, 1)


def test_the_command_is_run_with_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "permille.retrieve", "list", "--cache-dir", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b""


@pytest.mark.elasticsearch
def test_indexes_of_a_server_are_listed_and_deleted(
    elastic: Callable[..., RetrieveConfig], elastic_url: str, tmp_path: Path
) -> None:
    with open_retriever(elastic()) as retriever:
        name = retriever.index([Document("1", "text")]).fingerprint
    where = ["--engine", "elasticsearch", "--url", elastic_url, "--cache-dir", str(tmp_path)]
    assert f"{name}  1 documents\n" in run("list", *where)[1]
    assert run("delete", name, *where) == (0, f"deleted {name}\n", "")
    assert name not in run("list", *where)[1]
