"""The values that Python has no type for: count, port, time span, time stamp, enum value.

All are immutable, hashable, slotted, and usable in ``match`` statements (``case Port(number, protocol)``).
Sources: manual section 2.3.1, spec data-model.md sections 1, 5 and 6.
"""

from __future__ import annotations

import datetime as dt
from enum import IntEnum
from functools import total_ordering, wraps
from operator import index
from typing import Any, NoReturn, Self

from broker_core.errors import InvalidValue

__all__ = ["I64_MAX", "I64_MIN", "U64_MAX", "Count", "EnumValue", "Port", "Protocol", "Timespan", "Timestamp"]

U64_MAX = 2**64 - 1
I64_MAX = 2**63 - 1
I64_MIN = -(2**63)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_NS = 1_000_000_000


class Count(int):
    """An unsigned 64-bit integer. It is an ``int`` of its own type: ``Count(4) == 4``, but they are two Broker values.

    Arithmetic with ints gives a Count again, and :class:`InvalidValue` when the result leaves 0 .. 2**64-1: a
    count never turns into a Broker integer unnoticed. ``int(count)`` is the plain number.
    """

    __slots__ = ()

    def __new__(cls, value: int = 0) -> Self:
        try:
            number = index(value)
        except TypeError:
            msg = f"a count is made from an int, not from {type(value).__name__}"
            raise InvalidValue(msg) from None
        if not 0 <= number <= U64_MAX:
            msg = f"count {number} is outside 0 .. 2**64-1"
            raise InvalidValue(msg)
        return int.__new__(cls, number)

    @property
    def value(self) -> int:
        """The plain number, under the name that the C++ bindings have for it."""
        return int(self)

    def __repr__(self) -> str:
        return f"Count({int.__repr__(self)})"

    __str__ = int.__repr__

    def __format__(self, spec: str) -> str:
        return format(int(self), spec)

    def __reduce__(self) -> tuple[type[Count], tuple[int]]:
        return Count, (int(self),)

    def __add__(self, other: int) -> Count:
        result: Count = _count(int.__add__(self, other))
        return result

    def __sub__(self, other: int) -> Count:
        result: Count = _count(int.__sub__(self, other))
        return result

    def __mul__(self, other: int) -> Count:
        result: Count = _count(int.__mul__(self, other))
        return result

    def __floordiv__(self, other: int) -> Count:
        result: Count = _count(int.__floordiv__(self, other))
        return result

    def __mod__(self, other: int) -> Count:
        result: Count = _count(int.__mod__(self, other))
        return result

    def __radd__(self, other: int) -> Count:
        result: Count = _count(int.__radd__(self, other))
        return result

    def __rsub__(self, other: int) -> Count:
        result: Count = _count(int.__rsub__(self, other))
        return result

    def __rmul__(self, other: int) -> Count:
        result: Count = _count(int.__rmul__(self, other))
        return result


def _count(number: Any) -> Any:
    """A result of int arithmetic as a count; what is no int (NotImplemented, a float) as it is."""
    return Count(number) if isinstance(number, int) else number


def _counted(plain: Any) -> Any:
    @wraps(plain)
    def operate(self: Count, *others: Any) -> Any:
        return _count(plain(self, *others))

    return operate


# The rest of int's arithmetic. Type checkers see int's own signatures, which are right: a Count is an int.
for _name in (
    *("neg", "pos", "abs", "invert", "pow", "rpow", "and", "or", "xor", "rand", "ror", "rxor", "lshift", "rshift"),
    *("rlshift", "rrshift", "rfloordiv", "rmod", "round", "trunc", "floor", "ceil"),
):
    setattr(Count, f"__{_name}__", _counted(getattr(int, f"__{_name}__")))


class _Immutable:
    """Slots that are written once, by ``__new__``, past the guard below."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = f"{type(self).__name__} cannot be changed"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        msg = f"{type(self).__name__} cannot be changed"
        raise AttributeError(msg)


@total_ordering
class _Nanoseconds(_Immutable):
    """What time spans and time stamps share: one signed 64-bit number of nanoseconds."""

    __slots__ = ("ns",)
    __match_args__ = ("ns",)
    ns: int

    def __new__(cls, ns: int = 0) -> Self:
        try:
            number = int(index(ns))
        except TypeError:
            msg = f"a {cls._kind()} is made from an int of nanoseconds, not from {type(ns).__name__}"
            raise InvalidValue(msg) from None
        if not I64_MIN <= number <= I64_MAX:
            msg = f"{cls._kind()} of {number} ns does not fit 64 bits"
            raise InvalidValue(msg)
        self = object.__new__(cls)
        _set_ns(self, number)
        return self

    @classmethod
    def _kind(cls) -> str:
        return cls.__name__.lower()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.ns})"

    def __str__(self) -> str:
        return f"{self.ns}ns"

    def __eq__(self, other: object) -> bool:
        if type(other) is type(self):
            return self.ns == other.ns
        return NotImplemented

    def __lt__(self, other: Self) -> bool:
        if type(other) is type(self):
            return self.ns < other.ns
        return NotImplemented

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.ns))

    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self.ns,)

    @property
    def seconds(self) -> float:
        """The same in seconds, as near as a float comes."""
        return self.ns / _NS


# The slot's own setter: what lets __new__ and the decoders fill an object that refuses assignment.
_set_ns = _Nanoseconds.__dict__["ns"].__set__


def _ns_of_timedelta(span: dt.timedelta) -> int:
    return span // _MICROSECOND * 1000


class Timespan(_Nanoseconds):
    """A signed length of time in nanoseconds, about 292 years at most (manual 2.3.1, *Timespan*)."""

    __slots__ = ()

    @classmethod
    def from_seconds(cls, seconds: float) -> Timespan:
        """The nearest time span to *seconds*; whole numbers are exact."""
        return cls(_ns_of_seconds(seconds, "timespan"))

    @classmethod
    def from_timedelta(cls, span: dt.timedelta) -> Timespan:
        """*span* exactly (a timedelta has microseconds)."""
        return cls(_ns_of_timedelta(span))

    def to_timedelta(self) -> dt.timedelta:
        """As a timedelta; what is below a microsecond is cut off towards minus infinity."""
        return dt.timedelta(microseconds=self.ns // 1000)

    def __add__(self, other: Timespan) -> Timespan:
        return Timespan(self.ns + other.ns) if isinstance(other, Timespan) else NotImplemented

    def __sub__(self, other: Timespan) -> Timespan:
        return Timespan(self.ns - other.ns) if isinstance(other, Timespan) else NotImplemented

    def __mul__(self, factor: int) -> Timespan:
        return Timespan(self.ns * factor) if isinstance(factor, int) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Timespan:
        return Timespan(-self.ns)

    def __abs__(self) -> Timespan:
        return Timespan(abs(self.ns))

    def __bool__(self) -> bool:
        return self.ns != 0


class Timestamp(_Nanoseconds):
    """A point in time: nanoseconds since 1970-01-01T00:00:00 UTC, 1677 to 2262 (manual 2.3.1, *Timestamp*)."""

    __slots__ = ()

    @classmethod
    def from_seconds(cls, seconds: float) -> Timestamp:
        """The nearest time stamp to *seconds* since the epoch; whole numbers are exact."""
        return cls(_ns_of_seconds(seconds, "timestamp"))

    @classmethod
    def from_datetime(cls, moment: dt.datetime) -> Timestamp:
        """*moment* exactly. One without a time zone is taken as UTC, never as local time."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return cls(_ns_of_timedelta(moment - _EPOCH))

    def to_datetime(self) -> dt.datetime:
        """As an aware datetime in UTC; what is below a microsecond is cut off towards the past."""
        return _EPOCH + dt.timedelta(microseconds=self.ns // 1000)

    def __add__(self, other: Timespan) -> Timestamp:
        return Timestamp(self.ns + other.ns) if isinstance(other, Timespan) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Timestamp):
            return Timespan(self.ns - other.ns)
        return Timestamp(self.ns - other.ns) if isinstance(other, Timespan) else NotImplemented


def _ns_of_seconds(seconds: float, kind: str) -> int:
    try:
        return round(seconds * _NS)
    except (OverflowError, ValueError, TypeError):
        msg = f"a {kind} cannot be made from {seconds!r} seconds"
        raise InvalidValue(msg) from None


class Protocol(IntEnum):
    """The transport of a port, with its numbers on the wire. ``str()`` gives tcp, udp, icmp or unknown."""

    UNKNOWN = 0
    TCP = 1
    UDP = 2
    ICMP = 3

    def __str__(self) -> str:
        return self.name.lower()


PROTOCOLS = tuple(Protocol)
_MOST_PORT_DIGITS = 5
_PROTOCOL_NAMES = {str(protocol): protocol for protocol in Protocol} | {"?": Protocol.UNKNOWN}


@total_ordering
class Port(_Immutable):
    """A port number with its transport: ``Port(22, "tcp")``. For ICMP the number is a type or code (manual 2.3.1)."""

    __slots__ = ("number", "protocol")
    __match_args__ = ("number", "protocol")
    number: int
    protocol: Protocol

    def __new__(cls, number: int, protocol: Protocol | str | int = Protocol.TCP) -> Self:
        try:
            number = int(index(number))
        except TypeError:
            msg = f"a port number is an int, not {type(number).__name__}"
            raise InvalidValue(msg) from None
        if not 0 <= number <= 0xFFFF:
            msg = f"port number {number} is outside 0 .. 65535"
            raise InvalidValue(msg)
        try:
            transport = _PROTOCOL_NAMES[protocol] if isinstance(protocol, str) else Protocol(protocol)
        except (KeyError, ValueError):
            msg = f"{protocol!r} is no transport of a port (tcp, udp, icmp, unknown)"
            raise InvalidValue(msg) from None
        self = object.__new__(cls)
        _set_number(self, number)
        _set_protocol(self, transport)
        return self

    @classmethod
    def parse(cls, text: str) -> Port:
        """``"22/tcp"`` and the like, strictly; raises :class:`InvalidValue`."""
        number, slash, protocol = text.partition("/")
        digits = number.isascii() and number.isdecimal() and len(number) <= _MOST_PORT_DIGITS
        if not slash or not digits or protocol not in _PROTOCOL_NAMES:
            msg = f"{text!r} is no port (such as 22/tcp, 53/udp, 8/icmp, 0/unknown)"
            raise InvalidValue(msg)
        return cls(int(number), protocol)

    def __repr__(self) -> str:
        return f"Port({self.number}, {str(self.protocol)!r})"

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol or '?'}"

    def __eq__(self, other: object) -> bool:
        if type(other) is Port:
            return self.number == other.number and self.protocol == other.protocol
        return NotImplemented

    def __lt__(self, other: Port) -> bool:
        if type(other) is Port:
            return (self.number, self.protocol) < (other.number, other.protocol)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((Port, self.number, self.protocol))

    def __reduce__(self) -> tuple[type[Port], tuple[int, int]]:
        return Port, (self.number, int(self.protocol))


_set_number = Port.__dict__["number"].__set__
_set_protocol = Port.__dict__["protocol"].__set__


@total_ordering
class EnumValue(_Immutable):
    """The name of a Zeek enum value, such as ``Notice::LOG``. Names that are not UTF-8 are kept as bytes."""

    __slots__ = ("name",)
    __match_args__ = ("name",)
    name: str | bytes

    def __new__(cls, name: str | bytes) -> Self:
        if isinstance(name, bytes):
            name = text_or_bytes(name)
        elif isinstance(name, str):
            check_text(name)
        else:
            msg = f"the name of an enum value is a str, not {type(name).__name__}"
            raise InvalidValue(msg)
        self = object.__new__(cls)
        _set_name(self, name)
        return self

    @property
    def raw(self) -> bytes:
        """The name as it stands on the wire."""
        return self.name.encode() if isinstance(self.name, str) else self.name

    def __repr__(self) -> str:
        return f"EnumValue({self.name!r})"

    def __str__(self) -> str:
        return self.name if isinstance(self.name, str) else self.name.decode(errors="backslashreplace")

    def __eq__(self, other: object) -> bool:
        if type(other) is EnumValue:
            return self.name == other.name
        return NotImplemented

    def __lt__(self, other: EnumValue) -> bool:
        if type(other) is EnumValue:
            return self.raw < other.raw
        return NotImplemented

    def __hash__(self) -> int:
        return hash((EnumValue, self.name))

    def __reduce__(self) -> tuple[type[EnumValue], tuple[str | bytes]]:
        return EnumValue, (self.name,)


_set_name = EnumValue.__dict__["name"].__set__


def text_or_bytes(raw: bytes) -> str | bytes:
    """*raw* as the library holds strings: str when it is UTF-8, otherwise the bytes themselves."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return bytes(raw)


def check_text(text: str) -> None:
    """Raise :class:`InvalidValue` when *text* has no UTF-8 form (lone surrogates)."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            msg = f"string with a lone surrogate at {error.start}; use bytes for what is not UTF-8"
            raise InvalidValue(msg) from None
