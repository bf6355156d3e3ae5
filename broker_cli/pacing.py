"""When recorded messages are to be sent again: the gaps between them as they were, quicker, slower, or none.

There is no clock in here. Whoever replays tells what time it is, and is told how long to wait.
"""

from __future__ import annotations

from .parsing import optional_duration, refuse

__all__ = ["GRAIN", "Pacing", "make_pacing", "replay_speed"]

GRAIN = 0.001
"""Seconds that are not worth waiting for: to wake up for each of many close messages would cost more than it shows."""

_SLOWEST, _QUICKEST = 1e-6, 1e9


class Pacing:
    """The schedule of one replay. Recorded times are nanoseconds of any clock; only their differences count.

    *speed* 2.0 takes half of the time, None no time at all. No gap is longer than *longest_gap* seconds, before the
    speed is applied. A message that was recorded before its predecessor, because a clock was set back, has no gap.
    """

    def __init__(self, speed: float | None = 1.0, *, longest_gap: float | None = None) -> None:
        self._speed = speed
        self._longest = None if longest_gap is None else int(longest_gap * 1e9)
        self._previous: int | None = None
        self._elapsed = 0  # nanoseconds in the recording, without what was cut out of it
        self._start: float | None = None

    def due(self, recorded: int) -> float:
        """When the next message, *recorded* at this time, is to be sent: seconds after the first one."""
        if self._speed is None:
            return 0.0
        if self._previous is not None and recorded > self._previous:
            gap = recorded - self._previous
            self._elapsed += gap if self._longest is None else min(gap, self._longest)
        self._previous = recorded
        return self._elapsed / 1e9 / self._speed

    def delay(self, recorded: int, now: float) -> float:
        """How many seconds to wait from *now* on (seconds of a steady clock) before the next message is sent.

        0.0 when it is due within :data:`GRAIN`, or late: what could not be sent in time is caught up with.
        """
        if self._start is None:
            self._start = now
        wait = self._start + self.due(recorded) - now
        return wait if wait > GRAIN else 0.0


def replay_speed(option: str, text: str) -> float | None:
    """The factor of ``2``, ``0.5`` or ``10x``; None for ``max``, which is no waiting at all."""
    if text == "max":
        return None
    digits = text.removesuffix("x")
    is_number = digits.isascii() and digits.replace(".", "", 1).isdecimal()
    if not is_number or not _SLOWEST <= float(digits) <= _QUICKEST:
        refuse(f"{option}: '{text}' is no speed", "such as 1 (as recorded), 10, 0.5, or max for no pauses at all")
    return float(digits)


def make_pacing(speed: str | None, max_gap: str | None = None) -> Pacing:
    """The schedule that ``--speed`` and ``--max-gap`` ask for."""
    return Pacing(replay_speed("--speed", speed or "1"), longest_gap=optional_duration("--max-gap", max_gap))
