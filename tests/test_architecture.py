"""The packaging and the layers are what the documents say."""

import importlib
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PROJECT_TABLE = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    found = re.findall(r"^\W*([A-Za-z][\w.-]*)==(\S+)$", path.read_text(), flags=re.M)
    return {normalized(name): version for name, version in found}


CONSTRAINTS = pins(PROJECT / "constraints.txt")
ENVIRONMENT = pins(PROJECT / "environment.yml")
REQUIRED = [normalized(re.split(r"[<>=\[; ]", d)[0]) for d in PROJECT_TABLE["dependencies"]]


def test_every_dependency_is_pinned_in_the_constraints() -> None:
    assert [name for name in REQUIRED if name not in CONSTRAINTS] == []


def test_every_package_is_pinned_once() -> None:
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    assert [line for line, count in Counter(lines).items() if count > 1] == []


def test_every_dependency_is_imported_somewhere() -> None:
    modules = {"hydra-core": "hydra", "python-stdnum": "stdnum", "scikit-learn": "sklearn"}
    imported_by_transformers = {"sentencepiece"}
    sources = "".join(path.read_text() for path in (PROJECT / "src").rglob("*.py"))
    named = [name for name in REQUIRED if name not in imported_by_transformers]
    wanted = {name: modules.get(name, name.replace("-", "_")) for name in named}
    pattern = r"^\s*(?:from|import) {}\b"
    unused = [
        name
        for name, module in wanted.items()
        if not re.search(pattern.format(module), sources, flags=re.M)
    ]
    assert unused == []


def test_the_conda_environment_names_every_dependency_and_nothing_else() -> None:
    assert sorted(ENVIRONMENT) == sorted(REQUIRED)


def test_the_conda_environment_names_the_versions_of_the_constraints() -> None:
    assert {name: CONSTRAINTS[name] for name in ENVIRONMENT} == ENVIRONMENT


@pytest.mark.parametrize("requirement", PROJECT_TABLE["dependencies"])
def test_the_constraint_satisfies_the_requirement(requirement: str) -> None:
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    assert wanted.specifier.contains(CONSTRAINTS[normalized(wanted.name)])


@pytest.mark.parametrize(
    "name",
    re.findall(
        r"^(?:\| `)?((?:align|measure|data|model|audit|report|callbacks|track|retrieve|judge)"
        r"\.\w+\.\w+)",
        (PROJECT / "docs" / "architecture.md").read_text(),
        flags=re.M,
    ),
)
def test_what_the_architecture_names_is_there(name: str) -> None:
    module, _, member = name.rpartition(".")
    assert hasattr(importlib.import_module(f"permille.{module}"), member)


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["permille", "permille.align", "permille.run.entry"])
def test_importing_it_loads_no_heavy_package(module: str) -> None:
    program = (
        f"import sys, {module}; "
        "print(sorted({'torch', 'transformers', 'wandb', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_text_of_the_project_names_a_path_of_this_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    machine = re.compile(r"/(?:work|root|opt|home)/\w")
    files = [PROJECT / name for name in listed.stdout.splitlines()]
    texts = [f for f in files if f.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".txt"}]
    named = [str(f) for f in texts if f != Path(__file__) and machine.search(f.read_text())]
    assert named == []
