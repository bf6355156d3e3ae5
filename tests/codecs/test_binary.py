"""Binary v1 against the bytes of C++ (spec data-model.md sections 2 to 4)."""

from __future__ import annotations

import json
import math
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.codecs.binary import decode, decode_at, decode_items, encode, encode_items, read_varbyte, varbyte
from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp
from strategies import assert_same, reals, values

ROWS = json.loads((Path(__file__).parent.parent / "vectors" / "values.json").read_text())
VECTORS = [bytes.fromhex(row["binary"]) for row in ROWS]

# The examples of the spec, section 3.1.
EXAMPLES: list[tuple[Any, str]] = [
    (None, "00"),
    (True, "01 01"),
    (False, "01 00"),
    (Count(42), "02 00 00 00 00 00 00 00 2a"),
    (Count(2**64 - 1), "02 ff ff ff ff ff ff ff ff"),
    (-1, "03 ff ff ff ff ff ff ff ff"),
    (-(2**63), "03 80 00 00 00 00 00 00 00"),
    (1.5, "04 3f f8 00 00 00 00 00 00"),
    (0.1, "04 3f b9 99 99 99 99 99 9a"),
    (-0.0, "04 80 00 00 00 00 00 00 00"),
    (math.inf, "04 ff f0 00 00 00 00 00 00"),
    (-math.inf, "04 7f f0 00 00 00 00 00 00"),
    (math.nan, "04 ff ff ff ff ff ff ff ff"),
    ("abc", "05 03 61 62 63"),
    ("", "05 00"),
    (ip_address("10.0.0.1"), "06 00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 01"),
    (ip_address("2001:db8::1"), "06 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"),
    (ip_network("10.0.0.0/8"), "07 00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 00 68"),
    (ip_network("2001:db8::/64"), "07 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 00 40"),
    (Port(80), "08 00 50 01"),
    (Port(0, "unknown"), "08 00 00 00"),
    (Timestamp(1_500_000_000), "09 00 00 00 00 59 68 2f 00"),
    (Timespan(-1), "0a ff ff ff ff ff ff ff ff"),
    (EnumValue("Foo::BAR"), "0b 08 46 6f 6f 3a 3a 42 41 52"),
    (Set([Count(1), Count(2)]), "0c 02 02 00 00 00 00 00 00 00 01 02 00 00 00 00 00 00 00 02"),
    (Table([("a", Count(1))]), "0d 01 05 01 61 02 00 00 00 00 00 00 00 01"),
    ((False, None, "x"), "0e 03 01 00 00 05 01 78"),
    (
        (Set([(Count(1),)]), Set([Table([((), Set())])])),
        "0e 02 0c 01 0e 01 02 00 00 00 00 00 00 00 01 0c 01 0d 01 0e 00 0c 00",
    ),
    (Set(), "0c 00"),
    (Table(), "0d 00"),
    ((), "0e 00"),
]


@pytest.mark.parametrize(("value", "data"), EXAMPLES, ids=[repr(value) for value, _ in EXAMPLES])
def test_examples_of_the_spec(value: Any, data: str) -> None:
    assert encode(value) == bytes.fromhex(data)
    assert_same(decode(bytes.fromhex(data)), value)


@pytest.mark.parametrize("row", range(len(VECTORS)))
def test_what_cpp_wrote(row: int) -> None:
    data = VECTORS[row]
    value = decode(data)
    assert encode(value) == data
    inner, end = decode_at(b"xx" + data + b"tail", 2)
    assert_same(inner, value)
    assert end == len(data) + 2
    with pytest.raises(DecodeError, match="4 bytes left over"):
        decode(data + b"tail")


def test_what_cpp_wrote_cut_at_every_byte() -> None:
    for data in VECTORS:
        for end in range(len(data)) if len(data) < 400 else range(0, len(data), 37):
            with pytest.raises(DecodeError):
                decode(data[:end])


# -- reals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("7ff8000000000000", math.inf),
        ("7fffffffffffffff", math.inf),
        ("fff8000000000000", -math.inf),
        ("7ff0000000000001", math.inf),
        ("0010000000000000", 2.2250738585072014e-308),
        ("7fefffffffffffff", 1.7976931348623157e308),
        ("0000000000000001", 5e-324),
    ],
)
def test_odd_patterns_of_reals(pattern: str, value: float) -> None:
    assert_same(decode(b"\x04" + bytes.fromhex(pattern)), value)


@pytest.mark.parametrize(("value", "sign"), [(5e-324, 0), (-5e-324, 0x80), (1e-310, 0), (-1e-310, 0x80)])
def test_subnormal_reals_are_written_as_zero(value: float, sign: int) -> None:
    assert encode(value) == bytes([4, sign]) + bytes(7)


@given(reals(subnormal=False))
def test_reals_come_back(value: float) -> None:
    assert_same(decode(encode(value)), value)


# -- lengths ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "data"),
    [(0, "00"), (127, "7f"), (128, "8001"), (200, "c801"), (300, "ac02"), (70000, "f0a204"), (2**32 - 1, "ffffffff0f")],
)
def test_varbytes(number: int, data: str) -> None:
    assert varbyte(number) == bytes.fromhex(data)
    assert read_varbyte(bytes.fromhex(data), 0) == (number, len(data) // 2)


@given(st.integers(0, 2**32 - 1))
def test_varbytes_come_back(number: int) -> None:
    data = varbyte(number)
    assert read_varbyte(b"x" + data + b"x", 1) == (number, 1 + len(data))


@pytest.mark.parametrize("data", ["ffffffff1f", "808080808000", "ffffffffff01"])
def test_varbytes_beyond_32_bits(data: str) -> None:
    with pytest.raises(DecodeError, match="more than 32 bits"):
        read_varbyte(bytes.fromhex(data), 0)
    with pytest.raises(DecodeError, match="more than 32 bits"):
        decode(b"\x0e" + bytes.fromhex(data))


def test_varbytes_of_five_bytes_and_more_digits_than_needed() -> None:
    assert read_varbyte(bytes.fromhex("8180808000"), 0) == (1, 5)
    assert decode(bytes.fromhex("05 8180808000 61")) == "a"


@pytest.mark.parametrize("size", [0, 127, 128, 16383, 16384, 70000])
def test_sizes_around_the_steps_of_varbyte(size: int) -> None:
    for value in (
        "x" * size,
        b"\xff" * size or "",
        (None,) * size,
        EnumValue("x" * size),
        Set(map(Count, range(size))),
    ):
        assert_same(decode(encode(value)), value)


# -- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("", "cut short after 0 bytes"),
        ("0f", "unknown type tag 15"),
        ("ff", "unknown type tag 255"),
        ("08 0050 04", "transport number 4"),
        ("07 20010db8000000000000000000000000 81", "above 128"),
        ("05 05 61", "cut short"),
        ("0b 05 61", "cut short"),
        ("06 00", "cut short"),
        ("07 00", "cut short"),
        ("0e 05 00", "container of 5 elements in the last 1 bytes"),
        ("0d 01 00", "container of 2 elements in the last 1 bytes"),
        ("0c 02 0000", "1 element(s) given twice"),
    ],
)
def test_what_is_refused(data: str, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(data))
    assert problem in str(caught.value)


def test_errors_tell_the_offset() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex("0e 02 00 0f"))
    assert caught.value.offset == 3


# -- what is accepted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("01 05", True),
        ("0c 02 0101 0100", Set([False, True])),
        ("0d 02 0101 00 0100 00", Table([(False, None), (True, None)])),
        ("07 00000000000000000000ffff0a010203 68", ip_network("10.0.0.0/8")),
        ("07 00000000000000000000ffff0a010203 08", ip_network("::/8")),
        ("05 01 ff", b"\xff"),
        ("0b 01 ff", EnumValue(b"\xff")),
    ],
)
def test_what_is_accepted_and_put_right(data: str, value: Any) -> None:
    assert_same(decode(bytes.fromhex(data)), value)


def test_enum_values_are_shared_but_not_hoarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "_ENUM_CACHE_SIZE", 4)
    binary._enum_cache.clear()
    data = encode(EnumValue("A::B"))
    assert decode(data) is decode(data)
    for number in range(50):
        assert decode(encode(EnumValue(f"A::{number}"))) == EnumValue(f"A::{number}")
        assert len(binary._enum_cache) <= 4


@given(st.lists(values(3, subnormal=False), max_size=5))
def test_values_one_behind_the_other(items: list[Any]) -> None:
    data, at, read = b"".join(map(encode, items)), 0, []
    while at < len(data):
        value, at = decode_at(data, at)
        read.append(value)
    assert_same(tuple(read), tuple(items))
    assert encode_items(items) == data
    together, end = decode_items(b"xx" + data + b"tail", 2, len(items))
    assert_same(tuple(together), tuple(items))
    assert end == len(data) + 2


def test_no_values_are_no_bytes() -> None:
    assert encode_items([]) == b""


@pytest.mark.parametrize(("bad", "path"), [(object(), ""), ((1, 2**63), "[1]"), (("x", (1, object())), "[1][1]")])
def test_what_cannot_be_written_among_several(bad: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_items(["good", bad, "good"])
    assert caught.value.path == path


def test_several_cut_short() -> None:
    data = encode_items(["a", Count(5)])
    for size in range(len(data)):
        with pytest.raises(DecodeError):
            decode_items(data[:size], 0, 2)


@pytest.mark.parametrize("value", [Set([0.0, 5e-324]), Table([(1e-310, 1), (2e-310, 2)]), ((Set([-1e-310, 0.0]),),)])
def test_reals_that_become_one_on_the_wire_are_refused_in_a_set(value):
    with pytest.raises(EncodeError, match="are one on the wire"):
        binary.encode(value)


def test_one_tiny_real_in_a_set_is_written_as_zero():
    assert binary.decode(binary.encode(Set([5e-324, 1.0]))) == Set([0.0, 1.0])


# -- check: whether decode would succeed ---------------------------------------------------------------------------


def refuses(function: Any, data: bytes) -> bool:
    try:
        function(data)
    except DecodeError:
        return True
    return False


@pytest.mark.parametrize("data", VECTORS + [bytes.fromhex(text) for _, text in EXAMPLES])
def test_check_takes_what_decode_takes_and_nothing_else(data: bytes) -> None:
    binary.check(data)
    for end in range(len(data)):
        assert refuses(binary.check, data[:end])
    for tail in (b"\0", b"\x05", data):
        assert refuses(binary.check, data + tail)
    for at in range(len(data)):
        for byte in (0, 1, 0x05, 0x0C, 0x0E, 0x7F, 0x80, 0xFF, data[at] ^ 1):
            changed = data[:at] + bytes([byte]) + data[at + 1 :]
            assert refuses(binary.check, changed) is refuses(decode, changed), changed.hex()


@given(values(), st.data())
def test_check_agrees_with_decode(value: Any, data: st.DataObject) -> None:
    raw = bytearray(encode(value))
    binary.check(bytes(raw))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert refuses(binary.check, bytes(raw)) is refuses(decode, bytes(raw))


@given(st.binary(max_size=40))
def test_check_agrees_with_decode_on_any_bytes(data: bytes) -> None:
    assert refuses(binary.check, data) is refuses(decode, data)


def test_check_bounds_the_depth_as_decode_does() -> None:
    limit = DEFAULT_LIMITS.max_depth
    binary.check(b"\x0e\x01" * limit + b"\0")
    for container in (b"\x0e\x01", b"\x0c\x01"):
        with pytest.raises(LimitExceeded, match="max_depth"):
            binary.check(container * (limit + 1) + b"\0")
    with pytest.raises(LimitExceeded):
        binary.check(b"\x0e\x01" * 100_000)


def test_check_looks_for_elements_given_twice_in_vectors_too() -> None:
    with pytest.raises(DecodeError):
        binary.check(bytes.fromhex("0e 01 0c 02 0500 0500"))


def test_check_says_where_a_value_ends() -> None:
    with pytest.raises(DecodeError, match="2 bytes left over behind the value at offset 1"):
        binary.check(b"\0\0\0")
    with pytest.raises(DecodeError, match="cut short after 4 bytes"):
        binary.check(b"\x05\x05ab")
