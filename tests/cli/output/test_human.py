"""What people read, without colours."""

from __future__ import annotations

from hypothesis import given

from broker_cli.output.human import HumanLines, pieces_of_value
from broker_core import Batch, Count, DecodeError, Event, IdentifierUpdate, LogWrite, Message, Set, Table, Timestamp
from broker_core.codecs import text
from strategies import topics, values
from zeek_frames import data_frames


def line(value: object, topic: str = "/t", *, verbose: bool = False) -> str:
    return HumanLines(verbose=verbose).line(Message(topic, value))


@given(values())
def test_values_are_literals(value):
    assert "".join(piece.text for piece in pieces_of_value(value)) == text.encode(value)


@given(topics().filter(bool), values())
def test_lines_are_safe(topic, value):
    assert line(value, topic).isprintable()


def test_events():
    assert line(Event("ping", "hello", Count(5), -3).value) == '/t ping("hello", 5, -3)'
    event = Event("ping", Set([1, 2]), Table(), Set(), metadata={1: Timestamp(0), 200: "x"})
    assert line(event.value) == (
        '/t ping({+1, +2}, table(), set()) network-timestamp=1970-01-01T00:00:00Z meta-200="x"'
    )


def test_nothing_from_the_network_is_markup_or_an_escape_sequence():
    hostile = "\x1b[31m[bold]x[/bold]\x9b\u202e"
    assert line(hostile, hostile) == (
        "\\x1b[31m[bold]x[/bold]\\u009b\\u202e " + '"\\x1b[31m[bold]x[/bold]\\u009b\\u202e"'
    )
    assert line(Event("\x1b[2J").value) == "/t \\x1b[2J()"


def test_identifier_updates():
    assert line(IdentifierUpdate("A::b", Count(5)).value) == "/t identifier update A::b = 5"


def test_a_batch_is_summarised():
    members = [Event("a"), Event("a"), IdentifierUpdate("x", 1), Batch([Event("b")])]
    assert line(Batch(members).value) == "/t batch of 4: 2 x event a, 1 x identifier update, 1 x event b"


def test_a_batch_of_one_is_what_it_holds():
    assert line(Batch([Event("a", 1)]).value) == "/t a(+1)"


def test_verbose_shows_the_members_of_a_batch():
    members = [Event("a", "\n"), Event("b")]
    assert line(Batch(members).value, verbose=True).splitlines() == [
        "/t batch of 2: 1 x event a, 1 x event b",
        '  a("\\n")',
        "  b()",
    ]


def test_what_only_looks_like_a_zeek_message_is_a_vector():
    assert line((Count(1), Count(9), ())) == "/t (1, 9, ())"
    assert line((Count(1), Count(1), ("ping", (), 5))) == '/t (1, 1, ("ping", (), +5))'


def test_real_logs_name_their_columns():
    formatter = HumanLines()
    frames = [frame for frame in data_frames("zeek-log-writes") if frame.from_zeek and "logs/Rec" in frame.topic]
    shown = [formatter.line(Message(frame.topic, payload=frame.payload)) for frame in frames]
    creates = [one for one in shown if " log create " in one]
    writes = [one for one in shown if " log write " in one]
    assert creates[0].startswith("zeek/logs/Rec::LOG log create Rec::LOG rec: b bool, i int, c count, ")
    assert "st set[string], v vector[count], unset string optional" in creates[0]
    assert any(one.startswith("zeek/logs/Rec::LOG log write Rec::LOG rec: b=T, i=-42, c=3") for one in writes)
    assert all("unset=" not in one for one in writes)


def test_a_log_line_without_its_columns():
    frames = [frame for frame in data_frames("zeek-log-writes") if frame.from_zeek]
    shown = [HumanLines(verbose=True).line(Message(frame.topic, payload=frame.payload)) for frame in frames]
    assert any("log write Rec::LOG rec: T, -42, 3, 3.25, " in one for one in shown)


def test_a_log_line_that_cannot_be_read():
    assert line(LogWrite("A::LOG", "W", "a", b"\x00").value).startswith("/t log write A::LOG a (1 bytes: ")


def test_columns_are_not_kept_without_end():
    formatter = HumanLines()
    (frame, *_) = [
        frame for frame in data_frames("zeek-log-writes") if b"Rec::LOG" in frame.payload and frame.from_zeek
    ]
    for number in range(1100):
        formatter.reader._columns[str(number), "", ""] = ()
    formatter.line(Message(frame.topic, payload=frame.payload))
    assert len(formatter.reader._columns) <= 1101


def test_every_recorded_message_can_be_shown():
    formatter = HumanLines(verbose=True)
    frames = data_frames()
    assert len(frames) > 100
    for frame in frames:
        try:
            shown = formatter.line(Message(frame.topic, payload=frame.payload))
        except DecodeError:
            continue
        assert shown.replace("\n", "").isprintable()
