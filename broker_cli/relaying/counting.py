"""What a relay did: the counts of both directions, as ndjson, as one live line, and in words at the end.

A line of ndjson is ``{"type": "relay", ...}`` with ``ts`` (seconds since 1970), ``uptime`` and ``interval`` (seconds),
``final`` (whether it is the last one), ``a`` and ``b``: ``address``, ``connected``; and ``a_to_b`` and ``b_to_a``:
``received``, ``relayed``, ``bytes`` (of the values that were relayed), ``rate`` and ``byte_rate`` (a second, in the
interval), ``filtered`` (by the rules), ``echoes`` (held back by the loop guard), ``expired`` (had taken their last
hop), ``unwanted`` (nobody subscribed), ``unfit`` (the other side has no form for the value), ``refused`` (by a server
over WebSocket), ``dropped`` (--on-overflow), ``lost`` (not confirmed when a connection ended), ``queued`` (waiting).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from broker_cli.wording import counted

__all__ = ["Counts", "Snapshot", "count_words", "live_line", "relay_object"]


@dataclass(slots=True)
class Counts:
    """Messages of one direction since the relay started."""

    received: int = 0
    """Taken from the queue, or waiting in it to be."""
    relayed: int = 0
    bytes: int = 0
    filtered: int = 0
    echoes: int = 0
    expired: int = 0
    unwanted: int = 0
    unfit: int = 0
    refused: int = 0
    dropped: int = 0
    lost: int = 0
    queued: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The counts of a direction at a time, to be compared with others."""

    relayed: int = 0
    bytes: int = 0


def _direction(counts: Counts, before: Snapshot, interval: float) -> dict[str, Any]:
    rates = {
        "rate": round((counts.relayed - before.relayed) / interval, 1) if interval > 0 else 0.0,
        "byte_rate": round((counts.bytes - before.bytes) / interval, 1) if interval > 0 else 0.0,
    }
    members = {field.name: getattr(counts, field.name) for field in fields(Counts)}
    return {**members, **rates}


def relay_object(
    counts: tuple[Counts, Counts],
    before: tuple[Snapshot, Snapshot],
    sides: tuple[tuple[str, bool], tuple[str, bool]],
    *,
    ts: float,
    uptime: float,
    interval: float,
    final: bool,
) -> dict[str, Any]:
    """The members of a line. *counts* and *before* are those from A to B, and back; *sides* address and state."""
    a, b = ({"address": address, "connected": connected} for address, connected in sides)
    return {
        "ts": ts,
        "uptime": round(uptime, 3),
        "interval": round(interval, 3),
        "final": final,
        "a": a,
        "b": b,
        "a_to_b": _direction(counts[0], before[0], interval),
        "b_to_a": _direction(counts[1], before[1], interval),
    }


_SHORT_NAMES = {"echoes": "echoes", "dropped": "dropped", "lost": "lost", "refused": "refused", "unfit": "unfit"}


def live_line(
    counts: tuple[Counts, Counts], before: tuple[Snapshot, Snapshot], interval: float, connected: tuple[bool, bool]
) -> str:
    """One line for a terminal: totals and rates of both directions, and what went wrong."""
    parts = []
    for name, one, past in zip(("A>B", "B>A"), counts, before, strict=True):
        rate = (one.relayed - past.relayed) / interval if interval > 0 else 0
        text = f"{name} {one.relayed:,} ({rate:,.0f}/s)"
        for field, word in _SHORT_NAMES.items():
            if number := getattr(one, field):
                text += f" {number:,} {word}"
        parts.append(text)
    away = [name for name, there in zip("AB", connected, strict=True) if not there]
    return "  ".join([*parts, *(f"no connection to {name}" for name in away)])


_WORDS = {
    "filtered": "left out by the rules",
    "echoes": "held back by the loop guard",
    "expired": "held back behind their last hop",
    "unwanted": "that nobody subscribed to",
    "unfit": "without a form on the other side",
    "refused": "refused there",
    "dropped": "dropped because the other side was too slow",
    "lost": "perhaps lost with a connection",
    "queued": "not carried any more",
}


def count_words(name: str, counts: Counts) -> str:
    """One direction in words."""
    text = f"{name}: relayed {counted(counts.relayed, 'message', form=',')}"
    extras = [f"{getattr(counts, field):,} {words}" for field, words in _WORDS.items() if getattr(counts, field)]
    return ", ".join([text, *extras])
