"""The progress bar: seldom, never where results go, and gone at the end."""

from __future__ import annotations

import io

import pytest

from broker_cli.context import Context
from broker_cli.stores.progress import Bar


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def make(**changes) -> Context:
    surroundings = {"stderr_is_terminal": True, "stdout_is_terminal": False, "environ": {}}
    return Context(stderr=io.StringIO(), **{**surroundings, **changes})


def run(context: Context, *, seconds: float = 10.0, **how) -> str:
    clock = Clock()
    with Bar(context, "entries", 50, clock=clock, **how) as bar:
        for done in range(50):
            clock.now += seconds / 50
            bar.reach(done)
    return context.stderr.getvalue()


def test_a_bar_for_those_who_wait():
    shown = run(make())
    assert "entries" in shown
    assert "40/50" in shown


def test_what_is_quick_has_none():
    assert run(make(), seconds=0.9) == ""


@pytest.mark.parametrize(
    "changes",
    [{"stderr_is_terminal": False}, {"stdout_is_terminal": True}, {"verbosity": -1}, {"environ": {"TERM": "dumb"}}],
)
def test_none_where_it_would_disturb(changes):
    assert run(make(**changes)) == ""


def test_results_that_come_in_the_end_are_not_disturbed():
    assert "40/50" in run(make(stdout_is_terminal=True), alone=True)
    assert run(make(stderr_is_terminal=False), alone=True) == ""


def test_none_where_it_is_not_wanted():
    assert run(make(), wanted=False) == ""


def test_not_more_often_than_can_be_seen():
    context, clock = make(), Clock()
    with Bar(context, "entries", None, clock=clock) as bar:
        clock.now += 2
        bar.reach(1)
        size = len(context.stderr.getvalue())
        for done in range(1000):
            clock.now += 0.00001
            bar.reach(done)
        assert len(context.stderr.getvalue()) == size
