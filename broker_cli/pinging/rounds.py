"""The pings of one run: which are under way, which were answered when, and what that is in numbers. No clock here."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Literal, NamedTuple

__all__ = ["LATEST", "REMEMBERED", "Answer", "Rounds", "Spread"]

LATEST = 100_000
"""Of how many round trips, the latest ones, the percentiles are."""

REMEMBERED = 10_000
"""How many lost pings can still be told from others when their pong comes late."""


class Answer(NamedTuple):
    """What a pong is to this run."""

    kind: Literal["answer", "late", "duplicate", "stray"]
    """*stray* is a pong for a ping that was never sent here."""
    rtt: float | None
    """The round-trip time in seconds, if it is known."""


class Spread(NamedTuple):
    """Round-trip times in seconds: the percentiles of the :data:`LATEST`, the others of all."""

    min: float
    avg: float
    p50: float
    p95: float
    max: float


class Rounds:
    """Counts pings and pongs. Times are seconds of one clock, which the caller reads; *timeout* is for each ping."""

    def __init__(self, timeout: float) -> None:
        self.sent = 0
        self.answered = 0
        self.lost = 0
        """Not answered in time; a late pong does not change that."""
        self.late = 0
        self.duplicates = 0
        self.strays = 0
        self._timeout = timeout
        self._open: dict[int, float] = {}
        """When each ping was sent that waits for its pong; the oldest stands first."""
        self._given_up: dict[int, float] = {}
        self._latest: deque[float] = deque(maxlen=LATEST)
        self._sum = 0.0
        self._min = float("inf")
        self._max = 0.0

    @property
    def open(self) -> int:
        """How many pings wait for their pong."""
        return len(self._open)

    @property
    def deadline(self) -> float:
        """When the next ping is given up; infinity when none is under way."""
        return next(iter(self._open.values())) + self._timeout if self._open else float("inf")

    def send(self, now: float) -> int:
        """The id of the ping that is sent *now*."""
        self.sent += 1
        self._open[self.sent] = now
        return self.sent

    def take(self, number: int, now: float) -> Answer:
        """Note the pong with the id *number* that came *now*."""
        start = self._open.pop(number, None)
        if start is not None:
            self.answered += 1
            rtt = max(0.0, now - start)
            self._latest.append(rtt)
            self._sum += rtt
            self._min, self._max = min(self._min, rtt), max(self._max, rtt)
            return Answer("answer", rtt)
        start = self._given_up.pop(number, None)
        if start is not None:
            self.late += 1
            return Answer("late", now - start)
        if 1 <= number <= self.sent:
            self.duplicates += 1
            return Answer("duplicate", None)
        self.strays += 1
        return Answer("stray", None)

    def expire(self, now: float) -> list[int]:
        """The ids of the pings that are given up *now*, because their time is over."""
        gone: list[int] = []
        while self.deadline <= now:
            number, start = next(iter(self._open.items()))
            del self._open[number]
            gone.append(number)
            self._given_up[number] = start
            if len(self._given_up) > REMEMBERED:
                del self._given_up[next(iter(self._given_up))]
        self.lost += len(gone)
        return gone

    @property
    def spread(self) -> Spread | None:
        """The round-trip times so far; None when there are none."""
        if not self.answered:
            return None
        ordered = sorted(self._latest)
        p50, p95 = (ordered[ceil(part * len(ordered) / 100) - 1] for part in (50, 95))
        return Spread(self._min, self._sum / self.answered, p50, p95, self._max)
