"""The answer to the upgrade, whatever answers and however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, Cause, RemoteProtocolError
from broker_core.limits import Limits
from broker_core.protocol.events import Lost
from broker_core.protocol.web_answer import UpgradeAnswer
from broker_core.protocol.web_upgrade import NATIVE, accept_token, answer
from peer_links import cut

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = f"Sec-WebSocket-Accept: {accept_token(KEY)}\r\n".encode()
GOOD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + ACCEPT + b"\r\n"
NO_BLANK_LINE = b"HTTP/1.1 400 Missing Upgrade header\r\nServer: ixwebsocket\r\n"
WRONG_LENGTH = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 30\r\n\r\nmade up by libbroker"


def outcome(pieces, *, end="eof", limits=None):
    reader = UpgradeAnswer(KEY, limits or Limits())
    rest = b""
    result = None
    for piece in pieces:
        if result is None:
            result = reader.receive(piece)
        elif isinstance(result, bytes):
            rest += piece
    if result is None:
        result = reader.end() if end == "eof" else reader.time_out()
    return result + rest if isinstance(result, bytes) else result


def lost(data, **more):
    """What comes of *data*, which is the same whole and byte by byte."""
    result = outcome([data] if data else [], **more)
    assert isinstance(result, Lost)
    assert isinstance(result.error, RemoteProtocolError)
    dripped = outcome([data[at : at + 1] for at in range(len(data))], **more)
    assert str(result.error) == str(dripped.error)
    assert (result.cause, result.looks_like) == (dripped.cause, dripped.looks_like)
    return result


@given(st.lists(st.integers(0, 200), max_size=9))
def test_a_websocket(cuts):
    assert outcome(cut(GOOD + b"\x81\x00", cuts)) == b"\x81\x00"
    assert outcome(cut(GOOD, cuts)) == b""


@pytest.mark.parametrize(
    ("data", "problem", "cause", "code"),
    [
        (
            b"",
            "connection closed by the server before it answered the WebSocket upgrade",
            Cause.CLOSED_AT_ONCE,
            EC.PEER_DISCONNECT_DURING_HANDSHAKE,
        ),
        (
            GOOD[:60],
            "connection closed by the server in the middle of its answer to the WebSocket upgrade",
            Cause.CONNECTION_LOST,
            EC.PEER_DISCONNECT_DURING_HANDSHAKE,
        ),
        (
            NO_BLANK_LINE,
            "the server refused the WebSocket upgrade (400 Missing Upgrade header)",
            Cause.REJECTED,
            EC.PEER_INVALID,
        ),
        (
            WRONG_LENGTH,
            "the server refused the WebSocket upgrade (400 Bad Request: made up by libbroker)",
            Cause.REJECTED,
            EC.PEER_INVALID,
        ),
        (
            GOOD.replace(ACCEPT, b""),
            "the answer to the WebSocket upgrade has a wrong or no Sec-WebSocket-Accept",
            Cause.BAD_HANDSHAKE,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            GOOD.replace(b"Connection", b"Sec-WebSocket-Extensions: x\r\nConnection"),
            "the server uses a WebSocket extension that was not offered",
            Cause.BAD_HANDSHAKE,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"HTTP/1.1 what?\r\n\r\n",
            "the answer to the WebSocket upgrade is no HTTP",
            Cause.NOT_BROKER,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "a web server answered, but not with a WebSocket (200 OK)",
            Cause.NOT_BROKER,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"\x00\x00\x00\x05\x07ZEEK",
            "the other side speaks Broker's own protocol, not WebSocket",
            Cause.WEBSOCKET,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"\x15\x03\x01\x00\x02\x02\x28",
            "the other side is no WebSocket server; it looks like TLS",
            Cause.TLS_EXPECTED,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"SSH-2.0-x\r\n",
            "the other side is no WebSocket server; it looks like SSH",
            Cause.NOT_BROKER,
            EC.PEER_INCOMPATIBLE,
        ),
        (
            b"HTT",
            "the other side is no WebSocket server; it looks like an unknown protocol",
            Cause.NOT_BROKER,
            EC.PEER_INCOMPATIBLE,
        ),
    ],
)
def test_what_else_answers(data, problem, cause, code):
    end = lost(data)
    assert (str(end.error), end.cause, end.error.code) == (problem, cause, code)
    assert end.refused == (cause is Cause.REJECTED)
    assert end.http_status == (400 if cause is Cause.REJECTED else 200 if b"200" in data else None)


def test_a_native_broker_is_named():
    assert lost(b"\x00\x00\x00\x05\x07ZEEK").looks_like == NATIVE


def test_a_complete_refusal_needs_no_end_of_the_connection():
    for status, cause in ((401, Cause.REJECTED), (503, Cause.TOO_MANY), (404, Cause.NOT_BROKER)):
        data = answer(status, "No", "body")
        for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
            reader = UpgradeAnswer(KEY, Limits())
            *front, last = [reader.receive(piece) for piece in pieces]
            assert not any(front)
            assert isinstance(last, Lost)
            assert (last.http_status, last.cause) == (status, cause)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no answer to the WebSocket upgrade within 10 s"),
        (GOOD[:50], "no complete answer to the WebSocket upgrade within 10 s"),
        (NO_BLANK_LINE, "the server refused the WebSocket upgrade (400 Missing Upgrade header)"),
        (b"\x00\x00\x00\x05", "the other side is no WebSocket server; it looks like an unknown protocol"),
    ],
)
def test_time_runs_out(data, problem):
    end = lost(data, end="deadline")
    assert str(end.error) == problem
    assert (end.error.code is EC.PEER_TIMEOUT) == problem.startswith("no ")
    assert (end.cause is Cause.HANDSHAKE_TIMEOUT) == problem.startswith("no ")


def test_an_answer_is_bounded():
    limits = Limits(web_request=200)
    most = GOOD.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * (200 - len(GOOD) - 5) + b"\r\n\r\n")
    assert len(most) == 200
    assert outcome([most + b"more"], limits=limits) == b"more"
    problem = "the answer to the upgrade is longer than the allowed 200 (web_request)"
    assert str(lost(most.replace(b"X: ", b"X: x"), limits=limits).error) == problem
    assert str(lost(most[:-4] + b"x" * 40, limits=limits).error) == problem


def test_a_body_is_bounded():
    limits = Limits(web_request=100)
    for length in (b"", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: 1000000\r\n"):
        reader = UpgradeAnswer(KEY, limits)
        assert reader.receive(b"HTTP/1.1 400 No\r\n" + length + b"\r\n" + b"x" * 99) is None
        end = reader.receive(b"x")
        assert isinstance(end, Lost)
        assert str(end.error) == f"the server refused the WebSocket upgrade (400 No: {'x' * 100})"


@given(st.binary(max_size=100) | st.binary(max_size=60).map(lambda data: b"HTTP/1.1 " + data), st.data())
def test_any_bytes_are_judged_alike_however_they_are_cut(data, draw):
    cuts = draw.draw(st.lists(st.integers(0, 100), max_size=9))

    def judged(pieces):
        result = outcome(pieces, limits=Limits(web_request=64))
        return (str(result.error), result.cause) if isinstance(result, Lost) else result

    assert judged([data] if data else []) == judged(cut(data, cuts) if data else [])
