"""What a stream looks like that is no Broker peer: for errors that say what to change.

The bytes of the older Brokers were taken from Broker 1.4.0 (Zeek 4.0), which speaks the protocol of its actor
framework: four bytes of operation and flags, u32 payload length, then a u64 that is a version number in the
first message of a server.
"""

from __future__ import annotations

__all__ = ["HTTP", "OLD_BROKER", "SSH", "TLS", "describe_first_bytes"]

TLS = "TLS"
HTTP = "HTTP (perhaps the WebSocket port of a Broker)"
SSH = "SSH"
OLD_BROKER = "a Broker of Zeek 4 or older"

_LONGEST_PLAUSIBLE = 1 << 24  # bytes of a first frame; real ones are far below
_HANDSHAKE_CODES = range(6, 13)
_PREVIEW = 32

_HTTP_STARTS = (b"HTTP", b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"CONN")


def describe_first_bytes(data: bytes) -> str | None:
    """What protocol starts with *data*; a preview of the bytes when it is unknown.

    None when *data* may be the start of a Broker handshake, or is too short to tell.
    """
    start = data[:4]
    if len(start) > 1 and start[0] in range(0x14, 0x18) and start[1] == 3:
        return TLS
    if start in _HTTP_STARTS:
        return HTTP
    if start == b"SSH-":
        return SSH
    if len(start) < 4 or _may_be_broker(data):
        return None
    if _may_be_old_broker(data):
        return OLD_BROKER
    more = "" if len(data) <= _PREVIEW else " ..."
    return f"an unknown protocol that starts with {data[:_PREVIEW]!r}{more}"


def _may_be_broker(data: bytes) -> bool:
    length = int.from_bytes(data[:4], "big")
    return 0 < length < _LONGEST_PLAUSIBLE and (len(data) == 4 or data[4] in _HANDSHAKE_CODES)


def _may_be_old_broker(data: bytes) -> bool:
    if len(data) < 16 or data[1:6] != bytes(5):
        return False
    operation, number = data[0], int.from_bytes(data[8:16], "big")
    return (operation == 0 and 0 < number < 32) or (operation == 1 and number == 0)
