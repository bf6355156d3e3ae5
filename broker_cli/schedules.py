"""When messages are to be sent: at a steady rate, with a pause after each, or as they were recorded.

There is no clock in here. Whoever sends tells what time it is, and is told how long to wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .pacing import GRAIN, Pacing
from .parsing import refuse

if TYPE_CHECKING:
    from .reading import Recorded

__all__ = ["LONGEST_LAG", "Pauses", "RecordedSchedule", "Schedule", "SteadySchedule", "rate"]

LONGEST_LAG = 1.0
"""Seconds of a rate that are caught up with when sending stood still; beyond that messages are not sent closer."""

_SLOWEST, _QUICKEST = 1e-6, 1e9


class Schedule(Protocol):
    """Says of one message after the other how long it has to wait."""

    at_once: int
    """How many messages it makes sense to prepare at a time."""

    def delay(self, message: Any, now: float) -> float:
        """Seconds to wait from *now* on (seconds of a steady clock) before *message*, the next one, is sent."""


class SteadySchedule:
    """*rate* messages per second, evenly; those that are due within :data:`~.pacing.GRAIN` go together."""

    def __init__(self, rate: float) -> None:
        self.at_once = max(1, int(rate * GRAIN))
        self._gap = 1 / rate
        self._due: float | None = None

    def delay(self, message: Any, now: float) -> float:  # noqa: ARG002  # all messages are the same
        """Until the next message is due."""
        if self._due is None or self._due < now - LONGEST_LAG:
            self._due = now
        wait = self._due - now
        self._due += self._gap
        return wait if wait > GRAIN else 0.0


class Pauses:
    """*pause* seconds between the end of one message and the next."""

    at_once = 1

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._first = True

    def delay(self, message: Any, now: float) -> float:  # noqa: ARG002  # each time the same
        """The pause; nothing in front of the first message."""
        first, self._first = self._first, False
        return 0.0 if first else self._pause


class RecordedSchedule:
    """The gaps that messages had when they were recorded, as *pacing* changes them."""

    at_once = 256

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing

    def delay(self, message: Recorded, now: float) -> float:
        """Until as much time has gone by since the first message as between their times."""
        return self._pacing.delay(message.ns, now)


def rate(option: str, text: str) -> float:
    """Messages per second: ``100``, ``0.5``, or with a unit ``30/min``, ``100/s``, ``5/h``."""
    number, slash, unit = text.partition("/")
    seconds = {"": 1, "s": 1, "sec": 1, "min": 60, "h": 3600}.get(unit)
    if (
        seconds is not None
        and bool(slash) == bool(unit)
        and number.isascii()
        and number.replace(".", "", 1).isdecimal()
    ):
        found = float(number) / seconds
        if _SLOWEST <= found <= _QUICKEST:
            return found
    return refuse(f"{option}: '{text}' is no rate", "messages per second, such as 100 or 0.5; or 30/min")
