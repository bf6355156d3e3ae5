"""Who sent what, and what of it arrived: kept as ranges, so that millions of messages take no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Received", "Sent", "missing"]

Ranges = list[tuple[int, int]]
"""First and last numbers, ascending."""


def _append(ranges: Ranges, first: int, last: int) -> None:
    if ranges and ranges[-1][1] + 1 == first:
        ranges[-1] = (ranges[-1][0], last)
    else:
        ranges.append((first, last))


class Sent:
    """What one publisher has published: 1, 2, 3, ..."""

    def __init__(self, name: str, last: int = 0, acknowledged: Iterable[tuple[int, int]] = ()) -> None:
        self.name = name
        self.last = last
        self.acknowledged: Ranges = [(first, end) for first, end in acknowledged]
        """What every receiver has confirmed."""

    def acknowledge(self, first: int, last: int) -> None:
        """The numbers *first* to *last* are confirmed."""
        _append(self.acknowledged, first, last)


class Received:
    """What one subscriber got, by publisher."""

    def __init__(self) -> None:
        self.count = 0
        self.disorder: list[str] = []
        """Messages that came twice, or after later ones; there should be none."""
        self._ranges: dict[str, Ranges] = {}

    def take(self, publisher: str, number: int) -> None:
        """The message *number* of *publisher* has arrived."""
        self.count += 1
        ranges = self._ranges.get(publisher)
        if ranges is None:
            self._ranges[publisher] = [(number, number)]
        elif ranges[-1][1] + 1 == number:
            ranges[-1] = (ranges[-1][0], number)
        elif ranges[-1][1] < number:
            ranges.append((number, number))
        elif len(self.disorder) < 10:
            what = "twice" if any(first <= number <= last for first, last in ranges) else "late"
            self.disorder.append(f"{publisher} {number} came {what}, after {ranges[-1][1]}")

    def ranges(self, publisher: str) -> Ranges:
        """What came of *publisher*."""
        return self._ranges.get(publisher, [])

    def report(self) -> dict[str, Any]:
        """All of it, for another process."""
        return {"count": self.count, "disorder": self.disorder, "ranges": self._ranges}

    @classmethod
    def from_report(cls, report: dict[str, Any]) -> Received:
        """The reverse of :meth:`report`."""
        received = cls()
        received.count, received.disorder = report["count"], report["disorder"]
        received._ranges = {name: [(a, b) for a, b in ranges] for name, ranges in report["ranges"].items()}
        return received


def missing(expected: Iterable[tuple[int, int]], arrived: Ranges) -> Iterator[tuple[int, int]]:
    """The parts of the *expected* ranges that have not *arrived*."""
    for first, last in expected:
        at = first
        for start, end in arrived:
            if end < at:
                continue
            if start > last:
                break
            if start > at:
                yield at, start - 1
            at = end + 1
        if at <= last:
            yield at, last
