"""Envelopes as bytes: how messages look inside the frames of an established connection.

Built for speed, since everything that is published or received passes here: header bytes are remembered per
topic in both directions, and a received chunk is walked without copying more than each frame's payload.
Source: spec native-protocol.md section 6.

======  ====  =========================================================
offset  size  field
======  ====  =========================================================
0       4     length of what follows
4       16    sender: the endpoint on the other end of the connection
20      16    receiver, or zero for everyone who subscribed
36      1     type
37      2     TTL
39      2     length of the topic
41            topic, then the payload up to the end of the frame
======  ====  =========================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from broker_core.errors import EncodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.envelopes import Message, MessageKind, received_message
from broker_core.messages.handshake import encode_filter
from broker_core.model.ids import NIL, EndpointId
from broker_core.model.topics import CONTROL_TOPIC, check_topic, topic_from_bytes, topic_to_bytes

__all__ = ["CONTROL_TTL", "MAX_FRAME", "FrameWriter", "Malformed", "MessageReader", "parse_envelope"]

CONTROL_TTL: Final = 16
"""The TTL of pings, pongs and routing updates, as C++ sends them."""
MAX_FRAME: Final = 2**31 - 5
"""Longest frame that C++ takes, in bytes behind the length."""

_HEAD_SIZE = 37
_LONGEST_CACHED = 512  # bytes; longer topics are built anew each time, so that the caches stay small

_pack_length = Struct(">I").pack
_pack_head = Struct(">16s16sBHH").pack
_unpack_head = Struct(">16s16sBHH").unpack_from
_unpack_lengths = Struct(">I35xH").unpack_from

_DATA = MessageKind.DATA
_PLAIN_KINDS = {1: MessageKind.DATA, 2: MessageKind.COMMAND}
_KINDS = {int(kind): kind for kind in MessageKind}


class FrameWriter:
    """Makes whole frames, length included. Share one per endpoint: a frame is the same for every peer.

    All methods raise :class:`InvalidValue` for a topic or TTL that the wire cannot express, and
    :class:`EncodeError` for a frame longer than :data:`MAX_FRAME`.
    """

    def __init__(self, own_id: EndpointId, limits: Limits = DEFAULT_LIMITS) -> None:
        self.own_id = own_id
        self._heads: dict[int, dict[str, bytes]] = {}  # TTL to topic to header: few TTLs, many topics
        self._room = self._capacity = limits.topic_cache
        self._filter: tuple[tuple[str, ...], bytes] = ((), b"\0")

    def data_frame(self, topic: str, payload: bytes, ttl: int, receiver: EndpointId = NIL) -> bytes:
        """A frame with a data message; *payload* is an encoded value. The hot path."""
        if receiver is NIL:
            try:
                head = self._heads[ttl][topic]
            except KeyError:
                head = self._learn(topic, ttl)
        else:
            head = self._head(_DATA, topic, ttl, receiver)
        size = len(head) + len(payload)
        if size > MAX_FRAME:
            raise _too_long(size)
        return b"".join((_pack_length(size), head, payload))

    def message_frame(self, message: Message, ttl: int) -> bytes:
        """The frame of *message*, of any kind, with this endpoint as sender and *ttl* in place of its own.

        Besides, raises :class:`EncodeError` when the message's value cannot be encoded.
        """
        if message.kind is _DATA:
            return self.data_frame(message.topic, message.payload, ttl, message.receiver)
        return self._frame(message.kind, message.topic, ttl, message.receiver, message.payload)

    def routing_update_frame(self, receiver: EndpointId, filter_: tuple[str, ...]) -> bytes:
        """A frame that announces *filter_*, all of it, to the peer *receiver*."""
        if filter_ is not self._filter[0]:  # the same object goes to one peer after another
            self._filter = (filter_, encode_filter(filter_))
        return self._frame(MessageKind.ROUTING_UPDATE, CONTROL_TOPIC, CONTROL_TTL, receiver, self._filter[1])

    def ping_frame(self, receiver: EndpointId, payload: bytes) -> bytes:
        """A frame that the peer *receiver* answers with a pong of the same payload."""
        return self._frame(MessageKind.PING, CONTROL_TOPIC, CONTROL_TTL, receiver, payload)

    def pong_frame(self, receiver: EndpointId, payload: bytes) -> bytes:
        """The answer to a ping of *receiver*. Never send it unasked: peers before 2.8 hang up on it."""
        return self._frame(MessageKind.PONG, CONTROL_TOPIC, CONTROL_TTL, receiver, payload)

    def _frame(self, kind: MessageKind, topic: str, ttl: int, receiver: EndpointId, payload: bytes) -> bytes:
        head = self._head(kind, topic, ttl, receiver)
        size = len(head) + len(payload)
        if size > MAX_FRAME:
            raise _too_long(size)
        return b"".join((_pack_length(size), head, payload))

    def _head(self, kind: MessageKind, topic: str, ttl: int, receiver: EndpointId) -> bytes:
        raw = topic_to_bytes(check_topic(topic, empty=True))
        if not 0 <= ttl <= 0xFFFF:
            msg = f"TTL {ttl} (0 .. 65535)"
            raise InvalidValue(msg)
        return _pack_head(self.own_id, receiver, kind, ttl, len(raw)) + raw

    def _learn(self, topic: str, ttl: int) -> bytes:
        head = self._head(_DATA, topic, ttl, NIL)
        if len(head) <= _LONGEST_CACHED:
            if self._room == 0:  # a flood of topics only costs the time to build them anew
                self._heads.clear()
                self._room = self._capacity
            self._heads.setdefault(ttl, {})[topic] = head
            self._room -= 1
        return head


def _too_long(size: int) -> EncodeError:
    return EncodeError(f"message of {size} bytes; the longest that fits a frame has {MAX_FRAME}")


@dataclass(frozen=True, slots=True)
class Malformed:
    """An envelope that cannot be read; *problem* says why."""

    problem: str


class MessageReader:
    """Makes messages out of the frames that one peer sends."""

    def __init__(self, peer: EndpointId, max_frame: int, limits: Limits = DEFAULT_LIMITS) -> None:
        self._peer = peer
        self._max_frame = max_frame
        self._capacity = limits.topic_cache
        # Receiver, type, TTL and topic repeat from frame to frame, so their bytes are looked up as one key.
        self._known: dict[bytes, tuple[str, EndpointId, MessageKind, int]] = {}

    def read(self, data: bytes, at: int, out: list[Message]) -> int:
        """Append the data and command messages from offset *at* of *data* on to *out*. The hot path.

        *at* is where a frame starts. Reading stops before the first frame that is incomplete, oversize, malformed
        or of another kind; returns the offset of that one. The messages' sender is the peer, whatever the frame
        says (section 6.1).
        """
        known, peer, max_frame, size = self._known, self._peer, self._max_frame, len(data)
        last = size - 4 - _HEAD_SIZE
        while at <= last:
            length, topic_length = _unpack_lengths(data, at)
            start = at + 41 + topic_length
            end = at + 4 + length
            if start >= end or end > size or length > max_frame:
                break
            key = data[at + 20 : start]
            try:
                topic, receiver, kind, ttl = known[key]
            except KeyError:
                if key[16] not in _PLAIN_KINDS:
                    break
                topic, receiver, kind, ttl = self._learn(key)
            out.append(received_message(topic, data[start:end], peer, receiver, kind, ttl))
            at = end
        return at

    def _learn(self, key: bytes) -> tuple[str, EndpointId, MessageKind, int]:
        receiver = EndpointId(key[:16])
        parts = (
            topic_from_bytes(key[21:]),
            NIL if receiver == NIL else receiver,  # FrameWriter recognises NIL by identity
            _PLAIN_KINDS[key[16]],
            int.from_bytes(key[17:19], "big"),
        )
        if len(key) <= _LONGEST_CACHED:
            if len(self._known) >= self._capacity:
                self._known.clear()
            self._known[key] = parts
        return parts


def parse_envelope(body: bytes) -> Message | Malformed:
    """The envelope that a frame holds (without its length), of any kind, with the sender that stands in it.

    The payload is not looked at, except that data and commands must have one.
    """
    size = len(body)
    if size < _HEAD_SIZE:
        return Malformed(f"envelope of {size} bytes; its header alone has {_HEAD_SIZE}")
    sender, receiver, code, ttl, topic_length = _unpack_head(body)
    kind = _KINDS.get(code)
    if kind is None:
        return Malformed(f"envelope of unknown type {code}")
    start = _HEAD_SIZE + topic_length
    if start > size:
        return Malformed(f"{kind.name.lower()}: topic of {topic_length} bytes in an envelope of {size}")
    topic = topic_from_bytes(body[_HEAD_SIZE:start])
    if start == size and code in _PLAIN_KINDS:
        return Malformed(f"{kind.name.lower()} message without a payload on topic {topic!r}")
    return received_message(topic, body[start:], EndpointId(sender), EndpointId(receiver), kind, ttl)
