"""Recordings: whole files, and bodies of blocks whose checksums are good."""

from __future__ import annotations

import io
from typing import Any

from broker_core import NIL, EndpointId, Message
from broker_core.errors import BadRecording
from broker_core.recordings import Damage, Gap, RecordedMessage, RecordingHeader, RecordingReader
from broker_core.recordings.blocks import BlockReader, pack_block
from broker_core.recordings.records import End, RecordPacker, RecordParser
from tests.fuzz.seeds import value_rows
from tests.fuzz.source import Source

_SENDER = EndpointId(bytes(range(16)))
_HEADER = RecordingHeader(created=5, program="seed", endpoint=_SENDER, peers=("h:1",), topics=("/a", ""))


def target(data: bytes) -> bool:
    """A file is read to its end, each byte of it in a block or told as damage, or refused with BadRecording.

    What is read is read again when it is written again. The first byte says whether a file follows, or the body of a
    block in one, as it is or deflated. True when there was a message.
    """
    source = Source(data)
    how = source.byte() % 3
    file = source.rest()
    if how:
        file = _start() + pack_block(file, compress=how == 2) + _start()
    at = 0
    for block in BlockReader(io.BytesIO(file)):
        assert block.offset == at
        at += block.size
    assert at == len(file)
    try:
        with RecordingReader(io.BytesIO(file)) as reader:
            entries = [entry for batch in reader.batches() for entry in batch]
    except BadRecording:
        return False
    assert reader.position == len(file)
    assert sum(type(entry) is Damage and entry.at_end for entry in entries) == (reader.torn is not None)
    for entry in entries:
        if type(entry) is not Damage:
            [again] = RecordParser().parse(_packed(entry))
            assert _facts(again) == _facts(entry)
    return any(type(entry) is RecordedMessage for entry in entries)


def seeds() -> list[bytes]:
    """A short recording, its blocks, and recorded values as messages."""
    packer = RecordPacker()
    messages = [Message("/a", payload=row, sender=_SENDER, ttl=20) for row in value_rows("binary")]
    body = packer.messages(messages[:8], 10)
    rest = packer.gap(Gap(11, 3, "dropped")) + packer.end(End(12, 8))
    whole = _start() + pack_block(body) + pack_block(rest)
    return [
        b"\0" + whole,
        b"\0" + _start() + pack_block(body * 20, compress=True) + pack_block(rest) + whole,
        b"\1" + body,
        b"\2" + rest + body,
        *[b"\1" + packer.messages([message], -1) for message in messages],
        b"\1" + packer.header(RecordingHeader(endpoint=NIL)) + packer.messages(messages[:1], 1),
    ]


def _start() -> bytes:
    return pack_block(RecordPacker().header(_HEADER))


def _packed(entry: Any) -> bytes:
    packer = RecordPacker()
    match entry:
        case RecordedMessage():
            return packer.messages([entry], entry.time)
        case Gap():
            return packer.gap(entry)
        case End():
            return packer.end(entry)
    return packer.header(entry)


def _facts(entry: Any) -> object:
    if type(entry) is RecordedMessage:
        return entry.time, entry.topic, entry.payload, entry.sender, entry.ttl
    return entry
