"""The filter that an endpoint announces: everything it wants to receive, in its shortest form.

Source: spec native-protocol.md section 8. C++ only ever adds entries; here an entry goes when its last user
goes, since a routing update replaces the whole filter anyway.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from broker_core.model.topics import LOCAL_PREFIX, minimal_filter

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["OwnFilter"]


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
