"""Latencies in little memory, however many: counts of classes that are at most one percent wide."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PERCENTILES", "Histogram"]

PERCENTILES = (50.0, 90.0, 99.0, 99.9)
_EXACT_BITS = 8
"""Numbers of so many bits have a class of their own; larger ones share one with those that differ behind these bits."""


class Histogram:
    """How often which time in nanoseconds was seen. Times below zero, which only clocks that differ give, are zero."""

    __slots__ = ("_classes", "count", "largest", "smallest", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self.smallest = 0
        self.largest = 0
        self._classes: dict[int, int] = {}

    def add(self, ns: int) -> None:
        """Count one time."""
        ns = max(ns, 0)
        shift = ns.bit_length() - _EXACT_BITS
        key = ns if shift <= 0 else (shift << _EXACT_BITS) + (ns >> shift)
        classes = self._classes
        classes[key] = classes.get(key, 0) + 1
        if ns < self.smallest or not self.count:
            self.smallest = ns
        self.largest = max(self.largest, ns)
        self.total += ns
        self.count += 1

    def merge(self, other: Histogram) -> None:
        """Count all that *other* has counted."""
        if other.count:
            self.smallest = min(self.smallest, other.smallest) if self.count else other.smallest
            self.largest = max(self.largest, other.largest)
            self.count += other.count
            self.total += other.total
            for key, number in other._classes.items():
                self._classes[key] = self._classes.get(key, 0) + number

    @property
    def mean(self) -> float:
        """The mean, in nanoseconds; 0 without any."""
        return self.total / self.count if self.count else 0.0

    def percentile(self, percent: float) -> int:
        """The time that *percent* of all do not exceed, within one percent; 0 without any."""
        rank = percent / 100 * self.count
        seen = 0
        for key in sorted(self._classes, key=_upper_end):
            seen += self._classes[key]
            if seen >= rank:
                return min(_upper_end(key), self.largest)
        return 0

    def dump(self) -> list[list[int]]:
        """All of it, for :meth:`load` in another process."""
        head = [self.count, self.total, self.smallest, self.largest]
        return [head, *([key, number] for key, number in self._classes.items())]

    @classmethod
    def load(cls, dumped: Iterable[list[int]]) -> Histogram:
        """The reverse of :meth:`dump`."""
        made = cls()
        head, *pairs = dumped
        made.count, made.total, made.smallest, made.largest = head
        made._classes = {key: number for key, number in pairs}  # noqa: C416  # lists of two, not tuples
        return made


def _upper_end(key: int) -> int:
    """The longest time of a class."""
    shift = key >> _EXACT_BITS
    if shift == 0:
        return key
    return ((key & (1 << _EXACT_BITS) - 1) + 1 << shift) - 1
