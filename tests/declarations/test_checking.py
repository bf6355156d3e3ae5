"""What Zeek takes for a type: the verdicts of a live Zeek, and the words for those that it refuses."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary, text
from broker_core.declarations import Declarations, Field, MisfitError, check, check_arguments
from broker_core.declarations.checking import (
    check_number,
    element,
    field_step,
    named_value,
    shown_value,
    step,
    takes_none,
)
from broker_core.declarations.types import Basic
from broker_core.errors import DecodeError
from broker_core.messages.zeek import Event, zeek_message
from broker_core.model import Count, EnumValue, Set, Table, Timespan
from strategies import values
from zeek_frames import steps
from zeek_types import RECORDED, type_of, typed_values

KNOWN = Declarations.parse(RECORDED)
ONLY_ZEEK_KNOWS = {
    "take_pattern(bad regular expression)": "whether it compiles",
    "take_fn(unknown name)": "which functions there are",
}


def judged_events():
    """What was sent to a live Zeek, and whether it was refused for its arguments."""
    for frame, told in steps("zeek-wrong-arguments"):
        try:
            view = zeek_message(binary.decode(frame.payload))
        except DecodeError:
            continue
        if isinstance(view, Event):
            refused = any("invalid # of args" in line or "failed to convert" in line for line in told["zeek"])
            yield pytest.param(view, told["sent"], refused, id=told["sent"])


@pytest.mark.parametrize(("event", "sent", "refused"), list(judged_events()))
def test_the_verdict_is_that_of_a_live_zeek(event, sent, refused):
    signature = KNOWN.event(event.name)
    if signature is None:
        assert sent == "unknown event"
        return
    if refused and sent not in ONLY_ZEEK_KNOWS:
        with pytest.raises(MisfitError):
            check_arguments(signature, event.args)
    else:
        check_arguments(signature, event.args)


def test_the_recording_has_verdicts_of_both_kinds():
    verdicts = [param.values[2] for param in judged_events()]
    assert verdicts.count(True) > 40
    assert verdicts.count(False) > 30


@pytest.mark.parametrize(
    ("type_", "literal", "message"),
    [
        ("count", "-5", "expected count, found int -5"),
        ("double", "5", "expected double, found count 5"),
        ("string", "T", "expected string, found bool T"),
        ("time", "5s", "expected time, found interval 5s"),
        ("addr", '"10.0.0.1"', 'expected addr, found string "10.0.0.1"'),
        ("string", "nil", "expected string, found nil"),
        ("pattern", '("a", 1)', 'expected a pattern, which is a vector of two strings, found vector ("a", 1)'),
        ("function(): count", '"f"', 'expected function, which is a vector with its name, found string "f"'),
        ("opaque of sha1", "5", "expected opaque of sha1, which is a vector, found count 5"),
        ("transport_proto", "enum:tpc", "enum:tpc is no value of enum transport_proto; did you mean tcp?"),
        ("transport_proto", "5", "expected a value of enum transport_proto, found count 5"),
        ("vector of count", "(1, 2, +3)", "element 3: expected count, found int +3"),
        ("vector of count", "{1}", "expected vector of count, found set {1}"),
        ("vector of any", "5", "expected vector of any, found count 5"),
        ("set[count]", "{1, 2.0}", "element 2.0: expected count, found double 2.0"),
        ("set[addr, port]", "{(::1, 5)}", "element (::1, 5), element 2: expected port, found count 5"),
        ("table[string] of count", "{1 -> 1}", "key 1: expected string, found count 1"),
        ("table[string] of count", '{"a" -> nil}', 'value of "a": expected count, found nil'),
        (
            "table[string] of vector of count",
            '{"a" -> ("x")}',
            'value of "a", element 1: expected count, found string "x"',
        ),
        ("record { a: count; b: string &optional; }", "(1)", "has 2 fields, found 1 (not set is nil): b left out"),
        ("record { a: count; r: record { b: int; }; }", "(1, (2))", "field r, field b: expected int, found count 2"),
    ],
)
def test_the_words_for_what_does_not_fit(type_, literal, message):
    with pytest.raises(MisfitError) as caught:
        check(text.decode(literal), type_of(type_))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("type_", "literal"),
    [
        ("any", "nil"),
        ("any", "(1, {2})"),
        ("vector of any", "(1, nil)"),
        ("set[vector of count]", "{(1, 2), (3)}"),
        ("set[vector of count]", "{((1, 2))}"),
        ("set[pattern]", '{("a", "b")}'),
        ("function(): count", '("f", ((1, +3)))'),
        ("record { a: count; }", "(nil)"),
        ("record { a: count; }", "(1, 2, 3)"),
        ("table[string] of any", '{"a" -> nil}'),
    ],
)
def test_what_fits(type_, literal):
    check(text.decode(literal), type_of(type_))


def test_what_has_no_declaration_fits():
    signature = Declarations.parse("global e: event(c: connection, v: vector of connection);").events["e"]
    check_arguments(signature, (Count(5), (None, "x")))
    assert signature.unknown() == ["connection"]


def test_arguments_are_counted_and_named():
    signature = Declarations.signature("f(a: count, b: set[addr])").events["f"]
    with pytest.raises(MisfitError) as caught:
        check_arguments(signature, (Count(1), Set([Timespan(1)])))
    assert caught.value.path == "argument 2 (b: set[addr]) of f, element 1ns"
    for given_args, message in [
        ((), "f takes 2 arguments (a: count, b: set[addr]), and none were given: a, b are missing"),
        ((1,), "and 1 was given: b is missing"),
        ((1, 2, "x"), "and 3 were given: x is one too many"),
        ((1, 2, Count(3)), "and 3 were given: 3 is one too many"),
    ]:
        with pytest.raises(MisfitError) as caught:
            check_arguments(signature, given_args)
        assert message in str(caught.value)
    with pytest.raises(MisfitError, match="g takes no arguments, and 1 was given"):
        check_number(Declarations.signature("g()").events["g"], 1)


def test_long_lists_are_cut():
    many = ", ".join(f"a{at}: count" for at in range(100))
    signature = Declarations.signature(f"f({many})").events["f"]
    with pytest.raises(MisfitError) as caught:
        check_number(signature, 0)
    assert "f takes 100 arguments, and none were given: a0, a1, a2, a3, a4, a5, a6, a7 and 92 more are missing" in str(
        caught.value
    )


def test_words():
    signature = Declarations.signature("f(a: count)").events["f"]
    field = Field("a", Basic("count"))
    assert step(signature, 1, field) == "argument 1 (a: count) of f"
    assert field_step(field) == "field a"
    assert element(0) == "element 1"
    assert shown_value("x" * 100) == '"' + "x" * 39 + "…"
    assert shown_value(object()) == "a value"
    assert named_value(EnumValue("A::B")) == "enum A::B"
    assert named_value(Table()) == "table table()"
    assert takes_none(Basic("any"))
    assert not takes_none(Basic("count"))


@given(typed_values())
def test_every_value_of_a_type_fits_it(drawn):
    type_, value = drawn
    check(value, type_of(type_))


@given(typed_values(), values())
def test_any_value_fits_or_is_refused(drawn, value):
    try:
        check(value, type_of(drawn[0]))
    except MisfitError as error:
        assert "\n" not in str(error)  # noqa: PT017  # this is what is promised


@given(st.integers(2, 60))
def test_indices_that_could_be_meant_in_two_ways_cost_no_more(depth):
    """A vector of one may stand for its element in a set; each level asked twice would never end."""
    type_ = "count"
    value = (Count(1),)
    for _ in range(min(depth, 30)):
        type_ = f"set[vector of {type_}]"
        value = (Set([(value,)]),)
    with suppress(MisfitError):
        check(value[0], type_of(type_))
