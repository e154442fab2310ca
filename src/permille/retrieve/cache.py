"""The folder where the embedded engine keeps its indexes, one folder for each corpus.

    CACHE/<fingerprint>/           whole: nothing is written here any more
    CACHE/<fingerprint>.building/  being built, or left by a process that was killed; taken up again
    CACHE/.spool-*/                documents that are still coming in
    CACHE/.*.lock                  held while a corpus is built: a second process waits

The folders hold training text, so they are made for their owner's eyes only.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from permille.core.errors import SettingsError

_OWNER_ONLY = 0o700
_SPOOL = ".spool-"
_LOCK = "alive.lock"


def default_cache_dir() -> Path:
    """Return the folder for indexes where none is set."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "permille" / "indexes"


class IndexCache:
    """The indexes of one cache folder.

    Raises:
        SettingsError: If the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        try:
            self.folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise self._unusable("it is not writable")
        self._remove_left_spools()

    def _unusable(self, why: object) -> SettingsError:
        return SettingsError(
            f"retrieve.cache_dir: want a folder for indexes, got {self.folder}: {why}; "
            "set retrieve.cache_dir=FOLDER to one that you can write"
        )

    def path(self, fingerprint: str) -> Path:
        """Return where the finished index of a corpus lies, or will."""
        return self.folder / fingerprint

    def building(self, fingerprint: str) -> Path:
        """Return where an index is built, before it is renamed to its path."""
        return self.folder / f"{fingerprint}.building"

    def finished(self) -> list[Path]:
        """Return the folders of the finished indexes, those used last first."""
        folders = [
            folder
            for folder in self.folder.iterdir()
            if folder.is_dir() and not folder.name.startswith(".") and not folder.suffix
        ]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """Give a folder for documents that come in; what is left in it at the end is removed."""
        folder = Path(tempfile.mkdtemp(prefix=_SPOOL, dir=self.folder))
        try:
            with _locked(folder / _LOCK, wait=True):
                records = folder / "records"
                records.mkdir(mode=_OWNER_ONLY)
                yield records
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def lock(self, fingerprint: str) -> Iterator[None]:
        """Hold the right to build the index of a corpus; wait for another process that has it."""
        with _locked(self.folder / f".{fingerprint}.lock", wait=True):
            yield

    def _remove_left_spools(self) -> None:
        for folder in self.folder.glob(f"{_SPOOL}*"):
            lock = folder / _LOCK
            with suppress(FileNotFoundError, BlockingIOError):
                if lock.exists():
                    with _locked(lock, wait=False):
                        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a file's lock; the system frees it when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
