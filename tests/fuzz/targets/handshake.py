"""A connection in its handshake, with a peer that says anything."""

from __future__ import annotations

from broker_core.errors import LocalProtocolError, RemoteProtocolError
from broker_core.limits import Limits
from broker_core.messages.handshake import (
    Hello,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
    parse_handshake,
)
from broker_core.protocol.events import Lost, Peered, PeerIdentified
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import PeerConnection, Phase
from peer_links import LARGE, MIDDLE, SMALL
from tests.fuzz.seeds import recorded_frames
from tests.fuzz.source import Source

LIMITS = Limits(max_handshake_frame=300, max_frame=600, max_filter_entries=20)
_BODIES = tuple(
    message.encode()
    for message in (
        *(kind(sender) for kind in (Hello, VersionSelect) for sender in (SMALL, MIDDLE, LARGE)),
        OriginatorSyn(("/peer",)),
        ResponderSynAck(("/peer",)),
        OriginatorAck(),
        Probe(),
    )
)


def target(data: bytes) -> bool:
    """Whatever a peer says during the handshake, nothing raises, little is held, and there is one end.

    The first byte is the side; then come steps: well-formed messages, frames or bytes of any kind, and what this
    side does. A body that is a message encodes back to one that reads the same. True when the handshake came to its
    end with a peering.
    """
    source = Source(data)
    conn = PeerConnection(MIDDLE, server=bool(source.byte() & 1), own_filter=("/own",), limits=LIMITS, now=0.0)
    events: list[object] = []
    while source:
        step = source.byte()
        if step < 10:
            conn.receive_data(frame_of(_BODIES[step]), 0.0)
        elif step < 12:
            body = source.piece()
            _check_message(body)
            conn.receive_data(frame_of(body), 0.0)
        elif step < 14:
            conn.receive_data(source.piece(), 0.0)
        else:
            _act(conn, step)
        new = conn.events()
        if any(isinstance(event, PeerIdentified) for event in new) and not step & 0x80:
            conn.proceed()
            new += conn.events()
        events += new
        assert len(conn._buffer) <= max(LIMITS.max_handshake_frame, LIMITS.max_frame) + 4 + 65535
        assert sum(map(len, conn.data_to_send())) <= 1000 + len(data)
    conn.receive_eof()
    events += conn.events()
    assert [type(event) for event in events].count(Lost) == 1
    assert isinstance(events[-1], Lost)
    assert conn.next_deadline() is None
    return any(isinstance(event, Peered) for event in events)


def seeds() -> list[bytes]:
    """Both roles of both sides, and all recorded messages."""
    whole = [bytes(steps) for steps in ((0, 2, 7), (1, 2, 7), (0, 3, 6, 8), (1, 0, 3, 6, 8), (1, 9, 2, 14, 7))]
    frames = [b"\1\x0a" + len(body).to_bytes(2, "big") + body for body in recorded_frames(handshake=True)]
    return whole + frames


def _act(conn: PeerConnection, step: int) -> None:
    try:
        match step % 5:
            case 0:
                conn.proceed()
            case 1:
                conn.set_filter(("/later",))
            case 2:
                conn.start_bye(bytes(8), 0.0)
            case 3:
                conn.send_ping(b"x")
            case _:
                conn.handle_deadline((conn.next_deadline() or 0.0) if step % 3 == 0 else 0.0)
    except LocalProtocolError:
        assert conn.phase is not Phase.CLOSED


def _check_message(body: bytes) -> None:
    if not body:
        return
    try:
        message = parse_handshake(body, LIMITS)
    except RemoteProtocolError:
        return
    assert parse_handshake(message.encode(), LIMITS) == message
