"""Other protocols are recognised by their first bytes, and Broker's own is not mistaken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.protocol.framing import frame_of
from broker_core.protocol.sniff import (
    BROKER_WEB,
    HTTP,
    METRICS,
    OLD_BROKER,
    PROBE,
    SSH,
    TLS,
    WEB,
    ZEEK_WEB,
    ZEROMQ,
    describe_first_bytes,
    server_of,
)
from peer_links import recordings

VECTORS = Path(__file__).parent.parent / "vectors"

# What Broker 1.4.0 (Zeek 4.0) sent: 84 bytes at once when something connected, 64 when it connected itself.
OLD_SERVER = bytes.fromhex(
    "0000000000000034000000000000000300000000000000000000000000000000"
    "0000003e9aab9bac79000021abbffadf3ac9f1142f6446ca706c9bb0f69b114400010962726f6b65722e7632000000000000000600"
)
OLD_CLIENT = bytes.fromhex(
    "0100000000000020000000000000000000000000000000000000000000000000"
    "0000003e9aab9bac79000021e0bffadf3ac9f1142f6446ca706c9bb0f69b114400"
)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (bytes.fromhex("15030300020228"), TLS),
        (bytes.fromhex("160301020001000 1fc".replace(" ", "")), TLS),
        (bytes.fromhex("1603"), TLS),
        (b"HTTP/1.1 400 Bad Request\r\n", HTTP),
        (b"<!DOCTYPE HTML>\n", HTTP),
        (b"GET /v1/messages/json HTTP/1.1\r\n", HTTP),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", SSH),
        (OLD_SERVER, OLD_BROKER),
        (OLD_SERVER[:16], OLD_BROKER),
        (OLD_CLIENT, OLD_BROKER),
        # What libzmq 4.3.4 sends at once to whoever connects, whole, with the version behind it, and cut.
        (bytes.fromhex("ff00000000000000017f"), ZEROMQ),
        (bytes.fromhex("ff00000000000000017f03"), ZEROMQ),
        (bytes.fromhex("ff0000000000"), ZEROMQ),
    ],
)
def test_known_protocols(data, what):
    assert describe_first_bytes(data) == what


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        # Answers of C++ Broker's WebSocket server to bad requests (spec websocket-json.md section 1.1).
        (b"HTTP/1.1 400 Bad Request\r\n\r\nExpected a WebSocket handshake.\r\n\r\n", BROKER_WEB),
        (
            b'HTTP/1.1 400 Bad Request\r\n\r\ncaf::sec::invalid_argument("invalid path; try /v1/messages/json")',
            BROKER_WEB,
        ),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nMandatory field Sec-WebSocket-Key missing or invalid.", BROKER_WEB),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", WEB),
        (b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n", WEB),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\r\n", METRICS),
        (b"HTTP/1.1 200 OK\r\n\r\n# HELP process_cpu_seconds_total Time", METRICS),
        (b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n", HTTP),
        (b"HTTP/1.1 ", HTTP),
    ],
)
def test_servers_of_http(answer, what):
    assert describe_first_bytes(answer) == what


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"220 mail ready\r\n", r"mail or FTP that starts with b'220 mail ready\r\n'"),
        (b"-ERR unknown command\r\n", r"Redis that starts with b'-ERR unknown command\r\n'"),
        (b"\x4a\0\0\0\x0a8.0.36", r"MySQL that starts with b'J\x00\x00\x00\n8.0.36'"),
        (b"\xff\xfd\x18\xff", r"an unknown protocol that starts with b'\xff\xfd\x18\xff'"),
        (b"\xff" + bytes(9), r"an unknown protocol that starts with b'\xff" + r"\x00" * 9 + "'"),
        (bytes(4), r"an unknown protocol that starts with b'\x00\x00\x00\x00'"),
        (bytes(16), f"an unknown protocol that starts with {bytes(16)!r}"),
        (b"\x00\x00\x00\x05\x01", r"an unknown protocol that starts with b'\x00\x00\x00\x05\x01'"),
        (b"x" * 33, f"an unknown protocol that starts with {b'x' * 32!r} ..."),
    ],
)
def test_unknown_protocols_are_shown(data, text):
    assert describe_first_bytes(data) == text


@pytest.mark.parametrize("recording", recordings(), ids=str)
def test_brokers_own_start_is_not_described(recording):
    for side in recording.ids:
        start = b"".join(frame_of(body) for sender, body in recording.frames if sender == side and body)
        for end in range(65):
            assert describe_first_bytes(start[:end]) is None


@given(st.binary(max_size=64))
def test_any_bytes_can_be_described(data):
    what = describe_first_bytes(data)
    assert what is None or what


def upgrade_requests():
    recorded = json.loads((VECTORS / "zeek-websocket.json").read_text(encoding="utf-8"))
    return recorded["websocket-upgrade-requests"]["steps"]


@pytest.mark.parametrize("step", upgrade_requests(), ids=lambda step: step["what"])
def test_the_answers_of_zeeks_websocket_server(step):
    answer = step["answer"].encode("latin-1")
    assert describe_first_bytes(answer) == ZEEK_WEB
    assert server_of(answer).startswith("ixwebsocket/11.4.6")


def test_a_server_header_is_found_in_the_head_only():
    assert server_of(b"HTTP/1.1 200 OK\r\nA: b\r\nSERVER:  nginx \r\n\r\n") == "nginx"
    assert server_of(b"HTTP/1.1 200 OK\r\n\r\n\r\nServer: body\r\n") == ""
    assert server_of(b"") == ""


def test_the_first_word_of_a_broker_is_no_stranger():
    for end in range(len(PROBE) + 1):
        assert describe_first_bytes(PROBE[:end]) is None


def test_too_short_to_tell():
    for data in (b"", b"H", b"HTT", b"\x16", b"SSH"):
        assert describe_first_bytes(data) is None
