r"""The format ``plain``: JSON without types, for jq and for programs that know what they get.

A line is an object with ``topic`` and, for an event, ``event`` (its name), ``args`` (a list), ``named`` (the same by
name, if it is declared) and ``network_timestamp`` if it has one; for anything else ``value``. ``ts`` (arrival) and
``from`` (the endpoint that handed it over) stand behind them. Times are seconds, as in Zeek's own JSON: those of a
timestamp since 1970.

What is lost: counts, integers and reals are all numbers; addresses, subnets, ports and names of enums are strings; sets
and vectors are arrays; a table is an object when all its keys are strings, and an array of pairs otherwise. Bytes that
are not UTF-8 become ``\xHH``, and a real that is no number (``inf``, ``nan``) a string. A message in another format
than Broker's has ``serializer`` (the name of the format) and ``payload``, a string.
"""

from __future__ import annotations

import time
from math import isfinite
from typing import TYPE_CHECKING, Any

from broker_cli.selecting.facts import Facts
from broker_core import Count, EnumValue, Set, Table, Timespan, Timestamp
from broker_core.codecs import text

from .json_lines import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core import ForeignMessage, Message

    from .json_lines import ArgumentNames

__all__ = ["EXACT", "UntaggedLines", "untagged"]

EXACT = 2**53
"""Up to here whole numbers are exact in programs that hold all numbers as double precision reals."""

_SECOND = 1_000_000_000
_NETWORK_TIMESTAMP = 1


def untagged(value: Any, *, big_ints_as_strings: bool = False) -> str:
    """*value* as JSON, on one line."""
    return _Writer(big_ints_as_strings=big_ints_as_strings).text(value)


def _seconds(ns: int) -> str:
    """Nanoseconds as an exact decimal number."""
    whole, rest = divmod(abs(ns), _SECOND)
    decimals = f".{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{'-' if ns < 0 else ''}{whole}{decimals}"


def _string(value: Any) -> str:
    return json_text(value if type(value) is str else value.decode("utf-8", "backslashreplace"))


class _Writer:
    def __init__(self, *, big_ints_as_strings: bool) -> None:
        self._quote_big = big_ints_as_strings

    def text(self, value: Any) -> str:
        """The JSON text of *value*."""
        kind = type(value)
        if kind is str or kind is bytes:
            return _string(value)
        if kind is Count or kind is int:
            number = int.__repr__(value)
            return f'"{number}"' if self._quote_big and not -EXACT <= value <= EXACT else number
        if kind is bool:
            return "true" if value else "false"
        if kind is float:
            return repr(value) if isfinite(value) else f'"{value!r}"'
        if value is None:
            return "null"
        if kind is tuple or kind is Set:
            return f"[{','.join([self.text(item) for item in value])}]"
        if kind is Table:
            return self._table(value)
        if kind is Timestamp or kind is Timespan:
            return _seconds(value.ns)
        return _string(value.name) if kind is EnumValue else f'"{text.encode(value)}"'

    def _table(self, table: Table) -> str:
        pairs = [(key, self.text(item)) for key, item in table.pairs()]
        if all(type(key) is str for key, _ in pairs):
            return "{" + ",".join([f"{_string(key)}:{item}" for key, item in pairs]) + "}"
        return "[" + ",".join([f"[{self.text(key)},{item}]" for key, item in pairs]) + "]"


class UntaggedLines:
    """Messages in this format. *received*: with the time and the sender."""

    def __init__(
        self,
        *,
        received: bool = True,
        big_ints_as_strings: bool = False,
        named: ArgumentNames | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._received = received
        self._named = named
        self._write = _Writer(big_ints_as_strings=big_ints_as_strings).text
        self._clock = clock

    def line(self, message: Message) -> str:
        """One line."""
        return self.lines((message,))[0]

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """One line each."""
        now = _seconds(self._clock())
        return [self._line(message, now) for message in messages]

    def _line(self, message: Message, now: str) -> str:
        write = self._write
        value = message.value
        parts = Facts(message).parts
        if parts is None:
            members = f'"value":{write(value)}'
        else:
            name, args, metadata = parts
            members = f'"event":{json_text(name)},"args":{write(args)}'
            if self._named is not None and (found := self._named.json(name, args)) is not None:
                members += f',"named":{found}'
            for key, entry in metadata or ():
                if key == _NETWORK_TIMESTAMP and type(entry) is Timestamp and entry.ns >= 0:
                    members += f',"network_timestamp":{_seconds(entry.ns)}'
                    break
        return f'{{"topic":{json_text(message.topic)},{members}{self._behind(message, now)}}}'

    def _behind(self, message: Message, now: str) -> str:
        return f',"ts":{now},"from":"{message.sender}"' if self._received else ""

    def foreign(self, message: ForeignMessage) -> str:
        """One line."""
        members = f'"serializer":{json_text(message.serializer)},"payload":{_string(message.payload)}'
        behind = self._behind(message, _seconds(self._clock()))
        return f'{{"topic":{json_text(message.topic)},{members}{behind}}}'
