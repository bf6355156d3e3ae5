"""HTTP around the WebSocket upgrade: what each style of server demands and says."""

from __future__ import annotations

import h11
import pytest

from broker_core.model.addresses import WEB_PATH
from broker_core.protocol.web_upgrade import (
    NATIVE,
    accept_token,
    answer,
    check_request,
    error_answer,
    foreign_protocol,
    head_end,
    parse_head,
    request,
    switching,
)
from web_sessions import REQUEST


def test_the_request_is_right_for_another_http():
    data = request("h:1", WEB_PATH, "a2V5", (("X-Application-Name", "app"), ("Authorization", "Bearer t")))
    other = h11.Connection(h11.SERVER)
    other.receive_data(data)
    event = other.next_event()
    assert isinstance(event, h11.Request)
    assert (event.method, event.target) == (b"GET", WEB_PATH.encode())
    assert dict(event.headers) == {
        b"host": b"h:1",
        b"upgrade": b"websocket",
        b"connection": b"Upgrade",
        b"sec-websocket-version": b"13",
        b"sec-websocket-key": b"a2V5",
        b"x-application-name": b"app",
        b"authorization": b"Bearer t",
    }
    head = parse_head(data[: head_end(data)])
    assert check_request(head, "zeek") == check_request(head, "broker") == ""


@pytest.mark.parametrize(("status", "text"), [(400, "no"), (401, "a token"), (403, "é"), (503, ""), (599, "x")])
@pytest.mark.parametrize("style", ["broker", "zeek"])
def test_error_answers_are_complete_for_another_http(style, status, text):
    data = error_answer(status, text, style)
    other = h11.Connection(h11.CLIENT)
    other.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    other.send(h11.EndOfMessage())
    other.receive_data(data)
    event = other.next_event()
    assert isinstance(event, h11.Response)
    assert event.status_code == status
    body = b""
    while not isinstance(more := other.next_event(), h11.EndOfMessage):
        body += more.data
    said = event.reason.decode("latin-1") if style == "zeek" and status == 400 else body.decode()
    assert said == text
    assert (dict(event.headers).get(b"www-authenticate") == b"Bearer") == (status == 401)
    assert dict(event.headers)[b"connection"] == b"close"


def test_a_phrase_holds_no_other_bytes():
    assert answer(400, "é中", "").startswith(b"HTTP/1.1 400 \xe9?\r\n")
    assert answer(400, "a\r\nX: y", "").startswith(b"HTTP/1.1 400 a??X: y\r\n")


def test_heads_are_parsed_as_far_as_they_go():
    head = parse_head(b"HTTP/1.1 400 Missing it\r\nServer: a:b \r\nno colon\r\nSERVER: second\r\n X : y\r\n")
    assert (head.first, head.second, head.third) == ("HTTP/1.1", "400", "Missing it")
    assert head.headers == {"server": "a:b", "x": "y"}
    assert head.get("server") == "a:b"
    assert head.get("other") == ""
    assert parse_head(b"").headers == {}
    assert parse_head(b"nonsense").first == "nonsense"


def test_the_end_of_a_head_is_found_in_what_is_new():
    assert head_end(REQUEST + b"more") == len(REQUEST)
    assert head_end(REQUEST[:-1]) == -1
    assert head_end(REQUEST, len(REQUEST) - 4) == len(REQUEST)
    assert head_end(REQUEST, len(REQUEST) - 3) == -1


def test_the_token_of_the_rfc():
    assert accept_token("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def changed(old, new):
    data = REQUEST.replace(old, new)
    assert data != REQUEST
    return parse_head(data)


KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


@pytest.mark.parametrize(
    ("head", "broker", "zeek"),
    [
        (parse_head(REQUEST), "", ""),
        (changed(b"Upgrade: websocket\r\n", b"Upgrade: WebSocket\r\n"), "", ""),
        (changed(b"Connection: Upgrade\r\n", b""), "", ""),
        (changed(b"Host: h\r\n", b""), "", ""),
        (changed(KEY, b"Sec-WebSocket-Key: x\r\n"), "", ""),
        (changed(b"json ", b"json?x=1 "), "", ""),  # Zeek looks at the path later
        (changed(b"Upgrade: websocket\r\n", b""), "", "Missing Upgrade header"),
        (changed(b"websocket", b"h2c"), "", "Invalid Upgrade header, need WebSocket, got h2c"),
        (changed(b"Version: 13", b"Version: 8"), "", "Invalid Sec-WebSocket-Version, need 13, got 8"),
        (changed(b"Sec-WebSocket-Version: 13\r\n", b""), "", "Missing Sec-WebSocket-Version value"),
        (changed(b"HTTP/1.1", b"HTTP/1.0"), "", "Invalid HTTP version, need HTTP/1.1, got: HTTP/1.0"),
        (
            changed(KEY, b""),
            "Mandatory field Sec-WebSocket-Key missing or invalid.",
            "Missing Sec-WebSocket-Key value",
        ),
        (
            changed(b"GET", b"POST"),
            "Expected a WebSocket handshake.",
            "Invalid HTTP method, need GET, got POST",
        ),
        (changed(b"/v1/messages/json", b"/x"), 'caf::sec::invalid_argument("invalid path; try /v1/messages/json")', ""),
        (
            changed(b"/v1", b"h/v1"),
            "Malformed Request-URI: expected an absolute path.",
            "",
        ),
        (
            parse_head(b"nonsense\r\n\r\n"),
            "Malformed HTTP request.",
            "Invalid HTTP method, need GET, got nonsense",
        ),
        (
            parse_head(b"\x1b[2J" + b"x" * 200),
            "Malformed HTTP request.",
            "Invalid HTTP method, need GET, got ?[2J" + "x" * 96,
        ),
    ],
)
def test_what_each_server_demands(head, broker, zeek):
    assert (check_request(head, "broker"), check_request(head, "zeek")) == (broker, zeek)


def test_switching_as_each_server_writes_it():
    token = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    head = parse_head(REQUEST)
    assert switching(head, "broker").split(b"\r\n")[1:] == [
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        token,
        b"",
        b"",
    ]
    assert switching(head, "zeek").split(b"\r\n")[1:] == [
        token,
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    ("data", "at", "what"),
    [
        (b"\x00\x00\x00\x05\x07ZEEK", 9, NATIVE),
        (b"\x00\x00\x00\x17\x06ZEEK" + bytes(20), 9, NATIVE),
        (b"\x15\x03\x01\x00\x02", 2, "TLS"),
        (b"SSH-2.0-OpenSSH\r\n", 4, "SSH"),
        (b"\x00" * 40, 33, "an unknown protocol that starts with"),
        (b"220 mail.example ESMTP\r\n" + b"x" * 40, 33, "that starts with b'220 mail.example"),
    ],
)
def test_other_protocols_are_told_by_as_few_bytes_as_possible(data, at, what):
    assert [foreign_protocol(data[:size], complete=False) for size in range(at)] == [""] * at
    for size in range(at, len(data) + 1):
        assert what in foreign_protocol(data[:size], complete=False)
        assert foreign_protocol(data[:size], complete=False) == foreign_protocol(data[:at], complete=True)
