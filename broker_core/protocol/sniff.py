"""What a stream looks like that is no Broker peer: for errors that say what to change.

The bytes of the older Brokers were taken from Broker 1.4.0 (Zeek 4.0), which speaks the protocol of its actor
framework: four bytes of operation and flags, u32 payload length, then a u64 that is a version number in the
first message of a server. The answers of Zeek's WebSocket server were recorded (Zeek 8.2.2), those of Broker's are
in spec websocket-json.md section 1.1. ZeroMQ starts with the signature of its greeting (RFC 23, ZMTP 3).
"""

from __future__ import annotations

import re

__all__ = [
    "BROKER_WEB",
    "HTTP",
    "METRICS",
    "OLD_BROKER",
    "PROBE",
    "SSH",
    "TLS",
    "WEB",
    "ZEEK_WEB",
    "ZEROMQ",
    "describe_first_bytes",
    "server_of",
]

TLS = "TLS"
HTTP = "HTTP (perhaps the WebSocket port of a Broker)"
ZEEK_WEB = "HTTP (the WebSocket server of a Zeek)"
BROKER_WEB = "HTTP (the WebSocket server of a Broker)"
WEB = "HTTP (a WebSocket server)"
METRICS = "HTTP (metrics for Prometheus)"
SSH = "SSH"
ZEROMQ = "ZeroMQ (a Zeek cluster of 8.1 or later has it)"
OLD_BROKER = "a Broker of Zeek 4 or older"

PROBE = b"\x00\x00\x00\x05\x07ZEEK"
"""What a Broker of version 2.3 or later says first to whoever connects (spec native-protocol.md section 3)."""

_LONGEST_PLAUSIBLE = 1 << 24  # bytes of a first frame; real ones are far below
_HANDSHAKE_CODES = range(6, 13)
_PREVIEW = 32

_HTTP_STARTS = (b"HTTP", b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"CONN", b"<!DO", b"<htm")
_SERVER = re.compile(rb"\r\nserver:[ \t]*([^\r\n]*)", re.IGNORECASE)

# What each server puts into an answer and no other does, in lower case; the first that is found counts.
_HTTP_MARKS = (
    (rb"\r\nserver: ixwebsocket", ZEEK_WEB),
    (rb"invalid path; try /v1/messages/json", BROKER_WEB),
    (rb"expected a websocket handshake\.", BROKER_WEB),
    (rb"mandatory field sec-websocket-key", BROKER_WEB),
    (rb"^http/1\.1 101 |\r\nsec-websocket-|missing (sec-websocket-key|upgrade header)", WEB),
    (rb"content-type: *(text/plain; *version=0\.0\.4|application/openmetrics-text)|^# (help|type) ", METRICS),
)
_MARKS = tuple((re.compile(pattern, re.MULTILINE), what) for pattern, what in _HTTP_MARKS)

# Other servers that speak first, by the start of their greeting.
_GREETINGS = (
    (b"220", "mail or FTP"),
    (b"* OK", "IMAP"),
    (b"+OK", "POP3"),
    (b"+PO", "Redis"),
    (b"-ER", "Redis"),
    (b"AMQP", "AMQP"),
    (b"RFB ", "VNC"),
)


def describe_first_bytes(data: bytes) -> str | None:
    """What protocol starts with *data*; a preview of the bytes when it is unknown.

    None when *data* may be the start of a Broker handshake, or is too short to tell.
    """
    start = data[:4]
    if len(start) > 1 and start[0] in range(0x14, 0x18) and start[1] == 3:
        return TLS
    if start in _HTTP_STARTS:
        return _describe_http(data) if start == b"HTTP" else HTTP
    if start == b"SSH-":
        return SSH
    if len(start) < 4 or _may_be_broker(data):
        return None
    if _may_be_zeromq(data):
        return ZEROMQ
    if _may_be_old_broker(data):
        return OLD_BROKER
    more = "" if len(data) <= _PREVIEW else " ..."
    return f"{_name_by_greeting(data)} that starts with {data[:_PREVIEW]!r}{more}"


def server_of(data: bytes) -> str:
    """The Server header of the HTTP answer that *data* starts with; "" when it has none."""
    match = _SERVER.search(data.partition(b"\r\n\r\n")[0])
    return match[1].decode("latin-1").strip() if match else ""


def _describe_http(data: bytes) -> str:
    answer = data.lower()
    return next((what for pattern, what in _MARKS if pattern.search(answer)), HTTP)


def _name_by_greeting(data: bytes) -> str:
    if data[1:5] == b"\x00\x00\x00\x0a":  # length of the packet, its number 0, version 10 of the protocol
        return "MySQL"
    return next((name for start, name in _GREETINGS if data.startswith(start)), "an unknown protocol")


def _may_be_broker(data: bytes) -> bool:
    length = int.from_bytes(data[:4], "big")
    return 0 < length < _LONGEST_PLAUSIBLE and (len(data) == 4 or data[4] in _HANDSHAKE_CODES)


def _may_be_zeromq(data: bytes) -> bool:
    """ZMTP: ff, eight bytes that an older peer takes for a length, and 7f; the signature may be cut."""
    return data[0] == 0xFF and not any(data[1:8]) and (len(data) < 10 or data[9] == 0x7F)


def _may_be_old_broker(data: bytes) -> bool:
    if len(data) < 16 or data[1:6] != bytes(5):
        return False
    operation, number = data[0], int.from_bytes(data[8:16], "big")
    return (operation == 0 and 0 < number < 32) or (operation == 1 and number == 0)
