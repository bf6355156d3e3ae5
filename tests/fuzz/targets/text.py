"""The literal text that people type."""

from __future__ import annotations

from broker_core.codecs import text
from broker_core.errors import DecodeError
from strategies import assert_same
from tests.fuzz.seeds import value_rows


def target(data: bytes) -> bool:
    """Any text is a value or refused with DecodeError; a value is printed as text that reads as the same value.

    So it is for a whole text, and for an argument of a command.
    """
    word = data.decode("utf-8", "surrogateescape")
    _check(text.decode_argument, word)
    return _check(text.decode, word)


def seeds() -> list[bytes]:
    """Values as C++ prints them, and as people type them."""
    typed = ['(1, +2, -3, .5, 1e6, "a\\n\\xff")', "{1 -> {22/tcp, 10.0.0.0/8}}", "table([1, 2] = set(T))", "5 min"]
    return value_rows("text") + [row.encode() for row in typed]


def _check(decode: object, word: str) -> bool:
    try:
        value = decode(word)
    except DecodeError:
        return False
    printed = text.encode(value)
    assert printed.isprintable(), "the text could act on a terminal"
    assert_same(text.decode(printed), value)
    return True
