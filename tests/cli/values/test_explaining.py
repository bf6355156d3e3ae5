"""What a value is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from broker_cli.values.explaining import facts_of, first_parts, message_facts, parts_of, zeek_type
from broker_core import Batch, Count, Event, IdentifierUpdate, LogWrite, Set, Timestamp
from broker_core.codecs import binary, text
from broker_core.codecs import json as typed
from strategies import assert_same, values
from zeek_frames import data_frames


@pytest.mark.parametrize(
    ("literal", "declared"),
    [
        ("nil", "none (an optional field that is not set)"),
        ("T", "bool"),
        ("5", "count"),
        ("+5", "int"),
        ("5.0", "double"),
        ('"a"', "string"),
        ("A::b", "enum"),
        ("5s", "interval"),
        ("2024-05-01T12:00:00Z", "time"),
        ("10.0.0.1", "addr"),
        ("10.0.0.0/8", "subnet"),
        ("22/tcp", "port"),
        ("(1, 2)", "vector of count (or a record)"),
        ("()", "vector of any (or a record)"),
        ('(1, "a")', "record (its fields in order), or vector of any"),
        ("{1, 2}", "set[count]"),
        ("{(1, 22/tcp), (2, 23/tcp)}", "set[count, port]"),
        ("{(1, 22/tcp), (2, 3)}", "set[any]"),
        ("set()", "set[any]"),
        ('{"a" -> 1}', "table[string] of count"),
        ('{("a", 1) -> (1, 2)}', "table[string, count] of vector of count"),
        ('{"a" -> 1, "b" -> 2.0}', "table[string] of any"),
        ("table()", "table[any] of any"),
        ("(nil, 1)", "record (its fields in order), or vector of any"),
    ],
)
def test_the_type_in_a_script(literal, declared):
    assert zeek_type(text.decode(literal)) == declared


def test_all_forms_of_a_value():
    assert facts_of((Count(5), "hi")) == {
        "kind": "vector",
        "literal": '(5, "hi")',
        "zeek": "record (its fields in order), or vector of any",
        "value": {
            "@data-type": "vector",
            "data": [{"@data-type": "count", "data": 5}, {"@data-type": "string", "data": "hi"}],
        },
        "hex": "0e0202000000000000000505026869",
        "size": 15,
        "broker": "(5, hi)",
    }


def test_a_value_without_binary_form():
    facts = facts_of(Set([0.0, 5e-324]))
    assert (facts["hex"], facts["size"]) == (None, None)


@given(values())
def test_every_value_can_be_explained(value):
    facts = facts_of(value)
    assert_same(text.decode(facts["literal"]), value)
    assert_same(typed.from_json(json.loads(json.dumps(facts["value"]))), value)
    message_facts(value)


def test_parts_in_their_order():
    value = text.decode('(1, {"a" -> (T)}, {5})')
    assert [(part.depth, part.label, part.text) for part in parts_of(value)] == [
        (1, "[0]", "count 1"),
        (1, "[1]", "table of 1"),
        (2, '["a"]', "vector of 1"),
        (3, "[0]", "boolean T"),
        (1, "[2]", "set of 1"),
        (2, "[0]", "count 5"),
    ]
    assert list(parts_of("abc")) == []


@pytest.mark.parametrize(("most", "more"), [(6, False), (5, True), (7, False)])
def test_no_more_parts_than_asked_for(most, more):
    parts, is_more = first_parts(text.decode('(1, {"a" -> (T)}, {5})'), most)
    assert (len(parts), is_more) == (min(most, 6), more)


def test_events():
    event = Event("ping", "a", Count(1), metadata={1: Timestamp(0), 200: "x"})
    assert message_facts(event.value) == {
        "is": "event",
        "name": "ping",
        "arguments": [{"kind": "string", "literal": '"a"'}, {"kind": "count", "literal": "1"}],
        "metadata": [
            {"id": 1, "name": "network-timestamp", "literal": "1970-01-01T00:00:00Z"},
            {"id": 200, "name": None, "literal": '"x"'},
        ],
    }


def test_log_writes_of_a_zeek():
    facts = []
    for frame in data_frames("zeek-log-writes"):
        fact = message_facts(binary.decode(frame.payload))
        facts += fact["messages"] if fact["is"] == "batch" else [fact]
    facts = [fact for fact in facts if fact["is"].startswith("log")]
    assert {fact["is"] for fact in facts} == {"log create", "log write"}
    for fact in facts:
        assert fact["stream"]
        assert fact["fields"]
        assert "problem" not in fact


def test_broken_log_data_is_told():
    facts = message_facts(LogWrite("A::LOG", "W", "a", b"\xff").value)
    assert facts["is"] == "log write"
    assert facts["problem"]


def test_batches_and_updates():
    batch = Batch([Event("a"), Batch([IdentifierUpdate("x", 5)])])
    facts = message_facts(batch.value)
    assert facts["is"] == "batch"
    assert facts["messages"][0]["name"] == "a"
    assert facts["messages"][1]["messages"] == [{"is": "identifier update", "name": "x", "literal": "+5"}]


def test_what_is_no_message_and_what_only_looks_like_one():
    assert message_facts((Count(1), Count(2))) is None
    facts = message_facts((Count(1), Count(9), ()))
    assert facts["is"] == "broken message"
    assert "unknown type 9" in facts["problem"]
