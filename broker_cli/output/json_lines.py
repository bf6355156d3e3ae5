"""ndjson: one JSON object per line, typed and without loss, which ``publish --from`` takes back.

A line is a data message of Zeek's WebSocket interface, version 1 (``type``, ``topic``, ``@data-type``, ``data``),
with more keys behind it, which other readers ignore: ``v`` (version of these keys), ``seq`` (counted from 1),
``ts`` (when it arrived, seconds since 1970 with nanoseconds), ``from`` (the endpoint that handed it over) and,
for a Zeek event, ``event`` (its name). Of an event that is declared, ``named`` has the arguments and the set fields of
records by their names, without types (as in the format ``plain``). Later versions may add keys; they will not change
these.

A message in another format than Broker's, which a ZeroMQ cluster may carry, has the type ``foreign-message``, and in
place of the value ``serializer`` (the name of the format) and ``payload``, or ``payload_base64`` if it is not UTF-8.
"""

from __future__ import annotations

import json
import time
from binascii import b2a_base64
from typing import TYPE_CHECKING, Any, Protocol

from broker_core import Count, DecodeError, zeek_message
from broker_core.codecs.json import encode_members, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core import ForeignMessage, Message

__all__ = ["VERSION", "ArgumentNames", "JsonLines", "json_line", "json_text"]

VERSION = 1
"""Of the keys in every line, as ``v``. Keys may be added to a version, and none is changed or taken away."""
_CACHE_SIZE = 4096
_LONGEST_SENDER = 512  # characters of those that are remembered; a node of a ZeroMQ cluster may have any id


def json_text(text: str) -> str:
    """*text* as a JSON string; the surrogate escapes of a topic that is not UTF-8 as JSON's escapes of them."""
    try:
        return quote(text)
    except UnicodeEncodeError:
        return json.dumps(text)


def json_line(kind: str, /, **members: object) -> str:
    """One line that is no message, such as ``{"type": "listening", "v": 1, ...}``."""
    return json.dumps({"type": kind, "v": VERSION, **members}, separators=(",", ":"), ensure_ascii=True)


class ArgumentNames(Protocol):
    """Knows what the arguments of events are called."""

    def json(self, name: str, args: Sequence[Any]) -> str | None:
        """The *args* of the event *name* as a JSON object without types; None when they have no names."""


class JsonLines:
    """Messages as ndjson."""

    def __init__(
        self,
        *,
        received: bool = True,
        named: ArgumentNames | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._received = received
        self._named = named
        self._clock = clock
        self._seq = 0
        self._topics: dict[str, str] = {}
        self._senders: dict[bytes, str] = {}

    def line(self, message: Message) -> str:
        """One line."""
        return self.lines((message,))[0]

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """One line each. All get the same time: they were taken from the queue together."""
        out = []
        seconds, nanoseconds = divmod(self._clock(), 1_000_000_000)
        now = f'"ts":{seconds}.{nanoseconds:09d},"from":"'
        topics, senders, seq = self._topics, self._senders, self._seq
        for message in messages:
            value = message.value
            members = encode_members(value)
            topic = topics.get(message.topic) or self._head(message.topic)
            name = _event_name(value) if type(value) is tuple else None
            event = "" if name is None else f',"event":{json_text(name)}'
            if name is not None and self._named is not None:
                event += self._names(name, value)
            if not self._received:
                out.append(f'{topic}{members},"v":{VERSION}{event}}}')
                continue
            seq += 1
            sender = senders.get(message.sender) or self._sender(message)
            out.append(f'{topic}{members},"v":{VERSION},"seq":{seq},{now}{sender}"{event}}}')
        self._seq = seq
        return out

    def foreign(self, message: ForeignMessage) -> str:
        """A line of a type of its own."""
        try:
            payload = f'"payload":{quote(message.payload.decode())}'
        except UnicodeDecodeError:
            payload = f'"payload_base64":"{b2a_base64(message.payload, newline=False).decode()}"'
        seconds, nanoseconds = divmod(self._clock(), 1_000_000_000)
        self._seq += 1
        head = f'{{"type":"foreign-message","topic":{json_text(message.topic)}'
        content = f'"serializer":{json_text(message.serializer)},{payload},"v":{VERSION},"seq":{self._seq}'
        return f'{head},{content},"ts":{seconds}.{nanoseconds:09d},"from":"{self._sender(message)}"}}'

    def _names(self, name: str, value: tuple[Any, ...]) -> str:
        assert self._named is not None  # noqa: S101  # the caller looked
        found = self._named.json(name, value[2][1])
        return "" if found is None else f',"named":{found}'

    def _head(self, topic: str) -> str:
        if len(self._topics) >= _CACHE_SIZE:
            self._topics.clear()
        head = self._topics[topic] = f'{{"type":"data-message","topic":{json_text(topic)},'
        return head

    def _sender(self, message: Message) -> str:
        if len(self._senders) >= _CACHE_SIZE:
            self._senders.clear()
        name = str(message.sender)
        if len(name) <= _LONGEST_SENDER:
            self._senders[message.sender] = name
        return name


def _event_name(value: tuple[Any, ...]) -> str | None:
    """The name of the event that *value* is, or None."""
    if len(value) < 3 or type(value[1]) is not Count or value[1] != 1:
        return None
    version, _, content = value[:3]
    if type(content) is tuple and len(content) == 2 and type(version) is Count and version == 1:
        name, args = content  # the usual form, without metadata
        return name if type(name) is str and type(args) is tuple else None
    try:
        view = zeek_message(value)
    except DecodeError:
        return None
    return getattr(view, "name", None)
