"""Hypothesis strategies for everything that the library carries, and the comparison that a round trip has to pass.

The values are strict ones (see ``broker_core.model.native``) and lean towards the edges: limits of ranges, strings
that look like other literals, bytes that are not UTF-8, odd names, empty containers, deep nesting.
"""

from __future__ import annotations

import math
import struct
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Add,
    AttachWriter,
    Clear,
    Command,
    CumulativeAck,
    Erase,
    Expire,
    Keepalive,
    Nack,
    Put,
    PutUnique,
    PutUniqueResult,
    RetransmitFailed,
    Subtract,
)
from broker_core.model import (
    Count,
    EndpointId,
    EntityId,
    EnumValue,
    Kind,
    Port,
    Protocol,
    Set,
    Table,
    Timespan,
    Timestamp,
    kind_of,
)
from broker_core.model.network import canonical_address, canonical_subnet
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX, text_or_bytes

__all__ = [
    "assert_same",
    "bits_of",
    "commands",
    "containers",
    "cuts",
    "entity_ids",
    "enum_values",
    "is_same",
    "reals",
    "scalars",
    "strings",
    "topics",
    "values",
]

HOSTILE_TEXTS = [
    "",
    " ",
    "nil",
    "T",
    "F",
    "42",
    "+42",
    "-1",
    "0x2a",
    "4.2",
    "nan",
    "5s",
    "500 msec",
    "2024-05-01T12:00:00Z",
    "10.0.0.1",
    "10.0.0.300",
    "::1",
    "10.0.0.0/8",
    "22/tcp",
    "Notice::LOG",
    "dead::beef",
    "{}",
    "set()",
    "set(1, x)",
    "(1, 2)",
    "[::1]",
    "string:x",
    "count:5",
    "enum:x",
    '"quoted"',
    "back\\slash",
    "\\xff",
    "a -> b",
    "a, b",
    "-",
    "--help",
    "@file",
    "nul\x00in",
    "line\nfeed",
    "carriage\rreturn",
    "\x1b[31mred\x1b[0m",
    "del\x7f",
    "c1 \x85 \x9b31m",
    "bidi \u202e \u2066",
    "lines \u2028 \u2029",
    "zero\u200bwidth \ufeff",
    "tag \U000e0041",
    "private \ue000 \U0010fffd",
    "🐻 é 中文",
    "</script>",
    "%s %n {0}",
]
HOSTILE_BYTES = [
    b"\xff",
    b"\x80",
    b"caf\xc3\xa9\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b'"\\\xfe\n',
    b"\xe2\x82",
    b"\\xff\xff",
]
ENUM_NAMES = [
    "",
    "tcp",
    "T",
    "nil",
    "Notice::LOG",
    "SSL::Invalid_Server_Cert",
    "A::B::C",
    "dead::beef",
    "DEAD::BEEF",
    "face::b00c1",
    "a::b",
    "enum::x",
    "string::x",
    ":x",
    "::",
    "a:",
    "-",
    "->",
    "a->b",
    "a b",
    "x,y",
    "5s",
    "count:5",
    'q"uote',
    "ü::LOG",
    "new\nline",
]

_IPV6_EDGES = ["::", "::1", "dead::beef", "1:2:3:4:5:6:7:8", "2001:db8::1", "fe80::", "::102:304", "1::2:0:0:3", "a::b"]


def strings() -> st.SearchStrategy[str | bytes]:
    """Strings as values: str, or bytes when they are not UTF-8."""
    return st.one_of(
        st.sampled_from(HOSTILE_TEXTS),
        st.sampled_from(HOSTILE_BYTES),
        st.text(max_size=12),
        st.binary(max_size=8).map(text_or_bytes),
    )


def enum_values() -> st.SearchStrategy[EnumValue]:
    """Enum values with plain and with impossible names."""
    return st.one_of(
        st.sampled_from(ENUM_NAMES), st.from_regex(r"[A-Za-z_:.a-f-]{1,8}", fullmatch=True), strings()
    ).map(EnumValue)


def reals(*, subnormal: bool = True) -> st.SearchStrategy[float]:
    """All reals. The binary format loses subnormal ones (C++ cannot read them), so they can be left out."""
    edges = [0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 1e22, 1e-9, 2.2250738585072014e-308, 1.7976931348623157e308]
    edges += [math.inf, -math.inf, math.nan]
    edges += [5e-324, -5e-324] if subnormal else []
    return st.one_of(st.sampled_from(edges), st.floats(allow_subnormal=subnormal))


def _nanoseconds() -> st.SearchStrategy[int]:
    edges = [0, 1, -1, 999, 1000, 10**6, 10**9, -(10**9), 1_500_000_000, 1_700_000_000_123_456_000, I64_MIN, I64_MAX]
    return st.one_of(st.sampled_from(edges), st.integers(I64_MIN, I64_MAX))


def _subnets() -> st.SearchStrategy[IPv4Network | IPv6Network]:
    ipv4 = st.builds(
        lambda number, bits: IPv4Network((number, bits), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
    )
    ipv6 = st.builds(
        lambda number, bits: canonical_subnet(IPv6Network((number, bits), strict=False)),
        st.integers(0, 2**128 - 1),
        st.integers(0, 128),
    )
    return ipv4 | ipv6


def scalars(*, subnormal: bool = True) -> st.SearchStrategy[Any]:
    """Values of the twelve kinds that hold no others."""
    return st.one_of(
        st.none(),
        st.booleans(),
        st.one_of(st.sampled_from([0, 1, 127, 128, 2**63, U64_MAX]), st.integers(0, U64_MAX)).map(Count),
        st.one_of(st.sampled_from([0, -1, 127, -129, 2**31, I64_MIN, I64_MAX]), st.integers(I64_MIN, I64_MAX)),
        reals(subnormal=subnormal),
        strings(),
        st.integers(0, 2**32 - 1).map(IPv4Address),
        st.one_of(st.sampled_from(_IPV6_EDGES).map(IPv6Address), st.integers(0, 2**128 - 1).map(IPv6Address)).map(
            canonical_address
        ),
        _subnets(),
        st.builds(Port, st.integers(0, 65535), st.sampled_from(Protocol)),
        _nanoseconds().map(Timestamp),
        _nanoseconds().map(Timespan),
        enum_values(),
    )


def _make_set(items: list[Any]) -> Set:
    try:
        return Set(items)
    except InvalidValue:  # NaN beside another real
        return Set(items[:1])


def _make_table(pairs: list[tuple[Any, Any]]) -> Table:
    try:
        return Table(pairs)
    except InvalidValue:
        return Table(pairs[:1])


def _containers_of(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(children, max_size=4).map(tuple),
        st.lists(children, max_size=4).map(_make_set),
        st.lists(st.tuples(children, children), max_size=3).map(_make_table),
    )


def values(max_leaves: int = 12, *, subnormal: bool = True) -> st.SearchStrategy[Any]:
    """Values of every kind, containers nested and mixed."""
    leaves = scalars(subnormal=subnormal)
    nested = st.recursive(leaves, _containers_of, max_leaves=max_leaves)
    # A plain union would be flattened, and then draw hardly a container; `nested` alone hardly draws a scalar.
    return st.booleans().flatmap(lambda container: nested if container else leaves)


def containers(max_leaves: int = 12) -> st.SearchStrategy[Any]:
    """Vectors, sets and tables with any content."""
    return _containers_of(values(max_leaves))


def topics() -> st.SearchStrategy[str]:
    """Topics that can be sent, bytes that are not UTF-8 included (as surrogate escapes)."""
    edges = ["/", "/zeek/events", "a", "/a/b", "a//b", "<$>/local/x", "NAME/<$>/data/master", "é/中", "/\udcff"]
    return st.one_of(
        st.sampled_from(edges),
        st.text(st.sampled_from("/abé<$>"), min_size=1, max_size=10),
        st.text(min_size=1, max_size=10),
        st.binary(min_size=1, max_size=8).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    )


def entity_ids() -> st.SearchStrategy[EntityId]:
    """Ids of masters and clones, and the one of nobody."""
    ids = st.builds(EntityId, st.binary(min_size=16, max_size=16).map(EndpointId), st.integers(0, U64_MAX))
    return st.one_of(st.just(NOBODY), ids)


def commands() -> st.SearchStrategy[Command]:
    """Store commands of all kinds, with any values and numbers."""
    value, entity = values(4, subnormal=False), entity_ids()
    number, heartbeat = st.integers(0, U64_MAX), st.integers(0, 0xFFFF)
    expiry = st.none() | _nanoseconds()
    entries = st.lists(st.tuples(value, value), max_size=3)
    content = st.one_of(
        st.builds(Put, value, value, expiry, entity),
        st.builds(PutUnique, value, value, expiry, entity, number, entity),
        st.builds(PutUniqueResult, st.booleans(), entity, number, entity),
        st.builds(Erase, value, entity),
        st.builds(Expire, value, entity),
        st.builds(Add, value, value, st.sampled_from(Kind), expiry, entity),
        st.builds(Subtract, value, value, expiry, entity),
        st.builds(Clear, entity),
        st.builds(AttachWriter, number, heartbeat),
        st.builds(Keepalive, number),
        st.builds(CumulativeAck, number),
        st.builds(Nack, st.lists(number, max_size=4).map(tuple)),
        st.builds(AckClone, number, heartbeat, entries),
        st.builds(RetransmitFailed, number),
    )
    return st.builds(Command, number, entity, entity, content)


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """*data* in pieces, as a socket might deliver it; none is empty unless *data* is."""
    at = sorted(draw(st.sets(st.integers(1, max(len(data) - 1, 1)), max_size=8)))
    edges = [0, *[cut for cut in at if cut < len(data)], len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def bits_of(real: float) -> bytes:
    """The eight bytes of *real*, one pattern for all NaNs: what tells -0.0 from 0.0."""
    return struct.pack(">d", real if real == real else math.nan)


def is_same(one: Any, other: Any) -> bool:
    """Whether both are the same value: equal types all the way down, NaN equal to NaN, -0.0 not to 0.0."""
    if type(one) is not type(other):
        return False
    if type(one) is float:
        return bits_of(one) == bits_of(other)
    if type(one) is tuple or type(one) is Set:
        return len(one) == len(other) and all(map(is_same, one, other))
    if type(one) is Table:
        return len(one) == len(other) and all(map(is_same, one.pairs(), other.pairs()))
    return bool(one == other)


def assert_same(one: Any, other: Any) -> None:
    """Fail unless :func:`is_same`; also when either is no value at all."""
    kind_of(one)
    assert is_same(one, other), f"{one!r} is not the same as {other!r}"
