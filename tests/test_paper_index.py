"""The page that maps the paper to the code names only what is there."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGE = (PROJECT / "docs" / "paper_index.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ")]
PATH = re.compile(r"`([\w/]+\.(?:py|yaml)|conf/\w+)`")
MODULES = sorted({path for row in ROWS for path in PATH.findall(row[1])})
TESTS = sorted({path for row in ROWS for path in PATH.findall(row[2])})


@pytest.mark.parametrize("path", MODULES)
def test_every_module_on_the_page_is_there(path: str) -> None:
    assert (PROJECT / "src" / "permille" / path).exists()


@pytest.mark.parametrize("path", TESTS)
def test_every_test_on_the_page_is_there(path: str) -> None:
    assert (PROJECT / "tests" / path).is_file()


def test_every_part_of_the_paper_has_a_module_and_a_test() -> None:
    parts = [row for row in ROWS if row[1].strip() not in {"module", "---"}]
    assert len(parts) >= 20
    assert all(PATH.search(row[1]) and PATH.search(row[2]) for row in parts)
