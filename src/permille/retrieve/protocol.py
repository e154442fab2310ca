"""What an engine does: take documents, and return candidates for texts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from permille.core.records import Candidate, Document

Progress = Callable[[int], None]
"""Called now and then with the number of documents that are indexed so far."""


@dataclass(frozen=True)
class KeptIndex:
    """An index that an engine keeps for the next time; unfinished: begun, and then left."""

    fingerprint: str
    num_documents: int
    finished: bool


class LocalDocuments(NamedTuple):
    """Documents as they lie on this machine.

    Attributes:
        documents: All of them, which can be read again.
        beside: A folder, which may not be there yet, that is kept and deleted with the index.
    """

    documents: Iterable[Document]
    beside: Path


class Corpus(Protocol):
    """An indexed set of documents; it does not change."""

    @property
    def fingerprint(self) -> str:
        """Hexadecimal; equal for equal documents in any order."""
        ...

    def __len__(self) -> int:
        """Return the number of documents."""
        ...

    def search(self, queries: Sequence[str], top_k: int) -> list[list[Candidate]]:
        """Return for each text its best documents by BM25, by falling score and then by id.

        Stop words of the queries are left out. A query of which nothing is left has no candidates.

        Args:
            queries: Whole texts, as they were generated.
            top_k: At most so many candidates a query.
        """
        ...

    def fetch(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Return the documents with these ids, whole.

        Raises:
            KeyError: If there is no such document.
        """
        ...

    def local(self) -> LocalDocuments | None:
        """Return the documents where they lie on this machine; None where a server has them."""
        ...


class Retriever(Protocol):
    """An engine, opened; closed as a context manager."""

    def __enter__(self) -> Self:
        """Return the engine."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what is open; indexes stay for the next time."""
        ...

    def index(self, documents: Iterable[Document], progress: Progress | None = None) -> Corpus:
        """Make the documents searchable, or find that they are already.

        Args:
            documents: With unique ids; read once, so a generator will do.
            progress: Told of the number of documents that are done.

        Raises:
            DataError: If there is no document, or an id occurs twice.
        """
        ...

    def kept(self) -> list[KeptIndex]:
        """Return the indexes that are kept."""
        ...

    def delete(self, fingerprint: str) -> None:
        """Delete one index that is kept; nothing else ever does.

        Raises:
            SettingsError: If there is none of this fingerprint.
        """
        ...
