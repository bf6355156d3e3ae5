"""Messages of a ZeroMQ cluster in another format than Broker's, which are shown as what they are: name, size, payload.

Their payload is a text when it is UTF-8 and nothing in it would act on a terminal, such as that of ``broker-json-v1``;
otherwise people see its first bytes, and programs all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.wording import counted
from broker_core import DecodeError, Message
from broker_core.codecs import text

if TYPE_CHECKING:
    from broker_core import ForeignMessage

__all__ = [
    "LONGEST_NAME",
    "PREVIEW",
    "foreign_label",
    "foreign_literal",
    "foreign_problem",
    "foreign_text",
    "stand_in",
]

LONGEST_NAME = 64
"""Characters that people see of the name of a format."""
PREVIEW = 32
"""Bytes that people see of a payload that is no text."""

_BLANKS = str.maketrans("", "", "\t\n\r")


def stand_in(message: ForeignMessage) -> Message:
    """A message whose value is the payload of *message*: a string, or bytes when it is not UTF-8."""
    return Message(message.topic, _string(message.payload), payload=message.payload, sender=message.sender)


def _string(payload: bytes) -> str | bytes:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload


def foreign_label(message: ForeignMessage) -> str:
    """The name of the format, or its beginning, and the size, in parentheses."""
    name = message.serializer
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 3]}..."
    return f"({name}, {counted(len(message.payload), 'byte')})"


def foreign_problem(message: ForeignMessage) -> str:
    """What is wrong with *message* for those that need a value."""
    try:
        message.check()
    except DecodeError as error:
        return str(error)
    raise AssertionError


def foreign_text(payload: bytes) -> str:
    """The text that *payload* is, with blanks of any kind; otherwise its first bytes in hexadecimal digits."""
    found = _string(payload)
    if type(found) is str and found.translate(_BLANKS).isprintable():
        return found
    return payload[:PREVIEW].hex(" ") + (" ..." if len(payload) > PREVIEW else "")


def foreign_literal(message: ForeignMessage) -> str:
    """All there is, on one line that no reader takes for a value: ``<foreign "broker-json-v1" "...">``."""
    serializer = message.serializer.encode("utf-8", "surrogateescape")
    return f"<foreign {text.encode(_string(serializer))} {text.encode(_string(message.payload))}>"
