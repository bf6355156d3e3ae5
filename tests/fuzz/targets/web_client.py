"""The client's half of a WebSocket connection, with a server that says anything."""

from __future__ import annotations

from typing import Any

from broker_core.limits import Limits
from broker_core.protocol.events import Lost
from broker_core.protocol.web_client import WebClientConnection
from broker_core.protocol.web_frames import frame
from tests.fuzz.seeds import recorded_web_frames
from tests.fuzz.source import Source
from web_sessions import ack_text, client, comparable, text, upgraded_answer

LIMITS = Limits(web_message=5_000, web_request=1_000, max_depth=20)
_ANSWER = upgraded_answer(client(limits=LIMITS))


def target(data: bytes) -> bool:
    """Any bytes, cut anywhere, make the same events and answers as in one piece; nothing raises, one loss ends it.

    Only how an answer is described that is none depends on how much of it was there. The first byte is how far the
    server has come in a proper way; then come the cuts. True when something was understood.
    """
    source = Source(data)
    how = source.byte()
    cuts = [1 + int.from_bytes(source.take(2), "big") for _ in range(source.byte() % 5)]
    stream = (b"", _ANSWER, _ANSWER + text(ack_text()))[how % 3] + source.rest()
    whole = _run([stream])
    pieces, at = [], 0
    for size in cuts:
        pieces.append(stream[at : at + size])
        at += size
    events, answers = whole
    events_of_pieces, answers_of_pieces = _run([*pieces, stream[at:]])
    assert answers == answers_of_pieces
    if len(events) == 1 == len(events_of_pieces) and not how % 3:
        assert events[0].cause is events_of_pieces[0].cause
    else:
        assert comparable(events) == comparable(events_of_pieces)
    assert len(answers) <= 2_000 + 4 * len(stream)
    return len(events) > 1


def seeds() -> list[bytes]:
    """What a live Zeek said to clients, from every step on, and refusals."""
    texts = b"".join(frame(opcode, payload) for opcode, payload in recorded_web_frames()[:12])
    refusals = [
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nno !",
        b"HTTP/1.1 401 Unauthorized\r\nServer: ixwebsocket/11.4.0\r\n\r\n",
        b"HTTP/1.0 301 Moved\r\nLocation: /\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ]
    streams = [b"\0\0" + _ANSWER + text(ack_text()) + texts, b"\1\0" + text(ack_text()) + texts, b"\2\0" + texts]
    return streams + [b"\2\2\0\4\1\0" + texts] + [b"\0\0" + refusal for refusal in refusals]


def _run(pieces: list[bytes]) -> tuple[list[Any], bytes]:
    conn: WebClientConnection = client(limits=LIMITS)
    events: list[Any] = []
    out = bytearray()
    for piece in pieces:
        conn.receive_data(piece, 0.0)
        events += conn.events()
        out += b"".join(conn.data_to_send())
    conn.receive_eof()
    events += conn.events()
    assert [type(event) for event in events].count(Lost) == 1
    assert isinstance(events[-1], Lost)
    return events, bytes(out) + b"".join(conn.data_to_send())
