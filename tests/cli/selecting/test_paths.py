"""Ways into a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.selecting.facts import MISSING, Facts
from broker_cli.selecting.naming import naming_of
from broker_cli.selecting.paths import MAX_REMEMBERED, MAX_STEPS, Path, compile_path, read_path
from broker_cli.selecting.scanning import ExpressionError, Scanner
from broker_core import Count, Event, Message, Table, Timestamp
from broker_core.declarations import Declarations
from strategies import is_same, values

NAMES = naming_of(
    Declarations.parse("type R: record { a: count; b: string; }; global ev: event(r: R, msg: string);", "x")
)
VALUE = Event(
    "ev",
    (Count(1), "b"),
    "hello",
    Table({"k": (7, 8), Count(5): "five"}),
    metadata={1: Timestamp(7), 200: (Count(1),)},
)
MESSAGE = Message("/t", VALUE.value)


def follow(text, naming=None, message=MESSAGE):
    scanner = Scanner(text)
    path = read_path(scanner, naming)
    assert scanner.at == len(text)
    return compile_path(path, naming)(Facts(message))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("topic", "/t"),
        ("event", "ev"),
        ("args[1]", "hello"),
        ("args[-2]", "hello"),
        ("args[0][1]", "b"),
        ("args[2]['k'][0]", 7),
        ("args[2][5]", "five"),
        ("args[2][+5]", "five"),
        ("args[2][5.0]", "five"),
        ("metadata[1]", Timestamp(7)),
        ("metadata[200][0]", Count(1)),
        ("value[1]", Count(1)),
        ("args[3]", MISSING),
        ("args[-4]", MISSING),
        ("args[18446744073709551615]", MISSING),
        ("args[0][7]", MISSING),
        ("args[0]['b']", MISSING),
        ("args[1][0]", MISSING),
        ("args[2]['x']", MISSING),
        ("args[2][T]", MISSING),
        ("metadata[7]", MISSING),
    ],
)
def test_where_ways_lead(text, found):
    assert follow(text) is found or is_same(follow(text), found)


@pytest.mark.parametrize(
    ("text", "found"),
    [("msg", "hello"), ("r.b", "b"), ("r$b", "b"), ("args.r.a", Count(1)), ("args[0].b", "b"), ("r[1]", "b")],
)
def test_names(text, found):
    assert follow(text, NAMES) == found
    assert follow(text, NAMES, Message("/t", Event("other", 1, 2).value)) is MISSING
    assert follow(text, NAMES, Message("/t", "no event")) is MISSING


def test_an_event_may_be_shorter_than_its_declaration():
    assert follow("msg", NAMES, Message("/t", Event("ev").value)) is MISSING
    assert follow("r.b", NAMES, Message("/t", Event("ev", (Count(1),)).value)) is MISSING


def test_what_is_remembered_of_events_is_bounded():
    get = compile_path(read_path(Scanner("msg"), NAMES), NAMES)
    for number in range(MAX_REMEMBERED + 5):
        assert get(Facts(Message("/t", Event(f"e{number}").value))) is MISSING
    assert get(Facts(MESSAGE)) == "hello"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "foo",
            "'foo' is no name here; there are topic, event, args, metadata, value, from, size; arguments:",
        ),
        ("", "at character 1: expected a name, found the end"),
        ("topic[0]", "at character 6: topic has no parts"),
        ("args['a']", "at character 6: expected a number, as in args[1]"),
        ("metadata[1.5]", "at character 10: expected a number, as in metadata[1]"),
        ("args[]", "at character 5: expected an index or a key"),
        ("args[0", "at character 5: nothing closes this '['"),
        ("args.x", "at character 6: names of arguments and fields need --sig or --event-file"),
        ("args.", "at character 6: expected the name of a field, found the end"),
        ("args" + "[0]" * (MAX_STEPS + 1), "more than 64 steps"),
    ],
)
def test_what_is_no_way(text, message):
    with pytest.raises(ExpressionError) as caught:
        follow(text)
    assert message in str(caught.value)


def test_names_that_nothing_has():
    for text, message in (
        ("foo", "is no name here; there are topic, event, args, metadata, value, from, size, msg, r"),
        ("args.foo", "at character 6: 'foo' is no argument or field of what is declared"),
        ("value.a", "and args in front"),
    ):
        with pytest.raises(ExpressionError) as caught:
            follow(text, NAMES)
        assert message in str(caught.value)


def test_the_longest_way():
    assert follow("args" + "[0]" * MAX_STEPS) is MISSING


@given(values(), st.lists(st.sampled_from([Count(0), 1, -1, "k", None, 1.0, ()]), min_size=1, max_size=4))
def test_every_way_leads_somewhere_or_nowhere(value, steps):
    compile_path(Path("value", tuple(steps)), None)(Facts(Message("/t", value)))
