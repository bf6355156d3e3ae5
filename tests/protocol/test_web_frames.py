"""WebSocket frames: what is written, what is read however it is cut, and what is refused."""

from __future__ import annotations

import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol

from broker_core.errors import EC
from broker_core.protocol.web_frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Mask,
    WebSocketError,
    close_payload,
    frame,
    masked_frame,
    parse_close,
    text_frame,
)
from peer_links import cut
from web_sessions import MASK, entropy

SIZES = (0, 1, 125, 126, 127, 1023, 1024, 1025, 65535, 65536, 70001)
MESSAGES = st.lists(
    st.tuples(st.sampled_from([TEXT, BINARY]), st.binary(max_size=200))
    | st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125)),
    max_size=6,
)


def read(*pieces, most=1 << 20):
    reader, out = FrameReader(most), []
    for piece in pieces:
        reader.read(piece, out)
    return out


def refused(*pieces, most=1 << 20):
    reader, out = FrameReader(most), []
    with pytest.raises(WebSocketError) as caught:
        for piece in pieces:
            reader.read(piece, out)
    assert caught.value.code is EC.INVALID_MESSAGE
    return caught.value.close_code, caught.value.reason, out


# -- written ------------------------------------------------------------------------------------------------------


def test_heads():
    assert frame(TEXT, b"ab") == b"\x81\x02ab"
    assert frame(PING, b"") == b"\x89\x00"
    assert frame(TEXT, bytes(126))[:4] == b"\x81\x7e\x00\x7e"
    assert frame(BINARY, bytes(65536))[:10] == b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
    assert masked_frame(TEXT, b"\x01\x02\x03\x04\x05", MASK) == b"\x81\x85" + MASK + b"\x00\x00\x00\x00\x04"
    assert text_frame("é\udcff") == b"\x81\x03\xc3\xa9\xff"


@pytest.mark.parametrize("size", SIZES)
def test_wsproto_reads_what_is_written(size):
    payload = bytes(at * 7 % 251 for at in range(size))
    for client, data in ((True, frame(BINARY, payload)), (False, masked_frame(BINARY, payload, MASK))):
        other = FrameProtocol(client=client, extensions=[])
        other.receive_bytes(data)
        assert b"".join(piece.payload for piece in other.received_frames()) == payload


@pytest.mark.parametrize("size", SIZES)
def test_what_wsproto_writes_is_read(size):
    payload = os.urandom(size)
    for client in (True, False):
        data = bytes(FrameProtocol(client=client, extensions=[]).send_data(payload))
        assert read(data) == [(BINARY, payload)]


@pytest.mark.parametrize("size", SIZES)
def test_a_mask_comes_off_again(size):
    payload = os.urandom(size)
    data = masked_frame(TEXT, payload, b"\xf1\x02\x93\x44")
    assert read(data) == [(TEXT, payload)]
    assert size < 4 or payload not in data


def test_masks_are_cut_from_what_is_random():
    asked = []

    def random(size):
        asked.append(size)
        return entropy(size)

    mask = Mask(random)
    assert [mask.next() for _ in range(3)] == [b"\x01\x02\x03\x04", b"\x05\x06\x07\x08", b"\x09\x0a\x0b\x0c"]
    for _ in range(1000):
        assert len(mask.next()) == 4
    assert len(asked) == 4
    assert set(asked) == {1024}


def test_closes():
    assert close_payload(1000, "bye") == b"\x03\xe8bye"
    assert parse_close(b"\x03\xe8bye") == (1000, "bye")
    assert parse_close(b"") == parse_close(b"\x03") == (None, "")
    assert parse_close(b"\x03\xe8\xff") == (1000, "\ufffd")
    long = close_payload(1008, "é" * 100)
    assert len(long) == 124  # 125 would cut a character
    assert parse_close(long) == (1008, "é" * 61)


# -- read ---------------------------------------------------------------------------------------------------------


@given(MESSAGES, st.booleans(), st.lists(st.integers(0, 600), max_size=20))
def test_any_cut_gives_the_same_messages(messages, masked, cuts):
    make = (lambda opcode, data: masked_frame(opcode, data, MASK)) if masked else frame
    whole = b"".join(make(*message) for message in messages)
    assert read(*cut(whole, cuts)) == messages


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5), st.lists(st.integers(0, 600), max_size=9))
def test_fragments_are_joined_with_control_frames_between(payload, edges, cuts):
    first, *rest = cut(payload, edges) if payload else [b""]
    frames = [bytes((TEXT,)) + frame(TEXT, first)[1:]]
    for piece in rest:
        frames += [frame(PING, b"p"), b"\x00" + frame(TEXT, piece)[1:]]
    frames.append(masked_frame(0, b"", MASK))
    assert read(*cut(b"".join(frames), cuts)) == [(PING, b"p")] * len(rest) + [(TEXT, payload)]


def test_lengths_need_not_be_the_shortest():
    assert read(b"\x81\x7e\x00\x01a") == read(b"\x81\x7f" + bytes(7) + b"\x01a") == [(TEXT, b"a")]


def test_what_is_in_the_middle():
    reader = FrameReader(100)
    out = []
    assert not reader.in_the_middle
    for data, middle in ((b"\x81", True), (b"\x01a", False), (b"\x01\x01a", True), (b"\x80\x00", False)):
        reader.read(data, out)
        assert reader.in_the_middle is middle
    assert out == [(TEXT, b"a"), (TEXT, b"a")]


# -- refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "reason"),
    [
        (b"\xc1\x00", 1002, "Reserved bit used"),
        (b"\x91\x00", 1002, "Reserved bit used"),
        (b"\x83\x00", 1002, "Protocol error"),
        (b"\x8b\x00", 1002, "Protocol error"),
        (b"\x09\x00", 1002, "Protocol error"),
        (b"\x89\x7e\x00\x01", 1002, "Protocol error"),
        (b"\x89\x7e", 1002, "Protocol error"),
        (b"\x80\x00", 1002, "Fragmentation: continuation opcode out of sequence"),
        (b"\x01\x00\x81\x00", 1002, "Fragmentation: data message out of sequence"),
        (b"\x01\x00\x02\x00", 1002, "Fragmentation: data message out of sequence"),
        (b"\x81\x7f\xff" + bytes(7), 1009, "Message too big"),
    ],
)
def test_broken_rules(data, code, reason):
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        assert refused(b"\x81\x01a", *pieces) == (code, reason, [(TEXT, b"a")])


def test_the_longest_message():
    assert read(frame(TEXT, bytes(200)), most=200) == [(TEXT, bytes(200))]
    assert refused(b"\x81\x7e\x00\xc9", most=200) == (1009, "Message too big", [])
    assert read(b"\x01\x64" + bytes(100) + b"\x80\x64" + bytes(100), most=200) == [(TEXT, bytes(200))]
    assert refused(b"\x01\x64" + bytes(100) + b"\x80\x65", most=200) == (1009, "Message too big", [])
    assert read(frame(PING, bytes(125)), most=10) == [(PING, bytes(125))]


def test_empty_fragments_take_no_memory():
    reader = FrameReader(100)
    out: list[tuple[int, bytes]] = []
    reader.read(b"\x01\x00" + b"\x00\x00" * 100_000, out)
    assert len(reader._fragments) == len(reader._held) == 0
    reader.read(b"\x80\x00", out)
    assert out == [(TEXT, b"")]


def test_a_dripping_message_takes_linear_time():
    size = 300_000
    data = masked_frame(TEXT, bytes(size), MASK)
    assert read(*(data[at : at + 1] for at in range(len(data)))) == [(TEXT, bytes(size))]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=9))
def test_any_bytes_are_read_alike_however_they_are_cut(data, cuts):
    def outcome(pieces):
        reader, out = FrameReader(100), []
        try:
            for piece in pieces:
                reader.read(piece, out)
        except WebSocketError as error:
            return out, error.close_code, error.reason
        return out, None, None

    assert outcome([data]) == outcome(cut(data, cuts)) if data else True


def test_errors_can_be_pickled():
    error = pickle.loads(pickle.dumps(WebSocketError("p", 1002, "r")))
    assert (str(error), error.close_code, error.reason) == ("p", 1002, "r")


def test_a_close_is_read_as_it_is():
    assert read(frame(CLOSE, close_payload(1001, "x"))) == [(CLOSE, b"\x03\xe9x")]
