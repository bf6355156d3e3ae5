"""Typed JSON."""

from __future__ import annotations

from json import loads

from broker_core.codecs import json
from broker_core.errors import DecodeError
from strategies import assert_same
from tests.fuzz.seeds import value_rows


def target(data: bytes) -> bool:
    """Any text is a value or refused with DecodeError; a value is written as JSON that reads as the same value."""
    try:
        value = json.decode(data)
    except DecodeError:
        return False
    written = json.encode(value)
    assert written.isprintable(), "the text could act on a terminal"
    loads(written, parse_constant=_refuse)
    assert_same(json.decode(written), value)
    return True


def seeds() -> list[bytes]:
    """Messages as C++ writes them."""
    return value_rows("json")


def _refuse(word: str) -> None:
    msg = f"{word} is no JSON"
    raise AssertionError(msg)
