"""Filters: what an endpoint announces, in its shortest form; and the look-up in what others announce.

Source: spec native-protocol.md section 8. C++ only ever adds entries; here an entry goes when its last user
goes, since a routing update replaces the whole filter anyway.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from broker_core.model.topics import LOCAL_PREFIX, minimal_filter

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["OwnFilter", "PrefixIndex"]

_FEW = 16
"""Up to so many prefixes, to compare with each of them is quickest."""


class PrefixIndex:
    """Tells quickly whether a topic starts with one of many prefixes; peers may announce very many."""

    def __init__(self, prefixes: tuple[str, ...]) -> None:
        self.prefixes = prefixes
        self._sorted: list[str] = []
        if len(prefixes) > _FEW:
            for prefix in sorted(prefixes):
                if not self._sorted or not prefix.startswith(self._sorted[-1]):
                    self._sorted.append(prefix)

    def matches(self, topic: str) -> bool:
        """Whether *topic* starts with one of the prefixes."""
        if not self._sorted:
            return topic.startswith(self.prefixes)
        # None of them starts with another one, so the only one that can match is the greatest that is not greater.
        at = bisect_right(self._sorted, topic)
        return at > 0 and topic.startswith(self._sorted[at - 1])


class OwnFilter:
    """Counts who wants which prefix. :attr:`announced` is what peers are told."""

    def __init__(self) -> None:
        self._users: Counter[str] = Counter()
        self.announced: tuple[str, ...] = ()

    def add(self, prefixes: Iterable[str]) -> bool:
        """One more user for each of *prefixes*; tells whether :attr:`announced` changed."""
        self._users.update(prefixes)
        return self._refresh()

    def remove(self, prefixes: Iterable[str]) -> bool:
        """One user less for each of *prefixes*; tells whether :attr:`announced` changed."""
        self._users.subtract(prefixes)
        self._users = +self._users
        return self._refresh()

    def _refresh(self) -> bool:
        before = self.announced
        self.announced = minimal_filter(prefix for prefix in self._users if not prefix.startswith(LOCAL_PREFIX))
        return self.announced != before
