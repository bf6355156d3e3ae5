"""Frames in a stream that is cut anywhere."""

from __future__ import annotations

from itertools import pairwise

from broker_core.errors import RemoteProtocolError
from broker_core.protocol.framing import FrameBuffer, frame_of
from tests.fuzz.seeds import recorded_frames
from tests.fuzz.source import Source

Split = tuple[list[bytes], bool]
"""The bodies of the frames, and whether an oversize one ended them."""


def target(data: bytes) -> bool:
    """However a stream is cut, the same bodies come out as of the whole, and an oversize frame ends them.

    The first byte says which frames are oversize; then come the cuts. True when nothing was oversize.
    """
    source = Source(data)
    longest = 4 * source.byte()
    cuts = [1 + source.byte() for _ in range(source.byte() % 8)]
    stream = source.rest()
    edges = [0, *(sum(cuts[: at + 1]) for at in range(len(cuts))), max(len(stream), sum(cuts))]
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    expected = _specified(stream, longest)
    assert _popped(pieces, longest) == expected
    assert _topped_up(pieces, longest) == expected
    return not expected[1]


def seeds() -> list[bytes]:
    """Recorded frames, with and without cuts and oversize ones."""
    stream = b"".join(map(frame_of, recorded_frames(handshake=False)[:6]))
    return [b"\xff\0" + stream, b"\xff\3\1\2\3" + stream, b"\4\1\x30" + stream, b"\0\0\0\0\0\0"]


def _specified(stream: bytes, longest: int) -> Split:
    bodies, at = [], 0
    while at + 4 <= len(stream):
        length = int.from_bytes(stream[at : at + 4], "big")
        if length > longest:
            return bodies, True
        if at + 4 + length > len(stream):
            break
        bodies.append(stream[at + 4 : at + 4 + length])
        at += 4 + length
    return bodies, False


def _popped(pieces: list[bytes], longest: int) -> Split:
    buffer, bodies = FrameBuffer(longest), []
    for piece in pieces:
        buffer.push(piece)
        try:
            while (body := buffer.pop()) is not None:
                bodies.append(body)
        except RemoteProtocolError:
            return bodies, True
    assert len(buffer) < 4 + longest + 1
    return bodies, False


def _topped_up(pieces: list[bytes], longest: int) -> Split:
    buffer, bodies = FrameBuffer(longest), []
    for piece in pieces:
        at = 0
        while at < len(piece):
            try:
                taken, complete = buffer.top_up(piece[at:])
            except RemoteProtocolError:
                assert len(buffer) <= 4, "an oversize frame was held"
                return bodies, True
            at += taken
            if complete:
                bodies.append(buffer.release()[4:])
    return bodies, False
