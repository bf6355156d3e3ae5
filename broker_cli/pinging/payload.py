"""What ``ping`` and ``pong`` say to each other: the values of C++ ``broker-node --mode=ping`` and ``--mode=pong``.

A ping is the vector ``("ping", id, payload)`` with a count and a string of ``x``, a pong the vector ``("pong", id)``
with the id of the ping; both are bare values, no Zeek events, on one topic that both sides subscribe to. Pings with
id 0 look for somebody who answers and are repeated until a pong 0 comes; those that count have the ids from 1.

Where this comes from: no package ships ``broker-node``, so it could not be run here. The form is that of its source,
as remembered; that C++ endpoints take and give these values as they are, count and all, was seen with the bindings of
Broker 1.4.0 (Debian's python3-broker) playing both roles. Whatever else arrives on the topic is left alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from broker_core import Count

__all__ = ["RENDEZVOUS", "Ping", "make_ping", "make_pong", "read_ping", "read_pong"]

RENDEZVOUS = 0
"""The id of pings that only look for somebody who answers."""


class Ping(NamedTuple):
    """A ping that came: its id, and the length of its payload in bytes."""

    id: int
    size: int


def make_ping(number: int, size: int = 0) -> tuple[Any, ...]:
    """The value of ping *number* with a payload of *size* bytes."""
    return "ping", Count(number), "x" * size


def make_pong(number: int) -> tuple[Any, ...]:
    """The value of the answer to ping *number*."""
    return "pong", Count(number)


def read_ping(value: Any) -> Ping | None:
    """The ping that *value* is; None for anything else."""
    if type(value) is not tuple or len(value) != 3 or value[0] != "ping" or type(value[1]) is not Count:
        return None
    payload = value[2]
    if type(payload) is bytes:  # a string that is not UTF-8
        return Ping(int(value[1]), len(payload))
    return Ping(int(value[1]), len(payload.encode())) if type(payload) is str else None


def read_pong(value: Any) -> int | None:
    """The id in the pong that *value* is; None for anything else."""
    if type(value) is tuple and len(value) == 2 and value[0] == "pong" and type(value[1]) is Count:
        return int(value[1])
    return None
