"""The format plain."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from broker_cli.output.untagged import EXACT, UntaggedLines, untagged
from broker_core import Batch, Count, EndpointId, EnumValue, Event, Message, Port, Set, Table, Timespan, Timestamp
from broker_core.codecs import text
from strategies import topics, values

ID = EndpointId.parse("00000000-0000-0000-0000-000000000007")


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        ("5", "5"),
        ("-5", "-5"),
        ("18446744073709551615", "18446744073709551615"),
        ("2.5", "2.5"),
        ("5.0", "5.0"),
        ("real:inf", '"inf"'),
        ("real:nan", '"nan"'),
        ("T", "true"),
        ("nil", "null"),
        ('"a\\"\\n\\x00é"', '"a\\"\\n\\u0000é"'),
        ('"\\xff"', '"\\\\xff"'),
        ("10.0.0.1", '"10.0.0.1"'),
        ("10.0.0.0/8", '"10.0.0.0/8"'),
        ("2001:db8::1", '"2001:db8::1"'),
        ("22/tcp", '"22/tcp"'),
        ("Notice::LOG", '"Notice::LOG"'),
        ('enum("a\\"b")', '"a\\"b"'),
        ("1min", "60.0"),
        ("-1500us", "-0.0015"),
        ("1970-01-01T00:00:05.123456789Z", "5.123456789"),
        ('(1, "a", (2))', '[1,"a",[2]]'),
        ("set(1, 2)", "[1,2]"),
        ("set()", "[]"),
        ('{"a" -> 1, "b" -> {"c" -> 2}}', '{"a":1,"b":{"c":2}}'),
        ('{"a" -> 1, 5 -> 2}', '[[5,2],["a",1]]'),
        ('{"\\xff" -> 1}', '[["\\\\xff",1]]'),
        ("table()", "{}"),
    ],
)
def test_values(literal, shown):
    assert untagged(text.decode(literal)) == shown


def test_whole_numbers_beyond_double_precision_can_be_strings():
    for number in (EXACT, -EXACT):
        assert untagged(number, big_ints_as_strings=True) == str(number)
    for number in (EXACT + 1, -EXACT - 1, Count(2**64 - 1)):
        assert untagged(number) == str(int(number))
        assert untagged(number, big_ints_as_strings=True) == f'"{int(number)}"'
    assert untagged((Count(EXACT + 1), 1), big_ints_as_strings=True) == '["9007199254740993",1]'


def test_messages():
    lines = UntaggedLines(clock=lambda: 5_000_000_001)
    behind = f',"ts":5.000000001,"from":"{ID}"}}'
    ping = Event("ping", "a", Count(5), metadata={1: Timestamp(7 * 10**9)})
    assert lines.lines([Message("/t", ping.value, sender=ID), Message("/\udcff", (1, "b"), sender=ID)]) == [
        '{"topic":"/t","event":"ping","args":["a",5],"network_timestamp":7.0' + behind,
        '{"topic":"/\\udcff","value":[1,"b"]' + behind,
    ]
    unknown = Message("/t", Event("ping", metadata={1: Timestamp(-1), 200: "x"}).value)
    assert UntaggedLines(received=False).line(unknown) == '{"topic":"/t","event":"ping","args":[]}'
    batch = UntaggedLines(received=False).line(Message("/t", Batch([ping]).value))
    assert batch.startswith('{"topic":"/t","value":[1,5,[[1,1,["ping",')


@given(topics().filter(bool), values())
def test_it_is_json_whatever_comes(topic, value):
    line = UntaggedLines().line(Message(topic, value))
    assert "\n" not in line
    thing = json.loads(line)
    assert thing["topic"] == topic
    assert json.loads(untagged(EnumValue("x"))) == "x"
    assert json.loads(untagged((Port(1), Timespan(5), Set(), Table({"a": 1})))) == ["1/tcp", 5e-09, [], {"a": 1}]
