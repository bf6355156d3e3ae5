"""Peerings as tasks: make them, keep them, end them. Accepting is in :mod:`.listeners`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import trio

from broker_core.errors import Cause, ConfigurationError, PeeringError, PeerUnavailable, UndeliveredError

from .dialing import check_dialing
from .handshakes import RedundantPeering, dial_peer, settle
from .listeners import Listeners
from .local_peers import LocalPeer
from .network_peers import NetworkPeer
from .retry import Backoff
from .zmq_support import need_pyzmq

if TYPE_CHECKING:
    from broker_core.model.addresses import PeerAddress
    from broker_core.model.ids import EndpointId

    from .hub import Hub
    from .peers import Peer, RemotePeer
    from .tls import TlsMode

__all__ = ["ClusterServer", "Peering", "Peerings"]


class ClusterServer(Protocol):
    """What serves ZeroMQ clusters, and ends with the endpoint."""

    async def aclose(self) -> None:
        """End it. Idempotent."""


class Peering:
    """An outgoing peering that is being made or kept. ``cancel()`` ends the attempts, not a peering that exists."""

    def __init__(self, address: PeerAddress, retry: float | None) -> None:
        self.address = address
        self.retry = retry
        self.peer: Peer | None = None
        """The peer, once there is one."""
        self.error: PeeringError | None = None
        """Why the last attempt failed; None after a success."""
        self.tried = trio.Event()
        """Set when the first attempt is over, whatever came of it."""
        self.settled = trio.Event()
        """Set when the first attempt that counts is over: peered, or failed without retry."""
        self.scope = trio.CancelScope()

    def cancel(self) -> None:
        """Stop trying, now and after a loss."""
        self.scope.cancel()
        self.settled.set()


class Peerings:
    """The tasks of one endpoint's peerings, all in *nursery*."""

    def __init__(self, hub: Hub, nursery: trio.Nursery) -> None:
        self.hub = hub
        self.nursery = nursery
        self.outgoing: list[Peering] = []
        self.listeners = Listeners(hub, nursery, self._take)
        self.cluster_servers: list[ClusterServer] = []
        """What this endpoint is for ZeroMQ clusters: central brokers, sinks for logs."""
        self.closing = False

    # -- dialling -------------------------------------------------------------------------------------------------

    async def dial(self, address: PeerAddress, tls: TlsMode) -> Peer:
        """One attempt; the peering then runs on its own. Raises :class:`PeeringError`."""
        try:
            peer = await self._dial(address, tls)
        except PeeringError as error:
            existing = await self._existing(error.peer_id) if isinstance(error, RedundantPeering) else None
            if existing is None:
                self.hub.notify_unavailable(address, error)
                raise
            return existing
        if not await self._admit(peer):
            msg = "the endpoint was shut down meanwhile"
            raise trio.ClosedResourceError(msg)
        self.nursery.start_soon(self._carry, peer)
        return peer

    async def _dial(self, address: PeerAddress, tls: TlsMode) -> RemotePeer:
        """The peer at *address*, which does not take part yet. Raises :class:`PeeringError`."""
        peer: RemotePeer
        # Imports are here, and not above: programs without WebSocket and ZeroMQ start much quicker without them.
        if address.transport == "broker":
            return await dial_peer(self.hub, address, tls)
        if address.transport == "zmq":
            need_pyzmq(str(address))
            from .zmq_dialing import dial_cluster  # noqa: PLC0415

            peer = await dial_cluster(self.hub, address, tls)
        else:
            from .web_servers import dial_web  # noqa: PLC0415

            peer = await dial_web(self.hub, address, tls)
        if peer.peer_id in self.hub.router.peers:
            await peer.abandon()
            raise RedundantPeering(str(address), "a peering with this endpoint exists already", peer.peer_id)
        return peer

    async def _existing(self, peer_id: EndpointId) -> Peer | None:
        """The peering that made an attempt redundant; it may still be completing its handshake."""
        with trio.move_on_after(self.hub.limits.handshake_timeout):
            while peer_id not in self.hub.router.peers:
                await self.hub.changed.wait()
        return self.hub.router.peers.get(peer_id)

    def keep(self, address: PeerAddress, tls: TlsMode, retry: float | None) -> Peering:
        """Make a peering in the background and, with *retry* seconds, keep it until cancelled.

        Raises :class:`ConfigurationError` when *tls* cannot be done.
        """
        if address.transport == "zmq":
            need_pyzmq(str(address))
            from .zmq_dialing import check_cluster  # noqa: PLC0415  # as in _dial()

            check_cluster(self.hub.curve, address, tls)
        else:
            check_dialing(address, tls, self.hub.credentials)
        peering = Peering(address, retry)
        self.outgoing.append(peering)
        self.nursery.start_soon(self._keep, peering, tls)
        return peering

    async def _keep(self, peering: Peering, tls: TlsMode) -> None:
        try:
            with peering.scope:
                await self._attempts(peering, tls)
        finally:
            peering.tried.set()
            peering.settled.set()
            self.outgoing.remove(peering)

    async def _dial_kept(self, address: PeerAddress, tls: TlsMode) -> Peer:
        """As :meth:`dial`; files for TLS that have become unusable meanwhile may become usable again."""
        try:
            return await self.dial(address, tls)
        except ConfigurationError as error:
            reason = f"cannot use TLS any more: {error}"
            problem = PeerUnavailable(str(address), reason, cause=Cause.CONFIGURATION)
            self.hub.notify_unavailable(address, problem)
            raise problem from error

    async def _attempts(self, peering: Peering, tls: TlsMode) -> None:
        retry = peering.retry
        backoff = Backoff(retry or 1.0, self.hub.limits.retry_max)
        while not self.closing:
            try:
                peer = await self._dial_kept(peering.address, tls)
            except PeeringError as error:
                peering.error = error
                peering.tried.set()
                if retry is None:
                    return
                await trio.sleep(backoff.next())
                continue
            peering.peer, peering.error = peer, None
            peer.retry = retry or 0.0
            peering.tried.set()
            peering.settled.set()
            if retry is None:
                return
            since = trio.current_time()
            await peer.ended.wait()
            if peer.leaving or self.closing:
                return
            if trio.current_time() - since >= retry:
                backoff.reset()  # and again at once, as C++ does
            else:
                await trio.sleep(backoff.next())

    # -- running --------------------------------------------------------------------------------------------------

    async def _admit(self, peer: RemotePeer) -> bool:
        """Let *peer* take part, unless that cannot be any more; its connection is closed then."""
        if not self.closing:
            other = self.hub.router.peers.get(peer.peer_id)
            if other is not None and not isinstance(other, NetworkPeer):
                self.nursery.start_soon(other.leave)  # the same endpoint by WebSocket: its own protocol can do more
            self.hub.add_peer(peer)
            return True
        self._forget(peer)
        await peer.abandon()
        return False

    async def _take(self, peer: RemotePeer) -> None:
        """Run a peer that a listener accepted."""
        if await self._admit(peer):
            await self._carry(peer)

    async def _carry(self, peer: RemotePeer) -> None:
        if isinstance(peer, NetworkPeer):
            self.hub.registry.joined(peer.peer_id)
        try:
            await peer.run(self.hub)
        finally:
            self._forget(peer)
            self.hub.remove_peer(peer)

    def _forget(self, peer: Peer) -> None:
        if isinstance(peer, NetworkPeer):
            settle(self.hub.registry.ended(peer.peer_id, peer.attempt))

    def connect_local(self, other: Peerings) -> LocalPeer:
        """Peer two endpoints of this process. Raises :class:`ConfigurationError` when they are peered, or the same."""
        here, there = self.hub, other.hub
        if here is there or there.own_id in here.router.peers or here.own_id in there.router.peers:
            msg = f"the endpoints {here.own_id} and {there.own_id} are the same, or peered already"
            raise ConfigurationError(msg)
        outward = LocalPeer(there, limits=here.limits, overflow=here.overflow)
        inward = LocalPeer(here, limits=there.limits, overflow=there.overflow)
        for hub, peer in ((here, outward), (there, inward)):
            hub.add_peer(peer)
        self.nursery.start_soon(self._carry_local, outward, inward)
        other.nursery.start_soon(other._carry_local, inward, outward)  # the same class
        return outward

    async def _carry_local(self, peer: LocalPeer, reverse: LocalPeer) -> None:
        try:
            await peer.run(self.hub.own_id, reverse)
        finally:
            self.hub.remove_peer(peer)
            reverse.stop()

    # -- ending ---------------------------------------------------------------------------------------------------

    async def leave_all(self) -> None:
        """End every peering in an orderly way, side by side."""
        self.closing = True
        settle(self.hub.registry.start_shutdown())
        for peering in list(self.outgoing):
            peering.cancel()
        await self.listeners.close_all()
        async with trio.open_nursery() as nursery:
            for peer in list(self.hub.router.peers.values()):
                nursery.start_soon(peer.leave)

    async def flush(self, timeout: float) -> None:
        """Wait until every peer has everything; :class:`UndeliveredError` names those that have not.

        Among them are those that were lost since the last call with messages that they had not confirmed.
        """
        counts: dict[str, int] = {}

        async def one(peer: Peer) -> None:
            try:
                await peer.flush(timeout)
            except UndeliveredError as error:
                counts.update(error.counts)

        async with trio.open_nursery() as nursery:
            for peer in list(self.hub.router.peers.values()):
                nursery.start_soon(one, peer)
        for name, count in self.hub.undelivered.items():
            counts[name] = max(count, counts.get(name, 0))  # it may have ended while it was asked
        self.hub.undelivered.clear()
        if self.hub.undelivered_to_clients:
            counts["WebSocket clients that left"] = self.hub.undelivered_to_clients
            self.hub.undelivered_to_clients = 0
        if counts:
            raise UndeliveredError(counts)
