"""What is sent: values of a wanted size that say who sent them as which, and when.

So the other end can tell whether any is missing, and how long each was on its way.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core import Count, EnumValue, Event, Port, Timespan, Timestamp
from broker_core.codecs import binary

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SHAPES", "Mark", "describe", "maker", "mark_of"]

_NAME = "broker_bench"
_WIDE_NAME = "broker_bench_conn"
_LATE_NS = 4_000_000_000_000_000_000  # like all times of these centuries it takes 19 digits

# What a program has at hand already; only the event is made anew for each message.
_BEFORE = (IPv4Address("192.168.1.17"), Port(51234, "tcp"), IPv4Address("203.0.113.80"), Port(443, "tcp"))
_BEHIND = (EnumValue("Notice::LOG"), 0.25, Timespan(1_500_000_000), True)


class Mark(NamedTuple):
    """What a message says of itself."""

    client: int
    number: int
    """Of this client, from 0 on."""
    time: int
    """When it was made, in nanoseconds since 1970."""


def _event(client: int, number: int, ns: int, padding: str) -> Any:
    return Event(_NAME, Count(client), Count(number), Timestamp(ns), padding)


def _conn(client: int, number: int, ns: int, padding: str) -> Any:
    return Event(_WIDE_NAME, Timestamp(ns), Count(client), Count(number), *_BEFORE, padding, *_BEHIND)


def _string(client: int, number: int, ns: int, padding: str) -> Any:
    return f"{_NAME} {client:04d} {number:012d} {ns:019d} {padding}"


_MAKERS: dict[str, Callable[[int, int, int, str], Any]] = {"event": _event, "conn": _conn, "string": _string}
SHAPES = tuple(_MAKERS)
"""What --shape may say."""
_WORDS = {"event": "events of 4 arguments", "conn": "events of 12 arguments", "string": "strings"}


def maker(shape: str, size: int, client: int) -> tuple[Callable[[int, int], Any], int]:
    """A function from number and time to what is to be published, and the bytes of each.

    These are *size*, or as few as there can be.
    """
    make = _MAKERS[shape]
    padding = "x" * max(0, size - _size(make(client, 0, _LATE_NS, "")))
    while padding and _size(make(client, 0, _LATE_NS, padding)) > size:
        padding = padding[:-1]  # the length of a longer string takes more bytes itself
    return lambda number, ns: make(client, number, ns, padding), _size(make(client, 0, _LATE_NS, padding))


def _size(thing: Any) -> int:
    return len(binary.encode(thing.value if isinstance(thing, Event) else thing))


def describe(shape: str, size: int) -> str:
    """What is sent, in words."""
    return f"{_WORDS[shape]}, {size} bytes each"


def mark_of(value: Any) -> Mark | None:
    """What *value* says of itself; None when it is none of these."""
    if type(value) is str:
        parts = value.split(" ", 4)
        if len(parts) == 5 and parts[0] == _NAME and all(part.isdecimal() for part in parts[1:4]):
            return Mark(int(parts[1]), int(parts[2]), int(parts[3]))
        return None
    try:
        name, args = value[2][:2]
        if name == _NAME:
            client, number, moment = args[:3]
        elif name == _WIDE_NAME:
            moment, client, number = args[:3]
        else:
            return None
        if type(client) is type(number) is Count and type(moment) is Timestamp:
            return Mark(int(client), int(number), moment.ns)
    except (TypeError, ValueError, IndexError, KeyError):
        pass
    return None
