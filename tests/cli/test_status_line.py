"""The line that is written over."""

from __future__ import annotations

import io
import os

import pyte
import pytest

from broker_cli.context import Context
from broker_cli.status_line import PATIENCE, PAUSE, StatusLine


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def make(**changes):
    stream = io.StringIO()
    options = {"stderr": stream, "stderr_is_terminal": True, "stdout_is_terminal": True, "environ": {"COLUMNS": "40"}}
    context = Context(**(options | changes))
    clock = Clock()
    return context, clock, stream, StatusLine(context, clock=clock)


def shown(stream):
    """What a person sees."""
    screen = pyte.Screen(40, 5)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    return [line.rstrip() for line in screen.display if line.strip()]


def test_it_is_shown_after_a_while_and_then_now_and_then():
    _, clock, stream, status = make()
    with status:
        status.show(lambda: "early")
        assert shown(stream) == []
        clock.now += PATIENCE
        status.show(lambda: "10 messages")
        assert shown(stream) == ["10 messages"]
        status.show(lambda: "11 messages")
        assert shown(stream) == ["10 messages"]
        clock.now += PAUSE
        status.show(lambda: "12")
        assert shown(stream) == ["12"]
    assert shown(stream) == []


def test_other_lines_scroll_by_above_it():
    context, clock, stream, status = make()
    clock.now += PATIENCE
    with status:
        context.warn("early")
        status.show(lambda: "10 messages")
        context.warn("the peer left")
        assert shown(stream) == ["broker: early", "broker: the peer left", "10 messages"]
        context.ask("Password? ")
    context.warn("later")
    assert shown(stream)[-1] == "broker: later"
    assert context.stderr is stream


def test_it_fits_and_hides_nothing_that_a_terminal_would_act_on():
    _, clock, stream, status = make()
    clock.now += PATIENCE
    with status:
        status.show(lambda: "\x1b[2J" + "x" * 100)
        assert shown(stream) == ["\\x1b[2J" + "x" * 32]


@pytest.mark.parametrize(
    "changes",
    [
        {"stderr_is_terminal": False},
        {"verbosity": -1},
        {"errors_as_json": True},
        {"environ": {"TERM": "dumb"}},
    ],
    ids=str,
)
def test_who_does_not_see_it(changes):
    context, clock, stream, status = make(**changes)
    clock.now += PATIENCE
    with status:
        status.show(lambda: pytest.fail("nobody looks"))
        assert context.stderr is stream
    assert stream.getvalue() == ""


def test_a_terminal_that_stands_still_is_not_written_to():
    screen, terminal = os.openpty()
    with os.fdopen(terminal, "w") as stream:
        context, _, _, status = make(stderr=stream)
        with status:
            assert context.stderr.fileno() == stream.fileno()
            assert context.takes_messages()
    os.close(screen)


def test_a_stream_that_is_closed_is_given_up():
    context, clock, stream, status = make()
    clock.now += PATIENCE
    with status:
        stream.close()
        status.show(lambda: "x")
        context.warn("y")
        assert not status.wanted
