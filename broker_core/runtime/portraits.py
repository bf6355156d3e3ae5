"""Who it is that answers at a port, put together from visits of several kinds.

Each kind suits those who speak first, those who speak TLS, and those who wait for a question: HTTP, ZeroMQ. Where it
is ZeroMQ, one more visit shows which kind of socket.
"""

from __future__ import annotations

import base64
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from broker_core.errors import PeeringError
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model.addresses import WEB_PATH, PeerAddress
from broker_core.protocol.sniff import HTTP, METRICS, PROBE, TLS, ZEROMQ, describe_first_bytes

from .probes import Question, ask, look_at_tls
from .zmq_look import look_at

if TYPE_CHECKING:
    from .probes import TlsLook
    from .zmq_look import SocketLook

__all__ = ["BROKER", "Expected", "Portrait", "portray", "portray_socket"]

BROKER = "Broker"
"""What speaks there is a Broker of version 2.3 or later."""

Expected = Literal["tls", "http", ""]
"""What is known about who answers, before the first visit."""

_CLEAR = 16  # bytes with which every protocol that is known can be told from others
_GREETING = b"\xff" + bytes(7) + b"\x01\x7f"  # the signature of ZMTP 3
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who answers at a port."""

    speaks: str = ""
    """:data:`BROKER`, or a name of :mod:`broker_core.protocol.sniff`; "" when nothing was said that shows it."""
    tls: TlsLook | None = None
    """What its TLS looks like, None when it speaks plain TCP."""
    said: bytes = b""
    """The start of what it said, under TLS if there is TLS."""
    closed: bool = False
    """Whether it hangs up on everybody before it said a word."""
    socket: SocketLook | None = None
    """Which kind of socket it is, where :attr:`speaks` is ZeroMQ of today."""


async def portray(host: str, address: PeerAddress, *, patience: float, timeout: float, expect: Expected) -> Portrait:
    """Visit *host*, one of the addresses of *address* as a number. Silence counts after *patience* seconds.

    TLS handshakes get *timeout* seconds. The visits come one after the other, as there are servers that serve only
    one client at a time; *expect* says what to begin with, where something is known.
    """
    found = await _portray(host, address, patience=patience, timeout=timeout, expect=expect)
    if found.speaks == ZEROMQ and found.tls is None:
        return replace(found, socket=await portray_socket(host, address.port, patience))
    return found


async def portray_socket(host: str, port: int, patience: float) -> SocketLook | None:
    """Which kind of ZeroMQ socket answers; None when none does, or only one of before ZMTP 3, within *patience*."""
    limits = replace(DEFAULT_LIMITS, connect_timeout=patience, handshake_timeout=patience)
    with suppress(PeeringError):
        return await look_at(PeerAddress(host, port, "zmq"), limits)
    return None


async def _portray(host: str, address: PeerAddress, *, patience: float, timeout: float, expect: Expected) -> Portrait:
    port = address.port
    upgrade = Question(_upgrade_request(address), patience, _is_whole_answer)
    if expect == "http":
        answer = await ask(host, port, upgrade)
        if _name(answer.data) not in {"", TLS}:
            return await _with_metrics(host, address, _of(answer.data), upgrade)
    tls = await look_at_tls(host, port, timeout, upgrade) if expect == "tls" else None
    if tls is None or not tls.speaks:
        heard = await ask(host, port, Question(b"", patience, _is_clear))
        if heard.data:
            return _of(heard.data)
        tls = tls or await look_at_tls(host, port, timeout, upgrade)
    if tls.speaks:
        return replace(_of(tls.inside.data), tls=tls)
    said = tls.said
    for question in (upgrade, Question(_GREETING, patience, _is_clear)):
        # HTTP servers have answered TLS already, but not with what they say to an upgrade.
        if not said or (question is upgrade and _name(said) == HTTP):
            said = (await ask(host, port, question)).data or said
    if said:
        return await _with_metrics(host, address, _of(said), upgrade)
    return Portrait(closed=heard.closed)


def _of(said: bytes) -> Portrait:
    return Portrait(speaks=_name(said), said=said)


async def _with_metrics(host: str, address: PeerAddress, found: Portrait, upgrade: Question) -> Portrait:
    """*found*, where it is some HTTP server, with what that says to the right question."""
    if found.speaks != HTTP:
        return found
    request = f"GET /metrics HTTP/1.1\r\nHost: {address.host_and_port}\r\nConnection: close\r\n\r\n"
    answer = await ask(host, address.port, upgrade._replace(words=request.encode("utf-8", "replace")))
    return replace(found, speaks=METRICS) if _name(answer.data) == METRICS else found


def _upgrade_request(address: PeerAddress) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {WEB_PATH} HTTP/1.1",
        f"Host: {address.host_and_port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    )
    return "\r\n".join((*lines, "", "")).encode("utf-8", "replace")


def _name(data: bytes) -> str:
    if not data:
        return ""
    if data.startswith(PROBE):
        return BROKER
    return describe_first_bytes(data) or f"an unknown protocol that starts with {data[:_CLEAR]!r}"


def _is_clear(data: bytes) -> bool:
    return len(data) >= _CLEAR or data.startswith(PROBE) or describe_first_bytes(data) is not None


def _is_whole_answer(data: bytes) -> bool:
    """Whether *data* is an HTTP answer to its end, or nothing of the kind."""
    if not data.startswith(b"HTTP"[: len(data)]):
        return _is_clear(data)
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    length = _LENGTH.search(head)
    return head.startswith(b"HTTP/1.1 101") or (length is not None and len(body) >= int(length[1]))
