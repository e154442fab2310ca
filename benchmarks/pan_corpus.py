"""Reads a PAN text-alignment corpus: texts, pairs by folder, annotated cases; writes detections."""

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from permille.core.errors import DataError
from permille.core.records import Span
from permille.measure.plagdet import Passages


@dataclass(frozen=True)
class PanPair:
    """A suspicious and a source document, and the folder that lists them together."""

    folder: str
    suspicious_name: str
    source_name: str

    @property
    def file_name(self) -> str:
        """Name of the pair's XML file, annotations and detections alike."""
        return f"{Path(self.suspicious_name).stem}-{Path(self.source_name).stem}.xml"


class PanCorpus:
    """A corpus in its extracted layout: `src/`, `susp/`, and a folder for every obfuscation.

    Raises:
        DataError: If the folder is not laid out so.
    """

    def __init__(self, root: Path) -> None:
        lists = sorted(root.glob("*/pairs"))
        if not lists or not (root / "src").is_dir() or not (root / "susp").is_dir():
            raise DataError(
                f"{root}: want a PAN corpus (src/, susp/ and folders with a file `pairs`), "
                "extracted or as .tar.gz"
            )
        self.root = root
        self.pairs = [
            PanPair(path.parent.name, *line.split())
            for path in lists
            for line in path.read_text("utf-8").splitlines()
            if line.strip()
        ]

    @cached_property
    def texts(self) -> dict[str, str]:
        """Every text by its file name, line ends as they are: offsets count them."""
        return {
            path.name: path.read_bytes().decode("utf-8")
            for folder in ("src", "susp")
            for path in sorted((self.root / folder).glob("*.txt"))
        }

    def cases(self, pair: PanPair) -> list[Passages]:
        """Return the annotated cases of a pair."""
        return read_passages(self.root / pair.folder / pair.file_name, "plagiarism")


@contextmanager
def open_corpus(path: Path) -> Iterator[PanCorpus]:
    """Open a corpus: its folder, the archive that it came in, or a folder with that alone.

    Raises:
        DataError: If there is no corpus at `path`.
    """
    archives = [] if (path / "src").is_dir() else list(path.glob("*.tar.gz"))
    if len(archives) == 1:
        path = archives[0]
    if not path.is_file():
        yield PanCorpus(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
            # tarfile lists what every way of unpacking said, a line each
            raise DataError(
                f"{path}: want a folder or a .tar.gz, got a file that is none or is broken; take"
                " another copy of it"
            ) from error
        roots = [src.parent for src in Path(folder).rglob("src") if src.is_dir()]
        yield PanCorpus(roots[0] if roots else Path(folder))


def read_passages(path: Path, name: str) -> list[Passages]:
    """Read the features of a PAN XML file that have this name; the same one twice counts once."""
    root = ElementTree.fromstring(path.read_bytes())
    found = []
    for feature in root.iter("feature"):
        if feature.get("name") == name:
            start, source_start = (int(feature.attrib[key]) for key in _OFFSETS)
            size, source_size = (int(feature.attrib[key]) for key in _LENGTHS)
            found.append(
                Passages(
                    root.attrib["reference"],
                    feature.attrib["source_reference"],
                    Span(start, start + size),
                    Span(source_start, source_start + source_size),
                )
            )
    return list(dict.fromkeys(found))


def write_passages(path: Path, suspicious_name: str, passages: Iterable[Passages]) -> None:
    """Write detections as PAN's evaluator reads them."""
    root = ElementTree.Element("document", reference=suspicious_name)
    for each in passages:
        ElementTree.SubElement(
            root,
            "feature",
            name="detected-plagiarism",
            this_offset=str(each.suspicious.start_char),
            this_length=str(len(each.suspicious)),
            source_reference=each.source_name,
            source_offset=str(each.source.start_char),
            source_length=str(len(each.source)),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(ElementTree.tostring(root, encoding="utf-8"))


_OFFSETS = ("this_offset", "source_offset")
_LENGTHS = ("this_length", "source_length")
