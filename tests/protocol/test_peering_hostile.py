"""Whatever a peer does, nothing raises, and the last event is the loss of the connection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, LocalProtocolError
from broker_core.limits import Limits
from broker_core.messages.binary_wire import FrameWriter
from broker_core.messages.handshake import (
    DropConn,
    Hello,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
)
from broker_core.model import NIL
from broker_core.protocol.events import (
    FilterChanged,
    Lost,
    Peered,
    PeerIdentified,
)
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import BYE, PeerConnection, Phase
from peer_links import (
    LARGE,
    MIDDLE,
    SMALL,
    broken_update,
    connection,
    peered,
)

TOKEN = bytes(8)

# -- hostile peers --------------------------------------------------------------------------------------------

BODIES = st.one_of(
    st.sampled_from(
        [
            message.encode()
            for message in (
                Probe(),
                Hello(SMALL),
                Hello(LARGE),
                Hello(MIDDLE),
                Hello(NIL),
                VersionSelect(SMALL),
                VersionSelect(LARGE),
                VersionSelect(MIDDLE),
                OriginatorSyn(("/peer",)),
                ResponderSynAck(("/peer",)),
                OriginatorAck(),
                DropConn(SMALL, EC.REDUNDANT_CONNECTION, "x"),
            )
        ]
    ),
    st.sampled_from(
        [
            frame[4:]
            for writer in (FrameWriter(SMALL), FrameWriter(MIDDLE))
            for frame in (
                writer.data_frame("/a", b"\x00", 1),
                writer.ping_frame(MIDDLE, b"x"),
                writer.ping_frame(MIDDLE, BYE + TOKEN),
                writer.pong_frame(MIDDLE, BYE + TOKEN),
                writer.routing_update_frame(MIDDLE, ("/x",)),
            )
        ]
    ),
    st.binary(max_size=50),
)


def verbs(conn: PeerConnection) -> dict[str, object]:
    return {
        "eof": conn.receive_eof,
        "deadline": lambda: conn.handle_deadline(conn.next_deadline() or 0.0),
        "filter": lambda: conn.set_filter(("/later",)),
        "bye": lambda: conn.start_bye(TOKEN, 0.0),
        "ping": lambda: conn.send_ping(b"x"),
        "proceed": conn.proceed,
        "reject": lambda: conn.reject(EC.REDUNDANT_CONNECTION, "no"),
    }


STEPS = st.one_of(
    BODIES, BODIES, BODIES, st.sampled_from(["filter", "bye", "ping", "proceed", "reject", "deadline", "eof"])
)


@given(st.booleans(), st.booleans(), st.lists(STEPS, max_size=25))
def test_any_course_is_legal_or_ends_in_one_loss(server, begun, steps):
    """Whatever comes in whatever order: nothing raises but misuse by this side, and the last event is Lost."""
    conn = peered(originator=server) if begun else connection(MIDDLE, server=server)
    events = conn.events()
    for step in steps:
        was_closed = conn.closed
        conn.data_to_send()
        if isinstance(step, bytes):
            conn.receive_data(frame_of(step), 0.0)
        else:
            try:
                verbs(conn)[step]()
            except LocalProtocolError:
                assert step in ("bye", "ping", "proceed", "reject")
                assert not was_closed
        new = conn.events()
        if was_closed:
            assert new == []
            assert conn.data_to_send() == []
        events += new
        if any(isinstance(event, PeerIdentified) for event in new) and not conn.closed:
            conn.proceed()
            events += conn.events()
    assert [type(event) for event in events].count(Lost) == conn.closed
    if conn.closed:
        assert isinstance(events[-1], Lost)
        assert conn.next_deadline() is None
    assert sum(isinstance(event, Peered) for event in events) <= 1
    if conn.phase is Phase.HANDSHAKE:
        assert all(isinstance(event, PeerIdentified) for event in events)


@given(st.booleans(), st.booleans(), st.lists(st.binary(max_size=80), max_size=12))
def test_random_bytes_never_raise(server, begun, pieces):
    conn = peered() if begun else connection(MIDDLE, server=server)
    for piece in pieces:
        conn.receive_data(piece, 0.0)
        conn.events()
        conn.data_to_send()
    conn.receive_eof()
    assert conn.closed


def test_writer_is_shared():
    writer = FrameWriter(SMALL)
    conn = PeerConnection(SMALL, server=True, own_filter=(), now=0.0, writer=writer)
    assert conn.writer is writer
    assert connection().writer.own_id == SMALL


def test_a_routing_update_is_no_longer_than_a_handshake_frame():
    """With a longer filter there would have been no peering in the first place."""
    limits = Limits(max_handshake_frame=100)
    for size, taken in ((98, True), (99, False)):  # behind two bytes: one entry, its length
        conn = peered(limits=limits)
        conn.receive_data(broken_update(b"\1" + bytes((size,)) + b"x" * size), 0.0)
        (event,) = conn.events()
        assert isinstance(event, FilterChanged) is taken
        assert conn.skipped == (not taken)
        assert conn.peer_filter == (("x" * size,) if taken else ("/peer",))
