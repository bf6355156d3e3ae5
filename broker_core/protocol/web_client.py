"""One connection to a WebSocket server: bytes and the time go in, events and bytes come out.

The servers around Broker are libbroker's old one, Zeek's own, and this toolkit's. None of them confirms a data message,
but all work off a client's texts in order and answer one that they cannot take with one error message. So a **barrier**
is a text that must be refused: when its error arrives, everything before it was worked off, and its errors have come.

- Zeek gets an empty vector without a topic. ``no topic in top-level JSON object`` never answers a message of this
  side, all of which have one; Zeek's recordings show no other effect of it, in the log neither. (A topic ``<$>`` would
  get the same answer, so it is not sent.)
- libbroker takes a missing topic as the empty one, so it gets a word that is no JSON: ``contained malformed JSON``
  never answers a message of this side. The number in the error is not needed, so queues may drop messages before.
- This toolkit's server, and unknown ones, get the same word; there, ``failed to decode JSON object`` counts, too.

Source: spec websocket-json.md, RFC 6455.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import deque
from datetime import UTC, tzinfo
from enum import Enum
from typing import TYPE_CHECKING

from broker_core.errors import EC, Cause, DecodeError, EncodeError, LocalProtocolError, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.json_quirks import OWN, Quirks, Server, quirks_of
from broker_core.messages.json_wire import BARRIER, Ack, ErrorText, data_message, parse_server_text, subscription
from broker_core.model.addresses import WEB_PATH
from broker_core.model.topics import CONTROL_TOPIC

from .events import Lost, PongReceived, Skipped
from .web_answer import UpgradeAnswer
from .web_events import Acknowledged, BarrierReached, ClientEvent, ServerError
from .web_frames import (
    BINARY,
    CLOSE,
    LONGEST_CONTROL,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Mask,
    WebSocketError,
    close_payload,
    masked_frame,
    parse_close,
)
from .web_refusals import NO_TOPIC, describe_close, one_line
from .web_upgrade import request

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WebClientConnection", "WebPhase"]

_KEEP_ALIVE = b"broker-keep-alive"
_PATH = re.compile(r"/[!-~]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_NO_TOPIC = b'{"type":"barrier","@data-type":"vector","data":[]}'
_NOT_JSON_ERRORS = ("contained malformed JSON", "failed to decode JSON object")
_NOT_FATAL = "broker_error"  # of Zeek: about a message of somebody else


class WebPhase(Enum):
    """The parts of a connection's life."""

    UPGRADE = "upgrade"
    SUBSCRIPTION = "subscription"
    OPERATION = "operation"
    CLOSING = "closing"
    CLOSED = "closed"


class WebClientConnection:
    """The client's half of the WebSocket interface, without the socket.

    After every call, write :meth:`data_to_send`, handle :meth:`events`, and arm one timer for :meth:`next_deadline`.
    What a server does never raises. The last event is :class:`Lost`, exactly one; afterwards there may still be a
    farewell in :meth:`data_to_send`, and every other method does nothing.
    """

    phase: WebPhase
    quirks: Quirks
    """What to heed with this server, from :class:`Acknowledged` on."""
    skipped: int
    """How many texts could not be read."""
    pings: int
    """How many pings came."""
    pongs: int
    """How many pongs came."""
    last_heard: float
    """When the last bytes came, as passed to :meth:`receive_data`."""

    def __init__(
        self,
        *,
        host: str,
        path: str = WEB_PATH,
        topics: tuple[str, ...],
        app_name: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        limits: Limits = DEFAULT_LIMITS,
        now: float,
        entropy: Callable[[int], bytes],
        zone: tzinfo = UTC,
    ) -> None:
        """*host* is what the header Host says, *headers* are further ones, such as Authorization.

        *entropy* returns as many random bytes as it is asked for (``os.urandom``). *zone* is the time zone of the
        server's machine, which matters for servers before Zeek 8.0 only. Raises :class:`LocalProtocolError` for a
        header that HTTP cannot carry. The request is in :meth:`data_to_send` at once.
        """
        self.phase = WebPhase.UPGRADE
        self.quirks = OWN
        self.skipped = self.pings = self.pongs = 0
        self.last_heard = now
        self._limits = limits
        self._zone = zone
        self._topics = topics
        key = b64encode(entropy(16)).decode()
        self._mask = Mask(entropy)
        extra = (("X-Application-Name", app_name), *headers) if app_name else headers
        _check_headers((("Host", host), *extra))
        if not _PATH.fullmatch(path):
            msg = f"{path!r} is no path of a URL"
            raise LocalProtocolError(msg)
        self._out = [request(host, path, key, extra)]
        self._events: list[ClientEvent] = []
        self._answer = UpgradeAnswer(key, limits)
        self._reader = FrameReader(limits.web_message)
        self._barriers: deque[bytes] = deque()
        self._deadline: float | None = now + limits.handshake_timeout
        self._pinged: float | None = None

    @property
    def closed(self) -> bool:
        """Whether :class:`Lost` was reported or waits to be."""
        return self.phase is WebPhase.CLOSED

    # -- in -------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the server, cut anywhere. Never raises for what they are."""
        self.last_heard = now
        self._pinged = None
        if self.phase is WebPhase.UPGRADE:
            data = self._take_answer(data)
        if data and self.phase is not WebPhase.CLOSED:
            self._take_frames(data)

    def receive_eof(self) -> None:
        """Take the end of the server's stream. Idempotent."""
        if self.phase is WebPhase.UPGRADE:
            self._end(self._answer.end())
        elif self.phase is WebPhase.SUBSCRIPTION:
            problem = "connection closed by the server before it acknowledged the subscription"
            self._lose(problem, Cause.CONNECTION_LOST, code=EC.PEER_DISCONNECT_DURING_HANDSHAKE)
        elif self.phase is WebPhase.CLOSING:
            self._end(Lost(None))
        else:
            where = " in the middle of a message" if self._reader.in_the_middle else ""
            self._lose(f"connection closed by the server{where}", Cause.CONNECTION_LOST, code=EC.UNSPECIFIED)

    def next_deadline(self) -> float | None:
        """When to call :meth:`handle_deadline`; None when nothing is waited for."""
        if self.phase is WebPhase.OPERATION:
            return (self.last_heard if self._pinged is None else self._pinged) + self._limits.web_ping_interval
        return self._deadline

    def handle_deadline(self, now: float) -> None:
        """Ask a silent server whether it lives, or give up what took too long. Does nothing when called early."""
        deadline = self.next_deadline()
        if deadline is None or now < deadline:
            return
        if self.phase is WebPhase.OPERATION:
            if self._pinged is None:
                self._pinged = now
                self._send(PING, _KEEP_ALIVE)
            else:
                problem = f"no sign of life from the server, and no answer to a ping for {now - self._pinged:g} s"
                self._lose(problem, Cause.CONNECTION_LOST, code=EC.PEER_TIMEOUT, farewell=1011)
        elif self.phase is WebPhase.CLOSING:
            problem = f"the server did not answer the close frame within {self._limits.bye_timeout:g} s"
            self._lose(problem, None, code=EC.REQUEST_TIMEOUT)
        elif self.phase is WebPhase.SUBSCRIPTION:
            problem = f"subscription not acknowledged within {self._limits.handshake_timeout:g} s"
            self._lose(problem, Cause.HANDSHAKE_TIMEOUT, code=EC.PEER_TIMEOUT, farewell=1000)
        else:
            self._end(self._answer.time_out())

    # -- out ------------------------------------------------------------------------------------------------

    def data_to_send(self) -> list[bytes]:
        """Drain what is to be sent: any number of whole frames in each element."""
        out, self._out = self._out, []
        return out

    def events(self) -> list[ClientEvent]:
        """Drain what happened, in order."""
        events, self._events = self._events, []
        return events

    # -- verbs ----------------------------------------------------------------------------------------------

    def frame(self, message: Message) -> bytes:
        """*message* as a frame, for a caller with a queue of its own. Write each frame once: it is masked.

        Raises :class:`EncodeError` for what this server would not read as the same, or is no data message, or too
        long; :class:`LocalProtocolError` before :class:`Acknowledged`.
        """
        if self.phase is WebPhase.UPGRADE or self.phase is WebPhase.SUBSCRIPTION:
            msg = "a message cannot be sent before the subscription is acknowledged"
            raise LocalProtocolError(msg)
        if message.kind is not MessageKind.DATA:
            msg = "only data messages can be sent to a WebSocket server"
            raise EncodeError(msg)
        if message.topic == CONTROL_TOPIC:
            msg = f"nothing can be published on the topic {CONTROL_TOPIC} of a WebSocket server"
            raise EncodeError(msg)
        payload = data_message(message.topic, message.value, self.quirks).encode()
        if len(payload) > self._limits.web_message:
            msg = f"message of {len(payload)} bytes is longer than the allowed {self._limits.web_message} (web_message)"
            raise EncodeError(msg)
        return masked_frame(TEXT, payload, self._mask.next())

    def send(self, message: Message) -> None:
        """Send a data message. Raises as :meth:`frame` does, and after :meth:`start_close`; nothing once closed."""
        if self._may_send("a message"):
            self._out.append(self.frame(message))

    def send_ping(self, payload: bytes) -> None:
        """Ask for a pong, reported as :class:`PongReceived`. It says that the connection works, and nothing more.

        Raises :class:`LocalProtocolError` before :class:`Acknowledged` or for more than 125 bytes; nothing once closed.
        """
        if len(payload) > LONGEST_CONTROL:
            msg = f"a ping carries at most {LONGEST_CONTROL} bytes, not {len(payload)}"
            raise LocalProtocolError(msg)
        if self._may_send("a ping"):
            self._send(PING, payload)

    def send_barrier(self, token: bytes) -> None:
        """Ask to be told, by :class:`BarrierReached`, when the server has worked off everything that was sent before.

        Raises :class:`LocalProtocolError` before :class:`Acknowledged`; does nothing once closed.
        """
        if self._may_send("a barrier"):
            self._barriers.append(token)
            self._send(TEXT, _NO_TOPIC if self.quirks.server is Server.ZEEK else BARRIER.encode())

    def take_over(self, other: WebClientConnection) -> None:
        """Expect the answers to the barriers of *other* that it has not seen answered: they will be sent here.

        For a caller that has queued their frames and goes on with this connection in place of *other*.
        """
        self._barriers.extend(other._barriers)
        other._barriers.clear()

    def start_close(self, now: float) -> None:
        """Leave in an orderly way. :class:`Lost` follows, without error when the server closes in time.

        Until then messages still come in. A server may throw away what it has not yet worked off: send a barrier
        before. Does nothing the second time.
        """
        if self.phase is WebPhase.SUBSCRIPTION or self.phase is WebPhase.OPERATION:
            self._send(CLOSE, close_payload(1000, ""))
            self.phase = WebPhase.CLOSING
            self._deadline = now + self._limits.bye_timeout
        elif self.phase is WebPhase.UPGRADE:
            self._end(Lost(None))

    def _may_send(self, what: str) -> bool:
        if self.phase is WebPhase.OPERATION or self.phase is WebPhase.CLOSED:
            return self.phase is WebPhase.OPERATION
        when = "after the close frame" if self.phase is WebPhase.CLOSING else "before the subscription is acknowledged"
        msg = f"{what} cannot be sent {when}"
        raise LocalProtocolError(msg)

    def _send(self, opcode: int, payload: bytes) -> None:
        self._out.append(masked_frame(opcode, payload, self._mask.next()))

    def _take_answer(self, data: bytes) -> bytes:
        """Take what belongs to the answer to the request; returns what is behind it."""
        outcome = self._answer.receive(data)
        if isinstance(outcome, Lost):
            self._end(outcome)
        elif outcome is not None:
            self.phase = WebPhase.SUBSCRIPTION
            self._send(TEXT, subscription(self._topics).encode())
            return outcome
        return b""

    # -- frames ---------------------------------------------------------------------------------------------

    def _take_frames(self, data: bytes) -> None:
        frames: list[tuple[int, bytes]] = []
        error: WebSocketError | None = None
        try:
            self._reader.read(data, frames)
        except WebSocketError as problem:
            error = problem
        for opcode, payload in frames:
            if opcode <= BINARY:  # as at Zeek, a binary frame is a text, too
                self._take_text(payload)
            elif opcode == PING:
                self.pings += 1
                if self.phase is not WebPhase.CLOSING:  # nothing follows a close frame
                    self._send(PONG, payload)
            elif opcode == PONG:
                self.pongs += 1
                if payload != _KEEP_ALIVE:
                    self._events.append(PongReceived(payload))
            else:
                self._take_close(payload)
            if self.phase is WebPhase.CLOSED:
                return
        if error is not None:
            self._lose(error.problem, Cause.BAD_HANDSHAKE, code=error.code, farewell=error.close_code)

    def _take_close(self, payload: bytes) -> None:
        code, reason = parse_close(payload)
        if self.phase is WebPhase.CLOSING:
            self._end(Lost(None, close_code=code))
            return
        self._send(CLOSE, payload[:2])
        refusal = describe_close(code, reason)
        ec = EC.PEER_INVALID if refusal.refused else EC.UNSPECIFIED
        self._lose(refusal.problem, refusal.cause, code=ec, refused=refusal.refused, close_code=code)

    def _take_text(self, payload: bytes) -> None:
        try:
            said = parse_server_text(payload, self._limits, self.quirks)
        except DecodeError as problem:
            self._skip(f"unreadable text: {problem}")
            return
        if self.phase is WebPhase.SUBSCRIPTION:
            self._take_first(said)
        elif type(said) is Message:
            self._events.append(said)
        elif isinstance(said, ErrorText):
            self._take_error(said)
        else:
            self._skip("second acknowledgement")

    def _take_first(self, said: Ack | ErrorText | Message) -> None:
        """Take what comes before the acknowledgement, or is it."""
        if isinstance(said, Ack):
            self.quirks = quirks_of(said.endpoint, said.version, self._zone)
            self.phase = WebPhase.OPERATION
            self._deadline = None
            self._events.append(Acknowledged(said.endpoint, said.version))
        elif isinstance(said, Message):
            self._skip("data message before the acknowledgement")
        elif said.code == _NOT_FATAL:
            self._events.append(ServerError(said.code, said.context))
        else:
            problem = f"the server refused the subscription: {one_line(said.context)} ({one_line(said.code)})"
            self._lose(problem, Cause.REJECTED, code=EC.PEER_INVALID, refused=True, farewell=1000)

    def _take_error(self, error: ErrorText) -> None:
        if self._barriers and self._is_of_barrier(error.context):
            self._events.append(BarrierReached(self._barriers.popleft()))
        else:
            self._events.append(ServerError(error.code, error.context))

    def _is_of_barrier(self, context: str) -> bool:
        if self.quirks.server is Server.ZEEK:
            return context == NO_TOPIC
        return any(words in context for words in _NOT_JSON_ERRORS)

    def _skip(self, problem: str) -> None:
        self.skipped += 1
        self._events.append(Skipped(problem))

    # -- the end --------------------------------------------------------------------------------------------

    def _lose(  # the fields of Lost, mostly
        self,
        problem: str,
        cause: Cause | None,
        *,
        code: EC = EC.INVALID_MESSAGE,
        farewell: int = 0,
        refused: bool = False,
        close_code: int | None = None,
    ) -> None:
        if farewell and self.phase is not WebPhase.CLOSING:
            self._send(CLOSE, close_payload(farewell, ""))
        self._end(Lost(RemoteProtocolError(problem, code), cause=cause, refused=refused, close_code=close_code))

    def _end(self, lost: Lost) -> None:
        if self.phase is WebPhase.CLOSED:
            return
        self._events.append(lost)
        self.phase = WebPhase.CLOSED
        self._deadline = None


def _check_headers(headers: tuple[tuple[str, str], ...]) -> None:
    for name, value in headers:
        if not _HEADER_VALUE.fullmatch(value) or not _HEADER_NAME.fullmatch(name):
            msg = f"the HTTP header {name!r} cannot be sent: it has a character that HTTP does not allow"
            raise LocalProtocolError(msg)
