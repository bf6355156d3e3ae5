"""Messages as a template says."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.output import encode_lines, make_formatter
from broker_cli.output.stamps import Stamper
from broker_cli.output.templates import MAX_COLUMNS, MAX_TEMPLATE, Template, TemplateLines, field_text
from broker_cli.selecting.facts import MISSING
from broker_cli.selecting.naming import naming_of
from broker_cli.selecting.scanning import ExpressionError
from broker_core import Count, EndpointId, EnumValue, Event, Message, Port, Table, Timestamp
from broker_core.declarations import Declarations
from strategies import topics, values

MAY = 1714564800 * 10**9
ID = EndpointId.parse("00000000-0000-0000-0000-000000000007")
EVENT = Event(
    "A::ev",
    "text",
    Count(5),
    EnumValue("Notice::LOG"),
    (Port(22), "x"),
    Table({"k}": 1}),
    b"\xff",
    Timestamp(MAY),
    metadata={1: Timestamp(MAY)},
)
MESSAGE = Message("/t", EVENT.value, sender=ID)
TEXT = Message("/t", "hello")


@pytest.fixture(autouse=True)
def _utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def render(source, message=MESSAGE, naming=None, kind="wall", clock=lambda: MAY + 1_234_567):
    return TemplateLines(Template(source, naming, Stamper(kind, clock)), shielded=False).line(message)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("", ""),
        ("plain text", "plain text"),
        ("{topic} {event} {from} {seq}", f"/t A::ev {ID} 1"),
        ("{args[0]}|{args[1]}|{args[2]}|{args[3]}", 'text|5|Notice::LOG|(22/tcp, "x")'),
        ("{args[3][0]} {args[4]['k}']} {args[-7]}", "22/tcp +1 text"),
        ("{args[5]}", "\udcff"),
        ("{args[9]}|{args[9]:json}|{args[9]:text}|{metadata[7]:typed}", "|null||null"),
        (
            "{event}({args})",
            'A::ev("text", 5, Notice::LOG, (22/tcp, "x"), {"k}" -> +1}, "\\xff", 2024-05-01T12:00:00Z)',
        ),
        ("{args[0]:json} {args[1]:json} {args[3]:json} {args[5]:json}", '"text" 5 ["22/tcp","x"] "\\\\xff"'),
        ("{args[0]:text} {args[1]:text} {args[5]:text}", '"text" 5 "\\xff"'),
        ("{args[1]:typed} {topic:typed}", '{"@data-type":"count","data":5} {"@data-type":"string","data":"/t"}'),
        ("[{args[0]:>8}] [{args[0]:<8}] [{args[0]:^8}] [{args[0]:<2}]", "[    text] [text    ] [  text  ] [text]"),
        ("{args[6]:%Y/%m/%d} {args[0]:%Y} {metadata[1]:%H}", "2024/05/01 text 12"),
        ("{ts}", "2024-05-01T12:00:00.001+00:00"),
        ("{ts:%H:%M:%S.%N}", "12:00:00.001234567"),
        ("{ts:json} {ts:text}", "1714564800.001234567 2024-05-01T12:00:00.001234567Z"),
        ("[{ts:>32}]", "[   2024-05-01T12:00:00.001+00:00]"),
        ("{{{topic}}} }}{{", "{/t} }{"),
        (r"a\tb\nc\0d\\e\r\e[1m", "a\tb\nc\0d\\e\r\x1b[1m"),
    ],
)
def test_fields(source, shown):
    assert render(source) == shown


def test_messages_that_are_no_events():
    assert render("{topic} {event}|{args}|{args[0]}|{value}|{size}", TEXT) == "/t |||hello|7"
    assert render("{value}") == render("{event}({args})") + " @ ((1, 2024-05-01T12:00:00Z))"


def test_other_times():
    assert render("{ts} {ts:%H} {ts:json}", kind="net") == "2024-05-01T12:00:00.000+00:00 12 1714564800.0"
    assert render("{ts} {ts:%H} {ts:json}", TEXT, kind="net") == "- - null"
    moments = iter([MAY, MAY + 10**9])
    lines = TemplateLines(Template("{ts} {ts:%H} {seq}", None, Stamper("delta", lambda: next(moments))), shielded=False)
    assert lines.lines([TEXT, TEXT]) == ["+0.000000 +0.000000 1", "+0.000000 +0.000000 2"]
    assert lines.line(TEXT) == "+1.000000 +1.000000 3"


def test_names_of_arguments():
    naming = naming_of(
        Declarations.parse(
            "type R: record { p: port; }; global A::ev: event(msg: string, n: count, e: string, r: R);", "x"
        )
    )
    assert render("{msg} {args.n:json} {r.p} {args[3].p}", naming=naming) == "text 5 22/tcp 22/tcp"
    assert render("{msg}|{r.p}", TEXT, naming=naming) == "|"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "{agrs[0]}",
            "at character 2: 'agrs' is no name here; there are topic, event, args, metadata, value, from, size, ts",
        ),
        ("{}", "at character 2: expected a name, found '}'"),
        ("a {topic", "at character 3: no '}' closes this field"),
        ("{topic x}", "at character 7: expected ':' or '}', found ' '"),
        ("{args[0]:jsn}", "at character 10: 'jsn' is no way to write a field: json, typed, text, <20"),
        ("{args[0]:}", "at character 10: '' is no way to write a field"),
        ("{args[0]:<1001}", f"at character 10: more than {MAX_COLUMNS} columns"),
        ("{args[0]", "no '}' closes this field"),
        ("{args[0}", "at character 8: expected ']', found '}'"),
        ("{topic}}", "at character 8: a single '}'; write }} for one"),
        ("a\\qb", "at character 2: '\\q' is no escape; there are \\n \\t \\r \\0 \\e \\\\"),
        ("a\\", "at character 2: '\\' is no escape"),
        ("{args.msg}", "at character 7: names of arguments and fields need --sig or --event-file"),
        ("x" * (MAX_TEMPLATE + 1), "at character 10001: the template is longer than 10000 characters"),
    ],
)
def test_errors_say_where_and_what(source, message):
    with pytest.raises(ExpressionError) as caught:
        Template(source)
    assert message in str(caught.value)


def test_the_longest_template():
    assert render("x" * MAX_TEMPLATE) == "x" * MAX_TEMPLATE
    assert len(render(f"{{topic:<{MAX_COLUMNS}}}")) == MAX_COLUMNS


def formatter(template: str, *, terminal: bool, **settings):
    context = Context(environ={}, stdout_is_terminal=terminal, stderr_is_terminal=False)
    return make_formatter(context, Settings(template=template, **settings))


def test_a_terminal_gets_nothing_raw_but_what_the_user_wrote():
    hostile = Message("/\x1b[2J", "a\nb\x9b")
    source = r"\e[1m{topic}\e[0m\t{value} {topic:typed}"
    assert formatter(source, terminal=True).line(hostile) == (
        '\x1b[1m/\\x1b[2J\x1b[0m\ta\\nb\\u009b {"@data-type":"string","data":"/\\u001b[2J"}'
    )
    assert formatter(source, terminal=False).line(hostile).startswith("\x1b[1m/\x1b[2J\x1b[0m\ta\nb\x9b ")


def test_it_is_made_from_settings():
    assert formatter("{ts}", terminal=False, stamps="net").line(TEXT) == "-"
    assert formatter("{ts:%Y}", terminal=False, stamps="none").line(TEXT) >= "2024"
    assert formatter("{topic}", terminal=False).lines([TEXT, TEXT]) == ["/t", "/t"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", "a"), (b"\xff", "\udcff"), (EnumValue(b"\xff"), "\udcff"), (5, "+5"), (None, "nil"), (MISSING, "")],
)
def test_the_plain_text_of_a_field(value, shown):
    assert field_text(value) == shown


@given(st.one_of(st.text(max_size=50), st.text(alphabet="{}args[0]:json<>^%\\ntseq.'\"", max_size=30)))
def test_any_text_is_a_template_or_an_error_of_ours(source):
    try:
        lines = TemplateLines(Template(source), shielded=True)
    except ExpressionError:
        return
    assert isinstance(lines.line(MESSAGE), str)


@given(topics().filter(bool), values())
def test_every_message_can_be_written(topic, value):
    source = "{topic} {event} {args} {args[0]} {value} {value:json} {value:typed} {value:text} {value:<9} {topic:typed}"
    for message in (Message(topic, value), Message(topic, Event("ev", value).value)):
        shown = TemplateLines(Template(source), shielded=True).line(message)
        assert shown.isprintable()
        encode_lines([TemplateLines(Template(source), shielded=False).line(message)])
