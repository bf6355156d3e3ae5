"""The columns of Zeek's logs: their types by name, and which values they hold.

A column is a :class:`LogField`, whether its type was read from the header of a log file or came in a log create. What
stands in a column is called a cell: None when the field is not set, a strict value for a scalar, and a tuple for a set
or vector, because a file has the elements of a set in an order of its own. A time or interval may be a float of
seconds, which is what Zeek has in memory and what its JSON shows in full.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.zeek_logs import LogField
from broker_core.messages.zeek_serial import ZeekType, type_name
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LOG_TYPES", "MOST_SECONDS", "column_of", "nanoseconds", "problem_with", "quoted", "value_maker"]

LOG_TYPES = {
    str(kind): kind
    for kind in (
        *(ZeekType.BOOL, ZeekType.INT, ZeekType.COUNT, ZeekType.DOUBLE, ZeekType.TIME, ZeekType.INTERVAL),
        *(ZeekType.STRING, ZeekType.ENUM, ZeekType.PORT, ZeekType.ADDR, ZeekType.SUBNET, ZeekType.FUNC, ZeekType.FILE),
    )
}
"""Types that a column, or an element of a set or vector, may have; others cannot be logged."""

_CONTAINERS = {"set": ZeekType.TABLE, "table": ZeekType.TABLE, "vector": ZeekType.VECTOR}
_TYPE = re.compile(r"([a-z]+)(?:\[([a-z]+)\])?")

_CLASSES: dict[int, tuple[type, ...]] = {
    ZeekType.BOOL: (bool,),
    ZeekType.INT: (int,),
    ZeekType.COUNT: (Count,),
    ZeekType.DOUBLE: (float,),
    ZeekType.TIME: (Timestamp, float),
    ZeekType.INTERVAL: (Timespan, float),
    ZeekType.STRING: (str, bytes),
    ZeekType.ENUM: (EnumValue,),
    ZeekType.PORT: (Port,),
    ZeekType.ADDR: (IPv4Address, IPv6Address),
    ZeekType.SUBNET: (IPv4Network, IPv6Network),
    ZeekType.FUNC: (str, bytes),
    ZeekType.FILE: (str, bytes),
}
_NS = 1_000_000_000
MOST_SECONDS = 9.2e9
"""More than that do not fit 64 bits of nanoseconds."""
_MOST_QUOTED = 40


def quoted(text: str) -> str:
    """*text* as errors quote it: short, on one line, nothing that could act on a terminal."""
    return ascii(text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "...")


def column_of(name: str, type_text: str) -> LogField:
    """The column *name* of a type as in the header of a log: ``addr``, ``set[string]``. Raises :class:`DecodeError`."""
    match = _TYPE.fullmatch(type_text)
    if match is not None:
        outer, inner = match.groups()
        kind, element = (LOG_TYPES.get(outer), 0) if inner is None else (_CONTAINERS.get(outer), LOG_TYPES.get(inner))
        if kind is not None and element is not None:
            try:
                return LogField(name, kind, element, optional=True)
            except InvalidValue as error:
                msg = f"column {quoted(name)}: {error.problem}"
                raise DecodeError(msg) from None
    known = f"{', '.join(LOG_TYPES)}, or set[...] or vector[...] of these"
    msg = f"column {name} has the type {quoted(type_text)}, which no log has ({known})"
    raise DecodeError(msg)


def problem_with(column: LogField, cell: Any) -> str:
    """What keeps *cell* from being a cell of *column*, in words; "" when nothing does."""
    if cell is None:
        return ""
    if column.type not in {ZeekType.TABLE, ZeekType.VECTOR}:
        return _problem(column.type, cell)
    if type(cell) is not tuple:
        return f"holds a {type(cell).__name__}, and the log says {column.type_name}"
    for element in cell:
        if element is not None and (problem := _problem(column.subtype, element)):
            return f"has an element that {problem}"
        if element is None and column.type == ZeekType.TABLE:
            return "is a set with an element that is not set"
    if column.type == ZeekType.TABLE:
        try:
            value_maker(column)(cell)
        except InvalidValue as error:
            return error.problem
    return ""


def _problem(kind: int, cell: Any) -> str:
    if type(cell) not in _CLASSES.get(kind, ()):
        return f"holds a {type(cell).__name__}, and the log says {type_name(kind)}"
    if (kind == ZeekType.TIME or kind == ZeekType.INTERVAL) and type(cell) is float and not _fits(cell):
        return f"holds {cell!r} seconds, which is no {type_name(kind)}"
    return ""


def _fits(seconds: float) -> bool:
    return -MOST_SECONDS < seconds < MOST_SECONDS  # so NaN does not


_EXACT = Context(prec=60)


def nanoseconds(seconds: str | float) -> int:
    """The nanoseconds of decimal *seconds*, rounded where there are parts of them; a float is what ``repr`` shows.

    So 1300475167.096535 is exactly 1300475167096535000, which the nearest float times 1e9 is not. Text has to be a
    decimal number, with or without an exponent. Raises :class:`InvalidValue` beyond 64 bits.
    """
    number = Decimal(repr(seconds) if type(seconds) is float else seconds)
    if not number.is_finite() or number.adjusted() > 10:
        msg = f"{seconds} seconds do not fit 64 bits of nanoseconds"
        raise InvalidValue(msg)
    if number.adjusted() < -12:
        return 0
    return int(number.scaleb(9, _EXACT).to_integral_value())


def value_maker(column: LogField) -> Callable[[Any], Any]:
    """What makes the strict Broker value of a cell of *column* that is set."""
    if column.type == ZeekType.TABLE:
        one = _SCALARS.get(column.subtype, _same)
        return lambda cell: Set([one(element) for element in cell])
    if column.type == ZeekType.VECTOR and column.subtype in _SCALARS:
        one = _SCALARS[column.subtype]
        return lambda cell: tuple([None if element is None else one(element) for element in cell])
    return _SCALARS.get(column.type, _same)


def _same(cell: Any) -> Any:
    return cell


def _timestamp(cell: Any) -> Timestamp:
    return Timestamp(nanoseconds(cell)) if type(cell) is float else cell


def _timespan(cell: Any) -> Timespan:
    return Timespan(nanoseconds(cell)) if type(cell) is float else cell


_SCALARS: dict[int, Callable[[Any], Any]] = {ZeekType.TIME: _timestamp, ZeekType.INTERVAL: _timespan}
