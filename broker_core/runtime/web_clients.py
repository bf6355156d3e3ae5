"""The clients of a WebSocket server of this endpoint: who gets in, and what each may do.

A client is a peer with a random id that is served here: what it publishes goes to all peers and subscribers, and it
gets what this endpoint sees, as at Zeek's own server. Source: spec websocket-json.md.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import trio

from broker_core._version import __version__
from broker_core.errors import Cause, PeerIncompatible, PeerRefused, PeerTimeout
from broker_core.messages.envelopes import Message
from broker_core.messages.json_quirks import PRODUCT
from broker_core.messages.json_wire import data_message
from broker_core.model.ids import EndpointId
from broker_core.protocol.events import Lost, PongReceived, Skipped
from broker_core.protocol.web_events import Subscribed, UpgradeRequested
from broker_core.protocol.web_frames import text_frame
from broker_core.protocol.web_server import WebServerConnection

from .streams import hear_out
from .web_peers import WebPeer, read_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.errors import PeeringError
    from broker_core.routing.access import WebUser

    from .hub import Hub
    from .peers import PeerSink
    from .queues import Overflow
    from .streams import Connection
    from .web_options import WebServerOptions

__all__ = ["WebClientPeer", "accept_web_client"]

_VERSION = f"{PRODUCT}-{__version__}"


class WebClientPeer(WebPeer):
    """A client of this endpoint."""

    protocol: WebServerConnection
    edge = True

    def __init__(
        self,
        hub: Hub,
        connection: Connection,
        protocol: WebServerConnection,
        *,
        user: WebUser,
        topics: tuple[str, ...],
        name: str,
        overflow: Overflow,
        pending: Sequence[Any],
    ) -> None:
        super().__init__(
            EndpointId.from_random(os.urandom(16)),
            connection,
            protocol,
            "in",
            limits=hub.limits,
            overflow=overflow,
            pending=pending,
            capacity=hub.limits.web_client_queue,
        )
        self.transport = "ws" if connection.tls == "off" else "wss"
        self.name = name
        self._hub = hub
        self._user = user
        self._topics = topics

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the client subscribed to."""
        return self._topics

    def render(self, message: Message) -> bytes:
        """*message* as a frame, which is the same for all clients. Raises :class:`CodecError`."""
        hub = self._hub
        if hub.last_frame[0] is not message:
            hub.last_frame = message, text_frame(data_message(message.topic, message.value))
        return hub.last_frame[1]

    def _happened(self, event: Any, sink: PeerSink) -> None:
        if isinstance(event, PongReceived):
            self._answered(event.payload)
        elif isinstance(event, Skipped):  # the client has been told
            sink.skipped(self, event.problem)

    async def _handle(self, events: Sequence[Any], sink: PeerSink) -> None:
        await super()._handle([event for event in events if type(event) is not Message or self._take(event)], sink)

    def _take(self, message: Message) -> bool:
        """Whether the client may publish *message*, which gets what the wire does not carry; else it is told."""
        if not self._user.may_publish(message.topic):
            problem = f"{self._user.name} may not publish on {message.topic}"
            self._hub.denied(self, problem)
            self.protocol.send_error("access_denied", problem)
            return False
        message.sender = self.peer_id
        message.ttl = self._hub.ttl
        return True

    def _ask(self, token: bytes) -> bytes:
        self.protocol.send_ping(token)
        return token

    def _start_leaving(self, token: bytes) -> None:  # noqa: ARG002  # closing frames carry none
        self.protocol.close(1001, "Terminating", trio.current_time())


class _Welcome:
    """One client at the door."""

    def __init__(self, hub: Hub, connection: Connection, options: WebServerOptions) -> None:
        self._hub = hub
        self._connection = connection
        self._options = options
        self._protocol = WebServerConnection(style=options.style, limits=hub.limits, now=trio.current_time())
        self._user: WebUser | None = None
        self._app_name = ""

    async def run(self) -> WebClientPeer:
        """Let the client in. Raises :class:`PeeringError`; the connection is closed then."""
        try:
            return await self._run()
        except BaseException:
            with trio.CancelScope(shield=True):
                await self._connection.close()
            raise

    async def _run(self) -> WebClientPeer:
        protocol = self._protocol
        while True:
            events = protocol.events()
            for at, event in enumerate(events):
                if isinstance(event, UpgradeRequested):
                    self._judge(event)
                elif isinstance(event, Subscribed):
                    if self._may_subscribe(event.topics):
                        return self._welcome(event.topics, events[at + 1 :])
                elif isinstance(event, Lost):
                    await self._send()
                    await hear_out(self._connection.stream)
                    raise self._failure(event)
            await self._send()
            if not events:
                await read_into(protocol, self._connection)

    def _judge(self, request: UpgradeRequested) -> None:
        access = self._options.access
        if not access.takes_origin(request.origin or None):
            self._protocol.refuse(403, f"scripts of {request.origin} may not connect")
            return
        self._user = access.admit(request.authorization or None)
        if self._user is None:
            self._protocol.refuse(401, "a valid bearer token is required")
            return
        self._app_name = request.app_name
        self._protocol.accept()

    def _may_subscribe(self, topics: tuple[str, ...]) -> bool:
        assert self._user is not None  # nobody subscribes before the upgrade
        closed = [topic for topic in topics if not self._user.may_subscribe(topic)]
        if closed:
            self._protocol.deny("access_denied", f'{self._user.name} may not subscribe to "{closed[0]}"')
        return not closed

    def _welcome(self, topics: tuple[str, ...], pending: Sequence[Any]) -> WebClientPeer:
        hub, user = self._hub, self._user
        assert user is not None  # nobody subscribes before the upgrade
        endpoint = str(hub.own_id)
        if self._options.style == "zeek":
            endpoint = f"{endpoint}-websocket-{hub.web_clients}"
            hub.web_clients += 1
        self._protocol.acknowledge(endpoint, _VERSION)
        peer = WebClientPeer(
            hub,
            self._connection,
            self._protocol,
            user=user,
            topics=topics,
            name=self._app_name or user.name,
            overflow=self._options.overflow,
            pending=[*pending, *self._protocol.events()],
        )
        peer._queue_control()  # noqa: SLF001  # the acknowledgement goes out before anything else
        return peer

    async def _send(self) -> None:
        with trio.move_on_after(self._hub.limits.handshake_timeout):  # or a client that reads nothing stays for ever
            try:
                for chunk in self._protocol.data_to_send():
                    await self._connection.send(chunk)
            except trio.BrokenResourceError:
                self._protocol.receive_eof()

    def _failure(self, lost: Lost) -> PeeringError:
        where, error = str(self._connection.remote), lost.error
        reason = str(error) if error else "the client closed before it subscribed"
        cause = lost.cause or (Cause.REJECTED if lost.refused else Cause.BAD_HANDSHAKE)
        if cause is Cause.HANDSHAKE_TIMEOUT:
            return PeerTimeout(where, reason, cause=cause)
        kind = PeerRefused if lost.refused else PeerIncompatible
        return kind(where, reason, cause=cause)


async def accept_web_client(hub: Hub, connection: Connection, options: WebServerOptions) -> WebClientPeer:
    """Let a client in over *connection*, which is secured already. Raises :class:`PeeringError`."""
    return await _Welcome(hub, connection, options).run()
