"""One connection to a peer: bytes and the time go in, events and bytes come out.

The handshake is run by :class:`~broker_core.protocol.handshake.Handshake`; afterwards this module answers pings,
keeps the peer's filter and does the orderly leave-taking (BYE). Source: spec native-protocol.md sections 2 to 10.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

from broker_core.errors import EC, DecodeError, LocalProtocolError, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.binary_wire import FrameWriter, Malformed, MessageReader, parse_envelope
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.handshake import decode_filter
from broker_core.model.ids import NIL, EndpointId
from broker_core.protocol.events import (
    Event,
    FilterChanged,
    Lost,
    Peered,
    PeerIdentified,
    PeerLeaving,
    PongReceived,
    Skipped,
)
from broker_core.protocol.framing import FrameBuffer, frame_end
from broker_core.protocol.handshake import Handshake, State
from broker_core.protocol.sniff import describe_first_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["BYE", "PeerConnection", "Phase"]

BYE = b"BYE"
"""How the payload of a ping starts that announces the end of the peering."""
_BYE_TOKEN_SIZE = 8
_FIRST_BYTES = 64  # kept from the start of the stream, to tell what a wrong peer is


class Phase(Enum):
    """The three parts of a connection's life."""

    HANDSHAKE = "handshake"
    OPERATION = "operation"
    CLOSED = "closed"


class PeerConnection:
    """Both halves of the protocol of one connection, without the socket.

    After every call, write each element of :meth:`data_to_send` with a write call of its own, handle
    :meth:`events`, and arm one timer for :meth:`next_deadline`. What a peer does never raises. The last event is
    :class:`Lost`, exactly one; afterwards there may still be a farewell in :meth:`data_to_send`, and every other
    method does nothing.

    A handshake stands still at :class:`PeerIdentified` until :meth:`proceed` or :meth:`reject`; the call that
    reports it reports nothing behind it.
    """

    phase: Phase
    peer_filter: tuple[str, ...]
    """What the peer subscribed to, as announced last."""
    peer_said_bye: bool
    """Whether the peer announced that it leaves."""
    bye_answered: bool
    """Whether the peer answered this side's BYE: it has received everything that was sent before."""
    frames_received: int
    """Frames received since the handshake, skipped ones included."""
    skipped: int
    """How many of them could not be read."""
    pings: int
    """How many of them were pings, BYE included."""
    pongs: int
    """How many of them were pongs."""
    last_heard: float
    """When the last bytes came, as passed to :meth:`receive_data`."""
    writer: FrameWriter
    """Makes the frames for data and commands, which the caller writes itself once :class:`Peered` was reported."""

    def __init__(
        self,
        own_id: EndpointId,
        *,
        server: bool,
        own_filter: Iterable[str],
        limits: Limits = DEFAULT_LIMITS,
        now: float,
        writer: FrameWriter | None = None,
    ) -> None:
        """*server* says that this side accepted the TCP connection.

        *own_filter* is announced as it is: pass a minimal one. *writer* is the endpoint's common one, if it has
        one. The first bytes to send are in :meth:`data_to_send` at once.
        """
        self.phase = Phase.HANDSHAKE
        self.peer_filter = ()
        self.peer_said_bye = self.bye_answered = False
        self.frames_received = self.skipped = self.pings = self.pongs = 0
        self.last_heard = now
        self.writer = writer or FrameWriter(own_id, limits)
        self._own_id = own_id
        self._limits = limits
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._handshake = Handshake(own_id, tuple(own_filter), self._out, server=server, limits=limits)
        self._deadline: float | None = now + limits.handshake_timeout
        self._buffer = FrameBuffer(limits.max_handshake_frame)
        self._first_bytes = b""
        self._looks_like = ""
        self._reader = MessageReader(NIL, limits.max_frame, limits)
        self._bye_payload: bytes | None = None

    @property
    def peer_id(self) -> EndpointId | None:
        """The peer's id, from :class:`PeerIdentified` on."""
        return None if self._handshake.peer_id == NIL else self._handshake.peer_id

    @property
    def originator(self) -> bool | None:
        """Whether this side has the smaller id, and so decides about duplicates; None while unknown."""
        return self._handshake.originator

    @property
    def closed(self) -> bool:
        """Whether :class:`Lost` was reported or waits to be."""
        return self.phase is Phase.CLOSED

    # -- in -------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the peer, cut anywhere. Never raises for what they are."""
        self.last_heard = now
        try:
            if self.phase is Phase.OPERATION:
                self._operate(data)
            elif self.phase is Phase.HANDSHAKE:
                if len(self._first_bytes) < _FIRST_BYTES:
                    self._first_bytes += data[:_FIRST_BYTES]
                self._buffer.push(data)
                self._shake_hands()
        except RemoteProtocolError as error:
            self._lose(error)

    def receive_eof(self) -> None:
        """Take the end of the peer's stream. Idempotent."""
        if self.phase is Phase.HANDSHAKE:
            problem = f"connection closed by the peer during the handshake (last step: {self._handshake.state.value})"
            self._lose(self._explain(RemoteProtocolError(problem, EC.PEER_DISCONNECT_DURING_HANDSHAKE)))
        elif self.peer_said_bye or self._bye_payload is not None:
            self._lose(None)
        else:
            where = " in the middle of a frame" if len(self._buffer) else ""
            self._lose(RemoteProtocolError(f"connection closed by the peer{where}", EC.UNSPECIFIED))

    def next_deadline(self) -> float | None:
        """When to call :meth:`handle_deadline`; None when nothing is waited for."""
        return self._deadline

    def handle_deadline(self, now: float) -> None:
        """Give up what took too long: the handshake, or the answer to BYE. Does nothing when called early."""
        if self._deadline is None or now < self._deadline:
            return
        if self.phase is Phase.HANDSHAKE:
            problem = f"handshake not finished within {self._limits.handshake_timeout:g} s"
            step = self._handshake.state.value
            self._lose(RemoteProtocolError(f"{problem} (last step: {step})", EC.PEER_TIMEOUT))
        else:
            problem = f"BYE not answered within {self._limits.bye_timeout:g} s"
            self._lose(RemoteProtocolError(problem, EC.REQUEST_TIMEOUT))

    # -- out ------------------------------------------------------------------------------------------------

    def data_to_send(self) -> list[bytes]:
        """Drain the frames to send. Each needs a write call of its own.

        C++ peers overlook bytes that share a TLS record with the message that ends the handshake (section 4.2).
        """
        out = self._out.copy()
        self._out.clear()  # the handshake holds the same list
        return out

    def events(self) -> list[Event]:
        """Drain what happened, in order."""
        events, self._events = self._events, []
        return events

    # -- verbs ----------------------------------------------------------------------------------------------

    def proceed(self) -> None:
        """Go on with the handshake after :class:`PeerIdentified`.

        Raises :class:`LocalProtocolError` when there is nothing to decide; does nothing on a closed connection.
        """
        if self.phase is Phase.CLOSED:
            return
        self._handshake.proceed()
        try:
            self._shake_hands()  # what came in the meantime
        except RemoteProtocolError as error:
            self._lose(error)

    def reject(self, code: EC, text: str) -> None:
        """Refuse the peer after :class:`PeerIdentified`: sends drop_conn, and :class:`Lost` follows at once.

        Raises :class:`LocalProtocolError` when there is nothing to decide; does nothing on a closed connection.
        """
        if self.phase is not Phase.CLOSED:
            self._handshake.reject(code, text)
            self._lose(RemoteProtocolError(text, code))

    def set_filter(self, filter_: Iterable[str]) -> None:
        """Announce another filter, now or as soon as the handshake allows. Pass a minimal one."""
        self._handshake.own_filter = tuple(filter_)
        if self.phase is Phase.OPERATION:
            self._announce()

    def send_ping(self, payload: bytes) -> None:
        """Ask for a pong, reported as :class:`PongReceived`. Does nothing on a closed connection.

        Raises :class:`LocalProtocolError` during the handshake.
        """
        if self._may_send("a ping"):
            self._out.append(self.writer.ping_frame(self._handshake.peer_id, payload))

    def start_bye(self, token: bytes, now: float) -> None:
        """Leave in an orderly way: send BYE with *token*, eight bytes that no other peering uses.

        :class:`Lost` follows when the peer answered or closed (without error), or after ``limits.bye_timeout``
        (with an error whose code is REQUEST_TIMEOUT). Until then messages flow in both directions. Does nothing
        on a closed connection or the second time; raises :class:`LocalProtocolError` during the handshake, or
        for another length of *token*.
        """
        if len(token) != _BYE_TOKEN_SIZE:
            msg = f"a BYE token has {_BYE_TOKEN_SIZE} bytes, not {len(token)}"
            raise LocalProtocolError(msg)
        if self._may_send("BYE") and self._bye_payload is None:
            self._bye_payload = BYE + token
            self._deadline = now + self._limits.bye_timeout
            self._out.append(self.writer.ping_frame(self._handshake.peer_id, self._bye_payload))

    def _may_send(self, what: str) -> bool:
        if self.phase is Phase.HANDSHAKE:
            msg = f"{what} cannot be sent before the handshake is over"
            raise LocalProtocolError(msg)
        return self.phase is Phase.OPERATION

    # -- handshake ------------------------------------------------------------------------------------------

    def _shake_hands(self) -> None:
        """Take what is in the buffer, as far as it goes."""
        handshake = self._handshake
        while not handshake.deciding:
            body = self._next_body()
            if body is None:
                return
            handshake.receive(body)
            if handshake.deciding:
                self._events.append(PeerIdentified(handshake.peer_id, bool(handshake.originator)))
                return
            if handshake.state is State.PEERED:
                self._start_operation()
                return
        # The other side may have sent its subscriptions ahead of the decision, but nothing behind them.
        if len(self._buffer) > self._limits.max_handshake_frame + 4:
            msg = f"{len(self._buffer)} bytes received while {handshake.state.value}"
            raise RemoteProtocolError(msg)

    def _next_body(self) -> bytes | None:
        try:
            body = self._buffer.pop()
        except RemoteProtocolError as error:
            raise self._explain(error) from None
        if body == b"":
            msg = "empty frame in the handshake"
            raise self._explain(RemoteProtocolError(msg))
        return body

    def _explain(self, error: RemoteProtocolError) -> RemoteProtocolError:
        """Say what the other side is when it did not even begin as a Broker does."""
        self._looks_like = describe_first_bytes(self._first_bytes) or ""
        if not self._looks_like:
            return error
        msg = f"the other side is no peer for this protocol; it looks like {self._looks_like}"
        return RemoteProtocolError(msg, EC.PEER_INCOMPATIBLE)

    def _start_operation(self) -> None:
        self.phase = Phase.OPERATION
        self._deadline = None
        self.peer_filter = self._handshake.peer_filter
        self._events.append(Peered(self._handshake.peer_id, self.peer_filter))
        self._announce()
        self._reader = MessageReader(self._handshake.peer_id, self._limits.max_frame, self._limits)
        early = self._buffer.release()
        self._buffer.max_frame = self._limits.max_frame
        if early:
            self._operate(early)

    # -- operation ------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        handshake = self._handshake
        if handshake.own_filter != handshake.announced:
            handshake.announced = handshake.own_filter
            self._out.append(self.writer.routing_update_frame(handshake.peer_id, handshake.own_filter))

    def _operate(self, data: bytes) -> None:
        at = 0
        if len(self._buffer):
            at, complete = self._buffer.top_up(data)
            if not complete:
                return
            self._walk(self._buffer.release(), 0)
        if at < len(data):
            self._walk(data, at)

    def _walk(self, data: bytes, at: int) -> None:
        """Take all complete frames from offset *at* on; hold the rest."""
        events = cast("list[Message]", self._events)  # messages are events
        max_frame = self._limits.max_frame
        while self.phase is Phase.OPERATION:
            before = len(events)
            at = self._reader.read(data, at, events)
            self.frames_received += len(events) - before
            end = frame_end(data, at, max_frame)
            if end is None or end > len(data):
                if at < len(data):
                    self._buffer.push(data[at:])
                return
            if end > at + 4:  # empty frames mean nothing
                self.frames_received += 1
                self._take_envelope(data[at + 4 : end])
            at = end

    def _take_envelope(self, body: bytes) -> None:
        """Take an envelope that the reader leaves alone: one that steers the connection, or a broken one."""
        envelope = parse_envelope(body)
        if isinstance(envelope, Malformed):
            self._skip(envelope.problem)
        elif envelope.kind is MessageKind.PING:
            self._take_ping(envelope)
        elif envelope.kind is MessageKind.PONG:
            self.pongs += 1
            if envelope.payload == self._bye_payload:
                self.bye_answered = True
                self._lose(None)
            else:
                self._events.append(PongReceived(envelope.payload))
        else:
            self._take_routing_update(envelope.payload)

    def _take_ping(self, ping: Message) -> None:
        self.pings += 1
        if ping.payload.startswith(BYE) and not self.peer_said_bye:
            self.peer_said_bye = True
            self._events.append(PeerLeaving())
        if ping.sender not in (NIL, self._own_id):
            self._out.append(self.writer.pong_frame(self._handshake.peer_id, ping.payload))

    def _take_routing_update(self, payload: bytes) -> None:
        longest = self._limits.max_handshake_frame
        if len(payload) > longest:  # with such a filter there would have been no peering
            self._skip(f"routing update of {len(payload)} bytes is longer than the allowed {longest}")
            return
        try:
            self.peer_filter = decode_filter(payload, 0, self._limits)
        except DecodeError as error:
            self._skip(f"routing update: {error}")
        else:
            self._events.append(FilterChanged(self.peer_filter))

    def _skip(self, problem: str) -> None:
        self.skipped += 1
        self._events.append(Skipped(problem))

    # -- the end --------------------------------------------------------------------------------------------

    def _lose(self, error: RemoteProtocolError | None) -> None:
        if self.phase is Phase.CLOSED:
            return
        drop = self._handshake.drop
        self._events.append(
            Lost(error, looks_like=self._looks_like) if drop is None else Lost(error, drop.code, drop.text, drop.sender)
        )
        self.phase = Phase.CLOSED
        self._deadline = None
        self._buffer.release()
