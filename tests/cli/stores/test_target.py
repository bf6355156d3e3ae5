"""Words of the command line: the store, the arguments, and patterns for keys."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.stores.target import arguments, key_filter, split_name
from broker_core import Count, EnumValue


def refused(function, *args) -> Failure:
    with pytest.raises(Failure) as caught:
        function(*args)
    assert caught.value.code is ExitCode.USAGE
    return caught.value


def test_the_first_word_is_the_name_unless_there_is_a_file():
    assert split_name(["db", "a"], None) == ("db", ["a"])
    assert split_name(["db", "a"], "x.sqlite") == ("", ["db", "a"])
    assert refused(split_name, [], None).message == "no NAME given"
    assert refused(split_name, ["", "a"], None).message == "NAME is empty"


@pytest.mark.parametrize(
    ("shape", "words"),
    [("", ""), ("KEY", "a"), ("KEY [BY]", "a"), ("KEY [BY]", "a 5"), ("KEY...", "a b c"), ("KEY VALUE...", "a b c")],
)
def test_as_many_as_wanted(shape, words):
    assert arguments(words.split(), shape, None) == words.split()


@pytest.mark.parametrize(
    ("shape", "words", "message"),
    [
        ("", "a", "'a' is one argument too many"),
        ("KEY", "", "no KEY given"),
        ("KEY...", "", "no KEY given"),
        ("KEY VALUE...", "a", "no VALUE given"),
        ("KEY [BY]", "a b c", "'c' is one argument too many"),
    ],
)
def test_too_few_and_too_many(shape, words, message):
    assert refused(arguments, words.split(), shape, None).message == message


def test_a_name_beside_a_file_is_the_likely_mistake():
    assert refused(arguments, ["db", "a"], "KEY", "x.sqlite").hint == "with --file there is no NAME"
    assert refused(arguments, ["db", "a"], "KEY", None).hint == ""


@pytest.mark.parametrize(
    ("pattern", "key", "matches"),
    [
        ("a*", "abc", True),
        ("a*", "A", False),
        ("a", "ab", False),
        ("a*", "a\nb", True),
        ("[ab]?", "b1", True),
        ("10.*", "10.x", True),
        ("5", Count(5), True),
        ("5", 5, False),
        ("+5", 5, True),
        ("Conn::*", EnumValue("Conn::LOG"), True),
        ('("a"*', ("a", Count(1)), True),
        ("*\udcff", b"a\xff", True),
    ],
)
def test_patterns(pattern, key, matches):
    wanted = key_filter(pattern)
    assert wanted is not None
    assert wanted(key) is matches


def test_no_pattern_is_no_filter():
    assert key_filter(None) is None
