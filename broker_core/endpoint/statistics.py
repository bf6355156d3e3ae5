"""The counts of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .measuring import dropped

if TYPE_CHECKING:
    from broker_core.runtime.hub import Hub
    from broker_core.runtime.peers import PeerInfo

__all__ = ["Statistics", "statistics_of"]


class Statistics(NamedTuple):
    """Counts of messages since the endpoint started."""

    published: int
    """Published here, whether anybody subscribed or not."""
    received: int
    """Arrived from peers, commands of data stores included."""
    delivered: int
    """Put into queues of local subscribers; one message may count several times."""
    forwarded: int
    """Passed on from peer to peer; likewise."""
    ttl_expired: int
    """Not passed on, because they had taken their last hop."""
    skipped: int
    """Unreadable."""
    dropped: int
    """Discarded by full queues: of subscribers, of peers, and for what comes in from a ZeroMQ cluster. Those that are
    gone are included."""
    peers: tuple[PeerInfo, ...]
    refused: int = 0
    """Errors that WebSocket servers reported, nearly always about a message of this side."""
    denied: int = 0
    """Messages of WebSocket clients on topics that are not open to them."""


def statistics_of(hub: Hub) -> Statistics:
    """All counts of the endpoint with this *hub*, as of now."""
    counters = hub.counters
    return Statistics(
        published=counters.published,
        received=counters.received,
        delivered=counters.delivered,
        forwarded=counters.forwarded,
        ttl_expired=counters.ttl_expired,
        skipped=counters.skipped,
        dropped=dropped(hub),
        peers=tuple(peer.info() for peer in hub.router.peers.values()),
        refused=counters.refused,
        denied=counters.denied,
    )
