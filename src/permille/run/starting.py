"""How a program begins: what it needs takes a second to load, and may be interrupted meanwhile."""

import sys

from permille.run.ending import INTERRUPTED, say_error


def start(program: str) -> None:
    """Load and run `train`, `evaluate` or `sweep` of `permille.run.entry`."""
    try:
        from permille.run import entry

        getattr(entry, program)()
    except KeyboardInterrupt:
        say_error("interrupted before anything was done")
        sys.exit(INTERRUPTED)
