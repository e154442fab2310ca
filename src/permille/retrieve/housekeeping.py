"""The command that lists the indexes that are kept, and the only one that deletes any."""

import argparse
from collections.abc import Sequence
from typing import TextIO

from permille.core.errors import PermilleError
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.engines import open_retriever
from permille.retrieve.protocol import Retriever

ALL = "all"


def main(arguments: Sequence[str], out: TextIO, err: TextIO) -> int:
    """Run the command; return its exit code.

    Args:
        arguments: `list`, or `delete` with fingerprints or `all`, and where the indexes are.
        out: Gets a line an index.
        err: Gets the error, if there is one.
    """
    given = _parser().parse_args(arguments)
    try:
        config = RetrieveConfig(
            engine=Engine(given.engine),
            url=given.url,
            cloud_id=given.cloud_id,
            cache_dir=given.cache_dir,
            ca_file=given.ca_file,
        )
        with open_retriever(config) as retriever:
            if given.action == "delete":
                _delete(retriever, given.fingerprints, out)
            else:
                _list(retriever, out)
    except PermilleError as error:
        err.write(f"error: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m permille.retrieve", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="name the indexes that are kept")
    deleting = actions.add_parser("delete", help="delete indexes")
    deleting.add_argument("fingerprints", nargs="+", help=f"of indexes that list names, or {ALL}")
    for action in (listing, deleting):
        action.add_argument("--engine", choices=[*map(str, Engine)], default=str(Engine.tantivy))
        action.add_argument("--url", help="of Elasticsearch")
        action.add_argument("--cloud-id", help="of a hosted Elasticsearch, in place of --url")
        action.add_argument("--ca-file", help="certificates to trust")
        action.add_argument("--cache-dir", help="of the embedded engine")
    return parser


def _list(retriever: Retriever, out: TextIO) -> None:
    for kept in retriever.kept():
        state = "" if kept.finished else "  unfinished"
        out.write(f"{kept.fingerprint}  {kept.num_documents:,} documents{state}\n")


def _delete(retriever: Retriever, fingerprints: Sequence[str], out: TextIO) -> None:
    named = [kept.fingerprint for kept in retriever.kept()] if ALL in fingerprints else fingerprints
    for fingerprint in named:
        retriever.delete(fingerprint)
        out.write(f"deleted {fingerprint}\n")
