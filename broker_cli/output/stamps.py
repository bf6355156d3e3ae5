"""The time in front of a message that is shown: when it came, how long after the one before, or when it happened."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from broker_core import Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_cli.config import Stamps
    from broker_cli.selecting.facts import Facts

__all__ = ["Stamper", "local_time"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
_NANOSECONDS = re.compile(r"%%|%N")
_NETWORK_TIMESTAMP = 1
ABSENT = "-"
"""Stands for a time that is not known."""


def local_time(ns: int, form: str = "") -> str:
    """The moment *ns* nanoseconds since 1970, in the local time zone, as ``strftime`` writes *form*.

    ``%N`` are the nanoseconds, nine digits. Without *form*, ISO 8601 with milliseconds. Years that no calendar here
    knows are seconds since 1970.
    """
    seconds, rest = divmod(ns, _SECOND)
    try:
        moment = (_EPOCH + timedelta(seconds=seconds, microseconds=rest // 1000)).astimezone()
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{rest:09d}"
    if not form:
        return moment.isoformat(timespec="milliseconds")
    return moment.strftime(_NANOSECONDS.sub(lambda found: f"{rest:09d}" if found[0] == "%N" else "%%", form))


class Stamper:
    """Gives messages their times. *clock* tells nanoseconds since 1970."""

    def __init__(self, kind: Stamps, clock: Callable[[], int] = time.time_ns) -> None:
        self._kind = kind
        self._clock = clock
        self._now = 0
        self.before: int | None = None
        """When the message before came."""
        self._since = 0
        self._second = -1
        self._text = ""

    def tick(self) -> None:
        """Messages that were taken together came at the same time: now."""
        self._now = self._clock()

    def step(self) -> None:
        """Go to the next message."""
        self._since = 0 if self.before is None else self._now - self.before
        self.before = self._now

    def ns(self, facts: Facts) -> int | None:
        """The moment that belongs to the message; None when it has none."""
        if self._kind != "net":
            return self._now
        parts = facts.parts
        for key, value in (parts[2] or ()) if parts else ():
            if key == _NETWORK_TIMESTAMP:
                return value.ns if type(value) is Timestamp and value.ns >= 0 else None
        return None

    def text(self, facts: Facts, form: str = "") -> str:
        """What to write for the message; *form* is for :func:`local_time`."""
        if self._kind == "delta":
            return f"+{self._since / _SECOND:.6f}"
        ns = self.ns(facts)
        if ns is None:
            return ABSENT
        if form:
            return local_time(ns, form)
        # All messages of one second differ in these digits only.
        second, rest = divmod(ns, _SECOND)
        if second != self._second:
            self._second, self._text = second, local_time(second * _SECOND)
        head, dot, tail = self._text.partition(".000")
        return f"{head}.{rest // 1_000_000:03d}{tail}" if dot else local_time(ns)

    def short(self, facts: Facts) -> str:
        """The same for people: without zone, and without the date if that is today's."""
        text = self.text(facts)
        if self._kind == "delta" or "T" not in text:
            return text
        return text[11:23] if self._kind == "wall" else f"{text[:10]} {text[11:23]}"
