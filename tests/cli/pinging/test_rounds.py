"""Counting pings and pongs, with times of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.pinging import rounds as module
from broker_cli.pinging.rounds import Answer, Rounds, Spread


def test_an_answer():
    rounds = Rounds(1)
    assert rounds.deadline == float("inf")
    assert rounds.send(10.0) == 1
    assert (rounds.open, rounds.deadline) == (1, 11.0)
    assert rounds.take(1, 10.25) == Answer("answer", 0.25)
    assert (rounds.open, rounds.sent, rounds.answered, rounds.lost) == (0, 1, 1, 0)
    assert rounds.spread == Spread(0.25, 0.25, 0.25, 0.25, 0.25)


def test_a_lost_one_and_its_late_pong():
    rounds = Rounds(1)
    rounds.send(0.0)
    rounds.send(0.5)
    assert rounds.expire(0.999) == []
    assert rounds.expire(1.0) == [1]
    assert rounds.deadline == 1.5
    assert rounds.take(1, 1.25) == Answer("late", 1.25)
    assert rounds.take(1, 1.3) == Answer("duplicate", None)
    assert (rounds.lost, rounds.late, rounds.duplicates, rounds.answered) == (1, 1, 1, 0)
    assert rounds.spread is None


def test_pongs_for_nothing():
    rounds = Rounds(1)
    rounds.send(0)
    rounds.take(1, 0)
    assert rounds.take(1, 0).kind == "duplicate"
    assert rounds.take(2, 0).kind == "stray"
    assert rounds.take(0, 0).kind == "stray"
    assert (rounds.duplicates, rounds.strays) == (1, 2)


@pytest.mark.parametrize(("extra", "kind"), [(0, "late"), (1, "duplicate")])
def test_so_many_lost_ones_are_remembered(monkeypatch, extra, kind):
    monkeypatch.setattr(module, "REMEMBERED", 5)
    rounds = Rounds(1)
    for _ in range(5 + extra):
        rounds.send(0)
    rounds.expire(1)
    assert rounds.take(1, 2).kind == kind


def test_percentiles_are_of_the_latest(monkeypatch):
    monkeypatch.setattr(module, "LATEST", 100)
    rounds = Rounds(1000)
    for number in range(1, 201):
        rounds.send(0)
        rounds.take(number, number)
    assert rounds.spread == Spread(1, 100.5, 150, 195, 200)


@given(st.lists(st.tuples(st.sampled_from("spe"), st.integers(0, 12), st.floats(0, 1))))
def test_every_ping_ends_in_one_way(steps):
    rounds, now = Rounds(1.5), 0.0
    for what, number, passed in steps:
        now += passed
        if what == "s":
            rounds.send(now)
        elif what == "p":
            rounds.take(number, now)
        else:
            rounds.expire(now)
        assert rounds.sent == rounds.open + rounds.answered + rounds.lost
        assert rounds.late <= rounds.lost
    spread = rounds.spread
    if spread is not None:
        assert 0 <= spread.min <= spread.p50 <= spread.p95 <= spread.max
        assert spread.min <= spread.avg + 1e-9
        assert spread.avg <= spread.max + 1e-9
