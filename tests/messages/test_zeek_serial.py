"""The serial form of log lines: every type, every way to break it, and any bytes."""

from __future__ import annotations

import functools
import struct
from ipaddress import IPv4Address, IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.errors import DecodeError
from broker_core.messages.zeek import Batch, LogWrite, zeek_message
from broker_core.messages.zeek_serial import ZeekType, read_serial, type_name
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp
from zeek_frames import data_frames


@functools.cache
def recorded_line() -> bytes:
    """A line with every type that logs can have, from a live Zeek."""
    for frame in data_frames("zeek-log-writes"):
        view = zeek_message(binary.decode(frame.payload))
        if isinstance(view, Batch):
            for write in view.flatten():
                if isinstance(write, LogWrite) and write.path == "rec":
                    return write.serial
    raise AssertionError


def serial(*fields: bytes) -> bytes:
    return len(fields).to_bytes(4, "big") + b"".join(fields)


def present(kind: int, body: bytes) -> bytes:
    return struct.pack(">IIB", kind, 0, 1) + body


def unset(kind: int) -> bytes:
    return struct.pack(">IIB", kind, 0, 0)


def text(kind: int, raw: bytes) -> bytes:
    return present(kind, len(raw).to_bytes(4, "big") + raw)


def container(kind: int, *items: bytes) -> bytes:
    return present(kind, struct.pack(">q", len(items)) + b"".join(items))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (present(1, bytes(8)), False),
        (present(3, b"\xff" * 8), Count(2**64 - 1)),
        (present(4, struct.pack(">d", float("inf"))), float("inf")),
        (present(5, struct.pack(">d", -1.5)), Timestamp(-1_500_000_000)),
        (present(6, struct.pack(">d", 0.1)), Timespan(100_000_000)),
        (text(7, b""), ""),
        (text(7, "é".encode()), "é"),
        (text(17, b"Rec::fn"), "Rec::fn"),
        (text(18, b"/dev/null"), "/dev/null"),
        (text(9, b"\xff"), EnumValue(b"\xff")),
        (present(10, struct.pack(">QI", 65535, 0)), Port(65535, "unknown")),
        (present(11, b"\x06" + bytes(10) + b"\xff\xff\x01\x02\x03\x04"), IPv4Address("1.2.3.4")),
        (present(12, b"\x60\x04" + bytes(4)), IPv4Network("0.0.0.0/0")),
        (present(12, b"\x80\x06" + bytes(15) + b"\x01"), IPv6Network("::1/128")),
        (container(14, text(7, b"b"), text(7, b"a")), Set(["a", "b"])),
        (container(19, unset(3), container(19)), (None, ())),
        (unset(99), None),
    ],
)
def test_serial_values(field: bytes, value: object) -> None:
    (read,) = read_serial(serial(field) + b"behind")
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "log data cut short after 0 bytes at offset 0"),
        (b"\xff\xff\xff\xff", "4294967295 fields in the last 0 bytes of log data at offset 4"),
        (serial(present(19, struct.pack(">q", -1))), "-1 fields in the last 0 bytes of log data at offset 21"),
        (serial(present(14, struct.pack(">q", 2**62))), f"{2**62} fields in the last 0 bytes of log data at offset 21"),
        (serial(present(1, bytes(7))), "log data cut short after 20 bytes at offset 20"),
        (serial(present(7, b"\x00\x00\x00\x05abcd")), "log data cut short after 21 bytes at offset 21"),
        (serial(present(11, b"\x04abc")), "log data cut short after 17 bytes at offset 17"),
        (serial(present(11, b"\x05abcd")), "address of family 5 (4 or 6) at offset 13"),
        (
            serial(present(12, b"\x08\x04abcd")),
            "IPv4 subnet with a length of 8 bits in 128-bit space (96 .. 128) at offset 13",
        ),
        (
            serial(present(12, b"\x81\x06" + bytes(16))),
            "subnet in log data: subnet prefix of 129 bits is above 128 at offset 13",
        ),
        (
            serial(present(10, struct.pack(">QI", 65536, 1))),
            "port in log data: port number 65536 is outside 0 .. 65535 at offset 13",
        ),
        (
            serial(present(10, struct.pack(">QI", 1, 4))),
            "port in log data: 4 is no transport of a port (tcp, udp, icmp, unknown) at offset 13",
        ),
        (serial(present(5, struct.pack(">d", 1e300))), None),
        (serial(present(6, struct.pack(">d", float("nan")))), None),
        (serial(present(8, bytes(8))), "log data with a value of type pattern, which logs do not have at offset 4"),
        (serial(present(99, bytes(8))), "log data with a value of type type-99, which logs do not have at offset 4"),
        (serial(b"\0\0\0\1\0\0\0\0\2" + bytes(8)), "presence of a value given as 2 (0 or 1) at offset 12"),
        (
            serial(container(14, text(7, b"a"), text(7, b"a"))),
            "table in log data: set with 1 element(s) given twice at offset 13",
        ),
    ],
)
def test_broken_serial_data_is_refused(data: bytes, problem: str | None) -> None:
    with pytest.raises(DecodeError) as caught:
        read_serial(data)
    if problem is not None:
        assert str(caught.value) == problem


def test_serial_containers_are_bounded() -> None:
    field = container(19)
    for _ in range(7):
        field = container(19, field)
    read_serial(serial(field))
    with pytest.raises(DecodeError, match="nested deeper than 8"):
        read_serial(serial(container(14, field)))
    for _ in range(3000):
        field = container(19, field)
    with pytest.raises(DecodeError, match="nested deeper than 8"):
        read_serial(serial(field))


@given(st.data())
def test_any_serial_data_is_read_or_refused_with_decode_error(data: st.DataObject) -> None:
    whole = recorded_line()
    raw = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4)) if raw else 0):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for candidate in (bytes(raw), data.draw(st.binary(max_size=64)), serial(data.draw(st.binary(max_size=64)))):
        try:
            values = read_serial(candidate)
        except DecodeError:
            continue
        binary.encode(tuple(values))  # strict values, all of them


def test_every_cut_of_a_recorded_line_is_refused() -> None:
    whole = recorded_line()
    for size in range(len(whole)):
        with pytest.raises(DecodeError):
            read_serial(whole[:size])


def test_type_names() -> None:
    assert str(ZeekType.ADDR) == "addr"
    assert [type_name(number) for number in (0, 22, 23)] == ["void", "error", "type-23"]
