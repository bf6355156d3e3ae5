"""The server's half of a WebSocket connection, with a client that says anything."""

from __future__ import annotations

from typing import Any

from broker_core.limits import Limits
from broker_core.protocol.events import Lost
from broker_core.protocol.web_events import Subscribed, UpgradeRequested
from broker_core.protocol.web_frames import TEXT
from broker_core.protocol.web_server import WebServerConnection
from tests.fuzz.seeds import recorded_web_frames
from tests.fuzz.source import Source
from web_sessions import REQUEST, UUID, client_frame, client_text, comparable, server

LIMITS = Limits(web_message=5_000, web_request=1_000, web_client_queue=5, web_client_topics=20, max_depth=20)


def target(data: bytes) -> bool:
    """Any bytes make events and bounded answers; nothing raises, and there is one loss, which is the last event.

    Once the client is acknowledged they make the same however they are cut; before that, what comes ahead of the
    server's decisions is bounded. The first byte is the style and how far the client has come in a proper way; then
    come the cuts. True when something was understood.
    """
    source = Source(data)
    how = source.byte()
    cuts = [1 + int.from_bytes(source.take(2), "big") for _ in range(source.byte() % 5)]
    proper = (REQUEST, client_text('["/a"]'))[: how // 2 % 3]
    stream = source.rest()
    pieces, at = [], 0
    for size in cuts:
        pieces.append(stream[at : at + size])
        at += size
    style = ("broker", "zeek")[how % 2]
    whole = _run(server(style, limits=LIMITS), [*proper, stream])
    cut = _run(server(style, limits=LIMITS), [*proper, *pieces, stream[at:]])
    for events, answers in (whole, cut):
        assert len(answers) <= 2_000 + 100 * (len(stream) + 200)  # an empty text gets a long error
        assert len(events) <= len(stream) + 3
    assert whole == cut or len(proper) < 2
    return len(whole[0]) > 1


def seeds() -> list[bytes]:
    """What clients said to a live Zeek, to both styles and from every step on."""
    texts = [client_frame(opcode, payload) for opcode, payload in recorded_web_frames()[:12]]
    starts = [bytes((how, 0)) for how in range(6)]
    requests = [b"\0\0" + REQUEST + client_text("[]"), b"\1\2\0\x05\0\x50" + REQUEST, b"\1\0" + REQUEST * 2]
    return requests + [start + b"".join(texts) for start in starts] + [starts[4] + client_frame(TEXT, b"\xff")]


def _run(conn: WebServerConnection, pieces: list[bytes]) -> tuple[list[Any], bytes]:
    events: list[Any] = []
    out = bytearray()
    for piece in pieces:
        conn.receive_data(piece, 0.0)
        _decide(conn, events)
        out += b"".join(conn.data_to_send())
    conn.receive_eof()
    _decide(conn, events)
    assert [type(event) for event in events].count(Lost) == 1
    assert isinstance(events[-1], Lost)
    return comparable(events), bytes(out) + b"".join(conn.data_to_send())


def _decide(conn: WebServerConnection, events: list[Any]) -> None:
    """Let every client in, and take what it says on the way."""
    while new := conn.events():
        events += new
        for event in new:
            if isinstance(event, UpgradeRequested):
                conn.accept()
            elif isinstance(event, Subscribed):
                conn.acknowledge(UUID, "2.8.0-dev")
