"""Recordings that are made in memory, and messages to be recorded."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from broker_core import Count, EndpointId, Event, Message
from broker_core.codecs import binary
from broker_core.recordings import RecordingReader
from broker_core.recordings.blocks import BlockReader, pack_block
from broker_core.recordings.records import RecordingHeader, RecordPacker

SENDER = EndpointId(bytes(range(16)))
HEADER = RecordingHeader(created=5, program="test 1", endpoint=SENDER, peers=("h:9999",), topics=("/a", ""))


def message(topic: str = "/a", value: Any = None, **changes: Any) -> Message:
    """A message as one that was received."""
    payload = binary.encode(Event("ping", Count(1)).value if value is None else value)
    return Message(topic, **{"payload": payload, "sender": SENDER, "ttl": 19} | changes)


def facts(one: Any) -> tuple[Any, ...]:
    """All that a recording keeps of a message."""
    return one.topic, one.payload, one.sender, one.ttl


def block_of(*records: bytes, compress: bool = False) -> bytes:
    return pack_block(b"".join(records), compress=compress)


def header_block() -> bytes:
    return block_of(RecordPacker().header(HEADER))


def read(data: bytes, **options: Any) -> RecordingReader:
    return RecordingReader(io.BytesIO(data), **options)


def entries_of(path: Any) -> list[Any]:
    """All that the recording *path* holds."""
    with RecordingReader(path) as reader:
        return [entry for batch in reader.batches() for entry in batch]


def bytes_of(path: Any) -> bytes:
    return Path(path).read_bytes()


def size_of(path: Any) -> int:
    return Path(path).stat().st_size


def cut(path: Any, count: int) -> None:
    """Take the last *count* bytes away, as a crash might."""
    with Path(path).open("r+b") as file:
        file.truncate(size_of(path) - count)


def damage(path: Any, number: int) -> None:
    """Change a byte in the body of the block *number*, from 1."""
    data = bytearray(Path(path).read_bytes())
    at = [block.offset for block in BlockReader(io.BytesIO(data))][number - 1]
    data[at + 20] ^= 1
    Path(path).write_bytes(data)


def open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
