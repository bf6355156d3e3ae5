"""Batches of log records as nodes of a ZeroMQ cluster push them to a logger. What is in them is read elsewhere.

Source: spec zeromq.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.errors import DecodeError
from broker_core.model.ids import NodeId
from broker_core.model.topics import topic_from_bytes

from .cluster_wire import LOG_FORMAT, LOG_WRITE, PARTS
from .envelopes import ForeignMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LogPush", "read_push"]

_FORMAT = LOG_FORMAT.decode()
_TOPIC = LOG_WRITE.decode()
_LONGEST_QUOTED = 64
"""Bytes of what a stranger sent that stand in a message about it."""


class LogPush(ForeignMessage):
    """A batch of log records that a node pushed: its :attr:`payload`, for ``broker_core.logs.LogDecoder.decode_batch``.

    As for every message in another format than Broker's, :attr:`value` and :meth:`check` raise :class:`DecodeError`.
    """

    __slots__ = ()

    sender: NodeId

    def __init__(self, node: NodeId, payload: bytes, topic: str = _TOPIC) -> None:
        super().__init__(topic, payload, _FORMAT, sender=node)

    @property
    def node(self) -> NodeId:
        """Who pushed it."""
        return self.sender

    def __repr__(self) -> str:
        return f"LogPush({self.node}, <{len(self.payload)} bytes>)"


def read_push(parts: Sequence[bytes]) -> LogPush:
    """The batch in a message of these *parts*. Raises :class:`DecodeError` for what Zeek's logger would not take.

    What the first part says does not matter, as there.
    """
    if len(parts) != PARTS:
        msg = f"expected {PARTS} parts, have {len(parts)}"
        raise DecodeError(msg)
    topic, node, serializer, payload = parts
    if serializer != LOG_FORMAT:
        msg = f"the format is {topic_from_bytes(serializer[:_LONGEST_QUOTED])!r}, not {_FORMAT}"
        raise DecodeError(msg)
    return LogPush(NodeId(topic_from_bytes(node)), payload, _TOPIC if topic == LOG_WRITE else topic_from_bytes(topic))
