"""Batches of log records as Zeek's ZeroMQ backend sends them: ``zeek-bin-serializer``. Each says its own columns.

Source: spec zeromq.md section 7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from broker_core.errors import DecodeError
from broker_core.messages.zeek_logs import LogField
from broker_core.messages.zeek_serial import read_cells

__all__ = ["LogBatch", "read_batch"]

_SMALLEST_COLUMN = 14  # two lengths, two types, two flags; a name is longer
_u32 = struct.Struct(">I").unpack_from
_types = struct.Struct(">II?").unpack_from


@dataclass(frozen=True, slots=True)
class LogBatch:
    """Records of one stream, and what their columns are."""

    stream: str
    """Such as ``Conn::LOG``."""
    writer: str
    filter: str
    """Such as ``default``."""
    path: str
    columns: tuple[LogField, ...]
    rows: tuple[list[Any], ...]
    """The cells of each record."""


def read_batch(payload: bytes) -> LogBatch:
    """The batch in *payload*; bytes behind the last record are ignored. Raises :class:`DecodeError` only."""
    try:
        heads, at = [], 0
        for _ in range(4):
            text, at = _text(payload, at)
            heads.append(text)
        count, at = _u32(payload, at)[0], at + 4
        if count > (len(payload) - at) // _SMALLEST_COLUMN:
            msg = f"{count} columns in the last {len(payload) - at} bytes of a log batch"
            raise DecodeError(msg, at)
        columns = []
        for _ in range(count):
            column, at = _column(payload, at)
            columns.append(column)
        records, at = _u32(payload, at)[0], at + 4
        if count == 0 and records:
            msg = f"{records} records without columns in a log batch"
            raise DecodeError(msg, at)
        rows = []
        for _ in range(records):
            row, at = read_cells(payload, at, count)
            rows.append(row)
    except (struct.error, IndexError):
        msg = f"log batch cut short after {len(payload)} bytes"
        raise DecodeError(msg, len(payload)) from None
    stream, writer, name, path = heads
    return LogBatch(stream, writer, name, path, tuple(columns), tuple(rows))


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A name; bytes that are not UTF-8 are surrogate escapes, as in topics."""
    end = at + 4 + _u32(data, at)[0]
    if end > len(data):
        raise IndexError
    return data[at + 4 : end].decode("utf-8", "surrogateescape"), end


def _flag(data: bytes, at: int) -> bool:
    if data[at] > 1:
        msg = f"a flag of {data[at]} in a log batch (0 or 1)"
        raise DecodeError(msg, at)
    return data[at] == 1


def _column(data: bytes, at: int) -> tuple[LogField, int]:
    secondary = None
    there, at = _flag(data, at), at + 1
    if there:
        secondary, at = _text(data, at)
    name, at = _text(data, at)
    kind, subtype, _ = _types(data, at)
    return LogField(name, kind, subtype, _flag(data, at + 8), secondary), at + 9
