"""How values compare in expressions: numbers by value whatever their type, everything else only with its like.

Each function answers True, False, or None when the two cannot be compared; an expression takes None for no.
"""

from __future__ import annotations

import operator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core import Count, EnumValue, Port, Set, Table, Timespan, Timestamp, kind_of, same_value, sort_key
from broker_core.codecs import text as literals

from .facts import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "KIND_NAMES",
    "contains",
    "equals",
    "holds_things",
    "kind_name",
    "lowered",
    "ordered",
    "plain_text",
    "size_of",
    "text_of",
]

_NUMBERS = frozenset({Count, int, float})
_ADDRESSES = frozenset({IPv4Address, IPv6Address})
_SUBNETS = frozenset({IPv4Network, IPv6Network})

_FAMILIES: dict[type, int] = {
    kind: at
    for at, kinds in enumerate(
        (
            (Count, int, float),
            (str, bytes),
            (bool,),
            (IPv4Address, IPv6Address),
            (IPv4Network, IPv6Network),
            (Port,),
            (Timespan,),
            (Timestamp,),
            (EnumValue,),
            (tuple,),
            (Set,),
            (Table,),
        )
    )
    for kind in kinds
}
_NUMBER, _TEXT, _ADDRESS, _VECTOR = 0, 1, 3, 9
_CONTAINERS = frozenset({10, 11})
_ORDERED = frozenset({0, 1, 3, 5, 6, 7})

KIND_NAMES = {
    "none": "none",
    "nil": "none",
    "boolean": "boolean",
    "bool": "boolean",
    "count": "count",
    "integer": "integer",
    "int": "integer",
    "real": "real",
    "double": "real",
    "string": "string",
    "address": "address",
    "addr": "address",
    "subnet": "subnet",
    "port": "port",
    "timestamp": "timestamp",
    "time": "timestamp",
    "timespan": "timespan",
    "interval": "timespan",
    "enum-value": "enum-value",
    "enum": "enum-value",
    "set": "set",
    "table": "table",
    "vector": "vector",
    "record": "vector",
}
"""What a type may be called, and what ``type(x)`` calls it."""


def text_of(value: Any) -> str:
    """A string as text: bytes that are not UTF-8 are surrogate escapes, as in topics."""
    return value if type(value) is str else value.decode("utf-8", "surrogateescape")


def equals(one: Any, other: Any) -> bool | None:
    """Whether both are the same; ``nil`` compares with everything."""
    if one is MISSING or other is MISSING:
        return None
    if one is None or other is None:
        return one is other
    family = _FAMILIES.get(type(one))
    if family is None or family != _FAMILIES.get(type(other)):
        return None
    if family == _TEXT:
        return text_of(one) == text_of(other)
    if family == _VECTOR:
        return len(one) == len(other) and all(equals(*pair) is True for pair in zip(one, other, strict=True))
    if family in _CONTAINERS:
        return same_value(one, other)
    return bool(one == other)


def ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    """The comparison by size that is *compare*: ``operator.lt`` and its like."""

    def answer(one: Any, other: Any) -> bool | None:
        family = _FAMILIES.get(type(one))
        if family not in _ORDERED or family != _FAMILIES.get(type(other)):
            return None
        if family == _TEXT:
            return compare(_raw(one), _raw(other))
        if family == _NUMBER:
            return compare(one, other)
        return compare(sort_key(one), sort_key(other))

    return answer


def _raw(value: Any) -> bytes:
    return value if type(value) is bytes else value.encode("utf-8", "surrogateescape")


def holds_things(value: Any) -> bool:
    """Whether something can be ``in`` *value*."""
    return type(value) in {str, bytes, tuple, Set, Table} | _SUBNETS


def contains(item: Any, whole: Any) -> bool | None:
    """``item in whole``: an address or subnet in a subnet, an element, a key of a table, or part of a string."""
    if item is MISSING:
        return None
    kind = type(whole)
    if kind is Set:
        return _among(item, whole) or (type(item) in _ADDRESSES and any(_inside(item, net) for net in whole))
    if kind is Table:
        return _among(item, whole)
    if kind is tuple:
        return any(equals(item, element) is True for element in whole)
    if kind in _SUBNETS:
        return _inside(item, whole)
    if _FAMILIES.get(kind) == _TEXT and _FAMILIES.get(type(item)) == _TEXT:
        return text_of(item) in text_of(whole)
    return None


def _among(item: Any, whole: Any) -> bool:
    if type(item) not in _NUMBERS:
        return item in whole
    if item != item:
        return False
    return any(variant in whole for variant in _variants(item))


def _variants(number: Any) -> list[Any]:
    """The same number as each type that can hold it."""
    if type(number) is float and not number.is_integer():
        return [number]
    whole = int(number)
    found: list[Any] = [float(whole)] if abs(whole) < 2**1023 and float(whole) == whole else []
    if 0 <= whole < 2**64:
        found.append(Count(whole))
    if -(2**63) <= whole < 2**63:
        found.append(whole)
    return [*found, number] if type(number) is float else found


def _inside(item: Any, subnet: Any) -> bool | None:
    if type(subnet) not in _SUBNETS:
        return None
    if type(item) in _ADDRESSES:
        return item in subnet  # False for the other version
    if type(item) in _SUBNETS:
        return item.version == subnet.version and item.subnet_of(subnet)  # type: ignore[no-any-return]
    return None


# -- functions ------------------------------------------------------------------------------------------------


def size_of(value: Any) -> Any:
    """``len(x)``: the bytes of a string, the elements of a container, a number without its sign."""
    kind = type(value)
    if kind is str:
        return len(value) if value.isascii() else len(_raw(value))
    if kind in {bytes, tuple, Set, Table}:
        return len(value)
    return abs(operator.pos(value)) if kind in {int, float} else value if kind is Count else MISSING


def kind_name(value: Any) -> Any:
    """``type(x)``: such as ``count``."""
    return MISSING if value is MISSING else kind_of(value).label


def plain_text(value: Any) -> Any:
    """``str(x)``: strings and names of enums as they are, other values as literals."""
    if value is MISSING:
        return MISSING
    kind = type(value)
    if kind is str or kind is bytes:
        return text_of(value)
    if kind is EnumValue:
        return text_of(value.name)
    return literals.encode(value)


def lowered(value: Any) -> Any:
    """``lower(x)`` of a string or an enum."""
    return plain_text(value).lower() if type(value) in {str, bytes, EnumValue} else MISSING
