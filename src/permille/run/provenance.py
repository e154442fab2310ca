"""Where a result comes from: versions, hardware, fingerprints of data and model, times."""

import hashlib
import logging
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from permille.core.records import Example

_LOG = logging.getLogger(__name__)

PACKAGES = (
    "permille",
    "torch",
    "pytorch-lightning",
    "transformers",
    "tokenizers",
    "datasets",
    "tantivy",
    "elasticsearch",
    "nltk",
    "numpy",
    "scipy",
)


class Clock:
    """Times the stages of a run.

    Args:
        start_s: Seconds that starting the program took, told as a stage of its own; 0 tells none.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._started = datetime.now(UTC)
        self._last_s = self._first_s = time.monotonic()
        self._stages_s: dict[str, float] = {"start": round(start_s, 3)} if start_s else {}

    def end(self, stage: str) -> None:
        """Count the time since the last stage's end to this one."""
        now_s = time.monotonic()
        self._stages_s[stage] = round(self._stages_s.get(stage, 0.0) + now_s - self._last_s, 3)
        self._last_s = now_s

    def times(self) -> dict[str, object]:
        """Return when the run began, how long it took, and how long each stage did."""
        return {
            "started": self._started.isoformat(timespec="seconds"),
            "duration_s": round(time.monotonic() - self._first_s, 3),
            "stages_s": dict(self._stages_s),
        }

    def log(self) -> None:
        """Write how long each stage took into the log, in seconds."""
        parts = (f"{stage} {seconds:.1f} s" for stage, seconds in self._stages_s.items())
        _LOG.info("times: %s", ", ".join(parts))


class TimedStages:
    """Times what an audit tells of, by the first word of each stage ("index", "align").

    A stage is over when it has done all its items; what lies between stages counts to the next.

    Args:
        clock: Gets the times.
        progress: Told of everything that this is told of.
    """

    def __init__(self, clock: Clock, progress: Callable[[str, int, int], None]) -> None:
        self._clock = clock
        self._progress = progress

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Pass the word on, and count the time until now where a stage is over."""
        self._progress(stage, done, total)
        if done >= total:
            self._clock.end(stage.split()[0])


def environment() -> dict[str, object]:
    """Return versions and hardware."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "num_cpus": os.cpu_count(),
        **_torch_hardware(),
    }


def _torch_hardware() -> dict[str, object]:
    """Return what torch computes on; nothing where it is not loaded, as in an audit of texts."""
    if "torch" not in sys.modules:
        return {}
    import torch

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"num_threads": torch.get_num_threads(), "gpus": gpus}


def _version(package: str) -> str | None:
    """Return the version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def hash_files(files: Iterable[tuple[str, Path | str]]) -> list[dict[str, object]]:
    """Return what tells files from others: `role`, `sha256` and `bytes` of each as it lies there.

    Args:
        files: What each is for, and the file; it is read in pieces.
    """
    found: list[dict[str, object]] = []
    for role, path in files:
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            found.append({"role": role, "sha256": digest, "bytes": file.tell()})
    return found


def hash_examples(examples: Iterable[Example]) -> str:
    """Return a fingerprint of examples in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for example in examples:
        digest.update(orjson.dumps(asdict(example)))
    return digest.hexdigest()
