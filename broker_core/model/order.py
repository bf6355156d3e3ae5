"""The fifteen kinds of value and the total order over all of them.

Values are compared through *sort keys*: nested tuples that Python orders as C++ orders the values, with the
kind's tag in front, so that T, count 1, integer 1 and real 1.0 stay four things. Source: spec data-model.md
sections 1 and 5.
"""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from struct import Struct
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
NAN_KEY: SortKey = ("\x04", b"")

# Numbers are held as bytes in the same order, and the tags as characters. Python hashes numbers, and tuples of them, in
# a way that everybody can calculate: a peer could send a set of vectors that all have one hash, so that each look-up
# compares with all of them. The hashes of bytes and strings depend on a secret of the process.
_BIAS = 1 << 63
_pack_real = Struct(">d").pack
_pack_port = Struct(">HB").pack


def _real_key(number: float) -> SortKey:
    if number >= 0:
        return ("\x04", b"\2" + _pack_real(number + 0.0))  # -0.0 is 0.0
    if number < 0:
        return ("\x04", b"\1" + _pack_real(-number).translate(_INVERTED))
    return NAN_KEY


_INVERTED = bytes(range(256))[::-1]

_KEYS: dict[type, Callable[[Any], SortKey]] = {
    type(None): lambda _: ("\x00",),
    bool: lambda x: ("\x01", x),
    Count: lambda x: ("\x02", x.to_bytes(8)),
    int: lambda x: ("\x03", (x + _BIAS).to_bytes(8)),
    float: _real_key,
    str: lambda x: ("\x05", x.encode()),
    bytes: lambda x: ("\x05", x),
    IPv4Address: lambda x: ("\x06", address_to_bytes(x)),
    IPv6Address: lambda x: ("\x06", address_to_bytes(x)),
    IPv4Network: lambda x: ("\x07", _subnet_key(x)),
    IPv6Network: lambda x: ("\x07", _subnet_key(x)),
    Port: lambda x: ("\x08", _pack_port(x.number, x.protocol)),
    Timestamp: lambda x: ("\x09", (x.ns + _BIAS).to_bytes(8)),
    Timespan: lambda x: ("\x0a", (x.ns + _BIAS).to_bytes(8)),
    EnumValue: lambda x: ("\x0b", x.raw),
    tuple: lambda x: ("\x0e", tuple([_KEYS[type(item)](item) for item in x])),
}


def _subnet_key(subnet: IPv4Network | IPv6Network) -> bytes:
    address, length = subnet_to_parts(subnet)
    return address + bytes((length,))


def register(container: type, kind: Kind, key: Callable[[Any], SortKey]) -> None:
    """Make *container* known (the container module does this for its two classes)."""
    KINDS[container] = kind
    _KEYS[container] = key


def sort_key(value: object) -> SortKey:
    """A hashable key that orders like Broker: ``sorted(values, key=sort_key)``. Raises :class:`InvalidValue`."""
    try:
        return _KEYS[type(value)](value)
    except OverflowError:
        msg = "integer outside -2**63 .. 2**63-1"
        raise InvalidValue(msg) from None
    except KeyError:
        kind_of(value)
        msg = "a container holds something that is no Broker value"
        raise InvalidValue(msg) from None


def same_value(one: object, other: object) -> bool:
    """Whether both are the same Broker value, kind included: unlike ``==``, 1 and 1.0 and T differ."""
    return sort_key(one) == sort_key(other)
