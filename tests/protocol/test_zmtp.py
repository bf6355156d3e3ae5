"""The start of ZMTP, with bytes of a live Zeek and of libzmq, and with junk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.protocol.zmtp import GREETING, ZmtpLook
from cluster_links import recording

SIDES = {
    ("zeek XPUB - central XSUB", "zeek"): "XPUB",
    ("zeek XPUB - central XSUB", "central"): "XSUB",
    ("zeek XSUB - central XPUB", "zeek"): "XSUB",
    ("zeek XSUB - central XPUB", "central"): "XPUB",
}
READY = bytes.fromhex("041a0552454144590b536f636b65742d547970650000000458535542")
QUESTION = 11


def said(connection, side):
    """All that one side of a recorded connection sent."""
    frames = recording("zeromq-raw-zmtp-bytes")["frames"]
    return b"".join(
        bytes.fromhex(f["bytes"]) for f in frames if (f["conn"], f["from"]) == (connection, side) and "bytes" in f
    )


def greeting(mechanism=b"NULL", version=b"\x03\x01", start=b"\xff" + bytes(7) + b"\x01\x7f"):
    return (start + version + mechanism.ljust(20, b"\0")).ljust(64, b"\0")


def command(body, *, long=False):
    if long:
        return b"\x06" + len(body).to_bytes(8, "big") + body
    return b"\x04" + bytes([len(body)]) + body


def metadata(name, value):
    return bytes([len(name)]) + name + len(value).to_bytes(4, "big") + value


def ready(*properties):
    return b"\x05READY" + b"".join(metadata(*one) for one in properties)


def look(*chunks):
    seen = ZmtpLook()
    for chunk in chunks:
        seen.receive(chunk)
    return seen


def facts(seen):
    return seen.mechanism, seen.version, seen.socket_type, seen.done, seen.refused, seen.is_zeromq


def one_by_one(data):
    return [data[at : at + 1] for at in range(len(data))]


# -- recorded -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_recorded_sides_whole_byte_by_byte_and_with_a_tail(side):
    data = said(*side)
    start = data[: 64 + len(READY)]
    assert len(data) > len(start)
    expected = ("NULL", "3.1", SIDES[side], True, "", True)
    for chunks in ([start], one_by_one(start), [data], one_by_one(data), [start, b"\xff" * 100]):
        assert facts(look(*chunks)) == expected
    for cut in range(len(start)):
        seen = look(start[:cut])
        assert not seen.done
        assert seen.is_zeromq
        assert seen.mechanism == ("NULL" if cut >= 64 else "")
        seen.receive(start[cut:])
        assert facts(seen) == expected


def test_the_greeting_is_that_of_libzmq():
    assert said("zeek XSUB - central XPUB", "zeek").startswith(GREETING)
    assert len(GREETING) == 64


# -- what is said meanwhile -----------------------------------------------------------------------------------------


def test_the_rest_of_the_greeting_is_for_who_takes_the_same_mechanism():
    seen = ZmtpLook()
    assert seen.to_send() == GREETING[:QUESTION]
    assert seen.to_send() == b""
    for byte in one_by_one(GREETING[:63]):
        seen.receive(byte)
        assert seen.to_send() == b""
    seen.receive(GREETING[63:])
    assert seen.to_send() == GREETING[QUESTION:]
    assert seen.to_send() == b""
    seen.receive(READY)
    assert seen.to_send() == b""


def test_who_wants_curve_is_told_no_more():
    seen = ZmtpLook()
    seen.to_send()
    seen.receive(greeting(b"CURVE"))
    assert seen.to_send() == b""


# -- other greetings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mechanism", [b"CURVE", b"PLAIN", b"GSSAPI", b"X-1.2_+", b"A" * 20])
def test_with_another_mechanism_nothing_more_is_to_be_learnt(mechanism):
    data = greeting(mechanism)
    for chunks in ([data], one_by_one(data), [data + READY]):
        assert facts(look(*chunks)) == (mechanism.decode(), "3.1", "", True, "", True)


@pytest.mark.parametrize("mechanism", [b"", b"\x1b[2J", b"A B", b"\xff", b"A\0B", b"\0NULL"])
def test_what_names_no_mechanism_is_no_zeromq(mechanism):
    for chunks in ([greeting(mechanism)], one_by_one(greeting(mechanism))):
        assert facts(look(*chunks)) == ("", "", "", True, "", False)


@pytest.mark.parametrize(
    "start", [b"\xff" + bytes(7) + b"\x01\x7f", b"\xff\x00\x00\x00\x00\x00\x00\x00\x3d\x7f", b"\xff" * 9 + b"\x7f"]
)
def test_the_length_for_older_versions_may_be_any(start):
    assert look(greeting(start=start)).mechanism == "NULL"


@pytest.mark.parametrize(("version", "text"), [(b"\x03\x00", "3.0"), (b"\x03\x01", "3.1"), (b"\x04\x02", "4.2")])
def test_versions(version, text):
    assert look(greeting(version=version) + READY).version == text


@pytest.mark.parametrize("revision", [b"\x00", b"\x01", b"\x02"])
def test_older_versions(revision):
    """ZMTP 2.0 says its revision and kind of socket behind the signature; that is all that is wanted of it."""
    data = b"\xff" + bytes(7) + b"\x01\x7f" + revision + b"\x02\x00\x00"
    for chunks in ([data], one_by_one(data)):
        assert facts(look(*chunks)) == ("", "2", "", True, "", True)


@pytest.mark.parametrize("data", [b"\x01\x00", b"HTTP/1.1 400", b"\x16\x03\x01", b"\x00", b"\xff" + bytes(8) + b"\x7e"])
def test_what_is_none_at_all(data):
    for chunks in ([data], one_by_one(data)):
        seen = look(*chunks)
        assert facts(seen) == ("", "", "", True, "", False)


# -- commands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ([(b"Socket-Type", b"PULL")], "PULL"),
        ([(b"socket-TYPE", b"XPUB")], "XPUB"),
        ([(b"Identity", b""), (b"X", b"\xff" * 99), (b"Socket-Type", b"XSUB")], "XSUB"),
        ([(b"Identity", b"me")], ""),
        ([], ""),
        ([(b"Socket-Type", b"")], ""),
        ([(b"Socket-Type", b"X" * 32)], "X" * 32),
        ([(b"Socket-Type", b"X" * 33)], ""),
        ([(b"Socket-Type", b"\x1b[2J")], ""),
    ],
)
def test_the_kind_of_socket(properties, kind, long):
    data = GREETING + command(ready(*properties), long=long)
    for chunks in ([data], one_by_one(data)):
        seen = look(*chunks)
        assert (seen.socket_type, seen.done, seen.refused) == (kind, True, "")


@pytest.mark.parametrize("cut", range(1, 25))
def test_properties_that_are_cut_off(cut):
    body = ready((b"Socket-Type", b"XSUB"))
    assert facts(look(GREETING + command(body[:-cut]))) == ("NULL", "3.1", "", True, "", True)


def test_an_error_in_place_of_it():
    assert look(GREETING + command(b"\x05ERROR\x06denied")).refused == "denied"
    assert look(GREETING + command(b"\x05ERROR\x04a\x1b\xff\n")).refused == r"a\x1b\xff\x0a"
    assert look(GREETING + command(b"\x05ERROR")).refused == ""


@pytest.mark.parametrize(
    "data", [b"\x00\x05hello", b"\x01", b"\x02", b"\x05", b"\xff", command(b""), command(b"\x04PING")]
)
def test_anything_else_says_nothing_more(data):
    assert facts(look(GREETING + data)) == ("NULL", "3.1", "", True, "", True)


def test_a_command_has_a_longest_size():
    at_most = ready((b"Socket-Type", b"XSUB"), (b"X", bytes(4096 - 26 - 6)))
    assert len(at_most) == 4096
    assert look(GREETING + command(at_most, long=True)).socket_type == "XSUB"
    assert facts(look(GREETING + command(at_most + b"x", long=True)[:9])) == ("NULL", "3.1", "", True, "", True)


# -- junk -----------------------------------------------------------------------------------------------------------

STARTS = st.sampled_from(
    [b"", GREETING[:10], GREETING, GREETING + READY[:2], GREETING + READY[:-1], greeting(b"CURVE")]
)


@given(STARTS, st.lists(st.binary()))
def test_junk_never_raises_however_it_is_cut(start, chunks):
    whole, cut = look(start + b"".join(chunks)), look(start, *chunks)
    assert facts(whole) == facts(cut) == facts(look(*one_by_one(start + b"".join(chunks))))
    for text in (whole.mechanism, whole.version, whole.socket_type, whole.refused):
        assert text.isprintable()
        assert text.isascii()
    assert b"".join([whole.to_send(), whole.to_send()]) in {GREETING, GREETING[:QUESTION]}


@given(st.binary(max_size=300))
def test_any_body_of_a_command(body):
    for data in (command(body, long=True), command(b"\x05READY" + body, long=True)):
        seen = look(GREETING + data)
        assert seen.done
        assert facts(look(*one_by_one(GREETING + data))) == facts(seen)
