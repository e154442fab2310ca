"""How a program begins: what it needs takes a second to load, and may be interrupted meanwhile."""

import signal
import sys
import threading
import warnings
from types import FrameType

from permille.run.ending import INTERRUPTED, say_error


def start(program: str) -> None:
    """Load and run `train`, `evaluate` or `sweep` of `permille.run.entry`."""
    # a shell may have had it ignored
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    # joblib says so of what was begun when an error ends an audit, which has words of its own
    warnings.filterwarnings("ignore", ".*tasks .* have been (cancelled|successfully executed)")
    said = "interrupted before anything was done"
    try:
        from permille.run import entry

        # from here on the program has its own words, but for its first and last moments
        said = "interrupted"
        getattr(entry, program)()
    except KeyboardInterrupt:
        say_error(said)
        sys.exit(INTERRUPTED)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupt, and let nothing be said of what breaks off with it, as in joblib's threads."""
    threading.excepthook = lambda _: None
    warnings.simplefilter("ignore")
    signal.default_int_handler(number, frame)


def train() -> None:
    """Run `permille-train`."""
    start("train")


def evaluate() -> None:
    """Run `permille-evaluate`."""
    start("evaluate")


def sweep() -> None:
    """Run `permille-sweep`."""
    start("sweep")
