"""The handshake: its order as a table, and one run through it.

The table is the only place that knows which message may come when. It does not know which side we are: a client
and a server differ in their first state and in nothing else, and who becomes the originator follows from the
ids. Source: spec native-protocol.md section 4.3, whose names for the states are given behind each one.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from broker_core.errors import EC, LocalProtocolError, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.handshake import (
    DropConn,
    HandshakeMessage,
    Hello,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
    parse_handshake,
)
from broker_core.model.ids import NIL, EndpointId
from broker_core.protocol.framing import frame_of

__all__ = ["TRANSITIONS", "Handshake", "State", "Step", "Trigger", "start", "trigger_of"]

_LONGEST_REASON = 1000  # characters of the peer's text that go into an error


class State(Enum):
    """Where a connection stands; the value completes the sentence "the connection is ..."."""

    AWAIT_HELLO = "waiting for the peer's hello"  # S1
    AWAIT_HELLO_OR_SELECT = "waiting for the peer's hello or version"  # C1
    AWAIT_SELECT = "waiting for the peer's version"  # R0
    DECIDE_AS_ORIGINATOR = "deciding about the peer as originator"  # between C1 or S1, and O1
    DECIDE_AS_RESPONDER = "deciding about the peer as responder"  # between C1 or R0, and R1
    AWAIT_SYN = "waiting for the originator's subscriptions"  # R1
    AWAIT_ACK = "waiting for the originator's acknowledgement"  # R2
    AWAIT_SYN_ACK = "waiting for the responder's subscriptions"  # O1
    PEERED = "peered"
    CLOSED = "closed"


class Trigger(Enum):
    """What moves a connection on: a message, or the decision of this side."""

    PROBE = auto()
    HELLO_FROM_LARGER = auto()
    """The peer's id is larger than ours, so we are the originator."""
    HELLO_FROM_SMALLER = auto()
    HELLO_FROM_SELF = auto()
    SELECT = auto()
    SELECT_FROM_SELF = auto()
    SYN = auto()
    SYN_ACK = auto()
    ACK = auto()
    DROP = auto()
    PROCEED = auto()
    REJECT = auto()


class Step(NamedTuple):
    """What a trigger leads to: the next state, and the kinds of message to send on the way."""

    state: State
    send: tuple[type[HandshakeMessage], ...] = ()


def start(*, server: bool) -> Step:
    """How a connection begins, for the side that accepted it (*server*) or opened it."""
    return Step(State.AWAIT_HELLO, (Probe,)) if server else Step(State.AWAIT_HELLO_OR_SELECT, (Hello,))


TRANSITIONS: dict[State, dict[Trigger, Step]] = {
    State.AWAIT_HELLO: {
        Trigger.PROBE: Step(State.AWAIT_HELLO),
        Trigger.HELLO_FROM_LARGER: Step(State.DECIDE_AS_ORIGINATOR),
        Trigger.HELLO_FROM_SMALLER: Step(State.AWAIT_SELECT, (Hello,)),
        Trigger.HELLO_FROM_SELF: Step(State.CLOSED, (Hello,)),  # our hello lets the other end see it as well
        Trigger.DROP: Step(State.CLOSED),
    },
    State.AWAIT_HELLO_OR_SELECT: {
        Trigger.PROBE: Step(State.AWAIT_HELLO_OR_SELECT),
        Trigger.HELLO_FROM_LARGER: Step(State.DECIDE_AS_ORIGINATOR),
        Trigger.HELLO_FROM_SMALLER: Step(State.AWAIT_SELECT, (Hello,)),
        Trigger.HELLO_FROM_SELF: Step(State.CLOSED),
        Trigger.SELECT: Step(State.DECIDE_AS_RESPONDER),
        Trigger.SELECT_FROM_SELF: Step(State.CLOSED),
        Trigger.DROP: Step(State.CLOSED),
    },
    State.AWAIT_SELECT: {
        Trigger.PROBE: Step(State.AWAIT_SELECT),
        Trigger.SELECT: Step(State.DECIDE_AS_RESPONDER),
        Trigger.SELECT_FROM_SELF: Step(State.CLOSED),
        Trigger.DROP: Step(State.CLOSED),
    },
    State.DECIDE_AS_ORIGINATOR: {
        Trigger.PROCEED: Step(State.AWAIT_SYN_ACK, (VersionSelect, OriginatorSyn)),
        Trigger.REJECT: Step(State.CLOSED, (DropConn,)),
    },
    State.DECIDE_AS_RESPONDER: {
        Trigger.PROCEED: Step(State.AWAIT_SYN),
        Trigger.REJECT: Step(State.CLOSED, (DropConn,)),
    },
    # From here on a drop_conn is out of order and gets no answer either. It is in the table because its reason
    # should be told: a responder refuses duplicates when the originator already waits for its subscriptions.
    State.AWAIT_SYN: {
        Trigger.SYN: Step(State.AWAIT_ACK, (ResponderSynAck,)),
        Trigger.DROP: Step(State.CLOSED),
    },
    State.AWAIT_ACK: {
        Trigger.ACK: Step(State.PEERED),
        Trigger.DROP: Step(State.CLOSED),
    },
    State.AWAIT_SYN_ACK: {
        Trigger.SYN_ACK: Step(State.PEERED, (OriginatorAck,)),
        Trigger.DROP: Step(State.CLOSED),
    },
    State.PEERED: {},
    State.CLOSED: {},
}
"""Every legal step. A trigger that is missing for a state closes the connection without an answer."""

_TRIGGERS: dict[type[HandshakeMessage], Trigger] = {
    Probe: Trigger.PROBE,
    DropConn: Trigger.DROP,
    OriginatorSyn: Trigger.SYN,
    ResponderSynAck: Trigger.SYN_ACK,
    OriginatorAck: Trigger.ACK,
}


def trigger_of(message: HandshakeMessage, own_id: EndpointId) -> Trigger:
    """The trigger that *message* is for the endpoint *own_id*."""
    if isinstance(message, Hello):
        if message.sender == own_id:
            return Trigger.HELLO_FROM_SELF
        return Trigger.HELLO_FROM_LARGER if own_id < message.sender else Trigger.HELLO_FROM_SMALLER
    if isinstance(message, VersionSelect):
        return Trigger.SELECT_FROM_SELF if message.sender == own_id else Trigger.SELECT
    return _TRIGGERS[type(message)]


class Handshake:
    """One run through the table. Frames to send are appended to *out*.

    Set :attr:`own_filter` to announce another filter than the one given, as long as it was not sent.
    """

    state: State
    peer_id: EndpointId
    """NIL until the peer is identified."""
    originator: bool | None
    """Whether this side is the originator; None until the peer is identified."""
    peer_filter: tuple[str, ...]
    announced: tuple[str, ...] | None
    """The filter that was sent, None when none was."""
    drop: DropConn | None
    """The drop_conn that the peer ended the handshake with."""

    def __init__(
        self,
        own_id: EndpointId,
        own_filter: tuple[str, ...],
        out: list[bytes],
        *,
        server: bool,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.own_filter = own_filter
        self.peer_id = NIL
        self.originator = None
        self.peer_filter = ()
        self.announced = self.drop = None
        self._own_id = own_id
        self._out = out
        self._limits = limits
        self._take(start(server=server))

    @property
    def deciding(self) -> bool:
        """Whether the peer is identified and :meth:`proceed` or :meth:`reject` has to come next."""
        return Trigger.PROCEED in TRANSITIONS[self.state]

    def receive(self, body: bytes) -> None:
        """Take the body of a frame, which is not empty.

        Raises :class:`RemoteProtocolError` when that ends the handshake; a farewell may be in *out*.
        """
        try:
            message = parse_handshake(body, self._limits)
        except RemoteProtocolError as error:
            self._send(DropConn(self._own_id, error.code, error.problem))
            raise
        step = TRANSITIONS[self.state].get(trigger_of(message, self._own_id))
        if step is None:
            msg = f"unexpected {type(message).__name__} while {self.state.value}"
            raise RemoteProtocolError(msg, EC.UNEXPECTED_HANDSHAKE_MESSAGE)
        self._store(message, step.state)
        self._take(step)
        if step.state is State.CLOSED:
            raise self._reason()

    def proceed(self) -> None:
        """Go on with the identified peer. Raises :class:`LocalProtocolError` when there is nothing to decide."""
        self._take(self._decision(Trigger.PROCEED))

    def reject(self, code: EC, text: str) -> None:
        """Refuse the identified peer. Raises :class:`LocalProtocolError` when there is nothing to decide."""
        step = self._decision(Trigger.REJECT)
        self._send(DropConn(self._own_id, code, text))
        self.state = step.state

    def _decision(self, trigger: Trigger) -> Step:
        if not self.deciding:
            msg = f"there is nothing to decide: the connection is {self.state.value}"
            raise LocalProtocolError(msg)
        return TRANSITIONS[self.state][trigger]

    def _store(self, message: HandshakeMessage, state: State) -> None:
        if isinstance(message, (Hello, VersionSelect)) and state in (
            State.DECIDE_AS_ORIGINATOR,
            State.DECIDE_AS_RESPONDER,
        ):
            if message.sender == NIL:
                msg = "the peer's id is all zero, which stands for nobody"
                raise RemoteProtocolError(msg, EC.PEER_INVALID)
            self.peer_id = message.sender
            self.originator = state is State.DECIDE_AS_ORIGINATOR
        elif isinstance(message, (OriginatorSyn, ResponderSynAck)):
            self.peer_filter = message.filter
        elif isinstance(message, DropConn):
            self.drop = message

    def _reason(self) -> RemoteProtocolError:
        if self.drop is not None:
            text = self.drop.text[:_LONGEST_REASON] or f"refused by the peer with code {self.drop.code.label}"
            return RemoteProtocolError(text, self.drop.code)
        return RemoteProtocolError("connected to itself: the peer has the id of this endpoint", EC.PEER_INVALID)

    def _take(self, step: Step) -> None:
        for kind in step.send:
            self._send(self._make(kind))
        self.state = step.state

    def _make(self, kind: type[HandshakeMessage]) -> HandshakeMessage:
        if kind is Hello or kind is VersionSelect:
            return kind(self._own_id)
        if kind is OriginatorSyn or kind is ResponderSynAck:
            self.announced = self.own_filter
            return kind(self.own_filter)
        return Probe() if kind is Probe else OriginatorAck()

    def _send(self, message: HandshakeMessage) -> None:
        self._out.append(frame_of(message.encode()))
