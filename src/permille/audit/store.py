"""Findings on disk, a chunk a file, so that an interrupted audit goes on where it was."""

import shutil
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import orjson

from permille.audit.findings import Finding, finding_of
from permille.audit.json_lines import write_aside
from permille.core.records import Generation

Detect = Callable[[], list[list[Finding]]]

FORMAT = 1
"""Raised by hand whenever the form of what is stored changes."""


class FindingStore:
    """The findings of chunks of generations under one set of settings.

    Args:
        folder: Where chunks are kept while the audit runs.
        fingerprint: Names everything that findings depend on but the generations themselves.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._key = blake2b(f"{FORMAT} {fingerprint}".encode(), digest_size=16).digest()
        folder.mkdir(parents=True, exist_ok=True)

    def findings(
        self,
        corpora: str,
        generations: Sequence[Generation],
        detect: Detect,
    ) -> list[list[Finding]]:
        """Return the stored findings of a chunk, else detect and store them.

        Args:
            corpora: Names what the chunk is searched for in.
            generations: The chunk.
            detect: Returns the findings of each generation of the chunk.
        """
        path = self._folder / f"{self._name(corpora, generations)}.json"
        if path.is_file():
            stored = orjson.loads(path.read_bytes())
            return [[finding_of(values) for values in findings] for findings in stored]
        found = detect()
        with write_aside(path) as file:
            file.write(
                orjson.dumps([[finding.values() for finding in findings] for findings in found])
            )
        return found

    def remove(self) -> None:
        """Remove what is stored; the audit is done."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _name(self, corpora: str, generations: Sequence[Generation]) -> str:
        """Return a name that changes with the corpora and with any generation of the chunk."""
        digest = blake2b(corpora.encode(), key=self._key, digest_size=16)
        for g in generations:
            values = [g.id, g.text, g.prompt, g.example_id, g.task, g.split, g.model]
            digest.update(orjson.dumps(values))
        return digest.hexdigest()
