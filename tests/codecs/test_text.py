"""The literal syntax: what is printed, what else is read, and what is refused with which hint."""

from __future__ import annotations

import math
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given

from broker_core.codecs.text import decode, decode_argument, decode_at, decode_scalar, encode, split_prefix
from broker_core.errors import DecodeError, EncodeError
from broker_core.model import Count, EnumValue, Kind, Port, Set, Table, Timespan, Timestamp, to_value
from strategies import assert_same, strings

SECOND = 1_000_000_000
NOON = Timestamp(1_714_564_800 * SECOND)
V6 = ip_address("2001:db8::1")

PRINTED: list[tuple[Any, str]] = [
    (None, "nil"),
    (True, "T"),
    (False, "F"),
    (Count(42), "42"),
    (42, "+42"),
    (-42, "-42"),
    (0, "+0"),
    (4.2, "4.2"),
    (5.0, "5.0"),
    (-0.0, "-0.0"),
    (1e-9, "1e-09"),
    (1e16, "1e+16"),
    (5e-324, "5e-324"),
    (math.inf, "real:inf"),
    (-math.inf, "real:-inf"),
    (math.nan, "real:nan"),
    (Timespan(5 * SECOND), "5s"),
    (Timespan(0), "0s"),
    (Timespan(1_500_000_000), "1500ms"),
    (Timespan(-7), "-7ns"),
    (Timespan(7000), "7us"),
    (Timespan(-(2**63)), "-9223372036854775808ns"),
    (NOON, "2024-05-01T12:00:00Z"),
    (Timestamp(NOON.ns + 123_456_789), "2024-05-01T12:00:00.123456789Z"),
    (Timestamp(NOON.ns + 500_000_000), "2024-05-01T12:00:00.5Z"),
    (Timestamp(-1), "1969-12-31T23:59:59.999999999Z"),
    (Timestamp(-(2**63)), "1677-09-21T00:12:43.145224192Z"),
    (Timestamp(2**63 - 1), "2262-04-11T23:47:16.854775807Z"),
    ("", '""'),
    ("a b", '"a b"'),
    ('say "\\"', '"say \\"\\\\\\""'),
    ("\n\t\r\b\f\v\0\x1b\x7f", '"\\n\\t\\r\\b\\f\\v\\x00\\x1b\\x7f"'),
    ("\x85\u202e\u2028\u200b\ufeff", '"\\u0085\\u202e\\u2028\\u200b\\ufeff"'),
    ("\U000e0041", '"\\udb40\\udc41"'),
    ("é 中 🐻", '"é 中 🐻"'),
    (b"caf\xc3\xa9\xff", '"café\\xff"'),
    (b'\n"\xff\x80', '"\\n\\"\\xff\\x80"'),
    (EnumValue("Notice::LOG"), "Notice::LOG"),
    (EnumValue("A::B::C"), "A::B::C"),
    (EnumValue("tcp"), "enum:tcp"),
    (EnumValue("T"), "enum:T"),
    (EnumValue(""), 'enum("")'),
    (EnumValue("a b"), 'enum("a b")'),
    (EnumValue(":x"), 'enum(":x")'),
    (EnumValue("a->b"), 'enum("a->b")'),
    (EnumValue(b"\xff"), 'enum("\\xff")'),
    (EnumValue("dead::beef"), "enum:dead::beef"),
    (EnumValue("DEAD::BEEF"), "DEAD::BEEF"),
    (EnumValue("string::x"), "enum:string::x"),
    (EnumValue("time::x"), "time::x"),
    (ip_address("10.0.0.1"), "10.0.0.1"),
    (V6, "2001:db8::1"),
    (ip_address("dead::beef"), "dead::beef"),
    (ip_network("10.0.0.0/8"), "10.0.0.0/8"),
    (ip_network("2001:db8::/32"), "2001:db8::/32"),
    (Port(22), "22/tcp"),
    (Port(0, "unknown"), "0/unknown"),
    ((), "()"),
    ((Count(1), Count(2)), "(1, 2)"),
    ((ip_address("::1"),), "(::1)"),
    (Set(), "set()"),
    (Set([Count(2), Count(1)]), "{1, 2}"),
    (Table(), "table()"),
    (Table([("a", Count(1)), ((), Set())]), '{"a" -> 1, () -> set()}'),
]


@pytest.mark.parametrize(("value", "text"), PRINTED, ids=[text for _, text in PRINTED])
def test_printed_and_read_back(value: Any, text: str) -> None:
    assert encode(value) == text
    assert_same(decode(text), value)
    assert_same(decode_argument(text), value)
    assert_same(decode(f" ( {text} ,{text}\n)"), (value, value))
    assert_same(decode(f"{{{text}->{text}}}"), Table([(value, value)]))


@given(strings())
def test_strings_come_back(value: str | bytes) -> None:
    assert_same(decode(encode(value)), value)
    assert_same(decode(encode(EnumValue(value))), EnumValue(value))


ALSO_READ: list[tuple[str, Any]] = [
    ("none:", None),
    ("nil:nil", None),
    ("bool:true", True),
    ("boolean:F", False),
    ("0x2a", Count(42)),
    ("0XFFFFFFFFFFFFFFFF", Count(2**64 - 1)),
    ("007", Count(7)),
    ("count:42", Count(42)),
    ("count:0x2a", Count(42)),
    ("18446744073709551615", Count(2**64 - 1)),
    ("int:42", 42),
    ("integer:-42", -42),
    ("int:+42", 42),
    ("-0x10", -16),
    ("-9223372036854775808", -(2**63)),
    (".5", 0.5),
    ("-.5", -0.5),
    ("1e6", 1e6),
    ("5.", 5.0),
    ("real:5", 5.0),
    ("double:+inf", math.inf),
    ("real:1e-400", 0.0),
    ("5min", Timespan(300 * SECOND)),
    ("1.5hr", Timespan(5400 * SECOND)),
    ("2days", Timespan(172_800 * SECOND)),
    ("1day", Timespan(86_400 * SECOND)),
    ("500 msec", Timespan(500_000_000)),
    ("-3 secs", Timespan(-3 * SECOND)),
    ("+3s", Timespan(3 * SECOND)),
    ("5usec", Timespan(5000)),
    ("1e3ns", Timespan(1000)),
    ("0.1s", Timespan(100_000_000)),
    ("2.5ns", Timespan(2)),
    ("interval:5", Timespan(5 * SECOND)),
    ("timespan:.25", Timespan(250_000_000)),
    ("interval:2 min", Timespan(120 * SECOND)),
    ("2024-05-01T12:00:00", NOON),
    ("2024-05-01T14:00:00+02:00", NOON),
    ("2024-05-01T07:30:00-0430", NOON),
    ("time:1714564800.5", Timestamp(NOON.ns + 500_000_000)),
    ("time:123ns", Timestamp(123)),
    ("timestamp:-1ns", Timestamp(-1)),
    ("time:2024-05-01T12:00:00Z", NOON),
    ('"\\/\\u00e9\\ud83d\\udc3b"', "/é🐻"),
    ('"\\xc3\\xa9"', "é"),
    ('"\\xc3"', b"\xc3"),
    ('"a\nb"', "a\nb"),
    ('string("x")', "x"),
    ("enum:Notice::LOG", EnumValue("Notice::LOG")),
    ('enum:"a b"', EnumValue("a b")),
    ("[2001:db8::1]", V6),
    ("[ 2001:DB8::1 ]", V6),
    ("addr:[2001:db8::1]", V6),
    ("address:10.0.0.1", ip_address("10.0.0.1")),
    ("addr:::1", ip_address("::1")),
    ("::ffff:10.0.0.1", ip_address("10.0.0.1")),
    ("FE80::1", ip_address("fe80::1")),
    ("[2001:db8::]/32", ip_network("2001:db8::/32")),
    ("10.1.2.3/8", ip_network("10.0.0.0/8")),
    ("subnet:::/0", ip_network("::/0")),
    ("abcd::/16", ip_network("abcd::/16")),
    ("0/?", Port(0, "unknown")),
    ("port:8/icmp", Port(8, "icmp")),
    ("[1, 2]", (Count(1), Count(2))),
    ("[]", ()),
    ("vector(1, 2)", (Count(1), Count(2))),
    ("vector()", ()),
    ("vector:(1)", (Count(1),)),
    ("vector:[::1]", (ip_address("::1"),)),
    ("vector:vector(1)", (Count(1),)),
    ("[[::1]]", (ip_address("::1"),)),
    ("[DEAD::BEEF]", (EnumValue("DEAD::BEEF"),)),
    ("set(1, 2)", Set([Count(1), Count(2)])),
    ("set( )", Set()),
    ("set:{}", Set()),
    ("set:{1}", Set([Count(1)])),
    ('set([1,"a"])', Set([(Count(1), "a")])),
    ('table(["a"] = 1)', Table([("a", Count(1))])),
    (
        'table([1,"x"] = 5sec, [2,"y"] = 6 sec)',
        Table([((Count(1), "x"), Timespan(5 * SECOND)), ((Count(2), "y"), Timespan(6 * SECOND))]),
    ),
    ('table("a" -> 1)', Table([("a", Count(1))])),
    ("table( )", Table()),
    ("table:{}", Table()),
    ("table:{1->2}", Table([(Count(1), Count(2))])),
    ("{[::1] = 1}", Table([(ip_address("::1"), Count(1))])),
    ("{[(1, 2)] = 1}", Table([((Count(1), Count(2)), Count(1))])),
    ("{1->-1}", Table([(Count(1), -1)])),
    ("(-1,-2)", (-1, -2)),
    ("{[1] -> 2}", Table([((Count(1),), Count(2))])),
    ("{[1], [2]}", Set([(Count(1),), (Count(2),)])),
    ("(count:5, string:abc, none:, enum:x-y, real:1)", (Count(5), "abc", None, EnumValue("x-y"), 1.0)),
    ("(interval:5 min, 5 min)", (Timespan(300 * SECOND),) * 2),
    ("(5,min::X)", (Count(5), EnumValue("min::X"))),
    ('(string:"a,b", string:, enum("x,y"))', ("a,b", "", EnumValue("x,y"))),
]


@pytest.mark.parametrize(("text", "value"), ALSO_READ)
def test_also_read(text: str, value: Any) -> None:
    assert_same(decode(text), value)
    assert_same(decode_argument(text), value)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("hello", "hello"),
        ("hello world", "hello world"),
        ("", ""),
        (" x ", " x "),
        ("true", "true"),
        ("inf", "inf"),
        ("set", "set"),
        ("sets(1)", "sets(1)"),
        ("$x", "$x"),
        ("'a'", "'a'"),
        ("host:80", "host:80"),
        ("http://example.com/", "http://example.com/"),
        ("a->b", "a->b"),
        ("é中🐻", "é中🐻"),
        ("a\udcff", b"a\xff"),
        ("\udcc3\udca9", "é"),
        ("string:", ""),
        ("string:5", "5"),
        ("str: x ", " x "),
        ("string:::1", "::1"),
        ("string:string:x", "string:x"),
        ('string:"x"', '"x"'),
        ("string:a\nb\\n\0", "a\nb\\n\0"),
        ("string:\udcff", b"\xff"),
        (" T", True),
        ("5 ", Count(5)),
    ],
)
def test_arguments(argument: str, value: Any) -> None:
    assert_same(decode_argument(argument), value)


def test_a_prefix_makes_every_shell_variable_a_string() -> None:
    for variable in ("", "T", ":", "::1", "::x", ":x", "-5", "{}", '"', "\\", " ", "string:", "a\tb"):
        assert_same(decode_argument("string:" + variable), variable)


REFUSED: list[tuple[str, str, int]] = [
    ("10.0.0.300", "is no address (each part is 0 to 255)", 0),
    ("10.0.0", "IPv4 has four parts", 0),
    ("1.2.3.4.5", "IPv4 has four parts", 0),
    ("010.0.0.1", "no leading zeros", 0),
    ("1.2.3.x", "such as 10.0.0.1", 0),
    ("2001:db8::zz", "is no address", 0),
    ("[2001:db8::zz]", "is no address", 1),
    ("[:::1]", "is no address", 1),
    ("fe80::1%eth0", "Broker carries no zones", 0),
    ("addr:x", "'x' is no address", 5),
    ("22/tpc", "is no port (tcp, udp, icmp or unknown)", 0),
    ("22/TCP", "is no port", 0),
    ("99999/tcp", "is no port (the number goes to 65535)", 0),
    ("port:22", "such as 22/tcp", 5),
    ("10.0.0.0/33", "is no subnet (the length is 0 to 32)", 0),
    ("::/129", "the length is 0 to 128", 0),
    ("10.0.0.0/", "is no subnet (such as", 0),
    ("10.0.0.300/8", "is no address", 0),
    ("subnet:10.0.0.0", "is no subnet", 7),
    ("5m", "minutes are min, milliseconds ms", 0),
    ("5parsec", "is no time span with a unit (ns us ms s min hr day)", 0),
    ("5 x", "is no time span with a unit", 0),
    ("interval:x", "is no time span", 9),
    ("1e99s", "does not fit 64 bits", 0),
    ("1e9999999999999999999999s", "does not fit 64 bits", 0),
    ("9" * 200 + "s", "does not fit 64 bits", 0),
    ("9" * 90 + "s", "does not fit 64 bits", 0),
    ("9223372036854775808ns", "does not fit 64 bits", 0),
    ("2024-05-01", "is no time stamp (such as", 0),
    ("2024-02-30T00:00:00Z", "is no time stamp (day is out of range", 0),
    ("2024-05-01T24:00:00Z", "is no time stamp (hour must be", 0),
    ("2024-05-01T12:00:60Z", "is no time stamp (second must be", 0),
    ("2024-05-01t12:00:00z", "is no time stamp", 0),
    ("2024-05-01T12:00:00.1234567891Z", "is no time stamp", 0),
    ("1500-01-01T00:00:00Z", "does not fit 64 bits", 0),
    ("time:xns", "is no time stamp", 5),
    ("18446744073709551616", "is no count (they go to 18446744073709551615)", 0),
    ("9" * 30, "is no count", 0),
    ("count:-1", "is no count (digits", 6),
    ("count:1.5", "is no count", 6),
    ("+9223372036854775808", "is no integer (they go from", 0),
    ("int:x", "is no integer (such as", 4),
    ("1e999", "is no real (too large", 0),
    ("real:x", "is no real (such as", 5),
    ("real:" + "1" * 3000, "is no real", 5),
    ("bool:yes", "is no boolean (T, F, true or false)", 5),
    ("none:5", "is not nil", 5),
    ("enum:", "cannot follow enum:", 5),
    ("enum:ü", 'write enum("…")', 5),
    ("enum(x)", 'as in enum("a b")', 5),
    ('string("x"', "expected )", 10),
    ("string(5)", "expected a quoted string", 7),
    ("12abc", "is no time span with a unit", 0),
    ("5s5", "is no value", 0),
    ("--help", "is no value", 0),
    ("-", "is no value", 0),
    ("@file", "is no value", 0),
    ("a::b-c", "enum values look like Notice::LOG", 0),
    ("x::", "enum values look like Notice::LOG", 0),
    ("http://a::b", "enum values look like Notice::LOG", 0),
    ("[$a=1]", "records are written as vectors", 0),
    ("{}", "write set() or table()", 0),
    ("{ }", "write set() or table()", 0),
    ("(1", "'(' is not closed", 0),
    ("((1)", "'(' is not closed", 0),
    ("(1,", "a value is missing", 3),
    ("(1,)", "a value is missing", 3),
    ("(,)", "a value is missing", 1),
    ("(=)", "'=' starts no value", 1),
    ("(1 2)", "expected , or ), found '2'", 3),
    ("1 2", "'2' is left over", 2),
    ('{"a": 1}', "':' has no place here", 4),
    ("{1 = 2}", "'=' has no place here", 3),
    ("(1 -> 2)", "'->' has no place here", 3),
    ("[1 = 2]", 'table(["a"] = 1)', 3),
    ("{1, 2 -> 3}", "'->' has no place here", 6),
    ("{1 -> 2, 3}", 'expected a pair such as "a" -> 1', 9),
    ("{[] = 1}", "the index in front of = is empty", 1),
    ("table(1)", "expected a pair", 6),
    ("set(1, x)", "'x' is no value (strings are quoted here)", 7),
    ("(true)", "booleans are T and F", 1),
    ("vector:5", "expected vector, found '5'", 7),
    ("vector:", "expected vector, found ''", 7),
    ("table:set()", "expected table, found set", 6),
    ("set:{1->2}", "expected set, found table", 4),
    ("addr:(1)", "expected address, found vector", 5),
    ('count:"1"', "expected count, found string", 6),
    ("{1, 1}", "given twice", 0),
    ("{1 -> 1, 1 -> 2}", "given twice", 0),
    ('"abc', "the string is not closed", 0),
    ('"é', "the string is not closed", 0),
    ('"a\\q"', "unknown escape '\\\\q'", 2),
    ('"\\x4"', "unknown escape", 1),
    ('"\\u12"', "unknown escape", 1),
    ('"\\', "the string ends within an escape", 1),
    ('"\\ud800"', "half of a surrogate pair", 1),
    ('"\\ud800\\u0041"', "half of a surrogate pair", 1),
    ('"\\udc00"', "half of a surrogate pair", 1),
    ('"é\ud800"', "lone surrogate in a string", 2),
]


@pytest.mark.parametrize(("text", "hint", "offset"), REFUSED)
def test_refused_with_a_hint(text: str, hint: str, offset: int) -> None:
    for read in (decode, decode_argument):
        with pytest.raises(DecodeError) as caught:
            read(text)
        assert hint in caught.value.problem
        assert caught.value.offset == offset
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "text", ["", " ", "hello", "T T", "true", "(hello)", "\x1b[31m", "a\udcff", "é", "string:\ud800"]
)
def test_words_are_no_values(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(text)
    assert str(caught.value).isprintable()


def test_arguments_that_may_have_been_meant_as_strings_say_how() -> None:
    with pytest.raises(DecodeError, match="; as a string it is string:5m at offset 0"):
        decode_argument("5m")
    with pytest.raises(DecodeError) as caught:
        decode_argument("(5m)")
    assert "string:" not in str(caught.value)


@pytest.mark.parametrize("argument", ["\ud800", "string:\ud800", "x\udcff\ud900"])
def test_arguments_with_other_surrogates(argument: str) -> None:
    with pytest.raises(DecodeError, match="lone surrogate"):
        decode_argument(argument)


def test_quotes_after_string_belong_to_it_in_arguments_only() -> None:
    assert decode('string:"x"') == "x"
    assert decode_argument('string:"x"') == '"x"'


def test_bytes_are_utf8() -> None:
    assert decode('("é", "\\xff")'.encode()) == ("é", b"\xff")
    assert decode(b'"\xff"') == b"\xff"


def test_a_real_document() -> None:
    text = """{
        "src" -> (10.0.0.0/8, [2001:db8::]/32),
        "when" -> 2024-05-01T12:00:00Z,
        7 -> {Notice::LOG, T, nil, 1.5, +1}
    }"""
    assert decode(text) == to_value(
        {
            "src": [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")],
            "when": NOON,
            Count(7): Set([EnumValue("Notice::LOG"), True, None, 1.5, 1]),
        }
    )


def test_what_cannot_be_printed() -> None:
    with pytest.raises(EncodeError, match="lone surrogate"):
        encode("\ud800")
    with pytest.raises(EncodeError, match="lone surrogate"):
        encode("\udcff")


# -- parts, for readers that know more about the text --------------------------------------------------------


def test_values_out_of_a_longer_text() -> None:
    assert decode_at("x 5 min, 3", 2) == (Timespan(300 * 10**9), 7)
    assert decode_at(' (1, "]") ]', 0) == ((1, "]"), 9)
    with pytest.raises(DecodeError) as caught:
        decode_at("ab ]", 3)
    assert caught.value.offset == 3
    with pytest.raises(DecodeError, match="max_depth"):
        decode_at("((1))", 0, 1)
    with pytest.raises(DecodeError):
        decode_at("(" * 100_000, 0, 100_000)


def test_scalars_of_a_kind() -> None:
    assert decode_scalar(Kind.REAL, "5") == 5.0
    assert decode_scalar(Kind.TIMESPAN, "5 min") == Timespan(300 * 10**9)
    assert decode_scalar(Kind.STRING, ":x") == ":x"
    for token in (":Z1", "(1)", "", "addr:::1"):
        with pytest.raises(DecodeError):
            decode_scalar(Kind.ADDRESS, token)


def test_prefixes() -> None:
    assert split_prefix('str:"x') == (Kind.STRING, '"x')
    assert split_prefix("double:") == (Kind.REAL, "")
    assert split_prefix("time::x") is None
    assert split_prefix("x") is None
