"""What add and subtract make of a stored value, and how a part of one is read.

The kinds of both values decide, exactly as in C++: a count takes a count and nothing else. Whatever does not
fit raises :class:`TypeClash`, without the name of a store. Source: spec store-protocol.md sections 5 to 5.2,
manual section 2.4.2.
"""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.errors import EC, InvalidValue, NoSuchKey, TypeClash
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model.containers import Set, Table
from broker_core.model.native import depth_exceeds
from broker_core.model.order import Kind, kind_of
from broker_core.model.scalars import (
    I64_MIN,
    U64_MAX,
    Count,
    EnumValue,
    Port,
    Protocol,
    Timespan,
    Timestamp,
    text_or_bytes,
)

if TYPE_CHECKING:
    from broker_core.model import Value

__all__ = ["add", "fits_inside", "init_for", "part", "subtract", "zero"]

# What numbers and times accept, by the type of the stored one.
_OPERANDS: dict[type, type] = {Count: Count, int: int, float: float, Timestamp: Timespan, Timespan: Timespan}

_ZEROS: dict[Kind, Value] = {
    Kind.BOOLEAN: False,
    Kind.COUNT: Count(0),
    Kind.INTEGER: 0,
    Kind.REAL: 0.0,
    Kind.STRING: "",
    Kind.ADDRESS: IPv6Address("::"),
    Kind.SUBNET: IPv6Network("::/0"),
    Kind.PORT: Port(0, Protocol.UNKNOWN),
    Kind.TIMESTAMP: Timestamp(0),
    Kind.TIMESPAN: Timespan(0),
    Kind.ENUM_VALUE: EnumValue(""),
    Kind.SET: Set(),
    Kind.TABLE: Table(),
    Kind.VECTOR: (),
}


def add(stored: Value, operand: Value) -> Value:
    """The value after *operand* was added to *stored* (spec section 5.1).

    Numbers and times wrap around at 64 bits, strings grow, a set takes an element, a table a vector (key,
    value), a vector a new last element. Raises :class:`TypeClash`, with code invalid_data where only a part of
    *operand* cannot be taken.
    """
    kind = type(stored)
    if kind in _OPERANDS:
        if type(operand) is _OPERANDS[kind]:
            return _sum(stored, operand, 1)
    elif isinstance(stored, str | bytes):
        if isinstance(operand, str | bytes):
            return _concatenation(stored, operand)
    elif isinstance(stored, tuple):
        return (*stored, _element(operand))
    elif isinstance(stored, Set):
        try:
            return stored.including(_element(operand))
        except InvalidValue as error:
            _refuse_part(error.problem)
    elif isinstance(stored, Table) and isinstance(operand, tuple):
        return _with_entry(stored, operand)
    msg = f"cannot add {kind_of(operand).label} to {kind_of(stored).label}"
    raise TypeClash(msg)


def subtract(stored: Value, operand: Value) -> Value:
    """The value after *operand* was taken from *stored* (spec section 5.1).

    A set loses the element, a table the key, if they are there; a vector loses its last element, whatever
    *operand* is. Raises :class:`TypeClash`.
    """
    if isinstance(stored, tuple):
        return stored[:-1]
    if isinstance(stored, Set | Table):
        return stored.excluding(operand)
    kind = type(stored)
    if kind in _OPERANDS and type(operand) is _OPERANDS[kind]:
        return _sum(stored, operand, -1)
    msg = f"cannot subtract {kind_of(operand).label} from {kind_of(stored).label}"
    raise TypeClash(msg)


def zero(init: Kind) -> Value:
    """What add starts from at an absent key; raises :class:`TypeClash` for none, which says that it must exist."""
    if init == Kind.NONE:
        msg = "the key does not exist, and the operation has no type to start from"
        raise TypeClash(msg)
    return _ZEROS[init]


def init_for(amount: Value) -> Kind:
    """From which kind an increment by *amount* starts at an absent key: none when it cannot (spec section 5)."""
    kind = kind_of(amount)
    if kind == Kind.TIMESPAN:
        return Kind.TIMESTAMP
    return kind if kind in {Kind.COUNT, Kind.INTEGER, Kind.REAL} else Kind.NONE


def part(value: Value, index: Value) -> Value:
    """What *index* finds in *value* (spec section 5.2).

    Whether a set has it, what a table or a vector holds there, and the whole of any other value. Raises
    :class:`NoSuchKey`, or :class:`TypeClash` for what is no index of a vector.
    """
    if isinstance(value, Set):
        return index in value
    if isinstance(value, Table):
        try:
            return value[index]
        except KeyError:
            msg = "the table has no such index"
            raise NoSuchKey(msg) from None
    if isinstance(value, tuple):
        return _item(value, index)
    return value


def fits_inside(value: Value) -> bool:
    """Whether a container can hold *value* without being nested too deeply for others to read it back."""
    return kind_of(value) < Kind.SET or not depth_exceeds(value, DEFAULT_LIMITS.max_depth - 1)


def _sum(stored: Any, operand: Any, sign: int) -> Value:
    kind = type(stored)
    if kind is Count:
        return Count((int(stored) + sign * int(operand)) & U64_MAX)
    if kind is int:
        return _signed(stored + sign * operand)
    if kind is float:
        total: float = stored + sign * operand
        return total
    moment: Timestamp | Timespan = kind(_signed(stored.ns + sign * operand.ns))
    return moment


def _signed(number: int) -> int:
    """*number* as 64 bits with a sign hold it."""
    return ((number - I64_MIN) & U64_MAX) + I64_MIN


def _concatenation(one: str | bytes, other: str | bytes) -> str | bytes:
    if isinstance(one, str) and isinstance(other, str):
        return one + other
    # Two halves that are no UTF-8 may be so together.
    return text_or_bytes(b"".join([text.encode() if isinstance(text, str) else text for text in (one, other)]))


def _element(value: Value) -> Value:
    if not fits_inside(value):
        _refuse_part(f"the value would be nested deeper than {DEFAULT_LIMITS.max_depth} levels (max_depth)")
    return value


def _with_entry(table: Table, pair: tuple[Value, ...]) -> Table:
    if len(pair) != 2:
        _refuse_part(f"a table takes a vector (key, value), not one of {len(pair)} elements")
    try:
        return table.including(_element(pair[0]), _element(pair[1]))
    except InvalidValue as error:
        _refuse_part(error.problem)


def _refuse_part(problem: str) -> NoReturn:
    raise TypeClash(problem, code=EC.INVALID_DATA) from None


def _item(vector: tuple[Value, ...], index: Value) -> Value:
    if not (type(index) is Count or (type(index) is int and index >= 0)):
        msg = "the index of a vector is a count, or an integer from 0 on"
        raise TypeClash(msg)
    if index >= len(vector):
        msg = f"index {index} is beyond the vector's {len(vector)} elements"
        raise NoSuchKey(msg)
    return vector[index]
