"""The first bytes of something that is no Broker."""

from __future__ import annotations

from broker_core.protocol.sniff import describe_first_bytes


def target(data: bytes) -> bool:
    """Any bytes are described in one short line, or may be a Broker's."""
    words = describe_first_bytes(data)
    assert words is None or (words.isprintable() and len(words) < 300)
    return words is not None


def seeds() -> list[bytes]:
    """Greetings of other protocols."""
    return [
        b"HTTP/1.1 400 Bad Request\r\nServer: ixwebsocket/11.4.0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"\0\0\0\5\7ZEEK",
        b"\xff\0\0\0\0\0\0\0\1\x7f\3",
        bytes(8) + b"\0\0\0\0\0\0\0\3" + bytes(40),
        b"220 mail.example ESMTP\r\n",
    ]
