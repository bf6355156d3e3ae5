"""The one-line formats without markup: ``text`` (exact literals), ``broker`` (as C++ prints), ``raw`` (bare strings).

A line of ``text`` is the topic, a blank, and the value as a literal. An event is ``NAME(ARG, ...)``, with
`` @ (METADATA)`` behind it when it has any; an event that this cannot express exactly is printed as the vector
that it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from broker_cli.context import escape
from broker_cli.names import is_plain_name
from broker_core import DecodeError, Event, zeek_message
from broker_core.codecs import cpp, text

from .foreign import foreign_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_cli.config import OutputFormat
    from broker_core import ForeignMessage, Message

    from . import Formatter

__all__ = ["PlainLines", "ShieldedLines", "body_text", "topic_text"]

_BARE_TOPIC = re.compile(r'[^\s"\x00-\x1f\x7f-\x9f\ud800-\udfff]+')


def topic_text(topic: str) -> str:
    """*topic* as the first word of a line: quoted if it would not be one word."""
    if _BARE_TOPIC.fullmatch(topic):
        return topic
    raw = topic.encode("utf-8", "surrogateescape")
    try:
        return text.encode(raw.decode())
    except UnicodeDecodeError:
        return text.encode(raw)


def body_text(value: Any) -> str:
    """*value* as a literal, or as ``NAME(ARG, ...)`` when it is an event that this expresses exactly."""
    view = None
    if type(value) is tuple:
        try:
            view = zeek_message(value)
        except DecodeError:
            view = None
    if type(view) is Event and is_plain_name(view.name) and len(value) == 3 and len(value[2]) <= 3:
        metadata = "" if view.metadata is None else f" @ {text.encode(view.metadata)}"
        return f"{view.name}{text.encode(view.args)}{metadata}"
    return text.encode(value)


def _text_line(message: Message) -> str:
    return f"{topic_text(message.topic)} {body_text(message.value)}"


def _broker_line(message: Message) -> str:
    return f"{message.topic} {cpp.encode(message.value).decode('utf-8', 'surrogateescape')}"


def _raw_line(message: Message) -> str | None:
    value = message.value
    if type(value) is tuple:
        try:
            view = zeek_message(value)
        except DecodeError:
            return None
        if type(view) is not Event or len(view.args) != 1:
            return None
        value = view.args[0]
    if type(value) is str:
        return value
    return value.decode("utf-8", "surrogateescape") if type(value) is bytes else None


class PlainLines:
    """Messages in one of these formats."""

    def __init__(self, form: OutputFormat) -> None:
        lines: dict[OutputFormat, Callable[[Message], str | None]] = {
            "text": _text_line,
            "broker": _broker_line,
            "raw": _raw_line,
        }
        self._line = lines[form]
        self._form = form

    def line(self, message: Message) -> str | None:
        """One line; None for a message that is no single string, in the format ``raw``."""
        return self._line(message)

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """One line each. Raises ValueError when there is a message without a line."""
        line = self._line
        found = [line(message) for message in messages]
        if None in found:
            msg = "a message without a line"
            raise ValueError(msg)
        return found  # type: ignore[return-value]

    def foreign(self, message: ForeignMessage) -> str:
        """One line: the payload as it is in the format ``raw``, otherwise what no reader takes for a value."""
        if self._form == "raw":
            return message.payload.decode("utf-8", "surrogateescape")
        return f"{topic_text(message.topic)} {foreign_literal(message)}"


class ShieldedLines:
    """What another formatter makes, with control characters made visible: for terminals."""

    def __init__(self, inner: Formatter) -> None:
        self._inner = inner

    def line(self, message: Message) -> str | None:
        """One line."""
        found = self._inner.line(message)
        return None if found is None else escape(found)

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """One line each."""
        return [escape(found) for found in self._inner.lines(messages)]

    def foreign(self, message: ForeignMessage) -> str:
        """One line."""
        return escape(self._inner.foreign(message))
