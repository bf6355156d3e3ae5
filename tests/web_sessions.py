"""Shared by the tests of the WebSocket protocol: recorded sessions, and a client and a server joined in memory."""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from broker_core.errors import EC, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.envelopes import Message
from broker_core.protocol.events import Lost
from broker_core.protocol.web_client import WebClientConnection
from broker_core.protocol.web_events import Subscribed, UpgradeRequested
from broker_core.protocol.web_frames import BINARY, CLOSE, TEXT, FrameReader, close_payload, frame, masked_frame
from broker_core.protocol.web_server import WebServerConnection
from broker_core.protocol.web_upgrade import Style, parse_head, switching

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VECTORS = Path(__file__).parent / "vectors" / "zeek-websocket.json"
MASK = b"\x01\x02\x03\x04"
REQUEST = (
    b"GET /v1/messages/json HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
UUID = "545d7401-b431-584e-9f3c-6c4c9d8e7585"
ZEEK_ID = f"{UUID}-websocket-0"


@functools.cache
def scenarios() -> dict[str, dict[str, Any]]:
    """The recordings by name."""
    loaded: dict[str, dict[str, Any]] = json.loads(VECTORS.read_text())
    return loaded


def recorded_frame(record: dict[str, Any]) -> bytes:
    """The bytes of a recorded frame, masked when it is the client's; b"" for a lost connection."""
    if "text" in record:
        opcode, payload = BINARY if record.get("binary") else TEXT, record["text"].encode("utf-8", "surrogateescape")
    elif record["close"] is None:
        return b""
    else:
        opcode, payload = CLOSE, close_payload(*record["close"])
    return masked_frame(opcode, payload, MASK) if record["from"] == "client" else frame(opcode, payload)


def entropy(size: int) -> bytes:
    """Random bytes that everybody can foresee."""
    return bytes(itertools.islice(itertools.cycle(range(1, 252)), size))


def client(*, topics: tuple[str, ...] = ("/a",), limits: Limits = DEFAULT_LIMITS, **more: Any) -> WebClientConnection:
    """A client whose request waits to be sent."""
    return WebClientConnection(host="h:1", topics=topics, limits=limits, now=0.0, entropy=entropy, **more)


def server(style: Style = "broker", *, limits: Limits = DEFAULT_LIMITS) -> WebServerConnection:
    """A server before the request."""
    return WebServerConnection(style=style, limits=limits, now=0.0)


def upgraded_answer(conn: WebClientConnection) -> bytes:
    """The answer 101 to the request that *conn* is about to send."""
    (request,) = conn.data_to_send()
    return switching(parse_head(request), "zeek")


def ack_text(endpoint: str = ZEEK_ID, version: str = "8.2.2") -> str:
    return f'{{"type":"ack","endpoint":"{endpoint}","version":"{version}"}}'


def error_text(context: str, code: str = "deserialization_failed") -> str:
    return f'{{"type":"error","code":"{code}","context":"{context}"}}'


def text(content: str) -> bytes:
    """A frame of a server."""
    return frame(TEXT, content.encode("utf-8", "surrogateescape"))


def client_frame(opcode: int, payload: bytes) -> bytes:
    """A frame of a client."""
    return masked_frame(opcode, payload, MASK)


def client_text(content: str) -> bytes:
    """A text of a client."""
    return client_frame(TEXT, content.encode("utf-8", "surrogateescape"))


def subscribing_client(*, limits: Limits = DEFAULT_LIMITS, **more: Any) -> WebClientConnection:
    """A client that waits for the acknowledgement, drained."""
    conn = client(limits=limits, **more)
    conn.receive_data(upgraded_answer(conn), 0.0)
    conn.data_to_send()
    return conn


def ready_client(
    endpoint: str = ZEEK_ID, version: str = "8.2.2", *, limits: Limits = DEFAULT_LIMITS, **more: Any
) -> WebClientConnection:
    """A client that was acknowledged, drained."""
    conn = subscribing_client(limits=limits, **more)
    conn.receive_data(text(ack_text(endpoint, version)), 0.0)
    conn.events()
    conn.data_to_send()
    return conn


def accepted_server(style: Style = "broker", *, limits: Limits = DEFAULT_LIMITS) -> WebServerConnection:
    """A server that waits for its client's subscription, drained."""
    conn = server(style, limits=limits)
    conn.receive_data(REQUEST, 0.0)
    conn.accept()
    conn.events()
    conn.data_to_send()
    return conn


def ready_server(style: Style = "broker", *, limits: Limits = DEFAULT_LIMITS) -> WebServerConnection:
    """A server that has acknowledged its client, drained."""
    conn = accepted_server(style, limits=limits)
    conn.receive_data(client_text('["/a"]'), 0.0)
    conn.acknowledge(UUID, "2.8.0-dev")
    conn.events()
    conn.data_to_send()
    return conn


def frames_in(chunks: Iterable[bytes]) -> list[tuple[int, bytes]]:
    """What the frames in *chunks* say."""
    out: list[tuple[int, bytes]] = []
    FrameReader(DEFAULT_LIMITS.web_message).read(b"".join(chunks), out)
    return out


def sent(conn: WebClientConnection | WebServerConnection) -> list[tuple[int, bytes]]:
    """Drain what *conn* sends after the upgrade."""
    return frames_in(conn.data_to_send())


def texts(conn: WebClientConnection | WebServerConnection) -> list[str]:
    """The same, of texts only."""
    return [payload.decode() for opcode, payload in sent(conn) if opcode == TEXT]


def comparable(events: Iterable[Any]) -> list[Any]:
    """Events in a form that can be compared and printed."""
    return [
        (event.topic, repr(event.value))
        if isinstance(event, Message)
        else (str(event.error), event.cause, event.refused, event.http_status, event.close_code, event.looks_like)
        if isinstance(event, Lost)
        else event
        for event in events
    ]


def lost(conn: WebClientConnection | WebServerConnection) -> Lost:
    """The one Lost of a closed connection, which is its last event."""
    events = conn.events()
    ends = [event for event in events if isinstance(event, Lost)]
    assert conn.closed
    assert conn.next_deadline() is None
    assert ends == events[-1:]
    return ends[0]


def problem(conn: WebClientConnection | WebServerConnection) -> tuple[EC, str]:
    error = lost(conn).error
    assert isinstance(error, RemoteProtocolError)
    return error.code, error.problem


class WebPair:
    """Joins a client and a server in memory. *sizes* gives the length of each piece that is carried; None: whole."""

    def __init__(
        self,
        one: WebClientConnection,
        other: WebServerConnection,
        sizes: Sequence[int] | None = None,
        identity: tuple[str, str] = (UUID, "broker-toolkit-1"),
    ) -> None:
        self.client, self.server = one, other
        self.client_events: list[Any] = []
        self.server_events: list[Any] = []
        self._wires = (bytearray(), bytearray())  # what the client gets, what the server gets
        self._sizes = itertools.cycle(sizes) if sizes else None
        self._identity = identity

    def run(self, now: float = 0.0) -> None:
        """Carry bytes until nothing moves any more. Every client is let in."""
        moved = True
        while moved:
            moved = False
            self._drain()
            for wire, end in zip(self._wires, (self.client, self.server), strict=True):
                if wire:
                    moved = True
                    size = next(self._sizes) if self._sizes else len(wire)
                    end.receive_data(bytes(wire[:size]), now)
                    del wire[:size]
                    self._drain()

    def _drain(self) -> None:
        self.client_events += self.client.events()
        for event in self.server.events():
            self.server_events.append(event)
            if isinstance(event, UpgradeRequested):
                self.server.accept()
                self._drain()
            elif isinstance(event, Subscribed):
                self.server.acknowledge(*self._identity)
                self._drain()
        self._wires[0].extend(b"".join(self.server.data_to_send()))
        self._wires[1].extend(b"".join(self.client.data_to_send()))


def joined(style: Style = "broker", sizes: Sequence[int] | None = None) -> WebPair:
    """A client and a server of this toolkit, acknowledged."""
    pair = WebPair(client(), server(style), sizes)
    pair.run()
    return pair


def sizes() -> st.SearchStrategy[list[int]]:
    """Sizes of pieces for :class:`WebPair`."""
    return st.lists(st.integers(1, 40), min_size=1, max_size=8)
