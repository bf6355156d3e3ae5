"""The wall clock."""

from __future__ import annotations

import time

from broker_core.model.scalars import Timestamp

__all__ = ["now", "now_ns"]


def now() -> Timestamp:
    """The current wall clock time, with the nanoseconds that the system gives (manual 2.3.1)."""
    return Timestamp(now_ns())


def now_ns() -> int:
    """The same in nanoseconds since the epoch, which may jump when somebody sets the clock."""
    return time.time_ns()
