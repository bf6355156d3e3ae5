"""Who is no Broker, in words."""

from __future__ import annotations

import pytest

from broker_core import Cause
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, SSH, TLS, WEB, ZEEK_WEB, ZEROMQ
from broker_core.runtime.strangers import strange_client, strange_server

WHERE = "192.0.2.1:9999"


@pytest.mark.parametrize(
    ("looks_like", "cause", "hint"),
    [
        (TLS, Cause.TLS_EXPECTED, "TLS mode auto"),
        (OLD_BROKER, Cause.OLD_BROKER, "Zeek 5"),
        (ZEEK_WEB, Cause.WEBSOCKET, "ws://192.0.2.1:9999"),
        (BROKER_WEB, Cause.WEBSOCKET, "ws://192.0.2.1:9999"),
        (WEB, Cause.WEBSOCKET, "ws://192.0.2.1:9999"),
        (HTTP, Cause.NOT_BROKER, "if it is the WebSocket port"),
        (METRICS, Cause.NOT_BROKER, "on another port"),
        (ZEROMQ, Cause.NOT_BROKER, "zmq://192.0.2.1:9999"),
        (SSH, Cause.NOT_BROKER, ""),
    ],
)
def test_servers(looks_like, cause, hint) -> None:
    error = strange_server(WHERE, looks_like)
    assert (error.address, error.cause) == (WHERE, cause)
    assert hint in error.hint
    assert ("it speaks TLS" if looks_like == TLS else f"not a Broker of version 2.3 or later: {looks_like}") in str(
        error
    )


@pytest.mark.parametrize(
    ("looks_like", "first", "cause", "words"),
    [
        (TLS, b"\x16\x03\x01", Cause.TLS_EXPECTED, "the client speaks TLS"),
        (OLD_BROKER, b"", Cause.OLD_BROKER, "a Broker of Zeek 4 or older"),
        (HTTP, b"GET /v1/messages/json HTTP/1.1\r\n", Cause.WEBSOCKET, "later: WebSocket"),
        (HTTP, b"GET / HTTP/1.1\r\nX: /v1/messages/json", Cause.NOT_BROKER, "later: HTTP"),
        (SSH, b"SSH-2.0", Cause.NOT_BROKER, "later: SSH"),
    ],
)
def test_clients(looks_like, first, cause, words) -> None:
    error = strange_client(WHERE, looks_like, first)
    assert error.cause is cause
    assert error.reason.endswith(words)
    assert error.hint
