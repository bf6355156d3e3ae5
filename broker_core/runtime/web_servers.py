"""Servers that this endpoint is connected to by WebSocket: Zeek's own, libbroker's old one, or one of ours.

Such a server is a peer that wants everything: it tells nobody what its subscriptions are. It never confirms a message
either, so this side asks for something that the server has to refuse, and takes the refusal as the sign that it has
worked off what came before (see :mod:`broker_core.protocol.web_client`). Source: spec websocket-json.md.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import Cause, LocalProtocolError, PeerIncompatible, PeeringError, PeerRefused, PeerTimeout
from broker_core.model.ids import EndpointId
from broker_core.protocol.events import Lost, PongReceived, Skipped
from broker_core.protocol.web_client import WebClientConnection
from broker_core.protocol.web_events import Acknowledged, BarrierReached, ServerError

from .dialing import open_connection
from .web_overlap import Overlap
from .web_peers import WebPeer, read_into

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.messages.envelopes import Message
    from broker_core.model.addresses import PeerAddress

    from .hub import Hub
    from .peers import PeerSink
    from .streams import Connection
    from .tls import TlsMode

__all__ = ["WebServerPeer", "dial_web"]

_UNAUTHORIZED = 401
_HINTS = {
    Cause.WEBSOCKET: "Broker's own protocol answers there: use broker:// in place of ws://",
    Cause.TLS_EXPECTED: "use wss:// in place of ws://",
    Cause.NOT_BROKER: "is that the WebSocket port? Zeek's default is 27759",
}


@dataclass(slots=True, kw_only=True)
class _Line:
    """One connection to the server, acknowledged."""

    connection: Connection
    protocol: WebClientConnection
    topics: tuple[str, ...]
    acknowledged: Acknowledged
    pending: Sequence[Any]


class _Dialler:
    """Makes connections to one server."""

    def __init__(self, hub: Hub, address: PeerAddress, tls: TlsMode) -> None:
        self._hub = hub
        self._address = address
        self._tls = tls

    async def dial(self, topics: tuple[str, ...]) -> _Line:
        """Connect and subscribe. Raises :class:`PeeringError`."""
        hub = self._hub
        connection = await open_connection(self._address, self._tls, hub.credentials, hub.limits)
        try:
            protocol = WebClientConnection(
                host=self._address.host_and_port,
                topics=topics,
                app_name=hub.application,
                headers=() if hub.token is None else (("Authorization", f"Bearer {hub.token}"),),
                limits=hub.limits,
                now=trio.current_time(),
                entropy=os.urandom,
                zone=hub.web_zone,
            )
            acknowledged, pending = await self._subscribe(connection, protocol)
        except BaseException:
            with trio.CancelScope(shield=True):
                await connection.close()
            raise
        return _Line(
            connection=connection, protocol=protocol, topics=topics, acknowledged=acknowledged, pending=pending
        )

    async def _subscribe(
        self, connection: Connection, protocol: WebClientConnection
    ) -> tuple[Acknowledged, Sequence[Any]]:
        while True:
            try:
                for chunk in protocol.data_to_send():
                    await connection.send(chunk)
            except trio.BrokenResourceError:
                pass  # what the server said before it hung up is still to be read
            events = protocol.events()
            for at, event in enumerate(events):
                if isinstance(event, Acknowledged):
                    return event, events[at + 1 :]
                if isinstance(event, Lost):
                    raise self._failure(connection, event)
            await read_into(protocol, connection)

    def _failure(self, connection: Connection, lost: Lost) -> PeeringError:
        if connection.fault is not None:  # an alert of TLS, after which nothing could come
            return connection.fault
        where, cause = str(self._address), lost.cause or Cause.BAD_HANDSHAKE
        reason = str(lost.error) if lost.error else "the server closed the connection"
        if cause is Cause.HANDSHAKE_TIMEOUT:
            return PeerTimeout(where, reason, "is that the WebSocket port? Zeek's default is 27759", cause=cause)
        if lost.refused:
            hint = (
                "--token-file, or the option token, says which token to show"
                if lost.http_status == _UNAUTHORIZED
                else ""
            )
            return PeerRefused(where, reason, hint, cause=cause)
        return PeerIncompatible(where, reason, _HINTS.get(cause, ""), cause=cause)


async def dial_web(hub: Hub, address: PeerAddress, tls: TlsMode) -> WebServerPeer:
    """Connect and subscribe to what this endpoint wants. Raises :class:`PeeringError`."""
    dialler = _Dialler(hub, address, tls)
    return WebServerPeer(hub, dialler, await dialler.dial(hub.wanted))


def _id_from_name(name: str) -> EndpointId:
    """The id that stands for a server in this process: its own, or one made of what it calls itself."""
    try:
        return EndpointId.parse(name)
    except ValueError:
        return EndpointId.from_name(name)


class WebServerPeer(WebPeer):
    """A server that this endpoint is a client of."""

    protocol: WebClientConnection

    def __init__(self, hub: Hub, dialler: _Dialler, line: _Line) -> None:
        super().__init__(
            _id_from_name(line.acknowledged.endpoint),
            line.connection,
            line.protocol,
            "out",
            limits=hub.limits,
            overflow=hub.overflow,
            pending=line.pending,
        )
        self.name = line.acknowledged.endpoint
        self.version = line.acknowledged.version
        self.transport = line.connection.remote.transport
        self._hub = hub
        self._dialler = dialler
        self._line = line
        self._next: _Line | None = None
        self._moved = trio.Event()
        self._changed = trio.Event()
        self._overlap: Overlap | None = None
        self._sending = trio.Lock()

    @property
    def filter(self) -> tuple[str, ...]:
        """Everything: what the server really wants it does not tell."""
        return ("",)

    def render(self, message: Message) -> bytes:
        """*message* as a masked frame. Raises :class:`CodecError`."""
        return self.protocol.frame(message)

    # -- what happens -----------------------------------------------------------------------------------------------

    def _happened(self, event: Any, sink: PeerSink) -> None:
        match event:
            case BarrierReached(token) | PongReceived(token):
                self._answered(token)
            case ServerError(code, context):
                self._hub.server_error(self, code, context)
            case Skipped(problem):
                sink.skipped(self, problem)
            case _:  # a second acknowledgement says nothing new
                pass

    async def _deliver(self, messages: list[Message], sink: PeerSink) -> None:
        if self._overlap is not None:
            if self._moved.is_set():
                messages = self._overlap.fresh(messages)
                if self._overlap.over:
                    self._overlap = None
            else:
                self._overlap.note(messages)
        for message in messages:  # what the interface does not carry
            message.sender = self.peer_id
            message.ttl = self._hub.ttl
        await super()._deliver(messages, sink)

    # -- confirming and leaving -------------------------------------------------------------------------------------

    def _ask(self, token: bytes) -> bytes:
        self.protocol.send_barrier(token)
        return token

    async def _round_trip(self, ask: Callable[[bytes], bytes]) -> None:
        while self._next is not None:  # nothing can be asked on a connection that is about to close
            await self._moved.wait()
        await super()._round_trip(ask)

    def _ask_pong(self, token: bytes) -> bytes:
        self.protocol.send_ping(token)
        return token

    async def ping(self, timeout: float) -> float:
        """The round-trip time in seconds; trio.TooSlowError after *timeout*."""
        start = trio.current_time()
        with trio.fail_after(timeout):
            await self._round_trip(self._ask_pong)
        return trio.current_time() - start

    def _start_leaving(self, token: bytes) -> None:  # noqa: ARG002  # closing frames carry none
        self.protocol.start_close(trio.current_time())

    # -- other subscriptions ----------------------------------------------------------------------------------------

    def tell_wanted(self, prefixes: tuple[str, ...], *, at_once: bool) -> None:  # noqa: ARG002  # the hub has them
        """Move to a new connection, if that may be: a server cannot be told otherwise."""
        if at_once:
            self._changed.set()

    def _start_more(self, nursery: trio.Nursery) -> None:
        nursery.start_soon(self._follow)

    async def _follow(self) -> None:
        while True:
            while not self.leaving and self._line.topics != (wanted := self._hub.wanted):
                try:
                    await self._move(wanted)
                except PeeringError as error:
                    self.protocol.start_close(trio.current_time())
                    with trio.move_on_after(self.limits.bye_timeout), suppress(trio.BrokenResourceError):
                        async with self._sending:
                            await self._send_now()
                    self.lost = Lost(error)
                    self._scope.cancel()
                except (trio.BrokenResourceError, LocalProtocolError):  # gone, or closing
                    return  # the reader finds out how this ends
            self._changed = trio.Event()
            await self._changed.wait()

    async def _write_some(self) -> None:
        async with self._sending:
            if self.queue.items:  # not taken along meanwhile
                await super()._write_some()

    async def _move(self, topics: tuple[str, ...]) -> None:
        """Subscribe to *topics* by a new connection that takes the place of the old one."""
        async with self._sending:
            await self._settle()
            old = self._line
            self._moved = trio.Event()
            self._overlap = Overlap(old.topics, topics)
            new = self._next = await self._dialler.dial(topics)
            try:
                self.protocol.start_close(trio.current_time())
                with suppress(trio.BrokenResourceError):  # then it is closed already
                    await self._send_now()
                await self._moved.wait()
            finally:
                useless = new if self._next is new else old
                self._next = None
                with trio.CancelScope(shield=True):
                    await useless.connection.close()

    async def _settle(self) -> None:
        """See that the server has worked off what was published so far: or it would send that to the new connection.

        What is queued is sent first, in one go with the barrier: barriers are answered in the order they are sent in,
        and others may be queued.
        """
        token, timeout = self._ask(self._token()), self.limits.drain_timeout
        answered = self._answers[token] = trio.Event()
        try:
            with trio.fail_after(timeout):
                await self._send_now(self.queue.take_all())
                await answered.wait()
        except trio.TooSlowError:
            reason = f"the server does not go on within {timeout:g} s, so that it could be told other subscriptions"
            raise PeerTimeout(str(self.address), reason, cause=Cause.HANDSHAKE_TIMEOUT) from None
        finally:
            self._answers.pop(token, None)

    async def _send_now(self, before: bytes = b"") -> None:
        await self.connection.send(b"".join([before, *self.protocol.data_to_send()]))
        self._wrote(len(before))

    def _over(self, lost: Lost) -> None:
        if self._next is None:
            super()._over(lost)
            return
        self._line, self._next = self._next, None
        self._line.protocol.take_over(self.protocol)
        self.connection, self.protocol = self._line.connection, self._line.protocol
        self._pending = self._line.pending
        self.name = self._line.acknowledged.endpoint
        self._moved.set()
