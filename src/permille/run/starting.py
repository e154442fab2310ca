"""How a program begins: what it needs takes a second to load, and may be interrupted meanwhile."""

import sys

from permille.run.ending import INTERRUPTED, say_error


def start(program: str) -> None:
    """Load and run `train`, `evaluate` or `sweep` of `permille.run.entry`."""
    said = "interrupted before anything was done"
    try:
        from permille.run import entry

        # from here on the program has its own words, but for its first and last moments
        said = "interrupted"
        getattr(entry, program)()
    except KeyboardInterrupt:
        say_error(said)
        sys.exit(INTERRUPTED)


def train() -> None:
    """Run `permille-train`."""
    start("train")


def evaluate() -> None:
    """Run `permille-evaluate`."""
    start("evaluate")


def sweep() -> None:
    """Run `permille-sweep`."""
    start("sweep")
