"""Recorded connections of C++ endpoints and Zeek, replayed with each side in turn played by PeerConnection."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_core.messages.binary_wire import parse_envelope
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.handshake import OriginatorSyn, ResponderSynAck, decode_filter, parse_handshake
from broker_core.protocol.events import Event, FilterChanged, Lost, Peered, PeerIdentified, PeerLeaving
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import BYE, PeerConnection, Phase
from peer_links import SIDES, Recording, cut, recordings

RECORDINGS = recordings()
PLAIN = (MessageKind.DATA, MessageKind.COMMAND)


class Player:
    """Plays *side* of a recording, and checks that it sends what was recorded."""

    def __init__(self, recording: Recording, side: str) -> None:
        self.recording = recording
        self.side = side
        self.own_id = recording.ids[side]
        self.peer_id = recording.ids[SIDES[1 - SIDES.index(side)]]
        self.events: list[Event] = []
        self.pending: list[bytes] = []
        self.conn = PeerConnection(self.own_id, server=side == "acceptor", own_filter=self.first_filter(side), now=0.0)
        self.drain()

    def first_filter(self, side: str) -> tuple[str, ...]:
        for sender, body in self.recording.frames[: self.recording.handshake_size]:
            if sender == side and body is not None:
                message = parse_handshake(body)
                if isinstance(message, (OriginatorSyn, ResponderSynAck)):
                    return message.filter
        raise AssertionError

    def drain(self) -> None:
        self.pending += self.conn.data_to_send()
        for event in self.conn.events():
            self.events.append(event)
            if isinstance(event, PeerIdentified):
                assert event.peer == self.peer_id
                assert event.originator == (self.own_id < self.peer_id)
                self.conn.proceed()
                self.drain()

    def feed(self, data: bytes, cuts: list[int] | None) -> None:
        for piece in [bytes([byte]) for byte in data] if cuts is None else cut(data, cuts):
            self.conn.receive_data(piece, 0.0)
            self.drain()

    def send(self, at: int, body: bytes) -> None:
        """What was recorded for this side must be what it sends, of its own or because it is asked to."""
        if at >= self.recording.handshake_size:
            envelope = parse_envelope(body)
            assert isinstance(envelope, Message)
            if envelope.kind in PLAIN:
                assert self.conn.phase is Phase.OPERATION
                assert self.conn.writer.message_frame(envelope, envelope.ttl) == frame_of(body)
                return
            if envelope.kind is MessageKind.ROUTING_UPDATE:
                self.conn.set_filter(decode_filter(envelope.payload))
            elif envelope.kind is MessageKind.PING:
                assert envelope.payload.startswith(BYE)
                self.conn.start_bye(envelope.payload[3:], 0.0)
            self.drain()
        assert self.pending.pop(0) == frame_of(body)

    def play(self, cuts: list[int] | None) -> None:
        waiting = b""  # what the other side sent since this side last sent something
        for at, (sender, body) in enumerate(self.recording.frames):
            if sender != self.side:
                if body is not None:
                    waiting += frame_of(body)
                    continue
                self.feed(waiting, cuts)
                waiting = b""
                self.conn.receive_eof()
                self.drain()
            elif body is not None:
                self.feed(waiting, cuts)
                waiting = b""
                self.send(at, body)
        self.feed(waiting, cuts)
        assert self.pending == []

    def check(self) -> None:
        """Everything that the other side sent was reported, in order."""
        kinds = (Message, FilterChanged, PeerLeaving)
        expected: list[object] = []
        others = [
            parse_envelope(body)
            for sender, body in self.recording.frames[self.recording.handshake_size :]
            if sender != self.side and body is not None
        ]
        for envelope in others:
            assert isinstance(envelope, Message)
            if envelope.kind in PLAIN:
                expected.append((envelope.kind, envelope.topic, envelope.payload, envelope.receiver, self.peer_id))
            elif envelope.kind is MessageKind.ROUTING_UPDATE:
                expected.append(FilterChanged(decode_filter(envelope.payload)))
            elif envelope.kind is MessageKind.PING:
                expected.append(PeerLeaving())
        found = [
            (event.kind, event.topic, event.payload, event.receiver, event.sender)
            if isinstance(event, Message)
            else event
            for event in self.events
            if isinstance(event, kinds)
        ]
        assert found == expected
        assert self.conn.frames_received == len(others)
        assert self.conn.skipped == 0
        assert self.events[:2] == [
            PeerIdentified(self.peer_id, self.own_id < self.peer_id),
            Peered(self.peer_id, self.first_filter(SIDES[1 - SIDES.index(self.side)])),
        ]
        if self.recording.frames[-1][1] is None:
            assert self.events[-1] == Lost(None)
            assert self.conn.closed
        else:
            assert not any(isinstance(event, Lost) for event in self.events)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
@pytest.mark.parametrize("cuts", [[], None], ids=["whole", "byte by byte"])
def test_recording_is_replayed(recording, side, cuts):
    player = Player(recording, side)
    player.play(cuts)
    player.check()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("recording", RECORDINGS, ids=str)
@settings(max_examples=5)
@given(cuts=st.lists(st.integers(1, 4000), max_size=40))
def test_recording_is_replayed_however_it_is_cut(recording, side, cuts):
    player = Player(recording, side)
    player.play(cuts)
    player.check()


@pytest.mark.parametrize("side", SIDES)
def test_handshake_and_first_messages_cut_in_two_anywhere(side):
    recording = next(one for one in RECORDINGS if one.name == "unpeer")
    longest = sum(len(body or b"") + 4 for _, body in recording.frames)
    for at in range(1, longest):
        player = Player(recording, side)
        player.play([at])
        player.check()
