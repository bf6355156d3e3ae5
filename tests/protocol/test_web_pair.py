"""Client and server of the WebSocket interface joined in memory, and each against what knows nothing of it.

However the bytes are cut, both report the same; whatever comes in whatever state, nothing raises, and the last event
is the loss of the connection.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, Request, TextMessage

from broker_core.errors import EncodeError, LocalProtocolError
from broker_core.limits import Limits
from broker_core.messages.envelopes import Message
from broker_core.messages.json_wire import ack, data_message, parse_client_text, parse_server_text
from broker_core.model import Count
from broker_core.protocol.events import Lost, PongReceived
from broker_core.protocol.web_client import WebClientConnection, WebPhase
from broker_core.protocol.web_events import Acknowledged, BarrierReached, ServerError, Subscribed, UpgradeRequested
from broker_core.protocol.web_frames import BINARY, CLOSE, PING, PONG, TEXT
from broker_core.protocol.web_server import ServerPhase, WebServerConnection
from strategies import assert_same, values
from web_sessions import (
    REQUEST,
    UUID,
    WebPair,
    ack_text,
    client,
    client_frame,
    client_text,
    comparable,
    error_text,
    joined,
    server,
    sizes,
    subscribing_client,
    text,
    upgraded_answer,
)

STYLES = pytest.mark.parametrize("style", ["broker", "zeek"])
SMALL = Limits(web_message=3000, web_request=500, web_client_queue=3, web_client_topics=3, max_depth=4)


# -- joined -------------------------------------------------------------------------------------------------------


@STYLES
@given(value=values(), pieces=st.none() | sizes())
def test_every_value_goes_both_ways_however_it_is_cut(style, value, pieces):
    pair = joined(style, pieces)
    pair.client.send(Message("/up", value))
    pair.server.send(Message("/down", value))
    pair.run()
    for events, topic in ((pair.server_events, "/up"), (pair.client_events, "/down")):
        assert events[-1].topic == topic
        assert_same(events[-1].value, value)


ACTIONS = st.lists(st.sampled_from(["up", "down", "barrier", "ping", "ask", "error", "carry"]), max_size=12)


def talk(style: Any, actions: list[str], pieces: list[int] | None, closer: str) -> tuple[list[Any], list[Any]]:
    pair = joined(style, pieces)
    for number, action in enumerate(actions):
        token = str(number).encode()
        {
            "up": lambda number=number: pair.client.send(Message("/up", number)),
            "down": lambda number=number: pair.server.send(Message("/down", number)),
            "barrier": lambda token=token: pair.client.send_barrier(token),
            "ping": lambda token=token: pair.client.send_ping(token),
            "ask": lambda token=token: pair.server.send_ping(token),
            "error": lambda number=number: pair.server.send_error("code", str(number)),
            "carry": pair.run,
        }[action]()
    pair.run()
    if closer == "client":
        pair.client.start_close(1.0)
    else:
        pair.server.close(1001, "Terminating", 1.0)
    pair.run()
    return comparable(pair.client_events), comparable(pair.server_events)


@STYLES
@given(actions=ACTIONS, pieces=sizes(), closer=st.sampled_from(["client", "server"]))
def test_any_cut_gives_the_same_events(style, actions, pieces, closer):
    whole = talk(style, actions, None, closer)
    assert [sorted(map(repr, events)) for events in talk(style, actions, pieces, closer)] == [
        sorted(map(repr, events)) for events in whole
    ]
    for at, events in enumerate(whole):
        ends = [event for event in events if isinstance(event, tuple) and len(event) == 6]
        assert ends == [events[-1]]
        orderly = at == 1 or closer == "client"
        assert events[-1][0] == ("None" if orderly else "the server shuts down (1001 Terminating)")
    assert sum(isinstance(event, BarrierReached) for event in whole[0]) == actions.count("barrier")
    assert sum(isinstance(event, PongReceived) for event in whole[0]) == actions.count("ping")
    assert sum(isinstance(event, PongReceived) for event in whole[1]) == actions.count("ask")


@STYLES
@given(actions=st.lists(st.sampled_from(["good", "barrier"]), max_size=8), pieces=st.none() | sizes())
def test_a_barrier_is_behind_everything_before_it(style, actions, pieces):
    pair = joined(style, pieces)
    seen: list[Any] = []
    for number, action in enumerate(actions):
        if action == "good":
            pair.client.send(Message("/up", Count(number)))
        else:
            pair.client.send_barrier(str(number).encode())
            while not any(isinstance(event, BarrierReached) for event in pair.client_events[len(seen) :]):
                pair.run()
            seen = list(pair.client_events)
            received = [event.value for event in pair.server_events if isinstance(event, Message)]
            assert received == [Count(at) for at in range(number) if actions[at] == "good"]
    assert not any(isinstance(event, ServerError) for event in pair.client_events)


# -- wsproto on the other side --------------------------------------------------------------------------------------


class Other:
    """The other side, by wsproto."""

    def __init__(self, kind: ConnectionType) -> None:
        self.ws = WSConnection(kind)
        self.events: list[Any] = []

    def meet(self, conn: WebClientConnection | WebServerConnection, *events: Any) -> None:
        """Say *events*, and carry what there is both ways."""
        for event in events:
            conn.receive_data(self.ws.send(event), 1.0)
        for chunk in conn.data_to_send():
            self.ws.receive_data(chunk)
        self.events += self.ws.events()


@STYLES
def test_a_client_by_wsproto(style):
    conn, other = server(style), Other(ConnectionType.CLIENT)
    other.meet(conn, Request(host="h", target="/v1/messages/json"))
    (request,) = conn.events()
    assert isinstance(request, UpgradeRequested)
    conn.accept()
    other.meet(conn)
    other.meet(conn, TextMessage('["/a"]'))
    assert conn.events() == [Subscribed(("/a",))]
    conn.acknowledge(UUID, "1")
    conn.send(Message("/a", "é" * 70_000))
    other.meet(conn, TextMessage(data_message("/b", "x" * 70_000)), Ping(b"p"))
    accepted, acknowledged, *pieces, pong = other.events
    assert isinstance(accepted, AcceptConnection)
    assert acknowledged.data == ack(UUID, "1")
    said = "".join(piece.data for piece in pieces)
    assert parse_server_text(said).value == "é" * 70_000
    assert pong == Pong(b"p")
    (message,) = conn.events()
    assert (message.topic, message.value) == ("/b", "x" * 70_000)
    other.meet(conn, CloseConnection(1000, "bye"))
    assert other.events[-1] == CloseConnection(1000, "bye")
    assert conn.events() == [Lost(None, close_code=1000)]


def test_a_server_by_wsproto():
    conn, other = client(app_name="app"), Other(ConnectionType.SERVER)
    other.meet(conn)
    (request,) = other.events
    assert (request.host, request.target) == ("h:1", "/v1/messages/json")
    assert (b"x-application-name", b"app") in request.extra_headers
    other.meet(conn, AcceptConnection())
    assert other.events[-1].data == '["/a"]'
    other.meet(conn, TextMessage(ack(UUID, "2.8.0-dev")))
    assert conn.events() == [Acknowledged(UUID, "2.8.0-dev")]
    conn.send(Message("/a", "é" * 70_000))
    other.meet(conn, TextMessage(data_message("/b", 1)))
    said = "".join(piece.data for piece in other.events[2:])
    assert_same(parse_client_text(said)[1], "é" * 70_000)
    conn.start_close(1.0)
    other.meet(conn)
    other.meet(conn, other.events[-1].response())
    message, end = conn.events()
    assert (message.topic, end) == ("/b", Lost(None, close_code=1000))


# -- hostile ------------------------------------------------------------------------------------------------------

DATA = data_message("/a", 1)
PAYLOADS = st.binary(max_size=60) | st.sampled_from(
    [item.encode() for item in (DATA, '["/a"]', ack_text(), error_text("x"), "barrier", "{}", "")]
)
CLIENT_INPUT = st.one_of(
    st.sampled_from([REQUEST, REQUEST[:-2], b"\r\n\r\n", client_text(DATA), client_text('["/a"]')]),
    st.builds(client_frame, st.sampled_from([TEXT, BINARY, PING, PONG, CLOSE]), PAYLOADS),
    st.binary(max_size=60),
)
SERVER_INPUT = st.one_of(
    st.sampled_from([b"HTTP/1.1 400 No\r\n\r\n", text(DATA), text(ack_text()), text(error_text("x"))]),
    st.builds(client_frame, st.integers(0, 15), PAYLOADS),
    st.binary(max_size=60),
)


def test_the_states_of_the_hostile_tests_are_all():
    assert len(WebPhase) == 5
    assert len(ServerPhase) == 7


def end_of(conn: WebClientConnection | WebServerConnection, events: list[Any]) -> None:
    """Nothing but one Lost at the end, and nothing more of a closed connection."""
    ends = [event for event in events if isinstance(event, Lost)]
    assert ends == (events[-1:] if conn.closed else [])
    assert conn.closed == (conn.phase.value == "closed")
    if conn.closed:
        assert conn.next_deadline() is None


@given(st.sampled_from(["upgrade", "subscription", "operation", "closing"]), st.data())
def test_a_client_survives_everything(state, draw):
    conn = client(limits=SMALL)
    if state != "upgrade":
        conn = subscribing_client(limits=SMALL)
        if state != "subscription":
            conn.receive_data(text(ack_text()), 0.0)
        if state == "closing":
            conn.start_close(0.0)
    verbs = {
        "eof": conn.receive_eof,
        "deadline": lambda: conn.handle_deadline(conn.next_deadline() or 0.0),
        "send": lambda: conn.send(Message("/a", 1)),
        "ping": lambda: conn.send_ping(b"x"),
        "barrier": lambda: conn.send_barrier(b"x"),
        "close": lambda: conn.start_close(0.0),
    }
    events = []
    for step in draw.draw(st.lists(st.sampled_from(sorted(verbs)) | SERVER_INPUT, max_size=8)):
        if isinstance(step, bytes):
            conn.receive_data(step, 0.0)
        else:
            with contextlib.suppress(LocalProtocolError, EncodeError):
                verbs[step]()
        events += conn.events()
        conn.data_to_send()
        end_of(conn, events)


@STYLES
@given(draw=st.data())
def test_a_server_survives_everything(style, draw):
    conn = server(style, limits=SMALL)
    verbs = {
        "accept": conn.accept,
        "refuse": lambda: conn.refuse(403, "x"),
        "acknowledge": lambda: conn.acknowledge(UUID, "1"),
        "deny": lambda: conn.deny("a", "b"),
        "eof": conn.receive_eof,
        "deadline": lambda: conn.handle_deadline(conn.next_deadline() or 0.0),
        "send": lambda: conn.send(Message("/a", 1)),
        "error": lambda: conn.send_error("a", "b"),
        "ping": lambda: conn.send_ping(b"x"),
        "close": lambda: conn.close(1001, "x", 0.0),
    }
    start = draw.draw(st.integers(0, 4))
    steps: list[Any] = [REQUEST, "accept", client_text('["/a"]'), "acknowledge"][:start]
    events = []
    for step in steps + draw.draw(st.lists(st.sampled_from(sorted(verbs)) | CLIENT_INPUT, max_size=8)):
        if isinstance(step, bytes):
            conn.receive_data(step, 0.0)
        else:
            with contextlib.suppress(LocalProtocolError):
                verbs[step]()
        events += conn.events()
        conn.data_to_send()
        end_of(conn, events)


@given(st.lists(SERVER_INPUT, max_size=5), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_garbage_means_the_same_to_a_client_however_it_is_cut(inputs, pieces):
    def outcome(*, cut: bool) -> list[Any]:
        conn = subscribing_client(limits=SMALL)
        return feed(conn, b"".join(inputs), pieces if cut else None)

    assert outcome(cut=True) == outcome(cut=False)


@STYLES
@given(inputs=st.lists(CLIENT_INPUT, max_size=5), pieces=st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_garbage_means_the_same_to_a_server_however_it_is_cut(style, inputs, pieces):
    def outcome(*, cut: bool) -> list[Any]:
        conn = server(style, limits=SMALL)
        conn.receive_data(REQUEST, 0.0)
        conn.accept()
        conn.receive_data(client_text('["/a"]'), 0.0)
        conn.acknowledge(UUID, "1")
        return feed(conn, b"".join(inputs), pieces if cut else None)

    assert outcome(cut=True) == outcome(cut=False)


def feed(conn: WebClientConnection | WebServerConnection, data: bytes, pieces: list[int] | None) -> list[Any]:
    at = turn = 0
    while at < len(data):
        size = pieces[turn % len(pieces)] if pieces else len(data)
        conn.receive_data(data[at : at + size], 0.0)
        at, turn = at + size, turn + 1
    return [
        *comparable(conn.events()),
        b"".join(conn.data_to_send()).hex() if isinstance(conn, WebServerConnection) else "",
    ]


def test_who_breaks_the_rules_behind_a_close_frame_gets_no_second_one():
    pair = joined()
    pair.client.start_close(1.0)
    pair.client.data_to_send()
    pair.client.receive_data(b"\x83\x00", 1.0)
    pair.server.close(1001, "Terminating", 1.0)
    pair.server.data_to_send()
    pair.server.receive_data(b"\x83\x00", 1.0)
    for conn in (pair.client, pair.server):
        assert conn.data_to_send() == []
        (end,) = conn.events()
        assert str(end.error) == "WebSocket protocol error: frame with the unknown opcode 3"


def test_a_refused_upgrade_is_seen_on_both_sides():
    one, other = client(), server()
    (request,) = one.data_to_send()
    other.receive_data(request, 1.0)
    other.refuse(401, "a valid bearer token is required")
    one.receive_data(b"".join(other.data_to_send()), 1.0)
    (end,) = one.events()
    assert str(end.error) == (
        "the server wants a token, or another one (401 Unauthorized: a valid bearer token is required)"
    )
    assert (end.http_status, end.refused) == (401, True)


def test_a_request_in_pieces_is_a_request():
    pair = WebPair(client(), server(), [1])
    pair.run()
    assert [type(event) for event in pair.server_events] == [UpgradeRequested, Subscribed]
    assert pair.client_events == [Acknowledged(UUID, "broker-toolkit-1")]
    assert upgraded_answer(client()).startswith(b"HTTP/1.1 101 ")
