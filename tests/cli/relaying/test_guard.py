"""What comes back is recognized."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.relaying.guard import MOST_ALIKE, MOST_DIFFERENT, LoopGuard


def came(guard: LoopGuard, side: str, payload: bytes = b"1", topic: str = "/x") -> bool:
    """Whether what comes from *side* is held back."""
    return guard.holds_back(side, topic, topic, payload)


def test_what_went_there_and_comes_back():
    guard = LoopGuard(10, always=True)
    guard.tick(0)
    guard.note("a", "/x", b"1")
    assert came(guard, "b")
    assert came(guard, "a")  # it may have gone round on the same way
    assert not came(guard, "b", b"2")
    assert not came(guard, "b", topic="/y")


def test_names_are_those_of_the_side():
    guard = LoopGuard(10, always=True)
    guard.tick(0)
    guard.note("a", "/b", b"1")
    assert guard.holds_back("b", "/b", "/a", b"1")
    assert guard.holds_back("a", "/a", "/b", b"1")
    assert not guard.holds_back("b", "/a", "/c", b"1")


def test_repetitions_are_no_loop():
    guard = LoopGuard(10)
    guard.tick(0)
    for _ in range(2 * MOST_ALIKE):
        assert not came(guard, "a")
        guard.note("a", "/x", b"1")


@pytest.mark.parametrize("gap", [0.1, 1, 4.9, 9.9, 10])
def test_it_is_remembered_for_the_time_at_least_and_twice_that_at_most(gap):
    guard = LoopGuard(10, always=True)
    now = 100.0
    guard.tick(now)
    guard.note("b", "/x", b"1")
    while (now := now + gap) < 110:
        guard.tick(now)
        assert came(guard, "a")
    while (now := now + gap) < 120 + 2 * gap:
        guard.tick(now)
    guard.tick(now)
    assert not came(guard, "a")


def test_after_a_long_silence_nothing_is_remembered():
    guard = LoopGuard(10, always=True)
    guard.tick(0)
    guard.note("a", "/x", b"1")
    guard.tick(20)
    assert not came(guard, "b")


@given(st.integers(1, 20), st.integers(1, 100))
def test_the_latest_are_remembered_and_no_more_than_twice_as_many(most, count):
    guard = LoopGuard(10, always=True, most=most)
    for number in range(count):
        guard.tick(0)
        guard.note("a", "/x", b"%d" % number)
        assert len(guard._carried["a"]) <= 2 * most
    for number in range(max(0, count - most), count):
        assert came(guard, "b", b"%d" % number)


def back_and_forth(guard: LoopGuard, number: int) -> bool:
    """Whether message *number*, carried to B and coming back, is held back."""
    guard.note("a", "/x", b"%d" % number)
    return came(guard, "b", b"%d" % number)


def test_few_that_come_back_may_be_the_same_by_chance():
    told: list = []
    guard = LoopGuard(10)
    guard.on_engaged = told.append
    guard.tick(0)
    assert not any(back_and_forth(guard, number) for number in range(MOST_DIFFERENT))
    assert told == []
    assert back_and_forth(guard, MOST_DIFFERENT)
    assert told == ["b"]
    assert back_and_forth(guard, 0)
    assert told == ["b"]


def test_one_that_comes_back_again_and_again():
    guard = LoopGuard(10)
    guard.tick(0)
    assert not any(back_and_forth(guard, 1) for _ in range(MOST_ALIKE))
    assert back_and_forth(guard, 1)


def test_what_comes_back_now_and_then_is_carried_for_ever():
    guard = LoopGuard(10)
    for second in range(0, 10_000, 10):
        guard.tick(second)
        assert not any(back_and_forth(guard, number) for number in range(MOST_DIFFERENT))


def test_after_a_time_without_loop_it_needs_many_again():
    guard = LoopGuard(10)
    guard.tick(0)
    for number in range(MOST_DIFFERENT + 1):
        back_and_forth(guard, number)
    guard.tick(11)
    assert guard.engaged  # something came back in the time that is over
    guard.tick(22)
    assert not guard.engaged
    assert not back_and_forth(guard, 1)


def test_always_stays_so():
    guard = LoopGuard(10, always=True)
    guard.tick(0)
    guard.tick(100)
    assert back_and_forth(guard, 1)
