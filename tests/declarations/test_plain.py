"""JSON without types, and the types that a declaration gives it."""

from __future__ import annotations

import json
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import text
from broker_core.declarations import Declarations, MisfitError, load_plain, plain_arguments, plain_value
from broker_core.errors import DecodeError
from broker_core.model import Count, EnumValue, Set, Table, Timespan, Timestamp
from strategies import assert_same
from zeek_types import SCRIPTS, type_of, typed_values

DEPTH = 100_000


def read(type_: str, line: str):
    return plain_value(load_plain(line), type_of(type_, SCRIPTS["hosts.zeek"]))


@pytest.mark.parametrize(
    ("type_", "line", "canonical"),
    [
        ("bool", "true", "T"),
        ("count", "5", "5"),
        ("count", '"18446744073709551615"', "18446744073709551615"),
        ("int", "-5", "-5"),
        ("double", "5", "5.0"),
        ("double", "1.5e3", "1500.0"),
        ("double", '"inf"', "real:inf"),
        ("double", "NaN", "real:nan"),
        ("time", "1714564800.123456789", "2024-05-01T12:00:00.123456789Z"),
        ("time", '"2024-05-01T12:00:00Z"', "2024-05-01T12:00:00Z"),
        ("interval", "-1.5", "-1500ms"),
        ("interval", '"5min"', "300s"),
        ("string", '"a\\u00e9"', '"aé"'),
        ("string", '"count:5"', '"count:5"'),
        ("file", '"x"', '"x"'),
        ("addr", '"::1"', "::1"),
        ("subnet", '"10.0.0.0/8"', "10.0.0.0/8"),
        ("port", '"22/tcp"', "22/tcp"),
        ("transport_proto", '"udp"', "enum:udp"),
        ("function(): bool", '"f"', '("f")'),
        ("function(): bool", '["f"]', '("f")'),
        ("pattern", '"/a/"', '("^?(a)$?", "^?(.|\\\\n)*(a)")'),
        ("pattern", '["a", "b"]', '("a", "b")'),
        ("vector of double", "[1, 2.5]", "(1.0, 2.5)"),
        ("set[count]", "[2, 1]", "{1, 2}"),
        ("set[addr, port]", '[["::1", "1/tcp"]]', "{(::1, 1/tcp)}"),
        ("table[string] of count", '{"a": 1}', '{"a" -> 1}'),
        ("table[string] of count", '[["a", 1]]', '{"a" -> 1}'),
        ("table[addr, port] of count", '[[["::1", "1/tcp"], 1]]', "{(::1, 1/tcp) -> 1}"),
        ("Hosts::Owner", '{"name": "x"}', '("x", nil)'),
        ("Hosts::Owner", '["x", null]', '("x", nil)'),
        ("Hosts::Owner", '{"mail": null, "name": "x"}', '("x", nil)'),
    ],
)
def test_what_json_is_for_a_type(type_, line, canonical):
    assert text.encode(read(type_, line)) == canonical


@pytest.mark.parametrize(
    ("type_", "line", "message"),
    [
        ("bool", "1", "expected true or false, found the number 1"),
        ("count", "-5", "'-5' is no count"),
        ("count", "5.0", "'5.0' is no count"),
        ("count", "true", "expected count, a number, found true"),
        ("count", "1" * 100, "is no count"),
        ("int", "null", "expected int, a number, found null"),
        ("double", "[]", "expected double, a number, found an array"),
        ("double", "1e999", "too large"),
        ("string", "5", "expected string, found the number 5"),
        ("string", "1" * 100, "expected string, found the number a very large number"),
        ("string", "1.5", "expected string, found the number 1.5"),
        ("string", '"\\ud800"', "lone surrogate"),
        ("addr", "5", "expected addr in a string, found the number 5"),
        ("addr", '"x"', "'x' is no address"),
        ("time", "1e999999999", "does not fit 64 bits"),
        ("time", '"yesterday"', "is no time stamp"),
        ("transport_proto", "5", "expected a value of enum transport_proto in a string"),
        ("transport_proto", '"tpc"', "did you mean tcp?"),
        ("function()", "5", "expected the name of function, found the number 5"),
        ("pattern", "5", 'expected a pattern, such as "/re/"'),
        ("pattern", '"a"', "'a' is no pattern"),
        ("any", "5", "a value of type any has no form in JSON without types"),
        ("opaque of sha1", "[]", "a value of type opaque of sha1 has no form"),
        ("vector of count", "{}", "expected an array for vector of count, found an object"),
        ("vector of count", "[1, null]", "element 2: expected count, a number, found null"),
        ("set[count]", "[1, 1]", "given twice"),
        ("set[addr, port]", '[["::1"]]', "element 1: expected an array of 2 (addr, port), found an array"),
        ("set[addr, port]", '[["::1", 5]]', "element 1, element 2: expected port in a string"),
        ("table[string] of count", "5", "expected an object, or an array of pairs, for table[string] of count"),
        ("table[string] of count", '{"a": "x"}', "value of \"a\": 'x' is no count"),
        ("table[count] of count", '{"a": 1}', "key 1: 'a' is no count"),
        ("Hosts::Owner", "5", "expected an object, or an array, for Hosts::Owner, found the number 5"),
        ("Hosts::Owner", '{"nam": "x"}', "Hosts::Owner has no field 'nam'; did you mean name?"),
        ("Hosts::Owner", '["x"]', "Hosts::Owner has 2 fields, found 1"),
        ("Hosts::Owner", "{}", "field name: is missing (name: string, not &optional)"),
    ],
)
def test_a_mistake_is_told_with_its_place(type_, line, message):
    with pytest.raises(MisfitError) as caught:
        read(type_, line)
    assert message in str(caught.value)


def test_a_type_that_nobody_declares():
    signature = Declarations.parse("global e: event(c: connection);").events["e"]
    with pytest.raises(MisfitError, match="the type connection is not known"):
        plain_arguments(signature, ["x"])


def test_arguments_by_place_and_by_name():
    signature = Declarations.signature("f(a: count, b: string)").events["f"]
    assert plain_arguments(signature, [1, "x"]) == (Count(1), "x")
    assert plain_arguments(signature, {"b": "x", "a": 1}) == (Count(1), "x")
    for args, message in [
        ([1], "f takes 2 arguments"),
        ([1, "x", 2], "and 3 were given"),
        ({"a": 1}, "f: b is missing"),
        ({}, "f: a, b are missing"),
        ({"a": 1, "c": 2}, "f has no parameter 'c'"),
        ("x", "no array and no object"),
        ([1, 2], "argument 2 (b: string) of f: expected string, found the number 2"),
    ]:
        with pytest.raises(MisfitError) as caught:
            plain_arguments(signature, args)
        assert message in str(caught.value)


@pytest.mark.parametrize("line", ["", "{", "[1,]", "[" * DEPTH, "1" * 5000, '"\x00', "nul", "\udcff"])
def test_what_is_no_json(line):
    try:
        load_plain(line)
    except DecodeError as error:
        assert str(error).startswith(("no JSON: ", "JSON nested too deeply"))  # noqa: PT017  # this is what is promised
    else:
        pytest.fail("it was read")


def test_nesting_is_bounded():
    signature = Declarations.parse("type N: record { n: N &optional; }; global e: event(n: N);").events["e"]
    thing: dict[str, object] = {}
    for _ in range(20_000):
        thing = {"n": thing}
    with pytest.raises(MisfitError, match="argument 1 \\(n: N\\) of e: nested too deeply"):
        plain_arguments(signature, [thing])


def plain(value: object) -> object:
    """What the format ``plain`` makes of a value."""
    match value:
        case Count() | int() | str() | None:
            return int(value) if type(value) is Count else value
        case float():
            return value if isfinite(value) else repr(value)
        case bytes():
            return value.decode("utf-8", "surrogateescape")
        case Timestamp() | Timespan():
            sign = "-" if value.ns < 0 else ""
            return f"{sign}{abs(value.ns) // 10**9}.{abs(value.ns) % 10**9:09d}"
        case EnumValue():
            return str(value)
        case tuple() | Set():
            return [plain(item) for item in value]
        case Table():
            return [[plain(key), plain(item)] for key, item in value.pairs()]
    return text.encode(value)


@given(typed_values())
def test_what_is_written_without_types_gets_them_back(drawn):
    type_, value = drawn
    line = json.dumps(plain(value))
    assert_same(plain_value(load_plain(line), type_of(type_)), value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(typed_values(), JSON)
def test_any_json_is_read_or_refused(drawn, thing):
    try:
        text.encode(plain_value(load_plain(json.dumps(thing)), type_of(drawn[0])))
    except MisfitError as error:
        assert "\n" not in str(error)  # noqa: PT017  # this is what is promised
