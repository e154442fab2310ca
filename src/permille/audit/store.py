"""Findings on disk, a chunk a file, so that an interrupted audit goes on where it was."""

import os
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import orjson

from permille.audit.detect import Detect
from permille.audit.findings import Found, found_of
from permille.audit.json_lines import write_aside
from permille.core.errors import SettingsError
from permille.core.records import Generation

FORMAT = 3
"""Raised by hand whenever the form of what is stored changes."""
KEPT_DAYS = 30
"""What an audit that never went on has left is removed after so long."""


def findings_folder(cache_dir: str | None) -> Path:
    """Return the folder of findings: the setting's, else one in the user's cache folder."""
    if cache_dir:
        return Path(cache_dir).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "permille" / "findings"


class FindingStore:
    """The findings of chunks of generations under one set of settings.

    Chunks go by a hash of all that they depend on, so several audits may share a folder. They hold
    ids and places in texts, never the texts.

    Args:
        folder: Where chunks are kept while the audit runs.
        fingerprint: Names everything that findings depend on but the texts themselves.

    Raises:
        SettingsError: If the folder cannot be made or written.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._key = blake2b(f"{FORMAT} {fingerprint}".encode(), digest_size=16).digest()
        self._used: set[Path] = set()
        self.num_taken_up = 0
        """Generations whose findings an earlier audit had stored."""
        _make_writable(folder)
        _remove_left(folder)

    def findings(
        self, corpora: str, generations: Sequence[Generation], begin: Callable[[], Detect]
    ) -> Detect:
        """Begin with a chunk that is not stored; what is returned waits for it and stores it.

        Args:
            corpora: Names what the chunk is searched for in.
            generations: The chunk.
            begin: Begins to detect; what it returns gives what is found of each generation.
        """
        path = self._folder / f"{self._name(corpora, generations)}.json"
        is_new = path not in self._used
        self._used.add(path)
        if path.is_file():
            self.num_taken_up += len(generations) if is_new else 0
            # at once: another audit of the same texts removes it when it ends
            stored = path.read_bytes()
            return lambda: [found_of(values) for values in orjson.loads(stored)]
        detect = begin()

        def detected() -> list[Found]:
            found = detect()
            with write_aside(path) as file:
                file.write(orjson.dumps([one.values() for one in found]))
            return found

        return detected

    def remove(self) -> None:
        """Remove the chunks of this audit, and the folder where no other has any; it is done."""
        for path in self._used:
            path.unlink(missing_ok=True)
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _name(self, corpora: str, generations: Sequence[Generation]) -> str:
        """Return a name that changes with the corpora and with any generation of the chunk."""
        digest = blake2b(corpora.encode(), key=self._key, digest_size=16)
        for g in generations:
            values = [g.id, g.text, g.prompt, g.example_id, g.task, g.split, g.model]
            digest.update(orjson.dumps(values))
        return digest.hexdigest()


def _make_writable(folder: Path) -> None:
    """Make a folder for its owner's eyes only.

    Raises:
        SettingsError: If it cannot be made or written.
    """
    why: object = "it is not writable"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise SettingsError(
            f"audit.cache_dir: want a folder for what is found, got {folder}: {why}; "
            "set audit.cache_dir=FOLDER to one that you can write"
        )


def _remove_left(folder: Path) -> None:
    """Remove what was left long ago by audits that never went on."""
    oldest_s = time.time() - KEPT_DAYS * 24 * 3600
    for path in folder.glob("*.json"):
        if path.stat().st_mtime < oldest_s:
            path.unlink(missing_ok=True)
