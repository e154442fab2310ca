"""generations.jsonl and documents.jsonl(.gz): streams that can be read again, and writing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from permille.audit.fields import FieldWatch
from permille.audit.json_lines import (
    JsonObject,
    LineReader,
    read_lines,
    read_unique,
    write_lines,
)
from permille.core.records import Arm, Document, Generation, Part, Split

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class RecordFile(Generic[Record]):
    """A file of records; every iteration reads it anew, a line in memory at a time.

    Attributes:
        path: The file.
        parse: Makes a record of a line.
        watch: Warns behind the last line, once, of fields that are not read, and of a split on some
            lines only.
    """

    path: Path
    parse: Callable[[LineReader], Record]
    watch: FieldWatch = field(repr=False, compare=False)

    def __iter__(self) -> Iterator[Record]:
        """Yield the file's records in its order.

        Raises:
            DataError: If the file or a line is not what it should be; the message names both.
        """
        return read_unique(self.watch.watched(read_lines(self.path, self.watch.name)), self.parse)


def read_generations(path: Path | str, name: str = "") -> RecordFile[Generation]:
    """Return a file of generations as a stream that can be read again; nothing is read yet.

    Args:
        path: The file.
        name: What warnings and errors call it; "" for its path.
    """
    known = generation_values(Generation("", "")).keys()
    return RecordFile(Path(path), _generation, FieldWatch(name or str(path), known))


def read_documents(path: Path | str, name: str = "") -> RecordFile[Document]:
    """Return a file of documents as a stream that can be read again; nothing is read yet.

    Args:
        path: The file.
        name: What warnings and errors call it; "" for its path.
    """
    known = document_values(Document("", "")).keys()
    return RecordFile(Path(path), _document, FieldWatch(name or str(path), known))


def write_generations(path: Path, generations: Iterable[Generation]) -> int:
    """Write generations.jsonl, whole or not at all; return how many lines it has."""
    return write_lines(path, map(generation_values, generations))


def write_documents(path: Path, documents: Iterable[Document]) -> int:
    """Write documents.jsonl.gz, whole or not at all; return how many lines it has."""
    return write_lines(path, map(document_values, documents))


def generation_values(generation: Generation) -> JsonObject:
    """Return a generation as a line of generations.jsonl has it."""
    return {
        "id": generation.id,
        "task": generation.task,
        "example_id": generation.example_id,
        "split": str(generation.split),
        "model": str(generation.model),
        "prompt": generation.prompt,
        "text": generation.text,
        "whole_input": generation.whole_input,
        "num_tokens": generation.num_tokens,
        "is_cut": generation.is_cut,
    }


def document_values(document: Document) -> JsonObject:
    """Return a document as a line of documents.jsonl.gz has it."""
    return {
        "id": document.id,
        "example_id": document.example_id,
        "part": None if document.part is None else str(document.part),
        "split": str(document.split),
        "task": document.task,
        "text": document.text,
    }


def _split(line: LineReader) -> Split:
    """Return the split of a line; training where it has none."""
    if line.values.get("split") is None:
        return Split.TRAIN
    return line.one_of("split", Split, list(Split))


def _generation(line: LineReader) -> Generation:
    """Return the generation of a line; only id and text are required."""
    has_model = line.values.get("model") is not None
    return Generation(
        id=line.identifier(),
        text=line.text("text"),
        task=line.optional_text("task"),
        example_id=line.optional_identifier("example_id"),
        split=_split(line),
        model=line.one_of("model", Arm, list(Arm)) if has_model else Arm.TUNED,
        prompt=line.optional_text("prompt"),
        whole_input=line.flag("whole_input"),
        num_tokens=line.optional_count("num_tokens"),
        is_cut=line.flag("is_cut"),
    )


def _document(line: LineReader) -> Document:
    """Return the document of a line; only id and text are required."""
    has_part = line.values.get("part") is not None
    return Document(
        id=line.identifier(),
        text=line.text("text"),
        example_id=line.optional_identifier("example_id"),
        part=line.one_of("part", Part, list(Part)) if has_part else None,
        split=_split(line),
        task=line.optional_text("task"),
    )
