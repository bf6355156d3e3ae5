"""Readers of cells: their promises for any text. What they read is in test_tsv_reader.py."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError, InvalidValue
from broker_core.logs.cells import READERS, read_port
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, Port, Timespan, Timestamp


@pytest.mark.parametrize("kind", READERS)
@given(text=st.one_of(st.text(), st.text("0123456789.:/-+eEinfaT"), st.from_regex(r"-?[0-9]{0,25}\.?[0-9]{0,25}")))
def test_any_text_is_a_cell_or_refused(kind, text):
    try:
        READERS[kind](text)
    except (DecodeError, InvalidValue) as error:
        assert "\n" not in str(error)  # noqa: PT017  # this is what is promised


@given(st.integers(0, 2**64 - 1))
def test_counts(number):
    found = READERS[ZeekType.COUNT](str(number))
    assert (type(found), found) == (Count, number)


@given(st.integers(0, 10**10 - 1), st.integers(0, 999_999))
def test_times_as_zeek_writes_them(seconds, part):
    ns = seconds * 10**9 + part * 1000
    if ns >= 2**63:
        return
    assert READERS[ZeekType.TIME](f"{seconds}.{part:06d}") == Timestamp(ns)
    assert READERS[ZeekType.INTERVAL](f"{seconds}.{part:06d}") == Timespan(ns)


@pytest.mark.parametrize("kind", [ZeekType.TIME, ZeekType.INTERVAL])
def test_the_bounds_of_times(kind):
    assert READERS[kind]("9223372036.854775").ns == 9_223_372_036_854_775_000
    assert READERS[kind]("-9223372036.854775808").ns == -(2**63)
    for text in ("9223372036.854776", "9999999999.999999", "9223372036.854775808", "-9223372036.854775809"):
        with pytest.raises((DecodeError, InvalidValue)):
            READERS[kind](text)


@given(st.integers(0, 2**32 - 1))
def test_addresses(number):
    address = IPv4Address(number)
    found = READERS[ZeekType.ADDR](str(address))
    assert (type(found), found) == (IPv4Address, address)


@given(st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", fullmatch=True))
def test_addresses_are_strict(text):
    try:
        expected = ip_address(text)
    except ValueError:
        with pytest.raises(DecodeError):
            READERS[ZeekType.ADDR](text)
    else:
        assert READERS[ZeekType.ADDR](text) == expected


def test_ports():
    assert read_port("53", 2) == Port(53, "udp")
    assert read_port("53/tcp", 2) == Port(53, "tcp")
