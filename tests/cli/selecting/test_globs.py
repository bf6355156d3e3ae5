"""Patterns for names and texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.selecting.globs import MAX_GLOB, MAX_REMEMBERED, NameGlobs, glob_matcher
from broker_core import InvalidValue


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("ping", "ping", True),
        ("ping", "Ping", False),
        ("ping", "pings", False),
        ("p*", "ping", True),
        ("*", "", True),
        ("Intel::*", "Intel::match", True),
        ("p?ng", "pong", True),
        ("p[io]ng", "pang", False),
        ("p[!io]ng", "pang", True),
        ("[", "[", True),
        ("a.b", "a.b", True),
        ("a.*", "axb", False),
        ("*a*b", "xxaxxb", True),
        ("*\n*", "a\nb", True),
        ("\udcff*", "\udcffx", True),
    ],
)
def test_whole_names(pattern, text, fits):
    assert glob_matcher(pattern)(text) is fits


def test_one_of_several():
    either = NameGlobs(["ping", "po*"])
    assert [either(name) for name in ("ping", "pong", "pang", "ping")] == [True, True, False, True]


def test_what_is_remembered_is_bounded():
    everything = NameGlobs(["*1"])
    answers = [everything(str(number)) for number in range(MAX_REMEMBERED + 10)]
    assert answers == [number % 10 == 1 for number in range(MAX_REMEMBERED + 10)]
    assert len(everything._known) <= MAX_REMEMBERED


def test_length_is_bounded():
    assert glob_matcher("*" * MAX_GLOB)("x")
    with pytest.raises(InvalidValue, match="1001 characters; 1000 are allowed"):
        glob_matcher("*" * (MAX_GLOB + 1))


@pytest.mark.parametrize("pattern", ["*a" * 500, "a*" * 500, "*a*" * 300, "[ab]*" * 200, "?*" * 500])
@pytest.mark.parametrize("text", ["a" * 100_000, "a" * 100_000 + "c", "ab" * 50_000 + "c"])
def test_no_pattern_takes_long(pattern, text):
    started = time.perf_counter()
    glob_matcher(pattern)(text)
    assert time.perf_counter() - started < 1


@given(st.text(), st.text())
def test_any_text_is_a_pattern(pattern, text):
    assert glob_matcher(pattern)(text) in {True, False}
