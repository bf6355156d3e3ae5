"""The backend that keeps entries in this process's memory: the quickest, and gone with the process.

Nothing can fail between a change and its commit, so each change is committed as it is made, and there is never
anything to roll back. Source: manual section 2.4.1.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, ClassVar

from broker_core.model.order import sort_key

from .backend import Record
from .deadlines import Deadlines
from .settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broker_core.model import Value

__all__ = ["MemoryBackend"]

Entry = tuple["Value", Record]


class MemoryBackend:
    """A :class:`.Backend` of nothing but a dict. There are no *options*; :class:`BackendFailure` when one is given."""

    kind: ClassVar[str] = "memory"
    waits: ClassVar[bool] = False

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        read_settings(self.kind, {}, options)
        # Most keys are strings, which hash fast and equal nothing else; the others need their kind in the index.
        self._entries: dict[Any, Entry] = {}
        self._deadlines = Deadlines(self._expiry)
        self._order: list[Any] | None = None  # of all indexes, for pages; None once that has to be made anew

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""
        entry = self._entries.get(key if type(key) is str else sort_key(key))
        return None if entry is None else entry[1]

    def put(self, key: Value, value: Value, expiry: int | None) -> Record | None:
        """Store *value*; returns what was there, or None."""
        index = key if type(key) is str else sort_key(key)
        entries = self._entries
        old = entries.get(index)
        entries[index] = (key, Record(value, expiry))
        if expiry is not None:
            self._deadlines.add(index, expiry)
        if old is None:
            self._order = None
            return None
        return old[1]

    def erase(self, key: Value) -> Record | None:
        """Remove *key*; returns what was there, or None."""
        entry = self._entries.pop(key if type(key) is str else sort_key(key), None)
        return None if entry is None else entry[1]

    def clear(self) -> None:
        """Remove everything."""
        self._entries.clear()
        self._deadlines.clear()
        self._order = None

    def size(self) -> int:
        """How many keys there are."""
        return len(self._entries)

    def keys(self) -> Iterator[Value]:
        """All keys."""
        return (key for key, _ in self._entries.values())

    def entries(self) -> Iterator[Entry]:
        """All keys with their records."""
        return iter(self._entries.values())

    def page(self, most: int, *after: Value) -> list[Entry]:
        """The first *most* keys with their records, or those behind the key *after*."""
        if self._order is None:
            self._order = _sorted(self._entries)
        start = bisect_right(self._order, _place(_index(*after)), key=_place) if after else 0
        found: list[Entry] = []
        for at in range(start, len(self._order)):
            if len(found) == most:
                return found
            entry = self._entries.get(self._order[at])
            if entry is not None:
                found.append(entry)
        self._order = None  # as long as nobody turns pages, it only takes room
        return found

    def due(self, now: int, limit: int) -> list[Value]:
        """At most *limit* keys that expire at or before *now*, the earliest first."""
        return [self._entries[index][0] for index in self._deadlines.due(now, limit)]

    def next_expiry(self) -> int | None:
        """A moment before which nothing is due."""
        return self._deadlines.first()

    def commit(self) -> None:
        """Nothing to do."""

    def rollback(self) -> None:
        """Nothing to do: every change is committed already."""

    def close(self) -> None:
        """Forget everything."""
        self.clear()

    def _expiry(self, index: Any) -> int | None:
        entry = self._entries.get(index)
        return None if entry is None else entry[1].expiry


def _index(key: Value) -> Any:
    return key if type(key) is str else sort_key(key)


def _place(index: Any) -> tuple[bool, Any]:
    """Indexes of strings cannot be compared with the others, and come last."""
    return type(index) is str, index


def _sorted(indexes: dict[Any, Entry]) -> list[Any]:
    """All *indexes* by their place. Each kind for itself, which is quicker than with :func:`_place`."""
    texts = [index for index in indexes if type(index) is str]
    return sorted(index for index in indexes if type(index) is not str) + sorted(texts)
