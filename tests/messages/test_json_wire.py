"""The texts of the WebSocket interface, both ways."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs.json import decode
from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import Limits
from broker_core.messages.envelopes import Message
from broker_core.messages.json_quirks import quirks_of
from broker_core.messages.json_wire import (
    Ack,
    ErrorText,
    NoObjectError,
    NotJsonError,
    ack,
    data_message,
    error,
    parse_client_text,
    parse_server_text,
    parse_subscription,
    subscription,
)
from broker_core.model import Count, Set, Table, Timespan, Timestamp
from strategies import assert_same, values
from web_sessions import ZEEK_ID

ROWS = json.loads((Path(__file__).parent.parent / "vectors" / "values.json").read_text())
ZEEK = quirks_of(ZEEK_ID, "8.2.2")
EAST = timezone(timedelta(hours=2))
TOPICS = st.text(st.characters(codec="utf-8"), max_size=20)


# -- writing ----------------------------------------------------------------------------------------------------


def test_the_keys_are_in_the_order_of_cpp():
    assert (
        data_message("/foo/bar", Count(1)) == '{"type":"data-message","topic":"/foo/bar","@data-type":"count","data":1}'
    )
    assert ack("id", "2.8.0-dev") == '{"type":"ack","endpoint":"id","version":"2.8.0-dev"}'
    assert error("deserialization_failed", 'input #4 "x"') == (
        r'{"type":"error","code":"deserialization_failed","context":"input #4 \"x\""}'
    )
    assert subscription(("/a", "", 'b"')) == r'["/a","","b\""]'
    assert subscription(()) == "[]"


def test_recorded_texts_are_written_alike():
    text = data_message("/foo/bar", (Count(1), Count(1), ("event_1", (42, "test"))))
    assert text == (
        '{"type":"data-message","topic":"/foo/bar","@data-type":"vector","data":['
        '{"@data-type":"count","data":1},{"@data-type":"count","data":1},'
        '{"@data-type":"vector","data":['
        '{"@data-type":"string","data":"event_1"},'
        '{"@data-type":"vector","data":[{"@data-type":"integer","data":42},{"@data-type":"string","data":"test"}]}]}]}'
    )


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b"\xff", ""),
        ((1, (b"\xff",)), "[1][0]"),
        (Set([b"\xff"]), "[0]"),
        (Table([("a", 1), ("b", b"\xff")]), "[1].value"),
        (Table([(b"\xff", 1)]), "[0].key"),
        ((1, (Timespan(2**53 + 1),)), "[1][0]"),
    ],
)
def test_what_cannot_be_sent_is_named(value, path):
    with pytest.raises(EncodeError) as caught:
        data_message("/a", value, ZEEK)
    assert caught.value.path == path
    assert_same(parse_client_text(data_message("/a", value))[1], value)


def test_what_is_no_value_is_refused():
    for wrong in (object(), (1, [2]), "\udcff", "\ud800"):
        with pytest.raises(EncodeError):
            data_message("/a", wrong)
    with pytest.raises(EncodeError, match="not UTF-8"):
        data_message("\udcff", 1, ZEEK)
    assert parse_client_text(data_message("\udcff", 1)) == ("\udcff", 1)


# -- reading: client ----------------------------------------------------------------------------------------------


@given(TOPICS, values())
def test_a_message_comes_back(topic, value):
    text = data_message(topic, value)
    for said in (parse_server_text(text), parse_server_text(text.encode())):
        assert isinstance(said, Message)
        assert said.topic == topic
        assert_same(said.value, value)
    again = parse_client_text(text)
    assert again[0] == topic
    assert_same(again[1], value)


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_what_cpp_wrote_is_read(row):
    """With raw bytes, raw control characters, inf and nan, as libbroker sent it."""
    raw = ROWS[row]["json"].encode("utf-8", "surrogateescape")
    said = parse_server_text(raw)
    assert isinstance(said, Message)
    assert said.topic == f"/v/{row}"
    assert_same(said.value, decode(raw))


def test_other_texts_of_a_server():
    assert parse_server_text(ack("id", "8.2.2")) == Ack("id", "8.2.2")
    assert parse_server_text(b'{"version":"v","x":[1],"type":"ack"}') == Ack("", "v")
    assert parse_server_text(error("broker_error", "x")) == ErrorText("broker_error", "x")
    assert parse_server_text('{"type":"error"}') == ErrorText("", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no JSON"),
        ("abc", "no JSON"),
        ("[1]", "expected a JSON object"),
        ("null", "expected a JSON object"),
        ("{}", "message of unknown type 'None'"),
        ('{"type":"other"}', "message of unknown type 'other'"),
        ('{"type":["data-message"]}', "message of unknown type"),
        ('{"type":"ack","endpoint":1}', "ack with something in 'endpoint' that is no string"),
        ('{"type":"error","context":{}}', "error with something in 'context' that is no string"),
        ('{"type":"data-message","@data-type":"count","data":1}', "data message without a topic"),
        ('{"type":"data-message","topic":5,"@data-type":"count","data":1}', "data message without a topic"),
        (r'{"type":"data-message","topic":"\ud800","@data-type":"count","data":1}', "topic with a lone surrogate"),
        ('{"type":"data-message","topic":"/a"}', "an object without @data-type"),
        ('{"type":"data-message","topic":"/a","@data-type":"count","data":-1}', "count"),
        ('{"type":"data-message","topic":"/a","@data-type":"vector","data":[1]}', r"in \[0\]"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_texts_of_a_server(text, problem):
    with pytest.raises(DecodeError, match=problem):
        parse_server_text(text)


def test_bounds():
    limits = Limits(max_topic=10, max_depth=2, web_client_topics=3)
    text = data_message("é" * 5, ((1,),))
    assert isinstance(parse_server_text(text, limits), Message)
    assert parse_client_text(text, limits) == ("é" * 5, ((1,),))
    for wrong in (data_message("é" * 5 + "a", 1), data_message("/a", (((1,),),))):
        with pytest.raises(LimitExceeded):
            parse_server_text(wrong, limits)
        with pytest.raises(LimitExceeded):
            parse_client_text(wrong, limits)
    assert parse_subscription('["a","b","c"]', limits) == ("a", "b", "c")
    with pytest.raises(LimitExceeded, match="web_client_topics: 4 is above the allowed 3"):
        parse_subscription('["a","b","c","d"]', limits)
    with pytest.raises(LimitExceeded, match="max_topic"):
        parse_subscription('["aaaaaaaaaaa"]', limits)


# -- times --------------------------------------------------------------------------------------------------------


def test_naive_time_stamps_of_an_older_server_are_local():
    quirks = quirks_of(ZEEK_ID, "7.2.0", EAST)
    text = data_message("/a", (Timestamp(0), Table([(Timestamp(1), "2020-01-01T00:00:00")])), quirks)
    assert "1970-01-01T02:00:00.000" in text
    assert_same(
        parse_server_text(text, quirks=quirks).value, (Timestamp(0), Table([(Timestamp(1), "2020-01-01T00:00:00")]))
    )
    assert_same(
        parse_server_text(text).value[0],
        Timestamp(2 * 3600 * 10**9),  # without the zone
    )


@pytest.mark.parametrize(
    ("stamp", "ns"),
    [
        ('"1970-01-01T02:00:00"', 0),
        ('"1970-01-01T02:00:00.5"', 500_000_000),
        ('"1970-01-01T00:00:00Z"', 0),
        ('"1970-01-01T01:00:00+01:00"', 0),
    ],
)
def test_only_naive_stamps_are_moved(stamp, ns):
    text = f'{{"type":"data-message","topic":"/a","@data-type":"timestamp","data":{stamp}}}'
    assert parse_server_text(text, quirks=quirks_of(ZEEK_ID, "7.2.0", EAST)).value == Timestamp(ns)


@pytest.mark.parametrize("stamp", ["5", '"1970-02-30T00:00:00"', '"0001-01-01T00:00:00"', '"soon"'])
def test_impossible_stamps_are_refused_in_every_zone(stamp):
    text = f'{{"type":"data-message","topic":"/a","@data-type":"timestamp","data":{stamp}}}'
    for quirks in (ZEEK, quirks_of(ZEEK_ID, "7.2.0", EAST)):
        with pytest.raises(DecodeError):
            parse_server_text(text, quirks=quirks)


# -- reading: server ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("[]", ()),
        ('["/a"]', ("/a",)),
        ('["","/a","/a"]', ("", "/a", "/a")),
        (' \r\n[ "/rec/out" ]\n', ("/rec/out",)),
        ('["\\udcff"]', ("\udcff",)),
    ],
)
def test_subscriptions(text, topics):
    assert parse_subscription(text) == topics


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((wrong, "subscriptions not an array") for wrong in ("", "abc", "null", '"x"', '{"a":1}', "5", "[")),
        *((wrong, "individual subscription not a string") for wrong in ("[1]", '["/a",1]', "[null]", '[["/a"]]')),
        ('["\\ud800"]', "topic with a lone surrogate"),
    ],
)
def test_wrong_first_messages(text, problem):
    with pytest.raises(DecodeError) as caught:
        parse_subscription(text)
    assert caught.value.problem == problem


def test_a_server_looks_at_no_type():
    for start in ('"type":"data-message",', '"type":5,', ""):
        assert parse_client_text(f'{{{start}"topic":"/a","@data-type":"count","data":1,"x":[1]}}') == ("/a", Count(1))
    assert parse_client_text('{"@data-type":"count","data":1}') == (None, Count(1))
    assert parse_client_text('{"topic":5,"@data-type":"count","data":1}') == (None, Count(1))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{'a':1}", NotJsonError),
        ("", NotJsonError),
        ('{"a":1}x', NotJsonError),
        ("[" * 100_000, NotJsonError),
        ("[1]", NoObjectError),
        ("5", NoObjectError),
        ("{}", DecodeError),
    ],
)
def test_unreadable_texts_of_a_client(text, kind):
    with pytest.raises(DecodeError) as caught:
        parse_client_text(text)
    assert type(caught.value) is kind


@given(st.text() | st.text(st.sampled_from('{}[]",:@datype-tcouvrlsmg01.eE \r\n\\u')))
def test_nothing_but_decode_errors(text):
    for parse in (parse_server_text, parse_client_text, parse_subscription):
        with contextlib.suppress(DecodeError):
            parse(text)


def test_what_a_server_says_of_itself_can_be_passed_on_as_a_value():
    """JSON can hold surrogates that are no text; those that stand for bytes stay what they are."""
    said = parse_server_text(r'{"type":"error","code":"x\ud800","context":"a\udcff\udc7f\ud83d\ude00"}')
    assert said == ErrorText("x\ufffd", "a\udcff\ufffd\U0001f600")
    said = parse_server_text(r'{"type":"ack","endpoint":"\udfff","version":"8\ud800"}')
    assert said == Ack("\ufffd", "8\ufffd")
