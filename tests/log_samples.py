"""Logs that a live Zeek wrote, and records of all types to try out with them."""

from __future__ import annotations

import functools
import json
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.logs import LogSchema
from broker_core.logs.columns import problem_with
from broker_core.messages.zeek_logs import LogField
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, EnumValue, Port, Timespan, Timestamp
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX
from strategies import enum_values, strings
from zeek_frames import data_frames

__all__ = [
    "CELLS",
    "NAMES",
    "SAMPLES",
    "columns",
    "log_batches",
    "log_messages",
    "rows",
    "sample",
    "schema_of",
]

SAMPLES = Path(__file__).parent / "vectors" / "logs"
NAMES = sorted(path.stem for path in (SAMPLES / "tsv").glob("*.log"))

# One cell of each type that a log may have.
CELLS: dict[str, Any] = {
    "bool": True,
    "int": -42,
    "count": Count(7),
    "double": 3.25,
    "time": Timestamp(1_300_475_167_096_535_000),
    "interval": Timespan(90_000_000_000),
    "string": "text",
    "enum": EnumValue("Rec::GREEN"),
    "port": Port(443, 0),
    "addr": IPv4Address("192.168.1.1"),
    "subnet": IPv4Network("10.0.0.0/8"),
    "func": "f",
    "file": "x.log",
    "set[string]": ("q", "p"),
    "set[addr]": (IPv6Address("2001:db8::1"),),
    "set[enum]": (EnumValue("A::B"),),
    "vector[interval]": (Timespan(1_000_000_000), None),
    "vector[string]": ("", "-", "a,b"),
}


def sample(form: str, name: str) -> list[bytes]:
    """The lines of a log in the form ``tsv`` or ``json``."""
    return (SAMPLES / form / f"{name}.log").read_bytes().splitlines()


@functools.cache
def log_batches() -> list[bytes]:
    """Batches of log records that a live Zeek sent on its ZeroMQ backend."""
    recorded = json.loads((SAMPLES.parent / "zeek-zeromq.json").read_text())
    frames = [frame["parts"] for scenario in recorded.values() for frame in scenario["frames"] if "parts" in frame]
    return [bytes.fromhex(parts[3]) for parts in frames if bytes.fromhex(parts[0]) == b"log-write"]


@functools.cache
def log_messages(scenario: str = "zeek-log-writes") -> list[tuple[str, Any]]:
    """Topics and values of what Zeek sent in a recording: log creates, and batches of log writes."""
    return [(frame.topic, binary.decode(frame.payload)) for frame in data_frames(scenario) if frame.from_zeek]


def schema_of(*types: str, path: str = "rec") -> LogSchema:
    """A schema with columns of these types, which are called a, b and so on."""
    return LogSchema.from_header(path, [chr(ord("a") + at) for at in range(len(types))], types)


# -- records of any types -----------------------------------------------------------------------------------------

_ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None))
# With six decimals, as TSV logs have them; and small enough for floats to have them, too.
_MICROSECONDS = st.integers(-(2**52), 2**52).map(lambda number: number * 1000)

_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    ZeekType.BOOL: st.booleans(),
    ZeekType.INT: st.integers(I64_MIN, I64_MAX),
    ZeekType.COUNT: st.integers(0, U64_MAX).map(Count),
    ZeekType.DOUBLE: st.integers(-(2**40), 2**40).map(lambda number: number / 64),
    ZeekType.TIME: _MICROSECONDS.map(Timestamp),
    ZeekType.INTERVAL: _MICROSECONDS.map(Timespan),
    ZeekType.STRING: strings(),
    ZeekType.ENUM: enum_values(),
    ZeekType.PORT: st.integers(0, 0xFFFF).map(lambda number: Port(number, 0)),
    ZeekType.ADDR: _ADDRESSES,
    ZeekType.SUBNET: st.one_of(
        st.builds(
            lambda number, bits: IPv4Network((number >> (32 - bits) << (32 - bits), bits)),
            st.integers(0, 2**32 - 1),
            st.integers(0, 32),
        ),
        st.builds(
            lambda number, bits: IPv6Network(((1 << 127) | number >> (128 - bits) << (128 - bits), bits)),
            st.integers(0, 2**127 - 1),
            st.integers(1, 128),
        ),
    ),
    ZeekType.FUNC: strings(),
    ZeekType.FILE: strings(),
}


def columns() -> st.SearchStrategy[LogField]:
    """A column of any type that a log may have; all have the same name."""
    scalar = st.sampled_from(sorted(_SCALARS))
    kinds = st.one_of(
        scalar.map(lambda kind: (kind, 0)),
        st.tuples(st.sampled_from([ZeekType.TABLE, ZeekType.VECTOR]), scalar),
    )
    return kinds.map(lambda kind: LogField("x", *kind))


def _cells(column: LogField) -> st.SearchStrategy[Any]:
    if column.type in _SCALARS:
        return st.none() | _SCALARS[column.type]
    elements = _SCALARS[column.subtype]
    if column.type == ZeekType.VECTOR:
        return st.none() | st.lists(st.none() | elements, max_size=4).map(tuple)
    made = st.lists(elements, max_size=4).map(tuple)
    return st.none() | made.filter(lambda cell: not problem_with(column, cell))


@st.composite
def rows(draw: st.DrawFn) -> tuple[LogSchema, list[Any]]:
    """A schema, and cells that fit it."""
    kinds = draw(st.lists(columns(), min_size=1, max_size=6))
    named = [LogField(f"{chr(ord('a') + at)}", column.type, column.subtype) for at, column in enumerate(kinds)]
    return LogSchema("rec", named), [draw(_cells(column)) for column in named]
