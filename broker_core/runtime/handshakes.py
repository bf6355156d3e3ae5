"""From a connection to a peer: TLS, the Broker handshake, and the precise reason when that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_core.errors import (
    EC,
    PeerIncompatible,
    PeeringError,
    PeerRefused,
    PeerTimeout,
    PeerUnavailable,
)
from broker_core.protocol.events import Lost, Peered, PeerIdentified
from broker_core.protocol.peering import PeerConnection
from broker_core.protocol.registry import Drop, Hold, Proceed
from broker_core.protocol.sniff import OLD_BROKER, TLS, describe_first_bytes

from .peers import NetworkPeer
from .streams import Connection, accept_tls, connect_tls, dial, speaks_tls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core.model.addresses import PeerAddress
    from broker_core.model.ids import EndpointId
    from broker_core.protocol.events import Event
    from broker_core.protocol.registry import Decision

    from .hub import Hub
    from .tls import TlsMode

__all__ = ["Attempt", "RedundantPeering", "accept_peer", "dial_peer", "settle"]

_PROBE = b"\x00\x00\x00\x05\x07ZEEK"


class RedundantPeering(PeerRefused):
    """The attempt was not needed: the two endpoints are peered already, or about to be (spec 4.4, 4.5)."""

    def __init__(self, address: str, reason: str, peer_id: EndpointId) -> None:
        super().__init__(address, reason, "", EC.REDUNDANT_CONNECTION)
        self.args = (address, reason, peer_id)
        self.peer_id = peer_id


class Attempt:
    """A handshake in progress: what the registry knows a connection by."""

    def __init__(self, hub: Hub, connection: Connection, *, server: bool) -> None:
        self.hub = hub
        self.connection = connection
        self.server = server
        self.protocol = PeerConnection(
            hub.own_id,
            server=server,
            own_filter=hub.own_filter.announced,
            limits=hub.limits,
            now=trio.current_time(),
            writer=hub.frames,
        )
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
        answered = False
        while True:
            await self._send()
            events = protocol.events()
            for at, event in enumerate(events):
                match event:
                    case PeerIdentified(peer, originator):
                        await self._arbitrate(peer, originator)
                        break
                    case Peered():
                        await self._send()
                        return self._peered(events[at + 1 :])
                    case Lost():
                        raise self._failure(event, answered=answered)
                    case _:
                        pass
            else:
                deadline = protocol.next_deadline()
                with trio.move_on_at(deadline if deadline is not None else float("inf")) as scope:
                    data = await self.connection.receive()
                if scope.cancelled_caught:
                    protocol.handle_deadline(trio.current_time())
                elif data:
                    answered = True
                    protocol.receive_data(data, trio.current_time())
                else:
                    protocol.receive_eof()

    async def _send(self) -> None:
        """Write what is due, each frame by a call of its own.

        Under TLS that makes a record of each: C++ peers overlook frames that share the record of the message which
        ends the handshake (spec section 4.2).
        """
        protocol = self.protocol
        try:
            for frame in protocol.data_to_send():
                await self.connection.send(frame)
        except trio.BrokenResourceError:
            protocol.receive_data(await self._drain(), trio.current_time())
            protocol.receive_eof()

    async def _drain(self) -> bytes:
        """What the other side said before it hung up."""
        data = b""
        with trio.move_on_after(1):
            while more := await self.connection.receive():
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
        peer.announce(hub.own_filter.announced)
        return peer

    def _forget(self) -> None:
        if self._registered and self.protocol.peer_id is not None:
            self._registered = False
            settle(self.hub.registry.ended(self.protocol.peer_id, self))

    def _failure(self, lost: Lost, *, answered: bool) -> PeeringError:
        address = str(self.connection.remote)
        error = lost.error
        code = error.code if error else EC.UNSPECIFIED
        peer_id = lost.drop_sender or self.protocol.peer_id
        if EC.REDUNDANT_CONNECTION in (code, lost.drop_code) and peer_id and self.hub.registry.is_connected(peer_id):
            return RedundantPeering(address, "a peering with this endpoint exists already", peer_id)
        if lost.drop_code is not None:
            return _refusal(address, lost)
        if code is EC.PEER_TIMEOUT:
            hint = "is that port Broker's? Zeek's WebSocket and ZeroMQ ports are others"
            return PeerTimeout(address, str(error), hint)
        if lost.looks_like == TLS:
            return PeerIncompatible(address, "it speaks TLS", "use TLS mode auto or anon")
        if lost.looks_like:
            return _no_broker(address, lost.looks_like)
        if not answered:
            hint = "it may expect TLS, with or without certificates, be no Broker, or be shutting down"
            return PeerIncompatible(address, "it closed the connection at once", hint)
        return PeerIncompatible(address, str(error), "", code)


def settle(verdicts: Iterable[tuple[object, Decision]]) -> None:
    """Pass the registry's verdicts on to the connections that it held."""
    for attempt, verdict in verdicts:
        assert isinstance(attempt, Attempt)  # decide() is called with attempts only
        attempt.settle(verdict)


def _no_broker(address: str, looks_like: str) -> PeeringError:
    hint = (
        "Zeek 5 and later speak Broker's present protocol; older ones cannot be peers"
        if looks_like == OLD_BROKER
        else ""
    )
    return PeerIncompatible(address, f"not a Broker of version 2.3 or later: {looks_like}", hint)


def _refusal(address: str, lost: Lost) -> PeeringError:
    try:
        code = EC(lost.drop_code or 0)
    except ValueError:
        code = EC.UNSPECIFIED
    if code is EC.PEER_INCOMPATIBLE:
        return PeerIncompatible(
            address, f"protocol version refused: {lost.drop_text}", "both must be Broker 2.3 or later"
        )
    if code is EC.SHUTTING_DOWN:
        return PeerRefused(address, "the peer is shutting down", "", code)
    return PeerRefused(address, f"the peer refused: {lost.drop_text} ({code.label})", "", code)


async def dial_peer(hub: Hub, address: PeerAddress, tls: TlsMode) -> NetworkPeer:
    """Connect and shake hands. Raises :class:`PeeringError`.

    With *tls* "auto" TLS is tried first, as every stock Zeek wants it, and plain TCP when the other side turns
    out not to speak TLS.
    """
    limits = hub.limits
    connection = await dial(address, limits.connect_timeout)
    if tls != "off":
        try:
            with trio.move_on_after(limits.handshake_timeout) as scope:
                secured = await connect_tls(connection)
        except trio.Cancelled:
            await connection.close()  # noqa: ASYNC102  # it closes at once
            raise
        if scope.cancelled_caught:
            await connection.close()
            reason = f"no answer to the TLS handshake within {limits.handshake_timeout:g} s"
            raise PeerTimeout(str(address), reason, "is that port Broker's? TLS mode off talks to a Broker without TLS")
        if isinstance(secured, Connection):
            connection = secured
        else:
            _check_plain(address, tls, secured)
            connection = await dial(address, limits.connect_timeout)
    return await Attempt(hub, connection, server=False).run()


def _check_plain(address: PeerAddress, tls: TlsMode, said: bytes) -> None:
    """Raise unless it is worth talking without TLS to what answered a TLS handshake with *said*."""
    if said and not _PROBE.startswith(said[: len(_PROBE)]):
        looks_like = describe_first_bytes(said)
        if looks_like:
            raise _no_broker(str(address), looks_like)
    if tls == "anon":
        reason = "it does not speak TLS" if said else "it ended the TLS handshake without a word"
        raise PeerIncompatible(str(address), reason, "use TLS mode auto, or off")


async def accept_peer(hub: Hub, stream: trio.SocketStream, connection: Connection, tls: TlsMode) -> NetworkPeer:
    """Shake hands with whoever connected. Raises :class:`PeeringError`."""
    timeout = hub.limits.handshake_timeout
    where = str(connection.remote)
    try:
        with trio.fail_after(timeout):
            if tls == "anon" or (tls == "auto" and await speaks_tls(stream)):
                connection = await accept_tls(connection)
    except trio.TooSlowError:
        await connection.close()
        raise PeerTimeout(where, f"no TLS handshake within {timeout:g} s") from None
    except trio.BrokenResourceError as error:
        await connection.close()
        reason = "TLS handshake failed: the other side speaks plain TCP, or wants certificates"
        raise PeerIncompatible(where, reason) from error
    except OSError as error:
        await connection.close()
        raise PeerUnavailable(where, f"connection lost: {error.strerror}") from error
    return await Attempt(hub, connection, server=True).run()
