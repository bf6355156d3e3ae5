"""One connection to a client of a WebSocket server: bytes and the time go in, events and bytes come out.

Clients see one of two servers, by *style*: libbroker's old one ("broker") or Zeek's own ("zeek"), with their answers,
error texts and closing codes. Where those leave a client in the dark, this does not:

- a wrong first message is answered in both styles, and then the connection is closed (libbroker says nothing, both
  leave a dead session behind);
- every end has a close frame, and error answers to the upgrade are complete HTTP (libbroker closes without, Zeek
  leaves out the last line);
- after silence the client is asked whether it is alive in both styles, as by Zeek; any sign of life counts.

Every bound is in :mod:`broker_core.limits`. Source: spec websocket-json.md sections 1, 2, 6 and 8, RFC 6455.
"""

from __future__ import annotations

import re
from enum import Enum

from broker_core.errors import EC, Cause, DecodeError, LimitExceeded, LocalProtocolError, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.envelopes import Message
from broker_core.messages.json_wire import BARRIER, ack, data_message, error, parse_client_text, parse_subscription
from broker_core.model.addresses import WEB_PATH

from .events import Lost, PongReceived, Skipped
from .sniff import TLS
from .web_events import ServerEvent, Subscribed, UpgradeRequested
from .web_frames import (
    BINARY,
    CLOSE,
    LONGEST_CONTROL,
    PING,
    PONG,
    TEXT,
    FrameReader,
    WebSocketError,
    close_payload,
    frame,
    parse_close,
    text_frame,
)
from .web_refusals import NO_TOPIC, context_for
from .web_upgrade import (
    NATIVE,
    Head,
    Style,
    check_request,
    error_answer,
    foreign_protocol,
    head_end,
    parse_head,
    switching,
)

__all__ = ["ServerPhase", "WebServerConnection", "text_frame"]

_APP_NAME = re.compile(r"[A-Za-z0-9/_.=:*@-]*")
_UNREADABLE = EC.DESERIALIZATION_FAILED.label
_TERMINATED = "connection closed by the client"


class ServerPhase(Enum):
    """The parts of a connection's life."""

    REQUEST = "request"
    """The client's request comes in."""
    DECIDING = "deciding"
    """``accept()`` or ``refuse()`` is next."""
    SUBSCRIPTION = "subscription"
    """The client's subscription comes next."""
    ACKNOWLEDGING = "acknowledging"
    """``acknowledge()`` or ``deny()`` is next."""
    OPERATION = "operation"
    CLOSING = "closing"
    CLOSED = "closed"


_ASKING = {ServerPhase.SUBSCRIPTION, ServerPhase.ACKNOWLEDGING, ServerPhase.OPERATION}


class WebServerConnection:
    """The server's half of the WebSocket interface for one client, without the socket.

    After every call, write :meth:`data_to_send`, handle :meth:`events`, and arm one timer for :meth:`next_deadline`.
    What a client does never raises. The last event is :class:`Lost`, exactly one; afterwards there may still be a
    farewell in :meth:`data_to_send`, and every other method does nothing. After the farewell, end the sending half
    first and read on for a moment: closing a socket with unread bytes would destroy it.

    Nothing goes on at :class:`UpgradeRequested` and :class:`Subscribed` until the caller decides. What the client
    sends meanwhile is kept, up to a bound.
    """

    phase: ServerPhase
    skipped: int
    """How many texts of the client were refused since its subscription."""
    pings: int
    """How many pings came."""
    pongs: int
    """How many pongs came."""
    last_heard: float
    """When the last bytes came, as passed to :meth:`receive_data`."""

    def __init__(self, *, style: Style = "broker", limits: Limits = DEFAULT_LIMITS, now: float) -> None:
        self.phase = ServerPhase.REQUEST
        self.skipped = self.pings = self.pongs = 0
        self.last_heard = now
        self._style = style
        self._limits = limits
        self._out: list[bytes] = []
        self._events: list[ServerEvent] = []
        self._held = bytearray()
        self._request: Head | None = None
        self._reader = FrameReader(limits.web_message)
        self._early: list[tuple[int, bytes]] = []  # frames that came before the acknowledgement
        self._early_size = 0
        self._texts = 0
        self._deadline = now + limits.handshake_timeout
        self._keep_alive = b"broker-keep-alive"
        if style == "zeek":
            self._keep_alive = f"ixwebsocket::heartbeat::{limits.web_ping_interval:g}s::".encode()
        self._asked = 0
        self._pinged: float | None = None

    @property
    def closed(self) -> bool:
        """Whether :class:`Lost` was reported or waits to be."""
        return self.phase is ServerPhase.CLOSED

    # -- in -------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the client, cut anywhere. Never raises for what they are."""
        self.last_heard = now
        self._pinged = None
        if self.phase is ServerPhase.REQUEST:
            self._take_request(data)
        elif self.phase is ServerPhase.DECIDING:
            self._hold(data)
        elif self.phase is not ServerPhase.CLOSED:
            self._take_frames(data)

    def receive_eof(self) -> None:
        """Take the end of the client's stream. Idempotent."""
        if self.phase is ServerPhase.CLOSING:
            self._end(Lost(None))
        elif self.phase is ServerPhase.REQUEST:
            foreign = foreign_protocol(self._held, complete=True) if self._held and not _may_be_http(self._held) else ""
            if foreign:
                self._lose_to(foreign)
            else:
                problem = f"{_TERMINATED} before it asked for a WebSocket"
                self._lose(problem, Cause.CLOSED_AT_ONCE, EC.PEER_DISCONNECT_DURING_HANDSHAKE)
        elif self.phase is ServerPhase.OPERATION:
            where = " in the middle of a message" if self._reader.in_the_middle else ""
            self._lose(f"{_TERMINATED}{where}", Cause.CONNECTION_LOST, EC.UNSPECIFIED)
        else:
            self._lose(
                f"{_TERMINATED} before it was acknowledged", Cause.CONNECTION_LOST, EC.PEER_DISCONNECT_DURING_HANDSHAKE
            )

    def next_deadline(self) -> float | None:
        """When to call :meth:`handle_deadline`; None when nothing is waited for."""
        if self.phase in _ASKING:
            silence = (self.last_heard if self._pinged is None else self._pinged) + self._limits.web_ping_interval
            return min(silence, self._deadline) if self.phase is ServerPhase.SUBSCRIPTION else silence
        return self._deadline if self.phase in {ServerPhase.REQUEST, ServerPhase.CLOSING} else None

    def handle_deadline(self, now: float) -> None:
        """Ask a silent client whether it lives, or give up what took too long. Does nothing when called early."""
        deadline = self.next_deadline()
        if deadline is None or now < deadline:
            return
        if self.phase is ServerPhase.REQUEST:
            problem = f"no WebSocket upgrade within {self._limits.handshake_timeout:g} s"
            self._lose(problem, Cause.HANDSHAKE_TIMEOUT, EC.PEER_TIMEOUT)
        elif self.phase is ServerPhase.CLOSING:
            problem = f"the client did not answer the close frame within {self._limits.bye_timeout:g} s"
            self._lose(problem, None, EC.REQUEST_TIMEOUT)
        elif self.phase is ServerPhase.SUBSCRIPTION and now >= self._deadline:
            self._send(CLOSE, close_payload(1008, "No subscription in time"))
            problem = f"no subscription within {self._limits.handshake_timeout:g} s"
            self._lose(problem, Cause.HANDSHAKE_TIMEOUT, EC.PEER_TIMEOUT)
        elif self._pinged is None:
            self._pinged = now
            number = str(self._asked).encode() if self._style == "zeek" else b""
            self._asked += 1
            self._send(PING, self._keep_alive + number)
        else:
            self._send(CLOSE, close_payload(1011, "Ping timeout"))
            problem = f"no sign of life from the client, and no answer to a ping for {now - self._pinged:g} s"
            self._lose(problem, Cause.CONNECTION_LOST, EC.PEER_TIMEOUT)

    # -- out ------------------------------------------------------------------------------------------------

    def data_to_send(self) -> list[bytes]:
        """Drain what is to be sent: any number of whole frames in each element."""
        out, self._out = self._out, []
        return out

    def events(self) -> list[ServerEvent]:
        """Drain what happened, in order."""
        events, self._events = self._events, []
        return events

    # -- decisions ------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Let the client in after :class:`UpgradeRequested`."""
        if self._decides(ServerPhase.DECIDING) and self._request is not None:
            self._out.append(switching(self._request, self._style))
            self.phase = ServerPhase.SUBSCRIPTION
            held = bytes(self._held)
            self._held.clear()
            self._take_frames(held)

    def refuse(self, status: int, text: str) -> None:
        """Refuse the client after :class:`UpgradeRequested`, with an HTTP *status*. :class:`Lost` follows at once."""
        if self._decides(ServerPhase.DECIDING):
            self._refuse(status, text, Cause.REJECTED)

    def acknowledge(self, endpoint: str, version: str) -> None:
        """Confirm the subscription after :class:`Subscribed`. What the client sent meanwhile follows as events."""
        if self._decides(ServerPhase.ACKNOWLEDGING):
            self._out.append(text_frame(ack(endpoint, version)))
            self.phase = ServerPhase.OPERATION
            early, self._early = self._early, []
            self._take_each(early)

    def deny(self, code: str, context: str) -> None:
        """Refuse the subscription after :class:`Subscribed`, with an error message. :class:`Lost` follows at once."""
        if self._decides(ServerPhase.ACKNOWLEDGING):
            self._deny(code, context, f"subscription refused: {context}", Cause.REJECTED)

    def _decides(self, phase: ServerPhase) -> bool:
        """Whether the caller's decision counts. Raises :class:`LocalProtocolError` when there is none to make."""
        if self.phase is not phase and self.phase is not ServerPhase.CLOSED:
            msg = f"there is nothing to decide: the connection is in phase {self.phase.value}, not {phase.value}"
            raise LocalProtocolError(msg)
        return self.phase is phase

    # -- verbs ----------------------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send a data message. Raises :class:`EncodeError`, and :class:`LocalProtocolError` when that cannot be now."""
        if self._may_send("a message"):
            self._out.append(text_frame(data_message(message.topic, message.value)))

    def send_text(self, text: str) -> None:
        """Send what :func:`~broker_core.messages.json_wire.data_message` made: once for all clients."""
        if self._may_send("a message"):
            self._out.append(text_frame(text))

    def send_error(self, code: str, context: str) -> None:
        """Send an error message; the session goes on. Does nothing after a close frame, which nothing may follow."""
        if self.phase is not ServerPhase.CLOSING and self._may_send("an error"):
            self._out.append(text_frame(error(code, context)))

    def send_ping(self, payload: bytes) -> None:
        """Ask for a pong, reported as :class:`PongReceived`: then the client has received everything before it.

        Raises :class:`LocalProtocolError` for more than 125 bytes, or when that cannot be now.
        """
        if len(payload) > LONGEST_CONTROL:
            msg = f"a ping carries at most {LONGEST_CONTROL} bytes, not {len(payload)}"
            raise LocalProtocolError(msg)
        if self._may_send("a ping"):
            self._send(PING, payload)

    def close(self, code: int, reason: str, now: float) -> None:
        """End the session: Zeek says 1001 ``Terminating`` at its end. :class:`Lost` follows when the client answers.

        Before the upgrade it is refused with 503. Does nothing the second time.
        """
        if self.phase in {ServerPhase.REQUEST, ServerPhase.DECIDING}:
            self._refuse(503, reason, Cause.SHUTTING_DOWN)
        elif self.phase in _ASKING:
            self._send(CLOSE, close_payload(code, reason))
            self.phase = ServerPhase.CLOSING
            self._deadline = now + self._limits.bye_timeout

    def _may_send(self, what: str) -> bool:
        if self.phase is ServerPhase.OPERATION or self.phase is ServerPhase.CLOSED:
            return self.phase is ServerPhase.OPERATION
        msg = f"{what} cannot be sent in phase {self.phase.value}"
        raise LocalProtocolError(msg)

    def _send(self, opcode: int, payload: bytes) -> None:
        self._out.append(frame(opcode, payload))

    # -- upgrade --------------------------------------------------------------------------------------------

    def _take_request(self, data: bytes) -> None:
        searched = max(0, len(self._held) - 3)
        self._held += data
        if not _may_be_http(self._held):
            foreign = foreign_protocol(self._held, complete=False)
            if foreign:
                self._lose_to(foreign)
            return
        end = head_end(self._held, searched)
        most = self._limits.web_request
        if end > most or (end < 0 and len(self._held) > most):
            self._refuse(431, "Header exceeds maximum size.", Cause.BAD_HANDSHAKE)
        elif end >= 0:
            head = parse_head(bytes(self._held[:end]))
            rest = bytes(self._held[end:])
            self._held.clear()
            self._judge(head, rest)

    def _judge(self, head: Head, rest: bytes) -> None:
        problem = check_request(head, self._style)
        if problem:
            self._refuse(400, problem, Cause.BAD_HANDSHAKE)
            return
        app_name = head.get("x-application-name")
        if self._style == "zeek" and (head.second != WEB_PATH or not _APP_NAME.fullmatch(app_name)):
            self._out.append(switching(head, self._style))  # Zeek lets everybody in before it looks
            if head.second != WEB_PATH:
                code, context = "invalid_uri", f"Invalid URI - use {WEB_PATH}"
            else:
                code, context = "invalid_application_name", "Invalid X-Application-Name"
            self._deny(code, context, f"upgrade refused: {context}", Cause.BAD_HANDSHAKE)
            return
        self._request = head
        self.phase = ServerPhase.DECIDING
        self._events.append(UpgradeRequested(head.second, app_name, head.get("authorization"), head.get("origin")))
        self._hold(rest)  # which may be the end

    def _hold(self, data: bytes) -> None:
        """Keep what comes ahead of the decision, as no honest client's does."""
        self._held += data
        if len(self._held) > self._limits.web_request:
            self._refuse(400, "Data before the answer to the upgrade.", Cause.BAD_HANDSHAKE)

    def _refuse(self, status: int, text: str, cause: Cause) -> None:
        self._out.append(error_answer(status, text, self._style))
        error = RemoteProtocolError(f"upgrade refused: {text}", EC.PEER_INVALID)
        self._end(Lost(error, cause=cause, refused=True, http_status=status))

    def _lose_to(self, foreign: str) -> None:
        problem = f"the client does not speak HTTP; it looks like {foreign}"
        self._out.append(error_answer(400, problem, self._style))  # or it would wait for an answer of its own kind
        cause = {NATIVE: Cause.WEBSOCKET, TLS: Cause.TLS_EXPECTED}.get(foreign, Cause.NOT_BROKER)
        self._end(Lost(RemoteProtocolError(problem, EC.PEER_INCOMPATIBLE), looks_like=foreign, cause=cause))

    # -- frames ---------------------------------------------------------------------------------------------

    def _take_frames(self, data: bytes) -> None:
        frames: list[tuple[int, bytes]] = []
        problem: WebSocketError | None = None
        try:
            self._reader.read(data, frames)
        except WebSocketError as error:
            problem = error
        self._take_each(frames)
        if problem is not None and self.phase is not ServerPhase.CLOSED:
            self._fail(problem.problem, problem.close_code, problem.reason)

    def _take_each(self, frames: list[tuple[int, bytes]]) -> None:
        for opcode, payload in frames:
            if opcode == PING:
                self.pings += 1
                if self.phase is not ServerPhase.CLOSING:  # nothing follows a close frame
                    self._send(PONG, payload)
            elif opcode == PONG:
                self.pongs += 1
                if not payload.startswith(self._keep_alive):
                    self._events.append(PongReceived(payload))
            elif self.phase is ServerPhase.ACKNOWLEDGING:
                self._keep(opcode, payload)
            elif opcode == CLOSE:
                self._take_close(payload)
            else:
                self._take_text(opcode, payload)
            if self.phase is ServerPhase.CLOSED:
                return

    def _take_close(self, payload: bytes) -> None:
        if self.phase is not ServerPhase.CLOSING:
            self._send(CLOSE, payload)  # the same code and reason, as Zeek
        self._end(Lost(None, close_code=parse_close(payload)[0]))

    def _take_text(self, opcode: int, payload: bytes) -> None:
        if opcode == BINARY and self._style == "broker":
            self._fail("binary frame, where only texts are expected", 1003, "Binary frames are not supported")
            return
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            if opcode == TEXT and self._style == "zeek":
                self._fail("text that is not UTF-8", 1007, "Invalid frame payload data")
                return
            text = payload.decode("utf-8", "surrogateescape")
        if self.phase is ServerPhase.SUBSCRIPTION:
            self._take_subscription(text)
        else:
            self._take_message(text)

    def _take_subscription(self, text: str) -> None:
        try:
            topics = parse_subscription(text, self._limits)
        except LimitExceeded as problem:
            self._deny(_UNREADABLE, str(problem), f"subscription refused: {problem}", Cause.BAD_HANDSHAKE)
        except DecodeError as problem:
            self._deny(_UNREADABLE, problem.problem, f"wrong first message: {problem}", Cause.BAD_HANDSHAKE)
        else:
            self.phase = ServerPhase.ACKNOWLEDGING
            self._events.append(Subscribed(topics))

    def _keep(self, opcode: int, payload: bytes) -> None:
        """Keep a text, or a close frame, until the subscription is acknowledged."""
        self._early.append((opcode, payload))
        self._early_size += len(payload)
        limits = self._limits
        if len(self._early) > limits.web_client_queue or self._early_size > limits.web_message:
            self._fail("too much sent before the acknowledgement", 1008, "Too much sent before the acknowledgement")

    def _take_message(self, text: str) -> None:
        self._texts += 1
        try:
            topic, value = parse_client_text(text, self._limits)
        except DecodeError as problem:
            context = context_for(problem, text, self._texts, self._style)
            if text == BARRIER:
                self.send_error(_UNREADABLE, context)  # the answer is what the client wants
            else:
                self._skip(str(problem), context)
            return
        if topic is None and self._style == "zeek":
            self._skip("data message without a topic", NO_TOPIC)
        else:
            self._events.append(Message(topic or "", value))

    def _skip(self, problem: str, context: str) -> None:
        self.skipped += 1
        self._events.append(Skipped(f"text {self._texts} of the client: {problem}"))
        self.send_error(_UNREADABLE, context)

    # -- the end --------------------------------------------------------------------------------------------

    def _deny(self, code: str, context: str, problem: str, cause: Cause) -> None:
        self._out.append(text_frame(error(code, context)))
        self._send(CLOSE, close_payload(1008, context))
        self._end(Lost(RemoteProtocolError(problem, EC.PEER_INVALID), cause=cause, refused=True))

    def _fail(self, problem: str, close_code: int, reason: str) -> None:
        """End the connection for what the client did, with a close frame."""
        if self.phase is not ServerPhase.CLOSING:
            self._send(CLOSE, close_payload(close_code, reason))
        self._lose(problem, Cause.BAD_HANDSHAKE, EC.INVALID_MESSAGE)

    def _lose(self, problem: str, cause: Cause | None, code: EC) -> None:
        self._end(Lost(RemoteProtocolError(problem, code), cause=cause))

    def _end(self, lost: Lost) -> None:
        if self.phase is ServerPhase.CLOSED:
            return
        self._events.append(lost)
        self.phase = ServerPhase.CLOSED
        self._held.clear()
        self._early.clear()


def _may_be_http(data: bytearray) -> bool:
    """Whether *data* starts like the name of a method."""
    return not data or data[:1].isalpha()
