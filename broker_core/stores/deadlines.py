"""When entries expire: the earliest first, for backends whose database keeps no such order."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Deadlines"]

_FEWEST_TO_TIDY = 1024


class Deadlines:
    """Indexes of entries by the moment (ns since the epoch) at which each expires.

    Nothing is taken out when an entry changes: *current* tells what an index's deadline is by now, None for none,
    and what differs from that is dropped when it comes up. Outdated ones take at most as much room again as what
    was valid when they were last sorted out.
    """

    __slots__ = ("_current", "_heap", "_numbers", "_room")

    def __init__(self, current: Callable[[Any], int | None], known: Iterable[tuple[Any, int]] = ()) -> None:
        self._current = current
        self._numbers = iter(range(2**63))  # between deadline and index, since not all indexes can be compared
        self._heap = [(deadline, next(self._numbers), index) for index, deadline in known]
        heapify(self._heap)
        self._room = 2 * len(self._heap) + _FEWEST_TO_TIDY

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, index: Any, deadline: int) -> None:
        """The entry of *index* now expires at *deadline*."""
        heappush(self._heap, (deadline, next(self._numbers), index))
        if len(self._heap) > self._room:
            self._tidy()

    def first(self) -> int | None:
        """A moment before which nothing expires; None when nothing does."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: int, limit: int) -> list[Any]:
        """At most *limit* indexes whose deadline is at or before *now*, the earliest first. They stay known."""
        heap, current = self._heap, self._current
        due: dict[Any, tuple[int, int, Any]] = {}
        while heap and heap[0][0] <= now and len(due) < limit:
            entry = heappop(heap)
            if current(entry[2]) == entry[0]:
                due[entry[2]] = entry
        for entry in due.values():
            heappush(heap, entry)
        return list(due)

    def clear(self) -> None:
        """Nothing expires any more."""
        self._heap.clear()

    def _tidy(self) -> None:
        current = self._current
        valid = {
            index: (deadline, number, index) for deadline, number, index in self._heap if current(index) == deadline
        }
        self._heap = list(valid.values())
        heapify(self._heap)
        self._room = 2 * len(self._heap) + _FEWEST_TO_TIDY
