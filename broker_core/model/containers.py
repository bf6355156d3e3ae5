"""Set and table: immutable, hashable, ordered as Broker orders them, and never confusing kinds.

Python's own ``{True, 1, 1.0}`` has one element; Broker's has three. Both classes find elements by their sort
key, so they keep such values apart, take unhashable Python objects in look-ups, and are hashable themselves.
Sources: manual section 2.3.1, spec data-model.md sections 1, 3.2 and 5.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, NoReturn, TypeVar

from broker_core.errors import InvalidValue

from . import native, order
from .order import NAN_KEY, Kind, SortKey, sort_key
from .scalars import Count, EnumValue, Port, Timespan, Timestamp

__all__ = ["Set", "Table", "Value", "Vector"]


class _Frozen:
    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = f"{type(self).__name__} cannot be changed"
        raise AttributeError(msg)


class Set(_Frozen, AbstractSet["Value"]):
    """A Broker set. Made from any iterable; iterates in Broker's order; equal values are one element."""

    __slots__ = ("_entries", "_hashed")
    _entries: dict[SortKey, Value]
    _hashed: int | None

    def __init__(self, items: Iterable[Any] = ()) -> None:
        values = [_convert_part(item, at) for at, item in enumerate(items)]
        _fill(self, {sort_key(value): value for value in values})

    @classmethod
    def from_distinct(cls, values: list[Value]) -> Set:
        """From strict values without conversion; raises :class:`InvalidValue` when two are equal."""
        self = cls.__new__(cls)
        entries = {sort_key(value): value for value in values}
        if len(entries) != len(values):
            msg = f"set with {len(values) - len(entries)} element(s) given twice"
            raise InvalidValue(msg)
        _fill(self, entries)
        return self

    def including(self, value: Value) -> Set:
        """The set with the strict *value* in it; raises :class:`InvalidValue` as the constructor does."""
        key = sort_key(value)
        return self if key in self._entries else _with_entry(self, key, value)

    def excluding(self, value: Value) -> Set:
        """The set without the strict *value*."""
        return _without_entry(self, sort_key(value))

    def __contains__(self, item: object) -> bool:
        return _key_of(item) in self._entries

    def __iter__(self) -> Iterator[Value]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Set):
            return self._entries.keys() == other._entries.keys()
        if isinstance(other, set | frozenset):
            return len(self) == len(other) and all(item in self for item in other)
        return NotImplemented

    # The operators that would ask Python's own sets what they hold, and be told that 1 is in {True}.

    def __le__(self, other: AbstractSet[Any]) -> bool:
        return super().__le__(_own(other))

    def __sub__(self, other: AbstractSet[Any]) -> AbstractSet[Value]:
        return super().__sub__(_own(other))

    def __xor__(self, other: AbstractSet[Any]) -> AbstractSet[Value]:
        return super().__xor__(_own(other))

    __rxor__ = __xor__

    def __hash__(self) -> int:
        return _cached_hash(self, tuple(self._entries))

    def __repr__(self) -> str:
        return f"Set([{', '.join(map(repr, self))}])"

    def __reduce__(self) -> tuple[type[Set], tuple[list[Value]]]:
        return Set, (list(self),)

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Set:  # type: ignore[override]
        return cls(items)


class Table(_Frozen, Mapping["Value", "Value"]):
    """A Broker table. Made from a mapping or from pairs (the last of equal keys counts); iterates keys in order.

    A dict literal merges ``True``, ``1`` and ``1.0`` before this class sees it: give pairs where that matters.
    """

    __slots__ = ("_entries", "_hashed")
    _entries: dict[SortKey, tuple[Value, Value]]
    _hashed: int | None

    def __init__(self, items: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = ()) -> None:
        entries: dict[SortKey, tuple[Value, Value]] = {}
        for at, (key, value) in enumerate(items.items() if isinstance(items, Mapping) else items):
            strict = _convert_part(key, at)
            entries[sort_key(strict)] = (strict, _convert_part(value, key))
        _fill(self, entries)

    @classmethod
    def from_distinct(cls, pairs: list[tuple[Value, Value]]) -> Table:
        """From strict pairs without conversion; raises :class:`InvalidValue` when two keys are equal."""
        self = cls.__new__(cls)
        entries = {sort_key(pair[0]): pair for pair in pairs}
        if len(entries) != len(pairs):
            msg = f"table with {len(pairs) - len(entries)} key(s) given twice"
            raise InvalidValue(msg)
        _fill(self, entries)
        return self

    def including(self, key: Value, value: Value) -> Table:
        """The table with *value* at *key*, both strict; raises :class:`InvalidValue` as the constructor does."""
        return _with_entry(self, sort_key(key), (key, value))

    def excluding(self, key: Value) -> Table:
        """The table without the strict *key*."""
        return _without_entry(self, sort_key(key))

    def __getitem__(self, key: object) -> Value:
        entry = self._entries.get(_key_of(key))
        if entry is None:
            raise KeyError(key)
        return entry[1]

    def __contains__(self, key: object) -> bool:
        return _key_of(key) in self._entries

    def __iter__(self) -> Iterator[Value]:
        return (key for key, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def pairs(self) -> Iterable[tuple[Value, Value]]:
        """The (key, value) pairs in order; quicker than ``items()``."""
        return self._entries.values()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dict):
            try:
                other = Table(other)
            except InvalidValue:
                return False
        if isinstance(other, Table):
            return self._compare_key() == other._compare_key()
        return NotImplemented

    def _compare_key(self) -> SortKey:
        return tuple([(key, sort_key(value)) for key, (_, value) in self._entries.items()])

    def __hash__(self) -> int:
        return _cached_hash(self, self._compare_key())

    def __repr__(self) -> str:
        return f"Table([{', '.join(map(repr, self.pairs()))}])"

    def __reduce__(self) -> tuple[type[Table], tuple[list[tuple[Value, Value]]]]:
        return Table, (list(self.pairs()),)


Vector = tuple["Value", ...]
Value = (
    None
    | bool
    | Count
    | int
    | float
    | str
    | bytes
    | IPv4Address
    | IPv6Address
    | IPv4Network
    | IPv6Network
    | Port
    | Timestamp
    | Timespan
    | EnumValue
    | Set
    | Table
    | tuple["Value", ...]
)

_Container = TypeVar("_Container", Set, Table)


def _convert_part(item: Any, step: object) -> Value:
    try:
        value: Value = native.convert(item)
    except InvalidValue as error:
        raise InvalidValue(error.problem, f"[{_step_text(step)}]{error.path}") from None
    return value


def _own(other: AbstractSet[Any]) -> AbstractSet[Any]:
    return Set(other) if isinstance(other, set | frozenset) else other


def _step_text(step: object) -> str:
    return f'"{step}"' if isinstance(step, str) else f"{step!r}"


def _key_of(item: object) -> SortKey:
    """The key to look *item* up by; one that no value has for what is no Broker value, which no container holds."""
    try:
        return sort_key(native.convert(item))
    except InvalidValue:
        return ()


def _fill(container: Set | Table, entries: dict[SortKey, Any]) -> None:
    """Put *entries* into the new *container*, in order."""
    keys = list(entries)
    ordered = sorted(keys)
    if keys != ordered:
        entries = {key: entries[key] for key in ordered}
    if len(ordered) > 1:
        _refuse_nan(ordered)
    _fill_ordered(container, entries)


def _fill_ordered(container: Set | Table, entries: dict[SortKey, Any]) -> None:
    slots = type(container)
    slots._entries.__set__(container, entries)  # type: ignore[union-attr]
    slots._hashed.__set__(container, None)  # type: ignore[union-attr]


def _with_entry(container: _Container, key: SortKey, entry: Any) -> _Container:
    """A copy of *container* with *entry* at *key*; only the neighbours of a new key are looked at again."""
    entries: dict[SortKey, Any] = dict(container._entries)
    if key not in entries:
        keys = list(entries)
        at = bisect.bisect(keys, key)
        keys[at:at] = [key]
        _refuse_nan(keys[max(at - 1, 0) : at + 2])
        if at < len(entries):
            items = list(entries.items())
            items.insert(at, (key, entry))
            entries = dict(items)
    entries[key] = entry
    return _copy(container, entries)


def _without_entry(container: _Container, key: SortKey) -> _Container:
    if key not in container._entries:
        return container
    entries: dict[SortKey, Any] = dict(container._entries)
    del entries[key]
    return _copy(container, entries)


def _copy(container: _Container, entries: dict[SortKey, Any]) -> _Container:
    kind = type(container)
    copy = kind.__new__(kind)
    _fill_ordered(copy, entries)
    return copy


def _refuse_nan(ordered: list[SortKey]) -> None:
    """C++ holds NaN equal to every real, and so refuses a set with both (spec section 5)."""
    for one, other in itertools.pairwise(ordered):
        if one != other and _equal_for_cpp(one, other):
            msg = "NaN and another real in one set (or as keys of one table): C++ Broker takes them for equal"
            raise InvalidValue(msg)


def _equal_for_cpp(one: Any, other: Any) -> bool:
    if not (isinstance(one, tuple) and isinstance(other, tuple)):
        return bool(one == other)
    if NAN_KEY in (one, other) and one[:1] == other[:1] == NAN_KEY[:1]:
        return True
    return len(one) == len(other) and all(map(_equal_for_cpp, one, other))


def _cached_hash(container: Set | Table, key: object) -> int:
    if container._hashed is None:
        type(container)._hashed.__set__(container, hash((type(container).__name__, key)))  # type: ignore[union-attr]
    return container._hashed  # type: ignore[return-value]


def _walk_set(items: Any) -> Iterator[tuple[str, Any]]:
    return ((f"{{{at}}}", item) for at, item in enumerate(items))


def _walk_table(items: Any) -> Iterator[tuple[str, Any]]:
    for at, (key, value) in enumerate(items.pairs() if isinstance(items, Table) else items.items()):
        yield f".key({at})", key
        yield f"[{_step_text(key)}]", value


order.register(Set, Kind.SET, lambda x: ("\x0c", tuple(x._entries)))
order.register(Table, Kind.TABLE, lambda x: ("\x0d", x._compare_key()))
for _kind in (set, frozenset):
    native.register(_kind, Set, _walk_set)
native.register(Set, lambda x: x, _walk_set)
native.register(dict, Table, _walk_table)
native.register(Table, lambda x: x, _walk_table)
