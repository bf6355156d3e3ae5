"""A clone's copy of a store, in memory, and what updates do to it.

Keys are told apart as in a Broker table: a count 1, an integer 1 and a real 1.0 are three keys. Source: spec
data-model.md section 5, store-protocol.md sections 4.2 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core.messages.commands import Clear, Erase, Expire, Put
from broker_core.model.order import sort_key

from .backend import Record
from .changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broker_core.messages.commands import Action
    from broker_core.model import EntityId, Value

    from .changes import ChangeKind

__all__ = ["Entries", "apply", "differences"]

Pair = tuple["Value", "Value"]


def _index(key: Value) -> Any:
    """What stands for *key* in a dict: most keys are strings, which nothing else equals; others need their kind."""
    return key if type(key) is str else sort_key(key)


class Entries:
    """Keys with their values. Reads are those of :class:`.reads.Readable`, without expiries: clones know none.

    Keys are in the order in which they were first put. Changing entries while iterating over them raises
    RuntimeError, as with a dict.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        # Most keys are strings, which hash fast and equal nothing else; the others need their kind in the index.
        self._pairs: dict[Any, Pair] = {pair[0] if type(pair[0]) is str else sort_key(pair[0]): pair for pair in pairs}

    def __len__(self) -> int:
        return len(self._pairs)

    def __contains__(self, key: Value) -> bool:
        return _index(key) in self._pairs

    def pair(self, key: Value) -> Pair | None:
        """The stored key, which may be another object than *key*, and its value; None when there is none."""
        return self._pairs.get(_index(key))

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""
        pair = self.pair(key)
        return None if pair is None else Record(pair[1], None)

    def put(self, key: Value, value: Value) -> Pair | None:
        """Store *value*; returns the key and the value that were there, or None."""
        pairs = self._pairs
        index = _index(key)
        old = pairs.get(index)
        pairs[index] = (key, value)
        return old

    def erase(self, key: Value) -> bool:
        """Remove *key*; says whether it was there."""
        return self._pairs.pop(_index(key), None) is not None

    def clear(self) -> None:
        """Remove everything."""
        self._pairs.clear()

    def pairs(self) -> Iterator[Pair]:
        """All keys with their values."""
        return iter(self._pairs.values())

    def keys(self) -> Iterator[Value]:
        """All keys."""
        return (key for key, _ in self._pairs.values())

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records."""
        return ((key, Record(value, None)) for key, value in self._pairs.values())

    def size(self) -> int:
        """How many keys there are."""
        return len(self._pairs)


def apply(action: Action, entries: Entries, changes: list[Change] | None) -> None:
    """Do in *entries* what the master did; *changes*, if wanted, gets what changed.

    What a master does not broadcast (add, subtract, put_unique) has no effect, as in C++.
    """
    if type(action) is Put:
        key, value, expiry, publisher = action
        old = entries.put(key, value)
        if changes is None:
            return
        if old is None:
            changes.append(Change("insert", key, None, value, expiry, publisher))
        else:
            changes.append(Change("update", key, old[1], value, expiry, publisher))
    elif type(action) is Erase or type(action) is Expire:
        if entries.erase(action.key) and changes is not None:
            kind: ChangeKind = "erase" if type(action) is Erase else "expire"
            changes.append(Change(kind, action.key, None, None, None, action.publisher))
    elif type(action) is Clear:
        if changes is not None:
            changes += [Change("erase", key, None, None, None, action.publisher) for key, _ in entries.pairs()]
        entries.clear()


def differences(old: Entries, new: Entries, master: EntityId) -> list[Change]:
    """What the snapshot *new* of *master* changes: kept keys are updated, whether or not their value is another.

    Nobody is known to have erased those that vanished.
    """
    changes = [Change("erase", key, None, None, None, None) for key, _ in old.pairs() if key not in new]
    for key, value in new.pairs():
        before = old.pair(key)
        if before is None:
            changes.append(Change("insert", key, None, value, None, master))
        else:
            changes.append(Change("update", key, before[1], value, None, master))
    return changes
