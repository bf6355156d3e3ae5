"""Ports that accept peers, and WebSocket clients: the tasks, and the bound on connections that are not yet let in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, PeeringError, PeerRefused
from broker_core.model.addresses import PeerAddress

from .accepting import check_listening, secure_accepted
from .handshakes import RedundantPeering, accept_peer
from .streams import accepted, open_listeners

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from .hub import Hub
    from .peers import RemotePeer
    from .streams import Connection
    from .tls import TlsMode
    from .web_options import WebServerOptions

    Welcome = Callable[[trio.SocketStream, Connection], Awaitable[RemotePeer]]
    """From a connection to a peer. Raises :class:`PeeringError`; the connection is closed then."""

__all__ = ["Listener", "Listeners"]


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


class Listeners:
    """All ports of one endpoint. *carry* runs an accepted peer until it ends."""

    def __init__(self, hub: Hub, nursery: trio.Nursery, carry: Callable[[RemotePeer], Awaitable[None]]) -> None:
        self._all: list[Listener] = []
        self._hub = hub
        self._nursery = nursery
        self._carry = carry
        self._welcoming: set[trio.CancelScope] = set()
        self._closing = False

    def __iter__(self) -> Iterator[Listener]:
        return iter(tuple(self._all))

    async def listen(self, host: str, port: int, tls: TlsMode) -> Listener:
        """Accept peers from now on. Raises :class:`PeerUnavailable` and :class:`ConfigurationError`."""
        hub = self._hub

        async def welcome(stream: trio.SocketStream, connection: Connection) -> RemotePeer:
            count = sum(peer.direction == "in" and not peer.edge for peer in hub.router.peers.values())
            if count >= hub.limits.max_peers:
                await connection.close()
                reason = f"{count} peers have connected already (max_peers)"
                raise PeerRefused(str(connection.remote), reason, cause=Cause.TOO_MANY)
            return await accept_peer(hub, stream, connection, tls)

        check_listening(tls, hub.credentials)
        return await self._open(PeerAddress(host, port), tls, welcome)

    async def listen_web(self, host: str, port: int, tls: TlsMode, options: WebServerOptions) -> Listener:
        """Accept WebSocket clients from now on. Raises :class:`PeerUnavailable` and :class:`ConfigurationError`."""
        hub = self._hub
        from .web_clients import accept_web_client  # noqa: PLC0415  # programs without WebSocket start quicker

        credentials = hub.credentials
        if credentials is not None and options.access.asks_for_token:  # the token says who it is
            credentials = replace(credentials, require_certificate=False)
        check_listening(tls, credentials)
        clients: set[RemotePeer] = set()
        entering = 0

        async def welcome(stream: trio.SocketStream, connection: Connection) -> RemotePeer:
            nonlocal entering
            clients.difference_update([one for one in clients if one.ended.is_set()])
            if len(clients) + entering >= hub.limits.web_clients:
                await connection.close()
                reason = f"{len(clients) + entering} WebSocket clients are connected already (web_clients)"
                raise PeerRefused(str(connection.remote), reason, cause=Cause.TOO_MANY)
            entering += 1
            try:
                timeout = hub.limits.handshake_timeout
                connection = await secure_accepted(stream, connection, tls, credentials, timeout, transport="ws")
                client = await accept_web_client(hub, connection, options)
                clients.add(client)
            finally:
                entering -= 1
            return client

        return await self._open(PeerAddress(host, port, "wss" if tls in {"anon", "verify"} else "ws"), tls, welcome)

    async def _open(self, wanted: PeerAddress, tls: TlsMode, welcome: Welcome) -> Listener:
        sockets = await open_listeners(wanted.host, wanted.port)
        name = sockets[0].socket.getsockname()
        scope = trio.CancelScope()
        listener = Listener(PeerAddress(wanted.host or str(name[0]), int(name[1]), wanted.transport), tls, scope)
        self._all.append(listener)

        async def receive(stream: trio.SocketStream) -> None:
            await self._receive(stream, welcome)

        async def run() -> None:
            try:
                with scope:
                    await trio.serve_listeners(receive, sockets, handler_nursery=self._nursery)
            finally:
                self._all.remove(listener)

        self._nursery.start_soon(run)
        return listener

    async def _receive(self, stream: trio.SocketStream, welcome: Welcome) -> None:
        connection = accepted(stream)
        if self._closing or len(self._welcoming) >= self._hub.limits.max_handshakes:
            await connection.close()
            if not self._closing:
                reason = f"{len(self._welcoming)} handshakes are open already (max_handshakes)"
                error = PeerRefused(str(connection.remote), reason, cause=Cause.TOO_MANY)
                self._hub.notify_unavailable(connection.remote, error)
            return
        peer = None
        with trio.CancelScope() as scope:
            self._welcoming.add(scope)
            try:
                peer = await welcome(stream, connection)
            except PeeringError as error:
                if not isinstance(error, RedundantPeering):
                    self._hub.notify_unavailable(connection.remote, error)
            finally:
                self._welcoming.remove(scope)
        if peer is not None:
            await self._carry(peer)  # not in a task of its own: trio closes the stream when this one ends

    async def close_all(self) -> None:
        """Accept nobody any more, and drop who is not in yet."""
        self._closing = True
        for listener in self:
            await listener.aclose()
        for scope in self._welcoming:
            scope.cancel()
