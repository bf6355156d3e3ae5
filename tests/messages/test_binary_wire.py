"""Envelopes: recorded ones, the table of the specification, and everything that can be wrong with one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EncodeError, InvalidValue
from broker_core.limits import Limits
from broker_core.messages import binary_wire
from broker_core.messages.binary_wire import FrameWriter, Malformed, MessageReader, parse_envelope
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.handshake import decode_filter
from broker_core.model import NIL, EndpointId
from peer_links import LARGE, SMALL, Recording, recordings

EXAMPLE = bytes.fromhex(
    "0b898b98ee255d68b9f299efc39fc8cf" + "00" * 16 + "01" + "0010" + "0004" + "2f782f31" + "050568656c6c6f"
)
EXAMPLE_SENDER = EndpointId(EXAMPLE[:16])
MAX = 1 << 20

TOPICS = st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
IDS = st.one_of(st.just(NIL), st.binary(min_size=16, max_size=16).map(EndpointId))


def prefixed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def facts(message: Message) -> tuple[object, ...]:
    return message.kind, message.topic, message.payload, message.sender, message.receiver, message.ttl


def read_all(data: bytes, peer: EndpointId = SMALL, max_frame: int = MAX) -> tuple[list[Message], int]:
    out: list[Message] = []
    at = MessageReader(peer, max_frame).read(data, 0, out)
    return out, at


# -- writing --------------------------------------------------------------------------------------------------


def test_example_of_the_specification_is_written():
    assert FrameWriter(EXAMPLE_SENDER).data_frame("/x/1", b"\x05\x05hello", 16) == prefixed(EXAMPLE)


def test_remembered_header_gives_the_same_bytes():
    writer = FrameWriter(EXAMPLE_SENDER)
    frames = [writer.data_frame("/x/1", b"\x05\x05hello", ttl) for ttl in (16, 20, 16, 20, 16)]
    assert frames[0] == frames[2] == frames[4] == prefixed(EXAMPLE)
    assert frames[1] == frames[3] == prefixed(EXAMPLE).replace(b"\x01\x00\x10\x00\x04", b"\x01\x00\x14\x00\x04")


@pytest.mark.parametrize("recording", recordings(), ids=str)
def test_recorded_envelopes_are_read_and_written_again(recording: Recording):
    for side, body in recording.frames[recording.handshake_size :]:
        if body is None:
            continue
        own, other = recording.ids[side], recording.ids["acceptor" if side == "connector" else "connector"]
        message = parse_envelope(body)
        assert isinstance(message, Message)
        assert message.sender == own
        writer = FrameWriter(own)
        assert writer.message_frame(message, message.ttl) == prefixed(body)
        if message.kind in (MessageKind.DATA, MessageKind.COMMAND):
            fast, end = read_all(prefixed(body), own)
            assert end == len(body) + 4
            assert [facts(one) for one in fast] == [facts(message)]
            continue
        assert message.receiver == other
        if message.kind is MessageKind.ROUTING_UPDATE:
            again = writer.routing_update_frame(other, decode_filter(message.payload))
        elif message.kind is MessageKind.PING:
            again = writer.ping_frame(other, message.payload)
        else:
            again = writer.pong_frame(other, message.payload)
        assert again == prefixed(body)


def test_data_for_one_receiver():
    frame = FrameWriter(SMALL).data_frame("/x", b"\x00", 3, LARGE)
    (message,), _ = read_all(frame)
    assert facts(message) == (MessageKind.DATA, "/x", b"\x00", SMALL, LARGE, 3)


def test_nobody_is_known_by_value_and_by_identity():
    writer = FrameWriter(SMALL)
    assert writer.data_frame("/x", b"\x00", 3, EndpointId(bytes(16))) == writer.data_frame("/x", b"\x00", 3)
    (message,), _ = read_all(writer.data_frame("/x", b"\x00", 3))
    assert message.receiver is NIL


def test_routing_update_is_the_same_for_equal_filters():
    writer = FrameWriter(SMALL)
    one = ("/a", "/new")
    frame = writer.routing_update_frame(LARGE, one)
    assert frame.endswith(bytes.fromhex("03001000033c243e02022f61042f6e6577"))
    assert writer.routing_update_frame(LARGE, one) == frame
    assert writer.routing_update_frame(LARGE, ("/b",)).endswith(b"<$>\x01\x02/b")
    assert writer.routing_update_frame(LARGE, ("/a", "/new")) == frame
    assert writer.routing_update_frame(LARGE, ()).endswith(b"<$>\x00")


@pytest.mark.parametrize(("topic", "ttl"), [("x" * 65536, 1), ("\ud800", 1), ("/x", -1), ("/x", 65536), (5, 1)])
def test_what_the_wire_cannot_express_is_refused(topic, ttl):
    with pytest.raises(InvalidValue):
        FrameWriter(SMALL).data_frame(topic, b"\x00", ttl)
    with pytest.raises(InvalidValue):
        FrameWriter(SMALL).data_frame(topic, b"\x00", ttl, LARGE)


def test_longest_topic_and_empty_topic_are_fine():
    for topic in ("x" * 65535, ""):
        frame = FrameWriter(SMALL).data_frame(topic, b"\x00", 65535)
        (message,), _ = read_all(frame)
        assert (message.topic, message.ttl) == (topic, 65535)


def test_frame_longer_than_cpp_takes_is_refused(monkeypatch):
    monkeypatch.setattr(binary_wire, "MAX_FRAME", 100)
    writer = FrameWriter(SMALL)
    assert len(writer.data_frame("/x", bytes(61), 1)) == 104
    with pytest.raises(EncodeError, match="101 bytes"):
        writer.data_frame("/x", bytes(62), 1)
    with pytest.raises(EncodeError, match="101 bytes"):
        writer.ping_frame(LARGE, bytes(61))


def test_remembered_headers_are_bounded():
    writer = FrameWriter(SMALL, Limits(topic_cache=3))
    for number in range(10):
        writer.data_frame(f"/{number}", b"\x00", number % 4)
        assert sum(map(len, writer._heads.values())) <= 3
    writer.data_frame("/" + "x" * 600, b"\x00", 1)
    assert not any(len(topic) > 600 for heads in writer._heads.values() for topic in heads)


# -- reading --------------------------------------------------------------------------------------------------


def test_example_of_the_specification_is_read():
    (message,), end = read_all(prefixed(EXAMPLE), EXAMPLE_SENDER)
    assert facts(message) == (MessageKind.DATA, "/x/1", b"\x05\x05hello", EXAMPLE_SENDER, NIL, 16)
    assert message.value == "hello"
    assert end == len(EXAMPLE) + 4


def test_sender_is_the_peer_whatever_the_frame_says():
    for said in (NIL, LARGE, EXAMPLE_SENDER):
        (message,), _ = read_all(FrameWriter(said).data_frame("/x", b"\x00", 1), SMALL)
        assert message.sender is SMALL


@given(
    st.lists(st.tuples(TOPICS, st.binary(min_size=1, max_size=60), st.integers(0, 65535), IDS), max_size=12), st.data()
)
def test_many_frames_are_read_and_the_rest_is_left(rows, data):
    writer = FrameWriter(LARGE)
    frames = [writer.data_frame(topic, payload, ttl, receiver) for topic, payload, ttl, receiver in rows]
    whole = b"".join(frames)
    end = data.draw(st.integers(0, len(whole)))
    out, at = read_all(whole[:end], LARGE)
    assert [facts(message) for message in out] == [
        (MessageKind.DATA, topic, payload, LARGE, receiver, ttl) for topic, payload, ttl, receiver in rows[: len(out)]
    ]
    assert at == sum(map(len, frames[: len(out)]))
    assert end - at < (len(frames[len(out)]) if len(out) < len(rows) else 1)


def test_reading_starts_at_the_given_offset():
    frame = FrameWriter(LARGE).data_frame("/x", b"\x00", 1)
    out: list[Message] = []
    assert MessageReader(LARGE, MAX).read(b"abc" + frame, 3, out) == len(frame) + 3
    assert len(out) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x01",
        EXAMPLE[:36],
        EXAMPLE[:37],
        EXAMPLE[:41],
        EXAMPLE[:32] + b"\x00" + EXAMPLE[33:],
        EXAMPLE[:32] + b"\x03" + EXAMPLE[33:],
        EXAMPLE[:32] + b"\x06" + EXAMPLE[33:],
        EXAMPLE[:35] + b"\xff\xff" + EXAMPLE[37:],
    ],
)
def test_reading_stops_before_what_is_no_plain_message(body):
    good = FrameWriter(LARGE).data_frame("/x", b"\x00", 1)
    out, at = read_all(good + prefixed(body) + good)
    assert (len(out), at) == (1, len(good))


def test_reading_stops_before_an_oversize_frame():
    small = FrameWriter(LARGE).data_frame("/x", bytes(10), 1)
    big = FrameWriter(LARGE).data_frame("/x", bytes(11), 1)
    out, at = read_all(small + big, max_frame=len(small) - 4)
    assert (len(out), at) == (1, len(small))


def test_remembered_topics_are_bounded():
    reader = MessageReader(LARGE, MAX, Limits(topic_cache=3))
    writer = FrameWriter(LARGE)
    topics = [f"/{number}" for number in range(10)] + ["/" + "x" * 600]
    out: list[Message] = []
    for topic in topics:
        reader.read(writer.data_frame(topic, b"\x00", 1), 0, out)
        assert len(reader._known) <= 3
    assert [message.topic for message in out] == topics
    assert not any(len(key) > 600 for key in reader._known)


def test_topics_are_shared_between_messages():
    frame = FrameWriter(LARGE).data_frame("/some/topic", b"\x00", 1)
    out, _ = read_all(frame + frame)
    assert out[0].topic is out[1].topic


def test_topic_that_is_not_utf8_survives():
    body = EXAMPLE.replace(b"/x/1", b"/x/\xff")
    (message,), _ = read_all(prefixed(body))
    assert FrameWriter(EXAMPLE_SENDER).message_frame(message, message.ttl) == prefixed(body)


# -- any envelope ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "envelope of 0 bytes; its header alone has 37"),
        (EXAMPLE[:36], "envelope of 36 bytes; its header alone has 37"),
        (EXAMPLE[:32] + b"\x00" + EXAMPLE[33:], "envelope of unknown type 0"),
        (EXAMPLE[:32] + b"\x06" + EXAMPLE[33:], "envelope of unknown type 6"),
        (EXAMPLE[:35] + b"\x00\x0c" + EXAMPLE[37:], "data: topic of 12 bytes in an envelope of 48"),
        (EXAMPLE[:41], "data message without a payload on topic '/x/1'"),
        (EXAMPLE[:32] + b"\x02" + EXAMPLE[33:41], "command message without a payload on topic '/x/1'"),
    ],
)
def test_malformed_envelopes_are_reported(body, problem):
    assert parse_envelope(body) == Malformed(problem)


def test_control_messages_may_be_empty_and_keep_their_sender():
    body = bytes(LARGE) + bytes(SMALL) + b"\x04\x00\x01\x00\x00"
    message = parse_envelope(body)
    assert isinstance(message, Message)
    assert facts(message) == (MessageKind.PING, "", b"", LARGE, SMALL, 1)


@given(st.binary(max_size=120))
def test_any_bytes_are_an_envelope_or_reported(body):
    message = parse_envelope(body)
    if isinstance(message, Malformed):
        assert message.problem
    else:
        assert FrameWriter(message.sender).message_frame(message, message.ttl) == prefixed(body)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_walked(data):
    out, at = read_all(data)
    assert 0 <= at <= len(data)
    assert all(message.payload for message in out)
