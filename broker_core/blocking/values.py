"""The single values that Python has no type for, as the C++ bindings have them, each around a Broker value.

``Count`` is not here: the library's own one serves. Source: C++ bindings 1.4.0.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Self, overload

from broker_core.codecs import cpp
from broker_core.errors import InvalidValue
from broker_core.model import address_from_bytes, address_to_bytes, scalars, sort_key
from broker_core.model.network import subnet_from_parts
from broker_core.runtime import clock

from .codes import Named

if TYPE_CHECKING:
    from ipaddress import IPv6Address

    from broker_core.model import Value

__all__ = ["Address", "Enum", "Port", "Subnet", "Timespan", "Timestamp", "Wrapper", "WrongType", "now", "shown"]

_NS = 1_000_000_000
_V4_BITS = 96  # what stands in front of an IPv4 address in the 128 bits of any


class WrongType(InvalidValue, TypeError):
    """A Python object of a type that does not fit, where the C++ bindings raise a plain TypeError."""


def shown(value: Value) -> str:
    """The text that C++ prints for the strict *value*; bytes that are not UTF-8 as hexadecimal escapes."""
    return cpp.encode(value).decode(errors="backslashreplace")


class Wrapper:
    """One strict value behind a class of the bindings, which is compared, ordered, hashed and printed by it.

    As in the bindings, none is equal to one of another class, or to a plain Python value.
    """

    __slots__ = ("_value",)
    _value: Any

    @classmethod
    def wrap(cls, value: Any) -> Self:
        """The object around the strict *value*, which must be of the right kind."""
        self = cls.__new__(cls)
        self._value = value
        return self

    def to_broker(self) -> Value:
        """The strict value."""
        value: Value = self._value
        return value

    def _key_of(self, other: object) -> tuple[Any, ...] | None:
        """What to compare with, when *other* is of the same class."""
        if isinstance(other, Wrapper) and (isinstance(other, type(self)) or isinstance(self, type(other))):
            return sort_key(other.to_broker())
        return None

    def __eq__(self, other: object) -> bool:
        key = self._key_of(other)
        return NotImplemented if key is None else sort_key(self._value) == key

    def __lt__(self, other: Self) -> bool:
        key = self._key_of(other)
        return NotImplemented if key is None else sort_key(self._value) < key

    def __le__(self, other: Self) -> bool:
        key = self._key_of(other)
        return NotImplemented if key is None else sort_key(self._value) <= key

    def __gt__(self, other: Self) -> bool:
        key = self._key_of(other)
        return NotImplemented if key is None else sort_key(self._value) > key

    def __ge__(self, other: Self) -> bool:
        key = self._key_of(other)
        return NotImplemented if key is None else sort_key(self._value) >= key

    def __hash__(self) -> int:
        return hash(sort_key(self._value))

    def __str__(self) -> str:
        return shown(self._value)

    __repr__ = __str__


class Enum(Wrapper):
    """The name of a Zeek enum value: ``Enum("Notice::LOG")``. Raises :class:`WrongType` for what is no text."""

    __slots__ = ()

    def __init__(self, name: str | bytes) -> None:
        if not isinstance(name, str | bytes):
            msg = f"the name of an enum value is a str, not {type(name).__name__}"
            raise WrongType(msg)
        self._value = scalars.EnumValue(name)

    @property
    def name(self) -> str:
        """The name; bytes in it that are not UTF-8 as surrogate escapes."""
        raw: bytes = self._value.raw
        return raw.decode("utf-8", "surrogateescape")


class Port(Wrapper):
    """A port number with its transport: ``Port(22, Port.TCP)``.

    Raises :class:`InvalidValue` for a number outside 0 .. 65535, :class:`WrongType` for what is no transport.
    """

    class Protocol(Named):
        """The transport of a port."""

        Unknown = 0
        TCP = 1
        UDP = 2
        ICMP = 3

    __slots__ = ()

    Unknown: Final = Protocol.Unknown
    TCP: Final = Protocol.TCP
    UDP: Final = Protocol.UDP
    ICMP: Final = Protocol.ICMP

    @overload
    def __init__(self) -> None: ...
    @overload
    def __init__(self, number: int, protocol: Port.Protocol) -> None: ...
    def __init__(self, number: int | None = None, protocol: Port.Protocol | None = None) -> None:
        if number is None and protocol is None:
            number, protocol = 0, Port.Unknown
        if not isinstance(number, int) or not isinstance(protocol, Port.Protocol):
            msg = "a port is made from an int and one of Port.TCP, Port.UDP, Port.ICMP and Port.Unknown"
            raise WrongType(msg)
        self._value = scalars.Port(number, protocol.value)

    def number(self) -> int:
        """The number."""
        number: int = self._value.number
        return number

    def get_type(self) -> Port.Protocol:
        """The transport."""
        return Port.Protocol(int(self._value.protocol))


class Address(Wrapper):
    """An IP address: ``Address(bytes, 4)`` or ``Address(bytes, 6)``, in network order; ``Address()`` is ``::``.

    Raises :class:`InvalidValue` when there are not 4 or 16 bytes, :class:`WrongType` for what is no bytes or no
    family. Mind that :meth:`mask` changes the address.
    """

    class Family(Named):
        """The kinds of address."""

        IPv4 = 0
        IPv6 = 1

    class ByteOrder(Named):
        """How bytes may lie; the constructor takes them in network order."""

        Host = 0
        Network = 1

    __slots__ = ()

    @overload
    def __init__(self) -> None: ...
    @overload
    def __init__(self, data: bytes, family: int | Address.Family) -> None: ...
    def __init__(self, data: bytes | None = None, family: int | Address.Family | None = None) -> None:
        if data is None and family is None:
            data, family = bytes(16), 6
        if not isinstance(data, bytes) or family not in {4, 6, *Address.Family}:
            msg = "an address is made from bytes and its family, 4 or 6"
            raise WrongType(msg)
        self._value = address_from_bytes(data, 4 if family in {4, Address.Family.IPv4} else 6)

    def mask(self, top_bits_to_keep: int) -> bool:
        """Clear all but the first *top_bits_to_keep* of the 128 bits; IPv4 stands in the last 32 of them.

        Returns False, and changes nothing, when there are not so many.
        """
        if not isinstance(top_bits_to_keep, int) or top_bits_to_keep < 0:
            msg = f"the bits to keep are a number from 0 to 128, not {top_bits_to_keep!r}"
            raise WrongType(msg)
        if top_bits_to_keep > 128:
            return False
        rest = 128 - top_bits_to_keep
        bits = int.from_bytes(self.bytes()) >> rest << rest
        self._value = address_from_bytes(bits.to_bytes(16))
        return True

    def bytes(self) -> bytes:
        """The 16 bytes in network order; IPv4 as ``::ffff:a.b.c.d``."""
        return address_to_bytes(self._value)

    def is_v4(self) -> bool:
        """Whether it is IPv4."""
        return type(self._value) is IPv4Address

    def is_v6(self) -> bool:
        """Whether it is IPv6."""
        return not self.is_v4()


class Subnet(Wrapper):
    """An IP prefix: ``Subnet(address, 16)``, whose host bits are cleared; ``Subnet()`` is ``::/0``.

    Raises :class:`InvalidValue` for more bits than the address has, :class:`WrongType` for what is no address or
    no number.
    """

    __slots__ = ()

    @overload
    def __init__(self) -> None: ...
    @overload
    def __init__(self, network: Address, length: int) -> None: ...
    def __init__(self, network: Address | None = None, length: int | None = None) -> None:
        if network is None and length is None:
            network, length = Address(), 0
        if not isinstance(network, Address) or not isinstance(length, int):
            msg = "a subnet is made from an Address and the number of its first bits"
            raise WrongType(msg)
        most = 32 if network.is_v4() else 128
        if not 0 <= length <= most:
            msg = f"subnet prefix of {length} bits, where {network} has {most}"
            raise InvalidValue(msg)
        self._value = subnet_from_parts(network.bytes(), length + _V4_BITS if network.is_v4() else length)

    def contains(self, addr: Address | IPv4Address | IPv6Address) -> bool:
        """Whether *addr* is in it."""
        return (addr.to_broker() if isinstance(addr, Address) else addr) in self._value

    def network(self) -> Address:
        """The address in front."""
        return Address.wrap(self._value.network_address)

    def length(self) -> int:
        """The number of bits in front; up to 32 for IPv4, up to 128 for IPv6."""
        length: int = self._value.prefixlen
        return length


def _ns_of_seconds(seconds: float, kind: str) -> int:
    """As C++ casts a double: what is below a nanosecond is cut off towards zero."""
    ns = seconds * _NS
    if not isfinite(ns):
        msg = f"a {kind} cannot be made from {seconds!r} seconds"
        raise InvalidValue(msg)
    return int(ns)


class Timespan(Wrapper):
    """A length of time: an int of nanoseconds, or a float of seconds.

    Arithmetic is that of C++: ``/`` and ``%`` cut towards zero. Raises :class:`InvalidValue` for what does not fit
    64 bits, :class:`WrongType` for what is no number.
    """

    __slots__ = ()

    def __init__(self, length: float = 0) -> None:
        if not isinstance(length, int | float):
            msg = f"a timespan is made from nanoseconds (int) or seconds (float), not from {type(length).__name__}"
            raise WrongType(msg)
        self._value = scalars.Timespan(_ns_of_seconds(length, "timespan") if isinstance(length, float) else length)

    def count(self) -> int:
        """The nanoseconds."""
        ns: int = self._value.ns
        return ns

    def __add__(self, other: Timespan) -> Timespan:
        return Timespan(self.count() + other.count()) if isinstance(other, Timespan) else NotImplemented

    def __sub__(self, other: Timespan) -> Timespan:
        return Timespan(self.count() - other.count()) if isinstance(other, Timespan) else NotImplemented

    def __mul__(self, factor: int) -> Timespan:
        return Timespan(self.count() * factor) if isinstance(factor, int) else NotImplemented

    __rmul__ = __mul__

    @overload
    def __truediv__(self, divisor: Timespan) -> int: ...
    @overload
    def __truediv__(self, divisor: int) -> Timespan: ...
    def __truediv__(self, divisor: Timespan | int) -> Timespan | int:
        if isinstance(divisor, Timespan):
            return _quotient(self.count(), divisor.count())
        return Timespan(_quotient(self.count(), divisor)) if isinstance(divisor, int) else NotImplemented

    def __mod__(self, divisor: Timespan | int) -> Timespan:
        if not isinstance(divisor, Timespan | int):
            return NotImplemented
        number = divisor.count() if isinstance(divisor, Timespan) else divisor
        return Timespan(self.count() - number * _quotient(self.count(), number))


def _quotient(number: int, divisor: int) -> int:
    """The quotient as C++ has it."""
    quotient = abs(number) // abs(divisor)
    return quotient if (number < 0) == (divisor < 0) else -quotient


class Timestamp(Wrapper):
    """A point in time: a :class:`Timespan` since the epoch, or seconds since it as a float or an int.

    Raises :class:`InvalidValue` for what does not fit 64 bits, :class:`WrongType` for anything else.
    """

    __slots__ = ()

    def __init__(self, since_epoch: Timespan | float = 0) -> None:
        if isinstance(since_epoch, Timespan):
            ns = since_epoch.count()
        elif isinstance(since_epoch, int):
            ns = since_epoch * _NS
        elif isinstance(since_epoch, float):
            ns = _ns_of_seconds(since_epoch, "timestamp")
        else:
            msg = f"a timestamp is made from seconds or a Timespan, not from {type(since_epoch).__name__}"
            raise WrongType(msg)
        self._value = scalars.Timestamp(ns)

    def time_since_epoch(self) -> Timespan:
        """The time since 1970-01-01T00:00:00 UTC."""
        return Timespan(self._value.ns)


def now() -> Timestamp:
    """The time of the system's clock (manual 2.3.1, *Timestamp*)."""
    return Timestamp.wrap(clock.now())
