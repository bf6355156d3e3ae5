"""Loose Python in, strict Broker values out, and back.

*Strict* values are those of the table below; every codec takes and gives exactly them. ``to_value`` also takes
lists, dicts, sets, bytearrays, datetimes and timedeltas, checks all ranges, and says where in the value
something is wrong. Source: manual section 2.5.4.
"""

from __future__ import annotations

import datetime as dt
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS

from .network import canonical_address, canonical_subnet
from .scalars import I64_MAX, I64_MIN, Count, EnumValue, Port, Timespan, Timestamp, check_text, text_or_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["to_value"]

_HINTS = {
    "Decimal": "use float, or a string",
    "Enum": "use EnumValue(name)",
    "date": "use datetime or Timestamp",
    "complex": "Broker has no complex numbers",
}


def _integer(number: int) -> int:
    if I64_MIN <= number <= I64_MAX:
        return number
    hint = "; use Count" if 0 <= number <= 2**64 - 1 else ""
    msg = f"integer {number} is outside -2**63 .. 2**63-1{hint}"
    raise InvalidValue(msg)


def _string(text: str) -> str:
    if not text.isascii():
        check_text(text)
    return text


def _vector(items: Any) -> tuple[Any, ...]:
    return tuple([_CONVERTERS[type(item)](item) for item in items])


def _same(value: Any) -> Any:
    return value


# From an instance of a subclass to one of the class itself. str() would ask an Enum of strings for its own name.
_EXACT: dict[type, Callable[[Any], Any]] = {
    Count: Count,
    int: int,
    float: float,
    str: str.__str__,
    bytes: bytes,
    IPv4Address: IPv4Address,
    IPv6Address: IPv6Address,
    IPv4Network: IPv4Network,
    IPv6Network: IPv6Network,
    Port: lambda port: Port(port.number, port.protocol),
    Timestamp: lambda moment: Timestamp(moment.ns),
    Timespan: lambda span: Timespan(span.ns),
    EnumValue: lambda value: EnumValue(value.name),
}


def _by_way_of(exact: Callable[[Any], Any] | None, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return convert if exact is None else lambda value: convert(exact(value))


class _Converters(dict[type, "Callable[[Any], Any]"]):
    """The table by exact type; a subclass finds the entry of its nearest base, once."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if not issubclass(kind, IPv4Interface | IPv6Interface):
            for base in kind.__mro__[1:-1]:
                if base in self:
                    return _by_way_of(_EXACT.get(base), self[base])  # so that a strict value has the very type
        hint = next((hint for base in kind.__mro__ if (hint := _HINTS.get(base.__name__))), "")
        msg = f"{kind.__name__} is no Broker type{'; ' + hint if hint else ''}"
        raise InvalidValue(msg)


_CONVERTERS = _Converters(
    {
        type(None): _same,
        bool: _same,
        Count: _same,
        int: _integer,
        float: _same,
        str: _string,
        bytes: text_or_bytes,
        bytearray: lambda raw: text_or_bytes(bytes(raw)),
        memoryview: lambda raw: text_or_bytes(bytes(raw)),
        IPv4Address: _same,
        IPv6Address: canonical_address,
        IPv4Network: _same,
        IPv6Network: canonical_subnet,
        Port: _same,
        Timestamp: _same,
        Timespan: _same,
        EnumValue: _same,
        dt.datetime: Timestamp.from_datetime,
        dt.timedelta: Timespan.from_timedelta,
        tuple: _vector,
        list: _vector,
    }
)

# How the slow pass below walks into each container, to find the path to what is wrong.
_WALKERS: dict[type, Callable[[Any], Iterator[tuple[str, Any]]]] = {
    tuple: lambda items: ((f"[{at}]", item) for at, item in enumerate(items)),
    list: lambda items: ((f"[{at}]", item) for at, item in enumerate(items)),
}


def register(container: type, convert: Callable[[Any], Any], walk: Callable[[Any], Iterator[tuple[str, Any]]]) -> None:
    """Make *container* known (the container module does this for its classes and for set and dict)."""
    _CONVERTERS[container] = convert
    _WALKERS[container] = walk


def to_value(thing: object, path: str = "") -> Any:
    """The strict Broker value for *thing*. *path* names the whole in errors, such as ``args``.

    Raises :class:`InvalidValue` with the path into the value for what has no Broker type, is out of range, or
    is nested deeper than ``limits.max_depth`` (which also catches containers that hold themselves).
    """
    try:
        value = _CONVERTERS[type(thing)](thing)
    except (InvalidValue, RecursionError, TypeError, OverflowError) as error:
        raise _locate(thing, path, error) from None
    if type(value) in _WALKERS and depth_exceeds(value, DEFAULT_LIMITS.max_depth):
        raise _locate(thing, path, None)
    return value


def convert(thing: Any) -> Any:
    """:func:`to_value` without depth check or path: for the parts of a container that is being made."""
    return _CONVERTERS[type(thing)](thing)


def depth_exceeds(value: Any, depth: int) -> bool:
    """Whether containers in *value* are nested more than *depth* deep."""
    if depth <= 0:
        return True
    kind = type(value)
    if kind is tuple or kind is list:
        for item in value:  # noqa: SIM110 - any() is slower
            if type(item) in _WALKERS and depth_exceeds(item, depth - 1):
                return True
        return False
    return any(type(item) in _WALKERS and depth_exceeds(item, depth - 1) for _, item in _WALKERS[kind](value))


def _locate(thing: object, path: str, error: Exception | None) -> InvalidValue:
    """The same failure with the path to its innermost cause."""
    here, where = thing, path
    for _ in range(DEFAULT_LIMITS.max_depth):
        walk = _WALKERS.get(type(here))
        if walk is None:
            break
        for step, item in walk(here):
            try:
                value = _CONVERTERS[type(item)](item)
                if type(value) not in _WALKERS or not depth_exceeds(value, DEFAULT_LIMITS.max_depth):
                    continue
            except InvalidValue as inner:
                error = inner
            except (RecursionError, TypeError, OverflowError) as inner:
                error = inner
            here, where = item, where + step
            break
        else:
            break
    else:
        return InvalidValue(f"nested deeper than {DEFAULT_LIMITS.max_depth} levels (max_depth)", path)
    problem = error.problem if isinstance(error, InvalidValue) else None
    return InvalidValue(problem or f"nested deeper than {DEFAULT_LIMITS.max_depth} levels (max_depth)", where)
