"""The formats text, broker and raw."""

from __future__ import annotations

import pytest
from hypothesis import given

from broker_cli.output import encode_lines
from broker_cli.output.plain import PlainLines, ShieldedLines, body_text, topic_text
from broker_core import Batch, Count, Event, Message, Timestamp
from strategies import topics, values

ONE = Count(1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Event("ping", "a", Count(5)).value, 'ping("a", 5)'),
        (Event("ping").value, "ping()"),
        (Event("A::b", metadata={200: "x"}).value, 'A::b() @ ((200, "x"))'),
        (Event("ping", metadata={1: Timestamp(0)}).value, "ping() @ ((1, 1970-01-01T00:00:00Z))"),
        (Event("set", Count(1)).value, '(1, 1, ("set", (1)))'),
        (Event("a b").value, '(1, 1, ("a b", ()))'),
        ((*Event("ping").value, "more"), '(1, 1, ("ping", ()), "more")'),
        ((ONE, ONE, ("ping", (), (), 5)), '(1, 1, ("ping", (), (), +5))'),
        ((ONE, ONE, ("ping", (), 5)), '(1, 1, ("ping", (), +5))'),
        ((ONE, ONE, 5), "(1, 1, +5)"),
        (Batch([Event("ping")]).value, '(1, 5, ((1, 1, ("ping", ()))))'),
        (Count(5), "5"),
    ],
)
def test_values_as_text(value, text):
    assert body_text(value) == text


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("/a/b", "/a/b"),
        ("a b", '"a b"'),
        ('a"b', '"a\\"b"'),
        ("é", "é"),
        ("\udcff", '"\\xff"'),
        ("a\x1bb", '"a\\x1bb"'),
    ],
)
def test_topics_as_text(topic, text):
    assert topic_text(topic) == text


def test_broker_prints_as_cpp_does():
    message = Message("/t", Event("ping", "é", Count(5), 5, 0.5, Timestamp(7)).value)
    assert PlainLines("broker").line(message) == "/t (1, 1, (ping, (é, 5, 5, 0.500000, 7ns)))"
    assert encode_lines([PlainLines("broker").line(Message("/t", b"\xff"))]) == b"/t \xff\n"


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ("a\tb", b"a\tb\n"),
        (b"\xff\x00", b"\xff\x00\n"),
        (Event("line", "x").value, b"x\n"),
        (Event("line", b"\xff").value, b"\xff\n"),
        ("", b"\n"),
    ],
)
def test_raw_is_the_bytes_of_a_string(value, raw):
    assert encode_lines(PlainLines("raw").lines([Message("/t", value)])) == raw


@pytest.mark.parametrize(
    "value", [Count(5), Event("line", "x", "y").value, Event("line").value, Event("line", Count(1)).value, ("x",)]
)
def test_raw_has_no_line_for_anything_else(value):
    assert PlainLines("raw").line(Message("/t", value)) is None
    with pytest.raises(ValueError, match="without a line"):
        PlainLines("raw").lines([Message("/t", "good"), Message("/t", value)])


@pytest.mark.parametrize("form", ["text", "broker", "raw"])
@given(topic=topics().filter(bool), value=values())
def test_nothing_acts_on_a_terminal(form, topic, value):
    shielded = ShieldedLines(PlainLines(form))
    line = shielded.line(Message(topic, value))
    assert line is None or line.isprintable()
    if line is not None:
        assert shielded.lines([Message(topic, value)]) == [line]


def test_no_lines_are_no_bytes():
    assert encode_lines([]) == b""
