"""The meeting point: what is published here or arrives from a peer leaves for subscribers and other peers.

The hub owns the router, the peers and the counters. Decisions come from the router and the registry; the hub
acts on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import EC, SC, BrokerError, LocalProtocolError, RemoteProtocolError
from broker_core.messages import notices
from broker_core.messages.binary_wire import FrameWriter
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.notices import EndpointInfo, ErrorNotice, NetworkInfo, Status
from broker_core.messages.zeek import ZeekMessage
from broker_core.model.addresses import PeerAddress
from broker_core.model.ids import NIL
from broker_core.model.native import to_value
from broker_core.model.topics import check_topic
from broker_core.protocol.registry import PeerRegistry
from broker_core.routing.filters import OwnFilter
from broker_core.routing.router import Router

from .local_peers import LocalPeer
from .peers import OVERFLOW, NetworkPeer, Peer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from broker_core.limits import Limits
    from broker_core.model.ids import EndpointId
    from broker_core.routing.router import Route

    from .queues import MessageQueue, Overflow
    from .tls import TlsCredentials

__all__ = ["Counters", "Hub", "worth_telling"]

_DATA = MessageKind.DATA


@dataclass(slots=True)
class Counters:
    """Messages since the endpoint started. Drops of one peer or subscriber are counted at its queue."""

    published: int = 0
    received: int = 0
    delivered: int = 0
    forwarded: int = 0
    ttl_expired: int = 0
    skipped: int = 0
    dropped: int = 0
    """By queues that are gone; add those of the living ones."""


class Hub:
    """Everything of an endpoint that is not a task."""

    def __init__(
        self,
        own_id: EndpointId,
        *,
        forward: bool,
        ttl: int,
        limits: Limits,
        overflow: Overflow,
        credentials: TlsCredentials | None = None,
    ) -> None:
        self.own_id = own_id
        self.forward = forward
        self.ttl = ttl
        self.limits = limits
        self.overflow = overflow
        self.credentials = credentials
        self.router: Router[MessageQueue[Message], Peer] = Router(own_id, cache_size=limits.topic_cache)
        self.registry: PeerRegistry[Any] = PeerRegistry()
        self.own_filter = OwnFilter()
        self.frames = FrameWriter(own_id, limits)
        self.counters = Counters()
        self.status_queues: dict[MessageQueue[Status | ErrorNotice], bool] = {}
        """Queues of status subscribers, and whether each wants statuses besides errors."""
        self.commands: dict[str, Callable[[Message], Awaitable[None]]] = {}
        """The masters and clones that live here: the topic of each, and what takes its commands."""
        self.undelivered: dict[str, int] = {}
        """Peers that were lost with published messages unconfirmed, and how many."""
        self.changed = trio.Event()
        """Set and replaced whenever a peer comes, goes, or announces another filter."""

    # -- publishing ---------------------------------------------------------------------------------------------

    def outgoing(self, topic: str, value: Any) -> tuple[Route[MessageQueue[Message], Peer], Message]:
        """The receivers of a new message, and the message. Raises :class:`InvalidValue`."""
        value = value.value if isinstance(value, ZeekMessage) else to_value(value)
        # A topic that has a route was checked when it got it.
        route = self.router.known.get(topic) or self.router.route(check_topic(topic))
        return route, Message(topic, value, sender=self.own_id, ttl=self.ttl)

    async def publish(self, topic: str, value: Any) -> int:
        """Hand a new message to every peer that wants it, waiting where a full queue says so; how many those are."""
        route, message = self.outgoing(topic, value)
        await self.send(route, message)
        return len(route.peers)

    async def send(self, route: Route[MessageQueue[Message], Peer], message: Message) -> None:
        """What :meth:`publish` does with the result of :meth:`outgoing`."""
        self.counters.published += 1
        if route.peers:
            for peer in route.peers:
                peer.published += 1
            full = self._offer(message, route.peers, self.ttl)
            if full:
                await _put_all(full)

    def publish_nowait(self, topic: str, value: Any) -> int:
        """As :meth:`publish`; trio.WouldBlock, with nothing sent, when that would have to wait."""
        route, message = self.outgoing(topic, value)
        for peer in route.peers:
            queue = peer.queue
            if queue.full and queue.policy == "block" and not queue.stalled and not queue.closed:
                raise trio.WouldBlock
        self.counters.published += 1
        for peer in route.peers:
            peer.published += 1
        for queue, _ in self._offer(message, route.peers, self.ttl):
            queue.count_drop()  # it is stalled: waiting for it is over
        return len(route.peers)

    async def command(self, topic: str, payload: bytes, receiver: EndpointId = NIL) -> None:
        """Send a store command to the direct peer *receiver*, or (NIL) to all that want *topic*; waits as ``publish``.

        A receiver that is no peer gets nothing: channels of stores repair what did not arrive.
        """
        peers = self.router.route(topic).peers if receiver == NIL else self.router.peer_for(receiver)
        if peers:
            message = Message(
                topic, payload=payload, sender=self.own_id, receiver=receiver, kind=MessageKind.COMMAND, ttl=self.ttl
            )
            full = self._offer(message, peers, self.ttl)
            if full:
                await _put_all(full)

    def publish_locally(self, topic: str, value: Any) -> list[tuple[MessageQueue[Message], Message]]:
        """Hand *value* to the subscribers of this endpoint only, such as an event of a data store.

        Returns the queues that are full, with what to wait with there.
        """
        message = Message(topic, value, sender=self.own_id)
        return [(queue, message) for queue in self.router.route(topic).subscribers if not queue.offer(message)]

    def _offer(self, message: Message, peers: tuple[Peer, ...], ttl: int) -> list[tuple[MessageQueue[Any], Any]]:
        """Queue *message*, with *ttl* hops left, for *peers*; returns the full queues, with what to wait with there."""
        frame, full = b"", []
        for peer in peers:
            item: bytes | Message
            if type(peer) is NetworkPeer:
                item = frame = frame or self.frames.message_frame(message, ttl)
            else:
                item = message if ttl == message.ttl else message.passed_on(self.own_id, ttl)
            if not peer.queue.offer(item):
                full.append((peer.queue, item))
        return full

    # -- what peers hand over -----------------------------------------------------------------------------------

    async def receive(self, messages: list[Message], source: EndpointId) -> None:
        """Deliver and forward messages of one peer (spec native-protocol.md section 7)."""
        router, forward = self.router, self.forward
        known = router.known
        delivered = 0
        self.counters.received += len(messages)
        for message in messages:
            receiver = message.receiver
            if receiver is NIL or receiver == NIL:
                route = known.get(message.topic) or router.route(message.topic)
                subscribers = route.subscribers
                peers = route.without(source) if forward and route.peers else ()
            elif receiver == self.own_id:
                subscribers = router.route(message.topic).subscribers
                peers = ()
            else:
                subscribers = ()
                peers = router.peer_for(receiver) if forward else ()
            if message.kind is not _DATA:
                take = self.commands.get(message.topic)
                if take is not None and (receiver == NIL or receiver == self.own_id):
                    await take(message)
            elif subscribers:
                delivered += len(subscribers)
                for queue in subscribers:
                    if not queue.offer(message):
                        await queue.put(message)
            if peers:
                await self._forward(message, peers)
        self.counters.delivered += delivered

    async def _forward(self, message: Message, peers: tuple[Peer, ...]) -> None:
        if message.ttl <= 1:
            self.counters.ttl_expired += 1
            return
        self.counters.forwarded += len(peers)
        full = self._offer(message, peers, message.ttl - 1)
        if full:
            await _put_all(full)

    def filter_changed(self) -> None:
        """The peer wants other topics now."""
        self.router.filters_changed()
        self.signal_change()

    def skipped(self, peer: Peer, problem: str) -> None:
        """Something from the peer could not be read and was left out."""
        self.counters.skipped += 1
        if worth_telling(self.counters.skipped):
            text = f"skipped unreadable message {self.counters.skipped}: {problem}"
            self.notify(ErrorNotice(EC.INVALID_MESSAGE, self.info_of(peer), text))

    # -- peers come and go ----------------------------------------------------------------------------------------

    def add_peer(self, peer: Peer) -> None:
        """*peer* takes part from now on."""
        self.router.add_peer(peer)
        peer.queue.on_drop = lambda total: self._tell_drop(f"peer {peer.peer_id}", total, self.info_of(peer))
        self.notify(Status(SC.ENDPOINT_DISCOVERED, EndpointInfo(peer.peer_id, None), notices.ENDPOINT_DISCOVERED))
        self.notify(Status(SC.PEER_ADDED, self.info_of(peer), notices.PEER_ADDED))
        self.signal_change()

    def remove_peer(self, peer: Peer) -> None:
        """*peer* is gone; says how."""
        if not self.router.remove_peer(peer):
            return
        self.counters.dropped += peer.queue.dropped
        if peer.undelivered and not peer.leaving:
            name = str(peer.peer_id)
            self.undelivered[name] = self.undelivered.get(name, 0) + peer.undelivered
        info = self.info_of(peer)
        if peer.leaving:
            error = peer.lost.error if peer.lost else None
            reason = OVERFLOW if isinstance(error, RemoteProtocolError) and error.problem == OVERFLOW else ""
            self.notify(Status(SC.PEER_REMOVED, info, notices.peer_removed_because(reason)))
        else:
            self.notify(Status(SC.PEER_LOST, info, notices.PEER_LOST))
        self.notify(Status(SC.ENDPOINT_UNREACHABLE, EndpointInfo(peer.peer_id, None), notices.ENDPOINT_UNREACHABLE))
        self.signal_change()

    def signal_change(self) -> None:
        """Wake everyone who waits for peers or filters."""
        self.changed.set()
        self.changed = trio.Event()

    def info_of(self, peer: Peer) -> EndpointInfo:
        """Id and address of *peer* for notices; the retry interval is that of this side."""
        address = peer.address
        network = None if address is None else NetworkInfo(address.host, address.port, peer.retry)
        return EndpointInfo(peer.peer_id, network)

    # -- subscriptions --------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> tuple[str, ...]:
        """The filter that peers are told."""
        return self.own_filter.announced

    def want(self, added: Iterable[str], removed: Iterable[str] = ()) -> None:
        """Change the own filter, and tell all peers when that made a difference."""
        before = self.own_filter.announced
        self.own_filter.add(added)
        self.own_filter.remove(removed)
        after = self.own_filter.announced
        if after == before:
            return
        for peer in list(self.router.peers.values()):
            if isinstance(peer, NetworkPeer):
                peer.announce(after)
            elif isinstance(peer, LocalPeer):
                peer.other.filter_changed()

    # -- notices --------------------------------------------------------------------------------------------------

    def notify(self, notice: Status | ErrorNotice) -> None:
        """Queue *notice* for the status subscribers that want its kind."""
        for queue, statuses in self.status_queues.items():
            if statuses or isinstance(notice, ErrorNotice):
                queue.offer(notice)

    def unknown_peer(self, peer: EndpointId | PeerAddress) -> LocalProtocolError:
        """The error, told to status subscribers too, for a peer that there is not."""
        network = NetworkInfo(peer.host, peer.port) if isinstance(peer, PeerAddress) else None
        self.notify(ErrorNotice(EC.PEER_INVALID, EndpointInfo(NIL, network), notices.UNKNOWN_PEER))
        return LocalProtocolError(f"no peer {peer}", EC.PEER_INVALID)

    def notify_unavailable(self, address: PeerAddress | None, error: BrokerError, retry: float = 0.0) -> None:
        """An attempt to connect, or to accept, failed."""
        network = None if address is None else NetworkInfo(address.host, address.port, retry)
        reason = getattr(error, "reason", None) or str(error)
        text = f"{notices.CANNOT_CONNECT} ({reason})"
        self.notify(ErrorNotice(EC.PEER_UNAVAILABLE, EndpointInfo(NIL, network), text))

    def watch_drops(self, queue: MessageQueue[Message], topics: Callable[[], Iterable[str]]) -> None:
        """Report what *queue*, of a subscriber to *topics*, has to discard."""
        queue.on_drop = lambda total: self._tell_drop(f"subscriber to {', '.join(topics())}", total, None)

    def _tell_drop(self, name: str, total: int, info: EndpointInfo | None) -> None:
        if worth_telling(total):
            plural = "" if total == 1 else "s"
            text = f"dropped {total} message{plural} so far: full queue of {name}"
            self.notify(ErrorNotice(EC.UNSPECIFIED, info, text))


async def _put_all(full: list[tuple[MessageQueue[Any], Any]]) -> None:
    for queue, item in full:
        await queue.put(item)


def worth_telling(total: int) -> bool:
    """1, 10, 100, ...: the first of a kind is told at once, a flood does not become a flood of notices."""
    return total > 0 and str(total).strip("0") == "1"
