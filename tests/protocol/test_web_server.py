"""The server's half of the WebSocket interface: decisions, errors, bounds, deadlines, in both styles."""

from __future__ import annotations

import json

import pytest

from broker_core.errors import EC, Cause, LocalProtocolError
from broker_core.limits import Limits
from broker_core.messages.envelopes import Message
from broker_core.model import Count
from broker_core.protocol.events import Lost, PongReceived, Skipped
from broker_core.protocol.web_events import Subscribed, UpgradeRequested
from broker_core.protocol.web_frames import BINARY, CLOSE, PING, PONG, TEXT, close_payload
from broker_core.protocol.web_server import ServerPhase, text_frame
from broker_core.protocol.web_upgrade import NATIVE
from web_sessions import (
    REQUEST,
    accepted_server,
    client_frame,
    client_text,
    error_text,
    lost,
    problem,
    ready_server,
    sent,
    server,
    texts,
)

STYLES = pytest.mark.parametrize("style", ["broker", "zeek"])
DATA = '{"type":"data-message","topic":"/a","@data-type":"count","data":1}'
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\n"


def with_header(*lines):
    return REQUEST.replace(b"Host: h\r\n", b"Host: h\r\n" + b"".join(line + b"\r\n" for line in lines))


# -- upgrade ------------------------------------------------------------------------------------------------------


@STYLES
def test_the_caller_decides_about_the_upgrade(style):
    conn = server(style)
    lines = (b"X-Application-Name: a/1", b"Authorization: Bearer t", b"Origin: http://x")
    conn.receive_data(with_header(*lines) + client_text('["/a"]'), 1.0)
    assert conn.events() == [UpgradeRequested("/v1/messages/json", "a/1", "Bearer t", "http://x")]
    assert conn.data_to_send() == []
    assert conn.next_deadline() is None
    conn.accept()
    assert conn.data_to_send()[0].startswith(SWITCHING)
    assert conn.events() == [Subscribed(("/a",))]


@STYLES
def test_what_is_absent_is_empty(style):
    conn = server(style)
    conn.receive_data(REQUEST, 1.0)
    assert conn.events() == [UpgradeRequested("/v1/messages/json", "", "", "")]


@STYLES
@pytest.mark.parametrize("status", [401, 403, 503])
def test_a_client_is_refused(style, status):
    conn = server(style)
    conn.receive_data(REQUEST, 1.0)
    conn.events()
    conn.refuse(status, "no é")
    (answer,) = conn.data_to_send()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.endswith("\r\n\r\nno é".encode())
    assert (b"\r\nWWW-Authenticate: Bearer\r\n" in answer) == (status == 401)
    end = lost(conn)
    assert (str(end.error), end.refused, end.http_status) == ("upgrade refused: no é", True, status)
    assert (end.cause, end.error.code) == (Cause.REJECTED, EC.PEER_INVALID)


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (
            REQUEST.replace(b"/v1/messages/json", b"/x"),
            'caf::sec::invalid_argument("invalid path; try /v1/messages/json")',
        ),
        (REQUEST.replace(b"GET", b"POST"), "Expected a WebSocket handshake."),
        (REQUEST.replace(b"-Key", b"-Lock"), "Mandatory field Sec-WebSocket-Key missing or invalid."),
        (REQUEST.replace(b"/v1", b"v1"), "Malformed Request-URI: expected an absolute path."),
    ],
)
def test_libbroker_refuses_in_the_body(request_, body):
    conn = server("broker")
    conn.receive_data(request_, 1.0)
    (answer,) = conn.data_to_send()
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(body.encode())
    end = lost(conn)
    assert (str(end.error), end.cause) == (f"upgrade refused: {body}", Cause.BAD_HANDSHAKE)


def test_libbroker_ignores_a_query_and_does_not_look_at_the_rest():
    conn = server("broker")
    conn.receive_data(
        b"GET /v1/messages/json?x=1 HTTP/1.0\r\nSec-WebSocket-Key: x\r\nX-Application-Name: a b!\r\n\r\n", 1.0
    )
    assert conn.events() == [UpgradeRequested("/v1/messages/json?x=1", "a b!", "", "")]


@pytest.mark.parametrize(
    ("request_", "code", "context"),
    [
        (REQUEST.replace(b"json ", b"json?x=1 "), "invalid_uri", "Invalid URI - use /v1/messages/json"),
        (with_header(b"X-Application-Name: a b"), "invalid_application_name", "Invalid X-Application-Name"),
    ],
)
def test_zeek_lets_everybody_in_before_it_looks(request_, code, context):
    conn = server("zeek")
    conn.receive_data(request_, 1.0)
    switching, error, close = conn.data_to_send()
    assert switching.startswith(SWITCHING)
    assert error == text_frame(error_text(context, code))
    assert close == bytes((0x88, len(context) + 2)) + b"\x03\xf0" + context.encode()
    assert str(lost(conn).error) == f"upgrade refused: {context}"


@STYLES
def test_the_head_is_bounded(style):
    limits = Limits(web_request=300)
    most = with_header(b"X: " + b"x" * (300 - len(REQUEST) - 5))
    assert len(most) == 300
    conn = server(style, limits=limits)
    conn.receive_data(most, 1.0)
    assert conn.phase is ServerPhase.DECIDING
    for pieces in ([most.replace(b"X: ", b"X: x")], [b"GET ", b"x" * 297]):
        conn = server(style, limits=limits)
        for piece in pieces:
            conn.receive_data(piece, 1.0)
        assert conn.data_to_send()[0].startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
        assert lost(conn).http_status == 431


@STYLES
def test_what_comes_ahead_of_the_decision_is_bounded(style):
    conn = server(style, limits=Limits(web_request=200))
    conn.receive_data(REQUEST + bytes(100), 1.0)
    conn.receive_data(bytes(100), 1.0)
    assert conn.phase is ServerPhase.DECIDING
    conn.receive_data(b"\0", 1.0)
    assert conn.data_to_send()[0].startswith(b"HTTP/1.1 400 ")
    lost(conn)


@pytest.mark.parametrize(
    ("data", "looks_like", "cause"),
    [
        (b"\x16\x03\x01\x02\x00\x01", "TLS", Cause.TLS_EXPECTED),
        (b"\x00\x00\x00\x17\x06ZEEK" + bytes(18), NATIVE, Cause.WEBSOCKET),
        (bytes(3), "an unknown protocol", Cause.NOT_BROKER),
    ],
)
def test_a_client_that_speaks_something_else(data, looks_like, cause):
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        conn = server()
        for piece in pieces:
            conn.receive_data(piece, 1.0)
        conn.receive_eof()
        end = lost(conn)
        assert (end.looks_like, end.cause) == (looks_like, cause)
        assert str(end.error) == f"the client does not speak HTTP; it looks like {looks_like}"
        [answer] = conn.data_to_send()  # which says at once that this is HTTP
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")


# -- subscription -------------------------------------------------------------------------------------------------


@STYLES
@pytest.mark.parametrize(
    ("first", "context"),
    [
        ('{"a":1}', "subscriptions not an array"),
        ("abc", "subscriptions not an array"),
        ("[1]", "individual subscription not a string"),
        ('["a","b","c"]', "web_client_topics: 3 is above the allowed 2"),
    ],
)
def test_a_wrong_first_message_is_answered_and_ends_the_connection(style, first, context):
    conn = accepted_server(style, limits=Limits(web_client_topics=2))
    conn.receive_data(client_text(first), 1.0)
    assert sent(conn) == [(TEXT, error_text(context).encode()), (CLOSE, close_payload(1008, context))]
    end = lost(conn)
    assert context in str(end.error)
    assert (end.cause, end.refused) == (Cause.BAD_HANDSHAKE, True)


@STYLES
def test_a_subscription_is_denied(style):
    conn = accepted_server(style)
    conn.receive_data(client_text('["/a"]'), 1.0)
    conn.events()
    conn.deny("no_access", "not /a")
    assert sent(conn) == [(TEXT, error_text("not /a", "no_access").encode()), (CLOSE, close_payload(1008, "not /a"))]
    end = lost(conn)
    assert (str(end.error), end.cause, end.refused) == ("subscription refused: not /a", Cause.REJECTED, True)


@STYLES
def test_what_comes_before_the_acknowledgement_waits(style):
    conn = accepted_server(style)
    conn.receive_data(client_text('["/a"]') + client_text(DATA) + client_text("x"), 1.0)
    assert conn.events() == [Subscribed(("/a",))]
    conn.acknowledge("id", "v")
    ack, error = texts(conn)
    assert ack == '{"type":"ack","endpoint":"id","version":"v"}'
    assert json.loads(error)["type"] == "error"
    message, skip = conn.events()
    assert (message.topic, message.value) == ("/a", Count(1))
    assert skip == Skipped("text 2 of the client: no JSON: Expecting value at offset 0")


@STYLES
def test_a_client_may_say_everything_at_once(style):
    """Subscription, messages and the goodbye, without waiting for anything but the upgrade."""
    conn = accepted_server(style)
    conn.receive_data(client_text("[]") + client_text(DATA) + client_frame(CLOSE, b"\x03\xe8"), 1.0)
    assert conn.events() == [Subscribed(())]
    conn.acknowledge("id", "v")
    message, end = conn.events()
    assert (message.topic, end) == ("/a", Lost(None, close_code=1000))
    assert [opcode for opcode, _ in sent(conn)] == [TEXT, CLOSE]


@pytest.mark.parametrize("limits", [Limits(web_client_queue=2), Limits(web_message=8)])
def test_what_waits_is_bounded(limits):
    conn = accepted_server(limits=limits)
    conn.receive_data(client_text('["/a"]') + client_text("1234") * 2, 1.0)
    assert conn.events() == [Subscribed(("/a",))]
    conn.receive_data(client_text("1"), 1.0)
    assert sent(conn) == [(CLOSE, close_payload(1008, "Too much sent before the acknowledgement"))]
    assert problem(conn) == (EC.INVALID_MESSAGE, "too much sent before the acknowledgement")


def test_decisions_are_made_once():
    conn = server()
    verbs = {
        ServerPhase.DECIDING: (conn.accept, lambda: conn.refuse(403, "")),
        ServerPhase.ACKNOWLEDGING: (lambda: conn.acknowledge("", ""), lambda: conn.deny("", "")),
    }

    def check():
        for phase, decisions in verbs.items():
            for decide in decisions:
                if phase is not conn.phase:
                    with pytest.raises(LocalProtocolError, match="there is nothing to decide"):
                        decide()

    check()
    conn.receive_data(REQUEST, 1.0)
    check()
    conn.accept()
    check()
    conn.receive_data(client_text("[]"), 1.0)
    check()
    conn.acknowledge("id", "v")
    check()
    conn.receive_eof()
    for decide in verbs[ServerPhase.DECIDING] + verbs[ServerPhase.ACKNOWLEDGING]:
        decide()
    conn.data_to_send()
    assert isinstance(lost(conn), Lost)


# -- messages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "broker", "zeek"),
    [
        ("{'a':1}", "contained malformed JSON -> caf::pec::unexpected_character(1, 2)", "failed to decode JSON object"),
        ("[1]", "expected a JSON object", "failed to decode JSON object"),
        ("{}", "contained invalid data", "failed to decode JSON object"),
        (DATA.replace("1}", "-1}"), "contained invalid data", "failed to decode JSON object"),
        (DATA.replace('"/a"', "5"), None, "no topic in top-level JSON object"),
        ('{"@data-type":"none"}', None, "no topic in top-level JSON object"),
        (DATA.replace('"/a"', '""'), None, None),
    ],
)
def test_texts_that_are_refused(text, broker, zeek):
    for style, context in (("broker", broker), ("zeek", zeek)):
        conn = ready_server(style)
        conn.receive_data(client_text(DATA) + client_text(text) + client_text(DATA), 1.0)
        wanted = [] if context is None else [error_text(("input #2 " if style == "broker" else "") + context)]
        assert texts(conn) == wanted
        first, middle, last = conn.events()
        assert (first.topic, last.topic) == ("/a", "/a")
        assert isinstance(middle, Message if context is None else Skipped)
        assert conn.skipped == (context is not None)
        assert not isinstance(middle, Message) or not middle.topic


@STYLES
def test_a_barrier_is_answered_and_not_counted(style):
    conn = ready_server(style)
    conn.receive_data(client_text("barrier"), 1.0)
    (said,) = texts(conn)
    assert '"code":"deserialization_failed"' in said
    assert conn.events() == []
    assert conn.skipped == 0


def test_bytes_that_are_no_text():
    conn = ready_server("broker")
    conn.receive_data(client_text('{"topic":"/\udcff","@data-type":"string","data":"\udcff"}'), 1.0)
    (message,) = conn.events()
    assert (message.topic, message.value) == ("/\udcff", b"\xff")
    conn.receive_data(client_frame(BINARY, DATA.encode()), 1.0)
    assert sent(conn) == [(CLOSE, close_payload(1003, "Binary frames are not supported"))]
    assert problem(conn)[1] == "binary frame, where only texts are expected"

    conn = ready_server("zeek")
    conn.receive_data(client_frame(BINARY, b'{"topic":"/a","@data-type":"string","data":"\xff"}'), 1.0)
    (message,) = conn.events()
    assert message.value == b"\xff"
    conn.receive_data(client_text("\udcff"), 1.0)
    assert sent(conn) == [(CLOSE, close_payload(1007, "Invalid frame payload data"))]
    assert problem(conn)[1] == "text that is not UTF-8"


@STYLES
def test_what_a_server_sends(style):
    conn = ready_server(style)
    conn.send(Message("/a", (b"\xff", 1e300, "é")))
    conn.send_text(DATA)
    conn.send_error("code", "context")
    conn.send_ping(b"p")
    *said, ping = sent(conn)
    assert said[0][1].decode() == (
        r'{"type":"data-message","topic":"/a","@data-type":"vector","data":[{"@data-type":"string","data":"\udcff"},'
        '{"@data-type":"real","data":1e+300},{"@data-type":"string","data":"é"}]}'
    )
    assert said[1:] == [(TEXT, DATA.encode()), (TEXT, error_text("context", "code").encode())]
    assert ping == (PING, b"p")
    conn.receive_data(client_frame(PONG, b"p") + client_frame(PING, b"q"), 1.0)
    assert conn.events() == [PongReceived(b"p")]
    assert sent(conn) == [(PONG, b"q")]
    assert (conn.pings, conn.pongs) == (1, 1)


def test_too_early_and_too_late():
    conn = accepted_server()
    verbs = (
        lambda: conn.send(Message("/a", 1)),
        lambda: conn.send_text(DATA),
        lambda: conn.send_error("", ""),
        lambda: conn.send_ping(b""),
    )
    for verb in verbs:
        with pytest.raises(LocalProtocolError, match="cannot be sent in phase subscription"):
            verb()
    with pytest.raises(LocalProtocolError, match="at most 125 bytes"):
        conn.send_ping(bytes(126))
    conn.receive_eof()
    for verb in verbs:
        verb()
    conn.close(1000, "", 1.0)
    conn.receive_data(client_text(DATA), 1.0)
    conn.handle_deadline(99.0)
    assert conn.data_to_send() == []
    assert problem(conn)[1] == "connection closed by the client before it was acknowledged"


# -- deadlines ----------------------------------------------------------------------------------------------------


@STYLES
def test_a_client_that_does_not_ask(style):
    conn = server(style, limits=Limits(handshake_timeout=7))
    assert conn.next_deadline() == 7.0
    conn.handle_deadline(6.9)
    conn.handle_deadline(7.0)
    assert conn.data_to_send() == []
    assert problem(conn) == (EC.PEER_TIMEOUT, "no WebSocket upgrade within 7 s")


@STYLES
def test_a_client_that_does_not_subscribe(style):
    conn = accepted_server(style, limits=Limits(handshake_timeout=7, web_ping_interval=5))
    assert conn.next_deadline() == 5.0
    conn.handle_deadline(5.0)
    assert conn.next_deadline() == 7.0
    conn.receive_data(client_frame(PONG, b""), 6.0)
    conn.handle_deadline(7.0)
    assert sent(conn)[1:] == [(CLOSE, close_payload(1008, "No subscription in time"))]
    assert problem(conn) == (EC.PEER_TIMEOUT, "no subscription within 7 s")


@STYLES
def test_a_silent_client_is_asked_and_then_given_up(style):
    conn = ready_server(style)
    names = [b"broker-keep-alive"] * 2
    if style == "zeek":
        names = [b"ixwebsocket::heartbeat::5s::0", b"ixwebsocket::heartbeat::5s::1"]
    assert conn.next_deadline() == 5.0
    conn.handle_deadline(5.0)
    assert sent(conn) == [(PING, names[0])]
    conn.receive_data(client_frame(PONG, names[0]), 6.0)
    assert conn.events() == []
    assert conn.next_deadline() == 11.0
    conn.handle_deadline(11.0)
    assert sent(conn) == [(PING, names[1])]
    assert conn.next_deadline() == 16.0
    conn.handle_deadline(16.0)
    assert sent(conn) == [(CLOSE, close_payload(1011, "Ping timeout"))]
    assert problem(conn) == (EC.PEER_TIMEOUT, "no sign of life from the client, and no answer to a ping for 5 s")


# -- the end ------------------------------------------------------------------------------------------------------


@STYLES
@pytest.mark.parametrize("payload", [b"", b"\x03\xe8bye"])
def test_the_client_closes(style, payload):
    conn = ready_server(style)
    conn.receive_data(client_text(DATA) + client_frame(CLOSE, payload) + client_text(DATA), 1.0)
    assert sent(conn) == [(CLOSE, payload)]
    message, end = conn.events()
    assert (type(message), end) == (Message, Lost(None, close_code=1000 if payload else None))


@STYLES
def test_the_server_closes(style):
    conn = ready_server(style)
    conn.close(1001, "Terminating", 1.0)
    conn.close(1001, "Terminating", 2.0)
    assert sent(conn) == [(CLOSE, close_payload(1001, "Terminating"))]
    assert conn.next_deadline() == 4.0
    conn.receive_data(client_text(DATA) + client_text("x") + client_frame(PING, b""), 2.0)
    message, skip = conn.events()
    assert (type(message), type(skip)) == (Message, Skipped)
    assert sent(conn) == []  # nothing follows a close frame
    conn.receive_data(client_frame(CLOSE, b"\x03\xe9"), 3.0)
    assert lost(conn) == Lost(None, close_code=1001)

    conn = ready_server(style)
    conn.close(1001, "Terminating", 1.0)
    conn.handle_deadline(4.0)
    assert problem(conn) == (EC.REQUEST_TIMEOUT, "the client did not answer the close frame within 3 s")
    conn = ready_server(style)
    conn.close(1001, "Terminating", 1.0)
    conn.receive_eof()
    assert lost(conn) == Lost(None)


@STYLES
def test_a_server_that_ends_refuses_those_at_the_door(style):
    for data in (b"", REQUEST):
        conn = server(style)
        conn.receive_data(data, 1.0)
        conn.events()
        conn.close(1001, "Terminating", 1.0)
        assert conn.data_to_send()[0].startswith(b"HTTP/1.1 503 ")
        assert lost(conn).cause is Cause.SHUTTING_DOWN


def test_the_stream_ends():
    conn = server()
    conn.receive_data(b"GET", 1.0)
    conn.receive_eof()
    conn.receive_eof()
    end = lost(conn)
    assert (str(end.error), end.cause) == (
        "connection closed by the client before it asked for a WebSocket",
        Cause.CLOSED_AT_ONCE,
    )
    conn = ready_server()
    conn.receive_data(b"\x81", 1.0)
    conn.receive_eof()
    assert problem(conn) == (EC.UNSPECIFIED, "connection closed by the client in the middle of a message")


@STYLES
def test_messages_are_bounded(style):
    conn = ready_server(style, limits=Limits(web_message=100))
    conn.receive_data(client_text("x" * 100), 1.0)
    assert [type(event) for event in conn.events()] == [Skipped]
    conn.data_to_send()
    conn.receive_data(client_text("x" * 101)[:4], 1.0)
    assert sent(conn) == [(CLOSE, close_payload(1009, "Message too big"))]
    assert "longer than the allowed 100 (web_message)" in problem(conn)[1]


@STYLES
def test_nesting_is_bounded(style):
    def nested(depth):
        return '{"topic":"/a",' + '"@data-type":"vector","data":[{' * depth + '"@data-type":"none"' + "}]" * depth + "}"

    conn = ready_server(style, limits=Limits(max_depth=3))
    conn.receive_data(client_text(nested(3)) + client_text(nested(4)) + client_text("[" * 50_000), 1.0)
    assert [type(event) for event in conn.events()] == [Message, Skipped, Skipped]
