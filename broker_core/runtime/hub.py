"""The meeting point: what is published here or arrives from a peer leaves for subscribers and other peers.

The hub owns the router, the peers and the counters. Decisions come from the router and the registry; the hub
acts on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import (
    EC,
    SC,
    BrokerError,
    CodecError,
    InvalidValue,
    LocalProtocolError,
    RemoteProtocolError,
)
from broker_core.messages import notices
from broker_core.messages.binary_wire import FrameWriter
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.notices import EndpointInfo, ErrorNotice, NetworkInfo, Status
from broker_core.messages.zeek import ZeekMessage
from broker_core.model.addresses import PeerAddress
from broker_core.model.ids import NIL
from broker_core.model.native import to_value
from broker_core.model.topics import ERRORS_TOPIC, STATUSES_TOPIC, check_topic
from broker_core.protocol.registry import PeerRegistry
from broker_core.routing.filters import OwnFilter
from broker_core.routing.router import Router

from .local_peers import LocalPeer
from .network_peers import NetworkPeer
from .peers import OVERFLOW, Peer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from broker_core.limits import Limits
    from broker_core.model.ids import EndpointId
    from broker_core.routing.router import Route

    from .curve import CurveKeys
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
    commands: int = 0
    """Of received: commands of data stores that were handed on."""
    processed: int = 0
    """Of received: data messages that were handed on."""
    routing_updates: int = 0
    """Filters that peers announced anew."""
    peers_added: int = 0
    """Peerings that came about."""
    peers_lost: int = 0
    """Peerings that ended although this side did not want it."""
    overflow_disconnects: int = 0
    """Peerings that ended because the peer was too slow for its queue."""
    failed_attempts: int = 0
    """Connections, of either side, that did not become peerings."""
    refused: int = 0
    """Errors that WebSocket servers reported, nearly always about a message of this side."""
    denied: int = 0
    """Messages of WebSocket clients on topics that are not open to them."""
    pings: int = 0
    pongs: int = 0
    """By peers that are gone; add those of the living ones."""


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
        token: str | None = None,
        curve: CurveKeys | None = None,
        web_zone: tzinfo = UTC,
        application: str = "",
    ) -> None:
        self.own_id = own_id
        self.forward = forward
        self.ttl = ttl
        self.limits = limits
        self.overflow = overflow
        self.credentials = credentials
        self.token = token
        self.curve = curve
        self.web_zone = web_zone
        self.application = application
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
        self.undelivered_to_clients = 0
        """How many WebSocket clients have left unconfirmed: flush tells, but not shutdown, as they come and go."""
        self.web_clients = 0
        """How many there have been."""
        self.last_frame: tuple[Message | None, bytes] = (None, b"")
        """What was last sent to WebSocket clients, which all get the same frame."""
        self.changed = trio.Event()
        """Set and replaced whenever a peer comes, goes, or announces another filter."""

    # -- publishing ---------------------------------------------------------------------------------------------

    def outgoing(self, topic: str, value: Any) -> tuple[Route[MessageQueue[Message], Peer], Message]:
        """The receivers of a new message, and the message. Raises :class:`InvalidValue`."""
        value = value.value if isinstance(value, ZeekMessage) else to_value(value)
        # A topic that has a route was checked when it got it.
        route = self.router.known.get(topic) or self.router.route(check_topic(topic))
        return route, Message(topic, value, sender=self.own_id, ttl=self.ttl)

    def outgoing_copy(
        self, message: Message, topic: str | None = None, ttl: int | None = None
    ) -> tuple[Route[MessageQueue[Message], Peer], Message]:
        """As :meth:`outgoing`, for a message that exists: if it has bytes, these are sent, whatever they hold.

        *topic* takes the place of its own; *ttl* is how many hops it may take, None: as many as a new one.
        """
        if message.kind is not _DATA:
            foreign = message.kind is MessageKind.FOREIGN
            what = "a message in another format than Broker's" if foreign else "a command of a data store"
            msg = f"{what} cannot be published"
            raise InvalidValue(msg)
        fresh = message.published_anew(self.own_id, self.ttl if ttl is None else ttl)
        if not message.is_encoded:
            fresh = Message(fresh.topic, to_value(message.value), sender=self.own_id, ttl=fresh.ttl)
        if topic is not None:
            fresh.topic = topic
        topic = fresh.topic
        return self.router.known.get(topic) or self.router.route(check_topic(topic)), fresh

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
            full = self._offer(message, route.peers, message.ttl)
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

    def publish_locally(self, topic: str, value: Any) -> list[tuple[MessageQueue[Any], Any]]:
        """Hand *value* to the subscribers and WebSocket clients of this endpoint only, such as an event of a store.

        Returns the queues that are full, with what to wait with there.
        """
        message, route = Message(topic, value, sender=self.own_id), self.router.route(topic)
        full: list[tuple[MessageQueue[Any], Any]] = [
            (queue, message) for queue in route.subscribers if not queue.offer(message)
        ]
        return full + self._offer(message, route.edges, self.ttl) if route.edges else full

    def _offer(self, message: Message, peers: tuple[Peer, ...], ttl: int) -> list[tuple[MessageQueue[Any], Any]]:
        """Queue *message*, with *ttl* hops left, for *peers*; returns the full queues, with what to wait with there."""
        frame, full = b"", []
        for peer in peers:
            item: Any
            if type(peer) is NetworkPeer:
                item = frame = frame or self.frames.message_frame(message, ttl)
            elif type(peer) is LocalPeer:
                item = message if ttl == message.ttl else message.passed_on(self.own_id, ttl)
            else:
                item = self._rendered(message, peer)
            if item is not None and not peer.queue.offer(item):
                full.append((peer.queue, item))
        return full

    def _rendered(self, message: Message, peer: Peer) -> Any:
        """*message* for a peer of a kind of its own; None when it has no form there. Commands of stores never have."""
        if message.kind is not _DATA:
            return None
        try:
            return peer.render(message)
        except CodecError as error:
            peer.queue.dropped += 1  # and this is told at once, not as what slowness does
            text = f"a message on {message.topic} {peer.unfit}: {error}"
            self.notify(ErrorNotice(EC.SERIALIZATION_FAILED, self.info_of(peer), text))
            return None

    # -- what peers hand over -----------------------------------------------------------------------------------

    async def receive(self, messages: list[Message], source: EndpointId, *, edge: bool = False) -> None:
        """Deliver and forward messages of one peer (spec native-protocol.md section 7).

        What clients of this endpoint send (*edge*) goes to everybody, and they get what comes from others, whether
        it forwards or not.
        """
        router, forward = self.router, self.forward or edge
        known = router.known
        delivered = commands = 0
        self.counters.received += len(messages)
        for message in messages:
            receiver = message.receiver
            if receiver is NIL or receiver == NIL:
                route = known.get(message.topic) or router.route(message.topic)
                subscribers = route.subscribers
                peers = (route.without(source) if forward else route.edges) if route.peers else ()
            elif receiver == self.own_id:
                subscribers = router.route(message.topic).subscribers
                peers = ()
            else:
                subscribers = ()
                peers = router.peer_for(receiver) if forward else ()
            if message.kind is not _DATA:
                if message.kind is MessageKind.FOREIGN:
                    peers = ()  # they could not tell what is in it
                else:
                    subscribers = ()
                    commands += 1
                    take = self.commands.get(message.topic)
                    if take is not None and (receiver == NIL or receiver == self.own_id):
                        await take(message)
            if subscribers:
                delivered += len(subscribers)
                for queue in subscribers:
                    if not queue.offer(message):
                        await queue.put(message)
            if peers:
                await self._forward(message, peers)
        self.counters.delivered += delivered
        self.counters.commands += commands
        self.counters.processed += len(messages) - commands

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
        self.counters.routing_updates += 1
        self.router.filters_changed()
        self.signal_change()

    def skipped(self, peer: Peer, problem: str) -> None:
        """Something from the peer could not be read and was left out."""
        self.counters.skipped += 1
        if worth_telling(self.counters.skipped):
            text = f"skipped unreadable message {self.counters.skipped}: {problem}"
            self.notify(ErrorNotice(EC.INVALID_MESSAGE, self.info_of(peer), text))

    def server_error(self, peer: Peer, code: str, context: str) -> None:
        """A WebSocket server reported an error, which is passed on as it is."""
        self.counters.refused += 1
        known = EC.__members__.get(code.upper(), EC.UNSPECIFIED)
        self.notify(ErrorNotice(known, self.info_of(peer), f"{code}: {context}"))

    def denied(self, peer: Peer, problem: str) -> None:
        """A WebSocket client tried to publish what is not open to it."""
        self.counters.denied += 1
        if worth_telling(self.counters.denied):
            self.notify(ErrorNotice(EC.INVALID_TOPIC_KEY, self.info_of(peer), problem))

    # -- peers come and go ----------------------------------------------------------------------------------------

    def add_peer(self, peer: Peer) -> None:
        """*peer* takes part from now on."""
        self.counters.peers_added += 1
        if peer.edge:
            self.want(peer.filter)
        self.router.add_peer(peer)
        peer.queue.on_drop = lambda total: self._tell_drop(f"peer {peer.peer_id}", total, self.info_of(peer))
        self.notify(Status(SC.ENDPOINT_DISCOVERED, EndpointInfo(peer.peer_id, None), notices.ENDPOINT_DISCOVERED))
        self.notify(Status(SC.PEER_ADDED, self.info_of(peer), notices.PEER_ADDED))
        self.signal_change()

    def remove_peer(self, peer: Peer) -> None:
        """*peer* is gone; says how."""
        if not self.router.remove_peer(peer):
            return
        if peer.edge:
            self.want((), peer.filter)
        self.counters.dropped += peer.queue.dropped + peer.missed
        self.counters.pings += peer.pings
        self.counters.pongs += peer.pongs
        if peer.undelivered and not peer.leaving:
            if peer.edge:
                self.undelivered_to_clients += peer.undelivered
            else:
                name = str(peer.peer_id)
                self.undelivered[name] = self.undelivered.get(name, 0) + peer.undelivered
        info = self.info_of(peer)
        if peer.leaving:
            error = peer.lost.error if peer.lost else None
            reason = OVERFLOW if isinstance(error, RemoteProtocolError) and error.problem == OVERFLOW else ""
            self.counters.overflow_disconnects += bool(reason)
            self.notify(Status(SC.PEER_REMOVED, info, notices.peer_removed_because(reason)))
        else:
            self.counters.peers_lost += 1
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

    def want(self, added: Iterable[str], removed: Iterable[str] = (), *, at_once: bool = True) -> None:
        """Change the own filter, and tell all peers when that made a difference.

        Not *at_once*: without those that it costs a new connection to tell, which hear of it with the next change.
        """
        before = self.own_filter.announced
        self.own_filter.add(added)
        self.own_filter.remove(removed)
        after = self.own_filter.announced
        if after == before:
            return
        for peer in list(self.router.peers.values()):
            peer.tell_wanted(after, at_once=at_once)

    # -- notices --------------------------------------------------------------------------------------------------

    def notify(self, notice: Status | ErrorNotice) -> None:
        """Queue *notice* for the status subscribers that want its kind, and for WebSocket clients (spec 15)."""
        is_error = isinstance(notice, ErrorNotice)
        for queue, statuses in self.status_queues.items():
            if statuses or is_error:
                queue.offer(notice)
        edges = self.router.route(ERRORS_TOPIC if is_error else STATUSES_TOPIC).edges
        if edges:
            value = notice.to_value()
            message = Message(ERRORS_TOPIC if is_error else STATUSES_TOPIC, value, sender=self.own_id)
            for queue, _ in self._offer(message, edges, self.ttl):
                queue.count_drop()  # to wait is not possible here

    def unknown_peer(self, peer: EndpointId | PeerAddress) -> LocalProtocolError:
        """The error, told to status subscribers too, for a peer that there is not."""
        network = NetworkInfo(peer.host, peer.port) if isinstance(peer, PeerAddress) else None
        self.notify(ErrorNotice(EC.PEER_INVALID, EndpointInfo(NIL, network), notices.UNKNOWN_PEER))
        return LocalProtocolError(f"no peer {peer}", EC.PEER_INVALID)

    def notify_unavailable(self, address: PeerAddress | None, error: BrokerError, retry: float = 0.0) -> None:
        """An attempt to connect, or to accept, failed."""
        self.counters.failed_attempts += 1
        network = None if address is None else NetworkInfo(address.host, address.port, retry)
        reason = getattr(error, "reason", None) or str(error)
        text = f"{notices.CANNOT_CONNECT} ({reason})"
        self.notify(ErrorNotice(EC.PEER_UNAVAILABLE, EndpointInfo(NIL, network), text))

    def watch_drops(self, queue: MessageQueue[Message], topics: Callable[[], Iterable[str]]) -> None:
        """Report what *queue*, of a subscriber to *topics*, has to discard."""
        queue.on_drop = lambda total: self._tell_drop(f"subscriber to {', '.join(topics())}", total, None)

    def missed(self, peer: Peer, total: int) -> None:
        """So many messages of the peer were dropped before they reached any subscriber."""
        if worth_telling(total):
            text = f"dropped {total} received message{'' if total == 1 else 's'} so far: the subscribers are too slow"
            self.notify(ErrorNotice(EC.UNSPECIFIED, self.info_of(peer), text))

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
