"""The language of --where."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broker_cli.selecting.expressions import MAX_DEPTH, MAX_EXPRESSION, condition
from broker_cli.selecting.facts import Facts
from broker_cli.selecting.naming import naming_of
from broker_cli.selecting.scanning import ExpressionError
from broker_core import Count, EnumValue, Event, Message, Port, Set, Table, Timespan, Timestamp
from broker_core.codecs import text as literals
from broker_core.declarations import Declarations
from strategies import topics, values

CONN = Message(
    "/zeek/conn",
    Event(
        "conn_seen",
        literals.decode("10.1.2.3"),
        Port(443),
        Count(5),
        -2.5,
        "evil.example.org",
        EnumValue("Notice::LOG"),
        Timespan(90 * 10**9),
        Set(["a", Count(7)]),
        Table({"k": Set([1, 2])}),
        (Count(1), "x"),
        None,
        True,
        metadata={1: Timestamp(1714564800 * 10**9)},
    ).value,
)
TEXT = Message("/text", "hello")


def holds(expression: str, message: Message = CONN, naming=None) -> bool:
    return condition(expression, naming)(Facts(message))


@pytest.mark.parametrize(
    "expression",
    [
        'topic == "/zeek/conn"',
        "topic ~ '/zeek/*'",
        "event == 'conn_seen'",
        "event in {'conn_seen', 'other'}",
        'event ~ "conn_*"',
        'event !~ "dns_*"',
        "args[0] in 10.0.0.0/8",
        "args[0] not in 192.168.0.0/16",
        "args[0] !in 192.168.0.0/16",
        "args[0] in {192.168.0.0/16, 10.0.0.0/8}",
        "args[0] == 10.1.2.3",
        "args[0] < 10.1.2.4",
        "args[1] == 443/tcp",
        "args[1] in {80/tcp, 443/tcp}",
        "args[1] > 80/tcp",
        "args[2] == 5",
        "args[2] == 5.0",
        "args[2] == +5",
        "5 == args[2]",
        "args[2] != 6",
        "args[2] >= 5 and args[2] <= 5",
        "args[2] in [1, 5]",
        "args[3] < 0",
        "args[3] == -2.5",
        "'example' in args[4]",
        "args[4] ~ '*.org'",
        "lower(args[4]) ~ '*.ORG' or len(args[4]) == 16",
        "args[4] in 'www.evil.example.org'",
        "args[5] == Notice::LOG",
        "args[5] ~ 'Notice::*'",
        "args[5] in {Notice::LOG}",
        "args[6] > 1 min",
        "args[6] == 90s",
        "args[7] == {'a', 7}",
        "'a' in args[7]",
        "7 in args[7]",
        "+7 in args[7]",
        "'k' in args[8]",
        "2 in args[8]['k']",
        "args[9] == [1, 'x']",
        "args[9][1] == 'x'",
        "args[10] == nil",
        "args[11]",
        "args[11] == T",
        "not (args[11] == F)",
        "!args[12]",
        "metadata[1] == 2024-05-01T12:00:00Z",
        "metadata[1] < 2024-05-01T12:00:01Z",
        "|args| == 12",
        "len(args[7]) == 2",
        "|args[3]| == 2.5",
        "type(args[0]) == 'addr'",
        "'address' == type(args[0])",
        "type(args[0]) in {'addr', 'subnet'}",
        "type(args[0]) != 'count'",
        "str(args[0]) ~ '10.*'",
        "str(args[5]) == 'Notice::LOG'",
        "value[1] == 1",
        "size > 20",
        "from ~ '*-*'",
        "T",
        "F or T",
        "F and F or T",
        "T or F and F",
        "not F and not F",
        "not not T",
        "(((T)))",
        "T && !F || F",
        "args[0]==10.1.2.3&&args[2]==5",
        "  args[0]   ==   10.1.2.3  ",
    ],
)
def test_what_is_true(expression):
    assert holds(expression)
    assert not holds(f"not ({expression})")


@pytest.mark.parametrize(
    "expression",
    [
        "args[2] == '5'",
        "args[2] != '5'",
        "args[2] < '6'",
        "args[2] ~ '5'",
        "args[2] !~ '6'",
        "args[2] in 10.0.0.0/8",
        "args[2] !in 10.0.0.0/8",
        "args[50] == 5",
        "args[50] != 5",
        "args[50] == nil",
        "args[50] in {5}",
        "args[50] !in {5}",
        "args[50] ~ '*'",
        "args[50] !~ '*'",
        "args[50] == args[50]",
        "args[50]",
        "args[2]",
        "args[5] == 'Notice::LOG'",
        "len(args[0]) > 0",
        "args[0] == args[1]",
        "metadata[7] == 5",
        "args[7] < {'a'}",
    ],
)
def test_what_cannot_be_compared_is_false(expression):
    assert not holds(expression)
    assert holds(f"not {expression}")


def test_messages_that_are_no_events():
    assert holds("value == 'hello'", TEXT)
    assert holds("value ~ 'h*o'", TEXT)
    assert holds("value", Message("/t", True))
    for expression in ("event == 'x'", "event != 'x'", "args[0] == 5", "|args| >= 0", "metadata[1] == 5"):
        assert not holds(expression, TEXT)


def test_text_that_is_not_utf8():
    message = Message("/\udcff", (b"\xff", "ÿ"))
    assert holds(r'topic == "/\xff"', message)
    assert holds(r'topic ~ "*\xff"', message)
    assert holds(r'value[0] == "\xff" and value[1] != "\xff"', message)
    assert holds(r'"\xff" in value[0]', message)


def test_names_of_arguments():
    naming = naming_of(Declarations.signature("conn_seen(src: addr, p: port, n: count)"))
    assert holds("src in 10.0.0.0/8 and args.p == 443/tcp and n > 4", CONN, naming)
    assert not holds("src == src", TEXT, naming)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "at character 1: expected a value, found the end"),
        ("args[0] ==", "at character 11: expected a value, found the end"),
        ("args[0] == == 5", "at character 12: expected a value, found '=='"),
        ("args[0] = 5", "at character 9: '=' is no comparison; write =="),
        ("args[0] 5", "at character 9: expected a comparison, 'and', 'or' or the end, found '5'"),
        ("args[0] == 5 event", "at character 14: expected a comparison, 'and', 'or' or the end, found 'event'"),
        ("args[0] == 5 and", "at character 17: expected a value, found the end"),
        ("(args[0] == 5", "at character 14: expected ')', found the end"),
        ("args[0] == 5)", "at character 13: expected a comparison, 'and', 'or' or the end, found ')'"),
        ("1 < args[0] < 5", "at character 12: comparisons do not follow each other; join them with 'and'"),
        ("args[0] not 5", "at character 13: expected 'in' behind 'not', found '5'"),
        ("args[0] == not", "at character 12: expected a value, found 'not'"),
        ("args[0] in 5", "at character 12: expected a subnet, set, table, vector or string behind 'in'"),
        ("args[0] ~ args[1]", "at character 11: expected a pattern in quotes, such as \"*.org\", behind '~'"),
        ("args[0] ~ 5", "at character 11: expected a pattern in quotes"),
        ("args[0] ~ '" + "*" * 1001 + "'", "at character 11: the pattern has 1001 characters; 1000 are allowed"),
        ("topic", "at character 1: expected a comparison, such as == 5, behind this value"),
        ("T and 5", "at character 7: expected a comparison, such as == 5, behind this value"),
        ("5 or T", "at character 1: expected a comparison, such as == 5, behind this value"),
        ("not topic", "at character 5: expected a comparison, such as == 5, behind this value"),
        ("(topic == 'a') == T", "at character 19: a condition cannot be compared"),
        ("len(topic == 'a')", "at character 11: expected ')', found '=='"),
        ("len((topic == 'a')) > 1", "expected a value, not a condition"),
        ("foo == 5", "at character 1: 'foo' is no name here; there are topic, event, args"),
        ("tcp", "at character 1: 'tcp' is no name here"),
        ("exec('x')", "at character 1: 'exec' is no function; there are len, type, str, lower"),
        ("type(args[0]) == 'adr'", "at character 18: 'adr' is no type; there are none, nil, boolean"),
        ("args[0] == 10.0.0.300", "at character 12: '10.0.0.300' is no address (each part is 0 to 255)"),
        ('args[0] == "x', 'at character 12: the string has no closing "'),
        ("|args", "at character 6: expected '|', found the end"),
        ("args[0].b == 5", "at character 9: names of arguments and fields need --sig or --event-file"),
        ("$x", "at character 1: expected a value, found '$'"),
        ("T and\nT or $", "at character 12: expected a value, found '$'"),
    ],
)
def test_errors_say_where_and_what(expression, message):
    with pytest.raises(ExpressionError) as caught:
        condition(expression)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_length_and_depth_are_bounded():
    assert holds("T" + " " * (MAX_EXPRESSION - 1))
    with pytest.raises(ExpressionError, match="longer than 10000 characters"):
        condition("T" + " " * MAX_EXPRESSION)
    for opening, closing in (("(", ")"), ("not ", ""), ("!", "")):
        assert holds(opening * MAX_DEPTH + "T" + closing * MAX_DEPTH) is (MAX_DEPTH % 2 == 0 or opening == "(")
        with pytest.raises(ExpressionError, match="nested deeper than 50 levels"):
            condition(opening * (MAX_DEPTH + 1) + "T" + closing * (MAX_DEPTH + 1))
    with pytest.raises(ExpressionError):
        condition("args" + "[0]" * 3000 + " == 5")
    with pytest.raises(ExpressionError):
        condition("{" * 5000)
    assert holds(" or ".join(["F"] * 1500 + ["T"]))
    assert holds(" and ".join(["T"] * 1500))


_PIECES = """topic event args args[0] args[-1] args[1]['k'] metadata[1] value from size == != < <= > >= in not !in
~ !~ and or && || ! ( ) | len( type( str( lower( 5 -1 2.5 1min 22/tcp 10.0.0.0/8 ::1 T F nil A::b 'a' "b*" {1,2} ['a']
{1->2} string:x .b $c [ ] { } ' \\ \""""
_WORDS = st.sampled_from(_PIECES.split())
_TEXTS = [st.text(max_size=60), *(st.lists(_WORDS, max_size=12).map(glue.join) for glue in (" ", ""))]


def error_of(text: str) -> ExpressionError | None:
    try:
        condition(text)
    except ExpressionError as error:
        return error
    return None


@given(st.one_of(_TEXTS))
@example("{" * 200)
@example("[" * 200)
@example("'\\")
def test_any_text_is_a_condition_or_an_error_of_ours(text):
    error = error_of(text)
    if error is not None:
        assert 1 <= error.position <= len(text) + 1
        assert "\n" not in str(error)
        return
    test = condition(text)
    for message in (CONN, TEXT):
        assert test(Facts(message)) in {True, False}


_OPERANDS = ["topic", "args", "args[0]", "args[1]", "args[0][0]", "metadata[1]", "value", "size", "len(args[0])", "nil"]
_OPERANDS += [
    "type(args[0])",
    "str(value)",
    "lower(args[0])",
    "5",
    "-2.5",
    "'a'",
    "10.0.0.0/8",
    "::1",
    "{1, 'a'}",
    "[1]",
]
_COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "in", "!in"]


@given(
    topics().filter(bool),
    st.one_of(values(), st.lists(values(), max_size=3).map(lambda args: Event("ev", *args).value)),
    st.sampled_from(_OPERANDS),
    st.sampled_from(_COMPARISONS),
    st.sampled_from(_OPERANDS),
)
def test_every_value_has_an_answer(topic, value, left, comparison, right):
    text = f"{left} {comparison} {right} or {left} ~ '*a' or not {left} !~ 'b?'"
    if error := error_of(text):
        assert "is no type" in str(error) or "behind 'in'" in str(error)
        return
    assert condition(text)(Facts(Message(topic, value))) in {True, False}


@given(values())
def test_a_value_is_found_by_its_literal(value):
    text = literals.encode(value)
    if "nan" in text:
        return
    if text.startswith("("):
        text = f"vector{text}"
    assert holds(f"args[0] == {text}", Message("/t", Event("ev", value).value))
