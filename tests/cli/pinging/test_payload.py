"""The values of pings and pongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.pinging.payload import Ping, make_ping, make_pong, read_ping, read_pong
from broker_core import Count, Event
from broker_core.codecs import binary, text


def test_the_form_of_broker_node():
    assert text.encode(make_ping(3, 2)) == '("ping", 3, "xx")'
    assert text.encode(make_ping(0)) == '("ping", 0, "")'
    assert text.encode(make_pong(3)) == '("pong", 3)'


@given(st.integers(0, 2**64 - 1), st.integers(0, 100))
def test_what_is_made_can_be_read_after_the_wire(number, size):
    assert read_ping(binary.decode(binary.encode(make_ping(number, size)))) == Ping(number, size)
    assert read_pong(binary.decode(binary.encode(make_pong(number)))) == number
    assert read_pong(make_ping(number, size)) is None
    assert read_ping(make_pong(number)) is None


@pytest.mark.parametrize(
    "value",
    [
        "stop",
        Count(1),
        (),
        ("ping", 1, ""),  # an integer, no count
        ("ping", Count(1)),
        ("ping", Count(1), Count(2)),
        ("pang", Count(1), ""),
        ("ping", Count(1), "", ""),
        ("pong", 1),
        ("pong", Count(1), ""),
        (b"pong", Count(1)),
        Event("ping", Count(1), "").value,
    ],
)
def test_other_values_are_neither(value):
    assert read_ping(value) is None
    assert read_pong(value) is None


def test_a_payload_is_bytes():
    assert read_ping(("ping", Count(1), b"\xff\xfe")) == Ping(1, 2)
    assert read_ping(("ping", Count(1), "ü")) == Ping(1, 2)
