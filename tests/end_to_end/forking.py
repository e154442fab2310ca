"""Runs the programs in forked processes, so that the imports are paid for once. Not a test itself.

Writes a line when it is ready. Reads a job a line: {"program", "arguments", "out", "err"}, the last
two being files for what it says. Answers each with the number of its process, and when that has
ended with its exit code, a line each.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import sys
from pathlib import Path

from permille.run.entry import BARS_OF_LIBRARIES

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = (
    *("permille.run.train", "permille.run.evaluate", "permille.run.sweep"),
    *("permille.align.mended", "permille.judge.lexical", "permille.retrieve.tantivy"),
    *("permille.report.page", "transformers.models.t5.modeling_t5"),
)


def become(program: str, arguments: list[str], out: str, err: str) -> None:
    """Go on as a program that was started from a shell."""
    for number, path in enumerate((os.devnull, out, err)):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = [str(PROJECT / f"{program}.py"), *arguments]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as ended:
        # without taking apart what was imported, which takes longer than many a job
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code)


def answer(line: str) -> None:
    """Write a line to whoever gives the jobs."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Do one job after another; a forked process leaves with its job's exit code."""
    os.environ |= dict.fromkeys(BARS_OF_LIBRARIES, "1")
    for name in HEAVY:
        importlib.import_module(name)
    # else every collection of a forked process looks at, and copies, what was imported
    gc.freeze()
    answer("ready")
    while line := sys.stdin.readline():
        process = os.fork()
        if process == 0:
            become(**json.loads(line))
            return
        answer(str(process))
        answer(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])))


if __name__ == "__main__":
    main()
