"""The endpoint: what a program holds to take part in Broker's communication (manual section 2.2)."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any, Self

import trio

from broker_core.errors import ConfigurationError, LocalProtocolError, UndeliveredError
from broker_core.messages.envelopes import Message
from broker_core.model.addresses import PeerAddress
from broker_core.model.ids import EndpointId
from broker_core.model.topics import check_topic
from broker_core.routing.access import WebAccess
from broker_core.runtime.hub import Hub
from broker_core.runtime.peerings import Peering, Peerings
from broker_core.runtime.peers import RemotePeer
from broker_core.runtime.stores import Stores
from broker_core.runtime.tls import TlsMode, check_tls_mode
from broker_core.runtime.web_options import WebServerOptions, WebStyle

from .cluster_serving import ClusterServing
from .options import EndpointOptions
from .publisher import CHECKPOINT_EVERY, Publisher
from .statistics import statistics_of
from .store import Store
from .subscriber import StatusSubscriber, Subscriber, Worker, topic_list

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping

    from broker_core.runtime.http_server import HttpListener
    from broker_core.runtime.listeners import Listener
    from broker_core.runtime.peers import Peer, PeerInfo
    from broker_core.runtime.queues import Overflow
    from broker_core.runtime.store_base import StoreInfo
    from broker_core.stores.options import BackendKind

    from .statistics import Statistics

__all__ = ["Endpoint"]


class Endpoint(ClusterServing):
    """One participant. ``async with Endpoint() as endpoint:`` starts it and, at the end, shuts it down.

    All methods are for the trio task tree it was started in. When the block ends without an error, messages
    that no peer confirmed raise :class:`UndeliveredError`.
    """

    def __init__(self, options: EndpointOptions | None = None) -> None:
        self.options = options or EndpointOptions()
        self.id = self.options.id or EndpointId.from_random(os.urandom(16))
        self._hub = Hub(
            self.id,
            forward=self.options.forward,
            ttl=self.options.ttl,
            limits=self.options.limits,
            overflow=self.options.peer_overflow,
            credentials=self.options.credentials,
            token=self.options.token,
            curve=self.options.curve,
            web_zone=self.options.web_zone,
            application=self.options.application,
        )
        self._nursery_manager = trio.open_nursery()
        self._peerings: Peerings | None = None
        self._stores: Stores | None = None
        self._closed = False
        self._status_listeners: list[HttpListener] = []
        self._since_checkpoint = 0

    def __repr__(self) -> str:
        return f"<Endpoint {self.id} with {len(self._hub.router.peers)} peers>"

    # -- life -----------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._peerings is not None:
            msg = "an endpoint is started only once"
            raise LocalProtocolError(msg)
        nursery = await self._nursery_manager.__aenter__()
        self._peerings = Peerings(self._hub, nursery)
        self._stores = Stores(self._hub, nursery)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        absorbed: bool | None = False
        is_cancelled = isinstance(error, trio.Cancelled)
        undelivered: UndeliveredError | None = None
        try:
            await self.shutdown()  # noqa: ASYNC102  # who is cancelled does not stay to say goodbye
        except UndeliveredError as problem:
            undelivered = problem
        finally:
            if self._peerings is not None:
                self._peerings.nursery.cancel_scope.cancel()
            # The nursery takes a cancellation of its own back. Any other error of the block is not its business:
            # kept from it, it reaches the caller as it is, not in an exception group.
            cancelled: Any = (kind, error, trace) if is_cancelled else (None, None, None)
            try:
                absorbed = await self._nursery_manager.__aexit__(*cancelled)  # noqa: ASYNC102  # all are cancelled
            except BaseExceptionGroup as group:
                if len(group.exceptions) == 1:
                    raise group.exceptions[0] from None  # noqa: ASYNC123  # what a worker's handler raised
                raise
        if undelivered is not None and kind is None:
            raise undelivered
        return bool(is_cancelled and absorbed)

    async def shutdown(self, timeout: float | None = None) -> None:
        """Deliver what was published, say BYE to all peers, and end all peerings and subscriptions. Idempotent.

        Every message that was published to a peer is confirmed by it when this returns; otherwise
        :class:`UndeliveredError` says how many were not, after everything is closed. *timeout* bounds the whole
        in seconds; without it, only a peer that takes nothing at all (limits.drain_timeout), or does not answer
        BYE (limits.bye_timeout), is given up.
        """
        if self._closed:
            return
        self._closed = True
        lost: dict[str, int] = {}
        if self._peerings is not None and self._stores is not None:
            # Clients of a WebSocket server come and go as they like; they are served, but not answered for.
            peers = [peer for peer in self._hub.router.peers.values() if not peer.edge]
            try:
                with trio.move_on_after(float("inf") if timeout is None else timeout):
                    await self._stores.close_all()
                    await self._peerings.leave_all()
            finally:
                for server in self._peerings.cluster_servers:
                    await server.aclose()  # noqa: ASYNC102  # it waits for nobody
            lost = self._hub.undelivered | {str(peer.peer_id): peer.undelivered for peer in peers if peer.undelivered}
        for listener in self._status_listeners:
            await listener.aclose()
        for messages in self._hub.router.subscribers():
            messages.close()
        for notices in self._hub.status_queues:
            notices.close()
        if lost:
            raise UndeliveredError(lost)

    def _running(self) -> Peerings:
        if self._peerings is None:
            msg = "the endpoint is not started: use `async with Endpoint() as endpoint:`"
            raise LocalProtocolError(msg)
        if self._closed:
            msg = "the endpoint is shut down"
            raise trio.ClosedResourceError(msg)
        return self._peerings

    # -- peerings -------------------------------------------------------------------------------------------------

    async def listen(self, host: str = "127.0.0.1", port: int = 0, *, tls: TlsMode | None = None) -> Listener:
        """Accept peers on *host* ("" is every interface) and *port* (0: any free one; see ``.port``).

        *tls*: "anon" is Broker's certificate-less TLS, "verify" asks for certificates, "off" is plain TCP, and "auto"
        takes TLS and plain TCP on one port. None does as the endpoint's option says, which is TLS for "auto". Raises
        :class:`PeerUnavailable` when the port cannot be had, :class:`ConfigurationError` when the TLS cannot be done.
        """
        return await self._running().listeners.listen(host, port, self._listening_mode(tls))

    async def listen_web(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: TlsMode | None = None,
        style: WebStyle = "broker",
        access: WebAccess | None = None,
        overflow: Overflow = "disconnect",
    ) -> Listener:
        """Serve WebSocket clients (JSON v1, path /v1/messages/json) on *host* and *port*, as :meth:`listen` does peers.

        What a client publishes goes to all peers and local subscribers, and it gets what this endpoint publishes and
        what arrives here on its topics, whether the endpoint forwards between peers or not. *style* says whose answers
        it gets: those of Broker's old server, or of Zeek's own. *access* says who may do what; without it everybody
        may do everything. *tls* is as for :meth:`listen`, but None takes plain TCP besides certificate-less TLS, which
        few WebSocket libraries speak. *overflow* is for a client too slow for its queue (limits.web_client_queue).
        """
        options = WebServerOptions(style=style, access=access or WebAccess(), overflow=overflow)
        mode = self._listening_mode(tls)
        if tls is None and mode == "anon" and self.options.tls == "auto":
            mode = "auto"
        return await self._running().listeners.listen_web(host, port, mode, options)

    def _listening_mode(self, tls: TlsMode | None) -> TlsMode:
        if tls is not None:
            return check_tls_mode(tls)
        if self.options.tls != "auto":
            return self.options.tls
        credentials = self.options.credentials
        return "verify" if credentials is not None and credentials.wanted else "anon"

    async def serve_status(
        self, host: str = "127.0.0.1", port: int = 0, *, node_name: str | None = None
    ) -> HttpListener:
        """Tell over HTTP what goes on here: ``/v1/status/json`` as C++ Broker does, ``/metrics`` for Prometheus.

        Without a word about who may read it, and until shutdown. *host* and *port* are as for :meth:`listen`;
        *node_name* is what the endpoint calls itself there, by default the environment's CLUSTER_NODE.
        """
        from .observing import serve_status  # noqa: PLC0415  # most programs serve nothing

        peerings = self._running()
        assert self._stores is not None  # noqa: S101  # made with the peerings
        listener = await serve_status(self._hub, peerings, self._stores, host, port, node_name=node_name)
        self._status_listeners.append(listener)
        return listener

    async def peer(
        self,
        address: str | PeerAddress | Endpoint,
        port: int | None = None,
        *,
        retry: float | None = None,
        tls: TlsMode | None = None,
        timeout: float | None = None,
    ) -> PeerInfo:
        """Peer with the endpoint at *address* ("host", "host:port", "broker://host:port"), or one of this process.

        An address that starts with ``ws://`` or ``wss://`` is a WebSocket server of a Zeek or Broker: it gets all that
        is published, is told the subscriptions, and does not know data stores. ``zmq://host:xpub:xsub`` is the central
        broker of a Zeek cluster on ZeroMQ: it gets what its nodes subscribed to, without data stores. That needs pyzmq.

        Without *retry* there is one attempt. With it there are attempts, first *retry* seconds apart and then
        less and less often, until there is a peering or the call is cancelled; and when the peering is lost, it
        is made anew in the same way. *timeout* bounds the call in seconds (trio.TooSlowError). Raises a
        :class:`PeeringError` that says what happened.
        """
        peerings = self._running()
        if isinstance(address, Endpoint):
            peer: Peer = peerings.connect_local(address._running())  # noqa: SLF001  # the same class
            await trio.lowlevel.checkpoint()
            return peer.info()
        where, mode = _where(address, port), check_tls_mode(tls or self.options.tls)
        with trio.fail_after(float("inf") if timeout is None else timeout):
            if retry is None:
                return (await peerings.dial(where, mode)).info()
            peering = peerings.keep(where, mode, retry)
            try:
                await peering.settled.wait()
            except trio.Cancelled:
                peering.cancel()
                raise
        if peering.peer is None:
            raise peering.error or trio.ClosedResourceError
        return peering.peer.info()

    def peer_nowait(
        self,
        address: str | PeerAddress,
        port: int | None = None,
        *,
        retry: float | None = 1.0,
        tls: TlsMode | None = None,
    ) -> Peering:
        """As :meth:`peer`, in the background: status subscribers see what comes of it. ``.cancel()`` ends it."""
        return self._running().keep(_where(address, port), check_tls_mode(tls or self.options.tls), retry)

    async def unpeer(self, peer: EndpointId | str, port: int | None = None) -> None:
        """End a peering, given by the peer's id, or by the host and port it was made with.

        Everything published before is delivered first; :class:`UndeliveredError` when the peer did not confirm
        it. Attempts to make the peering, or to make it anew, end too. Raises :class:`LocalProtocolError`
        (peer_invalid) when there is neither a peering nor an attempt.
        """
        peerings = self._running()
        found = self._find(peer, port)
        cancelled = False
        for peering in list(peerings.outgoing):
            same_peer = found is not None and peering.peer is found
            if same_peer or str(peering.address) == _address_text(peer, port):
                peering.cancel()
                cancelled = True
                found = found or peering.peer
        if found is None or found.ended.is_set():
            await trio.lowlevel.checkpoint()
            if cancelled:  # there were only attempts
                return
            raise self._hub.unknown_peer(peer if isinstance(peer, EndpointId) else _where(peer, port))
        await found.leave()
        if found.undelivered:
            raise UndeliveredError({str(found.peer_id): found.undelivered})

    def _find(self, peer: EndpointId | str, port: int | None) -> Peer | None:
        if isinstance(peer, EndpointId):
            return self._hub.router.peers.get(peer)
        text = _address_text(peer, port)
        return next((one for one in self._hub.router.peers.values() if str(one.address) == text), None)

    def peers(self) -> list[PeerInfo]:
        """The peers of this moment."""
        return [peer.info() for peer in self._hub.router.peers.values()]

    async def ping(self, peer: EndpointId, timeout: float = 5.0) -> float:
        """The round-trip time to *peer* in seconds, behind all that is queued for it; trio.TooSlowError.

        Raises :class:`LocalProtocolError` when there is no such peer, trio.BrokenResourceError when it is lost.
        """
        found = self._hub.router.peers.get(peer)
        if not isinstance(found, RemotePeer):
            raise self._hub.unknown_peer(peer)
        return await found.ping(timeout)

    async def wait_for_subscribers(self, topic: str, count: int = 1) -> None:
        """Wait until at least *count* peers have a subscription that *topic* matches."""
        self._running()
        await trio.lowlevel.checkpoint()
        while len(self._hub.router.route(check_topic(topic)).peers) < count:
            await self._hub.changed.wait()

    async def await_peer(self, peer: EndpointId) -> PeerInfo:
        """Wait until *peer* is a peer."""
        self._running()
        await trio.lowlevel.checkpoint()
        while peer not in self._hub.router.peers:
            await self._hub.changed.wait()
        return self._hub.router.peers[peer].info()

    # -- sending --------------------------------------------------------------------------------------------------

    async def publish(self, topic: str, value: Any) -> int:
        """Publish *value* (any Broker value, or an Event or other Zeek message) on *topic*.

        Returns to how many peers it goes: 0 means that nobody subscribed (local subscribers do not get what
        their own endpoint publishes). Waits while a peer's queue is full under the policy "block". Lets other
        tasks run every 128 calls. Raises :class:`InvalidValue` for a value or topic that cannot be sent.
        """
        if self._closed or self._peerings is None:
            self._running()
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._since_checkpoint = 0
            await trio.lowlevel.checkpoint()
        return await self._hub.publish(topic, value)

    def publish_nowait(self, topic: str, value: Any) -> int:
        """As :meth:`publish`, without waiting; trio.WouldBlock, with nothing sent, when it would have to."""
        self._running()
        return self._hub.publish_nowait(topic, value)

    async def publish_batch(self, *messages: tuple[str, Any] | Message) -> None:
        """Publish several (topic, value) pairs, in order. All are checked before the first is sent.

        A :class:`Message` instead of a pair, such as one that was received, goes out with the bytes that it has: they
        are neither decoded nor checked. Those of a file are to be checked before, with :meth:`Message.check`.
        """
        self._running()
        outgoing, copy = self._hub.outgoing, self._hub.outgoing_copy
        for route, message in [copy(one) if isinstance(one, Message) else outgoing(*one) for one in messages]:
            await self._hub.send(route, message)
        await trio.lowlevel.checkpoint()

    async def publish_message(self, message: Message, *, topic: str | None = None, ttl: int | None = None) -> int:
        """Publish a message that is there already, such as one that another endpoint received; as :meth:`publish`.

        A value that came as bytes goes on as these bytes, unread. *topic* takes the place of its own, and *ttl* is how
        many hops it may take (None: as many as a new one). Raises :class:`InvalidValue` for a command of a data store,
        :class:`EncodeError` for a value that the wire cannot carry.
        """
        if self._closed or self._peerings is None:
            self._running()
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._since_checkpoint = 0
            await trio.lowlevel.checkpoint()
        route, fresh = self._hub.outgoing_copy(message, topic, ttl)
        await self._hub.send(route, fresh)
        return len(route.peers)

    def make_publisher(self, topic: str) -> Publisher:
        """A publisher for a stream of values on *topic*."""
        self._running()
        return Publisher(self._hub, check_topic(topic))

    async def publish_all(self, topic: str, values: AsyncIterable[Any]) -> int:
        """Publish what *values* yields on *topic*, at the pace of the receivers; how many those were."""
        return await self.make_publisher(topic).publish_all(values)

    async def flush(self, timeout: float = 10.0) -> None:
        """Wait until every peer has confirmed what was published so far; :class:`UndeliveredError` after *timeout*."""
        await self._running().flush(timeout)

    # -- receiving ------------------------------------------------------------------------------------------------

    def make_subscriber(
        self, topics: str | Iterable[str], *, capacity: int | None = None, overflow: Overflow = "block"
    ) -> Subscriber:
        """Messages on topics that start with one of *topics* ("" is everything).

        At most *capacity* wait in its queue (default limits.subscriber_queue); *overflow* says what happens
        then: "block" stops reading from the peers for a while, the others discard and count.
        """
        self._running()
        size = self.options.limits.subscriber_queue if capacity is None else capacity
        if size < 1:
            msg = f"a subscriber's capacity is at least 1, not {size}"
            raise ConfigurationError(msg)
        return Subscriber(self._hub, topic_list(topics), size, overflow)

    def make_status_subscriber(self, receive_statuses: bool = False) -> StatusSubscriber:  # as in the manual
        """Errors of this endpoint and, on request, changes of its peerings (manual 2.2.1, *Status ... Messages*)."""
        self._running()
        return StatusSubscriber(self._hub, receive_statuses=receive_statuses)

    def subscribe(
        self,
        topics: str | Iterable[str],
        handler: Callable[[Message], Awaitable[None] | None],
        *,
        overflow: Overflow = "block",
    ) -> Worker:
        """Call *handler*, a plain or an async function, for each message on *topics*, in a background task.

        One call at a time, in order. An exception of the handler ends the endpoint's block with it.
        """
        peerings = self._running()
        worker = Worker(self.make_subscriber(topics, overflow=overflow), trio.CancelScope())

        async def work() -> None:
            with worker.scope:
                async for message in worker.subscriber:
                    result = handler(message)
                    if inspect.isawaitable(result):
                        await result
                    else:
                        await trio.lowlevel.checkpoint_if_cancelled()

        peerings.nursery.start_soon(work)
        return worker

    def forward(self, topics: str | Iterable[str]) -> None:
        """Receive messages on *topics* only to pass them on to other peers (manual 2.2.2)."""
        self._running()
        self._hub.want([check_topic(topic, empty=True) for topic in topic_list(topics)])

    # -- data stores ----------------------------------------------------------------------------------------------

    async def attach_master(
        self, name: str, backend: BackendKind = "memory", options: Mapping[str, Any] | None = None
    ) -> Store:
        """Serve the data store *name* to clones, with its entries in *backend* (manual 2.4.2, *Construction*).

        *options* of "sqlite" and "rocksdb": at least the ``path``; see ``broker_core.stores.options``. Raises
        :class:`MasterExists` when a direct peer or this endpoint has a store of that name,
        :class:`BackendFailure` when the database cannot be opened.
        """
        self._running()
        assert self._stores is not None  # noqa: S101  # made with the peerings
        return Store(self._stores, await self._stores.attach_master(name, backend, options))

    async def attach_clone(
        self,
        name: str,
        resync_interval: float = 10.0,
        stale_interval: float | None = 300.0,
        mutation_buffer_interval: float = 120.0,
    ) -> Store:
        """Follow the data store *name*, whose master is or will be at a direct peer; does not wait for it.

        All intervals are in seconds. *resync_interval*: the longest pause between two attempts to find a master.
        *stale_interval*: how long after a loss of the master reads still work (None or negative: for ever).
        *mutation_buffer_interval*: how long writes are kept while there is no master. The clone that is already
        there is returned again. Raises :class:`NoSuchMaster` when this endpoint has the master itself.
        """
        self._running()
        assert self._stores is not None  # noqa: S101  # made with the peerings
        live = await self._stores.attach_clone(name, resync_interval, stale_interval, mutation_buffer_interval)
        return Store(self._stores, live)

    def stores(self) -> list[StoreInfo]:
        """The data stores of this endpoint."""
        return [] if self._stores is None else [live.info() for live in self._stores.open.values()]

    # -- looking --------------------------------------------------------------------------------------------------

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that this endpoint announces to its peers."""
        return self._hub.own_filter.announced

    def statistics(self) -> Statistics:
        """All counts, as of now."""
        return statistics_of(self._hub)


def _where(address: str | PeerAddress, port: int | None) -> PeerAddress:
    if isinstance(address, PeerAddress):
        return address
    if port is None or "://" in address:
        parsed = PeerAddress.parse(address)
        return parsed if port is None else parsed._replace(port=port)
    return PeerAddress(address.strip("[]"), port)


def _address_text(peer: EndpointId | str, port: int | None) -> str:
    return str(peer) if isinstance(peer, EndpointId) else str(_where(peer, port))
