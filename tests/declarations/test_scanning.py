"""The reader of typed texts, where it matters that it is one: nesting and length. See also test_reading.py."""

from __future__ import annotations

import pytest

from broker_core.declarations import Declarations, MisfitError, read_argument
from broker_core.declarations.scanning import TypedScanner
from broker_core.errors import DecodeError
from broker_core.model import Count
from zeek_types import type_of


def test_the_whole_text_is_read():
    assert TypedScanner(" 5 ").whole(type_of("count")) == Count(5)
    with pytest.raises(MisfitError, match="left over"):
        TypedScanner("5 6").whole(type_of("count"))


def test_arguments_in_parentheses():
    signature = Declarations.signature("f(a: count, b: string)").events["f"]
    assert TypedScanner('(5, "x")').arguments(signature) == (Count(5), "x")
    with pytest.raises((MisfitError, DecodeError)):
        TypedScanner('(5, "x').arguments(signature)


def test_nesting_is_bounded():
    nested = type_of("N", "type N: record { n: N &optional; };")
    deepest = "[n=" * 127 + "[]" + "]" * 127
    read_argument(deepest, nested)
    with pytest.raises(MisfitError, match="nested deeper than 128 levels"):
        read_argument(f"[n={deepest}]", nested)
    with pytest.raises(MisfitError):
        read_argument("(" * 100_000, nested)
    with pytest.raises(MisfitError):
        read_argument("(" * 100_000, type_of("vector of any"))


@pytest.mark.parametrize(
    ("type_", "argument"),
    [
        ("vector of count", "(" + "1," * 200_000 + ")"),
        ("vector of string", "(" + '"a\\n",' * 100_000 + ")"),
        ("table[string] of count", "{" + '"a"' * 100_000),
        ("set[addr]", "{" + "[" * 300_000),
        ("pattern", "/" + "\\/" * 300_000),
        ("interval", "5 " * 300_000),
        ("record { a: count; }", "[" + " $a" * 200_000),
        ("vector of any", "(" + "(1)," * 100_000),
    ],
)
def test_long_arguments_take_no_longer_for_each_character(type_, argument):
    """The time limit of the test is the proof."""
    try:
        read_argument(argument, type_of(type_))
    except MisfitError as error:
        assert len(str(error)) < 500  # noqa: PT017  # long inputs do not make long messages
