"""Values in MessagePack: compact and lossless, for recordings and for stores. A format of this library only.

============ ==================================================================================================
kind         MessagePack
============ ==================================================================================================
none         nil
boolean      bool
count        int (never negative)
integer      ext 3: 1, 2, 4 or 8 bytes, two's complement, the shortest that fits
real         float 64 (float 32 is read); of NaN only the kind is kept
string       str, or bin when it is not UTF-8
address      ext 6: 4 or 16 bytes
subnet       ext 7: 4 or 16 bytes, then the prefix length in one byte
port         ext 8: number (2 bytes), transport (1 byte; 0 unknown, 1 tcp, 2 udp, 3 icmp)
timestamp    ext -1: MessagePack's own timestamp, with nanoseconds
timespan     ext 10: 8 bytes, signed nanoseconds
enum-value   ext 11: the name
set          array whose first element is ext 12 without data; then the elements, ascending
table        map, keys ascending
vector       array
============ ==================================================================================================

Codes of extensions are Broker's type tags; all numbers are big endian. Counts are the plain numbers because Zeek
sends far more of them than of integers.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from math import nan
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import TYPE_CHECKING, Any

from msgpack import Packer, Unpacker, unpackb
from msgpack import Timestamp as PackedTimestamp
from msgpack.exceptions import (
    ExtraData,
    OutOfData,
    StackError,
    UnpackException,
)

from broker_core.errors import DecodeError, InvalidValue, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.containers import Set, Table
from broker_core.model.network import address_from_bytes, canonical_subnet
from broker_core.model.scalars import Count, EnumValue, Port, Timespan, Timestamp, text_or_bytes

from ._shared import explain, inside

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model import Value
    from broker_core.model.network import Subnet

__all__ = ["decode", "encode"]

_NS = 1_000_000_000
_I64 = Struct(">q")
_PORT = Struct(">HB")
_SIGNED = tuple((1 << 8 * size - 1, Struct(">" + code)) for size, code in ((1, "b"), (2, "h"), (4, "i"), (8, "q")))
_FIRST_BUFFER = 1024  # bytes; it grows, and msgpack's default of 256 KiB costs more than a small value itself


# -- encoding -----------------------------------------------------------------------------------------------


def encode(value: Value) -> bytes:
    """The bytes of a strict value. Raises :class:`EncodeError` for anything else."""
    packer = Packer(autoreset=False, buf_size=_FIRST_BUFFER)
    try:
        _pack_items(packer, (value,))
    except (KeyError, RecursionError, UnicodeEncodeError, AttributeError, ValueError):
        raise explain(value) from None
    packed: bytes = packer.bytes()
    return packed


def _pack_items(packer: Packer, items: Any) -> None:
    pack = packer.pack
    for item in items:
        kind = type(item)
        if kind is str or kind is Count or kind is bool or item is None:
            pack(item)
        elif kind is tuple:
            packer.pack_array_header(len(item))
            _pack_items(packer, item)
        elif kind is Set:
            packer.pack_array_header(len(item) + 1)
            packer.pack_ext_type(12, b"")
            _pack_items(packer, item)
        elif kind is Table:
            packer.pack_map_header(len(item))
            for pair in item.pairs():
                _pack_items(packer, pair)
        elif kind is float:
            pack(item if item == item else nan)
        elif kind is bytes:
            pack(item)
        else:
            packer.pack_ext_type(*_EXTENSIONS[kind](item))


def _pack_integer(number: int) -> tuple[int, bytes]:
    for bound, form in _SIGNED:
        if -bound <= number < bound:
            return 3, form.pack(number)
    raise ValueError


def _pack_timestamp(moment: Timestamp) -> tuple[int, bytes]:
    return -1, PackedTimestamp(*divmod(moment.ns, _NS)).to_bytes()


def _pack_subnet(subnet: Subnet) -> tuple[int, bytes]:
    return 7, subnet.network_address.packed + bytes((subnet.prefixlen,))


_EXTENSIONS: dict[type, Callable[[Any], tuple[int, bytes]]] = {
    int: _pack_integer,
    IPv4Address: lambda address: (6, address.packed),
    IPv6Address: lambda address: (6, address.packed),
    IPv4Network: _pack_subnet,
    IPv6Network: _pack_subnet,
    Port: lambda port: (8, _PORT.pack(port.number, port.protocol)),
    Timestamp: _pack_timestamp,
    Timespan: lambda span: (10, _I64.pack(span.ns)),
    EnumValue: lambda value: (11, value.raw),
}


# -- decoding -----------------------------------------------------------------------------------------------


def decode(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Value:
    """The value that *data* holds, all of it. Raises :class:`DecodeError` and nothing else.

    Python's msgpack nests at most 1024 levels, so a higher ``limits.max_depth`` has no effect.
    """
    value: Value
    try:
        value = _read(_unpack(data), limits.max_depth)
    except _TooDeep:
        limit = "max_depth"
        raise LimitExceeded(limit, None, limits.max_depth) from None
    except RecursionError:
        msg = "nested too deeply"
        raise DecodeError(msg) from None
    return value


class _Pairs(list[Any]):
    """What a map is before it becomes a table: its pairs, since a key need not have a hash yet."""


def _unpack(data: bytes) -> Any:
    """Lists, :class:`_Pairs` and scalars; extensions as tuples of one value, the mark of a set as an empty tuple."""
    try:
        # The first pass makes no objects. It proves that all announced elements are there before anything is
        # allocated for them: otherwise long arrays, announced often and never sent, would cost gigabytes.
        checker = Unpacker(max_buffer_size=max(len(data), 1))
        checker.feed(data)
        checker.skip()
        return unpackb(
            data, raw=False, strict_map_key=False, object_pairs_hook=_Pairs, ext_hook=_read_extension, timestamp=0
        )
    except StackError:
        raise _TooDeep from None
    except OutOfData:
        msg = f"value cut short after {len(data)} bytes"
        raise DecodeError(msg, len(data)) from None
    except ExtraData as error:
        msg = f"{len(error.extra)} bytes left over behind the value"
        raise DecodeError(msg, len(data) - len(error.extra)) from None
    except (UnpackException, ValueError) as error:
        msg = f"no MessagePack: {str(error) or type(error).__name__}"
        raise DecodeError(msg) from None


def _read_extension(code: int, data: bytes) -> tuple[Any, ...]:
    if code == 12 and not data:
        return ()
    reader = _READERS.get(code)
    try:
        if reader is not None:
            return (reader(data),)
    except (InvalidValue, StructError):
        pass
    msg = f"extension {code} with {len(data)} bytes is no value"
    raise DecodeError(msg)


def _read_integer(data: bytes) -> int:
    if len(data) not in (1, 2, 4, 8):
        raise StructError
    return int.from_bytes(data, "big", signed=True)


def _read_subnet(data: bytes) -> Subnet:
    try:
        if len(data) == 5:
            return IPv4Network((data[:4], data[4]))
        return canonical_subnet(IPv6Network((data[:16], data[16])))
    except (ValueError, IndexError):
        raise StructError from None


_READERS: dict[int, Callable[[bytes], Any]] = {
    3: _read_integer,
    6: address_from_bytes,
    7: _read_subnet,
    8: lambda data: Port(*_PORT.unpack(data)),
    10: lambda data: Timespan(*_I64.unpack(data)),
    11: EnumValue,
}


class _TooDeep(Exception):
    pass


def _read(thing: Any, room: int) -> Any:
    """The value of *thing*; *room* is how many more levels of containers may follow."""
    kind = type(thing)
    if kind is tuple and thing:
        return thing[0]
    if kind is str or kind is bool or kind is float or thing is None:
        return thing
    if kind is int and thing >= 0:
        return Count(thing)
    if kind is bytes:
        return text_or_bytes(thing)
    try:
        if kind is PackedTimestamp:
            return Timestamp(thing.seconds * _NS + thing.nanoseconds)
        if kind is list:
            if room <= 0:
                raise _TooDeep
            if thing and thing[0] == ():
                return Set.from_distinct(_read_items(thing[1:], room - 1))
            return tuple(_read_items(thing, room - 1))
        if kind is _Pairs:
            if room <= 0:
                raise _TooDeep
            return Table.from_distinct([tuple(_read_items(pair, room - 1)) for pair in thing])
    except InvalidValue as error:
        raise DecodeError(error.problem) from None
    msg = "the mark of a set outside of its place" if kind is tuple else f"{thing} is no value"
    raise DecodeError(msg)


def _read_items(things: Any, room: int) -> list[Any]:
    values: list[Any] = []
    try:
        for thing in things:
            values.append(_read(thing, room))  # noqa: PERF401 - the length tells where an error happened
    except DecodeError as error:
        step = f"[{len(values)}]"
        raise inside(step, error) from None
    return values
