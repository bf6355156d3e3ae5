"""What the fixed layouts of values share: text that may be any bytes, and the outer form of Zeek messages.

Source: spec zeek-events.md section 1.
"""

from __future__ import annotations

from typing import Any, NoReturn

from broker_core.errors import DecodeError, InvalidValue
from broker_core.model import Count, EnumValue, kind_of
from broker_core.model.scalars import text_or_bytes

__all__ = ["ONE", "TEXT", "describe", "outer_content", "refuse", "text_from_value", "text_to_value"]

ONE = Count(1)
"""The format version of every Zeek message, shared."""
TEXT = (str, bytes)
"""The Python types of a Broker string."""


def text_to_value(text: str, path: str = "") -> str | bytes:
    """The Broker string for *text*; surrogate escapes stand for bytes that are not UTF-8, as in topics.

    Raises :class:`InvalidValue` for what is no str and for other lone surrogates.
    """
    if not isinstance(text, str):
        msg = f"a str is needed, not {type(text).__name__}"
        raise InvalidValue(msg, path)
    if text.isascii():
        return str.__str__(text)
    try:
        return text_or_bytes(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        msg = f"string with a lone surrogate at {error.start}"
        raise InvalidValue(msg, path) from None


def text_from_value(value: str | bytes) -> str:
    """The reverse, for any Broker string."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")


def describe(value: object) -> str:
    """A few words on *value* for an error text, however large it is: ``count 2``, ``enum-value tcp``, ``vector``."""
    try:
        label = kind_of(value).label
    except InvalidValue:
        return type(value).__name__
    if isinstance(value, EnumValue):
        return f"{label} {str(value)[:60]}"
    return f"{label} {int(value)}" if isinstance(value, int) and type(value) is not bool else label


def refuse(problem: str, path: str = "") -> NoReturn:
    """Raise a :class:`DecodeError` that says where in the value."""
    raise DecodeError(problem, None, path)


def outer_content(value: Any, kind: int, what: str, parts: int) -> tuple[Any, ...]:
    """The content of the Zeek message *value*, which must be of type *kind* with at least *parts* elements."""
    if type(value) is not tuple or len(value) < 3:
        refuse("a Zeek message is a vector of at least three: version, type, content")
    version, found, content = value[:3]
    if type(version) is not Count or version != 1:
        refuse(f"the format version of a Zeek message is count 1, not {describe(version)}", "[0]")
    if type(found) is not Count or found != kind:
        refuse(f"the type of a Zeek {what} is count {kind}, not {describe(found)}", "[1]")
    if type(content) is not tuple or len(content) < parts:
        refuse(f"the content of a Zeek {what} is a vector of at least {parts}", "[2]")
    return content
