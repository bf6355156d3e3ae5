"""Order and filter of rows."""

from __future__ import annotations

import pytest

from broker_cli.live.ordering import SORTS, arrange, matcher
from broker_cli.live.tally import Row


def row(topic: str | None, event: str | None = None, **facts: float) -> Row:
    made = Row(topic, event, None if topic is None else "event" if event else "log-write")
    for name, value in facts.items():
        setattr(made, name, value)
    return made


ROWS = [
    row("/b", "ping", rate=5, average=2, byte_rate=10, messages=100, last_seen=3),
    row("/a", "pong", rate=5, average=4, byte_rate=30, messages=50, last_seen=1),
    row("/a", "Ping", rate=9, average=1, byte_rate=20, messages=70, last_seen=2),
    row(None, rate=99, byte_rate=99, messages=999, last_seen=9),
]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("rate", "DCBA"), ("bytes", "DBCA"), ("total", "DACB"), ("last", "DACB"), ("name", "CBAD")],
)
def test_the_highest_is_first(sort, order):
    letters = dict(zip("ABCD", ROWS, strict=True))
    assert arrange(ROWS, sort, reverse=False) == [letters[letter] for letter in order]
    backwards = order[-2::-1] + "D" if sort == "name" else order[::-1]
    assert arrange(ROWS, sort, reverse=True) == [letters[letter] for letter in backwards]


def test_there_is_a_key_for_each_word():
    for sort in SORTS:
        assert len(arrange(ROWS, sort, reverse=False)) == 4


def test_equal_rows_stay_in_order():
    rows = [row(f"/{number}") for number in range(20)]
    for sort in ("rate", "bytes", "total", "last"):
        assert arrange(rows, sort, reverse=False) == rows
        assert arrange(rows, sort, reverse=True) == rows


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("", "ABC"),
        ("ping", "AC"),
        ("PONG", "B"),
        ("/a", "BC"),
        ("p?ng", "ABC"),
        ("*ong", "B"),
        ("/*", "ABC"),
        ("/[b]", "A"),
        ("log", ""),
        ("[", ""),
        ("*(", ""),
    ],
)
def test_filters(pattern, matched):
    assert "".join(letter for letter, each in zip("ABC", ROWS, strict=False) if matcher(pattern)(each)) == matched


def test_kinds_can_be_filtered():
    assert matcher("log-")(row("/t"))
    assert matcher("log-w*")(row("/t"))


def test_the_row_of_all_others_is_never_filtered_out():
    assert arrange(ROWS, "rate", reverse=False, pattern="nothing") == [ROWS[3]]
