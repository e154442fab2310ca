"""How the embedded engine builds an index: aside, in commits, from what is there already."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import tantivy

from permille.core.errors import DataError
from permille.core.records import Document
from permille.retrieve.analysis import ANALYZER, terms_of
from permille.retrieve.cache import MANIFEST, IndexCache
from permille.retrieve.fingerprint import key_of
from permille.retrieve.protocol import Progress
from permille.retrieve.store import PLACES, RECORDS, Store

INDEX = "index"
TEXT = "text"
KEY = "key"
_BASE = "base"
_WRITER_HEAP_BYTES = 128_000_000
_COMMIT_EVERY = 100_000
_TELL_EVERY = 1_000


def build_index(
    cache: IndexCache, spool: Path, fingerprint: str, progress: Progress | None
) -> None:
    """Build the index of the documents in `spool`, or finish one that was begun.

    The caller holds the cache's lock of this fingerprint.
    """
    building = cache.building(fingerprint)
    if not (building / INDEX).exists():
        shutil.rmtree(building, ignore_errors=True)
        spool.rename(building)
        _begin(building, cache.finished())
    # a manifest says that all are in; a process may have been killed after it wrote that
    if not (building / MANIFEST).exists():
        with Store(building) as store:
            _add_missing(building, store, progress or _ignore)
            _check_count(building, len(store))
            manifest = {"fingerprint": fingerprint, "documents": len(store), "analyzer": ANALYZER}
        aside = building / f"{MANIFEST}.aside"
        aside.write_bytes(orjson.dumps(manifest))
        aside.rename(building / MANIFEST)
    shutil.rmtree(building / _BASE, ignore_errors=True)
    building.rename(cache.path(fingerprint))


def num_documents(path: Path) -> int:
    """Return how many documents a finished index holds."""
    return int(_manifest_of(path)["documents"])


def _manifest_of(path: Path) -> dict[str, Any]:
    return dict(orjson.loads((path / MANIFEST).read_bytes()))


def _begin(building: Path, finished: list[Path]) -> None:
    """Make an index with nothing in it, or with the segments of a corpus that is part of ours."""
    aside = building / f"{INDEX}.aside"
    aside.mkdir()
    base = _largest_part(building, finished)
    if base:
        (building / _BASE).mkdir()
        for name in (RECORDS, PLACES):
            _link(base / name, building / _BASE / name)
        for file in (base / INDEX).iterdir():
            if file.suffix != ".lock":
                _link(file, aside / file.name)
    else:
        tantivy.Index(_schema(), path=str(aside))
    aside.rename(building / INDEX)


def _link(source: Path, target: Path) -> None:
    """Give a file that is never written again a second name; where that cannot be, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _largest_part(building: Path, finished: list[Path]) -> Path | None:
    """Return the largest cached corpus all of whose documents are in the new one.

    Segments hold the terms of the analyzer that made them, so another analyzer's are of no use.
    """
    parts: list[tuple[int, Path]] = []
    with Store(building) as store:
        for folder in finished:
            # another process may delete one while we look
            with suppress(FileNotFoundError, sqlite3.OperationalError):
                if _manifest_of(folder)["analyzer"] == ANALYZER:
                    with Store(folder) as other:
                        if store.contains(other):
                            parts.append((len(other), folder))
    return max(parts)[1] if parts else None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(TEXT, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field(KEY, fast=True)
    return builder.build()


def _add_missing(building: Path, store: Store, progress: Progress) -> None:
    """Add what the index does not hold; commits come in the order of the documents."""
    index = tantivy.Index.open(str(building / INDEX))
    done = int(index.searcher().num_docs)
    writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
    for document in _missing(building, store, done):
        entry = tantivy.Document()
        entry.add_text(TEXT, " ".join(terms_of(document.text)))
        entry.add_integer(KEY, key_of(document.id))
        writer.add_document(entry)
        done += 1
        if done % _COMMIT_EVERY == 0:
            writer.commit()
        if done % _TELL_EVERY == 0:
            progress(done)
    writer.commit()
    writer.wait_merging_threads()


def _check_count(building: Path, num_documents: int) -> None:
    """Compare what the index holds with what it must.

    Raises:
        DataError: If it differs, as when files in the cache were changed by someone else.
    """
    found = int(tantivy.Index.open(str(building / INDEX)).searcher().num_docs)
    if found != num_documents:
        raise DataError(
            f"the index in {building} holds {found} documents, want {num_documents}; remove it and "
            f"run again: python -m permille.retrieve delete {building.stem}"
        )


def _missing(building: Path, store: Store, num_indexed: int) -> Iterator[Document]:
    base = building / _BASE
    if not base.exists():
        yield from islice(store, num_indexed, None)
        return
    with Store(base) as part:
        added = (document for document in store if not part.ids_of([key_of(document.id)]))
        yield from islice(added, num_indexed - len(part), None)


def _ignore(num_documents: int) -> None:
    """Tell no one."""
