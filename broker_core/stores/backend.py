"""What a database must offer to hold a master's entries.

Implementations: :mod:`.memory`, :mod:`.sqlite`, :mod:`.rocksdb`. ``tests/conformance.py`` checks one
against this text. Source: manual section 2.4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_core.model import Value

__all__ = ["Backend", "Record"]


class Record(NamedTuple):
    """What is stored at a key. *expiry* is when it ends, in nanoseconds since the epoch; None: never."""

    value: Value
    expiry: int | None


class Backend(Protocol):
    """One open database. Keys and values are strict Broker values; keys are told apart as Broker tells them.

    One call at a time, from any thread. Changes become durable with :meth:`commit`, all those since the last
    one or none of them; reads see them at once. Every method raises :class:`BackendFailure`, with one line that
    names the file and the reason, when the database cannot do it; what was committed before is then untouched.
    """

    kind: ClassVar[str]
    """``memory``, ``sqlite`` or ``rocksdb``."""
    waits: ClassVar[bool]
    """Whether calls may wait for a disk, and so must not be made on an event loop."""

    def find(self, key: Value) -> Record | None:
        """The record of *key*, also when its time is over but nobody erased it yet; None when there is none."""

    def put(self, key: Value, value: Value, expiry: int | None) -> Record | None:
        """Store *value*, replacing what was there, its expiry included; returns that, or None."""

    def erase(self, key: Value) -> Record | None:
        """Remove *key*; returns what was there, or None."""

    def clear(self) -> None:
        """Remove everything."""

    def size(self) -> int:
        """How many keys there are; does not look at each."""

    def keys(self) -> Iterator[Value]:
        """All keys, each once, in any order, in bounded memory. No changes meanwhile."""

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records; otherwise as :meth:`keys`."""

    def page(self, most: int, *after: Value) -> list[tuple[Value, Record]]:
        """At most *most* keys with their records, in an order of the backend's own: the first ones, or those behind
        the key *after*, which need not exist any more. A loop over pages meets each key that stays exactly once.
        """

    def due(self, now: int, limit: int) -> list[Value]:
        """At most *limit* keys whose expiry is at or before *now* (ns since the epoch), the earliest first."""

    def next_expiry(self) -> int | None:
        """A moment before which :meth:`due` returns nothing; None when nothing ever expires. Quick."""

    def commit(self) -> None:
        """Make all changes durable, as far as the options say. When it fails, none of them has happened."""

    def rollback(self) -> None:
        """Forget all changes since the last commit."""

    def close(self) -> None:
        """Release files; uncommitted changes are lost. Idempotent."""
