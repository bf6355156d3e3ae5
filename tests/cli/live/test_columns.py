"""The table adapts to its screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from broker_cli.live.cells import UNICODE
from broker_cli.live.columns import Table, layout
from broker_cli.live.tally import Tally
from broker_cli.live.values import Painter, Values
from broker_core import Event, ForeignMessage, IdentifierUpdate, Message


def titles(width: int, **names: int) -> list[str]:
    columns = layout(width, by_event=True, **{"longest_topic": 30, "longest_event": 20, **names})
    return [column.title for column in columns]


def test_wider_screens_have_more_columns():
    assert titles(40) == ["TOPIC", "MSG/S", "LAST MESSAGE"]
    assert titles(60) == ["TOPIC", "MSG/S", "BYTES/S", "TREND", "LAST MESSAGE"]
    assert titles(80) == ["TOPIC", "MSG/S", "BYTES/S", "TOTAL", "TREND", "LAST MESSAGE"]
    assert titles(120) == ["TOPIC", "EVENT", "MSG/S", "BYTES/S", "TOTAL", "AGE", "TREND", "LAST VALUE"]
    assert titles(200) == [
        *("TOPIC", "EVENT", "MSG/S", "AVG", "PEAK", "BYTES/S", "TOTAL", "BYTES", "AGE", "TREND", "LAST VALUE"),
    ]


@given(st.integers(1, 300), st.booleans(), st.integers(0, 400), st.integers(0, 400))
def test_a_layout_fills_the_screen(width, by_event, topic, event):
    columns = layout(width, by_event=by_event, longest_topic=topic, longest_event=event)
    gap = 2 if width >= 100 else 1
    used = sum(column.width for column in columns) + gap * (len(columns) - 1)
    assert all(column.width > 0 for column in columns)
    if width >= 30:
        assert used == width


@given(st.integers(24, 250), st.booleans(), st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_lines_are_as_wide_as_the_screen(width, by_event, topic, event):
    tally = Tally(0.0)
    tally.add([Message(topic, Event(event.encode("utf-8", "replace").decode(), 5).value)], 0.1)
    table = Table(UNICODE, Painter(colour=False), Values(UNICODE, Painter(colour=False)))
    rows = list(tally.rows(by_event=by_event))
    table.prepare(rows, width, by_event=by_event)
    for line in (table.head(width, "rate", reverse=False), table.line(rows[0], 0, 1.0, width)):
        assert cell_len(line) == width
        assert line.isprintable()


def test_columns_do_not_jump_when_long_names_leave():
    tally = Tally(0.0)
    tally.add([Message("/a", None), Message("/a/long/topic", None)], 0.1)
    table = Table(UNICODE, Painter(colour=False), Values(UNICODE, Painter(colour=False)))
    short, long = tally.rows(by_event=False)
    table.prepare([short, long], 80, by_event=False)
    head = table.head(80, "rate", reverse=False)
    table.prepare([short], 80, by_event=False)
    assert table.head(80, "rate", reverse=False) == head
    table.prepare([short], 90, by_event=False)
    table.prepare([short], 80, by_event=False)
    assert table.head(80, "rate", reverse=False) != head


@pytest.mark.parametrize(
    ("sort", "reverse", "title"),
    [
        ("rate", False, "MSG/S↓"),
        ("rate", True, "MSG/S↑"),
        ("bytes", False, "BYTES/S↓"),
        ("total", False, "TOTAL↓"),
        ("last", False, "AGE↓"),
        ("name", False, "TOPIC↑"),
        ("name", True, "TOPIC↓"),
    ],
)
def test_an_arrow_stands_where_it_is_sorted(sort, reverse, title):
    table = Table(UNICODE, Painter(colour=False), Values(UNICODE, Painter(colour=False)))
    table.prepare([], 120, by_event=True)
    assert title in table.head(120, sort, reverse=reverse).split()


def test_kinds_are_words_and_formats_are_names():
    tally = Tally(0.0)
    tally.add([ForeignMessage("/t", b"{}", "broker-json-v1"), Message("/t", IdentifierUpdate("x", 5).value)], 0.1)
    table = Table(UNICODE, Painter(colour=False), Values(UNICODE, Painter(colour=False)))
    rows = list(tally.rows(by_event=True))
    table.prepare(rows, 140, by_event=True)
    texts = [table.line(row, 0, 1.0, 140) for row in rows]
    assert "(broker-json-v1)" in texts[0]
    assert "identifier update" in texts[1]
