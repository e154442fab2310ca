"""How a program ends: what it says of an error, its last line, its exit code."""

import json
import sys
from pathlib import Path

DONE, FAILED, INTERRUPTED = 0, 1, 130
"""Exit codes."""


def say_error(message: str) -> None:
    """Print what went wrong, on stderr."""
    sys.stderr.write("".join(f"error: {line}\n" for line in message.splitlines()))


def print_last_line(paths: dict[str, Path]) -> None:
    """Print the line that other programs read: JSON with absolute paths."""
    values = {name: str(path.resolve()) for name, path in paths.items()}
    sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
    sys.stdout.flush()
