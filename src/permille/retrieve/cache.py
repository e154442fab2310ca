"""The folder where the embedded engine keeps its indexes, one folder for each corpus.

    CACHE/<fingerprint>/           whole: nothing is written here any more
    CACHE/<fingerprint>.building/  being built, or left by a process that was killed; taken up again
    CACHE/.spool-*/                documents that are still coming in
    CACHE/.*.lock                  held while a corpus is built: a second process waits

The folders hold training text, so they are made for their owner's eyes only.
"""

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from permille.core.errors import SettingsError

MANIFEST = "manifest.json"
"""The last file that is written into an index's folder."""

_OWNER_ONLY = 0o700
_SPOOL = ".spool-"
_LOCK = "alive.lock"
_SPOOLS_LOCK = ".spools.lock"


def cache_folder(cache_dir: str | None) -> Path:
    """Return the folder for indexes: the setting's, else one in the user's cache folder."""
    if cache_dir:
        return Path(cache_dir).expanduser()
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
            if not folder.suffix and (folder / MANIFEST).is_file()
        ]
        return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

    def unfinished(self) -> list[Path]:
        """Return the folders that builds were begun in and not finished."""
        return sorted(self.folder.glob("*.building"))

    def remove(self, fingerprint: str) -> bool:
        """Remove an index, finished or not; tell whether there was one."""
        folders = [self.path(fingerprint), self.building(fingerprint)]
        there = [folder for folder in folders if folder.is_dir()]
        for folder in there:
            # out of the way in one step, so that no half-removed index is taken for whole
            with self.spool() as aside:
                folder.rename(aside / "removed")
        return bool(there)

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """Give a folder for documents that come in; what is left in it at the end is removed."""
        with ExitStack() as held:
            held.enter_context(naming_a_full_disk(self.folder))
            with _locked(self.folder / _SPOOLS_LOCK, wait=True):
                folder = Path(tempfile.mkdtemp(prefix=_SPOOL, dir=self.folder))
                held.callback(shutil.rmtree, folder, ignore_errors=True)
                held.enter_context(_locked(folder / _LOCK, wait=True))
            records = folder / "records"
            records.mkdir(mode=_OWNER_ONLY)
            yield records

    @contextmanager
    def lock(self, fingerprint: str) -> Iterator[None]:
        """Hold the right to build the index of a corpus; wait for another process that has it."""
        with _locked(self.folder / f".{fingerprint}.lock", wait=True):
            yield

    def _remove_left_spools(self) -> None:
        """Remove what killed processes left; under the lock none is half made."""
        with _locked(self.folder / _SPOOLS_LOCK, wait=True):
            for folder in self.folder.glob(f"{_SPOOL}*"):
                # held by a living process, or just removed by it
                with (
                    suppress(FileNotFoundError, BlockingIOError),
                    _locked(folder / _LOCK, wait=False),
                ):
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def naming_a_full_disk(folder: Path) -> Iterator[None]:
    """Turn what the system, SQLite or tantivy says of a full disk into an error for users.

    Raises:
        SettingsError: If there was no space left.
    """
    try:
        yield
    except (OSError, sqlite3.Error, ValueError) as error:
        if not _is_full_disk(error):
            raise
        raise SettingsError(
            f"no space left for indexes in {folder} ({error}); free some there, or set "
            "retrieve.cache_dir=FOLDER on another disk"
        ) from error


def _is_full_disk(error: Exception) -> bool:
    said = str(error).lower()
    number = error.errno if isinstance(error, OSError) else None
    return number in (errno.ENOSPC, errno.EDQUOT) or "no space left" in said or "is full" in said


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a file's lock; the system frees it when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
