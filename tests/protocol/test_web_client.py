"""The client's half of the WebSocket interface: verbs, deadlines, errors, the barrier."""

from __future__ import annotations

import math
from datetime import timedelta, timezone

import pytest

from broker_core.errors import EC, Cause, DecodeError, EncodeError, LocalProtocolError
from broker_core.limits import Limits
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.messages.json_quirks import Server
from broker_core.messages.json_wire import parse_client_text
from broker_core.model import Count, Timestamp
from broker_core.protocol.events import Lost, PongReceived, Skipped
from broker_core.protocol.web_client import WebPhase
from broker_core.protocol.web_events import Acknowledged, BarrierReached, ServerError
from broker_core.protocol.web_frames import BINARY, CLOSE, PING, PONG, TEXT, close_payload, frame, text_frame
from web_sessions import (
    UUID,
    ZEEK_ID,
    ack_text,
    client,
    entropy,
    error_text,
    lost,
    problem,
    ready_client,
    scenarios,
    sent,
    subscribing_client,
    text,
    texts,
    upgraded_answer,
)

DATA = '{"type":"data-message","topic":"/a","@data-type":"count","data":1}'
NO_TOPIC = "no topic in top-level JSON object"
LIBBROKER = (UUID, "2.8.0-dev")
TOOLKIT = (UUID, "broker-toolkit-0.1")


# -- upgrade and subscription -------------------------------------------------------------------------------------


def test_the_request_comes_first_and_the_subscription_after_the_answer():
    conn = client(topics=("/a", "/b"), app_name="app", headers=(("Authorization", "Bearer t"),))
    (request,) = conn.data_to_send()
    assert request.startswith(b"GET /v1/messages/json HTTP/1.1\r\nHost: h:1\r\n")
    assert b"\r\nX-Application-Name: app\r\nAuthorization: Bearer t\r\n\r\n" in request
    assert conn.data_to_send() == conn.events() == []
    conn = client(topics=("/a", "/b"))
    conn.receive_data(upgraded_answer(conn), 1.0)
    assert conn.phase is WebPhase.SUBSCRIPTION
    assert sent(conn) == [(TEXT, b'["/a","/b"]')]
    conn.receive_data(text(ack_text()), 2.0)
    assert conn.events() == [Acknowledged(ZEEK_ID, "8.2.2")]
    assert conn.phase is WebPhase.OPERATION
    assert (conn.quirks.server, conn.last_heard) == (Server.ZEEK, 2.0)


@pytest.mark.parametrize(
    "more",
    [
        {"app_name": "a\r\nX: y"},
        {"app_name": "é中"},
        {"headers": (("Authorization", "Bearer \n"),)},
        {"headers": (("X:", "y"),)},
        {"headers": (("", "y"),)},
        {"path": "/a b"},
        {"path": "a"},
        {"path": "/\r\n"},
    ],
)
def test_what_would_break_the_request_is_refused(more):
    with pytest.raises(LocalProtocolError):
        client(**more)


def test_the_key_is_random():
    assert b"Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n" in client().data_to_send()[0]
    assert entropy(16) == bytes(range(1, 17))


@pytest.mark.parametrize("code", ["invalid_uri", "invalid_application_name", "deserialization_failed", "no_access"])
def test_an_error_in_place_of_the_acknowledgement_is_a_refusal(code):
    conn = subscribing_client()
    conn.receive_data(text(error_text("go away", code)), 1.0)
    assert sent(conn) == [(CLOSE, b"\x03\xe8")]
    end = lost(conn)
    assert str(end.error) == f"the server refused the subscription: go away ({code})"
    assert (end.cause, end.refused, end.error.code) == (Cause.REJECTED, True, EC.PEER_INVALID)


def test_other_texts_before_the_acknowledgement_do_not_end_it():
    conn = subscribing_client()
    for said in (DATA, "abc", error_text("about an event of others", "broker_error"), ack_text()):
        conn.receive_data(text(said), 1.0)
    *skips, error, acknowledged = conn.events()
    assert [type(event) for event in skips] == [Skipped, Skipped]
    assert "before the acknowledgement" in skips[0].problem
    assert error == ServerError("broker_error", "about an event of others")
    assert isinstance(acknowledged, Acknowledged)
    assert conn.skipped == 2


def test_a_silent_server():
    conn = client(limits=Limits(handshake_timeout=7))
    assert conn.next_deadline() == 7.0
    conn.handle_deadline(6.9)
    assert not conn.closed
    conn.handle_deadline(7.0)
    assert problem(conn) == (EC.PEER_TIMEOUT, "no answer to the WebSocket upgrade within 7 s")
    conn = subscribing_client(limits=Limits(handshake_timeout=7))
    assert conn.next_deadline() == 7.0
    conn.handle_deadline(7.0)
    assert sent(conn) == [(CLOSE, b"\x03\xe8")]
    end = lost(conn)
    assert (str(end.error), end.cause) == ("subscription not acknowledged within 7 s", Cause.HANDSHAKE_TIMEOUT)


# -- messages -----------------------------------------------------------------------------------------------------


def test_what_a_server_says():
    conn = ready_client()
    said = [DATA, error_text("no", "broker_error"), '{"type":"data-message"}', ack_text(), '"x"', ""]
    conn.receive_data(b"".join(map(text, said)) + frame(BINARY, DATA.encode()) + frame(PONG, b"x"), 1.0)
    message, error, *skips, binary, pong = conn.events()
    assert (message.topic, message.value) == (binary.topic, binary.value) == ("/a", Count(1))
    assert error == ServerError("broker_error", "no")
    assert [skip.problem for skip in skips] == [
        "unreadable text: data message without a topic",
        "second acknowledgement",
        "unreadable text: expected a JSON object",
        "unreadable text: no JSON: Expecting value at offset 0",
    ]
    assert pong == PongReceived(b"x")
    assert (conn.skipped, conn.pongs) == (4, 1)


def test_a_text_that_is_not_utf_8_is_read():
    conn = ready_client()
    conn.receive_data(text('{"type":"data-message","topic":"/\udcfe","@data-type":"string","data":"\udcff\x01"}'), 1.0)
    (message,) = conn.events()
    assert (message.topic, message.value) == ("/\udcfe", b"\xff\x01")


def test_a_ping_is_answered():
    conn = subscribing_client()
    conn.receive_data(frame(PING, b"hey"), 1.0)
    assert sent(conn) == [(PONG, b"hey")]
    assert conn.pings == 1


def test_messages_are_written_for_the_server():
    message = Message("/t", (math.inf, "\x01", Timestamp(0)))
    for endpoint, version, has in (
        (ZEEK_ID, "8.2.2", ("1e400", "\\u0001", "1970-01-01T00:00:00.000")),
        (ZEEK_ID, "7.2.0", ("1e400", "\x01", "1970-01-01T02:00:00.000")),
        (*TOOLKIT, ('"inf"', "\\u0001", "1970-01-01T00:00:00.000")),
    ):
        conn = ready_client(endpoint, version, zone=timezone(timedelta(hours=2)))
        conn.send(message)
        (said,) = texts(conn)
        assert all(part in said for part in has)
        conn.receive_data(text_frame(DATA.replace('"count","data":1', '"timestamp","data":"1970-01-01T02:00:00"')), 1.0)
        (event,) = conn.events()
        assert event.value == Timestamp(0 if version == "7.2.0" else 7200 * 10**9)


def test_what_cannot_be_sent():
    conn = ready_client(limits=Limits(web_message=200))
    for message, words in (
        (Message("/a", ("x", b"\xff")), r"\[1\]: a string that is not UTF-8"),
        (Message("<$>", 1), "nothing can be published"),
        (Message("/a", 1, kind=MessageKind.COMMAND), "only data messages"),
        (Message("/a", "x" * 200), r"longer than the allowed 200 \(web_message\)"),
    ):
        with pytest.raises(EncodeError, match=words):
            conn.send(message)
    assert sent(conn) == []
    room = 200 - len('{"type":"data-message","topic":"/a","@data-type":"string","data":""}')
    conn.send(Message("/a", "x" * room))
    with pytest.raises(EncodeError):
        conn.send(Message("/a", "x" * (room + 1)))
    assert len(texts(conn)[0]) == 200


def test_a_message_of_any_size_up_to_the_limit_is_taken():
    conn = ready_client(limits=Limits(web_message=100))
    conn.receive_data(frame(TEXT, b"x" * 100), 1.0)
    assert [type(event) for event in conn.events()] == [Skipped]
    conn.receive_data(frame(TEXT, b"x" * 101), 1.0)
    assert sent(conn) == [(CLOSE, b"\x03\xf1")]
    assert "message of 101 bytes or more is longer than the allowed 100 (web_message)" in problem(conn)[1]


def test_frames_for_a_queue_are_masked_anew():
    conn = ready_client()
    message = Message("/a", Count(1))
    one, other = conn.frame(message), conn.frame(message)
    assert one != other
    assert conn.data_to_send() == []
    assert one[1] & 0x80


def test_too_early_and_too_late():
    conn = subscribing_client()
    for verb in (
        lambda: conn.send(Message("/a", 1)),
        lambda: conn.frame(Message("/a", 1)),
        lambda: conn.send_ping(b""),
        lambda: conn.send_barrier(b""),
    ):
        with pytest.raises(LocalProtocolError, match="before the subscription is acknowledged"):
            verb()
    conn = ready_client()
    with pytest.raises(LocalProtocolError, match="at most 125 bytes, not 126"):
        conn.send_ping(bytes(126))
    conn.send_ping(bytes(125))
    assert sent(conn) == [(PING, bytes(125))]
    conn.start_close(1.0)
    for verb in (lambda: conn.send(Message("/a", 1)), lambda: conn.send_ping(b""), lambda: conn.send_barrier(b"")):
        with pytest.raises(LocalProtocolError, match="after the close frame"):
            verb()
    conn.receive_eof()
    conn.data_to_send()
    conn.send(Message("/a", 1))
    conn.send_ping(b"")
    conn.send_barrier(b"")
    conn.start_close(1.0)
    conn.receive_data(text(DATA), 1.0)
    conn.receive_eof()
    conn.handle_deadline(99.0)
    assert conn.data_to_send() == []
    assert conn.events() == [Lost(None)]


# -- barriers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "version", "barrier", "answer", "other"),
    [
        (
            ZEEK_ID,
            "8.2.2",
            '{"type":"barrier","@data-type":"vector","data":[]}',
            NO_TOPIC,
            "failed to decode JSON object",
        ),
        (
            *LIBBROKER,
            "barrier",
            "input #7 contained malformed JSON -> caf::pec::unexpected_character(1, 1)",
            "input #7 contained invalid data",
        ),
        (UUID, "2.5.0", "barrier", "input #1 contained malformed JSON -> x", "input #1 contained invalid data -> x"),
        (*TOOLKIT, "barrier", "input #1 contained malformed JSON -> x", "input #1 contained invalid data"),
        (*TOOLKIT, "barrier", "failed to decode JSON object", "failed to create Zeek event"),
        ("who", "knows", "barrier", "failed to decode JSON object", "what?"),
    ],
)
def test_a_barrier_is_reached_with_its_error(endpoint, version, barrier, answer, other):
    conn = ready_client(endpoint, version)
    conn.send_barrier(b"1")
    conn.send_barrier(b"2")
    assert texts(conn) == [barrier, barrier]
    for said in (other, answer, other, answer, answer):
        conn.receive_data(text(error_text(said)), 1.0)
    assert conn.events() == [
        ServerError("deserialization_failed", other),
        BarrierReached(b"1"),
        ServerError("deserialization_failed", other),
        BarrierReached(b"2"),
        ServerError("deserialization_failed", answer),  # nobody waits any more
    ]


def test_zeek_was_recorded_to_refuse_the_barrier_without_other_effects():
    """Nothing but a missing topic gets that answer, nothing was printed, and errors came in the order of the texts."""
    steps = scenarios()["websocket-bad-messages"]["steps"]
    refused = [step for step in steps if any(NO_TOPIC in said for said in step["received"])]
    assert [step["what"] for step in refused] == ["no topic", "topic is a number"]
    assert all(step["zeek"] == [] and len(step["received"]) == 1 for step in refused)
    topic, _ = parse_client_text('{"type":"barrier","@data-type":"vector","data":[]}')
    assert topic is None
    for step in steps:
        try:
            parse_client_text(step.get("sent", "{"))
        except DecodeError:
            continue
        assert all("failed to decode" not in said for said in step["received"])


# -- keep-alive ---------------------------------------------------------------------------------------------------


def test_a_server_that_talks_is_not_asked():
    conn = ready_client()
    assert conn.next_deadline() == 5.0
    conn.receive_data(text(DATA), 4.0)
    assert conn.next_deadline() == 9.0
    conn.handle_deadline(5.0)
    assert sent(conn) == []


def test_a_silent_server_is_asked_and_then_given_up():
    conn = ready_client()
    conn.handle_deadline(5.0)
    ((opcode, payload),) = sent(conn)
    assert opcode == PING
    assert conn.next_deadline() == 10.0
    conn.receive_data(frame(PONG, payload), 7.0)
    assert conn.events() == []  # nobody else asked
    assert conn.next_deadline() == 12.0
    conn.handle_deadline(12.0)
    assert [opcode for opcode, _ in sent(conn)] == [PING]
    conn.handle_deadline(17.0)
    assert sent(conn) == [(CLOSE, b"\x03\xf3")]
    end = lost(conn)
    assert str(end.error) == "no sign of life from the server, and no answer to a ping for 5 s"
    assert (end.error.code, end.cause) == (EC.PEER_TIMEOUT, Cause.CONNECTION_LOST)


# -- the end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [frame(CLOSE, b"\x03\xe8"), frame(CLOSE, b""), None])
def test_an_orderly_end(answer):
    conn = ready_client()
    conn.start_close(1.0)
    conn.start_close(2.0)
    assert sent(conn) == [(CLOSE, b"\x03\xe8")]
    assert conn.next_deadline() == 4.0
    conn.receive_data(text(DATA) + frame(PING, b"x"), 2.0)
    if answer is None:
        conn.receive_eof()  # libbroker's server
    else:
        conn.receive_data(answer, 2.0)
    message, end = conn.events()
    assert (type(message), end.error) == (Message, None)
    assert sent(conn) == []


def test_a_close_that_is_not_answered():
    conn = ready_client()
    conn.start_close(1.0)
    conn.handle_deadline(4.0)
    assert problem(conn) == (EC.REQUEST_TIMEOUT, "the server did not answer the close frame within 3 s")


def test_a_close_before_the_upgrade_is_the_end():
    conn = client()
    conn.start_close(1.0)
    assert lost(conn) == Lost(None)


@pytest.mark.parametrize(
    ("code", "reason", "words", "cause"),
    [
        (1001, "Terminating", "the server shuts down (1001 Terminating)", Cause.SHUTTING_DOWN),
        (1000, "EOF", "the server closed the connection (1000 EOF)", Cause.CONNECTION_LOST),
        (1008, "no", "the server refuses this client (1008 no)", Cause.REJECTED),
    ],
)
def test_the_server_closes(code, reason, words, cause):
    conn = ready_client()
    conn.receive_data(frame(CLOSE, close_payload(code, reason)) + text(DATA), 1.0)
    assert sent(conn) == [(CLOSE, code.to_bytes(2, "big"))]
    end = lost(conn)
    assert (str(end.error), end.cause, end.close_code) == (words, cause, code)
    assert end.refused == (code == 1008)


def test_the_stream_ends():
    conn = ready_client()
    conn.receive_data(b"\x81", 1.0)
    conn.receive_eof()
    conn.receive_eof()
    assert problem(conn) == (EC.UNSPECIFIED, "connection closed by the server in the middle of a message")
    conn = ready_client()
    conn.receive_eof()
    assert problem(conn) == (EC.UNSPECIFIED, "connection closed by the server")
    conn = subscribing_client()
    conn.receive_eof()
    assert problem(conn)[1] == "connection closed by the server before it acknowledged the subscription"
    conn = client()
    conn.receive_eof()
    assert problem(conn)[1] == "connection closed by the server before it answered the WebSocket upgrade"


def test_a_server_that_breaks_the_rules():
    conn = ready_client()
    conn.receive_data(text(DATA) + b"\x83\x00", 1.0)
    message, end = conn.events()
    assert (type(message), str(end.error)) == (Message, "WebSocket protocol error: frame with the unknown opcode 3")
    assert sent(conn) == [(CLOSE, b"\x03\xea")]
