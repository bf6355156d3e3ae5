"""The endpoint of blocking programs (manual sections 2.2 and 2.5, and the C++ bindings 1.2 to 1.4).

Calls behave as in the bindings: they return None, a bool or a number, and tell status subscribers what went wrong.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self
from weakref import finalize

import trio

from broker_core import EndpointId, LocalProtocolError, PeeringError, StoreError, UndeliveredError
from broker_core.model.topics import check_topic

from .codes import Backend
from .conversion import to_broker
from .host import Host
from .options import Configuration
from .publisher import Publisher
from .status import PeerInfo
from .status_subscriber import StatusSubscriber
from .store import Store
from .store_line import StoreLine
from .subscriber import SafeSubscriber, Subscriber
from .topic import Topic, topic_text, topic_texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    import broker_core
    from broker_core import Peering

    from .topic import AnyTopic

__all__ = ["Endpoint"]

_AWAIT_PEER = 10.0
"""Seconds that :meth:`Endpoint.await_peer` waits unless told otherwise (as C++)."""

_log = logging.getLogger(__name__)


class Endpoint:
    """One participant in Broker's communication; runs as soon as it is made, for all threads, until ``shutdown``.

    ``with Endpoint() as endpoint:`` shuts it down at the end; so does the loss of the last reference, in the
    background, and the end of the program. Messages that a peer did not confirm by then are logged.
    """

    def __init__(self, config: Configuration | None = None) -> None:
        if config is None:
            config = Configuration()
        elif not isinstance(config, Configuration):
            msg = f"an Endpoint is made from a Configuration, not from {type(config).__name__}"
            raise TypeError(msg)
        self._api_version = config.options.api_version
        self._host = Host(config.endpoint_options())
        self._outbox = self._host.outbox
        self._stores: dict[str, StoreLine] = {}
        self._finalizer = finalize(self, self._host.abandon)
        self._finalizer.atexit = False  # the portal has a better way

    def __repr__(self) -> str:
        return self.node_id()

    def node_id(self) -> str:
        """The endpoint's id, a UUID."""
        return str(self._host.endpoint.id)

    # -- life -----------------------------------------------------------------------------------------------------

    def shutdown(self, timeout: float | None = None) -> None:
        """Deliver what was published, leave all peers, end all subscriptions. Idempotent.

        What subscribers have not been asked for yet can still be had. *timeout* bounds the wait in seconds
        (:class:`TimeoutError`); the shutdown then goes on in the background. Without one, only a peer that takes
        nothing at all is given up (``limits.drain_timeout``, ``limits.bye_timeout``).
        """
        self._finalizer.detach()
        self._host.shutdown(timeout)

    def is_shutdown(self) -> bool:
        """Whether it has been shut down, or its process was forked and this is the child."""
        return self._host.closing or bool(self._host.portal.unusable)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    # -- peerings -------------------------------------------------------------------------------------------------

    def listen(self, address: str = "", port: int = 0) -> int:
        """Accept peers on *address* ("" is every interface) and *port* (0: any free one).

        Returns the port, or 0 when it cannot be had; the reason is logged.
        """
        _check_address(address, port)
        try:
            return int(self._host.call(self._host.endpoint.listen, address, port).port)
        except PeeringError as error:
            _log.warning("cannot listen: %s", error)
            return 0

    def peer(self, addr: str, port: int, retry: float = 10.0) -> bool:
        """Peer with the endpoint at *addr* and *port*, and return whether there is a new peering.

        An *addr* that starts with ``ws://`` or ``wss://`` is a WebSocket server, and with ``zmq://`` the central broker
        of a Zeek cluster on ZeroMQ, whose XSUB is at the port behind *port* unless it is named (``zmq://host:1:5``).
        One attempt is made, and a failure told to status subscribers. A peering that is lost later is made anew,
        first after *retry* seconds and then less and less often, unless *retry* is 0. False too when the two are
        peers already (True with ``api_version`` 2).
        """
        _check_address(addr, port)
        return bool(self._host.call(self._peer, addr, port, _retry(retry)))

    async def _peer(self, addr: str, port: int, retry: float | None) -> bool:
        before = set() if self._api_version > 1 else {info.id for info in self._host.endpoint.peers()}
        peering = await self._host.turns.next(self._start_peering, addr, port, retry)()
        try:
            await peering.tried.wait()
        except trio.Cancelled:
            peering.cancel()
            raise
        if peering.peer is None or peering.peer.peer_id in before:
            peering.cancel()
            return False
        return True

    async def _start_peering(self, addr: str, port: int, retry: float | None) -> Peering:
        return self._host.endpoint.peer_nowait(addr, port, retry=retry)

    def peer_nosync(self, addr: str, port: int, retry: float = 10.0) -> None:
        """As :meth:`peer`, in the background: status subscribers see what comes of it. Retries a failure too."""
        _check_address(addr, port)
        self._host.ask(self._host.start_in_turn, self._start_peering, addr, port, _retry(retry))

    def unpeer(self, addr: str, port: int) -> bool:
        """End the peering that was made with *addr* and *port*, and attempts to make it.

        What was published before is delivered first. Always True, as in the bindings; status subscribers are told
        when there was no such peering.
        """
        _check_address(addr, port)
        self._host.call(self._unpeer, addr, port)
        return True

    def unpeer_nosync(self, addr: str, port: int) -> None:
        """As :meth:`unpeer`, in the background."""
        _check_address(addr, port)
        self._host.ask(self._host.start_in_turn, self._leave_peer, addr, port)

    async def _unpeer(self, addr: str, port: int) -> None:
        await self._host.turns.next(self._leave_peer, addr, port)()

    async def _leave_peer(self, addr: str, port: int) -> None:
        await self._host.outbox.flush()
        try:
            await self._host.endpoint.unpeer(addr, port)
        except UndeliveredError as error:
            _log.warning("ending the peering with %s:%d: %s", addr, port, error)
        except LocalProtocolError:
            pass  # status subscribers know

    def peers(self) -> list[PeerInfo]:
        """The peers of this moment."""
        return [PeerInfo.of(info) for info in self._host.ask(self._host.endpoint.peers)]

    def peer_subscriptions(self) -> list[Topic]:
        """What the peers of this moment have subscribed to."""
        infos = self._host.ask(self._host.endpoint.peers)
        return [Topic(text) for text in sorted({text for info in infos for text in info.filter})]

    def await_peer(self, node: str, timeout: float = _AWAIT_PEER) -> bool:
        """Wait at most *timeout* seconds for a peering with the endpoint whose id is *node*; whether there is one."""
        try:
            self._host.call(self._host.endpoint.await_peer, EndpointId.parse(node), timeout=timeout)
        except TimeoutError:
            return False
        return True

    def forward(self, topics: AnyTopic | Iterable[AnyTopic]) -> None:
        """Receive messages on *topics* only to pass them on to other peers (manual 2.2.2)."""
        self._host.ask(self._host.endpoint.forward, topic_texts(topics))

    # -- messages -------------------------------------------------------------------------------------------------

    def publish(self, topic: AnyTopic, data: object) -> None:
        """Send *data*, any value or a Zeek event, to the subscribers of *topic* at all peers.

        Returns at once, unless ``limits.outbox`` messages wait already. Raises :class:`TypeError` or
        :class:`InvalidValue` for what cannot be sent, :class:`LocalProtocolError` after the shutdown, and
        :class:`TimeoutError` when the outbox was full for ``limits.block_timeout`` seconds.
        """
        self._outbox.put(check_topic(topic_text(topic)), to_broker(data))

    def publish_batch(self, *batch: tuple[AnyTopic, object]) -> None:
        """Publish several pairs of topic and value, in order. All are checked before the first is sent."""
        for topic, value in [(check_topic(topic_text(topic)), to_broker(data)) for topic, data in batch]:
            self._outbox.put(topic, value)

    def make_publisher(self, topic: AnyTopic) -> Publisher:
        """A publisher for many values on *topic*."""
        return Publisher(self._host, check_topic(topic_text(topic)))

    def make_subscriber(self, topics: AnyTopic | Iterable[AnyTopic], qsize: int | None = None) -> Subscriber:
        """Messages on topics that start with one of *topics* ("" is everything).

        Beyond *qsize* of them on either side of the thread border (default ``limits.subscriber_queue``), peers are
        slowed down.
        """
        return Subscriber(self._host, topics, qsize)

    def make_safe_subscriber(self, topics: AnyTopic | Iterable[AnyTopic], qsize: int | None = None) -> SafeSubscriber:
        """As :meth:`make_subscriber`, with values that can all be members of sets and keys of dicts."""
        return SafeSubscriber(self._host, topics, qsize)

    def make_status_subscriber(self, receive_statuses: bool = False) -> StatusSubscriber:
        """Errors of this endpoint and, on request, changes of its peerings."""
        return StatusSubscriber(self._host, receive_statuses=receive_statuses, api_version=self._api_version)

    # -- data stores ----------------------------------------------------------------------------------------------

    def attach_master(
        self,
        name: str,
        type: Backend | None = None,  # noqa: A002  # as in C++
        opts: Mapping[str, object] | None = None,
    ) -> Store | None:
        """Serve the data store *name* (manual 2.4.2), by default from memory; *opts*: at least the ``path`` of others.

        A master that this endpoint has already is given again, whatever *type* and *opts*. None when a peer has it, or
        the database cannot be opened; the reason is logged.
        """
        if type is not None and not isinstance(type, Backend):
            msg = f"the type of a master is a Backend, not {type!r}"
            raise TypeError(msg)
        kind = (Backend.Memory if type is None else type).kind
        options = {key: to_broker(value) for key, value in (opts or {}).items()}
        return self._attach("master", self._host.endpoint.attach_master, name, kind, options)

    def attach_clone(
        self,
        name: str,
        resync_interval: float = 10.0,
        stale_interval: float = 300.0,
        mutation_buffer_interval: float = 120.0,
    ) -> Store | None:
        """Follow the data store *name*, whose master is or will be at a direct peer. Intervals are in seconds.

        A clone that this endpoint has already is given again. None when it has the master; the reason is logged.
        """
        intervals = (resync_interval, stale_interval, mutation_buffer_interval)
        return self._attach("clone", self._host.endpoint.attach_clone, name, *intervals)

    def _attach(
        self, role: str, attach: Callable[..., Awaitable[broker_core.Store]], name: str, *args: Any
    ) -> Store | None:
        host, known = self._host, self._stores.get(name)
        if known is not None and known.store.role == role and not known.store.closed:
            return Store(known)
        try:
            store = host.call(attach, name, *args)
        except StoreError as error:
            _log.warning("no store attached: %s", error)
            return None
        line = StoreLine(host.portal, store, host.limits, patient=self._api_version > 1)
        host.ask(host.stores.add, line)  # what is still on its way when the endpoint ends
        self._stores[name] = line
        return Store(line)


def _check_address(address: str, port: int) -> None:
    if not isinstance(address, str):
        msg = f"an address is a str, not {type(address).__name__}"
        raise TypeError(msg)
    if not isinstance(port, int) or not 0 <= port <= 0xFFFF:
        msg = f"a port is an int from 0 to 65535, not {port!r}"
        raise TypeError(msg)


def _retry(seconds: float) -> float | None:
    if not isinstance(seconds, int | float):
        msg = f"retry is a number of seconds, not {type(seconds).__name__}"
        raise TypeError(msg)
    return seconds if seconds > 0 else None
