"""Streams, colours and what is safe to show."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.context import Context, escape, wants_colour
from broker_cli.json_array import JsonArray


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é ü 漢", "plain é ü 漢"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\x9b31m", "\\u009b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\udcff", "\\xff"),
        ("\U000e0001", "\\U000e0001"),
        ("", ""),
    ],
)
def test_what_a_terminal_would_act_on_is_shown(text, shown):
    assert escape(text) == shown


@given(st.text(st.characters(codec=None)))
def test_what_is_escaped_can_be_printed(text):
    shown = escape(text)
    assert shown.isprintable()
    shown.encode()
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize(
    ("when", "environ", "terminal", "colour"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colours(when, environ, terminal, colour):
    assert wants_colour(when, environ, is_terminal=terminal) is colour


def context(**changes) -> Context:
    return Context(**{"stderr": io.StringIO(), "environ": {}, "stderr_is_terminal": False, **changes})


@pytest.mark.parametrize(("columns", "width"), [("132", 132), ("", 80), ("0", 80), ("-5", 80), ("x", 80)])
def test_the_width_is_that_of_the_environment_or_80(columns, width):
    with Path(os.devnull).open("wb") as null:
        assert context(environ={"COLUMNS": columns}, stdout=null.fileno()).width == width


@pytest.mark.parametrize(
    ("verbosity", "terminal", "shown"),
    [
        (-1, True, ["tell"]),
        (0, False, ["tell", "broker: warn"]),
        (0, True, ["tell", "broker: warn", "progress"]),
        (1, False, ["tell", "broker: warn", "progress", "detail"]),
    ],
)
def test_how_much_is_said(verbosity, terminal, shown):
    made = context(verbosity=verbosity, stderr_is_terminal=terminal)
    made.tell("tell")
    made.warn("warn")
    made.progress("progress")
    made.detail("detail")
    assert made.stderr.getvalue().splitlines() == shown


def test_what_is_said_is_safe_and_one_line():
    made = context()
    made.tell("a\x1b[2J\nb")
    assert made.stderr.getvalue() == "a\\x1b[2J\\nb\n"


def test_a_closed_stderr_is_no_error():
    made = context()
    made.stderr.close()
    made.tell("x")


def test_a_run_owns_the_process_and_its_streams_by_default():
    made = Context()
    assert (made.stdin, made.stdout, made.stderr, made.environ, made.owns_process) == (
        0,
        1,
        sys.stderr,
        os.environ,
        True,
    )


def test_programs_get_what_goes_wrong_as_json_and_nothing_else():
    made = context(verbosity=1, stderr_is_terminal=True, errors_as_json=True)
    made.warn("a\x1b\n\u00e9")
    made.progress("progress")
    made.detail("detail")
    (line,) = made.stderr.getvalue().splitlines()
    assert json.loads(line) == {"type": "warning", "v": 1, "message": "a\x1b\n\u00e9"}
    assert line.isascii()
    assert line.isprintable()
    quiet = context(verbosity=-1, errors_as_json=True)
    quiet.warn("x")
    assert quiet.stderr.getvalue() == ""


def test_results_without_an_event_loop():
    reading, writing = os.pipe()
    made = context(stdout=writing)
    made.print(["a\udcff", "b"])
    assert os.read(reading, 100) == b"a\xff\nb\n"
    made.finish_output()
    made.array = JsonArray()
    made.print([])
    made.print(["1", "2"])
    made.print(["3"])
    made.finish_output()
    assert os.read(reading, 100) == b"[1,\n2,\n3]\n"
    os.close(reading)
    made.finish_output()  # nobody reads any more, which is no error
    os.close(writing)


def test_a_command_that_prints_nothing_prints_no_array():
    reading, writing = os.pipe()
    context(stdout=writing, array=JsonArray()).finish_output()
    os.close(writing)
    assert os.read(reading, 100) == b""
    os.close(reading)
