"""What the tests of pages share."""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from permille.report.config import ReportConfig
from permille.report.page import write_report

from .browser import Opened, open_page, started
from .made_run import make_attention, make_run


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program of axe-core, fetched for the test and never shipped."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm to fetch axe-core with")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        [npm, "pack", "axe-core"], cwd=folder, capture_output=True, check=False, timeout=60
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        pytest.skip("axe-core could not be fetched")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, one a module."""
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made run of 30 cases and two attention maps."""
    folder = make_run(tmp_path_factory.mktemp("small"))
    make_attention(folder)
    return write_report(folder, ReportConfig())


@pytest.fixture
def opened(browser: Any, small: Path) -> Iterator[Opened]:
    """That page, opened; it may neither complain nor ask for anything."""
    found = open_page(browser, small)
    yield found
    assert found.complaints == []
    assert found.requests == [f"file://{small}"]
    found.page.context.close()
