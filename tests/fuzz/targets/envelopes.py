"""Envelopes: what is in a frame after the handshake."""

from __future__ import annotations

from broker_core.errors import DecodeError
from broker_core.messages.binary_wire import FrameWriter, Malformed, MessageReader, parse_envelope
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.handshake import decode_filter, encode_filter
from broker_core.messages.zeek import event_name
from broker_core.protocol.framing import frame_of
from peer_links import plain
from tests.fuzz.seeds import recorded_frames


def target(data: bytes) -> bool:
    """Any body is malformed, or an envelope that encodes back to the same bytes; both readers agree on which.

    The payload of a routing update is refused with DecodeError or encodes to one that reads the same. True for an
    envelope.
    """
    event_name(data)
    envelope = parse_envelope(data)
    fast: list[Message] = []
    frame = frame_of(data)
    end = MessageReader(envelope.sender, len(frame)).read(frame, 0, fast) if isinstance(envelope, Message) else 0
    if isinstance(envelope, Malformed):
        assert envelope.problem
        return False
    if envelope.kind in (MessageKind.DATA, MessageKind.COMMAND):
        assert end == len(frame)
        assert plain(fast) == plain([envelope])
        assert FrameWriter(envelope.sender).message_frame(envelope, envelope.ttl) == frame
    else:
        assert (end, fast) == (0, [])
    if envelope.kind is MessageKind.ROUTING_UPDATE:
        try:
            filter_ = decode_filter(envelope.payload)
        except DecodeError:
            return True
        assert decode_filter(encode_filter(filter_)) == filter_
    return True


def seeds() -> list[bytes]:
    """Recorded envelopes."""
    return recorded_frames(handshake=False)
