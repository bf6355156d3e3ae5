"""From a connection to a peer: TLS, the Broker handshake, and the precise reason when that fails."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from broker_core.errors import EC, Cause, PeerIncompatible, PeeringError, PeerRefused, PeerTimeout
from broker_core.protocol.events import Lost, Peered, PeerIdentified
from broker_core.protocol.peering import PeerConnection
from broker_core.protocol.registry import Drop, Hold, Proceed
from broker_core.protocol.sniff import TLS, describe_first_bytes

from .accepting import secure_accepted
from .dialing import answers_tls, open_connection
from .network_peers import NetworkPeer
from .strangers import strange_client, strange_server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core.model.addresses import PeerAddress
    from broker_core.model.ids import EndpointId
    from broker_core.protocol.events import Event
    from broker_core.protocol.registry import Decision

    from .hub import Hub
    from .streams import Connection
    from .tls import TlsMode

__all__ = ["Attempt", "RedundantPeering", "accept_peer", "dial_peer", "settle"]

_FIRST_BYTES = 1024  # enough of an HTTP request or answer to tell whose it is


_CAUSES = {
    EC.PEER_INCOMPATIBLE: Cause.VERSION,
    EC.PEER_DISCONNECT_DURING_HANDSHAKE: Cause.CONNECTION_LOST,
    EC.SHUTTING_DOWN: Cause.SHUTTING_DOWN,
    EC.REDUNDANT_CONNECTION: Cause.DUPLICATE,
}
"""Of errors that end a handshake."""


class RedundantPeering(PeerRefused):
    """The attempt was not needed: the two endpoints are peered already, or about to be (spec 4.4, 4.5)."""

    def __init__(self, address: str, reason: str, peer_id: EndpointId) -> None:
        super().__init__(address, reason, "", EC.REDUNDANT_CONNECTION, Cause.DUPLICATE)
        self.args = (address, reason, peer_id)
        self.peer_id = peer_id


class Attempt:
    """A handshake in progress: what the registry knows a connection by."""

    def __init__(self, hub: Hub, connection: Connection, *, server: bool, started: float | None = None) -> None:
        """*started* is the time from which the handshake has limits.handshake_timeout; now if it is None."""
        self.hub = hub
        self.connection = connection
        self.server = server
        self.protocol = PeerConnection(
            hub.own_id,
            server=server,
            own_filter=hub.own_filter.announced,
            limits=hub.limits,
            now=trio.current_time() if started is None else started,
            writer=hub.frames,
        )
        self._first = b""
        self._verdict: Decision | None = None
        self._decided = trio.Event()
        self._registered = False

    async def run(self) -> NetworkPeer:
        """Shake hands. Raises :class:`PeeringError`; the connection is closed then."""
        try:
            return await self._shake_hands()
        except BaseException:
            self._forget()
            with trio.CancelScope(shield=True):
                await self.connection.close()
            raise

    async def _shake_hands(self) -> NetworkPeer:
        protocol = self.protocol
        while True:
            await self._send()
            events = protocol.events()
            for at, event in enumerate(events):
                match event:
                    case PeerIdentified(peer, originator) if not protocol.closed:  # else Lost comes next
                        await self._arbitrate(peer, originator)
                        break
                    case Peered():
                        await self._send()
                        return self._peered(events[at + 1 :])
                    case Lost():
                        raise self._failure(event)
                    case _:
                        pass
            else:
                deadline = protocol.next_deadline()
                with trio.move_on_at(deadline if deadline is not None else float("inf")) as scope:
                    data = await self.connection.receive()
                if scope.cancelled_caught:
                    protocol.handle_deadline(trio.current_time())
                elif data:
                    self._take(data)
                else:
                    protocol.receive_eof()

    def _take(self, data: bytes) -> None:
        if len(self._first) < _FIRST_BYTES:
            self._first += data[:_FIRST_BYTES]
        self.protocol.receive_data(data, trio.current_time())

    async def _send(self) -> None:
        """Write what is due, each frame by a call of its own.

        Under TLS that makes a record of each: C++ peers overlook frames that share the record of the message which
        ends the handshake (spec section 4.2).
        """
        protocol = self.protocol
        deadline = protocol.next_deadline()
        try:
            with trio.move_on_at(float("inf") if deadline is None else deadline):  # of who reads nothing
                for frame in protocol.data_to_send():
                    await self.connection.send(frame)
        except trio.BrokenResourceError:
            self._take(await self._drain())
            protocol.receive_eof()

    async def _drain(self) -> bytes:
        """What the other side said before it hung up."""
        data = b""
        with trio.move_on_after(1):
            while len(data) <= self.hub.limits.max_handshake_frame and (more := await self.connection.receive()):
                data += more
        return data

    async def _arbitrate(self, peer: EndpointId, originator: bool) -> None:  # a field of the event
        decision = self.hub.registry.decide(peer, originator, self)
        self._registered = True
        if isinstance(decision, Hold):
            deadline = self.protocol.next_deadline()
            with trio.move_on_at(deadline if deadline is not None else float("inf")):
                await self._decided.wait()
            if self._verdict is None:
                self.protocol.handle_deadline(trio.current_time())
                return
            decision = self._verdict
        match decision:
            case Proceed():
                self.protocol.proceed()
            case Drop(code, text):
                self.protocol.reject(code, text)
            case Hold():  # a verdict is final
                pass

    def settle(self, verdict: Decision) -> None:
        """The registry's word on a connection that it held."""
        self._verdict = verdict
        self._decided.set()

    def _peered(self, pending: list[Event]) -> NetworkPeer:
        hub, peer_id = self.hub, self.protocol.peer_id
        assert peer_id is not None  # it is peered
        settle(hub.registry.completed(peer_id, self))
        peer = NetworkPeer(
            self.connection,
            self.protocol,
            "in" if self.server else "out",
            limits=hub.limits,
            overflow=hub.overflow,
            pending=pending,
        )
        peer.attempt = self
        peer.tell_wanted(hub.own_filter.announced, at_once=True)
        return peer

    def _forget(self) -> None:
        if self._registered and self.protocol.peer_id is not None:
            self._registered = False
            settle(self.hub.registry.ended(self.protocol.peer_id, self))

    def _failure(self, lost: Lost) -> PeeringError:
        address = str(self.connection.remote)
        error = lost.error
        code = error.code if error else EC.UNSPECIFIED
        peer_id = lost.drop_sender or self.protocol.peer_id
        if self.connection.fault is not None:  # an alert of TLS, after which nothing could come
            return self.connection.fault
        if EC.REDUNDANT_CONNECTION in (code, lost.drop_code) and peer_id and self.hub.registry.is_connected(peer_id):
            return RedundantPeering(address, "a peering with this endpoint exists already", peer_id)
        if lost.drop_code is not None:
            return _refusal(address, lost)
        if code is EC.PEER_TIMEOUT:
            hint = "" if self.server else "is that port Broker's? Zeek's WebSocket and ZeroMQ ports are others"
            return PeerTimeout(address, str(error), hint, cause=Cause.HANDSHAKE_TIMEOUT)
        if lost.looks_like:
            looks_like = describe_first_bytes(self._first) or lost.looks_like
            if self.server:
                return strange_client(address, looks_like, self._first)
            return strange_server(address, looks_like)
        if not self._first:
            return self._silence(address)
        return PeerIncompatible(address, str(error), "", code, _CAUSES.get(code, Cause.BAD_HANDSHAKE))

    def _silence(self, address: str) -> PeeringError:
        """The connection ended before the other side said anything."""
        if self.server:
            reason, hint = "the client closed the connection before it said anything", "perhaps it was only a port scan"
        else:
            reason = "it closed the connection at once"
            hint = "it may expect TLS, with or without certificates, be no Broker, or be shutting down"
            if self.connection.tls != "off":
                hint = "it may be no Broker, or be shutting down"
        return PeerIncompatible(address, reason, hint, cause=Cause.CLOSED_AT_ONCE)


def settle(verdicts: Iterable[tuple[object, Decision]]) -> None:
    """Pass the registry's verdicts on to the connections that it held."""
    for attempt, verdict in verdicts:
        assert isinstance(attempt, Attempt)  # decide() is called with attempts only
        attempt.settle(verdict)


def _refusal(address: str, lost: Lost) -> PeeringError:
    try:
        code = EC(lost.drop_code or 0)
    except ValueError:
        code = EC.UNSPECIFIED
    if code is EC.PEER_INCOMPATIBLE:
        reason = f"protocol version refused: {lost.drop_text}"
        return PeerIncompatible(address, reason, "both must be Broker 2.3 or later", cause=Cause.VERSION)
    if code is EC.SHUTTING_DOWN:
        return PeerRefused(address, "the peer is shutting down", "", code, Cause.SHUTTING_DOWN)
    # Which of the two comes depends on the ids (spec 4.4).
    redundant = code is EC.REDUNDANT_CONNECTION or lost.drop_text.startswith("detected redundant connection")
    cause = Cause.DUPLICATE if redundant else Cause.REJECTED
    return PeerRefused(address, f"the peer refused: {lost.drop_text} ({code.label})", "", code, cause)


async def dial_peer(hub: Hub, address: PeerAddress, tls: TlsMode) -> NetworkPeer:
    """Connect and shake hands. Raises :class:`PeeringError`, and :class:`ConfigurationError` before it connects.

    How *tls* is understood is said at :func:`~broker_core.runtime.dialing.open_connection`.
    """
    connection = await open_connection(address, tls, hub.credentials, hub.limits)
    try:
        return await Attempt(hub, connection, server=False).run()
    except PeeringError as error:
        if tls == "off" and error.cause is Cause.CLOSED_AT_ONCE:
            with suppress(PeeringError):  # what was found first stands
                if await answers_tls(address, hub.limits):
                    error = strange_server(str(address), TLS)
        raise error from None


async def accept_peer(hub: Hub, stream: trio.SocketStream, connection: Connection, tls: TlsMode) -> NetworkPeer:
    """Shake hands with whoever connected. Raises :class:`PeeringError`."""
    started = trio.current_time()
    connection = await secure_accepted(stream, connection, tls, hub.credentials, hub.limits.handshake_timeout)
    return await Attempt(hub, connection, server=True, started=started).run()
