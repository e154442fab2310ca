"""What a page carries in itself: packed data, and its own styles and programs by their hashes."""

import gzip
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files


def packed(values: object) -> str:
    """Return a value as JSON, compressed by gzip, in base64; equal values give equal text."""
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=True)
    return b64encode(gzip.compress(text.encode("ascii"), 9, mtime=0)).decode("ascii")


def unpacked(text: str) -> object:
    """Return the value that was packed."""
    return json.loads(gzip.decompress(b64decode(text)))


@dataclass(frozen=True, slots=True)
class Inline:
    """A style sheet or program that stands in the page."""

    text: str

    @property
    def csp_source(self) -> str:
        """Its hash, as a Content-Security-Policy names what may run."""
        digest = hashlib.sha256(self.text.encode("utf-8")).digest()
        return f"'sha256-{b64encode(digest).decode('ascii')}'"


def own_file(name: str) -> Inline:
    """Return a file of this package's folder `pages`."""
    path = files("permille.report") / "pages" / name
    return Inline(path.read_text(encoding="utf-8"))


def policy(styles: Sequence[Inline], scripts: Sequence[Inline]) -> str:
    """Return a Content-Security-Policy that allows these and nothing else, no request at all."""
    allowed = {
        "style-src": styles,
        "script-src": scripts,
    }
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    parts += [
        " ".join([name, *([one.csp_source for one in inlined] or ["'none'"])])
        for name, inlined in allowed.items()
    ]
    return "; ".join([*parts, "require-trusted-types-for 'script'"])
