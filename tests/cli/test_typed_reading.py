"""Lines with a declaration behind them, and lines with times."""

from __future__ import annotations

import json

import pytest

from broker_cli.reading import JsonReader, Recorded, TextReader
from broker_cli.typed_reading import (
    CheckedReader,
    PlainReader,
    TimedReader,
    TypedLines,
    make_typed_reader,
    typed_text,
)
from broker_core import Batch, Count, Event, InvalidValue, Timestamp
from broker_core.codecs.json import encode
from broker_core.declarations import Declarations

KNOWN = Declarations.parse(
    """
    module M;
    type Id: record { h: addr; p: port &optional; };
    global ping: event(msg: string, n: count);
    global seen: event(id: Id);
    global when: event(t: time);
    """
)
SOME = Declarations(KNOWN.statements, complete=False)


def json_line(value: object, topic: str = "/t", **more: object) -> str:
    return json.dumps({"topic": topic, **json.loads(encode(value)), **more})


def event(name: str, *args: object) -> object:
    return Event(name, *args).value


def read(reader, *lines: str):
    """What *lines* hold, and what is wrong with others."""
    batch = reader.batch([line.encode("utf-8", "surrogateescape") for line in lines], keep_going=True)
    return batch.found, batch.problems


# -- typed formats ----------------------------------------------------------------------------------------------------


def test_events_are_checked_and_not_changed():
    good, bad = event("M::ping", "a", Count(5)), event("M::ping", "a", 5)
    reader = CheckedReader(JsonReader(None), KNOWN)
    found, problems = read(reader, json_line(good), json_line(bad), "", "{", json_line(event("M::pong")))
    assert found == [("/t", good)]
    assert [at for at, _ in problems] == [1, 3, 4]
    assert problems[0][1] == "argument 2 (n: count) of M::ping: expected count, found int +5"
    assert problems[2][1] == "no event M::pong is declared; did you mean M::ping?"


def test_what_is_no_event_is_passed_on():
    values = [(Count(1), Count(2)), "text", None, Count(5)]
    found, problems = read(CheckedReader(JsonReader("/x"), KNOWN), *map(json_line, values))
    assert (found, problems) == ([("/x", value) for value in values], [])


def test_the_events_of_a_batch_are_checked():
    good, bad = Event("M::ping", "a", Count(5)), Event("M::ping", "a")
    reader = CheckedReader(JsonReader(None), KNOWN)
    found, problems = read(reader, json_line(Batch([good, good]).value), json_line(Batch([good, Batch([bad])]).value))
    assert len(found) == 1
    assert "M::ping takes 2 arguments" in problems[0][1]


def test_without_going_on_the_first_problem_ends_it():
    lines = [json_line(value).encode() for value in (1, event("M::pong"), 2, event("M::pong"))]
    batch = CheckedReader(JsonReader(None), KNOWN).batch(lines, keep_going=False)
    assert (batch.found, [at for at, _ in batch.problems]) == ([("/t", 1)], [1])


def test_one_line_is_parsed_alike():
    reader = CheckedReader(JsonReader(None), KNOWN)
    assert reader.parse(json_line(5)) == ("/t", 5)
    assert reader.parse("") is None
    with pytest.raises(InvalidValue):
        reader.parse(json_line(event("M::pong")))


def test_a_preset_need_not_know_every_event():
    reader = CheckedReader(JsonReader(None), SOME)
    found, problems = read(reader, json_line(event("other", 5)), json_line(event("M::ping")))
    assert (len(found), len(problems)) == (1, 1)


# -- literals ---------------------------------------------------------------------------------------------------------


def test_literals_are_read_by_their_types():
    reader = typed_text(None, KNOWN)
    found, problems = read(
        reader,
        '/t M::ping("a", 5)',
        "/t M::seen([$h=::1])",
        '/t M::ping("a", 5) @ ((200, 1))',
        "/t M::when(5)",
        "/t 5",
        "/t M::ping(a, 5)",
        "/t M::pong()",
    )
    assert [Event.from_value(value).args for _, value in found[:4]] == [
        ("a", Count(5)),
        ((found[1][1][2][1][0][0], None),),
        ("a", Count(5)),
        (Timestamp(5 * 10**9),),
    ]
    assert found[4] == ("/t", Count(5))
    assert "argument 1 (msg: string) of M::ping: 'a' is no string" in problems[0][1]
    assert "no event M::pong is declared" in problems[1][1]
    assert read(typed_text("/x", SOME), "other(5)")[0] == [("/x", event("other", Count(5)))]


def test_lines_are_one_argument():
    signature = KNOWN.events["M::when"]
    found, problems = read(TypedLines("/t", signature), "1714564800", "2024-05-01T12:00:00Z", "x")
    assert found == [("/t", event("M::when", Timestamp(1714564800 * 10**9)))] * 2
    assert problems == [(2, "t: time: 'x' is no time stamp (such as 2024-05-01T12:00:00.5Z)")]


# -- without types ----------------------------------------------------------------------------------------------------


def test_plain_lines_get_their_types():
    reader = PlainReader(None, None, KNOWN)
    found, problems = read(
        reader,
        '{"topic": "/t", "event": "M::ping", "args": ["a", 5], "ts": 1.5, "from": "x"}',
        '{"topic": "/t", "event": "M::ping", "named": {"n": 5, "msg": "a"}}',
        '{"topic": "/t", "event": "M::seen", "args": [{"h": "::1"}], "network_timestamp": 1.5}',
        '{"type": "listening", "v": 1, "port": 9999}',
        '{"topic": "/t", "event": "M::ping", "args": ["a", -5]}',
        '{"topic": "/t", "event": "M::pong", "args": []}',
        '{"event": "M::ping", "args": ["a", 5]}',
        '{"topic": "/t", "value": 5}',
        '{"topic": "/t", "args": [5]}',
        "[1]",
        "{",
        '{"topic": "", "event": "M::ping", "args": ["a", 5]}',
        '{"topic": "/t", "event": "M::ping"}',
        '{"topic": "/t", "event": "M::ping", "args": ["a", 5], "network_timestamp": "x"}',
    )
    assert found[0] == found[1] == ("/t", event("M::ping", "a", Count(5)))
    assert Event.from_value(found[2][1]).network_timestamp == Timestamp(1_500_000_000)
    assert len(found) == 3
    assert [at for at, _ in problems] == list(range(4, 14))
    texts = [text for _, text in problems]
    assert "argument 2 (n: count) of M::ping: '-5' is no count" in texts[0]
    assert texts[1].startswith("no event M::pong is declared")
    assert texts[2].startswith("no topic, and none was given")
    assert texts[3].startswith("a line is an object with topic, event and args")
    assert texts[4].startswith("no event: values that are no events have no declared type")
    assert texts[6].startswith("no JSON")
    assert "no array and no object" in texts[8]


def test_arguments_alone():
    reader = PlainReader("/x", "M::ping", KNOWN)
    found, problems = read(reader, '["a", 5]', '{"n": 5, "msg": "a"}', '{"args": ["a", 5]}', "5", '{"msg": "a"}')
    assert found == [("/x", event("M::ping", "a", Count(5)))] * 3
    assert [at for at, _ in problems] == [3, 4]


# -- times ------------------------------------------------------------------------------------------------------------


def test_lines_with_times():
    reader = make_typed_reader("ndjson", None, None, None, timed=True)
    lines = [
        json_line(5, ts=1.5),
        json_line(6),
        json_line(7, ts="x"),
        json_line(8, ts=1e300),
        "",
        json_line(9, ts=True),
    ]
    found, problems = read(reader, *lines)
    assert found == [Recorded("/t", 5, 1_500_000_000), Recorded("/t", 9, 1_000_000_000)]
    assert [text for _, text in problems] == ["no ts: the line does not say when it was recorded"] * 3


def test_plain_lines_with_times():
    reader = make_typed_reader("plain", "/x", None, KNOWN, timed=True)
    found, _ = read(reader, '{"event": "M::ping", "args": ["a", 5], "ts": 1714564800.123456789}')
    assert found == [Recorded("/x", event("M::ping", "a", Count(5)), pytest.approx(1714564800123456789, abs=1000))]


# -- which reader -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "event_name", "known", "timed", "kind"),
    [
        ("ndjson", None, KNOWN, False, CheckedReader),
        ("ndjson", None, None, True, TimedReader),
        ("ndjson", None, KNOWN, True, TimedReader),
        ("plain", None, KNOWN, False, PlainReader),
        ("plain", "M::ping", KNOWN, True, TimedReader),
        ("text", None, KNOWN, False, CheckedReader),
        ("text", None, None, False, TextReader),
        ("lines", "M::when", KNOWN, False, TypedLines),
    ],
)
def test_the_reader_for_a_format(form, event_name, known, timed, kind):
    assert type(make_typed_reader(form, "/t", event_name, known, timed=timed)) is kind


def test_lines_without_a_declared_event():
    for name, known in ((None, KNOWN), ("other", SOME)):
        assert type(make_typed_reader("lines", "/t", name, known)).__module__ == "broker_cli.reading"


@pytest.mark.parametrize(
    ("form", "event_name", "known", "timed", "message"),
    [
        ("plain", None, None, False, "lines without types need a declaration"),
        ("text", None, KNOWN, True, "lines of the format text have no times"),
        ("lines", "M::ping", KNOWN, False, "each line is one argument, and M::ping(msg: string, n: count) takes 2"),
        ("lines", "M::pong", KNOWN, False, "no event M::pong is declared"),
    ],
)
def test_what_cannot_be(form, event_name, known, timed, message):
    with pytest.raises(InvalidValue) as caught:
        make_typed_reader(form, "/t", event_name, known, timed=timed)
    assert message in str(caught.value)


def test_a_message_in_another_format_has_no_event():
    line = b'{"topic":"/t","serializer":"broker-json-v1","payload":"x","ts":1.0,"from":"n"}'
    batch = make_typed_reader("plain", None, "M::ping", KNOWN).batch([line], keep_going=True)
    assert batch.problems == [(0, "a message in the format 'broker-json-v1', which is not Broker's")]
