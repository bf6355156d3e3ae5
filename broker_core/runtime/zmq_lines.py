"""What a peering with a ZeroMQ cluster consists of: its sockets, the queue for what goes out, and how it may end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zmq

from broker_core.messages.cluster_wire import INTERNAL_PREFIX, probe_topic

from .queues import DataQueue

if TYPE_CHECKING:
    from broker_core.messages.envelopes import Message

    from .zmq_sockets import ZmqEvent, ZmqSocket

__all__ = ["ClusterLine", "OutQueue", "why_lost"]

_FAULTS = {
    zmq.Event.DISCONNECTED: "the central broker closed the connection",
    zmq.Event.CLOSED: "the connection to the central broker was closed",
    zmq.Event.HANDSHAKE_FAILED_NO_DETAIL: "the central broker ended the handshake",
    zmq.Event.HANDSHAKE_FAILED_PROTOCOL: "the handshake with the central broker failed",
    zmq.Event.HANDSHAKE_FAILED_AUTH: "the central broker does not let this side in",
}


def why_lost(event: ZmqEvent) -> str:
    """What *event* of a monitor says about the end of a connection, in words; "" when it is no end."""
    return _FAULTS.get(event.kind, "")


class ClusterLine:
    """The sockets of one peering, with what belongs to them. *node* is the id of this side in the cluster."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], xsub: ZmqSocket, xpub: ZmqSocket, node: str) -> None:
        self.xsub = xsub
        self.xpub = xpub
        self.monitors = (xsub.monitor(), xpub.monitor())
        self.node = node
        self._context = context
        self._probes = 0

    def next_probe(self) -> str:
        """A topic that nobody else has, and that was not used yet."""
        self._probes += 1
        return probe_topic(self.node, self._probes - 1)

    def close(self) -> None:
        """Close everything at once. Idempotent."""
        for socket in (self.xsub, self.xpub, *self.monitors):
            socket.close()
        self._context.term()


class OutQueue(DataQueue):
    """Messages for the central broker. Those that ask whether it has the others are never discarded."""

    def put_control(self, message: Message) -> None:
        """Queue *message* behind what is here, whatever the policy says; nothing when closed."""
        if not self.closed:
            self.items.append(message)
            self._wake_taker()

    def _drop_oldest(self) -> None:
        kept = []
        while self.items and self.items[0].topic.startswith(INTERNAL_PREFIX):
            kept.append(self.items.popleft())
        super()._drop_oldest()
        self.items.extendleft(reversed(kept))
