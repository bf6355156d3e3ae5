"""The serial form in which Zeek packs the values of a log line: its own, not Broker's. Reading only.

Zeek means it for nodes of its own release, but the form and the numbers of the types have stayed the same since
Zeek 6. Source: spec zeek-events.md sections 4 and 5.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp, address_from_bytes
from broker_core.model.network import MAPPED_PREFIX, subnet_from_parts
from broker_core.model.scalars import text_or_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ZeekType", "read_cells", "read_serial", "type_name"]


class ZeekType(IntEnum):
    """Zeek's own numbers for its types. ``str()`` gives the name as Zeek writes it into log headers."""

    VOID = 0
    BOOL = 1
    INT = 2
    COUNT = 3
    DOUBLE = 4
    TIME = 5
    INTERVAL = 6
    STRING = 7
    PATTERN = 8
    ENUM = 9
    PORT = 10
    ADDR = 11
    SUBNET = 12
    ANY = 13
    TABLE = 14
    RECORD = 15
    LIST = 16
    FUNC = 17
    FILE = 18
    VECTOR = 19
    OPAQUE = 20
    TYPE = 21
    ERROR = 22

    def __str__(self) -> str:
        return self.name.lower()


def type_name(number: int) -> str:
    """Zeek's name for a type number, ``type-99`` for one that is not in :class:`ZeekType`."""
    return str(ZeekType(number)) if 0 <= number <= ZeekType.ERROR else f"type-{number}"


# Zeek itself logs no containers in containers, so this leaves room and still bounds the recursion.
_MAX_NESTING = 8
_SMALLEST_FIELD = 9
_CONTAINERS = (14, 19)  # table (in logs: a set), vector

_head = struct.Struct(">IIB").unpack_from
_u32 = struct.Struct(">I").unpack_from
_i64 = struct.Struct(">q").unpack_from
_u64 = struct.Struct(">Q").unpack_from
_f64 = struct.Struct(">d").unpack_from
_port = struct.Struct(">QI").unpack_from


def read_serial(data: bytes) -> list[Any]:
    """The Broker values in the serial data of a log write. Raises :class:`DecodeError` and nothing else.

    bool, int, count, double, string, enum, port, addr and subnet become the Broker type of section 3; time and
    interval the nearest timestamp and timespan; file and func strings; sets and vectors Set and tuple; a field
    that is not set None. Bytes behind the last field are ignored, as Zeek does.
    """
    return _read_line(data, _VALUES)


def read_cells(data: bytes, at: int = 0, count: int | None = None) -> tuple[list[Any], int]:
    """As :func:`read_serial`, with all that a log file of Zeek would show: seconds as floats, sets as tuples.

    With *count* that many values from offset *at* on, else the values of a log write. Also gives the offset behind.
    """
    if count is None:
        return _read_line(data, _CELLS), len(data)
    cells: list[Any] = []
    try:
        end = _read_fields(data, at, count, cells, _CELLS)
    except (IndexError, struct.error):
        raise _cut_short(data) from None
    return cells, end


def _read_line(data: bytes, form: _Form) -> list[Any]:
    values: list[Any] = []
    try:
        _read_fields(data, 4, _u32(data, 0)[0], values, form)
    except (IndexError, struct.error):
        raise _cut_short(data) from None
    return values


def _cut_short(data: bytes) -> DecodeError:
    return DecodeError(f"log data cut short after {len(data)} bytes", len(data))


def _read_fields(data: bytes, at: int, count: int, out: list[Any], form: _Form, *, nesting: int = _MAX_NESTING) -> int:
    """Append *count* values from offset *at* to *out*; returns the offset behind them."""
    if not 0 <= count <= (len(data) - at) // _SMALLEST_FIELD:
        msg = f"{count} fields in the last {max(0, len(data) - at)} bytes of log data"
        raise DecodeError(msg, at)
    readers, make_set = form
    for _ in range(count):
        kind, _subtype, present = _head(data, at)
        at += 9
        if present != 1:
            if present:
                msg = f"presence of a value given as {present} (0 or 1)"
                raise DecodeError(msg, at - 1)
            out.append(None)
            continue
        start = at
        try:
            if kind in _CONTAINERS:
                if nesting <= 0:
                    msg = f"log data with containers nested deeper than {_MAX_NESTING}"
                    raise DecodeError(msg, at)
                items: list[Any] = []
                at = _read_fields(data, at + 8, _i64(data, at)[0], items, form, nesting=nesting - 1)
                out.append(tuple(items) if kind == ZeekType.VECTOR else make_set(items))
            else:
                value, at = readers[kind](data, at)
                out.append(value)
        except KeyError:
            msg = f"log data with a value of type {type_name(kind)}, which logs do not have"
            raise DecodeError(msg, start - 9) from None
        except InvalidValue as error:
            msg = f"{type_name(kind)} in log data: {error.problem}"
            raise DecodeError(msg, start) from None
    return at


def _read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    end = at + 4 + _u32(data, at)[0]
    if end > len(data):
        raise IndexError
    return data[at + 4 : end], end


def _read_string(data: bytes, at: int) -> tuple[str | bytes, int]:
    raw, at = _read_bytes(data, at)
    return text_or_bytes(raw), at


def _read_enum(data: bytes, at: int) -> tuple[EnumValue, int]:
    raw, at = _read_bytes(data, at)
    return EnumValue(raw), at


def _read_port(data: bytes, at: int) -> tuple[Port, int]:
    return Port(*_port(data, at)), at + 12


def _read_packed(data: bytes, at: int) -> tuple[bytes, int]:
    """The 4 or 16 bytes of an address behind the byte that says which."""
    family = data[at]
    if family not in (4, 6):
        msg = f"address of family {family} (4 or 6)"
        raise DecodeError(msg, at)
    end = at + (5 if family == 4 else 17)
    if end > len(data):
        raise IndexError
    return data[at + 1 : end], end


def _read_addr(data: bytes, at: int) -> tuple[Any, int]:
    packed, at = _read_packed(data, at)
    return IPv4Address(packed) if len(packed) == 4 else address_from_bytes(packed), at


def _read_subnet(data: bytes, at: int) -> tuple[Any, int]:
    length = data[at]
    packed, end = _read_packed(data, at + 1)
    if len(packed) == 4:
        if length < 96:
            msg = f"IPv4 subnet with a length of {length} bits in 128-bit space (96 .. 128)"
            raise DecodeError(msg, at)
        packed = MAPPED_PREFIX + packed
    return subnet_from_parts(packed, length), end


_new_count: Any = int.__new__

_READERS: dict[int, Callable[[bytes, int], tuple[Any, int]]] = {
    1: lambda data, at: (_i64(data, at)[0] != 0, at + 8),
    2: lambda data, at: (_i64(data, at)[0], at + 8),
    3: lambda data, at: (_new_count(Count, _u64(data, at)[0]), at + 8),  # which cannot be out of range
    4: lambda data, at: (_f64(data, at)[0], at + 8),
    5: lambda data, at: (Timestamp.from_seconds(_f64(data, at)[0]), at + 8),
    6: lambda data, at: (Timespan.from_seconds(_f64(data, at)[0]), at + 8),
    7: _read_string,
    9: _read_enum,
    10: _read_port,
    11: _read_addr,
    12: _read_subnet,
    17: _read_string,
    18: _read_string,
}
_CELL_READERS = _READERS | dict.fromkeys((5, 6), _READERS[4])

_Form = tuple["dict[int, Callable[[bytes, int], tuple[Any, int]]]", "Callable[[list[Any]], Any]"]
_VALUES: _Form = (_READERS, Set.from_distinct)
_CELLS: _Form = (_CELL_READERS, tuple)
