"""The view and its keys."""

from __future__ import annotations

import pytest

from broker_cli.live.ordering import SORTS
from broker_cli.live.tally import Tally
from broker_cli.live.viewing import KEYS, LONGEST_PATTERN, Action, View
from broker_core import Event, Message


def make(count: int = 30) -> Tally:
    tally = Tally(0.0)
    tally.add([Message(f"/{number}", Event("e" if number % 2 else "f").value) for number in range(count)], 0.5)
    return tally


def press(view: View, *keys: str, tally: Tally | None = None, now: float = 1.0) -> list[Action]:
    counted = tally or make()
    return [action for key in keys if (action := view.press(key, counted, now))]


def test_q_quits():
    for key in ("q", "Q"):
        assert press(View(), key) == [Action.QUIT]
    assert press(View(), "?", "q") == [Action.QUIT]
    assert press(View(), "/", "q") == []


def test_sorting():
    view = View()
    seen = [view.sort]
    for _ in SORTS:
        press(view, "s")
        seen.append(view.sort)
    assert seen == [*SORTS, SORTS[0]]
    press(view, "S", "r")
    assert (view.sort, view.reverse) == (SORTS[-1], True)
    press(view, "s")
    assert (view.sort, view.reverse) == (SORTS[0], False)


def test_by_topic_and_event():
    tally = Tally(0.0)
    tally.add([Message("/t", Event(name).value) for name in "ab"], 0.1)
    view = View()
    assert len(view.rows(tally)) == 2
    press(view, "e")
    assert len(view.rows(tally)) == 1
    press(view, "e")
    assert view.by_event


def test_a_filter_is_typed():
    view, tally = View(), make()
    press(view, "/", "/", "1", "x", "backspace", "up", "tab")
    assert (view.typed, view.pattern) == ("/1", "")
    assert len(view.rows(tally)) == 11  # while it is typed
    press(view, "enter")
    assert (view.typed, view.pattern) == (None, "/1")
    assert len(view.rows(tally)) == 11
    press(view, "/", "*", "ctrl-u", "9", "esc")
    assert (view.typed, view.pattern) == (None, "")
    press(view, "/", "a", "enter", "esc")
    assert view.pattern == ""


def test_a_filter_is_bounded():
    view = View()
    press(view, "/", *"x" * (LONGEST_PATTERN + 1))
    assert view.typed == "x" * LONGEST_PATTERN


def test_scrolling():
    view = View()
    view.clamp(30, 10)
    press(view, "up")
    assert view.first == 0
    press(view, "down", "j", "down", "k")
    assert view.first == 2
    press(view, "pgdn")
    view.clamp(30, 10)
    assert view.first == 12
    press(view, "end")
    view.clamp(30, 10)
    assert view.first == 20
    press(view, "down")
    view.clamp(30, 10)
    assert view.first == 20
    press(view, "pgup", "up")
    assert view.first == 9
    press(view, "home")
    assert view.first == 0
    press(view, "G", "s")
    assert view.first == 0
    view.clamp(3, 0)
    assert (view.first, view.page) == (0, 1)


@pytest.mark.parametrize("keys", [("p", "p"), (" ", " "), ("ctrl-s", "ctrl-q"), ("p", " ")])
def test_pausing(keys):
    view, tally = View(), make(2)
    press(view, keys[0], tally=tally, now=7.0)
    tally.add([Message("/late", None)], 8.0)
    assert view.paused
    assert view.frozen_at == 7.0
    assert len(view.rows(view.frozen)) == 2
    press(view, keys[1], tally=tally)
    assert not view.paused


def test_flow_control_keys_do_only_their_half():
    view = View()
    press(view, "ctrl-q")
    assert not view.paused
    press(view, "ctrl-s", "ctrl-s")
    assert view.paused


def test_counting_anew_ends_a_pause():
    view = View()
    view.first = 5
    assert press(view, "p", "c") == [Action.RESET]
    assert not view.paused
    assert view.first == 0


def test_help_takes_any_key():
    view = View()
    press(view, "?")
    assert view.helping
    press(view, "p")
    assert not view.helping
    assert not view.paused
    assert {key for key, _ in KEYS} >= {"q", "r", "/", "e", "c", "?"}


@pytest.mark.parametrize("key", ["x", "ctrl-a", "left", "right", "delete", "\ufffd", "\x00"])
def test_other_keys_do_nothing(key):
    view = View()
    before = dict(vars(view))
    assert press(view, key) == []
    assert vars(view) == before
