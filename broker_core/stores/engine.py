"""A master's data: carries out actions on a backend, and says what becomes of each.

The engine neither numbers nor sends anything, and never commits: whoever drives it decides how many actions one
transaction holds. Source: spec store-protocol.md sections 4.2, 4.3, 5, 7 and 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core.codecs.binary import encode
from broker_core.errors import EC, EncodeError, TypeClash
from broker_core.messages.commands import Add, Clear, Erase, Expire, Put, PutUnique, PutUniqueResult, Subtract
from broker_core.model import Set, Table
from broker_core.model.scalars import I64_MAX

from . import arithmetic
from .changes import Change
from .reads import no_such_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from broker_core.messages.commands import Action
    from broker_core.model import EntityId, Value

    from .backend import Backend
    from .changes import ChangeKind

__all__ = ["Effect", "Engine"]


class Effect(NamedTuple):
    """What an action came to: the *actions* that clones are to repeat, and the *changes* for store events."""

    actions: tuple[Action, ...]
    changes: tuple[Change, ...]


_NOTHING = Effect((), ())
_CONTAINERS = frozenset({tuple, Set, Table})


class Engine:
    """Applies actions to *backend* in the name of the master with the id *master*.

    While *observed* is false nobody wants to hear of changes, and effects have none: clearing a large store then
    does not read it first.
    """

    def __init__(self, backend: Backend, master: EntityId) -> None:
        self.backend = backend
        self.master = master
        self.observed = True
        self._writers: dict[type, Callable[[Any, int], Effect]] = {
            Put: self._put,
            PutUnique: self._put_unique,
            Erase: self._erase,
            Add: self._add,
            Subtract: self._subtract,
            Clear: self._clear,
        }

    def write(self, action: Action, now: int) -> Effect:
        """Carry out *action* at the time *now*, in nanoseconds since the epoch.

        An erase that finds nothing has no effect, nor have actions that only a master sends. A put_unique has
        its answer as the last action, also when *who* is nobody. Raises :class:`NoSuchKey`, :class:`TypeClash`
        (with code invalid_data for a value that no peer could read), or :class:`BackendFailure`; the store is
        then as it was, unlike that of C++'s memory backend after an addition to an absent key.
        """
        writer = self._writers.get(type(action))
        return _NOTHING if writer is None else writer(action, now)

    def expire(self, now: int, limit: int) -> Effect:
        """Remove at most *limit* keys whose time is over at *now*, the earliest first."""
        keys = self.backend.due(now, limit)
        for key in keys:
            self.backend.erase(key)
        return Effect(tuple([Expire(key, self.master) for key in keys]), self._removals("expire", keys, self.master))

    def _put(self, put: Put, now: int) -> Effect:
        key, value, expiry, publisher = put
        return Effect((put,), self._store(key, value, _deadline(now, expiry), expiry, publisher))

    def _put_unique(self, put: PutUnique, now: int) -> Effect:
        key, value, expiry, who, request, publisher = put
        absent = self.backend.find(key) is None
        result = PutUniqueResult(absent, who, request, self.master)
        if not absent:
            return Effect((result,), ())
        changes = self._store(key, value, _deadline(now, expiry), expiry, publisher)
        return Effect((Put(key, value, expiry, publisher), result), changes)

    def _add(self, add: Add, now: int) -> Effect:
        record = self.backend.find(add.key)
        stored = arithmetic.zero(add.init) if record is None else record.value
        return self._store_result(add, arithmetic.add(stored, add.value), now)

    def _subtract(self, subtract: Subtract, now: int) -> Effect:
        record = self.backend.find(subtract.key)
        if record is None:
            raise no_such_key(subtract.key)
        return self._store_result(subtract, arithmetic.subtract(record.value, subtract.value), now)

    def _erase(self, erase: Erase, _now: int) -> Effect:
        if self.backend.erase(erase.key) is None:
            return _NOTHING
        return Effect((erase,), self._removals("erase", (erase.key,), erase.publisher))

    def _clear(self, clear: Clear, _now: int) -> Effect:
        changes = self._removals("erase", self.backend.keys(), clear.publisher)
        self.backend.clear()
        return Effect((clear,), changes)

    def _store_result(self, action: Add | Subtract, result: Value, now: int) -> Effect:
        """Only the backend learns of the expiry; clones and subscribers do not, as in C++."""
        changes = self._store(action.key, result, _deadline(now, action.expiry), None, action.publisher)
        return Effect((Put(action.key, result, None, action.publisher),), changes)

    def _store(
        self, key: Value, value: Value, deadline: int | None, expiry: int | None, publisher: EntityId
    ) -> tuple[Change, ...]:
        """Put *value* into the backend until the *deadline*; *expiry* is what the change says of that."""
        if type(key) in _CONTAINERS or type(value) in _CONTAINERS:
            _check_readable(key, value)
        old = self.backend.put(key, value, deadline)
        if not self.observed:
            return ()
        if old is None:
            return (Change("insert", key, None, value, expiry, publisher),)
        return (Change("update", key, old.value, value, expiry, publisher),)

    def _removals(self, kind: ChangeKind, keys: Iterable[Value], publisher: EntityId) -> tuple[Change, ...]:
        if not self.observed:
            return ()
        return tuple([Change(kind, key, None, None, None, publisher) for key in keys])


def _deadline(now: int, expiry: int | None) -> int | None:
    return None if expiry is None else min(now + expiry, I64_MAX)


def _check_readable(*values: Value) -> None:
    """Refuse sets and tables that have no bytes to send: a clone would miss the number of their action for ever."""
    try:
        for value in values:
            if type(value) is not tuple or not _CONTAINERS.isdisjoint(map(type, value)):  # else a vector of scalars
                encode(value)
    except EncodeError as error:
        raise TypeClash(error.problem, code=EC.INVALID_DATA) from None
