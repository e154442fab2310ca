"""Links from one file to another that hold wherever both are moved together."""

import os
from pathlib import Path
from urllib.parse import quote


def page_link(page: Path, place: Path) -> str | None:
    """Return where a page lies, seen from a folder, as a link; None where there is no such file."""
    if not page.is_file():
        return None
    return quote(Path(os.path.relpath(page.resolve(), place.resolve())).as_posix())
