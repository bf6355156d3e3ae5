"""The table of the handshake: any state with any message is a legal step or the end, and ids decide the roles."""

from __future__ import annotations

import pytest

from broker_core.errors import EC, LocalProtocolError, RemoteProtocolError
from broker_core.messages.handshake import (
    DropConn,
    HandshakeMessage,
    Hello,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
)
from broker_core.model import NIL, EndpointId
from broker_core.protocol.framing import frame_of
from broker_core.protocol.handshake import TRANSITIONS, Handshake, State, Step, Trigger, start, trigger_of
from peer_links import LARGE, SMALL

MIDDLE = EndpointId(b"\x77" * 16)
MESSAGES: list[HandshakeMessage] = [
    Probe(),
    Hello(LARGE),
    Hello(SMALL),
    Hello(MIDDLE),
    VersionSelect(SMALL),
    VersionSelect(LARGE),
    VersionSelect(MIDDLE),
    OriginatorSyn(("/peer",)),
    ResponderSynAck(("/peer",)),
    OriginatorAck(),
    DropConn(SMALL, EC.REDUNDANT_CONNECTION, "redundant connection"),
]
FRAMES = {
    Probe: frame_of(Probe().encode()),
    Hello: frame_of(Hello(MIDDLE).encode()),
    VersionSelect: frame_of(VersionSelect(MIDDLE).encode()),
    OriginatorSyn: frame_of(OriginatorSyn(("/own",)).encode()),
    ResponderSynAck: frame_of(ResponderSynAck(("/own",)).encode()),
    OriginatorAck: frame_of(OriginatorAck().encode()),
}


def handshake(state: State) -> tuple[Handshake, list[bytes]]:
    out: list[bytes] = []
    one = Handshake(MIDDLE, ("/own",), out, server=True)
    out.clear()
    one.state = state
    return one, out


# The table of the specification's section 4.3, row by row: state, message, next state, what is sent.
LEGAL = {
    (State.AWAIT_HELLO, Probe()): (State.AWAIT_HELLO, []),
    (State.AWAIT_HELLO, Hello(LARGE)): (State.DECIDE_AS_ORIGINATOR, []),
    (State.AWAIT_HELLO, Hello(SMALL)): (State.AWAIT_SELECT, [Hello]),
    (State.AWAIT_HELLO_OR_SELECT, Probe()): (State.AWAIT_HELLO_OR_SELECT, []),
    (State.AWAIT_HELLO_OR_SELECT, Hello(LARGE)): (State.DECIDE_AS_ORIGINATOR, []),
    (State.AWAIT_HELLO_OR_SELECT, Hello(SMALL)): (State.AWAIT_SELECT, [Hello]),
    (State.AWAIT_HELLO_OR_SELECT, VersionSelect(SMALL)): (State.DECIDE_AS_RESPONDER, []),
    (State.AWAIT_HELLO_OR_SELECT, VersionSelect(LARGE)): (State.DECIDE_AS_RESPONDER, []),
    (State.AWAIT_SELECT, Probe()): (State.AWAIT_SELECT, []),
    (State.AWAIT_SELECT, VersionSelect(SMALL)): (State.DECIDE_AS_RESPONDER, []),
    (State.AWAIT_SELECT, VersionSelect(LARGE)): (State.DECIDE_AS_RESPONDER, []),
    (State.AWAIT_SYN, OriginatorSyn(("/peer",))): (State.AWAIT_ACK, [ResponderSynAck]),
    (State.AWAIT_ACK, OriginatorAck()): (State.PEERED, []),
    (State.AWAIT_SYN_ACK, ResponderSynAck(("/peer",))): (State.PEERED, [OriginatorAck]),
}
# Messages that end the handshake with a reason of their own.
ENDING = {
    (State.AWAIT_HELLO, Hello(MIDDLE)): (EC.PEER_INVALID, [Hello]),
    (State.AWAIT_HELLO_OR_SELECT, Hello(MIDDLE)): (EC.PEER_INVALID, []),
    (State.AWAIT_HELLO_OR_SELECT, VersionSelect(MIDDLE)): (EC.PEER_INVALID, []),
    (State.AWAIT_SELECT, VersionSelect(MIDDLE)): (EC.PEER_INVALID, []),
} | {
    (state, MESSAGES[-1]): (EC.REDUNDANT_CONNECTION, [])
    for state in (
        State.AWAIT_HELLO,
        State.AWAIT_HELLO_OR_SELECT,
        State.AWAIT_SELECT,
        State.AWAIT_SYN,
        State.AWAIT_ACK,
        State.AWAIT_SYN_ACK,
    )
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_any_message_in_any_state(state, message):
    one, out = handshake(state)
    if (state, message) in LEGAL:
        next_state, sent = LEGAL[state, message]
        one.receive(message.encode())
        assert one.state is next_state
    else:
        code, sent = ENDING.get((state, message), (EC.UNEXPECTED_HANDSHAKE_MESSAGE, []))
        with pytest.raises(RemoteProtocolError) as caught:
            one.receive(message.encode())
        assert caught.value.code is code
    assert out == [FRAMES[kind] for kind in sent]


def test_table_has_no_other_steps():
    steps = {(state, trigger) for state, row in TRANSITIONS.items() for trigger in row}
    tested = {(state, trigger_of(message, MIDDLE)) for state, message in [*LEGAL, *ENDING]}
    decisions = {
        (state, trigger)
        for state in (State.DECIDE_AS_ORIGINATOR, State.DECIDE_AS_RESPONDER)
        for trigger in (Trigger.PROCEED, Trigger.REJECT)
    }
    assert steps == tested | decisions
    assert set(TRANSITIONS) == set(State)


def test_every_state_can_be_reached_and_left():
    reached = {start(server=True).state, start(server=False).state}
    for row in TRANSITIONS.values():
        reached |= {step.state for step in row.values()}
    assert reached == set(State)
    for state, row in TRANSITIONS.items():
        assert bool(row) == (state not in (State.PEERED, State.CLOSED))


def test_both_sides_begin():
    assert start(server=True) == Step(State.AWAIT_HELLO, (Probe,))
    assert start(server=False) == Step(State.AWAIT_HELLO_OR_SELECT, (Hello,))


@pytest.mark.parametrize("state", State)
def test_decisions_are_possible_in_two_states_only(state):
    one, out = handshake(state)
    if state is State.DECIDE_AS_ORIGINATOR:
        one.proceed()
        assert (one.state, out) == (State.AWAIT_SYN_ACK, [FRAMES[VersionSelect], FRAMES[OriginatorSyn]])
    elif state is State.DECIDE_AS_RESPONDER:
        one.proceed()
        assert (one.state, out) == (State.AWAIT_SYN, [])
    else:
        assert not one.deciding
        with pytest.raises(LocalProtocolError):
            one.proceed()
        with pytest.raises(LocalProtocolError):
            one.reject(EC.REDUNDANT_CONNECTION, "no")
        assert not out
        return
    one, out = handshake(state)
    one.reject(EC.REDUNDANT_CONNECTION, "no")
    assert one.state is State.CLOSED
    assert out == [frame_of(DropConn(MIDDLE, EC.REDUNDANT_CONNECTION, "no").encode())]


def test_order_of_ids_is_unsigned():
    assert trigger_of(Hello(LARGE), MIDDLE) is Trigger.HELLO_FROM_LARGER
    assert trigger_of(Hello(SMALL), MIDDLE) is Trigger.HELLO_FROM_SMALLER
    assert trigger_of(Hello(EndpointId(b"\x80" + bytes(15))), EndpointId(b"\x7f" * 16)) is Trigger.HELLO_FROM_LARGER


@pytest.mark.parametrize("message", [Hello(NIL), VersionSelect(NIL)], ids=repr)
def test_peer_without_an_id_is_refused(message):
    one = Handshake(MIDDLE, (), [], server=False)
    with pytest.raises(RemoteProtocolError, match="all zero") as caught:
        one.receive(message.encode())
        one.receive(VersionSelect(NIL).encode())
    assert caught.value.code is EC.PEER_INVALID
    assert one.peer_id == NIL


def test_filter_is_the_one_known_when_it_is_sent():
    for state, message in (
        (State.DECIDE_AS_ORIGINATOR, None),
        (State.AWAIT_SYN, OriginatorSyn(())),
    ):
        one, out = handshake(state)
        assert one.announced is None
        one.own_filter = ("/later",)
        one.receive(message.encode()) if message else one.proceed()
        assert one.announced == ("/later",)
        assert out[-1].endswith(b"\x06/later")


def test_drop_without_a_text_names_its_code():
    one, _ = handshake(State.AWAIT_SELECT)
    with pytest.raises(RemoteProtocolError, match="refused by the peer with code shutting_down"):
        one.receive(DropConn(LARGE, EC.SHUTTING_DOWN, "").encode())


def test_endless_text_of_a_drop_is_shortened_in_the_error():
    one, _ = handshake(State.AWAIT_SELECT)
    with pytest.raises(RemoteProtocolError) as caught:
        one.receive(DropConn(LARGE, EC.SHUTTING_DOWN, "x" * 100_000).encode())
    assert len(str(caught.value)) == 1000
