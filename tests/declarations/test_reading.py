"""Arguments as people type them, read by their declared types."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import text
from broker_core.declarations import Declarations, MisfitError, check, read_argument, read_arguments, read_listed
from strategies import HOSTILE_TEXTS, assert_same
from zeek_types import SCRIPTS, type_of, typed_values

SCAN = """
module Scan;
type Color: enum { RED, GREEN, BLUE };
type Id: record { h: addr; p: port; };
type Item: record {
    src: addr;
    ports: set[port] &default=set();
    note: string &optional;
    id: Id &optional;
    n: Notice::Type &optional;
};
redef enum Notice::Type += { Sweep };
global found: event(sensor: string, items: vector of Item);
"""


def read(type_: str, argument: str):
    return read_argument(argument, type_of(type_, SCAN))


@pytest.mark.parametrize(
    ("type_", "argument", "canonical"),
    [
        ("double", "5", "5.0"),
        ("double", "-3", "-3.0"),
        ("double", "1e6", "1000000.0"),
        ("double", "inf", "real:inf"),
        ("int", "5", "+5"),
        ("int", "+5", "+5"),
        ("int", "-5", "-5"),
        ("count", "5", "5"),
        ("count", "0x2a", "42"),
        ("count", "count:5", "5"),
        ("bool", "T", "T"),
        ("bool", "false", "F"),
        ("string", "hello", '"hello"'),
        ("string", "5", '"5"'),
        ("string", "", '""'),
        ("string", "10.0.0.1", '"10.0.0.1"'),
        ("string", "(1, 2)", '"(1, 2)"'),
        ("string", " x ", '" x "'),
        ("string", r'"a\n"', r'"a\n"'),
        ("string", 'string:"x"', r'"\"x\""'),
        ("string", "string:count:5", '"count:5"'),
        ("string", "\udcff", r'"\xff"'),
        ("file", "conn.log", '"conn.log"'),
        ("addr", "10.0.0.1", "10.0.0.1"),
        ("addr", "[2001:db8::1]", "2001:db8::1"),
        ("addr", "dead::beef", "dead::beef"),
        ("addr", '"10.0.0.1"', "10.0.0.1"),
        ("subnet", "[2001:db8::]/32", "2001:db8::/32"),
        ("port", "22/tcp", "22/tcp"),
        ("interval", "5", "5s"),
        ("interval", "1.5hr", "5400s"),
        ("interval", "5 min", "300s"),
        ("time", "2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
        ("time", "1714564800.5", "2024-05-01T12:00:00.5Z"),
        ("transport_proto", "tcp", "enum:tcp"),
        ("Scan::Color", "RED", "Scan::RED"),
        ("Scan::Color", "Scan::RED", "Scan::RED"),
        ("Scan::Color", '"BLUE"', "Scan::BLUE"),
        ("Notice::Type", "Sweep", "Scan::Sweep"),
        ("Notice::Type", "Weird::Activity", "Weird::Activity"),
        ("set[count]", "{2, 1}", "{1, 2}"),
        ("set[count]", "{}", "set()"),
        ("set[count]", "set()", "set()"),
        ("set[count]", "[1, 2]", "{1, 2}"),
        ("set[count]", "set:{1}", "{1}"),
        ("set[double]", "{ 1 , 2.5, }", "{1.0, 2.5}"),
        ("set[addr]", "{::1, [2001:db8::1]}", "{::1, 2001:db8::1}"),
        ("set[addr, port]", "{(10.0.0.1, 22/tcp), [::1, 53/udp]}", "{(::1, 53/udp), (10.0.0.1, 22/tcp)}"),
        ("set[Scan::Id]", "{[$h=::1, $p=1/tcp]}", "{(::1, 1/tcp)}"),
        (
            "table[string] of double",
            '{"a" -> 1, "b": 2, ["c"] = 3}',
            '{"a" -> 1.0, "b" -> 2.0, "c" -> 3.0}',
        ),
        ("table[string] of double", 'table(["a"] = 1)', '{"a" -> 1.0}'),
        ("table[string] of double", "{}", "table()"),
        ("table[string] of double", "table()", "table()"),
        ("table[addr] of string", '{[::1] -> "x", [5.6.7.8] = "z"}', '{::1 -> "x", 5.6.7.8 -> "z"}'),
        ("table[addr, port] of int", "{[1.2.3.4, 1/udp] = 5}", "{(1.2.3.4, 1/udp) -> +5}"),
        ("table[vector of count] of int", "{(1, 2) -> 5}", "{(1, 2) -> +5}"),
        ("vector of double", "(1, 2)", "(1.0, 2.0)"),
        ("vector of double", "[]", "()"),
        ("vector of double", "vector(1)", "(1.0)"),
        ("vector of addr", "[2001:db8::1]", "(2001:db8::1)"),
        ("vector of string", '(string:b, "c")', '("b", "c")'),
        ("vector of any", '(1, "a", (2), nil)', '(1, "a", (2), nil)'),
        ("pattern", "/foo/", '("^?(foo)$?", "^?(.|\\\\n)*(foo)")'),
        ("pattern", "/foo/i", '("(?i:^?(foo)$?)", "(?i:^?(.|\\\\n)*(foo))")'),
        ("pattern", r"/a\/b/", r'("^?(a\\/b)$?", "^?(.|\\n)*(a\\/b)")'),
        ("pattern", '("a", "b")', '("a", "b")'),
        ("function(a: count): bool", "Rec::triple", '("Rec::triple")'),
        ("function()", '"a b"', '("a b")'),
        ("any", "5", "5"),
        ("any", "hello", '"hello"'),
        ("any", "nil", "nil"),
        ("opaque of bloomfilter", '("BloomFilterVal", nil)', '("BloomFilterVal", nil)'),
        ("Scan::Item", "(10.0.0.1, {}, nil, nil, nil)", "(10.0.0.1, set(), nil, nil, nil)"),
        ("Scan::Item", "[10.0.0.1, {}, nil, nil, nil]", "(10.0.0.1, set(), nil, nil, nil)"),
        ("Scan::Item", "[$src=10.0.0.1]", "(10.0.0.1, nil, nil, nil, nil)"),
        ("Scan::Item", "[id=[h=::1, p=1/tcp], src=::2]", "(::2, nil, nil, (::1, 1/tcp), nil)"),
        (
            "Scan::Item",
            '{"src": "::1", "ports": ["22/tcp"], "note": null}',
            "(::1, {22/tcp}, nil, nil, nil)",
        ),
        ("Scan::Item", '[$src=::1, $n=Sweep, $note="x"]', '(::1, nil, "x", nil, Scan::Sweep)'),
        ("record { a: count &optional; }", "[]", "(nil)"),
        ("record { a: count &optional; }", "{}", "(nil)"),
        ("record { }", "()", "()"),
    ],
)
def test_what_the_type_says_need_not_be_written(type_, argument, canonical):
    assert text.encode(read(type_, argument)) == canonical


@pytest.mark.parametrize(
    ("type_", "argument", "message"),
    [
        ("double", "x", "'x' is no real"),
        ("double", "5min", "'5min' is no real"),
        ("int", "5.0", "'5.0' is no integer"),
        ("int", "9223372036854775808", "'9223372036854775808' is no integer (they go from"),
        ("count", "-5", "'-5' is no count"),
        ("count", "99999999999999999999", "(they go to 18446744073709551615)"),
        ("count", "int:5", "expected count, found int +5"),
        ("count", "", "a value is missing"),
        ("string", "count:5", "expected string, found count 5"),
        ("string", '"a', "the string is not closed"),
        ("string", '"a" b', "'b' is left over behind the value"),
        ("string", "string:\ud800", "lone surrogate"),
        ("addr", "10.0.0.300", "(each part is 0 to 255)"),
        ("port", "22/tpc", "(tcp, udp, icmp or unknown)"),
        ("port", "22", "(such as 22/tcp"),
        ("time", "yesterday", "'yesterday' is no time stamp"),
        ("interval", "5m", "(minutes are min"),
        ("Scan::Color", "PINK", "'PINK' is no value of enum Scan::Color"),
        ("Scan::Color", "Scan::REDD", "did you mean Scan::RED?"),
        ("Scan::Color", "enum:RED", "enum:RED is no value of enum Scan::Color; did you mean Scan::RED?"),
        ("Notice::Type", "Weird", "'Weird' is no known value of enum Notice::Type"),
        ("set[count]", "5", "expected { or [ for set[count] at character 1, found '5'"),
        ("set[count]", "{1, 1}", "1 element(s) given twice"),
        ("set[count]", "{1, -1}", "element 2: '-1' is no count"),
        ("set[count]", "set(1, 2", "expected , or ) at character 9, found the end"),
        ("set[count]", "vector:(1)", "expected set[count], found vector (1)"),
        ("set[addr, port]", "{(10.0.0.1)}", "element 1: expected 2 values (addr, port), found 1"),
        ("set[addr, port]", "{10.0.0.1}", "element 1: expected ( or [ for 2 values (addr, port)"),
        ("set[addr, port]", "{(10.0.0.1, 22/tcp, 5)}", "element 1: expected )"),
        ("table[string] of count", "{a -> 1}", "key 1: 'a' is no string (strings are quoted here)"),
        ("table[string] of count", '{"a" -> x}', "value of \"a\": 'x' is no count"),
        ("table[string] of count", '{"a"}', "expected -> behind a key at character 5, found '}'"),
        ("table[string] of count", '{"a" -> 1, "a" -> 2}', "given twice"),
        ("vector of double", "(1, nil)", "element 2: 'nil' is no real"),
        ("vector of double", "(1 2)", "expected , or ) at character 4, found '2'"),
        ("vector of string", "(a)", "element 1: 'a' is no string (strings are quoted here)"),
        ("pattern", "/foo", "the pattern is not closed"),
        ("pattern", "/a/b/", "'b/' is left over behind the value"),
        ("pattern", '"foo"', "expected a pattern, which is a vector of two strings"),
        (
            "Scan::Item",
            "(10.0.0.1)",
            "Scan::Item has 5 fields, found 1: write nil for ports, note, id, n, or use names",
        ),
        ("Scan::Item", "(::1, {}, nil, nil, nil, 5)", "Scan::Item has only 5 fields"),
        ("Scan::Item", "(nil, {}, nil, nil, nil)", "field src: is not &optional, so nil is no value of it (src: addr)"),
        ("Scan::Item", "[$srk=::1]", "Scan::Item has no field 'srk'; did you mean src?"),
        ("Scan::Item", "[$ports={}]", "field src of Scan::Item is missing (src: addr, not &optional)"),
        ("Scan::Item", "[$src=::1, $src=::1]", "field src is given twice"),
        ("Scan::Item", "[$src=::1, 5]", "expected $FIELD=VALUE at character"),
        ("Scan::Item", '{"src" = ::1}', "expected : behind the name of a field at character 8, found '='"),
        ("Scan::Item", "{src: 1}", "expected \"FIELD\": VALUE at character 2, found 's'"),
        ("Scan::Item", "[$src=::1, $id=[$h=x, $p=1/tcp]]", "field id, field h: 'x' is no address"),
        ("Scan::Item", "5", "expected ( or [ for Scan::Item"),
        (
            "vector of Scan::Item",
            "([$src=::1], [$src=::1, $ports={22}])",
            "element 2, field ports, element 1: '22' is no port",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(type_, argument, message):
    with pytest.raises(MisfitError) as caught:
        read(type_, argument)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# -- whole events -----------------------------------------------------------------------------------------------------


def found():
    signature = Declarations.parse(SCAN).event("Scan::found")
    assert signature is not None
    return signature


def test_the_arguments_of_an_event():
    values = read_arguments(found(), ["s1", "([$src=::1])"])
    assert text.encode(tuple(values)) == '("s1", ((::1, nil, nil, nil, nil)))'
    assert read_listed(found(), '("s1", ([$src=::1]))') == tuple(values)
    assert read_listed(found(), ' ( "s1" ,([$src=::1]) , ) ') == tuple(values)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a"], "Scan::found takes 2 arguments (sensor: string, items: vector of Scan::Item), and 1 was given: items"),
        ([], "and none were given: sensor, items are missing"),
        (["a", "()", "x"], "and 3 were given: x is one too many"),
        (["a", "(5)"], "argument 2 (items: vector of Scan::Item) of Scan::found, element 1: expected ( or ["),
    ],
)
def test_arguments_that_do_not_fit(texts, message):
    with pytest.raises(MisfitError) as caught:
        read_arguments(found(), texts)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("", "expected ( at character 1, found the end"),
        ("()", "and none were given"),
        ('("a")', "and 1 was given"),
        ('("a", (), 5)', "and 3 were given"),
        ('("a", ()) x', "'x' is left over"),
        ("(a, ())", "argument 1 (sensor: string) of Scan::found: 'a' is no string"),
        ('("a)', "argument 1 (sensor: string) of Scan::found: the string is not closed"),
        ('("a", ("b"))', "argument 2 (items: vector of Scan::Item) of Scan::found, element 1: "),
    ],
)
def test_listed_arguments_that_do_not_fit(listed, message):
    with pytest.raises(MisfitError) as caught:
        read_listed(found(), listed)
    assert message in str(caught.value)


# -- for all types and values ----------------------------------------------------------------------------------------


@given(typed_values())
def test_a_canonical_literal_is_read_as_the_same_value(drawn):
    type_, value = drawn
    assert_same(read_argument(text.encode(value), type_of(type_)), value)


@given(typed_values(), st.data())
def test_cut_and_altered_literals_are_read_or_refused(drawn, data):
    type_, value = drawn
    literal = text.encode(value)
    at = data.draw(st.integers(0, len(literal)))
    for altered in (literal[:at], literal[:at] + data.draw(st.sampled_from(HOSTILE_TEXTS)) + literal[at:]):
        try:
            found_value = read_argument(altered, type_of(type_))
        except MisfitError as error:
            assert "\n" not in str(error)  # noqa: PT017  # this is what is promised
        else:
            text.encode(found_value)
            check(found_value, type_of(type_))  # what is read always fits


@given(typed_values(), st.text('([{"$=:,->/1a \\é\udcff' + "\n"))
def test_any_text_is_read_or_refused(drawn, hostile):
    with suppress(MisfitError):
        text.encode(read_argument(hostile, type_of(drawn[0])))


def test_the_types_of_scripts_are_read():
    known = Declarations.parse(SCRIPTS["hosts.zeek"])
    learned, replaced = known.events["Hosts::learned"], known.events["Hosts::replaced"]
    (host,) = read_arguments(
        learned, ['{"address": "10.0.0.1", "services": [{"p": "22/tcp"}], "owner": {"name": "x"}}']
    )
    assert text.encode(host) == '(10.0.0.1, ("x", nil), ((22/tcp, nil)), nil, nil, nil)'
    (all_,) = read_arguments(replaced, ["{[10.0.0.0/8, tcp] = [address=10.0.0.1, services=()]}"])
    assert text.encode(all_) == "{(10.0.0.0/8, enum:tcp) -> (10.0.0.1, nil, (), nil, nil, nil)}"
