"""Which server it is, and what is written for it."""

from __future__ import annotations

import json
import math
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from broker_core.codecs.json import decode, encode_members
from broker_core.errors import EncodeError
from broker_core.messages.json_quirks import OWN, PRODUCT, Quirks, Server, quirks_of
from broker_core.model import EnumValue, Timespan, Timestamp
from strategies import assert_same, values
from web_sessions import UUID, ZEEK_ID

NEW_YORK = ZoneInfo("America/New_York")
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("endpoint", "version", "server", "escapes", "local"),
    [
        (ZEEK_ID, "8.2.2", Server.ZEEK, True, False),
        (ZEEK_ID, "8.0.0-dev.684", Server.ZEEK, True, False),
        (ZEEK_ID, "9.0.0", Server.ZEEK, True, False),
        (ZEEK_ID, "10.1", Server.ZEEK, True, False),
        (ZEEK_ID, "7.2.1", Server.ZEEK, False, True),
        ("zeromq__hh_878_N1JDBN2CKoQK2mrT0a-websocket-0", "8.2.2", Server.ZEEK, True, False),
        (UUID, "2.3.1", Server.LIBBROKER, False, True),
        (UUID, "2.2.0-22", Server.LIBBROKER, False, True),
        (UUID, "2.7.0", Server.LIBBROKER, False, True),
        (UUID, "2.8.0-dev.234", Server.LIBBROKER, False, True),
        (UUID, "2.8.0-dev.280", Server.LIBBROKER, True, False),
        (UUID, "2.8.0-dev.316", Server.LIBBROKER, True, False),
        (UUID, "2.8.0-dev", Server.LIBBROKER, True, True),  # in Zeek 7.0 to 9.0
        (UUID, f"{PRODUCT}-0.1.0", Server.TOOLKIT, True, False),
        (ZEEK_ID, f"{PRODUCT}-0.1.0", Server.TOOLKIT, True, False),
        ("somebody", "1", Server.UNKNOWN, True, True),
        ("", "", Server.UNKNOWN, True, True),
        (ZEEK_ID, "unknown", Server.ZEEK, True, False),
    ],
)
def test_the_server_is_told_from_its_acknowledgement(endpoint, version, server, escapes, local):
    quirks = quirks_of(endpoint, version, EAST)
    assert (quirks.server, quirks.escapes, quirks.zone is EAST) == (server, escapes, local)
    assert quirks.exact is (server is Server.TOOLKIT)
    assert quirks_of(endpoint, version).zone is UTC


def written(quirks, value):
    return encode_members(value, quirks.writers).removeprefix('"@data-type":').partition(',"data":')[2]


ZEEK_8 = quirks_of(ZEEK_ID, "8.2.2")
ZEEK_7 = quirks_of(ZEEK_ID, "7.2.0")


@pytest.mark.parametrize(
    ("value", "zeek_8", "zeek_7", "own"),
    [
        (math.inf, "1e400", "1e400", '"inf"'),
        (-math.inf, "-1e400", "-1e400", '"-inf"'),
        (math.nan, "nan", "nan", '"nan"'),
        (7.0, "7.0", "7.0", "7.0"),
        (1e25, "1e+25", "1e+25", "1e+25"),
        ("a/b", '"a/b"', '"a/b"', '"a/b"'),
        ("\0\x0b\x1f\\u00e9", r'"\u0000\u000b\u001f\\u00e9"', '"\0\x0b\x1f\\\\u00e9"', r'"\u0000\u000b\u001f\\u00e9"'),
        ('\n\t\b\f\r"\\', r'"\n\t\b\f\r\"\\"', r'"\n\t\b\f\r\"\\"', r'"\n\t\b\f\r\"\\"'),
        ("é\x7f\u2028", '"é\x7f\u2028"', '"é\x7f\u2028"', '"é\x7f\u2028"'),
        (EnumValue("A\x01"), r'"A\u0001"', '"A\x01"', r'"A\u0001"'),
        (Timestamp(0), '"1970-01-01T00:00:00.000"', '"1970-01-01T00:00:00.000"', '"1970-01-01T00:00:00.000"'),
        (Timestamp(10**6), *['"1970-01-01T00:00:00.001"'] * 3),
        (Timestamp(10**3), *['"1970-01-01T00:00:00.000001"'] * 3),
        (Timestamp(1), *['"1970-01-01T00:00:00.000000001"'] * 3),
        (Timestamp(-1), *['"1969-12-31T23:59:59.999999999"'] * 3),
        (Timespan(1_500_000_000), '"1500ms"', '"1500ms"', '"1500ms"'),
        (Timespan(0), '"0s"', '"0s"', '"0s"'),
        (Timespan(-7), '"-7ns"', '"-7ns"', '"-7ns"'),
    ],
)
def test_what_is_written(value, zeek_8, zeek_7, own):
    assert (written(ZEEK_8, value), written(ZEEK_7, value), written(OWN, value)) == (zeek_8, zeek_7, own)


@pytest.mark.parametrize("value", [b"\xff", EnumValue(b"\xff")])
def test_strings_that_are_not_utf_8_only_go_to_our_own(value):
    assert written(OWN, value) == r'"\udcff"'
    assert_same(decode("{" + encode_members(value, OWN.writers) + "}"), value)
    for quirks in (ZEEK_8, ZEEK_7):
        with pytest.raises(EncodeError, match="not UTF-8 cannot be sent to this WebSocket server"):
            written(quirks, value)


def test_a_time_span_that_cpp_would_round_is_refused():
    exact, rounded = Timespan(2**53 - 1), Timespan(2**53 + 1)
    assert written(ZEEK_8, exact) == '"9007199254740991ns"'
    assert written(OWN, rounded) == '"9007199254740993ns"'
    with pytest.raises(EncodeError, match="9007199254740993 ns would be rounded"):
        written(ZEEK_8, rounded)
    assert written(ZEEK_8, Timespan(86_400_000 * 10**9)) == '"86400000s"'


def test_an_older_server_gets_its_local_time():
    quirks = quirks_of(ZEEK_ID, "7.2.0", NEW_YORK)
    assert written(quirks, Timestamp(0)) == '"1969-12-31T19:00:00.000"'
    assert written(quirks, Timestamp(1_719_835_200_123_000_000)) == '"2024-07-01T08:00:00.123"'  # summer


def test_quotes():
    assert OWN.quote('a"\n') == r'"a\"\n"'
    assert ZEEK_7.quote("a\x01é") == '"a\x01é"'
    assert ZEEK_7.quote("a\x01") == '"a\x01"'
    assert ZEEK_8.quote("a\x01é") == r'"a\u0001é"'
    assert OWN.quote("\udcff") == r'"\udcff"'
    with pytest.raises(EncodeError, match="not UTF-8"):
        ZEEK_8.quote("\udcff")


@given(values())
def test_our_own_form_is_json_and_lossless(value):
    text = "{" + encode_members(value, OWN.writers) + "}"
    text.encode()
    json.loads(text)
    assert_same(decode(text), value)


@given(values())
def test_nothing_is_changed_for_cpp(value):
    for quirks in (ZEEK_8, ZEEK_7):
        try:
            text = encode_members(value, quirks.writers)
        except EncodeError:
            continue
        assert_same(decode("{" + text + "}"), value)


def test_quirks_are_values():
    assert Quirks() == OWN
    assert quirks_of(ZEEK_ID, "8.2.2") == quirks_of(ZEEK_ID, "8.0") != quirks_of(ZEEK_ID, "7.2")
