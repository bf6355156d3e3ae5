"""Python to Broker values and back, with the results of the C++ bindings.

What goes out is taken as the bindings take it: a datetime without a time zone is local time, and objects of the
classes of this face stand for the values inside. What comes in is of Python's own types where it has one; a ``set``
holds, and a ``dict`` is indexed by, the immutable forms of what Python cannot hash.
Sources: manual section 2.5.4, C++ bindings 1.4.0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Set, Table, Timespan, Timestamp, to_value
from broker_core.model import Port as PortValue
from broker_core.model.native import depth_exceeds
from broker_core.model.scalars import I64_MAX, I64_MIN

from .values import Enum, Port, Wrapper, WrongType

if TYPE_CHECKING:
    from broker_core.model import Value

__all__ = ["FrozenDict", "Message", "to_broker", "to_immutable", "to_python"]


# -- out ----------------------------------------------------------------------------------------------------------


class Message:
    """What a program can publish of its own making: :meth:`to_broker` gives what goes out."""

    def to_broker(self) -> Any:
        """A Broker value, or anything that has one. Each subclass says which."""
        msg = f"{type(self).__name__} does not say what to publish: it has no to_broker()"
        raise NotImplementedError(msg)


def to_broker(thing: object) -> Value:
    """The strict value for *thing*: Python's own types, objects of this face, and what has a method ``to_broker``.

    Raises :class:`WrongType` (also a TypeError, which the bindings raise) for what has no Broker type, and
    :class:`InvalidValue` for what is out of range or nested too deep. Both say where in *thing*.
    """
    try:
        value: Value = _TO_BROKER[type(thing)](thing)
    except RecursionError:
        _refuse_depth()
    if type(value) in _DEEP and depth_exceeds(value, DEFAULT_LIMITS.max_depth):
        _refuse_depth()
    return value


def _refuse_depth() -> NoReturn:
    msg = f"nested deeper than {DEFAULT_LIMITS.max_depth} levels (max_depth)"
    raise InvalidValue(msg)


def _same(value: Any) -> Any:
    return value


def _integer(number: int) -> Value:
    value: Value = number if I64_MIN <= number <= I64_MAX else to_value(number)
    return value


def _string(text: str) -> Value:
    value: Value = text if text.isascii() else to_value(text)
    return value


def _moment(moment: dt.datetime) -> Timestamp:
    return Timestamp.from_datetime(moment.astimezone(dt.UTC) if moment.tzinfo is None else moment)


def _vector(items: Any) -> tuple[Value, ...]:
    values: list[Value] = []
    try:
        for item in items:
            values.append(_TO_BROKER[type(item)](item))  # noqa: PERF401 - how many there are says where it failed
    except InvalidValue as error:
        step = f"[{len(values)}]"
        raise _inside(step, error) from None
    return tuple(values)


def _set(items: Any) -> Set:
    return Set(_vector(items))


def _table(items: Any) -> Table:
    pairs = []
    key = None
    try:
        for key, item in items.items():
            pairs.append((_TO_BROKER[type(key)](key), _TO_BROKER[type(item)](item)))
    except InvalidValue as error:
        step = f"[{key!r}]"
        raise _inside(step, error) from None
    return Table(pairs)


def _inside(step: str, error: InvalidValue) -> InvalidValue:
    """*error* as seen from the container that has its cause at *step*."""
    return type(error)(error.problem, step + error.path, error.hint)


def _by_method(thing: Any) -> Value:
    inner = thing.to_broker()
    value: Value = _TO_BROKER[type(inner)](inner)
    return value


def _unknown(thing: object) -> NoReturn:
    try:
        to_value(thing)
    except InvalidValue as error:
        raise WrongType(error.problem, error.path, error.hint) from None
    msg = f"{type(thing).__name__} is no Broker type"
    raise WrongType(msg)


_SINGLE: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    Count: _same,
    int: _integer,
    float: _same,
    str: _string,
    bytes: to_value,
    bytearray: to_value,
    memoryview: to_value,
    IPv4Address: _same,
    IPv6Address: to_value,
    IPv4Network: _same,
    IPv6Network: to_value,
    PortValue: _same,
    Timestamp: _same,
    Timespan: _same,
    EnumValue: _same,
    Set: _same,
    Table: _same,
    dt.timedelta: Timespan.from_timedelta,
}


_wrapped = attrgetter("_value")


class _Converters(dict[type, Callable[[Any], Any]]):
    """The table by exact type, and the way of all others: a method of their own, or that of the nearest base."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if issubclass(kind, Wrapper):
            return _wrapped
        if hasattr(kind, "to_broker"):
            return _by_method
        for base in kind.__mro__[1:-1]:
            if base in _SINGLE:
                return to_value  # which makes the very type of it
            if base in self:
                return self[base]
        return _unknown


_TO_BROKER = _Converters(
    _SINGLE | {dt.datetime: _moment, tuple: _vector, list: _vector, set: _set, frozenset: _set, dict: _table}
)
_DEEP = frozenset({tuple, Set, Table})


# -- in -----------------------------------------------------------------------------------------------------------


class FrozenDict(dict[Any, Any]):
    """A table that can be hashed: a dict that nothing changes. Its keys and values are immutable as well."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def _refuse(self, *_args: object, **_named: object) -> NoReturn:
        msg = "this table cannot be changed; dict() of it can"
        raise TypeError(msg)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __repr__(self) -> str:
        return f"FrozenDict({super().__repr__()})"

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[Any, Any]]]:
        return FrozenDict, (dict(self),)


def to_python(value: Value) -> Any:
    """What a subscriber gives for the strict *value*: ``tuple`` for vector, ``set`` for set, ``dict`` for table.

    Times are timedeltas and datetimes in UTC, to the nearest microsecond. Where Python holds some elements or keys
    equal that Broker tells apart (``True`` and 1, two times within a microsecond), a ``set`` or ``dict`` would lose
    some, and the container stays the immutable one of :mod:`broker_core`.
    """
    return _TO_PYTHON[type(value)](value)


def to_immutable(value: Value) -> Any:
    """The same with a ``frozenset`` for a set and a :class:`FrozenDict` for a table, so that it can be hashed."""
    return _TO_IMMUTABLE[type(value)](value)


def _microseconds(ns: int) -> int:
    """The nearest number of microseconds, and the even one of two that are as near."""
    whole, rest = divmod(ns, 1000)
    return whole + (rest > 500 or (rest == 500 and whole & 1))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _to_timedelta(span: Timespan) -> dt.timedelta:
    return dt.timedelta(microseconds=_microseconds(span.ns))


def _to_datetime(moment: Timestamp) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=_microseconds(moment.ns))


def _to_tuple(items: tuple[Value, ...]) -> tuple[Any, ...]:
    return tuple([item if type(item) in _PLAIN else _TO_PYTHON[type(item)](item) for item in items])


def _to_immutable_tuple(items: tuple[Value, ...]) -> tuple[Any, ...]:
    return tuple([item if type(item) in _PLAIN else _TO_IMMUTABLE[type(item)](item) for item in items])


def _to_set(items: Set) -> set[Any] | Set:
    found = {_TO_IMMUTABLE[type(item)](item) for item in items}
    return found if len(found) == len(items) else items


def _to_frozenset(items: Set) -> frozenset[Any] | Set:
    found = _to_set(items)
    return frozenset(found) if isinstance(found, set) else found


def _to_dict(table: Table) -> dict[Any, Any] | Table:
    found = {_TO_IMMUTABLE[type(key)](key): _TO_PYTHON[type(item)](item) for key, item in table.pairs()}
    return found if len(found) == len(table) else table


def _to_frozen_dict(table: Table) -> FrozenDict | Table:
    found = FrozenDict({_TO_IMMUTABLE[type(key)](key): _TO_IMMUTABLE[type(item)](item) for key, item in table.pairs()})
    return found if len(found) == len(table) else table


_PLAIN = frozenset(
    {type(None), bool, Count, int, float, str, bytes, IPv4Address, IPv6Address, IPv4Network, IPv6Network}
)
_TO_PYTHON: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys(_PLAIN, _same),
    PortValue: Port.wrap,
    EnumValue: Enum.wrap,
    Timestamp: _to_datetime,
    Timespan: _to_timedelta,
    tuple: _to_tuple,
    Set: _to_set,
    Table: _to_dict,
}
_TO_IMMUTABLE = _TO_PYTHON | {tuple: _to_immutable_tuple, Set: _to_frozenset, Table: _to_frozen_dict}
