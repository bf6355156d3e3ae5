"""What is written, as a terminal understands it."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.live.screen import Block, FullScreen

LINES = st.lists(st.text("ab ", max_size=10), min_size=1, max_size=6)


class Seen:
    def __init__(self, before: bytes = b"") -> None:
        self.screen = pyte.Screen(12, 8)
        self._stream = pyte.ByteStream(self.screen)
        self.feed(before)

    def feed(self, data: bytes) -> None:
        self._stream.feed(data)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]


def stripped(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines]


@given(st.lists(LINES, max_size=6))
def test_a_full_screen_shows_what_it_is_given(states):
    painting, seen = FullScreen(), Seen(b"junk")
    seen.feed(painting.enter())
    for lines in states:
        whole = [*lines, *[""] * (8 - len(lines))]
        seen.feed(painting.paint(whole))
        assert seen.lines == stripped(whole)


def test_only_lines_that_changed_are_written():
    painting = FullScreen()
    painting.enter()
    assert b"one" in painting.paint(["one", "two"])
    assert painting.paint(["one", "two"]) == b""
    assert painting.paint(["one", "2"]) == b"\x1b[2;1H\x1b[2K2"
    painting.forget()
    assert painting.paint(["one", "2"]).startswith(b"\x1b[2J")


def test_a_full_screen_is_left_as_it_was_entered():
    painting = FullScreen()
    entered, left = painting.enter().decode(), painting.leave().decode()
    assert entered == "\x1b[?1049h\x1b[?25l\x1b[?7l"
    assert left == "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
    assert painting.paint(["x"]).startswith(b"\x1b[2J")


@given(st.lists(LINES, max_size=6))
def test_a_block_shows_what_it_is_given_below_what_was_there(states):
    painting, seen = Block(), Seen(b"$ broker\r\n")
    seen.feed(painting.enter())
    for lines in states:
        seen.feed(painting.paint(lines))
        assert seen.lines[: len(lines) + 2] == ["$ broker", *stripped(lines), ""]
        assert not any(seen.lines[len(lines) + 2 :])
    seen.feed(painting.leave() + b"$")
    assert seen.lines[len(states[-1]) + 1 if states else 1] == "$"


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_a_block_scrolls_what_was_there_away(sizes):
    painting, seen = Block(), Seen(b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n$\r\n")
    for at, size in enumerate(sizes):
        lines = [f"{at}-{number}" for number in range(size)]
        seen.feed(painting.paint(lines))
        text = seen.lines
        start = text.index(lines[0])
        assert text[start : start + size + 1] == [*lines, ""]


def test_a_block_that_did_not_change_writes_nothing():
    painting = Block()
    painting.enter()
    assert painting.paint(["a", "b"]) == b"\r\x1b[2Ka\r\n\x1b[2Kb\r\n"
    assert painting.paint(["a", "b"]) == b""
    assert painting.paint(["a", "c"]) == b"\r\x1b[2A\r\n\x1b[2Kc\r\n"
    painting.forget()
    assert painting.paint(["a", "c"]) == b"\r\x1b[2A\x1b[J\x1b[2Ka\r\n\x1b[2Kc\r\n"


def test_a_block_begins_anew_after_an_interruption():
    painting, seen = Block(), Seen()
    for data in (painting.enter(), painting.paint(["a"]), painting.leave(), b"$ fg\r\n", painting.enter()):
        seen.feed(data)
    seen.feed(painting.paint(["b"]))
    assert seen.lines[:4] == ["a", "$ fg", "b", ""]


@pytest.mark.parametrize("make", [FullScreen, Block])
def test_what_is_no_text_is_replaced(make):
    painting = make()
    painting.enter()
    assert b"?" in painting.paint(["\udc00"])
