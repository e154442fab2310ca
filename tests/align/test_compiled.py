"""What is compiled and kept on disk follows the source.

numba compares only the file in which a function stands. What a function calls, or a number that it
reads, is compiled into it: from another file it would stay as it was after that file has changed.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import permille

PACKAGE = Path(permille.__file__).parent


def compiled_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(one, ast.Call) and getattr(one.func, "id", "") == "njit"
            for one in node.decorator_list
        ):
            yield node


def names_used(function: ast.FunctionDef) -> set[str]:
    """List the names in a function's body; what only annotates is never compiled in."""
    nodes = (node for statement in function.body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def from_other_files(path: Path) -> tuple[int, set[str]]:
    """Count a file's compiled functions, and list what they use of other files of the package."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] == "permille"
        or getattr(node, "level", 0)
    }
    functions = list(compiled_functions(tree))
    used = set().union(*map(names_used, functions)) if functions else set()
    return len(functions), used & imported


def test_compiled_functions_use_nothing_of_another_file():
    paths = list(PACKAGE.rglob("*.py"))
    found = {str(path.relative_to(PACKAGE)): from_other_files(path) for path in paths}
    num_decorated = sum(path.read_text("utf-8").count("\n@njit(") for path in paths)
    assert sum(count for count, _ in found.values()) == num_decorated > 30
    assert {name: used for name, (_, used) in found.items() if used} == {}


SHARE_OF_A_WORD_USED_UP = """
import numpy as np
from permille.align.evidence import Side, code_side
def side(words):
    stems, places = np.zeros(words, np.int32), np.arange(words, dtype=np.int32)
    levels, breaks = np.full(words, 7, np.int8), np.zeros(words + 1, np.int8)
    return Side(stems, np.zeros(1, np.int32), levels, breaks, np.int32([0, words]), places)
print(code_side((side(2), side(1)), 0, (0, 2, 0, 1), 0)[2])
"""
"""Of two equal rare words one stands in the other text: (1 + 1) / (2 + 2) match."""


def test_a_compiled_function_is_renewed_with_what_it_calls(tmp_path):
    for part in ("__init__.py", "align", "core"):
        copy = shutil.copytree if (PACKAGE / part).is_dir() else shutil.copy
        (tmp_path / "permille").mkdir(exist_ok=True)
        copy(PACKAGE / part, tmp_path / "permille" / part)
    folders = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "compiled")}
    called = [
        path
        for path in (tmp_path / "permille" / "align").glob("*.py")
        if "def count_rare(" in path.read_text("utf-8")
    ]

    def share() -> float:
        done = subprocess.run(
            [sys.executable, "-c", SHARE_OF_A_WORD_USED_UP],
            env=os.environ | folders,
            capture_output=True,
            text=True,
            check=True,
        )
        return float(done.stdout)

    assert share() == 0.5
    assert list((tmp_path / "compiled").rglob("*.nbi"))
    (path,) = called
    source = path.read_text("utf-8")
    path.write_text(source.replace("codes[w] > USED", "codes[w] >= USED"), "utf-8")
    assert share() == 0.75
