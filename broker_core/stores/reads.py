"""What can be asked of a store's entries, wherever they are.

Source: manual section 2.4.2, spec store-protocol.md section 5.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from broker_core.codecs import text
from broker_core.errors import InvalidValue, NoSuchKey, TypeClash
from broker_core.model.containers import Set, Table

from .arithmetic import part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_core.model import Value

    from .backend import Backend, Record

__all__ = ["Readable", "exists", "get", "get_part", "keys", "no_such_key", "page", "pairs", "size", "snapshot"]

_LONGEST_KEY = 120  # characters of a key in an error text


class Readable(Protocol):
    """A backend, or a clone's copy."""

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""

    def keys(self) -> Iterator[Value]:
        """All keys, in any order."""

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records, in any order."""

    def size(self) -> int:
        """How many keys there are."""


def no_such_key(key: Value) -> NoSuchKey:
    """The error for a *key* that is not there."""
    return NoSuchKey(f"no such key: {_shortened(key)}")


def _shortened(key: Value) -> str:
    name = text.encode(key)
    return name if len(name) <= _LONGEST_KEY else f"{name[:_LONGEST_KEY]}..."


def get(source: Readable, key: Value) -> Any:
    """The value at *key*. Raises :class:`NoSuchKey`."""
    record = source.find(key)
    if record is None:
        raise no_such_key(key)
    return record.value


def get_part(source: Readable, key: Value, index: Value) -> Any:
    """The part of the value at *key* that *index* names. Raises :class:`NoSuchKey`, :class:`TypeClash`."""
    value = get(source, key)
    try:
        return part(value, index)
    except (NoSuchKey, TypeClash) as error:
        msg = f"{error.problem} (at key {_shortened(key)})"
        raise type(error)(msg) from None


def exists(source: Readable, key: Value) -> bool:
    """Whether there is something at *key*."""
    return source.find(key) is not None


def size(source: Readable) -> int:
    """How many keys there are."""
    return source.size()


def keys(source: Readable) -> Set:
    """All keys. Keys that are one in a set (0.0 and -0.0) are one here too."""
    found = list(source.keys())
    try:
        return Set.from_distinct(found)
    except InvalidValue:
        return Set(found)


def snapshot(source: Readable) -> Table:
    """All keys and values; otherwise as :func:`keys`."""
    found = pairs(source)
    try:
        return Table.from_distinct(found)
    except InvalidValue:
        return Table(found)


def pairs(source: Readable) -> list[tuple[Value, Value]]:
    """All keys with their values."""
    return [(key, record.value) for key, record in source.entries()]


def page(source: Backend, most: int, *after: Value) -> list[tuple[Value, Value]]:
    """At most *most* keys with their values: the next ones behind the key *after*, if that is given."""
    return [(key, record.value) for key, record in source.page(most, *after)]
