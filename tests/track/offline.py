"""What an offline W&B run leaves on the disk, read without W&B."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from wandb.proto import wandb_internal_pb2 as records

FILE_HEADER_BYTES, RECORD_HEADER_BYTES, BLOCK_BYTES = 7, 7, 32768
WHOLE_OR_LAST = (1, 4)


def pieces(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of a LevelDB log: their kind (1 whole, 2 first, 3 middle, 4 last), bytes."""
    place = FILE_HEADER_BYTES
    while place + RECORD_HEADER_BYTES <= len(content):
        if BLOCK_BYTES - place % BLOCK_BYTES < RECORD_HEADER_BYTES:
            place += BLOCK_BYTES - place % BLOCK_BYTES
            continue
        size, kind = struct.unpack_from("<HB", content, place + 4)
        place += RECORD_HEADER_BYTES
        yield kind, content[place : place + size]
        place += size


def stored(folder: Path) -> list[records.Record]:
    """Read the records of the one offline run in a folder."""
    (path,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    found, begun = [], b""
    for kind, piece in pieces(path.read_bytes()):
        begun += piece
        if kind in WHOLE_OR_LAST:
            found.append(records.Record.FromString(begun))
            begun = b""
    return found


def history(folder: Path) -> list[dict[str, object]]:
    lines = []
    for record in stored(folder):
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            lines.append(
                {".".join(one.nested_key) or one.key: json.loads(one.value_json) for one in items}
            )
    return lines


def run_record(folder: Path) -> records.RunRecord:
    return next(r.run for r in stored(folder) if r.WhichOneof("record_type") == "run")


def summary(folder: Path) -> dict[str, object]:
    """Return the summary's values by name, as they were set last."""
    return {
        item.key or ".".join(item.nested_key): json.loads(item.value_json)
        for record in stored(folder)
        if record.WhichOneof("record_type") == "summary"
        for item in record.summary.update
    }
