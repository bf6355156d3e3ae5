"""Addresses of peers in all their spellings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core import InvalidValue, PeerAddress, split_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1:9000", ("10.0.0.1", 9000, "broker")),
        ("broker://zeek.example:9000/", ("zeek.example", 9000, "broker")),
        ("zeek.example", ("zeek.example", 9999, "broker")),
        (":47761", ("127.0.0.1", 47761, "broker")),
        ("[::1]", ("::1", 9999, "broker")),
        ("ws://zeek", ("zeek", 27759, "ws")),
        ("ws://:9997/v1/messages/json", ("127.0.0.1", 9997, "ws")),
        ("wss://[2001:db8::1]:443/", ("2001:db8::1", 443, "wss")),
        ("zmq://manager", ("manager", 5555, "zmq")),
        ("zmq://:27760", ("127.0.0.1", 27760, "zmq")),
        ("zmq://[::1]", ("::1", 5555, "zmq")),
        ("zmq://manager:1:2/", ("manager", 1, "zmq")),
        ("zmq://manager:1:5", ("manager", 1, "zmq", 5)),
        ("zmq://[::1]:65535:5", ("::1", 65535, "zmq", 5)),
    ],
)
def test_what_can_be_read(text: str, expected: tuple[Any, ...]) -> None:
    assert PeerAddress.parse(text) == PeerAddress(*expected)


@pytest.mark.parametrize(("text", "port"), [("zmq://h", 5556), ("zmq://h:27760", 27761), ("zmq://h:7:3", 3)])
def test_where_messages_are_sent_to(text: str, port: int) -> None:
    assert PeerAddress.parse(text).sending == ("h", port, "zmq", PeerAddress.parse(text).send_port)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("udp://h:1", "udp:// is not supported"),
        ("zmq://h:5:5", "has the same port twice"),
        ("zmq://h:65535", "leaves no port for the XSUB"),
        ("zmq://h:1:", "is no address"),
        ("zmq://h::2", "is no address"),
        ("zmq://h:1:0", "is no address"),
        ("zmq://h:1:65536", "is no address"),
        ("zmq://h:1:2:3", "is ambiguous"),
        ("zmq://::1", "is no address"),
        ("zmq://h:1/v1/messages/json", "is no address"),
        ("http://h:1", "http:// is not supported"),
        ("ws://h:1/other", "'ws://h:1/other' is no address"),
        ("broker://h:1/v1/messages/json", "is no address"),
        ("ws://", "'ws://' is no address"),
        ("::1", "'::1' is ambiguous"),
        ("h:0", "'h:0' has port 0"),
        ("user@h:1", "^an address has no user name and no password"),
        ("wss://me:secret@h:1", "^an address has no user name and no password"),
        ("h:" + "9" * 5000, "is no address"),
    ],
)
def test_what_cannot(text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        PeerAddress.parse(text)


@pytest.mark.parametrize(
    "text", ["127.0.0.1:9999", "[::1]:1", "ws://host:2", "wss://[::1]:443", "zmq://h:1", "zmq://h:1:5"]
)
def test_they_print_as_they_are_read(text: str) -> None:
    assert str(PeerAddress.parse(text)) == text


def test_host_and_port_without_the_scheme() -> None:
    assert PeerAddress("::1", 5, "wss").host_and_port == "[::1]:5"


@given(st.text(max_size=12))
def test_any_text_is_split_or_refused(text: str) -> None:
    try:
        host, port = split_address(text)
    except InvalidValue:
        return
    assert not set(host) & set("/[]@ ")
    assert port is None or 0 <= port <= 0xFFFF
