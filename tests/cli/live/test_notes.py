"""Stderr that waits."""

from __future__ import annotations

import io

import pytest

from broker_cli.context import Context
from broker_cli.live.notes import MOST_NOTES, Notes


def test_what_is_told_waits_for_its_time():
    stream = io.StringIO()
    notes = Notes(stream)
    context = Context(stderr=notes, stderr_is_terminal=True, environ={})
    context.warn("before")
    assert stream.getvalue() == "broker: before\n"
    notes.hold()
    context.warn("one\x1b")
    context.warn("two")
    assert stream.getvalue() == "broker: before\n"
    assert (notes.count, notes.latest) == (3, "two")
    notes.release()
    assert stream.getvalue() == "broker: before\nbroker: one\\x1b\nbroker: two\n"
    context.warn("after")
    assert stream.getvalue().endswith("broker: after\n")


@pytest.mark.parametrize("excess", [0, 1, 5])
def test_the_oldest_are_left_out_and_counted(excess):
    stream = io.StringIO()
    notes = Notes(stream)
    notes.hold()
    for number in range(MOST_NOTES + excess):
        notes.write(f"{number}\n")
    notes.release()
    lines = stream.getvalue().splitlines()
    assert lines[-1] == str(MOST_NOTES + excess - 1)
    assert len(lines) == MOST_NOTES + bool(excess)
    assert (lines[0] == f"broker: {excess} earlier messages are left out") is bool(excess)


def test_it_is_a_file_only_while_it_hands_on(tmp_path):
    with (tmp_path / "x").open("w", encoding="utf-8") as file:
        notes = Notes(file)
        assert notes.fileno() == file.fileno()
        notes.hold()
        with pytest.raises(OSError, match="fileno"):
            notes.fileno()
        notes.flush()
