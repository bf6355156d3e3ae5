"""A connection after a proper handshake, with a peer that then says anything."""

from __future__ import annotations

from broker_core.limits import Limits
from broker_core.messages.binary_wire import Malformed, parse_envelope
from broker_core.protocol.events import Lost
from broker_core.protocol.peering import PeerConnection
from peer_links import peered, plain
from tests.fuzz.seeds import recorded_streams
from tests.fuzz.source import Source

LIMITS = Limits(max_frame=20_000, max_handshake_frame=2_000, max_filter_entries=100, topic_cache=4)


def target(data: bytes) -> bool:
    """Any bytes, cut anywhere, make the same events and answers as in one piece; nothing raises, one loss ends it.

    The first bytes are the cuts. What is answered is well-formed, and no more than was asked. True when something was
    read before the end.
    """
    source = Source(data)
    cuts = [1 + int.from_bytes(source.take(2), "big") for _ in range(source.byte() % 5)]
    stream = source.rest()
    whole, pieces = peered(limits=LIMITS), peered(limits=LIMITS)
    whole.receive_data(stream, 0.0)
    at = 0
    for size in cuts:
        pieces.receive_data(stream[at : at + size], 0.0)
        at += size
    pieces.receive_data(stream[at:], 0.0)
    events, answers = _end(whole)
    assert (events, answers) == _end(pieces)
    assert whole.frames_received == pieces.frames_received
    assert whole.skipped == pieces.skipped
    assert sum(map(len, answers)) <= 2 * len(stream)
    for answer in answers:
        assert not isinstance(parse_envelope(answer[4:]), Malformed)
    return len(events) > 1


def seeds() -> list[bytes]:
    """What C++ endpoints and Zeek said, whole and cut."""
    return [cuts + stream for stream in recorded_streams() for cuts in (b"\0", b"\2\0\x07\0\x31")]


def _end(conn: PeerConnection) -> tuple[list[object], list[bytes]]:
    assert len(conn._buffer) <= LIMITS.max_frame + 4
    conn.receive_eof()
    events = conn.events()
    assert [type(event) for event in events].count(Lost) == 1
    assert isinstance(events[-1], Lost)
    # Errors compare by identity.
    return [*plain(events[:-1]), str(events[-1].error)], conn.data_to_send()
