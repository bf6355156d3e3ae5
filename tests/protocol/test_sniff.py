"""Other protocols are recognised by their first bytes, and Broker's own is not mistaken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.protocol.framing import frame_of
from broker_core.protocol.sniff import HTTP, OLD_BROKER, SSH, TLS, describe_first_bytes
from peer_links import recordings

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
        (b"GET /v1/messages/json HTTP/1.1\r\n", HTTP),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", SSH),
        (OLD_SERVER, OLD_BROKER),
        (OLD_SERVER[:16], OLD_BROKER),
        (OLD_CLIENT, OLD_BROKER),
    ],
)
def test_known_protocols(data, what):
    assert describe_first_bytes(data) == what


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"220 mail ready\r\n", r"an unknown protocol that starts with b'220 mail ready\r\n'"),
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


def test_too_short_to_tell():
    for data in (b"", b"H", b"HTT", b"\x16", b"SSH"):
        assert describe_first_bytes(data) is None
