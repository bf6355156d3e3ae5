"""The order in which entries expire, when they change all the time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker_core.stores.deadlines import _FEWEST_TO_TIDY, Deadlines


def test_nothing_expires():
    deadlines = Deadlines({}.get)
    assert deadlines.first() is None
    assert deadlines.due(10**30, 5) == []
    assert len(deadlines) == 0


def test_the_earliest_come_first_up_to_the_limit_and_stay():
    current = {"a": 3, "b": 1, (2, 7): 2}
    deadlines = Deadlines(current.get, current.items())
    assert deadlines.first() == 1
    for _ in range(2):
        assert deadlines.due(2, 5) == ["b", (2, 7)]
        assert deadlines.due(3, 2) == ["b", (2, 7)]
        assert deadlines.due(0, 5) == []
    deadlines.clear()
    assert deadlines.first() is None


def test_what_has_changed_is_dropped():
    current = {"a": 1, "b": 2, "c": 3}
    deadlines = Deadlines(current.get, current.items())
    del current["a"]
    current["b"] = 5
    deadlines.add("b", 5)
    assert deadlines.first() == 1  # a lower bound, until somebody looks
    assert deadlines.due(4, 5) == ["c"]
    assert deadlines.first() == 3
    assert deadlines.due(5, 5) == ["c", "b"]


def test_the_same_deadline_twice_is_one():
    deadlines = Deadlines({"a": 1}.get)
    deadlines.add("a", 1)
    deadlines.add("a", 1)
    assert deadlines.due(1, 5) == ["a"]
    assert len(deadlines) == 1


def test_outdated_ones_take_bounded_room():
    current = {"fixed": 7}
    deadlines = Deadlines(current.get, current.items())
    for number in range(100_000):
        current["a"] = number
        deadlines.add("a", number)
        assert len(deadlines) <= 2 * 2 + _FEWEST_TO_TIDY
    assert deadlines.due(10**6, 5) == ["fixed", "a"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 20))), st.integers(0, 20))
def test_any_history_gives_what_a_scan_would(changes, now):
    current = {}
    deadlines = Deadlines(current.get)
    for index, deadline in changes:
        current[index] = deadline
        if deadline is not None:
            deadlines.add(index, deadline)
    expected = sorted(deadline for deadline in current.values() if deadline is not None and deadline <= now)
    due = deadlines.due(now, 100)
    assert [current[index] for index in due] == expected
    assert len(set(due)) == len(due)
