"""The events that are measured, and how long coding them takes without any network. cpp_peer.py has the same."""

from __future__ import annotations

import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from broker_core import Count, EnumValue, Event, Port, Timespan, Timestamp
from broker_core.codecs import binary

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KINDS", "TOPIC", "coding_cost", "make_event"]

TOPIC = "/benchmark"
KINDS = {"twelve": "12 arguments", "one": "1 small argument"}

# What an application has at hand already; only the event itself is made anew for each message.
_BEFORE = (
    Timestamp(1_777_636_800_123_456_000),
    "CHhAvVGS1DHFjwGM9",
    ip_address("192.168.1.17"),
    Port(51234, "tcp"),
    ip_address("203.0.113.80"),
    Port(443, "tcp"),
    EnumValue("Notice::LOG"),
    "ssl",
)
_AFTER = (0.25, Timespan(1_500_000_000), True)


def make_event(kind: str, number: int) -> Event:
    """The event number *number* of one of the KINDS."""
    if kind == "one":
        return Event("tick", Count(number))
    return Event("connection_seen", *_BEFORE, Count(number), *_AFTER)


def coding_cost(kind: str) -> float:
    """Seconds for encoding plus decoding the event's value, best of nine rounds."""
    value = make_event(kind, 7).value
    data = binary.encode(value)
    return _best(binary.encode, value) + _best(binary.decode, data)


def _best(function: Callable[[Any], object], argument: object, times: int = 10_000) -> float:
    rounds = []
    for _ in range(9):
        started = time.perf_counter()
        for _ in range(times):
            function(argument)
        rounds.append((time.perf_counter() - started) / times)
    return min(rounds)
