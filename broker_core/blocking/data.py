"""Data, and the containers that come out of it, as the C++ bindings have them.

A :class:`Data` holds one Broker value and does not change. :class:`Set`, :class:`Table` and :class:`Vector` are made
of Data and do: those that :meth:`Data.as_set` and its like give are copies. Where the bindings want Data, these
containers take plain Python as well. Sources: manual sections 2.3.2 and 2.5.4, C++ bindings 1.4.0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, MutableMapping, MutableSequence, MutableSet
from typing import TYPE_CHECKING, Any, overload

from broker_core.errors import InvalidValue
from broker_core.model import Kind, containers, kind_of, sort_key

from .codes import Named
from .conversion import to_broker, to_immutable, to_python
from .values import Address, Enum, Port, Subnet, Wrapper, WrongType, shown

if TYPE_CHECKING:
    from broker_core.model import Value
    from broker_core.model.order import SortKey

__all__ = ["Data", "ImmutableData", "Set", "Table", "Vector"]


class Data(Wrapper):
    """A Broker value of any type: ``Data([1, "a"])``; ``Data()`` is nil. Ordered as Broker orders values.

    Raises what :func:`~broker_core.blocking.conversion.to_broker` raises.
    """

    class Type(Named):
        """The types of value. ``None`` is another name of ``Nil``, for ``getattr`` only."""

        Address = 0
        Boolean = 1
        Count = 2
        EnumValue = 3
        Integer = 4
        Nil = 5
        Port = 6
        Real = 7
        Set = 8
        String = 9
        Subnet = 10
        Table = 11
        Timespan = 12
        Timestamp = 13
        Vector = 14
        vars()["None"] = Nil

    __slots__ = ()

    def __init__(self, x: object = None) -> None:
        self._value = to_broker(x)

    @staticmethod
    def from_py(x: object) -> Data:
        """Data of plain Python."""
        return Data(x)

    @staticmethod
    def to_py(d: Data) -> Any:
        """Plain Python of the data *d*, see :func:`~broker_core.blocking.conversion.to_python`."""
        return to_python(_value_of(d))

    def get_type(self) -> Data.Type:
        """The type of the value."""
        return _TYPES[kind_of(self._value)]

    def _expect(self, kind: Kind) -> Any:
        """The value, which must be of *kind*: elsewhere the bindings crash, and the manual has an exception."""
        found = kind_of(self._value)
        if found is not kind:
            msg = f"the data is of type {found.label}, not {kind.label}"
            raise WrongType(msg)
        return self._value

    # Each of these raises WrongType when the data is of another type.

    def as_none(self) -> None:
        """None."""
        self._expect(Kind.NONE)

    def as_boolean(self) -> bool:
        """The truth value."""
        return bool(self._expect(Kind.BOOLEAN))

    def as_count(self) -> int:
        """The number."""
        return int(self._expect(Kind.COUNT))

    def as_integer(self) -> int:
        """The number."""
        return int(self._expect(Kind.INTEGER))

    def as_real(self) -> float:
        """The number."""
        return float(self._expect(Kind.REAL))

    def as_string(self) -> bytes:
        """The bytes of the string."""
        text: str | bytes = self._expect(Kind.STRING)
        return text.encode() if isinstance(text, str) else text

    def as_address(self) -> Address:
        """The address."""
        return Address.wrap(self._expect(Kind.ADDRESS))

    def as_subnet(self) -> Subnet:
        """The subnet."""
        return Subnet.wrap(self._expect(Kind.SUBNET))

    def as_port(self) -> Port:
        """The port."""
        return Port.wrap(self._expect(Kind.PORT))

    def as_timestamp(self) -> float:
        """Seconds since the epoch."""
        return float(self._expect(Kind.TIMESTAMP).ns / 1e9)

    def as_timespan(self) -> float:
        """Seconds."""
        return float(self._expect(Kind.TIMESPAN).ns / 1e9)

    def as_enum_value(self) -> Enum:
        """The enum value."""
        return Enum.wrap(self._expect(Kind.ENUM_VALUE))

    def as_set(self) -> Set:
        """A copy of the set."""
        return Set(self._expect(Kind.SET))

    def as_table(self) -> Table:
        """A copy of the table."""
        table = Table()
        table.update(self._expect(Kind.TABLE))
        return table

    def as_vector(self) -> Vector:
        """A copy of the vector."""
        return Vector(self._expect(Kind.VECTOR))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class ImmutableData(Data):
    """Data whose :meth:`to_py` gives what can be hashed, as bindings after 1.4 have it."""

    __slots__ = ()

    @staticmethod
    def to_py(d: Data) -> Any:
        """Plain Python of the data *d*, see :func:`~broker_core.blocking.conversion.to_immutable`."""
        return to_immutable(_value_of(d))


def _value_of(data: Data) -> Value:
    if not isinstance(data, Data):
        msg = f"to_py() takes Data, not {type(data).__name__}"
        raise WrongType(msg)
    return data.to_broker()


_TYPES = {kind: Data.Type["Nil" if kind is Kind.NONE else kind.name.title().replace("_", "")] for kind in Kind}


def _key_of(thing: object) -> SortKey:
    """The key to look *thing* up by; one that no value has for what is no Broker value, which no container holds."""
    try:
        return sort_key(to_broker(thing))
    except InvalidValue:
        return ()


class Set(MutableSet[Data]):
    """A set of Data, iterated in Broker's order. Made of any iterable; raises as :class:`Data` does."""

    __slots__ = ("_entries",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._entries: dict[SortKey, Value] = {}
        for item in items:
            self.add(item)

    def add(self, x: object) -> None:
        """Put *x* in."""
        value = to_broker(x)
        self._entries.setdefault(sort_key(value), value)

    def remove(self, x: object) -> None:
        """Take *x* out, if it is there."""
        self._entries.pop(_key_of(x), None)

    discard = remove

    def clear(self) -> None:
        """Take everything out."""
        self._entries.clear()

    def to_broker(self) -> Value:
        """The strict value."""
        return containers.Set.from_distinct(list(self._entries.values()))

    def __contains__(self, x: object) -> bool:
        return _key_of(x) in self._entries

    def __iter__(self) -> Iterator[Data]:
        return (Data.wrap(self._entries[key]) for key in sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return self._entries.keys() == other._entries.keys() if isinstance(other, Set) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Set{{{', '.join(map(str, self))}}}"


class Table(MutableMapping[Any, Any]):
    """A table from Data to Data, iterated in Broker's order of the keys. Raises as :class:`Data` does."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[SortKey, tuple[Value, Value]] = {}

    def to_broker(self) -> Value:
        """The strict value."""
        return containers.Table.from_distinct(list(self._entries.values()))

    def __getitem__(self, key: object) -> Data:
        entry = self._entries.get(_key_of(key))
        if entry is None:
            raise KeyError(key)
        return Data.wrap(entry[1])

    def __setitem__(self, key: object, value: object) -> None:
        strict = to_broker(key)
        self._entries[sort_key(strict)] = (strict, to_broker(value))

    def __delitem__(self, key: object) -> None:
        if self._entries.pop(_key_of(key), None) is None:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return _key_of(key) in self._entries

    def __iter__(self) -> Iterator[Data]:
        return (Data.wrap(self._entries[key][0]) for key in sorted(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        return self.to_broker() == other.to_broker() if isinstance(other, Table) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Table{{{', '.join(f'{key}: {value}' for key, value in self.items())}}}"


class Vector(MutableSequence[Data]):
    """A sequence of Data. Made of any iterable; raises as :class:`Data` and as lists do."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._items: list[Value] = [to_broker(item) for item in items]

    def to_broker(self) -> Value:
        """The strict value."""
        return tuple(self._items)

    @overload
    def __getitem__(self, at: int) -> Data: ...
    @overload
    def __getitem__(self, at: slice) -> Vector: ...
    def __getitem__(self, at: int | slice) -> Data | Vector:
        return Vector(self._items[at]) if isinstance(at, slice) else Data.wrap(self._items[at])

    @overload
    def __setitem__(self, at: int, value: object) -> None: ...
    @overload
    def __setitem__(self, at: slice, value: Iterable[Any]) -> None: ...
    def __setitem__(self, at: int | slice, value: Any) -> None:
        if isinstance(at, slice):
            self._items[at] = [to_broker(item) for item in value]
        else:
            self._items[at] = to_broker(value)

    def __delitem__(self, at: int | slice) -> None:
        del self._items[at]

    def __len__(self) -> int:
        return len(self._items)

    def insert(self, i: int, x: object) -> None:
        """Put *x* before the item at *i*; raises IndexError when there is none and *i* is not the end either."""
        if not -len(self._items) <= i <= len(self._items):
            msg = f"insert at {i} into a vector of {len(self._items)}"
            raise IndexError(msg)
        self._items.insert(i, to_broker(x))

    def append(self, x: object) -> None:
        """Put *x* at the end."""
        self._items.append(to_broker(x))

    def extend(self, items: Iterable[Any]) -> None:
        """Put all *items* at the end, or none when one is no Broker value."""
        self._items += [to_broker(item) for item in items]

    def count(self, x: object) -> int:
        """How many items are *x*."""
        return self._keys().count(_key_of(x))

    def index(self, x: object, start: int = 0, stop: int = sys.maxsize) -> int:
        """Where the first *x* is; raises ValueError when there is none."""
        return self._keys().index(_key_of(x), start, stop)

    def remove(self, x: object) -> None:
        """Take out the first *x*; raises ValueError when there is none."""
        del self[self.index(x)]

    def _keys(self) -> list[SortKey]:
        return [sort_key(item) for item in self._items]

    def __contains__(self, x: object) -> bool:
        return _key_of(x) in self._keys()

    def __eq__(self, other: object) -> bool:
        return self._keys() == other._keys() if isinstance(other, Vector) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Vector[{', '.join(map(shown, self._items))}]"
