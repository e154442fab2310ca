"""The package that `pip install .` makes works outside of the checkout."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
RUN = "import sys; from permille.run.starting import {0}; {0}()"

pytestmark = pytest.mark.slow
Command = Callable[..., str]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own with what the wheel holds; dependencies are those at hand."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(folder), str(PROJECT)], check=True)
    return folder


@pytest.fixture(scope="module")
def outside(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Runs Python in an empty folder, with the installed package instead of the checkout."""
    place = tmp_path_factory.mktemp("outside")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(place)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_installed_package_is_the_one_that_is_tested(outside: Command, installed: Path) -> None:
    assert outside("-c", "import permille; print(permille.__file__)").startswith(str(installed))


def test_every_file_of_the_source_that_is_no_code_is_installed(installed: Path) -> None:
    source = PROJECT / "src" / "permille"
    wanted = [
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert [str(name) for name in wanted if not (installed / "permille" / name).is_file()] == []


@pytest.mark.parametrize("program", ["train", "evaluate", "sweep"])
def test_the_commands_are_installed_and_find_their_settings(
    outside: Command, installed: Path, program: str
) -> None:
    assert (installed / "bin" / f"permille-{program}").is_file()
    printed = outside("-c", RUN.format(program), "--cfg", "job")
    assert "seed:" in printed


def test_texts_are_audited_with_the_installed_package(outside: Command) -> None:
    program = "from permille import audit_texts; print(audit_texts(['a b'], ['c d']).generations)"
    assert "'total': 1" in outside("-c", program)


def test_the_names_of_the_scripts_at_the_top_are_left_to_others(installed: Path) -> None:
    names = {path.name for path in installed.iterdir()}
    assert not names & {"train.py", "evaluate.py", "sweep.py", "tests", "conf"}
