"""The grammar: what is read of scripts, what is passed over, and where a mistake is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.declarations.parsing import parse_script, parse_signature, parse_types
from broker_core.declarations.problems import DeclarationError
from broker_core.declarations.syntax import EnumAddition, EventDeclaration, RecordAddition, TypeDeclaration, full_name
from zeek_types import RECORDED, SCRIPTS


def declared(text: str) -> list[str]:
    """What *text* declares, one line each."""
    found = []
    for statement in parse_script(text):
        name = full_name(statement.name, statement.module)
        match statement:
            case EventDeclaration():
                parameters = ", ".join(map(str, statement.parameters))
                found.append(f"{'handler' if statement.is_handler else 'event'} {name}({parameters})")
            case TypeDeclaration():
                found.append(f"type {name}: {statement.type}")
            case RecordAddition():
                found.append(f"record {name} += {', '.join(map(str, statement.fields))}")
            case EnumAddition():
                found.append(f"enum {name} += {', '.join(statement.values)}")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (";;", []),
        ("global e: event();", ["event e()"]),
        ("global e: event(a: count, b: set[addr, port]) &redef;", ["event e(a: count, b: set[addr, port])"]),
        ("global e: event(a: count; b: int;);", ["event e(a: count, b: int)"]),
        ("module A; global e: event(a: B); module GLOBAL; global f: event();", ["event A::e(a: B)", "event f()"]),
        ("module A; global B::e: event();", ["event B::e()"]),
        ("module A; event e(a: count) { }", ["handler A::e(a: count)"]),
        ('event A::e(a: count) &priority=-5 { f("}"); if (x) { } }', ["handler A::e(a: count)"]),
        ("export { type T: set[addr]; }", ["type T: set[addr]"]),
        (
            'type T: record { a: count &optional; b: string &default="x;}" &log; };',
            ["type T: record { a: count &optional; b: string; }"],
        ),
        ("type T: record { } &log;", ["type T: record {  }"]),
        (
            "type T: record { r: record { a: addr; }; f: function(a: count): bool; };",
            ["type T: record { r: record { a: addr; }; f: function; }"],
        ),
        ("type T: table[addr, count] of vector of set[T2];", ["type T: table[addr, count] of vector of set[T2]"]),
        (
            "type T: opaque of sha256; type F: file; type A: any;",
            ["type T: opaque of sha256", "type F: file", "type A: any"],
        ),
        (
            "type F: event(a: count); type H: hook(a: count); type L: list of count;",
            ["type F: event", "type H: hook", "type L: vector of count"],
        ),
        ("redef record A::B += { c: count &optional; };", ["record A::B += c: count &optional"]),
        ("module M; redef record B += { c: count; } &log;", ["record M::B += c: count"]),
        ("redef record B -= { c } &log;", []),
        ('module M; redef enum N::T += { A, B = 5, C = 0x2 &deprecated="x", };', ["enum N::T += M::A, M::B, M::C"]),
        ("global a = 5; const b: count = 5 &redef; option c = { [1] = /};/ }; redef c += { [2] = /x/ };", []),
        ("global f: function(a: count): bool = function(a: count): bool { return T; };", []),
        ("function f(a: count): set[addr] &is_used { return set(); }\nhook h(a: count) { break; }", []),
        ("function f(a: record { x: count; }): record { y: count; } { }", []),
        ("print 5; if ( x ) { } else { } for ( a in b ) { } while ( T ) print 5; add x[1]; local y = 5; { }", []),
        ("Log::disable_stream(A::LOG); x$y = 5; x[1] = function() { }; suspend_processing();", []),
        ("global e: event(a: count &default=f(1, {2}), b: any &optional);", ["event e(a: count, b: any &optional)"]),
        ("@load a\n@if ( T )\nglobal a: event();\n@else\nglobal b: event();\n@endif", ["event a()", "event b()"]),
    ],
)
def test_what_is_read(text, expected):
    assert declared(text) == expected


def test_places():
    (statement,) = parse_script("\n  global  e: event();", "x.zeek")
    assert (statement.place, statement.source) == ((2, 11), "x.zeek")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("evnt e() { }", "1:1: 'evnt' starts no declaration; did you mean event?"),
        ("ping: event();", "1:1: 'ping' starts no declaration"),
        ("e", "1:1: 'e' starts no declaration"),
        ("5", "1:1: expected a declaration, found '5'"),
        ("}", "1:1: expected a declaration, found '}'"),
        ("module ;", "1:8: expected the name of a module, found ';'"),
        ("module A", "1:9: expected ';' behind the name of the module, found the end"),
        ("export global", "1:8: expected '{' behind 'export', found 'global'"),
        ("export { global a = 5;", "1:8: '{' is not closed"),
        ("export { export { } }", "1:17: an export inside of an export"),
        ("global 5", "1:8: expected a name, found '5'"),
        ("global e: event(a: count)", "1:26: expected ';' at the end, found the end"),
        ("global e: event(a = 5);", "1:19: expected ':' behind the name of a parameter, found '='"),
        ("global e: event(a: count b: int);", "1:26: expected ',' or ')' behind the parameter, found 'b'"),
        ("global e: event(a: count, a: int);", "1:27: two parameters are called 'a'"),
        ("global e: event(A::a: int);", "1:17: 'A::a' is no name of a parameter"),
        ("global e: event(a: 5);", "1:20: expected a type, found '5'"),
        ("global x = (1, {2);", "1:18: expected '}' for the '{' of line 1, found ')'"),
        ("global x = (1;", "1:12: '(' is not closed"),
        ("type : count;", "1:6: expected the name of a type, found ':'"),
        ("type T count;", "1:8: expected ':' behind the name of the type, found 'count'"),
        ("type T: count", "1:14: expected ';' behind the type, found the end"),
        ("type T: record { a: count };", "1:27: expected ';' behind the field, found '}'"),
        ("type T: record { a count; };", "1:20: expected ':' behind the name of a field, found 'count'"),
        ("type T: record a;", "1:16: expected '{' in front of the fields, found 'a'"),
        ("type T: record { a: count &optonal; };", "1:27: unknown attribute '&optonal'; did you mean &optional?"),
        ("type T: set[];", "1:13: expected a type, found ']'"),
        ("type T: set(count);", "1:12: expected '[' in front of the types of an index, found '('"),
        ("type T: set[count;", "1:18: expected ',' or ']' behind a type of an index, found ';'"),
        ("type T: table[count];", "1:21: expected 'of' behind the index of a table, found ';'"),
        ("type T: vector count;", "1:16: expected 'of' behind 'vector', found 'count'"),
        ("type T: enum { A B };", "1:18: expected ',' or '}' behind the value, found 'B'"),
        ("type T: opaque of ;", "1:19: expected a name, found ';'"),
        ("redef record A { };", "1:16: expected '+=' behind the name of the record, found '{'"),
        ("redef enum A += B;", "1:17: expected '{' in front of the values, found 'B'"),
        ("redef enum A += { B }", "1:22: expected ';' behind what is added to the enum, found the end"),
        ("event { }", "1:7: expected the name of an event, found '{'"),
        ("event e { }", "1:9: expected '(' behind the name of the event, found '{'"),
        ("event e() {\n f(", "2:3: '(' is not closed"),
        ("event e() {\n f();", "1:11: '{' is not closed"),
        ("event e() {\n f) }", "2:3: expected '}' for the '{' of line 1, found ')'"),
        ("event e()", "1:10: expected '{', found the end"),
        ("function f { }", "1:12: expected '(', found '{'"),
        ("if ( x", "1:4: '(' is not closed"),
        ("print 5", "1:8: expected ';', found the end"),
    ],
)
def test_where_a_mistake_is(text, message):
    with pytest.raises(DeclarationError) as caught:
        parse_script(text, "x.zeek")
    assert str(caught.value) == f"x.zeek:{message}"


@pytest.mark.parametrize(
    "text",
    [
        "ping(msg: string, n: count)",
        "event ping(msg: string, n: count)",
        " global ping : event ( msg : string ; n : count ) &redef ; ",
        "ping(msg: string, n: count,);",
    ],
)
def test_signatures(text):
    event = parse_signature(text, "--sig")
    assert (event.name, list(map(str, event.parameters)), event.is_closed) == (
        "ping",
        ["msg: string", "n: count"],
        True,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--sig, column 1: expected the name of an event, found the end"),
        ("ping", "--sig, column 5: expected '(' behind the name of the event, found the end"),
        ("ping(", "--sig, column 6: expected the name of a parameter, found the end"),
        ("ping(string)", "--sig, column 12: expected ':' behind the name of a parameter, found ')'"),
        ("ping() x", "--sig, column 8: 'x' is left over"),
        ("global ping(a: count)", "--sig, column 12: expected ':' behind the name, found '('"),
        ("global ping: function()", "--sig, column 14: expected 'event' behind ':', found 'function'"),
        ("ping(a: count)\nx", "--sig:2:1: 'x' is left over"),
    ],
)
def test_what_is_no_signature(text, message):
    with pytest.raises(DeclarationError) as caught:
        parse_signature(text, "--sig")
    assert str(caught.value) == message


def test_types():
    fields, place = parse_types("string, set[addr,port],vector of count")
    assert (list(map(str, fields)), place) == (["string", "set[addr, port]", "vector of count"], (1, 1))
    assert parse_types("") == ((), (1, 1))
    for text, message in [("string,", "expected a type, found the end"), ("string count", "'count' is left over")]:
        with pytest.raises(DeclarationError, match=message):
            parse_types(text)


@pytest.mark.parametrize(
    "piece", ["{", "(", "global x = (", "event e() {", "a(", "type T: record {", "export {", "[{("]
)
def test_hostile_texts_take_no_longer_than_others(piece):
    with pytest.raises(DeclarationError):
        parse_script(piece * (300_000 // len(piece)))


@pytest.mark.parametrize("text", [*SCRIPTS.values(), RECORDED])
def test_a_script_that_is_cut_is_read_or_refused(text):
    assert len(parse_script(text)) > 5
    for at in range(len(text)):
        try:
            parse_script(text[:at])
        except DeclarationError as error:
            assert error.line <= text[:at].count("\n") + 1  # noqa: PT017  # a place inside of the text


WORDS = [
    "global",
    "e",
    ":",
    "event",
    "(",
    ")",
    "record",
    "{",
    "}",
    ";",
    "a",
    "count",
    "set",
    "[",
    "]",
    "of",
    "table",
    ",",
    "&optional",
    "&default",
    "=",
    "redef",
    "enum",
    "+=",
    "module",
    "type",
    "export",
    '"x"',
    "/a/",
    "5",
    "\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_words_are_read_or_refused(text):
    for read in (parse_script, parse_signature, parse_types):
        try:
            read(text)
        except DeclarationError as error:
            assert "\n" not in str(error)  # noqa: PT017  # this is what is promised
