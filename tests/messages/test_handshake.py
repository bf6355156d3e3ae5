"""The messages of the handshake, each row written, read whole, read cut, and read with a tail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import EC, DecodeError, LimitExceeded, RemoteProtocolError
from broker_core.limits import Limits
from broker_core.messages.handshake import (
    DropConn,
    Hello,
    OriginatorAck,
    OriginatorSyn,
    Probe,
    ResponderSynAck,
    VersionSelect,
    decode_filter,
    encode_filter,
    parse_handshake,
)
from broker_core.model import EndpointId

ID_HEX = "00000001e78e400180eb6a41b6e4eb73"
ID = EndpointId(bytes.fromhex(ID_HEX))
MAGIC_HEX = "5a45454b"

ROWS = [
    (Hello(ID), f"06{MAGIC_HEX}{ID_HEX}0101", "hello_msg"),
    (Hello(ID, 0, 5), f"06{MAGIC_HEX}{ID_HEX}0005", "hello_msg"),
    (Probe(), f"07{MAGIC_HEX}", "probe_msg"),
    (VersionSelect(ID), f"08{MAGIC_HEX}{ID_HEX}01", "version_select_msg"),
    (DropConn(ID, EC.SHUTTING_DOWN, "bye"), f"09{MAGIC_HEX}{ID_HEX}1c03627965", "drop_conn_msg"),
    (DropConn(ID, EC.NONE, ""), f"09{MAGIC_HEX}{ID_HEX}0000", "drop_conn_msg"),
    (OriginatorSyn(("/x", "/y/z")), "0a02022f78042f792f7a", "v1::originator_syn_msg"),
    (ResponderSynAck(("/a", "/b/c")), "0b02022f61042f622f63", "v1::responder_syn_ack_msg"),
    (OriginatorSyn(()), "0a00", "v1::originator_syn_msg"),
    (OriginatorAck(), "0c", "v1::originator_ack_msg"),
]


@pytest.mark.parametrize(("message", "body", "_"), ROWS)
def test_message_is_written_as_specified(message, body, _):
    assert message.encode().hex() == body


@pytest.mark.parametrize(("message", "body", "_"), ROWS)
def test_message_is_read_whole_and_with_a_tail(message, body, _):
    assert parse_handshake(bytes.fromhex(body)) == message
    assert parse_handshake(bytes.fromhex(body) + b"\xff\xfftail") == message


@pytest.mark.parametrize(("_", "body", "name"), ROWS)
def test_cut_message_is_refused_with_its_name(_, body, name):
    raw = bytes.fromhex(body)
    for end in range(1, len(raw)):
        with pytest.raises(RemoteProtocolError) as caught:
            parse_handshake(raw[:end])
        assert (caught.value.problem, caught.value.code) == (f"failed to parse {name}", EC.INVALID_MESSAGE)
        assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (f"06000000ff{ID_HEX}0101", EC.WRONG_MAGIC_NUMBER, "wrong magic number"),
        ("075a454500", EC.WRONG_MAGIC_NUMBER, "wrong magic number"),
        (f"08ffffffff{ID_HEX}01", EC.WRONG_MAGIC_NUMBER, "wrong magic number"),
        (f"09ffffffff{ID_HEX}0100", EC.WRONG_MAGIC_NUMBER, "wrong magic number"),
        (f"06{MAGIC_HEX}{ID_HEX}0205", EC.PEER_INCOMPATIBLE, "unsupported versions offered"),
        (f"06{MAGIC_HEX}{ID_HEX}0000", EC.PEER_INCOMPATIBLE, "unsupported versions offered"),
        (f"08{MAGIC_HEX}{ID_HEX}02", EC.PEER_INCOMPATIBLE, "unsupported version selected"),
        (f"09{MAGIC_HEX}{ID_HEX}29026f6f", EC.UNSPECIFIED, "oo"),
        ("0a02022f", EC.INVALID_MESSAGE, "failed to parse v1::originator_syn_msg"),
        ("0bffffffffff", EC.INVALID_MESSAGE, "failed to parse v1::responder_syn_ack_msg"),
        ("00", EC.INVALID_MESSAGE, "invalid message type tag"),
        ("01", EC.INVALID_MESSAGE, "invalid message type tag"),
        ("05", EC.INVALID_MESSAGE, "invalid message type tag"),
        ("0d", EC.INVALID_MESSAGE, "invalid message type tag"),
        ("ff00", EC.INVALID_MESSAGE, "invalid message type tag"),
    ],
)
def test_refusals_have_the_code_and_text_of_the_protocol(body, code, text):
    with pytest.raises(RemoteProtocolError) as caught:
        parse_handshake(bytes.fromhex(body))
    assert (caught.value.code, caught.value.problem) == (code, text)


def test_text_of_a_drop_is_shown_whatever_its_bytes():
    raw = bytes.fromhex(f"09{MAGIC_HEX}{ID_HEX}2702") + b"a\xff"
    assert parse_handshake(raw) == DropConn(ID, EC.REDUNDANT_CONNECTION, "a\\xff")


def test_long_text_of_a_drop_survives():
    message = DropConn(ID, EC.LOGIC_ERROR, "ü" * 300)
    assert parse_handshake(message.encode()) == message


@given(st.binary(min_size=1), st.binary())
def test_any_bytes_are_a_message_or_refused(code, rest):
    for body in (code + rest, bytes([code[0] % 7 + 6]) + rest, bytes([code[0] % 7 + 6]) + b"ZEEK" + rest):
        try:
            message = parse_handshake(body)
        except RemoteProtocolError:
            continue
        assert body.startswith(message.encode()[:5])


# -- filters --------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape"))))
def test_filter_survives_even_when_it_is_not_utf8(entries):
    raw = encode_filter(tuple(entries))
    assert decode_filter(raw) == tuple(entries)
    assert decode_filter(b"xx" + raw + b"tail", 2) == tuple(entries)


def test_bytes_of_a_filter():
    assert encode_filter(("/a", "/new")).hex() == "02022f61042f6e6577"
    assert encode_filter(("x" * 200,))[:4].hex() == "01c80178"
    assert decode_filter(b"\x01\x01\xff") == ("\udcff",)


@given(st.binary())
def test_any_bytes_are_a_filter_or_refused(data):
    try:
        entries = decode_filter(data)
    except DecodeError:
        return
    assert data.startswith(encode_filter(entries)) or len(encode_filter(entries)) < len(data)  # padded lengths


def test_filter_beyond_the_limit_is_refused_before_it_is_read():
    limits = Limits(max_filter_entries=2)
    assert decode_filter(b"\x02\x00\x00", 0, limits) == ("", "")
    with pytest.raises(LimitExceeded) as caught:
        decode_filter(b"\x03\x00\x00\x00", 0, limits)
    assert (caught.value.limit, caught.value.asked, caught.value.allowed) == ("max_filter_entries", 3, 2)
    with pytest.raises(RemoteProtocolError) as refused:
        parse_handshake(b"\x0a\x03\x00\x00\x00", limits)
    assert isinstance(refused.value.__cause__, LimitExceeded)


def test_filter_that_promises_more_than_there_is():
    for broken in (b"", b"\x80", b"\x02\x01a", b"\x01\x05abcd", b"\x01\xff\xff\xff\xff\x0f"):
        with pytest.raises(DecodeError):
            decode_filter(broken)
