"""Entries as lines."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output.entries import Entry, Happening, make_entry_formatter, moment
from broker_core import Count
from broker_core.codecs.json import from_json
from strategies import is_same, values

KEY = "a\x1b"
ENTRY = Entry(KEY, (Count(1), "x"), 1_000_000_000)


def formatter(form: str, *, terminal: bool = False, colour: bool = False):
    context = Context(
        stderr=io.StringIO(), environ={"COLUMNS": "80"}, stdout_is_terminal=terminal, stderr_is_terminal=terminal
    )
    return make_entry_formatter(context, Settings(output=form, colour=colour))


@pytest.mark.parametrize(
    ("form", "key", "value", "entry"),
    [
        ("text", '"a\\x1b"', '(1, "x")', '"a\\x1b" -> (1, "x")'),
        ("broker", "a\x1b", "(1, x)", "a\x1b -> (1, x)"),
        ("human", '"a\\x1b"', '(1, "x")', '"a\\x1b" -> (1, "x") (until 1970-01-01T00:00:01Z)'),
    ],
)
def test_lines_for_people_and_scripts(form, key, value, entry):
    lines = formatter(form)
    assert (lines.key(KEY), lines.value(ENTRY), lines.entry(ENTRY)) == (key, value, entry)


@given(values(), values())
def test_ndjson_is_one_line_without_loss(key, value):
    line = formatter("ndjson").entry(Entry(key, value, 5))
    assert "\n" not in line
    thing = json.loads(line)
    assert is_same(from_json(thing["key"]), key)
    assert is_same(from_json(thing["value"]), value)
    assert thing["expiry"] == moment(5)


def test_members_that_are_not_known_are_left_out():
    assert set(json.loads(formatter("ndjson").entry(Entry("a", None)))) == {"type", "v", "key", "value"}
    assert set(json.loads(formatter("ndjson").value(Entry("a", None), Count(1)))) == {
        "type",
        "v",
        "key",
        "value",
        "index",
    }


@pytest.mark.parametrize(
    ("happening", "text", "members"),
    [
        (Happening("t", "insert", "a", new=None), 'insert "a" -> nil', {"key", "new"}),
        (Happening("t", "update", "a", old=1, new=2), 'update "a" -> +2 was +1', {"key", "old", "new"}),
        (Happening("t", "erase", "a", facts={"store": "db"}), 'erase "a"', {"key", "store"}),
        (Happening("t", "removed", "a", old=None), 'removed "a" was nil', {"key", "old"}),
    ],
)
def test_happenings(happening, text, members):
    assert formatter("text").happening(happening) == formatter("human").happening(happening) == text
    thing = json.loads(formatter("ndjson").happening(happening))
    assert thing.keys() == {"type", "v", "change", *members}
    assert (thing["type"], thing["change"]) == ("t", happening.word)


def test_answers():
    assert formatter("text").answer("a", exists=True) == "T"
    assert formatter("human").answer("a", exists=True) == '"a" exists'
    assert json.loads(formatter("ndjson").answer("a", exists=False))["exists"] is False


def test_raw_is_for_strings():
    lines = formatter("raw")
    assert lines.key("a\nb") == "a\nb"
    assert lines.value(Entry("a", b"\xff")) == "\udcff"
    with pytest.raises(Failure, match="type integer") as caught:
        lines.value(Entry("a", 5))
    assert caught.value.code is ExitCode.USAGE


@pytest.mark.parametrize("form", ["human", "ndjson", "text", "broker", "raw"])
@pytest.mark.parametrize("key", ["\x1b[2J", "\x9b", b"\x1b\xff"])
def test_a_terminal_gets_nothing_to_act_on(form, key):
    lines = formatter(form, terminal=True)
    assert lines.key(key).isprintable()
    assert lines.value(Entry(key, key)).isprintable()
    assert lines.happening(Happening("t", "insert", "a", new="x")).isprintable()


def test_colours_add_nothing_but_colours():
    assert formatter("human", terminal=True, colour=True).key(Count(5)) == "\x1b[36m5\x1b[0m"
    assert formatter("human", colour=True).key(Count(5)) == "\x1b[36m5\x1b[0m"
