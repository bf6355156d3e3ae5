"""Cutting a stream into frames, however it is delivered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, RemoteProtocolError
from broker_core.protocol.framing import FrameBuffer, frame_end, frame_of
from peer_links import cut

BODIES = st.lists(st.binary(max_size=30), max_size=8)


def test_length_counts_what_follows_it():
    assert frame_of(b"\x07ZEEK") == b"\x00\x00\x00\x05\x07ZEEK"
    assert frame_of(b"") == bytes(4)


def test_end_is_known_as_soon_as_the_length_is():
    for known in range(4):
        assert frame_end(b"xx\x00\x00\x01\x00"[: 2 + known], 2, 1000) is None
    assert frame_end(b"xx\x00\x00\x01\x00", 2, 1000) == 2 + 4 + 256
    assert frame_end(bytes(4), 0, 1000) == 4


def test_oversize_frame_is_refused_by_its_length_alone():
    assert frame_end(b"\x00\x00\x00\x0a", 0, 10) == 14
    with pytest.raises(RemoteProtocolError, match="frame of 11 bytes is longer than the allowed 10") as caught:
        frame_end(b"\x00\x00\x00\x0b", 0, 10)
    assert caught.value.code is EC.INVALID_MESSAGE
    buffer = FrameBuffer(10)
    buffer.push(b"\x00\x00\x00")
    assert buffer.pop() is None
    buffer.push(b"\x0b")
    with pytest.raises(RemoteProtocolError):
        buffer.pop()


@given(BODIES, st.lists(st.integers(0, 300), max_size=20))
def test_any_cut_gives_the_same_bodies(bodies, cuts):
    buffer = FrameBuffer(30)
    found = []
    for piece in cut(b"".join(map(frame_of, bodies)), cuts):
        buffer.push(piece)
        while (body := buffer.pop()) is not None:
            found.append(body)
    assert found == bodies
    assert len(buffer) == 0


@given(BODIES.filter(bool), st.lists(st.integers(0, 300), max_size=20))
def test_topping_up_takes_exactly_the_first_frame(bodies, cuts):
    whole = b"".join(map(frame_of, bodies))
    first = len(bodies[0]) + 4
    buffer = FrameBuffer(30)
    total = 0
    for piece in cut(whole, cuts):
        taken, complete = buffer.top_up(piece)
        total += taken
        assert complete == (total == first)
        if complete:
            assert piece[taken:] == whole[total : total + len(piece) - taken]
            break
        assert taken == len(piece)
    assert buffer.release() == whole[:first]
    assert len(buffer) == 0


def test_oversize_frame_is_not_held():
    buffer = FrameBuffer(10)
    buffer.push(b"\x00\x00")
    with pytest.raises(RemoteProtocolError):
        buffer.top_up(b"\x00\x0b" + bytes(11))
    assert len(buffer) == 4


def test_dripping_frame_is_held_once():
    size = 300_000
    buffer = FrameBuffer(size)
    data = frame_of(bytes(size))
    buffer.push(data[:1])
    for at in range(1, len(data) - 1):
        assert buffer.top_up(data[at : at + 1]) == (1, False)
    assert buffer.top_up(data[-1:]) == (1, True)
    assert buffer.release() == data
