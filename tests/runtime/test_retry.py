"""Pauses between attempts."""

from __future__ import annotations

from broker_core.runtime.retry import Backoff


def test_pauses_double_up_to_the_longest_and_start_over() -> None:
    backoff = Backoff(1, 5)
    assert [backoff.next() for _ in range(5)] == [1, 2, 4, 5, 5]
    backoff.reset()
    assert backoff.next() == 1


def test_a_first_pause_above_the_longest_stays() -> None:
    backoff = Backoff(60, 30)
    assert [backoff.next() for _ in range(3)] == [60, 60, 60]
