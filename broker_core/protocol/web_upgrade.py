"""The HTTP request that turns a connection into a WebSocket, and its answer.

A small tolerant parser of our own: Zeek's server leaves out the blank line behind the head of an error answer,
libbroker's states a length that its bodies do not have, and both take requests that lack what HTTP demands, all of
which h11 and wsproto refuse. Source: spec websocket-json.md sections 1.1 and 8.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from wsproto.utilities import generate_accept_token

from broker_core.model.addresses import WEB_PATH

from .sniff import describe_first_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "NATIVE",
    "Head",
    "Style",
    "accept_token",
    "answer",
    "check_request",
    "error_answer",
    "foreign_protocol",
    "head_end",
    "parse_head",
    "request",
    "switching",
]

Style = Literal["broker", "zeek"]
"""Whose behaviour a server shows: libbroker's old server, or Zeek's own."""

NATIVE = "a Broker's own protocol"
"""What the other side speaks that begins as a native peer does."""
_NATIVE_STARTS = (b"\x07ZEEK", b"\x06ZEEK")  # behind the length: probe of a listening Broker, hello of another one
_FIRST_BYTES = 33  # as many as the description of an unknown protocol looks at
_LONGEST_QUOTE = 100  # characters of what a client sent that an answer repeats


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request or of an answer: the three parts of its first line, and its headers in lower case."""

    first: str
    second: str
    third: str
    headers: dict[str, str]

    def get(self, name: str) -> str:
        """The header *name*, given in lower case; "" when it is absent."""
        return self.headers.get(name, "")


def head_end(data: bytes | bytearray, searched: int = 0) -> int:
    """Where the head at the start of *data* ends, behind its blank line; -1 when it is incomplete.

    The end is known not to begin in the first *searched* bytes.
    """
    at = data.find(b"\r\n\r\n", searched)
    return at + 4 if at >= 0 else -1


def parse_head(data: bytes) -> Head:
    """The head *data*, as far as it goes. Of a header given twice the first counts; other lines are left out."""
    first, *lines = data.decode("latin-1").split("\r\n")
    parts = [*first.split(" ", 2), "", ""]
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return Head(parts[0], parts[1], parts[2], headers)


def foreign_protocol(data: bytes | bytearray, *, complete: bool) -> str:
    """What *data*, which does not begin as HTTP does, looks like; "" while that is open and more may come.

    It is told by as few bytes as possible, so that no cut matters.
    """
    start = bytes(data[:_FIRST_BYTES])
    if start[:3] == bytes(3) and start[4:9] in _NATIVE_STARTS:
        return NATIVE
    known = describe_first_bytes(start[:2]) or (describe_first_bytes(start[:4]) if start[:4] == b"SSH-" else None)
    if known is None and (complete or len(start) == _FIRST_BYTES):
        return describe_first_bytes(start) or "an unknown protocol"
    return known or ""


def accept_token(key: str) -> str:
    """What the server answers to Sec-WebSocket-Key."""
    return generate_accept_token(key.encode("latin-1")).decode()


# -- the client's side --------------------------------------------------------------------------------------


def request(host: str, path: str, key: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A client's request. None of the parts may hold a line end; see that in the caller."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


# -- the server's side --------------------------------------------------------------------------------------


def check_request(head: Head, style: Style) -> str:
    """Why this is no upgrade, in the words of the server whose *style* it is; "" when it is one.

    libbroker's server looks at method, path and key only; Zeek's also at version and upgrade, and not at the path.
    """
    if style == "broker":
        if head.first != "GET":
            return "Expected a WebSocket handshake." if head.third else "Malformed HTTP request."
        if not head.second.startswith("/"):
            return "Malformed Request-URI: expected an absolute path."
        if head.second.partition("?")[0] != WEB_PATH:
            return f'caf::sec::invalid_argument("invalid path; try {WEB_PATH}")'
        return "" if head.get("sec-websocket-key") else "Mandatory field Sec-WebSocket-Key missing or invalid."
    if head.first != "GET":
        return f"Invalid HTTP method, need GET, got {_quoted(head.first)}"
    if head.third != "HTTP/1.1":
        return f"Invalid HTTP version, need HTTP/1.1, got: {_quoted(head.third)}"
    if "sec-websocket-key" not in head.headers:
        return "Missing Sec-WebSocket-Key value"
    if not head.get("upgrade"):
        return "Missing Upgrade header"
    if head.get("upgrade").lower() != "websocket":
        return f"Invalid Upgrade header, need WebSocket, got {_quoted(head.get('upgrade'))}"
    if "sec-websocket-version" not in head.headers:
        return "Missing Sec-WebSocket-Version value"
    if head.get("sec-websocket-version") != "13":
        return f"Invalid Sec-WebSocket-Version, need 13, got {_quoted(head.get('sec-websocket-version'))}"
    return ""


def _quoted(text: str) -> str:
    """*text* as it can stand in one line of a head."""
    return "".join(char if char.isprintable() else "?" for char in text[:_LONGEST_QUOTE])


def switching(head: Head, style: Style) -> bytes:
    """The answer that turns the connection into a WebSocket."""
    token = f"Sec-WebSocket-Accept: {accept_token(head.get('sec-websocket-key'))}"
    headers = ["Upgrade: websocket", "Connection: Upgrade"]
    headers = [*headers, token] if style == "broker" else [token, *headers]
    return "\r\n".join(["HTTP/1.1 101 Switching Protocols", *headers, "", ""]).encode("latin-1")


def error_answer(status: int, text: str, style: Style) -> bytes:
    """The answer that ends the connection. Zeek's server puts *text* into the first line, libbroker's into the body."""
    if style == "zeek" and status == HTTPStatus.BAD_REQUEST:
        return answer(status, text, "")
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Refused"
    return answer(status, phrase, text)


def answer(status: int, phrase: str, body: str) -> bytes:
    """A complete answer, after which the connection ends."""
    content = body.encode()
    lines = [f"HTTP/1.1 {status} {_quoted(phrase)}", "Connection: close", f"Content-Length: {len(content)}"]
    if content:
        lines.append("Content-Type: text/plain; charset=utf-8")
    if status == HTTPStatus.UNAUTHORIZED:
        lines.append("WWW-Authenticate: Bearer")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + content
