"""The fifteen kinds of value and the total order over all of them.

Values are compared through *sort keys*: nested tuples that Python orders as C++ orders the values, with the
kind's tag in front, so that T, count 1, integer 1 and real 1.0 stay four things. Source: spec data-model.md
sections 1 and 5.
"""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core.errors import InvalidValue

from .network import address_to_bytes, subnet_to_parts
from .scalars import Count, EnumValue, Port, Timespan, Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Kind", "kind_of", "same_value", "sort_key"]

SortKey = tuple[Any, ...]


class Kind(IntEnum):
    """The kinds with their tags on the wire. ``.label`` is the name used in JSON and in messages."""

    NONE = 0
    BOOLEAN = 1
    COUNT = 2
    INTEGER = 3
    REAL = 4
    STRING = 5
    ADDRESS = 6
    SUBNET = 7
    PORT = 8
    TIMESTAMP = 9
    TIMESPAN = 10
    ENUM_VALUE = 11
    SET = 12
    TABLE = 13
    VECTOR = 14

    @property
    def label(self) -> str:
        """``count``, ``enum-value`` and so on."""
        return self.name.lower().replace("_", "-")


KINDS: dict[type, Kind] = {
    type(None): Kind.NONE,
    bool: Kind.BOOLEAN,
    Count: Kind.COUNT,
    int: Kind.INTEGER,
    float: Kind.REAL,
    str: Kind.STRING,
    bytes: Kind.STRING,
    IPv4Address: Kind.ADDRESS,
    IPv6Address: Kind.ADDRESS,
    IPv4Network: Kind.SUBNET,
    IPv6Network: Kind.SUBNET,
    Port: Kind.PORT,
    Timestamp: Kind.TIMESTAMP,
    Timespan: Kind.TIMESPAN,
    EnumValue: Kind.ENUM_VALUE,
    tuple: Kind.VECTOR,
}


def kind_of(value: object) -> Kind:
    """The kind of a Broker value; raises :class:`InvalidValue` for anything else."""
    try:
        return KINDS[type(value)]
    except KeyError:
        msg = f"{type(value).__name__} is no Broker value"
        raise InvalidValue(msg) from None


# NaN gets a place below all other reals: C++ leaves it without one (spec section 5), and a sort needs one.
_KEYS: dict[type, Callable[[Any], SortKey]] = {
    type(None): lambda _: (0,),
    bool: lambda x: (1, x),
    Count: lambda x: (2, int(x)),
    int: lambda x: (3, x),
    float: lambda x: (4, 1, x) if x == x else (4, 0),
    str: lambda x: (5, x.encode()),
    bytes: lambda x: (5, x),
    IPv4Address: lambda x: (6, address_to_bytes(x)),
    IPv6Address: lambda x: (6, address_to_bytes(x)),
    IPv4Network: lambda x: (7, *subnet_to_parts(x)),
    IPv6Network: lambda x: (7, *subnet_to_parts(x)),
    Port: lambda x: (8, x.number, int(x.protocol)),
    Timestamp: lambda x: (9, x.ns),
    Timespan: lambda x: (10, x.ns),
    EnumValue: lambda x: (11, x.raw),
    tuple: lambda x: (14, tuple([_KEYS[type(item)](item) for item in x])),
}


def register(container: type, kind: Kind, key: Callable[[Any], SortKey]) -> None:
    """Make *container* known (the container module does this for its two classes)."""
    KINDS[container] = kind
    _KEYS[container] = key


def sort_key(value: object) -> SortKey:
    """A hashable key that orders like Broker: ``sorted(values, key=sort_key)``. Raises :class:`InvalidValue`."""
    try:
        return _KEYS[type(value)](value)
    except KeyError:
        kind_of(value)
        msg = "a container holds something that is no Broker value"
        raise InvalidValue(msg) from None


def same_value(one: object, other: object) -> bool:
    """Whether both are the same Broker value, kind included: unlike ``==``, 1 and 1.0 and T differ."""
    return sort_key(one) == sort_key(other)
