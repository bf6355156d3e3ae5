"""Words, names and values at a place of a text."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.selecting.scanning import ExpressionError, Scanner
from broker_core import Count, EnumValue, Port, Set, Table, Timespan, Timestamp
from broker_core.codecs import text as literals
from strategies import is_same, values


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("5 and", Count(5), " and"),
        ("+5)", 5, ")"),
        ("-1e-3,", -0.001, ","),
        ("5min", Timespan(300 * 10**9), ""),
        ("5 min and", Timespan(300 * 10**9), " and"),
        ("1.5 hrs", Timespan(5400 * 10**9), ""),
        ("5 in {5}", Count(5), " in {5}"),
        ("5 msgs", Count(5), " msgs"),
        ("10.0.0.0/8 or", ip_network("10.0.0.0/8"), " or"),
        ("10.1.2.3==", ip_address("10.1.2.3"), "=="),
        ("2001:db8::1)", ip_address("2001:db8::1"), ")"),
        ("[2001:db8::1] x", ip_address("2001:db8::1"), " x"),
        ("[2001:db8::]/32&&", ip_network("2001:db8::/32"), "&&"),
        ("22/tcp", Port(22), ""),
        ("Notice::LOG)", EnumValue("Notice::LOG"), ")"),
        ("enum:tcp ", EnumValue("tcp"), " "),
        ('enum("a b")|', EnumValue("a b"), "|"),
        ("2024-05-01T12:00:00+02:00", Timestamp(1714557600 * 10**9), ""),
        ('"a\\"b)" ', 'a"b)', " "),
        ("'a\"b\\'c' ", "a\"b'c", " "),
        ("'\\x41\\n'", "A\n", ""),
        ('string:"x" y', '"x"', " y"),
        ("string:x=", "x", "="),
        ("{22/tcp, 80/tcp} x", Set([Port(22), Port(80)]), " x"),
        ("{'a', \"b'}\"}", Set(["a", "b'}"]), ""),
        ('{"k" -> {1}}', Table({"k": Set([Count(1)])}), ""),
        ("[1, (2, 3)]~", (Count(1), (Count(2), Count(3))), "~"),
        ("set()", Set(), ""),
        ("T", True, ""),
        ("nil", None, ""),
    ],
)
def test_values(text, value, rest):
    scanner = Scanner(text)
    found = scanner.value()
    if text.startswith('string:"'):  # what the library makes of a quoted string behind a type
        value = literals.decode(text.split(" ")[0])
    assert is_same(found, value)
    assert text[scanner.at :] == rest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at character 1: expected a value, found the end"),
        ("== 5", "at character 1: expected a value, found '=='"),
        (")", "at character 1: expected a value, found ')'"),
        ('"abc', 'at character 1: the string has no closing "'),
        ("'abc", "at character 1: the string has no closing '"),
        ("{1, 'a}", "at character 5: the string has no closing '"),
        ("{1, 2", "at character 1: nothing closes this '{'"),
        ("{1, 2)", "at character 6: expected '}', found ')'"),
        ("10.0.0.300", "at character 1: '10.0.0.300' is no address (each part is 0 to 255)"),
        ("{1, 10.0.0.300}", "at character 5: '10.0.0.300' is no address (each part is 0 to 255)"),
        ("5m", "at character 1: '5m' is no time span with a unit (minutes are min, milliseconds ms)"),
    ],
)
def test_what_is_no_value(text, message):
    with pytest.raises(ExpressionError) as caught:
        Scanner(text).value()
    assert str(caught.value) == message


def test_a_long_word_is_not_shown_whole():
    scanner = Scanner("x" * 50)
    assert scanner.found() == f"'{'x' * 20}...'"


@given(values())
def test_every_literal_is_read_up_to_its_end(value):
    text = literals.encode(value)
    if text.startswith("("):
        text = f"[{text[1:-1]}]"  # parentheses are for conditions
    if text in {"[]", "[nil]"} or text.startswith("["):
        text = f"vector({text[1:-1]})"
    scanner = Scanner(f"{text} ) rest")
    assert is_same(scanner.value(), value)
    assert scanner.at == len(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [("[5]", Count(5)), ("[-1]", -1), ('["a]"]', "a]"), ("[::1]", ip_address("::1")), ("[1, 'a']", (Count(1), "a"))],
)
def test_keys(text, key):
    scanner = Scanner(f"{text}.x")
    scanner.at = 1
    assert is_same(scanner.key(), key)
    assert scanner.at == len(text)


def test_a_key_is_needed():
    scanner = Scanner("[]")
    scanner.at = 1
    with pytest.raises(ExpressionError, match="at character 1: expected an index or a key"):
        scanner.key()


def test_names_and_words():
    assert Scanner("args[0]").name() == "args"
    assert Scanner("Notice::LOG").name() == ""
    assert Scanner("int:5").name() == ""
    assert Scanner("ts:%H", values=False).name() == "ts"
    assert Scanner(" in x").take("in") == "in"
    assert Scanner("inner").take("in") == ""
    assert Scanner("!in x").take("!", "!in") == "!"
    scanner = Scanner("  <= 5")
    assert scanner.take("<=", "<") == "<="
    assert scanner.at == 4


@given(st.text(max_size=60))
def test_nothing_else_is_raised(text):
    for read in (Scanner.value, Scanner.name, Scanner.found, Scanner.skip):
        scanner = Scanner(text)
        position = 1
        try:
            read(scanner)
        except ExpressionError as error:
            position = error.position
        assert 1 <= position <= len(text) + 1
        assert scanner.at <= len(text)
