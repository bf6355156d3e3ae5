"""Peerings as tasks: accept them, make them, keep them, end them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_core.errors import ConfigurationError, PeeringError, PeerRefused, UndeliveredError
from broker_core.model.addresses import PeerAddress

from .handshakes import RedundantPeering, accept_peer, dial_peer, settle
from .local_peers import LocalPeer
from .retry import Backoff
from .streams import accepted, open_listeners

if TYPE_CHECKING:
    from broker_core.model.ids import EndpointId

    from .hub import Hub
    from .peers import NetworkPeer, Peer
    from .tls import TlsMode

__all__ = ["Listener", "Peering", "Peerings"]


class Listener:
    """A port that accepts peers. *port* is the real one, also when any was asked for."""

    def __init__(self, address: PeerAddress, tls: TlsMode, scope: trio.CancelScope) -> None:
        self.address = address
        self.tls = tls
        self._scope = scope

    @property
    def port(self) -> int:
        """The port number."""
        return self.address.port

    async def aclose(self) -> None:
        """Accept no more; peerings that exist go on."""
        self._scope.cancel()
        await trio.lowlevel.checkpoint()


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
        self._welcoming: set[trio.CancelScope] = set()
        self.outgoing: list[Peering] = []
        self.listeners: list[Listener] = []
        self.closing = False

    # -- accepting ------------------------------------------------------------------------------------------------

    async def listen(self, host: str, port: int, tls: TlsMode) -> Listener:
        """Accept peers on *host* and *port* from now on. Raises :class:`PeerUnavailable`."""
        sockets = await open_listeners(host, port)
        name = sockets[0].socket.getsockname()
        scope = trio.CancelScope()
        listener = Listener(PeerAddress(host or str(name[0]), int(name[1])), tls, scope)
        self.listeners.append(listener)

        async def serve() -> None:
            async with trio.open_nursery() as nursery:
                for socket in sockets:
                    nursery.start_soon(self._accept, socket, tls)

        async def run() -> None:
            try:
                with scope:
                    await serve()
            finally:
                self.listeners.remove(listener)

        self.nursery.start_soon(run)
        return listener

    async def _accept(self, listener: trio.SocketListener, tls: TlsMode) -> None:
        async def welcome(stream: trio.SocketStream) -> None:
            await self._welcome(stream, tls)

        await trio.serve_listeners(welcome, [listener], handler_nursery=self.nursery)

    async def _welcome(self, stream: trio.SocketStream, tls: TlsMode) -> None:
        connection = accepted(stream)
        if self.closing or len(self._welcoming) >= self.hub.limits.max_handshakes:
            await connection.close()
            if not self.closing:
                reason = f"{len(self._welcoming)} handshakes are open already (max_handshakes)"
                self.hub.notify_unavailable(connection.remote, PeerRefused(str(connection.remote), reason))
            return
        peer = None
        with trio.CancelScope() as scope:
            self._welcoming.add(scope)
            try:
                peer = await accept_peer(self.hub, stream, connection, tls)
            except PeeringError as error:
                if not isinstance(error, RedundantPeering):
                    self.hub.notify_unavailable(connection.remote, error)
            finally:
                self._welcoming.remove(scope)
        if peer is not None and await self._admit(peer):
            await self._carry(peer)  # not in a task of its own: trio closes the stream when this one ends

    # -- dialling -------------------------------------------------------------------------------------------------

    async def dial(self, address: PeerAddress, tls: TlsMode) -> Peer:
        """One attempt; the peering then runs on its own. Raises :class:`PeeringError`."""
        try:
            peer = await dial_peer(self.hub, address, tls)
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

    async def _existing(self, peer_id: EndpointId) -> Peer | None:
        """The peering that made an attempt redundant; it may still be completing its handshake."""
        with trio.move_on_after(self.hub.limits.handshake_timeout):
            while peer_id not in self.hub.router.peers:
                await self.hub.changed.wait()
        return self.hub.router.peers.get(peer_id)

    def keep(self, address: PeerAddress, tls: TlsMode, retry: float | None) -> Peering:
        """Make a peering in the background and, with *retry* seconds, keep it until cancelled."""
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

    async def _attempts(self, peering: Peering, tls: TlsMode) -> None:
        retry = peering.retry
        backoff = Backoff(retry or 1.0, self.hub.limits.retry_max)
        while not self.closing:
            try:
                peer = await self.dial(peering.address, tls)
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

    async def _admit(self, peer: NetworkPeer) -> bool:
        """Let *peer* take part, unless the endpoint was shut down in the moment when its handshake ended."""
        if self.closing:
            settle(self.hub.registry.ended(peer.peer_id, peer.attempt))
            await peer.connection.close()
            return False
        self.hub.add_peer(peer)
        return True

    async def _carry(self, peer: NetworkPeer) -> None:
        self.hub.registry.joined(peer.peer_id)
        try:
            await peer.run(self.hub)
        finally:
            settle(self.hub.registry.ended(peer.peer_id, peer.attempt))
            self.hub.remove_peer(peer)

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
        for listener in list(self.listeners):
            await listener.aclose()
        for scope in self._welcoming:
            scope.cancel()
        async with trio.open_nursery() as nursery:
            for peer in list(self.hub.router.peers.values()):
                nursery.start_soon(peer.leave)

    async def flush(self, timeout: float) -> None:
        """Wait until every peer has everything; :class:`UndeliveredError` names those that have not."""
        counts: dict[str, int] = {}

        async def one(peer: Peer) -> None:
            try:
                await peer.flush(timeout)
            except UndeliveredError as error:
                counts.update(error.counts)

        async with trio.open_nursery() as nursery:
            for peer in list(self.hub.router.peers.values()):
                nursery.start_soon(one, peer)
        if counts:
            raise UndeliveredError(counts)
