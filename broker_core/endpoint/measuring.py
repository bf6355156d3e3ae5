"""The numbers that the status document and the metrics have in common, out of what an endpoint counts anyway."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from broker_core.messages.cluster_wire import INTERNAL_PREFIX
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.runtime.local_peers import LocalPeer
from broker_core.runtime.network_peers import NetworkPeer
from broker_core.runtime.queues import ControlFrame

if TYPE_CHECKING:
    from broker_core.runtime.hub import Hub

__all__ = ["KINDS", "buffered", "connections", "dropped", "processed"]

KINDS = {kind: kind.name.lower().replace("_", "-") for kind in MessageKind if kind is not MessageKind.FOREIGN}
"""The kinds of messages with the names that C++ Broker's metrics have for them; foreign ones count as data."""

_CONNECTIONS = {"broker": "native", "ws": "web-socket", "wss": "web-socket", "zmq": "zeromq", "local": "local"}
_KIND_OF_FRAME = itemgetter(36)
"""The byte of a native frame that tells its kind (spec native-protocol.md section 5)."""


def connections(hub: Hub) -> dict[str, int]:
    """How many peers there are over each kind of connection."""
    counts = Counter(_CONNECTIONS[peer.info().transport] for peer in hub.router.peers.values())
    return {name: counts[name] for name in dict.fromkeys(_CONNECTIONS.values())}


def processed(hub: Hub) -> dict[str, int]:
    """How many messages of each kind have come from peers and were dealt with."""
    counters, peers = hub.counters, hub.router.peers.values()
    return {
        "data": counters.processed,
        "command": counters.commands,
        "routing-update": counters.routing_updates,
        "ping": counters.pings + sum(peer.pings for peer in peers),
        "pong": counters.pongs + sum(peer.pongs for peer in peers),
    }


def buffered(hub: Hub) -> dict[str, int]:
    """How many messages of each kind wait in the queues of peers and subscribers."""
    counts: Counter[int] = Counter()
    for peer in hub.router.peers.values():
        items = peer.queue.items
        if isinstance(peer, NetworkPeer):
            counts.update(map(_KIND_OF_FRAME, items))
        elif isinstance(peer, LocalPeer):
            counts.update(message.kind for message in items)
        else:  # JSON texts, or messages for a ZeroMQ cluster, and what only keeps the connection going
            counts[MessageKind.DATA] += sum(not _is_control(item) for item in items)
    counts[MessageKind.DATA] += sum(len(queue.items) for queue in hub.router.subscribers())
    return {name: counts[kind] for kind, name in KINDS.items()}


def _is_control(item: Any) -> bool:
    if isinstance(item, Message):
        return item.topic.startswith(INTERNAL_PREFIX)
    return type(item) is ControlFrame


def dropped(hub: Hub) -> int:
    """How many messages all queues have discarded, those that are gone, and those for what comes in, included."""
    living = sum(queue.dropped for queue in hub.router.subscribers())
    living += sum(peer.queue.dropped + peer.missed for peer in hub.router.peers.values())
    return hub.counters.dropped + living
