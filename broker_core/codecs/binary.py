"""Broker's binary format v1: one tag byte, then the body. The bytes on the wire and in SQLite files.

Written for speed, since every message passes here: leaves are handled inside the loop over their container,
so that only containers cost a call. Source: spec data-model.md sections 2 to 4.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from math import inf, nan
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, EncodeError, InvalidValue, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.containers import Set, Table
from broker_core.model.network import MAPPED_PREFIX, address_to_bytes, subnet_from_parts, subnet_to_parts
from broker_core.model.scalars import PROTOCOLS, Count, EnumValue, Port, Timespan, Timestamp, _set_ns

from ._shared import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from broker_core.model import Value

__all__ = ["check", "decode", "decode_at", "decode_items", "encode", "encode_items", "read_varbyte", "varbyte"]

_U64 = Struct(">BQ").pack
_I64 = Struct(">Bq").pack
_F64 = Struct(">Bd").pack
_PORT = Struct(">BHB").pack
_read_u64 = Struct(">Q").unpack_from
_read_i64 = Struct(">q").unpack_from
_read_f64 = Struct(">d").unpack_from
_read_port = Struct(">HB").unpack_from

# C++ packs reals by arithmetic, not by copying bits: infinities come out with the wrong sign, NaN as all ones,
# subnormals as garbage. The first two are mirrored here, subnormals are written as zero (spec section 4).
_POSITIVE_INFINITY = b"\x04\xff\xf0" + bytes(6)
_NEGATIVE_INFINITY = b"\x04\x7f\xf0" + bytes(6)
_NAN = b"\x04" + b"\xff" * 8
_SMALLEST_NORMAL = 2.2250738585072014e-308
_LARGEST = 1.7976931348623157e308


def varbyte(number: int) -> bytes:
    """The shortest form of *number* (0 .. 2**32-1): seven bits a byte, low bits first."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


_SHORT = tuple(bytes((number,)) for number in range(0x80))  # varbyte for lengths below 128
_STRING_HEADS = tuple(bytes((5, number)) for number in range(0x80))


def read_varbyte(data: bytes, at: int) -> tuple[int, int]:
    """The number at offset *at* and the offset behind it. Raises :class:`DecodeError`, IndexError at the end."""
    number = shift = 0
    start = at
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 28:
            break
    if byte >= 0x80 or number > 0xFFFFFFFF:
        msg = "length of more than 32 bits"
        raise DecodeError(msg, start)
    return number, at


# -- encoding -----------------------------------------------------------------------------------------------


def encode(value: Value) -> bytes:
    """The bytes of a strict value. Raises :class:`EncodeError` for anything else, with the path into it."""
    out: list[bytes] = []
    try:
        _encode_items((value,), out.append)
    except (KeyError, StructError, RecursionError, UnicodeEncodeError, AttributeError):
        raise explain(value) from None
    return b"".join(out)


def encode_items(values: Collection[Value]) -> bytes:
    """The bytes of several strict values, one after another. Raises :class:`EncodeError` as :func:`encode`."""
    out: list[bytes] = []
    try:
        _encode_items(values, out.append)
    except (KeyError, StructError, RecursionError, UnicodeEncodeError, AttributeError):
        return b"".join(map(encode, values))  # which knows where in the value it fails
    return b"".join(out)


def _encode_items(items: Any, put: Callable[[bytes], None]) -> None:
    for item in items:
        kind = type(item)
        if kind is str:
            raw = item.encode()
            size = len(raw)
            put(_STRING_HEADS[size] if size < 0x80 else b"\x05" + varbyte(size))
            put(raw)
        elif kind is Count:
            put(_U64(2, item))
        elif kind is int:
            put(_I64(3, item))
        elif kind is tuple:
            size = len(item)
            put(b"\x0e" + (_SHORT[size] if size < 0x80 else varbyte(size)))
            _encode_items(item, put)
        else:
            _ENCODERS[kind](item, put)


def _encode_real(value: float, put: Callable[[bytes], None]) -> None:
    if _SMALLEST_NORMAL <= value <= _LARGEST or -_LARGEST <= value <= -_SMALLEST_NORMAL:
        put(_F64(4, value))
    elif value == inf:
        put(_POSITIVE_INFINITY)
    elif value == -inf:
        put(_NEGATIVE_INFINITY)
    elif value == value:  # a zero, or too small for C++ to read back: zero of the same sign
        put(_F64(4, value * 0.0))
    else:
        put(_NAN)


def _encode_bytes(tag: int, raw: bytes, put: Callable[[bytes], None]) -> None:
    put(bytes((tag,)) + varbyte(len(raw)))
    put(raw)


def _encode_subnet(value: Any, put: Callable[[bytes], None]) -> None:
    packed, length = subnet_to_parts(value)
    put(b"\x07" + packed + bytes((length,)))


def _encode_set(value: Set, put: Callable[[bytes], None]) -> None:
    _refuse_merging(value)
    put(b"\x0c" + varbyte(len(value)))
    _encode_items(value, put)


def _encode_table(value: Table, put: Callable[[bytes], None]) -> None:
    _refuse_merging(value)
    put(b"\x0d" + varbyte(len(value)))
    for pair in value.pairs():
        _encode_items(pair, put)


def _refuse_merging(keys: Iterable[Any]) -> None:
    """Several reals so small that each is written as zero would be one value given twice, which C++ refuses."""
    tiny = [key for key in keys if type(key) is float and -_SMALLEST_NORMAL < key < _SMALLEST_NORMAL]
    if len(tiny) > 1:
        msg = f"the reals {tiny[0]!r} and {tiny[1]!r} are one on the wire, and a set or table has each value once"
        raise EncodeError(msg)


_ENCODERS: dict[type, Callable[[Any, Callable[[bytes], None]], None]] = {
    type(None): lambda _, put: put(b"\x00"),
    bool: lambda value, put: put(b"\x01\x01" if value else b"\x01\x00"),
    float: _encode_real,
    bytes: lambda value, put: _encode_bytes(5, value, put),
    IPv4Address: lambda value, put: put(b"\x06" + MAPPED_PREFIX + value.packed),
    IPv6Address: lambda value, put: put(b"\x06" + address_to_bytes(value)),
    IPv4Network: _encode_subnet,
    IPv6Network: _encode_subnet,
    Port: lambda value, put: put(_PORT(8, value.number, value.protocol)),
    Timestamp: lambda value, put: put(_I64(9, value.ns)),
    Timespan: lambda value, put: put(_I64(10, value.ns)),
    EnumValue: lambda value, put: _encode_bytes(11, value.raw, put),
    Set: _encode_set,
    Table: _encode_table,
}


# -- decoding -----------------------------------------------------------------------------------------------


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Value:
    """The value that *data* holds, all of it. Raises :class:`DecodeError` and nothing else.

    As strict as C++'s payload decoder: no bytes behind the value, no element or key twice, known tags only.
    Differences: long varbytes and a subnet length above 128 are refused, host bits in subnets are cleared.
    """
    value: Value
    value, end = decode_at(data, 0, limits)
    if end != len(data):
        raise _left_over(data, end)
    return value


def decode_at(data: bytes, at: int, limits: Limits = DEFAULT_LIMITS) -> tuple[Any, int]:
    """The value that starts at offset *at*, and the offset behind it. Raises :class:`DecodeError` only."""
    values, end = decode_items(data, at, 1, limits)
    return values[0], end


def decode_items(data: bytes, at: int, count: int, limits: Limits = DEFAULT_LIMITS) -> tuple[list[Any], int]:
    """The *count* values from offset *at* on, and the offset behind them. Raises :class:`DecodeError` only."""
    out: list[Any] = []
    return out, _guarded(_decode_items, data, at, count, limits, out)


def _guarded(  # noqa: PLR0917  # the arguments of what it calls
    walk: Callable[[bytes, int, int, int, list[Any]], int],
    data: bytes,
    at: int,
    count: int,
    limits: Limits,
    out: list[Any],
) -> int:
    """What *walk* returns; all that it raises becomes :class:`DecodeError`."""
    try:
        return walk(data, at, count, limits.max_depth, out)
    except (IndexError, StructError):
        raise _cut_short(data) from None
    except InvalidValue as error:
        raise DecodeError(error.problem) from None
    except _TooDeep as error:
        limit = "max_depth"
        raise LimitExceeded(limit, None, limits.max_depth, error.offset) from None
    except RecursionError:
        msg = "nested too deeply"
        raise DecodeError(msg) from None


def _cut_short(data: bytes) -> DecodeError:
    return DecodeError(f"value cut short after {len(data)} bytes", len(data))


def _left_over(data: bytes, end: int) -> DecodeError:
    return DecodeError(f"{len(data) - end} bytes left over behind the value", end)


# What follows a type tag: so many bytes, whatever they are, or something that has to be looked at.
_TEXT, _VECTOR, _TRANSPORT, _ELSE = -1, -2, -3, -4
_BODY_SIZES = [_ELSE] * 256
for _tag, _size in enumerate((0, 1, 8, 8, 8, _TEXT, 16, _ELSE, _TRANSPORT, 8, 8, _TEXT, _ELSE, _ELSE, _VECTOR)):
    _BODY_SIZES[_tag] = _size


def check(data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise :class:`DecodeError` when :func:`decode` would, without making the value: for bytes to be passed on."""
    end = _guarded(_pass_items, data, 0, 1, limits, [])
    if end > len(data):
        raise _cut_short(data)
    if end < len(data):
        raise _left_over(data, end)


def _pass_items(data: bytes, at: int, count: int, depth: int, out: list[Any]) -> int:
    """As :func:`_decode_items`, without *out*. The offset that it returns may be behind the end of *data*."""
    for _ in range(count):
        body = _BODY_SIZES[data[at]]
        if body >= 0:
            at += 1 + body
        elif body == _TEXT:
            length = data[at + 1]
            if length < 0x80:
                at += 2 + length
            else:
                length, at = read_varbyte(data, at + 1)
                at += length
        elif body == _VECTOR:
            length = data[at + 1]
            at += 2
            if length >= 0x80:
                length, at = read_varbyte(data, at - 1)
            if length > len(data) - at or depth <= 0:
                _refuse_container(length, len(data), at, depth)
            at = _pass_items(data, at, length, depth - 1, out)
        elif body == _TRANSPORT and data[at + 3] <= 3:
            at += 4
        else:
            at = _decode_items(data, at, 1, depth, [])
    return at


class _TooDeep(DecodeError):
    pass


def _decode_items(data: bytes, at: int, count: int, depth: int, out: list[Any]) -> int:
    """Append *count* values from offset *at* to *out*; returns the offset behind them."""
    size = len(data)
    put = out.append
    for _ in range(count):
        tag = data[at]
        at += 1
        if tag == 5:
            length = data[at]
            at += 1
            if length >= 0x80:
                length, at = read_varbyte(data, at - 1)
            end = at + length
            if end > size:
                raise IndexError
            raw = data[at:end]
            at = end
            try:
                put(raw.decode())
            except UnicodeDecodeError:
                put(raw)
        elif tag == 2:
            put(_new_count(Count, _read_u64(data, at)[0]))
            at += 8
        elif tag == 3:
            put(_read_i64(data, at)[0])
            at += 8
        elif tag == 14:
            length = data[at]
            at += 1
            if length >= 0x80:
                length, at = read_varbyte(data, at - 1)
            if length > size - at or depth <= 0:
                _refuse_container(length, size, at, depth)
            items: list[Any] = []
            at = _decode_items(data, at, length, depth - 1, items)
            put(tuple(items))
        elif tag == 8:
            number, protocol = _read_port(data, at)
            if protocol > 3:
                msg = f"port with transport number {protocol} (0 .. 3)"
                raise DecodeError(msg, at + 2)
            port = _new_object(Port)
            _set_number(port, number)
            _set_protocol(port, PROTOCOLS[protocol])
            put(port)
            at += 3
        elif tag == 6:
            end = at + 16
            if end > size:
                raise IndexError
            if data[at : at + 12] == MAPPED_PREFIX:
                put(IPv4Address(data[at + 12 : end]))
            else:
                put(IPv6Address(data[at:end]))
            at = end
        elif tag == 4:
            number = _read_f64(data, at)[0]
            if not -_LARGEST <= number <= _LARGEST:
                number = _special_real(data[at : at + 8])
            put(number)
            at += 8
        elif tag == 9 or tag == 10:
            moment = _new_object(Timestamp if tag == 9 else Timespan)
            _set_ns(moment, _read_i64(data, at)[0])
            put(moment)
            at += 8
        elif tag == 11:
            length, at = read_varbyte(data, at)
            end = at + length
            if end > size:
                raise IndexError
            put(_enum_value(data[at:end]))
            at = end
        elif tag == 1:
            put(data[at] != 0)
            at += 1
        elif tag == 0:
            put(None)
        elif tag == 7:
            end = at + 17
            if end > size:
                raise IndexError
            put(subnet_from_parts(data[at : end - 1], data[end - 1]))
            at = end
        elif tag == 12 or tag == 13:
            length, at = read_varbyte(data, at)
            slots = length if tag == 12 else 2 * length
            if slots > size - at or depth <= 0:
                _refuse_container(slots, size, at, depth)
            start, items = at, []
            at = _decode_items(data, at, slots, depth - 1, items)
            try:
                if tag == 12:
                    put(Set.from_distinct(items))
                else:
                    put(Table.from_distinct(list(zip(items[::2], items[1::2], strict=True))))
            except InvalidValue as error:
                raise DecodeError(error.problem, start) from None
        else:
            msg = f"unknown type tag {tag}"
            raise DecodeError(msg, at - 1)
    return at


_new_count: Any = int.__new__
_new_object: Any = object.__new__
_set_number = Port.__dict__["number"].__set__
_set_protocol = Port.__dict__["protocol"].__set__


def _refuse_container(length: int, size: int, at: int, depth: int) -> None:
    if depth <= 0:
        msg = "too deep"
        raise _TooDeep(msg, at)
    msg = f"container of {length} elements in the last {size - at} bytes"
    raise DecodeError(msg, at)


def _special_real(pattern: bytes) -> float:
    if pattern == _NAN[1:]:
        return nan
    if pattern == _POSITIVE_INFINITY[1:]:
        return inf
    if pattern == _NEGATIVE_INFINITY[1:]:
        return -inf
    return -inf if pattern[0] & 0x80 else inf  # any other NaN pattern, as C++ reads it


_enum_cache: dict[bytes, EnumValue] = {}
_ENUM_CACHE_SIZE = 4096


def _enum_value(raw: bytes) -> EnumValue:
    """Enum names repeat, so the objects are shared; a flood of new names only empties the cache."""
    value = _enum_cache.get(raw)
    if value is None:
        if len(_enum_cache) >= _ENUM_CACHE_SIZE:
            _enum_cache.clear()
        value = _enum_cache[raw] = EnumValue(raw)
    return value
