"""The recorded sessions with Zeek's WebSocket server, replayed against this toolkit's client and server.

The client is fed what Zeek sent, whole, byte by byte and cut anywhere, and does what the recorded client did: it must
report what the recording says. The server (style "zeek") is fed what the recorded client sent, and must answer with
the recorded bytes. What takes Zeek's knowledge, its events and their types, a shell of the test adds: it hears of each
message and says what the recording says.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.codecs.json import decode
from broker_core.errors import Cause, DecodeError, EncodeError
from broker_core.messages.envelopes import Message
from broker_core.messages.json_wire import parse_client_text
from broker_core.model import Set, Table, Timestamp
from broker_core.model.addresses import WEB_PATH
from broker_core.protocol.events import Lost
from broker_core.protocol.web_client import WebClientConnection, WebPhase
from broker_core.protocol.web_events import Acknowledged, ServerError, UpgradeRequested
from broker_core.protocol.web_frames import CLOSE, TEXT, parse_close
from broker_core.protocol.web_server import WebServerConnection
from peer_links import cut
from strategies import is_same
from web_sessions import (
    REQUEST,
    client,
    error_text,
    frames_in,
    recorded_frame,
    scenarios,
    sent,
    server,
    texts,
    upgraded_answer,
)
from zeek_frames import data_frames

ALL = "all"
ANSWERS = "the answers to raw requests"
FRAMES = "the answers to raw frames"
WRONG_FIRST = "the error; this side never sends a wrong first message, so the recorded answer is fed to it"
DEAD = "the error text; Zeek leaves a dead session open, ours is closed with 1008"
REFUSED = "error text and close"
LOSSY = "all but the numbers of digits: the shell sends the recorded texts, which have C++'s losses"


class Replay(NamedTuple):
    """What is compared, at the client and at the server."""

    client: str = ALL
    server: str = ALL


TABLE = {
    "websocket-every-type-and-ping": Replay(server=LOSSY),
    "websocket-edge-values": Replay(server=LOSSY),
    "websocket-every-type-sent-back": Replay(client="the event is refused: Zeek made three bytes of the one in it"),
    "websocket-bad-messages": Replay(client="all; texts that this side never sends are left out, their answers fed"),
    "websocket-first-message-object": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-string": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-number-array": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-mixed-array": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-not-JSON": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-empty-text": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-null": Replay(WRONG_FIRST, DEAD),
    "websocket-first-message-empty-array": Replay(),
    "websocket-first-message-duplicate-topics": Replay(),
    "websocket-first-message-two-topics": Replay(),
    "websocket-first-message-empty-string-topic": Replay(),
    "websocket-first-message-blanks-CR-LF": Replay(client="all but the blanks, which this side does not send"),
    "websocket-first-message-data-without-waiting-for-ack": Replay(client="all; this side waits with its message"),
    "websocket-wrong-path": Replay(REFUSED, REFUSED),
    "websocket-root-path": Replay(REFUSED, REFUSED),
    "websocket-query-string": Replay(REFUSED, REFUSED),
    "websocket-final-slash": Replay(REFUSED, REFUSED),
    "websocket-good-application-name": Replay(),
    "websocket-bad-application-name": Replay(REFUSED, REFUSED),
    "websocket-empty-application-name": Replay(),
    "websocket-origin-header": Replay(),
    "websocket-upgrade-requests": Replay(ANSWERS, "status lines; heads are complete, and there is no Server header"),
    "websocket-raw-frames": Replay(FRAMES, FRAMES + "; a close right behind the subscription is answered in its turn"),
    "websocket-two-clients-a": Replay(),
    "websocket-two-clients-b": Replay(),
    "websocket-server-terminates": Replay(),
    "websocket-client-and-native-peer": Replay(server=LOSSY),
    "websocket-bad-address-with-older-broker": Replay(server="not the crash of Zeek: ours says what later ones say"),
    "websocket-every-type-with-metadata": Replay(server=LOSSY),
    "websocket-server-pings": Replay(FRAMES, FRAMES),
    "websocket-every-type-and-ping-zeromq": Replay(server=LOSSY),
    "websocket-edge-values-zeromq": Replay(server=LOSSY),
    "websocket-two-clients-a-zeromq": Replay(),
    "websocket-two-clients-b-zeromq": Replay(),
    "websocket-first-message-data-without-waiting-for-ack-zeromq": Replay(client="all; this side waits"),
}
SESSIONS = [name for name in TABLE if scenarios()[name]["frames"]]
PATHS = {"wrong-path": "/v1/wrong", "root-path": "/", "query-string": WEB_PATH + "?x=1", "final-slash": WEB_PATH + "/"}
HEADERS = {
    "good-application-name": "X-Application-Name: my-app/1.0\r\n",
    "bad-application-name": "X-Application-Name: my app!\r\n",
    "empty-application-name": "X-Application-Name: \r\n",
    "origin-header": "Origin: http://evil.example\r\n",
}


def test_every_recording_is_in_the_table():
    assert list(TABLE) == list(scenarios())
    assert len(TABLE) == 39


def frames_of(name: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = scenarios()[name]["frames"]
    return frames


# -- the client -------------------------------------------------------------------------------------------------


def expected_events(name: str) -> list[Any]:
    """What the recording says that the server's side means to a client."""
    found: list[Any] = []
    closed = acknowledged = False
    for record in frames_of(name):
        if record["from"] == "client":
            closed = closed or "close" in record
        elif "text" in record:
            kind = json.loads(record["text"])["type"] if '"type":"data-message"' not in record["text"] else "data"
            if kind == "data":
                message = record["text"].split('"', 9)
                found.append((message[7], decode(record["text"])))
            elif kind == "ack":
                acknowledged = True
                ack = json.loads(record["text"])
                found.append(Acknowledged(ack["endpoint"], ack["version"]))
            else:
                error = json.loads(record["text"])
                found.append(ServerError(error["code"], error["context"]) if acknowledged else Lost(None, refused=True))
        elif record["close"] is None:
            found.append(Lost(None, cause=Cause.CONNECTION_LOST))
        else:
            cause = Cause.SHUTTING_DOWN if record["close"][0] == 1001 else None
            found.append(Lost(None, cause=None if closed else cause, close_code=record["close"][0]))
        if found and isinstance(found[-1], Lost):
            break
    return found


def act_as_recorded(conn: WebClientConnection, record: dict[str, Any]) -> None:
    """Let the client do what the recorded one did; it must send the same."""
    if "close" in record:
        conn.start_close(1.0)
        if not conn.closed:
            assert parse_close(sent(conn)[-1][1]) == (record["close"][0], "")
        return
    if conn.phase is not WebPhase.OPERATION:
        return
    try:
        topic, value = parse_client_text(record["text"])
    except DecodeError:
        return  # one of the bad messages
    if "\\udcff" in record["text"]:
        with pytest.raises(EncodeError, match=r"^\[2\]\[1\]\[6\]: a string that is not UTF-8"):
            conn.send(Message(topic, value))
    elif topic:
        conn.send(Message(topic, value))
        ((opcode, payload),) = sent(conn)
        again = parse_client_text(payload.decode())
        assert (opcode, again[0]) == (TEXT, topic)
        assert is_same(again[1], value)


def replay_to_client(name: str, pieces: Any) -> list[Any]:
    """The client's events; *pieces* cuts what the server sent without a pause."""
    subscription = frames_of(name)[0]["text"]
    try:
        topics = json.loads(subscription)
    except ValueError:
        topics = None
    good = isinstance(topics, list) and all(isinstance(topic, str) for topic in topics)
    conn = client(topics=tuple(topics) if good else ("/rec/out",))
    for piece in pieces(upgraded_answer(conn)):
        conn.receive_data(piece, 0.0)
    (said,) = texts(conn)
    assert json.loads(said) == topics or not good
    heap = b""
    for record in [*frames_of(name)[1:], {"from": "client", "text": ""}]:
        if record["from"] == "server":
            heap += recorded_frame(record)
            if "close" in record and record["close"] is None:
                conn.receive_eof()
            continue
        for piece in pieces(heap):
            conn.receive_data(piece, 0.0)
        heap = b""
        conn.data_to_send()
        act_as_recorded(conn, record)
    events = conn.events()
    if conn.phase is WebPhase.OPERATION:  # an older broker's crash comes as the end of the stream
        conn.receive_eof()
        events += conn.events()
    return events


def check(events: list[Any], name: str) -> None:
    expected = expected_events(name)
    assert len(events) == len(expected)
    for event, wanted in zip(events, expected, strict=True):
        if isinstance(wanted, Lost):
            assert isinstance(event, Lost)
            assert (event.refused, event.close_code) == (wanted.refused, wanted.close_code)
            assert wanted.cause in {None, event.cause}
            assert (event.error is None) == (wanted.close_code in {1000, 1005})
        elif isinstance(event, Message):
            assert event.topic == wanted[0]
            assert is_same(event.value, wanted[1])
        else:
            assert event == wanted


@pytest.mark.parametrize("name", SESSIONS)
def test_the_client_reports_what_was_recorded(name):
    check(replay_to_client(name, lambda data: [data]), name)


@pytest.mark.parametrize("name", SESSIONS)
def test_the_client_reports_the_same_byte_by_byte(name):
    check(replay_to_client(name, lambda data: [data[at : at + 1] for at in range(len(data))]), name)


@given(st.sampled_from(SESSIONS), st.lists(st.integers(0, 4000), max_size=12))
def test_the_client_reports_the_same_however_it_is_cut(name, cuts):
    check(replay_to_client(name, lambda data: cut(data, cuts)), name)


def test_what_zeek_makes_of_a_byte_that_is_not_utf_8():
    """Why such a string is refused: the escape for it arrives as something else."""
    output = scenarios()["websocket-every-type-sent-back"]["zeek_output"]
    assert any(r"\x00\xed\xb3\xbf end" in line for line in output)


# -- values: what the native protocol carried for the same event --------------------------------------------------


def as_cpp_writes_it(value: Any) -> Any:
    """*value* with the losses of C++'s JSON: reals of six decimals, time stamps of milliseconds."""
    if type(value) is float:
        return float(f"{value:f}")
    if type(value) is Timestamp:
        unit = 1_000_000 if value.ns >= 0 else 1_000_000_000  # before 1970 it loses the whole fraction
        return Timestamp(int(value.ns / unit) * unit)
    if type(value) is Set:
        return Set(map(as_cpp_writes_it, value))
    if type(value) is Table:
        return Table((as_cpp_writes_it(key), as_cpp_writes_it(item)) for key, item in value.pairs())
    return tuple(map(as_cpp_writes_it, value)) if type(value) is tuple else value


@pytest.mark.parametrize(
    ("name", "native"),
    [
        ("websocket-every-type-and-ping", "zeek-every-type-no-metadata-connector-smaller"),
        ("websocket-every-type-with-metadata", "zeek-every-type-and-pings-with-metadata"),
        ("websocket-every-type-and-ping-zeromq", "zeek-every-type-no-metadata-connector-smaller"),
        ("websocket-edge-values", "zeek-edge-values"),
        ("websocket-edge-values-zeromq", "zeek-edge-values"),
    ],
)
def test_the_values_are_those_of_the_native_protocol(name, native):
    by_native = {}
    for data in data_frames(native):
        content = binary.decode(data.payload)[2]
        by_native[key_of(content)] = content
    compared = 0
    for event in replay_to_client(name, lambda data: [data]):
        content = event.value[2] if isinstance(event, Message) else ()
        if key_of(content) and key_of(content) in by_native:
            compared += 1
            assert is_same(as_cpp_writes_it(by_native[key_of(content)][:2]), content[:2])
    assert compared > (60 if "edge" in name else 0)


def key_of(content: Any) -> Any:
    """Event name, and the label of an edge value."""
    if not content or content[0] not in {"Rec::every", "Rec::edge"}:
        return None
    return content[0], content[1][0] if content[0] == "Rec::edge" else ""


# -- the server -------------------------------------------------------------------------------------------------


class Zeek:
    """What a shell does that knows what Zeek knows: the answers that the recording gives."""

    def __init__(self, conn: WebServerConnection) -> None:
        self.conn = conn
        self.events: list[Any] = []

    def act(self, records: list[dict[str, Any]], *, exact: bool) -> None:
        """Handle events; then say what of the recorded *records* only Zeek can know."""
        conn = self.conn
        for event in conn.events():
            self.events.append(event)
            if isinstance(event, UpgradeRequested):
                assert event.path == WEB_PATH
                conn.accept()
        for record in records:
            said = record.get("text", "")
            if '"type":"ack"' in said:
                ack = json.loads(said)
                conn.acknowledge(ack["endpoint"], ack["version"])
                self.events += conn.events()
            elif '"type":"data-message"' in said:
                value, topic = decode(said), json.loads(said)["topic"] if exact else ""
                if exact:
                    conn.send(Message(topic, value))
                else:
                    conn.send_text(said)
            elif '"failed to create Zeek event"' in said or '"broker_error"' in said:
                error = json.loads(said)
                conn.send_error(error["code"], error["context"])
            elif record.get("close") == [1001, "Terminating"]:
                conn.close(1001, "Terminating", 1.0)


def turns(name: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each frame of the client with what the server said before the client's next one."""
    found: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for record in frames_of(name):
        if record["from"] == "client":
            found.append((record, []))
        else:
            found[-1][1].append(record)
    return found


def replay_to_server(name: str, pieces: Any, *, exact: bool) -> tuple[list[list[tuple[int, bytes]]], list[Any]]:
    """What the server says in each turn, and its events."""
    conn = server("zeek")
    zeek = Zeek(conn)
    short = name.removeprefix("websocket-")
    path, header = PATHS.get(short, WEB_PATH), HEADERS.get(short, "").encode()
    for piece in pieces(REQUEST.replace(WEB_PATH.encode(), path.encode()).replace(b"Host:", header + b"Host:")):
        conn.receive_data(piece, 0.0)
        zeek.act([], exact=exact)
    head, _, rest = b"".join(conn.data_to_send()).partition(b"\r\n\r\n")
    assert head.startswith(
        b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    )
    said = []
    for record, answers in turns(name):
        *front, last = pieces(recorded_frame(record))
        for piece in front:
            conn.receive_data(piece, 0.0)
        conn.receive_data(last, 0.0)
        zeek.act(answers, exact=exact)
        said.append(frames_in([rest, *conn.data_to_send()]))
        rest = b""
    zeek.act([], exact=exact)
    return said, zeek.events


def check_server(name: str, pieces: Any) -> None:
    note = TABLE[name].server
    said, events = replay_to_server(name, pieces, exact=note != LOSSY)
    recorded = [[unframed(record) for record in answers] for _, answers in turns(name)]
    if note == DEAD:
        (error,), close = said[0][:1], said[0][1]
        assert [error] == recorded[0]
        assert close == (CLOSE, b"\x03\xf0" + json.loads(error[1])["context"].encode())
        assert not any(said[1:])
    elif "older-broker" in name:
        assert said[-1] == [(TEXT, error_text("failed to decode JSON object").encode())]
    else:
        assert said == recorded
    published = [event for event in events if isinstance(event, Message)]
    assert len(published) == sum(is_published(record) for record, _ in turns(name)[1:]) * (note not in {DEAD, REFUSED})


def unframed(record: dict[str, Any]) -> tuple[int, bytes]:
    ((opcode, payload),) = frames_in([recorded_frame(record)]) or [(0, b"")]
    return opcode, payload


def is_published(record: dict[str, Any]) -> bool:
    try:
        return parse_client_text(record["text"])[0] is not None if "text" in record else False
    except DecodeError:
        return False


@pytest.mark.parametrize("name", SESSIONS)
def test_the_server_answers_what_was_recorded(name):
    check_server(name, lambda data: [data])


@pytest.mark.parametrize("name", SESSIONS)
def test_the_server_answers_the_same_byte_by_byte(name):
    check_server(name, lambda data: [data[at : at + 1] for at in range(len(data))])


@given(st.sampled_from(SESSIONS), st.lists(st.integers(0, 1000), max_size=12))
def test_the_server_answers_the_same_however_it_is_cut(name, cuts):
    check_server(name, lambda data: cut(data, cuts))
