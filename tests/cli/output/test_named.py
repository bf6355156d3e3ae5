"""Events with the names of their arguments and of the fields of records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from broker_cli.output.human import HumanLines
from broker_cli.output.json_lines import JsonLines
from broker_cli.output.named import NamedEvents, named_json
from broker_cli.output.terminal import TerminalLines
from broker_cli.output.untagged import UntaggedLines, untagged
from broker_core import Batch, Count, Event, Message
from broker_core.codecs import text
from broker_core.codecs.json import from_json
from broker_core.declarations import Declarations, load_plain, plain_value, read_argument
from strategies import assert_same, values
from zeek_types import type_of, typed_values

KNOWN = Declarations.parse(
    """
    module M;
    type Id: record { h: addr; p: port &optional; };
    type Key: record { k: count; };
    global seen: event(id: Id, all: vector of Id, set_: set[Key], t: table[string] of Id, k: table[Key] of Id,
        pairs: table[addr, port] of Id);
    global ping: event(msg: string, n: count);
    """
).merge(Declarations.of_types("bare", "string,vector of M::Id"))

SEEN = '(::1, 22/tcp) ((::2, nil), (::3, 1/udp)) {(5)} {"a"->(::4,nil)} {(6)->(::5,nil)} {(::1,1/tcp)->(::6,nil)}'


def named(*, with_types: bool = False) -> NamedEvents:
    return NamedEvents(KNOWN, untagged, with_types=with_types)


def human(event: Event, *, with_types: bool = False) -> str:
    return HumanLines(named=named(with_types=with_types)).line(Message("/t", event.value))


def arguments(literals: str) -> list[object]:
    return [
        text.decode(literal) for literal in literals.replace("->", "→").replace(", ", ",").replace("→", "->").split()
    ]


def test_names_for_people():
    assert human(Event("M::ping", "a b", Count(5))) == '/t M::ping(msg="a b", n=5)'
    assert human(Event("M::seen", *arguments(SEEN))) == (
        "/t M::seen(id=[h=::1, p=22/tcp], all=([h=::2], [h=::3, p=1/udp]), set_={[k=5]}, "
        't={"a" -> [h=::4]}, k={[k=6] -> [h=::5]}, pairs={(::1, 1/tcp) -> [h=::6]})'
    )


def test_types_for_people():
    assert human(Event("M::ping", "a", Count(5)), with_types=True) == '/t M::ping(msg: string = "a", n: count = 5)'
    assert human(Event("bare", "a", ()), with_types=True) == '/t bare(string = "a", vector of M::Id = ())'
    assert human(Event("bare", "a", ((None, None),))) == '/t bare("a", ([]))'


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event("other", 5), "/t other(+5)"),
        (Event("M::ping", "a"), '/t M::ping(msg="a")'),
        (Event("M::ping", Count(1), "b", None), '/t M::ping(msg=1, n="b", nil)'),
        (Event("M::seen", "no record", {}, (), 5), '/t M::seen(id="no record", all=table(), set_=(), t=+5)'),
        (Event("M::seen", (Count(1),)), "/t M::seen(id=[h=1])"),
        (Event("M::seen", (None, None, "more", None)), '/t M::seen(id=["more", nil])'),
        (Event("M::ping", "a", metadata={200: 5}), '/t M::ping(msg="a") meta-200=+5'),
    ],
)
def test_what_is_not_as_declared_is_shown_all_the_same(event, line):
    assert human(event) == line


def test_events_in_a_batch_have_names_too():
    lines = HumanLines(verbose=True, named=named()).line(Message("/t", Batch([Event("M::ping", "a")] * 2).value))
    assert lines == '/t batch of 2: 2 x event M::ping\n  M::ping(msg="a")\n  M::ping(msg="a")'


def test_a_terminal_shows_names_and_breaks_between_them():
    event = Event("M::ping", "some words", Count(5))
    line = TerminalLines(30, colour=False, named=named()).line(Message("/t", event.value))
    assert " ".join(line.split()) == '/t M::ping(msg="some words", n=5)'
    assert len(line.splitlines()) == 2
    assert max(map(len, line.splitlines())) <= 30


def test_names_for_programs():
    (line,) = JsonLines(received=False, named=named()).lines([Message("/t", Event("M::seen", *arguments(SEEN)).value)])
    assert json.loads(line)["named"] == {
        "id": {"h": "::1", "p": "22/tcp"},
        "all": [{"h": "::2"}, {"h": "::3", "p": "1/udp"}],
        "set_": [{"k": 5}],
        "t": {"a": {"h": "::4"}},
        "k": [[{"k": 6}, {"h": "::5"}]],
        "pairs": [[["::1", "1/tcp"], {"h": "::6"}]],
    }
    assert_same(from_json(json.loads(line)), Event("M::seen", *arguments(SEEN)).value)


def test_the_key_is_the_last_of_a_line():
    (line,) = JsonLines(received=False, named=named()).lines([Message("/t", Event("M::ping", "a", Count(5)).value)])
    assert line.endswith(',"v":1,"event":"M::ping","named":{"msg":"a","n":5}}')
    (line,) = UntaggedLines(received=False, named=named()).lines([Message("/t", Event("M::ping", "a", Count(5)).value)])
    assert line == '{"topic":"/t","event":"M::ping","args":["a",5],"named":{"msg":"a","n":5}}'


@pytest.mark.parametrize(
    "event", [Event("other", 5), Event("M::ping", "a"), Event("bare", "a", ()), Event("M::ping", "a", 1, 2)]
)
def test_without_a_name_for_each_there_is_no_key(event):
    (line,) = JsonLines(received=False, named=named()).lines([Message("/t", event.value)])
    assert "named" not in json.loads(line)


def test_arguments_that_are_not_set_have_a_key_and_fields_have_none():
    line = named().json("M::ping", (None, Count(5)))
    assert line == '{"msg":null,"n":5}'
    assert named_json(
        (text.decode("::1"), None), type_of("M::Id", "module M; type Id: record { h: addr; p: port; };"), untagged
    ) == ('{"h":"::1"}')


@given(typed_values())
def test_what_people_read_can_be_given_as_an_argument(drawn):
    type_, value = drawn
    known = Declarations.of_types("e", type_)
    line = HumanLines(named=NamedEvents(known, untagged)).line(Message("/t", Event("e", value).value))
    argument = line.removeprefix("/t e(").removesuffix(")")
    if argument.isascii():  # what escape() makes visible is another text
        assert_same(read_argument(argument, type_of(type_)), value)


@given(typed_values())
def test_json_with_names_is_json_and_can_be_read_by_its_types(drawn):
    type_, value = drawn
    line = named_json(value, type_of(type_), untagged)
    again = plain_value(load_plain(line), type_of(type_))
    if "\\\\x" not in line:  # bytes that are not UTF-8 are only shown
        assert text.encode(again) == text.encode(value)


@given(typed_values(), values())
def test_any_value_has_a_form(drawn, value):
    json.loads(named_json(value, type_of(drawn[0]), untagged))
    known = Declarations.of_types("e", drawn[0])
    assert HumanLines(named=NamedEvents(known, untagged)).line(Message("/t", Event("e", value).value)).isprintable()
