"""One connection in operation: messages, pings, BYE, deadlines, and the end of it all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, LocalProtocolError
from broker_core.limits import Limits
from broker_core.messages.binary_wire import FrameWriter
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.handshake import (
    OriginatorAck,
    OriginatorSyn,
    VersionSelect,
)
from broker_core.model import NIL
from broker_core.protocol.events import (
    FilterChanged,
    Lost,
    Peered,
    PeerIdentified,
    PeerLeaving,
    PongReceived,
    Skipped,
)
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import BYE, PeerConnection
from peer_links import (
    LARGE,
    MIDDLE,
    SMALL,
    broken_update,
    connection,
    cut,
    frames_of_peer,
    hello_frame,
    lost,
    peered,
    plain,
    problem,
)

TOKEN = b"\x01\x00\x00\x00\x00\x00\x00\x10"


# -- operation ------------------------------------------------------------------------------------------------


def test_messages_are_reported_in_order_with_the_peer_as_sender():
    conn = peered()
    other = FrameWriter(MIDDLE)  # a sender that is not the peer
    stream = b"".join(
        (
            other.data_frame("/a", b"\x00", 20),
            bytes(4),
            other.message_frame(Message("s/<$>/data/master", payload=b"xy", kind=MessageKind.COMMAND), 16),
            other.routing_update_frame(SMALL, ("/z",)),
            other.data_frame("/b", b"\x01\x01", 1, SMALL),
        )
    )
    conn.receive_data(stream, 1.5)
    assert plain(conn.events()) == [
        (MessageKind.DATA, "/a", b"\x00", LARGE, NIL, 20),
        (MessageKind.COMMAND, "s/<$>/data/master", b"xy", LARGE, NIL, 16),
        FilterChanged(("/z",)),
        (MessageKind.DATA, "/b", b"\x01\x01", LARGE, SMALL, 1),
    ]
    assert (conn.frames_received, conn.skipped, conn.last_heard) == (4, 0, 1.5)


def test_data_may_follow_the_acknowledgement_in_one_piece():
    conn = connection(LARGE, server=False)
    conn.receive_data(frame_of(VersionSelect(SMALL).encode()), 0.0)
    conn.proceed()
    frame = FrameWriter(SMALL).data_frame("/a", b"\x00", 1)
    ack = frame_of(OriginatorAck().encode())
    conn.receive_data(frame_of(OriginatorSyn(()).encode()) + ack + frame + frame[:9], 0.0)
    conn.receive_data(frame[9:], 0.0)
    kinds = [type(event) for event in conn.events()]
    assert kinds == [PeerIdentified, Peered, Message, Message]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\x01", "envelope of 1 bytes; its header alone has 37"),
        (bytes(32) + b"\x07" + bytes(4), "envelope of unknown type 7"),
        (bytes(32) + b"\x01\x00\x10\x00\x09/x", "data: topic of 9 bytes in an envelope of 39"),
        (bytes(32) + b"\x01\x00\x10\x00\x02/x", "data message without a payload on topic '/x'"),
    ],
)
def test_malformed_envelopes_are_skipped_and_counted(body, text):
    conn = peered()
    good = frames_of_peer(conn).data_frame("/a", b"\x00", 1)
    conn.receive_data(good + frame_of(body) + good, 0.0)
    one, skipped, two = conn.events()
    assert isinstance(one, Message)
    assert isinstance(two, Message)
    assert skipped == Skipped(text)
    assert (conn.frames_received, conn.skipped) == (3, 1)


def test_oversize_frame_ends_the_connection_before_it_is_held():
    conn = peered(limits=Limits(max_frame=100))
    good = frames_of_peer(conn).data_frame("/a", b"\x00", 1)
    conn.receive_data(good + b"\x00\x00\x00\x65" + bytes(50), 0.0)
    message, end = conn.events()
    assert isinstance(message, Message)
    assert str(end.error) == "frame of 101 bytes is longer than the allowed 100"
    assert len(conn._buffer) == 0
    conn.receive_data(good, 0.0)
    assert conn.events() == []


def test_oversize_frame_in_pieces_ends_the_connection():
    conn = peered(limits=Limits(max_frame=100))
    for byte in b"\x00\x00\x00":
        conn.receive_data(bytes([byte]), 0.0)
    assert not conn.closed
    conn.receive_data(b"\x65", 0.0)
    assert conn.closed


def test_whole_frame_that_is_oversize_is_not_delivered():
    conn = peered(limits=Limits(max_frame=100))
    frame = frames_of_peer(conn).data_frame("/a", bytes(100), 1)
    conn.receive_data(frame, 0.0)
    assert problem(conn)[0] is EC.INVALID_MESSAGE


def test_dripping_peer():
    conn = peered()
    payload = b"\x05\x80\x80\x0f" + bytes(245_760)
    frame = frames_of_peer(conn).data_frame("/a", payload, 1)
    for byte in frame:
        conn.receive_data(bytes((byte,)), 0.0)
    (message,) = conn.events()
    assert isinstance(message, Message)
    assert message.payload == payload


@given(
    st.lists(st.binary(min_size=1, max_size=90), max_size=12), st.lists(st.integers(0, 1000), max_size=20), st.data()
)
def test_any_cut_gives_the_same_events(payloads, cuts, data):
    conn, other = peered(), peered()
    writer = frames_of_peer(conn)
    stream = b""
    for at, payload in enumerate(payloads):
        kind = data.draw(st.sampled_from(["data", "ping", "pong", "update", "broken", "empty"]))
        stream += {
            "data": lambda at=at, payload=payload: writer.data_frame(f"/{at % 3}", payload, at),
            "ping": lambda payload=payload: writer.ping_frame(SMALL, payload),
            "pong": lambda payload=payload: writer.pong_frame(SMALL, payload),
            "update": lambda payload=payload: broken_update(payload),
            "broken": lambda payload=payload: frame_of(payload[:36]),
            "empty": lambda: bytes(4),
        }[kind]()
    conn.receive_data(stream, 0.0)
    for piece in cut(stream, cuts):
        other.receive_data(piece, 0.0)
    assert plain(conn.events()) == plain(other.events())
    assert conn.data_to_send() == other.data_to_send()
    assert (conn.frames_received, conn.skipped) == (other.frames_received, other.skipped)
    assert len(conn._buffer) == len(other._buffer) == 0


# -- ping, pong, BYE ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("receiver", [SMALL, NIL, MIDDLE])
@pytest.mark.parametrize("payload", [b"", b"x", b"\x00" * 500])
def test_ping_is_answered(receiver, payload):
    conn = peered()
    conn.receive_data(frames_of_peer(conn).ping_frame(receiver, payload), 0.0)
    assert conn.data_to_send() == [frame_of(SMALL + LARGE + b"\x05\x00\x10\x00\x03<$>" + payload)]
    assert conn.events() == []
    assert (conn.pings, conn.pongs) == (1, 0)


@pytest.mark.parametrize("sender", [NIL, SMALL])
def test_ping_of_nobody_and_of_oneself_is_not_answered(sender):
    conn = peered()
    conn.receive_data(FrameWriter(sender).ping_frame(SMALL, b"x"), 0.0)
    assert conn.data_to_send() == []
    assert conn.frames_received == 1


def test_own_ping_and_its_answer():
    conn = peered()
    conn.send_ping(b"token")
    assert conn.data_to_send() == [frame_of(SMALL + LARGE + b"\x04\x00\x10\x00\x03<$>token")]
    conn.receive_data(frames_of_peer(conn).pong_frame(SMALL, b"token"), 0.0)
    assert conn.events() == [PongReceived(b"token")]
    assert (conn.pings, conn.pongs) == (0, 1)


def test_answer_of_an_older_peer():
    conn = peered()  # 2.3 and 2.4: TTL 1, and the topic of the ping
    body = LARGE + SMALL + b"\x05\x00\x01\x00\x04/any" + b"token"
    conn.receive_data(frame_of(body), 0.0)
    assert conn.events() == [PongReceived(b"token")]


def test_control_frames_have_a_topic_and_payload_for_older_peers():
    conn = peered()
    conn.set_filter(())
    conn.send_ping(b"p")
    conn.start_bye(TOKEN, 0.0)
    for frame in conn.data_to_send():
        assert frame[39:44] == b"\x00\x03<$>"
        assert len(frame) > 44


def test_bye_of_the_peer_is_reported_once_and_answered():
    conn = peered()
    bye = frames_of_peer(conn).ping_frame(SMALL, BYE + TOKEN)
    conn.receive_data(bye + bye, 0.0)
    assert conn.events() == [PeerLeaving()]
    assert conn.peer_said_bye
    assert conn.data_to_send() == [FrameWriter(SMALL).pong_frame(LARGE, BYE + TOKEN)] * 2
    conn.receive_data(b"\x00", 0.0)  # the start of a frame that is never finished
    conn.receive_eof()
    assert conn.events() == [Lost(None)]


def leaving(now: float = 0.0) -> PeerConnection:
    conn = peered(now=now)
    conn.start_bye(TOKEN, now)
    assert conn.data_to_send() == [
        frame_of(SMALL + LARGE + bytes.fromhex("04001000033c243e") + bytes.fromhex("4259450100000000000010"))
    ]
    return conn


def test_bye_is_over_with_the_answer():
    conn = leaving()
    writer = frames_of_peer(conn)
    conn.receive_data(writer.pong_frame(SMALL, b"another"), 0.0)
    assert conn.events() == [PongReceived(b"another")]
    late = writer.data_frame("/a", b"\x00", 1)
    assert not conn.bye_answered
    conn.receive_data(late + writer.pong_frame(SMALL, BYE + TOKEN) + late, 0.0)
    message, end = conn.events()
    assert isinstance(message, Message)
    assert end == Lost(None)
    assert conn.bye_answered


def test_answer_to_bye_is_known_by_its_payload_alone():
    conn = leaving()
    conn.receive_data(frame_of(MIDDLE + NIL + b"\x05\x00\x01\x00\x04/any" + BYE + TOKEN), 0.0)
    assert lost(conn) == Lost(None)


def test_bye_is_over_when_the_peer_closes():
    conn = leaving()
    conn.receive_eof()
    assert lost(conn) == Lost(None)
    assert not conn.bye_answered


def test_bye_has_a_deadline():
    conn = leaving(now=100.0)
    deadline = conn.next_deadline()
    assert deadline == 103.0
    conn.handle_deadline(102.999)
    assert conn.events() == []
    conn.handle_deadline(deadline)
    assert problem(conn) == (EC.REQUEST_TIMEOUT, "BYE not answered within 3 s")


def test_bye_is_said_once():
    conn = leaving(now=1.0)
    conn.start_bye(TOKEN, 2.0)
    assert conn.data_to_send() == []
    assert conn.next_deadline() == 4.0


def test_both_say_bye():
    conn = leaving()
    conn.receive_data(frames_of_peer(conn).ping_frame(SMALL, BYE + bytes(8)), 0.0)
    assert conn.data_to_send() == [FrameWriter(SMALL).pong_frame(LARGE, BYE + bytes(8))]
    assert conn.events() == [PeerLeaving()]
    conn.receive_eof()
    assert lost(conn) == Lost(None)


@pytest.mark.parametrize("token", [b"", bytes(7), bytes(9)])
def test_token_has_eight_bytes(token):
    with pytest.raises(LocalProtocolError):
        peered().start_bye(token, 0.0)


def test_pings_and_bye_need_a_peering():
    conn = connection()
    with pytest.raises(LocalProtocolError):
        conn.send_ping(b"x")
    with pytest.raises(LocalProtocolError):
        conn.start_bye(TOKEN, 0.0)


# -- the end --------------------------------------------------------------------------------------------------


def test_plain_end_of_stream_is_a_loss():
    conn = peered()
    conn.receive_eof()
    assert problem(conn) == (EC.UNSPECIFIED, "connection closed by the peer")


def test_end_of_stream_within_a_frame_says_so():
    conn = peered()
    conn.receive_data(b"\x00", 0.0)
    conn.receive_eof()
    assert problem(conn) == (EC.UNSPECIFIED, "connection closed by the peer in the middle of a frame")


@pytest.mark.parametrize(
    ("prelude", "step"),
    [
        (b"", "waiting for the peer's hello"),
        (hello_frame(SMALL), "waiting for the peer's version"),
        (hello_frame(LARGE), "deciding about the peer as originator"),
    ],
)
def test_handshake_has_a_deadline(prelude, step):
    conn = connection(MIDDLE, server=True, now=50.0)
    conn.receive_data(prelude, 55.0)
    conn.events()
    deadline = conn.next_deadline()
    assert deadline == 60.0
    conn.handle_deadline(59.9)
    assert not conn.closed
    conn.handle_deadline(deadline)
    assert problem(conn) == (EC.PEER_TIMEOUT, f"handshake not finished within 10 s (last step: {step})")
    conn.handle_deadline(1000.0)
    assert conn.events() == []


def test_peering_has_no_deadline():
    conn = peered()
    assert conn.next_deadline() is None
    conn.handle_deadline(1e9)
    assert conn.events() == []


def test_nothing_happens_after_the_end():
    conn = peered()
    conn.receive_eof()
    lost(conn)
    conn.receive_data(frames_of_peer(conn).ping_frame(SMALL, b"x"), 0.0)
    conn.receive_eof()
    conn.proceed()
    conn.reject(EC.LOGIC_ERROR, "x")
    conn.set_filter(("/other",))
    conn.send_ping(b"x")
    conn.start_bye(TOKEN, 0.0)
    conn.handle_deadline(1e9)
    assert conn.events() == []
    assert conn.data_to_send() == []
