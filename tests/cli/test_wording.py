"""Numbers of things in words."""

from __future__ import annotations

import pytest

from broker_cli.wording import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 messages"), (1, "1 message"), (2, "2 messages"), (12345, "12345 messages")]
)
def test_one_thing_is_no_plural(number, text):
    assert counted(number, "message") == text


def test_nouns_that_take_no_s():
    assert [counted(number, "entry", "entries") for number in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]


def test_long_numbers_with_commas():
    assert counted(12345, "message", form=",") == "12,345 messages"
