"""What users ask of a store, as actions: one function for each operation of the manual.

They take loose Python values and convert them; whatever is no Broker value, or no expiry, raises
:class:`InvalidValue` with the name of the argument. Whether an operation suits what is stored is for the master
to say. *publisher* is the master or clone that the user holds. An *expiry* is how long the entry lives from now
on: seconds, a timedelta, a :class:`Timespan`, or None for ever. Source: manual section 2.4.2, spec
store-protocol.md section 5.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import Add, Clear, Erase, Put, PutUnique, Subtract
from broker_core.model import Kind, Timespan, to_value

from .arithmetic import fits_inside, init_for

if TYPE_CHECKING:
    from broker_core.model import EntityId, Value

__all__ = [
    "MISSING",
    "Expiry",
    "append",
    "clear",
    "decrement",
    "erase",
    "increment",
    "insert_into",
    "pop",
    "push",
    "put",
    "put_unique",
    "remove_from",
]

Expiry = float | dt.timedelta | Timespan | None

MISSING: Final = object()
"""No value at all, where None would be one."""


def put(publisher: EntityId, key: object, value: object, expiry: Expiry = None) -> Put:
    """Store *value* at *key*, whatever was there."""
    return Put(to_value(key, "key"), to_value(value, "value"), _nanoseconds(expiry), publisher)


def put_unique(
    publisher: EntityId, key: object, value: object, expiry: Expiry = None, *, who: EntityId, request: int
) -> PutUnique:
    """Store *value* at *key* if nothing is there. *who* waits for the answer to its *request* (a u64)."""
    return PutUnique(to_value(key, "key"), to_value(value, "value"), _nanoseconds(expiry), who, request, publisher)


def erase(publisher: EntityId, key: object) -> Erase:
    """Remove *key*."""
    return Erase(to_value(key, "key"), publisher)


def clear(publisher: EntityId) -> Clear:
    """Remove all keys."""
    return Clear(publisher)


def increment(publisher: EntityId, key: object, amount: object, expiry: Expiry = None) -> Add:
    """Add *amount* to a number or a time. An absent key starts from zero, for a timespan from the epoch."""
    strict = to_value(amount, "amount")
    return Add(to_value(key, "key"), strict, init_for(strict), _nanoseconds(expiry), publisher)


def decrement(publisher: EntityId, key: object, amount: object, expiry: Expiry = None) -> Subtract:
    """Subtract *amount* from a number or a time."""
    return Subtract(to_value(key, "key"), to_value(amount, "amount"), _nanoseconds(expiry), publisher)


def append(publisher: EntityId, key: object, text: object, expiry: Expiry = None) -> Add:
    """Add *text* at the end of a string; an absent key starts from the empty one."""
    return Add(to_value(key, "key"), to_value(text, "text"), Kind.STRING, _nanoseconds(expiry), publisher)


def insert_into(publisher: EntityId, key: object, index: object, value: object = MISSING, expiry: Expiry = None) -> Add:
    """Add *index* to a set, or with a *value* (which may be None) the entry of both to a table."""
    strict = to_value(key, "key")
    element = _element(index, "index")
    if value is MISSING:
        return Add(strict, element, Kind.SET, _nanoseconds(expiry), publisher)
    return Add(strict, (element, _element(value, "value")), Kind.TABLE, _nanoseconds(expiry), publisher)


def remove_from(publisher: EntityId, key: object, index: object, expiry: Expiry = None) -> Subtract:
    """Take *index* out of a set or a table; of a vector, the last element goes, whatever *index* is."""
    return Subtract(to_value(key, "key"), to_value(index, "index"), _nanoseconds(expiry), publisher)


def push(publisher: EntityId, key: object, value: object, expiry: Expiry = None) -> Add:
    """Add *value* at the end of a vector; an absent key starts from the empty one."""
    return Add(to_value(key, "key"), _element(value, "value"), Kind.VECTOR, _nanoseconds(expiry), publisher)


def pop(publisher: EntityId, key: object, expiry: Expiry = None) -> Subtract:
    """Take the last element off a vector. As in C++, the key stands where other subtractions have their value."""
    strict = to_value(key, "key")
    return Subtract(strict, strict, _nanoseconds(expiry), publisher)


def _element(thing: object, path: str) -> Value:
    """*thing* as a value that goes into a container, and so has one level less to itself."""
    value: Value = to_value(thing, path)
    if not fits_inside(value):
        msg = f"nested deeper than {DEFAULT_LIMITS.max_depth - 1} levels inside a container (max_depth)"
        raise InvalidValue(msg, path)
    return value


def _nanoseconds(expiry: Any) -> int | None:
    if expiry is None:
        return None
    ns = _timespan(expiry).ns
    if ns <= 0:
        msg = f"{expiry!r} is no time ahead"
        raise InvalidValue(msg, "expiry", "to remove an entry at once, erase it")
    return ns


def _timespan(expiry: Any) -> Timespan:
    try:
        if isinstance(expiry, Timespan):
            return expiry
        if isinstance(expiry, dt.timedelta):
            return Timespan.from_timedelta(expiry)
        if isinstance(expiry, int | float) and not isinstance(expiry, bool):
            return Timespan.from_seconds(expiry)
    except InvalidValue as error:
        raise InvalidValue(error.problem, "expiry") from None
    msg = f"{type(expiry).__name__} is no length of time"
    raise InvalidValue(msg, "expiry", "seconds, a timedelta, a Timespan, or None for ever")
