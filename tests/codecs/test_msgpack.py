"""MessagePack: the mapping, also as other programs see it, and what is refused."""

from __future__ import annotations

import math
from ipaddress import ip_address, ip_network
from typing import Any

import msgpack as plain
import pytest
from hypothesis import given

from broker_core.codecs import binary
from broker_core.codecs.msgpack import decode, encode
from broker_core.errors import DecodeError, EncodeError
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp
from strategies import assert_same, values

PACKED: list[tuple[Any, str]] = [
    (None, "c0"),
    (True, "c3"),
    (False, "c2"),
    (Count(0), "00"),
    (Count(200), "cc c8"),
    (Count(2**64 - 1), "cf ffffffffffffffff"),
    (0, "d4 03 00"),
    (-1, "d4 03 ff"),
    (127, "d4 03 7f"),
    (128, "d5 03 0080"),
    (-32769, "d6 03 ffff7fff"),
    (2**31, "d7 03 0000000080000000"),
    (-(2**63), "d7 03 8000000000000000"),
    (1.5, "cb 3ff8000000000000"),
    (-0.0, "cb 8000000000000000"),
    (math.inf, "cb 7ff0000000000000"),
    (math.nan, "cb 7ff8000000000000"),
    (5e-324, "cb 0000000000000001"),
    ("abc", "a3 616263"),
    (b"\xff", "c4 01 ff"),
    (ip_address("10.0.0.1"), "d6 06 0a000001"),
    (ip_address("::1"), "d8 06 00000000000000000000000000000001"),
    (ip_network("10.0.0.0/8"), "c7 05 07 0a000000 08"),
    (ip_network("fc00::/7"), "c7 11 07 fc000000000000000000000000000000 07"),
    (Port(22), "c7 03 08 0016 01"),
    (Timestamp(0), "d6 ff 00000000"),
    (Timestamp(1_500_000_000), "d7 ff 7735940000000001"),
    (Timestamp(-1), "c7 0c ff 3b9ac9ff ffffffffffffffff"),
    (Timespan(-1), "d7 0a ffffffffffffffff"),
    (EnumValue("A::B"), "d6 0b 413a3a42"),
    (EnumValue(b"\xff"), "d4 0b ff"),
    ((), "90"),
    ((None, Count(1)), "92 c0 01"),
    (Set(), "91 c7000c"),
    (Set([Count(1), None]), "93 c7000c c0 01"),
    (Table(), "80"),
    (Table([((), Count(1)), (Count(1), None)]), "82 01 c0 90 01"),
]


@pytest.mark.parametrize(("value", "data"), PACKED, ids=[repr(value) for value, _ in PACKED])
def test_packed_and_read_back(value: Any, data: str) -> None:
    assert encode(value) == bytes.fromhex(data)
    assert_same(decode(bytes.fromhex(data)), value)


@given(values())
def test_any_reader_of_messagepack_can_walk_it(value: Any) -> None:
    assert plain.unpackb(encode(value), strict_map_key=False, object_pairs_hook=list) is not ...


@given(values(subnormal=False))
def test_as_compact_as_the_wire_or_nearly(value: Any) -> None:
    assert len(encode(value)) <= 2 * len(binary.encode(value)) + 5


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("ca 3fc00000", 1.5),
        ("cb 7ff8000000000001", math.nan),
        ("cf 0000000000000001", Count(1)),
        ("d7 03 ffffffffffffffff", -1),
        ("c4 01 61", "a"),
        ("d8 06 00000000000000000000ffff0a000001", ip_address("10.0.0.1")),
        ("c7 11 07 00000000000000000000ffff0a000000 68", ip_network("10.0.0.0/8")),
        ("c7 0c ff 00000001 0000000000000000", Timestamp(1)),
        ("c7 00 0b", EnumValue("")),
        ("82 90 01 01 c0", Table([((), Count(1)), (Count(1), None)])),
        ("81 91 c7000c 93 c7000c 02 01", Table([(Set(), Set([Count(1), Count(2)]))])),
    ],
)
def test_also_read(data: str, value: Any) -> None:
    assert_same(decode(bytes.fromhex(data)), value)


@pytest.mark.parametrize(
    ("data", "problem", "path"),
    [
        ("", "cut short after 0 bytes", ""),
        ("92 c0", "cut short after 2 bytes", ""),
        ("c0 c0", "1 bytes left over behind the value", ""),
        ("c1", "no MessagePack", ""),
        ("ff", "-1 is no value", ""),
        ("92 c0 ff", "-1 is no value", "[1]"),
        ("a1 ff", "no MessagePack", ""),
        ("d4 05 00", "extension 5 with 1 bytes", ""),
        ("c7 00 03", "extension 3 with 0 bytes", ""),
        ("c7 03 03 000000", "extension 3 with 3 bytes", ""),
        ("c7 05 06 0a00000100", "extension 6 with 5 bytes", ""),
        ("d6 07 0a000001", "extension 7 with 4 bytes", ""),
        ("c7 05 07 0a000000 21", "extension 7 with 5 bytes", ""),
        ("c7 05 07 0a000001 08", "extension 7 with 5 bytes", ""),
        ("c7 11 07 fc000000000000000000000000000000 81", "extension 7", ""),
        ("d5 08 0016", "extension 8 with 2 bytes", ""),
        ("c7 03 08 0016 04", "extension 8 with 3 bytes", ""),
        ("d6 0a 00000000", "extension 10 with 4 bytes", ""),
        ("d4 0c 00", "extension 12 with 1 bytes", ""),
        ("d5 ff 0000", "no MessagePack", ""),
        ("c7 0c ff ffffffff 0000000000000000", "no MessagePack", ""),
        ("c7 0c ff 00000000 7fffffffffffffff", "does not fit 64 bits", ""),
        ("c7 00 0c", "the mark of a set outside of its place", ""),
        ("92 c0 c7000c", "the mark of a set outside of its place", "[1]"),
        ("92 c7000c c7000c", "the mark of a set outside of its place", "[0]"),
        ("81 c0 c7000c", "the mark of a set outside of its place", "[1]"),
        ("93 c7000c 01 01", "given twice", ""),
        ("82 01c0 01c0", "given twice", ""),
    ],
)
def test_refused(data: str, problem: str, path: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(data))
    assert problem in caught.value.problem
    assert caught.value.path == path


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_integers_out_of_range_are_not_written(number: int) -> None:
    with pytest.raises(EncodeError, match="outside"):
        encode(number)
