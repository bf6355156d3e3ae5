"""What all peers have in common: those over a connection (:mod:`.wire_peers`) and here (:mod:`.local_peers`).

They have the same face: a bounded queue for what goes out, ``run`` to carry it, ``leave`` to end in an orderly way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import trio

if TYPE_CHECKING:
    from broker_core.messages.cluster_wire import ClusterNode
    from broker_core.messages.envelopes import Message
    from broker_core.model.addresses import PeerAddress, Transport
    from broker_core.model.ids import EndpointId
    from broker_core.protocol.events import Lost

    from .queues import MessageQueue

__all__ = ["OVERFLOW", "Direction", "Peer", "PeerInfo", "PeerSink", "RemotePeer", "cancel_after"]

OVERFLOW = "backpressure_overflow"
"""Why a peering ended whose queue was full, as C++ calls it."""

Direction = Literal["in", "out", "local"]


class PeerInfo(NamedTuple):
    """What is known about one peer. Counts are of data messages since the peering began."""

    id: EndpointId
    address: str
    """``host:port``, "" for an endpoint of this process."""
    direction: Direction
    """Who opened the connection: this side ("out") or the peer ("in")."""
    tls: str
    """"off", or version and cipher."""
    filter: tuple[str, ...]
    """The prefixes that the peer wants."""
    queued: int
    sent: int
    received: int
    dropped: int
    protocol_version: int = 1
    transport: Transport | Literal["local"] = "broker"
    """``local`` is an endpoint of this process."""
    name: str = ""
    """What a WebSocket server or client calls itself, such as ``<uuid>-websocket-3`` or an application's name."""
    version: str = ""
    """The version that a WebSocket server tells, Broker's or Zeek's."""
    bytes_sent: int = 0
    """On the connection, without what TLS adds."""
    bytes_received: int = 0
    missed: int = 0
    """Of a ZeroMQ cluster: messages that came and were dropped, because the subscribers here were too slow."""
    stalls: int = 0
    """Of a ZeroMQ cluster: how often messages had to wait here because the high-water mark was reached."""
    nodes: tuple[ClusterNode, ...] = ()
    """Of a ZeroMQ cluster: the nodes that have announced themselves."""


class PeerSink(Protocol):
    """Where peers hand over what happens; the hub."""

    async def receive(self, messages: list[Message], source: EndpointId, *, edge: bool = False) -> None:
        """Messages arrived, in order, from the peer *source*, which may be an :attr:`Peer.edge`."""

    def filter_changed(self) -> None:
        """The peer wants other topics now."""

    def skipped(self, peer: Peer, problem: str) -> None:
        """Something from the peer could not be read and was left out."""


class Peer:
    """What all kinds share."""

    peer_id: EndpointId
    direction: Direction
    address: PeerAddress | None
    queue: MessageQueue[Any]
    tls = "off"
    edge = False
    """A client of this endpoint: it gets what arrives here, and all peers get what it sends, whether this endpoint
    passes messages on between peers or not."""

    def __init__(self) -> None:
        self.ended = trio.Event()
        self.lost: Lost | None = None
        self.leaving = False
        """This side ends the peering, so its end is no loss."""
        self.received = 0
        self.published = 0
        """Messages that were published here and offered to this peer's queue; not those passed on."""
        self._confirmed = (0, 0)
        self.retry = 0.0
        """Pause before this side dials again, in seconds; 0 when it does not."""

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the peer wants."""
        raise NotImplementedError

    @property
    def undelivered(self) -> int:
        """Messages that were published here and that the peer has not confirmed. Discarded ones are counted apart."""
        published, dropped = self._confirmed
        return max(0, self.published - published - (self.queue.dropped - dropped))

    @property
    def pings(self) -> int:
        """How many the peer has sent."""
        return 0

    @property
    def pongs(self) -> int:
        """How many the peer has sent."""
        return 0

    def _mark(self) -> tuple[int, int]:
        """What a confirmation that is asked for now will confirm."""
        return self.published, self.queue.dropped

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        raise NotImplementedError

    @property
    def missed(self) -> int:
        """Messages that came from the peer and were dropped before they reached any subscriber."""
        return 0

    unfit = "cannot be expressed in JSON"
    """What is wrong with a message for which :meth:`render` raises, in words."""

    def render(self, message: Message) -> Any:
        """*message* as the queue of this peer takes it. Raises :class:`CodecError` when it cannot be sent there.

        For others than peers of Broker's own protocol and of this process.
        """
        raise NotImplementedError

    def tell_wanted(self, prefixes: tuple[str, ...], *, at_once: bool) -> None:
        """The endpoint wants *prefixes* now. Not *at_once*: unless it costs a new connection to tell the peer."""

    async def leave(self) -> None:
        """Deliver what is queued, say BYE, wait for the answer; returns when the peering is over."""
        raise NotImplementedError

    async def flush(self, timeout: float) -> None:
        """Wait until the peer has everything; :class:`UndeliveredError` when *timeout* seconds were not enough."""
        raise NotImplementedError


class RemotePeer(Peer):
    """What peers share that are reached over the network."""

    async def abandon(self) -> None:
        """Close what was opened for a peering that never took part."""
        raise NotImplementedError

    async def run(self, sink: Any) -> None:
        """Carry messages both ways until the peering ends; :attr:`lost` says why. Never raises for what a peer does."""
        raise NotImplementedError

    async def ping(self, timeout: float) -> float:
        """The round-trip time in seconds, behind everything that is queued; trio.TooSlowError after *timeout*.

        trio.BrokenResourceError when the peering ends meanwhile.
        """
        raise NotImplementedError


async def cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    """Cancel *scope* when *event* is set, such as the end of a peering that something waits for."""
    await event.wait()
    scope.cancel()
