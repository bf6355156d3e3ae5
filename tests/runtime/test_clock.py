"""The wall clock."""

from __future__ import annotations

import time

from broker_core import now


def test_now_is_the_wall_clock_in_nanoseconds() -> None:
    before = time.time_ns()
    moment = now()
    assert before <= moment.ns <= time.time_ns()
