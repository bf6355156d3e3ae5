"""The lines of ``subscribe --watch``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from broker_cli.live.cells import UNICODE
from broker_cli.live.tally import Tally
from broker_cli.live.watching import STALE, WatchBoard
from broker_core import Count, Event, Message


def message(topic: str, number: int = 1) -> Message:
    return Message(topic, Event("ping", "hi", Count(number)).value)


def make() -> WatchBoard:
    return WatchBoard(UNICODE, colour=False)


def topics(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines[:-1]]


def test_80_columns():
    tally = Tally(0.0)
    tally.add([message("/b"), message("/a"), message("/b", 2)], 0.5)
    tally.tick(1.0)
    assert make().lines(tally, 4.6, (80, 24)) == [
        '/b       2   2.0/s   4s ping("hi", 2)'.ljust(80),
        '/a       1   1.0/s   4s ping("hi", 1)'.ljust(80),
        "2 topics  3 messages  3.0 msg/s",
    ]


def test_60_columns():
    tally = Tally(0.0)
    tally.add([message("zeek/cluster/node/worker-1/metrics/\x1b[2J")], 0.5)
    assert make().lines(tally, 1.0, (60, 24)) == [
        'zeek/cl…metrics/\\x1b[2J       1   0s ping("hi", 1)'.ljust(60),
        "1 topic  1 messages  0 msg/s",
    ]


def test_drops_and_notes():
    tally = Tally(0.0)
    lines = make().lines(tally, 1.0, (80, 24), dropped=12, note="connection lost; " * 10)
    assert lines[-1].startswith("0 topics  12 dropped  0 messages  0 msg/s  connection lost;")
    assert len(lines[-1]) == 80
    red = WatchBoard(UNICODE, colour=True).lines(tally, 1.0, (80, 24), dropped=12)
    assert "\x1b[1;31m12 dropped\x1b[0m" in red[-1]


def test_topics_stay_where_they_appeared():
    tally, board = Tally(0.0), make()
    tally.add([message(f"/{number}") for number in (3, 1, 2)], 0.5)
    assert topics(board.lines(tally, 1.0, (80, 24))) == ["/3", "/1", "/2"]
    tally.add([message("/2")] * 5, 1.5)
    assert topics(board.lines(tally, 2.0, (80, 24))) == ["/3", "/1", "/2"]


def test_those_longest_unseen_give_way():
    tally, board = Tally(0.0), make()
    size = (80, 5)  # three topics, the line about all, the cursor
    tally.add([message("/a")], 0.1)
    tally.add([message("/b")], 0.2)
    tally.add([message("/c")], 0.3)
    assert topics(board.lines(tally, 1.0, size)) == ["/a", "/b", "/c"]
    tally.add([message("/d"), message("/b")], 1.0)
    lines = board.lines(tally, 0.1 + STALE - 0.01, size)
    assert topics(lines) == ["/a", "/b", "/c"]  # /a may still be read
    assert "4 topics  1 more not shown" in lines[-1]
    assert topics(board.lines(tally, 0.1 + STALE, size)) == ["/b", "/c", "/d"]
    assert topics(board.lines(tally, 100.0, size)) == ["/b", "/c", "/d"]  # /a has nothing new
    tally.add([message("/a")], 100.0)
    assert topics(board.lines(tally, 100.1, size)) == ["/a", "/b", "/d"]


def test_a_smaller_terminal_shows_the_newest():
    tally, board = Tally(0.0), make()
    for number in range(5):
        tally.add([message(f"/{number}")], 0.1 * number)
    assert len(topics(board.lines(tally, 1.0, (80, 24)))) == 5
    assert topics(board.lines(tally, 1.0, (80, 4))) == ["/3", "/4"]
    assert len(topics(board.lines(tally, 1.0, (80, 24)))) == 5


@pytest.mark.parametrize("height", [1, 2, 3])
def test_very_low_terminals(height):
    tally = Tally(0.0)
    tally.add([message("/a"), message("/b")], 0.1)
    lines = make().lines(tally, 1.0, (80, height))
    assert len(lines) == max(1, height - 1)
    assert "2 topics" in lines[-1]


@given(
    steps=st.lists(st.tuples(st.lists(st.integers(0, 12), max_size=6), st.floats(0, 4)), max_size=10),
    height=st.integers(3, 9),
    width=st.integers(30, 120),
)
def test_whatever_comes_there_is_room(steps, height, width):
    tally, board, now = Tally(0.0), make(), 0.0
    for numbers, pause in steps:
        now += pause
        tally.add([message(f"/{number:02}/漢") for number in numbers], now)
        lines = board.lines(tally, now, (width, height))
        known = len(tally.rows(by_event=False))
        assert len(lines) == min(known, height - 2) + 1
        assert len(set(topics(lines))) == len(lines) - 1
        assert all(cell_len(line) <= width and line.isprintable() for line in lines)
