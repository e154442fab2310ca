"""What all tests share: where the shared corpora lie, and offline defaults."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"

for name, value in {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "MPLBACKEND": "Agg",
}.items():
    os.environ.setdefault(name, value)
if "NLTK_DATA" not in os.environ and (SHARED / "nltk_data").is_dir():
    os.environ["NLTK_DATA"] = str(SHARED / "nltk_data")
# a shell that starts the tests in the background leaves Ctrl-C ignored, here and in each process
# that a test starts and interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)

# how long an example takes says more about the machine than about the code
settings.register_profile("permille", deadline=None)
settings.load_profile("permille")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the end-to-end tests: what comes late may be moved to another process.

    That one would train the run that they share once more.
    """
    items.sort(key=lambda item: "end_to_end" not in item.nodeid)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora; a test that needs it is skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared corpora at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """The folder of real slices of every task."""
    return shared / "data"


@pytest.fixture(autouse=True)
def _exact_products() -> None:
    """Multiply exactly, whatever a program that ran in this process before has chosen."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_float32_matmul_precision("highest")
