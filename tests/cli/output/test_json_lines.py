"""ndjson output is a promise: these lines are it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.json_lines import JsonLines, json_line, json_text
from broker_core import Batch, Count, DecodeError, EndpointId, Event, Message, NodeId, Timestamp
from broker_core.codecs.json import from_json
from strategies import is_same, topics, values

SENDER = EndpointId(bytes(range(16)))


def lines(*messages: Message, received: bool = True) -> list[str]:
    return JsonLines(received=received, clock=lambda: 1714564800_123456789).lines(messages)


def test_a_line_to_the_letter():
    (line,) = lines(Message("/t", Count(5), sender=SENDER))
    assert line == (
        '{"type":"data-message","topic":"/t","@data-type":"count","data":5,"v":1,"seq":1,'
        '"ts":1714564800.123456789,"from":"00010203-0405-0607-0809-0a0b0c0d0e0f"}'
    )


def test_an_event_to_the_letter():
    (line,) = lines(Message("/t", Event("ping", "x").value), received=False)
    assert line == (
        '{"type":"data-message","topic":"/t","@data-type":"vector","data":[{"@data-type":"count","data":1},'
        '{"@data-type":"count","data":1},{"@data-type":"vector","data":[{"@data-type":"string","data":"ping"},'
        '{"@data-type":"vector","data":[{"@data-type":"string","data":"x"}]}]}],"v":1,"event":"ping"}'
    )


def test_a_node_of_a_cluster_is_a_safe_text():
    node, long = NodeId('zeromq_"a"_h_7_N\x1b'), NodeId("n" * 10_000)
    written = [
        json.loads(line)["from"] for line in lines(*[Message("/t", 1, sender=one) for one in (node, long, node)])
    ]
    assert written == ["zeromq_%22a%22_h_7_N%1B", "n" * 10_000, "zeromq_%22a%22_h_7_N%1B"]


def test_what_cannot_be_read_takes_no_number():
    formatter = JsonLines()
    with pytest.raises(DecodeError):
        formatter.lines([Message("/t", 1), Message("/t", payload=b"\x63")])
    assert json.loads(formatter.line(Message("/t", 1)))["seq"] == 1


def test_messages_are_numbered_across_calls():
    formatter = JsonLines()
    first = formatter.lines([Message("/t", 1), Message("/t", 2)])
    second = [formatter.line(Message("/u", 3))]
    assert [json.loads(line)["seq"] for line in [*first, *second]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Event("ping").value, "ping"),
        (Event("ping", metadata={1: Timestamp(3)}).value, "ping"),
        ((*Event("ping").value, "more"), "ping"),
        (Batch([Event("ping")]).value, None),
        ((Count(1), Count(1), ("ping", 5)), None),
        ((Count(1), Count(1), (5, ())), None),
        ((1, Count(1), ("ping", ())), None),
        ((Count(2), Count(1), ("ping", ())), None),
        ((Count(1), Count(1), ("ping", (), 5)), None),
        (("ping", ()), None),
        (Count(1), None),
    ],
)
def test_only_events_have_the_name_of_one(value, name):
    assert json.loads(lines(Message("/t", value))[0]).get("event") == name


@given(topics().filter(bool), values())
def test_lines_are_json_that_holds_the_value(topic, value):
    (line,) = lines(Message(topic, value, sender=SENDER))
    assert line.isprintable()
    thing = json.loads(line)
    assert thing["topic"] == topic
    assert is_same(from_json(thing), value)


@given(st.text(st.characters(codec=None)))
def test_any_text_is_a_json_string(text):
    assert json.loads(json_text(text)) == text


def test_many_topics_and_senders_do_not_pile_up():
    formatter = JsonLines()
    for number in range(5000):
        formatter.line(Message(f"/{number}", 1, sender=EndpointId(number.to_bytes(16, "big"))))
    assert len(formatter._topics) <= 4096
    assert len(formatter._senders) <= 4096


def test_what_cannot_be_read_is_the_callers_to_tell():
    with pytest.raises(DecodeError):
        lines(Message("/t", payload=b"\xff"))


def test_other_lines():
    assert json_line("listening", port=5, name="é\x9b") == '{"type":"listening","v":1,"port":5,"name":"\\u00e9\\u009b"}'
