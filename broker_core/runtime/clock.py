"""The wall clock."""

from __future__ import annotations

import time

from broker_core.model.scalars import Timestamp

__all__ = ["now"]


def now() -> Timestamp:
    """The current wall clock time, with the nanoseconds that the system gives (manual 2.3.1)."""
    return Timestamp(time.time_ns())
