"""Lines become messages, and what the program prints is read back as the same values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.json_lines import JsonLines
from broker_cli.output.plain import PlainLines
from broker_cli.reading import TextReader, make_reader
from broker_core import Count, DecodeError, Event, InvalidValue, Message, Timestamp
from strategies import is_same, topics, values

ONE = Count(1)


def read(form: str, *lines: bytes | str, topic: str | None = None, event: str | None = None, keep_going: bool = False):
    raw = [line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line for line in lines]
    return make_reader(form, topic, event).batch(raw, keep_going=keep_going)


EVENTS = st.builds(
    lambda name, args, metadata: Event(name, *args, metadata=metadata).value,
    st.sampled_from(["ping", "Intel::match", "set", "a b", "", "vector", 'x"', "é"]),
    st.lists(values(), max_size=3),
    st.none() | st.dictionaries(st.integers(200, 300), values(), max_size=2) | st.just({1: Timestamp(5)}),
)


@pytest.mark.parametrize(("form", "formatter"), [("ndjson", JsonLines()), ("text", PlainLines("text"))])
@given(data=st.data())
def test_what_is_printed_is_read_back(form, formatter, data):
    topic = data.draw(topics().filter(bool))
    value = data.draw(values() | EVENTS)
    line = formatter.line(Message(topic, value))
    assert "\n" not in line
    batch = read(form, line)
    assert batch.problems == []
    ((topic_again, value_again),) = batch.found
    assert topic_again == topic
    assert is_same(value_again, value)


@given(st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=5))
def test_any_line_is_a_string_byte_for_byte(lines):
    batch = read("lines", *lines, topic="/t")
    assert [topic for topic, _ in batch.found] == ["/t"] * len(lines)
    assert [value if isinstance(value, bytes) else value.encode() for _, value in batch.found] == lines


def test_lines_can_be_arguments_of_an_event():
    batch = read("lines", b"a", b"\xff", topic="/t", event="line")
    assert batch.found == [("/t", Event("line", "a").value), ("/t", Event("line", b"\xff").value)]


def test_lines_need_a_topic():
    with pytest.raises(InvalidValue, match="need a topic"):
        make_reader("lines", None, None)
    with pytest.raises(InvalidValue):
        make_reader("lines", "", None)


MESSAGE = '"@data-type":"count","data":5'


@pytest.mark.parametrize(
    ("line", "topic", "messages"),
    [
        (f'{{"topic":"/a",{MESSAGE}}}', None, [("/a", Count(5))]),
        (f'{{"topic":"/a",{MESSAGE}}}', "/b", [("/b", Count(5))]),
        (f"{{{MESSAGE}}}", "/b", [("/b", Count(5))]),
        (f'{{"type":"data-message","topic":"/a",{MESSAGE},"v":1,"seq":9}}', None, [("/a", Count(5))]),
        ("", None, []),
        (" \t\r", None, []),
        ('{"type":"listening","port":1}', None, []),
        ('{"type":"gap","peer":"h:1","lost":1.5,"ts":2.5}', None, []),
        ('{"type":"status","code":"peer_added"}', None, []),
    ],
)
def test_ndjson(line, topic, messages):
    assert read("ndjson", line, topic=topic) == (messages, [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no JSON"),
        ("[]", "expected an object"),
        (f"{{{MESSAGE}}}", "no topic"),
        (f'{{"topic":5,{MESSAGE}}}', "no topic"),
        (f'{{"topic":"",{MESSAGE}}}', "topic is empty"),
        ('{"topic":"/a"}', "without @data-type"),
        ('{"type":"something else"}', "without @data-type"),
        ('{"topic":"/a","@data-type":"count","data":-1}', "outside"),
        (b'{"topic":"/a\xff', "no JSON"),
    ],
)
def test_bad_ndjson(line, problem):
    ((at, text),) = read("ndjson", line).problems
    assert at == 0
    assert problem in text


@pytest.mark.parametrize(
    ("line", "topic", "value"),
    [
        ("/a 5", "/a", Count(5)),
        ("  /a   5 ", "/a", Count(5)),
        ('"/a b" ping("x")', "/a b", Event("ping", "x").value),
        ("/a ping()", "/a", Event("ping").value),
        ("/a ping(1, 2) @ ((200, 5))", "/a", Event("ping", Count(1), Count(2), metadata={200: Count(5)}).value),
        ("/a ping() @ ()", "/a", (ONE, ONE, ("ping", (), ()))),
        ('/a ping(") @ (")', "/a", Event("ping", ") @ (").value),
        ("/a (1, 2)", "/a", (Count(1), Count(2))),
        ("/a 5\r", "/a", Count(5)),
    ],
)
def test_text(line, topic, value):
    assert read("text", line) == ([(topic, value)], [])


def test_text_with_one_topic_for_all_lines():
    batch = read("text", "ping(5)", "5", "", topic="/t")
    assert batch == ([("/t", Event("ping", Count(5)).value), ("/t", Count(5))], [])


@pytest.mark.parametrize(
    "line", ["/a", '"/a"5', "/a 5 6", "/a ping(", "/a ping(1) x", '"" 5', "/a ping(1) @ 5", "/a hello"]
)
def test_bad_text(line):
    assert [at for at, _ in read("text", line).problems] == [0]


def test_reading_stops_at_a_bad_line_or_goes_on():
    lines = ["/a 1", "bad", "/a 2", "worse"]
    stopped, on = read("text", *lines), read("text", *lines, keep_going=True)
    assert stopped.found == [("/a", Count(1))]
    assert [at for at, _ in stopped.problems] == [1]
    assert on.found == [("/a", Count(1)), ("/a", Count(2))]
    assert [at for at, _ in on.problems] == [1, 3]


def test_metadata_marks_inside_strings_are_text():
    value = TextReader(None).parse('/t ev(") @ (1)", 2) @ ((200, ") @ ("))')
    assert value == ("/t", (Count(1), Count(1), ("ev", (") @ (1)", Count(2)), ((Count(200), ") @ ("),))))


def test_a_long_line_full_of_marks_is_refused_in_one_pass():
    with pytest.raises(DecodeError):
        TextReader(None).parse("/t ev(" + ") @ (" * 400_000)  # took minutes when each mark was tried to the end
