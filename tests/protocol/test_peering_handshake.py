"""The handshake of one connection: both TCP roles, both orders of ids, every fault, and subscriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, LocalProtocolError, RemoteProtocolError
from broker_core.limits import Limits
from broker_core.messages.handshake import (
    DropConn,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
)
from broker_core.model import NIL
from broker_core.protocol.events import (
    FilterChanged,
    Lost,
    Peered,
    PeerIdentified,
    Skipped,
)
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import Phase
from broker_core.protocol.sniff import HTTP, OLD_BROKER, SSH, TLS
from peer_links import (
    LARGE,
    MIDDLE,
    SMALL,
    Link,
    broken_update,
    connection,
    frames_of_peer,
    hello_frame,
    lost,
    peered,
    plain,
    problem,
    sizes,
    update_frame,
)

ROLES = [(SMALL, LARGE), (LARGE, SMALL)]
TOKEN = bytes(8)


# -- the handshake --------------------------------------------------------------------------------------------


def test_client_with_the_smaller_id():
    conn = connection(SMALL, server=False)
    assert conn.data_to_send() == [hello_frame(SMALL)]
    conn.receive_data(frame_of(Probe().encode()) + hello_frame(LARGE), 0.0)
    assert conn.events() == [PeerIdentified(LARGE, originator=True)]
    assert (conn.peer_id, conn.originator, conn.phase) == (LARGE, True, Phase.HANDSHAKE)
    assert conn.data_to_send() == []
    conn.proceed()
    assert conn.data_to_send() == [
        frame_of(VersionSelect(SMALL).encode()),
        frame_of(OriginatorSyn(("/own",)).encode()),
    ]
    conn.receive_data(frame_of(ResponderSynAck(("/peer",)).encode()), 0.0)
    assert conn.events() == [Peered(LARGE, ("/peer",))]
    assert conn.data_to_send() == [frame_of(OriginatorAck().encode())]
    assert (conn.phase, conn.peer_filter, conn.next_deadline()) == (Phase.OPERATION, ("/peer",), None)


def test_client_with_the_larger_id():
    conn = connection(LARGE, server=False)
    assert conn.data_to_send() == [hello_frame(LARGE)]
    conn.receive_data(frame_of(VersionSelect(SMALL).encode()) + frame_of(OriginatorSyn(("/peer",)).encode()), 0.0)
    assert conn.events() == [PeerIdentified(SMALL, originator=False)]
    assert conn.data_to_send() == []
    conn.proceed()
    assert conn.data_to_send() == [frame_of(ResponderSynAck(("/own",)).encode())]
    assert conn.events() == []
    conn.receive_data(frame_of(OriginatorAck().encode()), 0.0)
    assert conn.events() == [Peered(SMALL, ("/peer",))]
    assert conn.data_to_send() == []


@pytest.mark.parametrize(("own", "other"), ROLES)
def test_server_of_either_rank(own, other):
    conn = connection(own, server=True)
    assert conn.data_to_send() == [b"\x00\x00\x00\x05\x07ZEEK"]
    conn.receive_data(hello_frame(other), 0.0)
    if own is SMALL:
        assert conn.events() == [PeerIdentified(other, originator=True)]
    else:
        assert conn.data_to_send() == [hello_frame(own)]
        assert conn.events() == []
        assert conn.peer_id is None
        assert conn.originator is None


def test_id_is_the_one_of_the_version_select():
    conn = connection(LARGE, server=True)
    conn.receive_data(hello_frame(SMALL) + frame_of(VersionSelect(MIDDLE).encode()), 0.0)
    assert conn.events() == [PeerIdentified(MIDDLE, originator=False)]


@given(st.booleans(), st.sampled_from(ROLES), sizes(), st.data())
def test_two_connections_agree_however_bytes_are_cut(early, ids, pieces, data):
    """All four combinations of TCP roles and ids, and messages that follow the handshake at once."""
    own, other = ids
    reference = play(own, other, None, early=early)
    assert play(own, other, pieces, early=early) == reference
    _, (one, two) = reference
    assert one[0] == PeerIdentified(other, own < other)
    assert two[0] == PeerIdentified(own, other < own)
    assert one[1] == Peered(other, ("/server",))
    assert two[1] == Peered(own, ("/client", "/x"))
    assert [event[2] for event in two[2:] if isinstance(event, tuple)] == [b"\x00", b"\x01\x01"]
    assert one[-1] == two[-1] == Lost(None)


def play(own, other, pieces, *, early):
    client = connection(own, server=False, own_filter=("/client", "/x"))
    server = connection(other, server=True, own_filter=("/server",))
    link = Link(client, server, pieces)
    link.run()
    for payload in (b"\x00", b"\x01\x01"):
        client._out.append(client.writer.data_frame("/t", payload, 20))
    if early:
        server.set_filter(("/server", "/t"))
        server.send_ping(b"payload")
    link.run()
    server.start_bye(TOKEN, 0.0)
    link.run()
    server_closed = server.closed
    client.receive_eof()
    link.run()
    return server_closed, tuple(plain(events) for events in link.events)


def test_acknowledgement_goes_alone():
    for own, other in ROLES:
        link = Link(connection(own, server=False), connection(other, server=True))
        link.ends[0].set_filter(("/later",))
        link.run()
        for written in link.written:
            for chunk in written:
                assert len(chunk) == int.from_bytes(chunk[:4], "big") + 4


def test_endpoint_that_is_connected_to_itself_is_told_on_both_sides():
    link = Link(connection(SMALL, server=False), connection(SMALL, server=True))
    link.run()
    for events, end in zip(link.events, link.ends, strict=True):
        assert end.closed
        (event,) = events
        assert event.error.code is EC.PEER_INVALID
        assert str(event.error) == "connected to itself: the peer has the id of this endpoint"


def test_waiting_for_the_decision_holds_back_what_comes_in():
    conn = connection(LARGE, server=False)
    conn.data_to_send()
    conn.receive_data(frame_of(VersionSelect(SMALL).encode()), 0.0)
    conn.receive_data(frame_of(OriginatorSyn(("/peer",)).encode()), 0.0)
    assert conn.data_to_send() == []
    assert conn.events() == [PeerIdentified(SMALL, originator=False)]
    conn.proceed()
    assert conn.data_to_send() == [frame_of(ResponderSynAck(("/own",)).encode())]


def test_what_is_held_back_is_bounded():
    limits = Limits(max_handshake_frame=100)
    for size, closed in ((104, False), (105, True)):
        conn = connection(LARGE, server=False, limits=limits)
        conn.receive_data(frame_of(VersionSelect(SMALL).encode()), 0.0)
        for _ in range(size):
            conn.receive_data(b"x", 0.0)
        assert conn.closed is closed
    assert problem(conn) == (EC.INVALID_MESSAGE, "105 bytes received while deciding about the peer as responder")
    conn.proceed()
    conn.reject(EC.REDUNDANT_CONNECTION, "no")
    assert conn.events() == []


def test_nothing_is_reported_behind_the_question():
    conn = connection(LARGE, server=False, limits=Limits(max_handshake_frame=100))
    conn.receive_data(frame_of(VersionSelect(SMALL).encode()) + bytes(200), 0.0)
    assert conn.events() == [PeerIdentified(SMALL, originator=False)]
    conn.receive_data(b"x", 0.0)
    assert problem(conn)[1].startswith("201 bytes received")


def test_fault_in_what_was_held_back():
    conn = connection(LARGE, server=False)
    conn.receive_data(frame_of(VersionSelect(SMALL).encode()) + frame_of(b"\x0a\x05"), 0.0)
    conn.data_to_send()
    conn.proceed()
    assert problem(conn) == (EC.INVALID_MESSAGE, "failed to parse v1::originator_syn_msg")
    assert len(conn.data_to_send()) == 1


@pytest.mark.parametrize("originator", [True, False])
def test_rejecting_sends_a_drop(originator):
    own, other = (SMALL, LARGE) if originator else (LARGE, SMALL)
    conn = connection(own, server=False)
    conn.receive_data(hello_frame(other) if originator else frame_of(VersionSelect(other).encode()), 0.0)
    conn.data_to_send()
    conn.reject(EC.REDUNDANT_CONNECTION, "redundant connection")
    assert conn.data_to_send() == [frame_of(DropConn(own, EC.REDUNDANT_CONNECTION, "redundant connection").encode())]
    assert problem(conn) == (EC.REDUNDANT_CONNECTION, "redundant connection")


def test_decisions_without_a_question():
    conn = connection()
    with pytest.raises(LocalProtocolError):
        conn.proceed()
    with pytest.raises(LocalProtocolError):
        conn.reject(EC.REDUNDANT_CONNECTION, "no")
    with pytest.raises(LocalProtocolError):
        peered().proceed()


@pytest.mark.parametrize("code", [2, 28, 39, 40])
def test_drop_of_the_peer_tells_everything(code):
    for prelude in (b"", frame_of(Probe().encode()), hello_frame(SMALL)):
        conn = connection(LARGE, server=True)
        conn.receive_data(prelude, 0.0)
        conn.data_to_send()
        conn.receive_data(frame_of(DropConn(SMALL, EC(code), "the reason").encode()), 0.0)
        end = lost(conn)
        assert (end.drop_code, end.drop_text, end.drop_sender) == (code, "the reason", SMALL)
        assert isinstance(end.error, RemoteProtocolError)
        assert (end.error.code, str(end.error)) == (code, "the reason")
        assert conn.data_to_send() == []


def test_drop_that_comes_when_subscriptions_are_expected():
    conn = connection(SMALL, server=False)
    conn.receive_data(hello_frame(LARGE), 0.0)
    conn.proceed()
    conn.events()
    conn.data_to_send()
    conn.receive_data(frame_of(DropConn(LARGE, EC.LOGIC_ERROR, "at the responder").encode()), 0.0)
    assert lost(conn).drop_code == 40
    assert conn.data_to_send() == []


# Every row of section 4.5: what comes in, and the body of the drop_conn that goes out.
SENDER = SMALL.hex()


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("065a454500" + SENDER + "0101", "26" + "12" + b"wrong magic number".hex()),
        ("0700000000", "26" + "12" + b"wrong magic number".hex()),
        ("0800000000" + SENDER + "01", "26" + "12" + b"wrong magic number".hex()),
        ("0900000000" + SENDER + "2700", "26" + "12" + b"wrong magic number".hex()),
        ("065a45454b" + SENDER + "0203", "02" + "1c" + b"unsupported versions offered".hex()),
        ("085a45454b" + SENDER + "02", "02" + "1c" + b"unsupported version selected".hex()),
        ("06", "14" + "19" + b"failed to parse hello_msg".hex()),
        ("075a4545", "14" + "19" + b"failed to parse probe_msg".hex()),
        ("085a45454b" + SENDER, "14" + "22" + b"failed to parse version_select_msg".hex()),
        ("095a45454b" + SENDER + "27", "14" + "1d" + b"failed to parse drop_conn_msg".hex()),
        ("0a", "14" + "26" + b"failed to parse v1::originator_syn_msg".hex()),
        ("0b02022f78", "14" + "29" + b"failed to parse v1::responder_syn_ack_msg".hex()),
        ("00", "14" + "18" + b"invalid message type tag".hex()),
        ("01" * 40, "14" + "18" + b"invalid message type tag".hex()),
        ("0d", "14" + "18" + b"invalid message type tag".hex()),
        ("095a45454b" + SENDER + "29" + "056c61746572", "01" + "05" + b"later".hex()),
    ],
)
@pytest.mark.parametrize("server", [True, False])
def test_faults_that_are_answered_before_closing(body, answer, server):
    conn = connection(MIDDLE, server=server)
    conn.data_to_send()
    conn.receive_data(frame_of(bytes.fromhex(body)), 0.0)
    drop = bytes.fromhex("095a45454b" + MIDDLE.hex() + answer)
    assert conn.data_to_send() == [frame_of(drop)]
    code, text = problem(conn)
    assert drop[21] == code
    assert drop.endswith(text.encode())


@pytest.mark.parametrize(
    "body",
    [OriginatorSyn(()), ResponderSynAck(()), OriginatorAck(), VersionSelect(SMALL)],
    ids=repr,
)
def test_other_messages_close_without_an_answer(body):
    conn = connection(MIDDLE, server=True)
    conn.data_to_send()
    conn.receive_data(frame_of(body.encode()), 0.0)
    assert conn.data_to_send() == []
    code, text = problem(conn)
    assert code is EC.UNEXPECTED_HANDSHAKE_MESSAGE
    assert text == f"unexpected {type(body).__name__} while waiting for the peer's hello"


def test_empty_frame_closes_without_an_answer():
    conn = connection()
    conn.data_to_send()
    conn.receive_data(frame_of(Probe().encode()) + bytes(4), 0.0)
    assert conn.data_to_send() == []
    assert problem(conn) == (EC.INVALID_MESSAGE, "empty frame in the handshake")


def test_oversize_frame_of_the_handshake():
    limits = Limits(max_handshake_frame=100)
    conn = connection(MIDDLE, server=True, limits=limits)
    conn.data_to_send()
    conn.receive_data(frame_of(Probe().encode()) + b"\x00\x00\x00\x65", 0.0)
    assert problem(conn) == (EC.INVALID_MESSAGE, "frame of 101 bytes is longer than the allowed 100")
    assert conn.data_to_send() == []


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (bytes.fromhex("1503030002022a"), TLS),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", HTTP),
        (b"SSH-2.0-OpenSSH\r\n", SSH),
        (bytes.fromhex("0000000000000034000000000000000300000000"), OLD_BROKER),
        (bytes.fromhex("0100000000000020000000000000000000000000"), OLD_BROKER),
        (b"220 hello\r\n", r"mail or FTP that starts with b'220 hello\r\n'"),
    ],
)
def test_something_else_on_that_port_is_named(data, what):
    conn = connection(server=False)
    conn.data_to_send()
    conn.receive_data(data, 0.0)
    end = lost(conn)
    assert isinstance(end.error, RemoteProtocolError)
    assert end.error.code is EC.PEER_INCOMPATIBLE
    assert str(end.error) == f"the other side is no peer for this protocol; it looks like {what}"
    assert end.looks_like == what
    assert conn.data_to_send() == []


def test_something_else_is_named_when_it_hangs_up_early():
    conn = connection(server=False)
    conn.receive_data(b"\x15", 0.0)
    conn.receive_data(b"\x03", 0.0)
    assert not conn.closed
    conn.receive_eof()
    assert lost(conn).looks_like == TLS


def test_garbage_after_a_first_good_message_is_not_guessed_at():
    conn = connection(server=False)
    conn.receive_data(frame_of(Probe().encode()) + b"HTTP", 0.0)
    code, text = problem(conn)
    assert code is EC.INVALID_MESSAGE
    assert text.startswith("frame of 1213486160 bytes")


def test_end_of_stream_in_the_handshake():
    conn = connection(server=True)
    conn.receive_eof()
    assert problem(conn) == (
        EC.PEER_DISCONNECT_DURING_HANDSHAKE,
        "connection closed by the peer during the handshake (last step: waiting for the peer's hello)",
    )
    conn.receive_eof()
    assert conn.events() == []


# -- subscriptions --------------------------------------------------------------------------------------------


def test_filter_set_before_the_handshake_gets_that_far_is_in_it():
    conn = connection(SMALL, server=False)
    conn.receive_data(hello_frame(LARGE), 0.0)
    conn.set_filter(["/later"])
    conn.data_to_send()
    conn.proceed()
    assert conn.data_to_send()[1] == frame_of(OriginatorSyn(("/later",)).encode())
    conn.receive_data(frame_of(ResponderSynAck(()).encode()), 0.0)
    assert conn.data_to_send() == [frame_of(OriginatorAck().encode())]


@pytest.mark.parametrize("originator", [True, False])
def test_filter_set_too_late_for_the_handshake_follows_it(originator):
    own, other = (SMALL, LARGE) if originator else (LARGE, SMALL)
    conn = connection(own, server=False)
    conn.receive_data(hello_frame(other) if originator else frame_of(VersionSelect(other).encode()), 0.0)
    conn.proceed()
    if not originator:
        conn.receive_data(frame_of(OriginatorSyn(()).encode()), 0.0)
    conn.data_to_send()
    conn.set_filter(("/later",))
    assert conn.data_to_send() == []
    conn.receive_data(frame_of((ResponderSynAck(()) if originator else OriginatorAck()).encode()), 0.0)
    ack = [frame_of(OriginatorAck().encode())] if originator else []
    assert conn.data_to_send() == [*ack, update_frame(own, other, "/later")]


def test_filter_set_in_operation_is_sent_when_it_changes():
    conn = peered()
    conn.set_filter(("/own",))
    assert conn.data_to_send() == []
    conn.set_filter(["/own", "/zwei"])
    assert conn.data_to_send() == [update_frame(SMALL, LARGE, "/own", "/zwei")]


@pytest.mark.parametrize("receiver", [SMALL, NIL, MIDDLE])
def test_routing_update_replaces_the_filter_whoever_it_names(receiver):
    conn = peered()
    conn.receive_data(frames_of_peer(conn).routing_update_frame(receiver, ("/a", "/new")), 0.0)
    assert conn.events() == [FilterChanged(("/a", "/new"))]
    assert conn.peer_filter == ("/a", "/new")
    conn.receive_data(frames_of_peer(conn).routing_update_frame(receiver, ()), 0.0)
    assert conn.peer_filter == ()


def test_broken_routing_update_is_skipped():
    conn = peered(limits=Limits(max_filter_entries=2))
    for payload in (b"", b"\x01\x05/abc", b"\xff\xff\xff\xff\xff", b"\x03\x00\x00\x00"):
        conn.receive_data(broken_update(payload), 0.0)
        (event,) = conn.events()
        assert isinstance(event, Skipped)
        assert event.problem.startswith("routing update: ")
    assert conn.peer_filter == ("/peer",)
    assert (conn.skipped, conn.frames_received, conn.closed) == (4, 4, False)
