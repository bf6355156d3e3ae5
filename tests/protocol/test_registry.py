"""Duplicate connections: every row of the table, and whole courses of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC
from broker_core.model import EndpointId
from broker_core.protocol import registry as module
from broker_core.protocol.registry import Drop, Hold, PeerRegistry, PeerState, Proceed, decision
from peer_links import LARGE, SMALL

S = PeerState
REDUNDANT = Drop(EC.REDUNDANT_CONNECTION, "redundant connection")
AT_RESPONDER = Drop(EC.LOGIC_ERROR, "detected redundant connection at the responder")
NOT_FOUND = Drop(EC.LOGIC_ERROR, "detected redundant connection but find_pending_handshake failed")
SHUTTING_DOWN = Drop(EC.SHUTTING_DOWN, "shutting down")


@pytest.mark.parametrize(
    ("states", "originators", "pendings", "expected"),
    [
        ((S.INITIALIZED, S.DISCONNECTED), (True, False), (True, False), Proceed()),
        ((S.CONNECTING, S.RECONNECTING), (True,), (True,), Hold()),
        ((S.CONNECTING, S.RECONNECTING), (True,), (False,), NOT_FOUND),
        ((S.CONNECTED, S.PEERED), (True,), (True, False), REDUNDANT),
        ((S.CONNECTING, S.RECONNECTING, S.CONNECTED, S.PEERED), (False,), (True, False), AT_RESPONDER),
    ],
)
def test_every_row_of_the_table(states, originators, pendings, expected):
    for state in states:
        for originator in originators:
            for pending in pendings:
                assert decision(state, originator=originator, pending=pending) == expected
                shut = decision(state, originator=originator, pending=pending, shutting_down=True)
                assert shut == SHUTTING_DOWN
    assert (EC.REDUNDANT_CONNECTION, EC.LOGIC_ERROR, EC.SHUTTING_DOWN) == (39, 40, 28)


def test_states_of_one_peering_and_the_next():
    registry = PeerRegistry[str]()
    seen = [registry.state(LARGE)]
    assert registry.decide(LARGE, True, "a") == Proceed()
    seen.append(registry.state(LARGE))
    assert registry.completed(LARGE, "a") == []
    seen.append(registry.state(LARGE))
    registry.joined(LARGE)
    seen.append(registry.state(LARGE))
    assert registry.ended(LARGE, "a") == []
    seen.append(registry.state(LARGE))
    assert registry.decide(LARGE, False, "b") == Proceed()
    seen.append(registry.state(LARGE))
    assert seen == [S.INITIALIZED, S.CONNECTING, S.CONNECTED, S.PEERED, S.DISCONNECTED, S.RECONNECTING]
    assert registry.state(SMALL) is S.INITIALIZED


def test_failed_first_handshake_leaves_no_trace_and_a_later_one_does():
    registry = PeerRegistry[str]()
    registry.decide(LARGE, True, "a")
    registry.ended(LARGE, "a")
    assert registry.state(LARGE) is S.INITIALIZED
    registry.decide(LARGE, True, "b")
    registry.completed(LARGE, "b")
    registry.ended(LARGE, "b")
    registry.decide(LARGE, True, "c")
    assert registry.state(LARGE) is S.RECONNECTING
    registry.ended(LARGE, "c")
    assert registry.state(LARGE) is S.DISCONNECTED


def test_held_connections_are_redundant_when_the_handshake_completes():
    registry = PeerRegistry[str]()
    assert registry.decide(LARGE, True, "a") == Proceed()
    assert registry.decide(LARGE, True, "b") == Hold()
    assert registry.decide(LARGE, True, "c") == Hold()
    assert registry.completed(LARGE, "a") == [("b", REDUNDANT), ("c", REDUNDANT)]
    assert registry.ended(LARGE, "b") == registry.ended(LARGE, "c") == []
    assert registry.state(LARGE) is S.CONNECTED
    assert registry.decide(LARGE, True, "d") == REDUNDANT
    assert registry.decide(LARGE, False, "e") == AT_RESPONDER
    assert registry.ended(LARGE, "d") == []
    assert registry.is_connected(LARGE)


def test_held_connections_take_their_turn_when_handshakes_fail():
    registry = PeerRegistry[str]()
    registry.decide(LARGE, True, "a")
    for name in ("b", "c", "d"):
        registry.decide(LARGE, True, name)
    assert registry.ended(LARGE, "c") == []  # it closed while it was held
    assert registry.ended(LARGE, "a") == [("b", Proceed())]
    assert registry.state(LARGE) is S.CONNECTING
    assert registry.ended(LARGE, "b") == [("d", Proceed())]
    assert registry.completed(LARGE, "d") == []
    assert registry.state(LARGE) is S.CONNECTED


def test_responder_refuses_a_second_handshake():
    registry = PeerRegistry[str]()
    assert registry.decide(SMALL, False, "a") == Proceed()
    assert registry.decide(SMALL, False, "b") == AT_RESPONDER
    assert registry.ended(SMALL, "b") == []
    assert registry.is_connected(SMALL)


def test_peers_do_not_meddle_with_each_other():
    registry = PeerRegistry[str]()
    registry.decide(LARGE, True, "a")
    assert registry.decide(SMALL, False, "b") == Proceed()
    assert registry.completed(LARGE, "b") == []
    assert registry.state(LARGE) is S.CONNECTING
    registry.joined(LARGE)
    assert registry.state(LARGE) is S.CONNECTING


def test_shutdown_refuses_everybody():
    registry = PeerRegistry[str]()
    registry.decide(LARGE, True, "a")
    registry.decide(LARGE, True, "b")
    assert registry.start_shutdown() == [("b", SHUTTING_DOWN)]
    assert registry.decide(SMALL, True, "c") == SHUTTING_DOWN
    assert registry.ended(LARGE, "b") == registry.ended(SMALL, "c") == []
    assert registry.completed(LARGE, "a") == []
    assert registry.ended(LARGE, "a") == []


def test_connections_are_told_apart_even_when_they_are_equal():
    registry = PeerRegistry[list[int]]()
    first, second, third = [], [], []
    for connection in (first, second, third):
        registry.decide(LARGE, True, connection)
    registry.ended(LARGE, second)
    ((held, verdict),) = registry.ended(LARGE, first)
    assert held is third
    assert verdict == Proceed()
    assert registry.completed(LARGE, first) == []
    assert registry.state(LARGE) is S.CONNECTING


def test_redundant_only_when_connected_or_being_connected():
    registry = PeerRegistry[str]()
    assert not registry.is_connected(LARGE)
    registry.decide(LARGE, True, "a")
    assert registry.is_connected(LARGE)
    registry.completed(LARGE, "a")
    assert registry.is_connected(LARGE)
    registry.ended(LARGE, "a")
    assert not registry.is_connected(LARGE)


def test_memory_of_old_peers_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 3)
    registry = PeerRegistry[int]()
    ids = [EndpointId(bytes(15) + bytes([number])) for number in range(1, 6)]
    for number, peer in enumerate(ids):
        registry.decide(peer, True, number)
        registry.completed(peer, number)
        registry.ended(peer, number)
    assert [registry.state(peer) for peer in ids] == [S.INITIALIZED] * 2 + [S.DISCONNECTED] * 3
    assert not registry._states
    assert not registry._current
    assert not registry._held


@given(
    st.lists(st.tuples(st.sampled_from(["decide", "complete", "end"]), st.integers(0, 4), st.booleans()), max_size=40)
)
def test_at_most_one_connection_is_current_and_nobody_is_forgotten(course):
    """Every connection that asked is, at any time, current, held, refused or ended; one at most is current."""
    registry = PeerRegistry[object]()
    connections: list[dict[str, object]] = []
    counts = {"current": 0}

    def settle(verdicts):
        for connection, verdict in verdicts:
            assert connection["is"] == "held"
            connection["is"] = "current" if verdict == Proceed() else "refused"

    for verb, which, originator in course:
        alive = [connection for connection in connections if connection["is"] != "ended"]
        if verb == "decide":
            connection = {"is": "asking"}
            connections.append(connection)
            verdict = registry.decide(LARGE, originator, connection)
            connection["is"] = {Proceed: "current", Hold: "held", Drop: "refused"}[type(verdict)]
        elif which < len(alive):
            connection = alive[which]
            if verb == "complete":
                if connection["is"] == "current":
                    settle(registry.completed(LARGE, connection))
            else:
                connection["is"] = "ended"
                settle(registry.ended(LARGE, connection))
        counts["current"] = sum(connection["is"] == "current" for connection in connections)
        assert counts["current"] <= 1
        assert registry.is_connected(LARGE) == (counts["current"] == 1)
        if any(connection["is"] == "held" for connection in connections):
            assert counts["current"] == 1
