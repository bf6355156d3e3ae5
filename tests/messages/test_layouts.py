"""What the layouts share: text that may be any bytes, and words on values."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.layouts import describe, outer_content, refuse, text_from_value, text_to_value
from broker_core.model import Count, EnumValue
from strategies import strings, values


@given(strings())
def test_any_string_value_survives_as_text(value: str | bytes) -> None:
    text = text_from_value(value)
    assert type(text) is str
    assert text_to_value(text) == value


class Word(str, Enum):  # noqa: UP042  str() of these is not their text, unlike with StrEnum
    ASCII = "word"
    OTHER = "wörd"


@pytest.mark.parametrize("word", Word)
def test_subclasses_of_str_become_str(word: Word) -> None:
    assert type(text_to_value(word)) is str
    assert text_to_value(word) == word.value


@pytest.mark.parametrize(
    ("thing", "problem"),
    [
        (None, "name: a str is needed, not NoneType"),
        (b"x", "name: a str is needed, not bytes"),
        ("a\ud800", "name: string with a lone surrogate at 1"),
    ],
)
def test_what_is_no_text_is_refused(thing: Any, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        text_to_value(thing, "name")
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "none"),
        (True, "boolean"),
        (Count(2), "count 2"),
        (-2, "integer -2"),
        (EnumValue("x" * 100), "enum-value " + "x" * 60),
        ("x" * 100, "string"),
        ([], "list"),
    ],
)
def test_words_on_a_value(value: object, words: str) -> None:
    assert describe(value) == words


@given(values())
def test_words_on_a_value_are_few(value: Any) -> None:
    assert len(describe(value)) < 80


def test_refuse_says_where() -> None:
    with pytest.raises(DecodeError) as caught:
        refuse("no good", "[2]")
    assert (caught.value.problem, caught.value.path, caught.value.offset) == ("no good", "[2]", None)


@given(st.lists(values(max_leaves=3)).map(tuple), st.integers(1, 5), st.integers(0, 3), st.lists(values(max_leaves=2)))
def test_outer_content(content: Any, kind: int, parts: int, further: list[Any]) -> None:
    value = (Count(1), Count(kind), content, *further)
    if len(content) >= parts:
        assert outer_content(value, kind, "message", parts) is content
    else:
        with pytest.raises(DecodeError):
            outer_content(value, kind, "message", parts)
    with pytest.raises(DecodeError):
        outer_content(value, kind + 1, "message", 0)
