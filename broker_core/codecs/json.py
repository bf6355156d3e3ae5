r"""Typed JSON: Zeek's WebSocket format v1, ``{"@data-type":"count","data":1}``, made lossless and always valid.

Readers of that format understand what :func:`encode` writes. Where C++ loses something, this does not: reals have all
their digits (and always a point or an exponent, as C++ demands), time stamps nine digits and a ``Z``, strings are
escaped properly. Characters that a terminal could act on are escaped, others are written as they are. Two things have
no form that C++ would read:

- ``{"@data-type":"string","data":"/w==","enc":"base64"}``: a string (or enum value) that is not UTF-8;
- ``{"@data-type":"real","data":"inf"}``: infinities and NaN, as the strings inf, -inf and nan.

:func:`decode` reads both, what C++ writes (also where that is no JSON: ``inf``, ``\v``, raw control characters, raw
bytes in strings), and what other tools make of it: ``5`` for a real, digits in a string for a count or an integer,
surrogate escapes (U+DC80 .. U+DCFF) for bytes that are not UTF-8. Keys that it does not know are ignored, so a value
can be read out of a whole message. Source: spec websocket-json.md section 4, data-model.md section 7.
"""

from __future__ import annotations

from binascii import b2a_base64
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.containers import Set, Table
from broker_core.model.scalars import Count, EnumValue, Port, Timespan, Timestamp

from ._json_reader import LENIENT, STRICT, TooDeepError, loads, loads_strictly, read
from ._shared import PORT_SUFFIXES, address_text, escape_unprintable, explain, timespan_text, timestamp_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model import Value
    from broker_core.model.network import Address, Subnet

__all__ = [
    "Writers",
    "decode",
    "encode",
    "encode_members",
    "from_json",
    "loads",
    "loads_strictly",
    "quote",
    "to_json",
    "writers",
]


# -- encoding -----------------------------------------------------------------------------------------------


def encode(value: Value) -> str:
    """One JSON object on one line. Raises :class:`EncodeError` for what is no strict value."""
    return "{" + encode_members(value) + "}"


def encode_members(value: Value, writers: Writers | None = None) -> str:
    """:func:`encode` without the braces: the two members to be put into the object of a message.

    *writers* are those of a dialect, see :func:`writers`.
    """
    try:
        return (writers or _WRITERS)[type(value)](value)
    except (KeyError, RecursionError, UnicodeEncodeError, AttributeError):
        raise explain(value) from None


def to_json(value: Value) -> Any:
    """The same as Python's dicts and lists, for a program that builds a larger document."""
    return loads(encode(value))


def quote(text: str) -> str:
    r"""*text* as a JSON string, escaped as in values. Raises UnicodeEncodeError on lone surrogates."""
    quoted = encode_basestring(text)
    return quoted if quoted.isprintable() else escape_unprintable(quoted)


def _write_string(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isprintable():
        return f'"@data-type":"string","data":{quoted}'
    return f'"@data-type":"string","data":{escape_unprintable(quoted)}'


def _base64(raw: bytes) -> str:
    return f'"{b2a_base64(raw, newline=False).decode()}","enc":"base64"'


def _write_real(number: float) -> str:
    text = repr(number)
    return f'"@data-type":"real","data":"{text}"' if text[-1] in "fn" else f'"@data-type":"real","data":{text}'


def _write_enum(value: EnumValue) -> str:
    name = value.name
    return f'"@data-type":"enum-value","data":{quote(name) if isinstance(name, str) else _base64(name)}'


def _write_address(address: Address) -> str:
    return f'"@data-type":"address","data":"{address_text(address)}"'


def _write_subnet(subnet: Subnet) -> str:
    return f'"@data-type":"subnet","data":"{subnet}"'


def _write_port(port: Port) -> str:
    return f'"@data-type":"port","data":"{port.number}{PORT_SUFFIXES[port.protocol]}"'


def _write_timestamp(moment: Timestamp) -> str:
    return f'"@data-type":"timestamp","data":"{timestamp_text(moment.ns, shortest=False)}"'


def _write_timespan(span: Timespan) -> str:
    return f'"@data-type":"timespan","data":"{timespan_text(span.ns)}"'


Writers = dict[type, "Callable[[Any], str]"]
"""For each type of value, what writes the two members."""


def writers(changes: Writers) -> Writers:
    """A dialect: the writers of :func:`encode` with *changes*, for values at any depth."""
    table: Writers = _SCALARS | changes

    def write_vector(items: Any) -> str:
        if not items:
            return '"@data-type":"vector","data":[]'
        return '"@data-type":"vector","data":[{' + "},{".join([table[type(item)](item) for item in items]) + "}]"

    def write_set(items: Any) -> str:
        if not items:
            return '"@data-type":"set","data":[]'
        return '"@data-type":"set","data":[{' + "},{".join([table[type(item)](item) for item in items]) + "}]"

    def write_pair(pair: tuple[Any, Any]) -> str:
        key, value = pair
        return f'{{"key":{{{table[type(key)](key)}}},"value":{{{table[type(value)](value)}}}}}'

    table[tuple] = write_vector
    table[Set] = write_set
    table[Table] = lambda items: '"@data-type":"table","data":[' + ",".join(map(write_pair, items.pairs())) + "]"
    return table


_SCALARS: Writers = {
    type(None): lambda _: '"@data-type":"none","data":{}',
    bool: lambda value: f'"@data-type":"boolean","data":{"true" if value else "false"}',
    Count: lambda number: f'"@data-type":"count","data":{int(number)}',
    int: lambda number: f'"@data-type":"integer","data":{number}',
    float: _write_real,
    str: _write_string,
    bytes: lambda raw: f'"@data-type":"string","data":{_base64(raw)}',
    IPv4Address: _write_address,
    IPv6Address: _write_address,
    IPv4Network: _write_subnet,
    IPv6Network: _write_subnet,
    Port: _write_port,
    Timestamp: _write_timestamp,
    Timespan: _write_timespan,
    EnumValue: _write_enum,
}
_WRITERS = writers({})


# -- decoding -----------------------------------------------------------------------------------------------


def decode(text: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Value:
    """The value in the JSON object *text*. Raises :class:`DecodeError` only, with the path into the value."""
    value: Value = from_json(loads(text), limits)
    return value


def from_json(thing: Any, limits: Limits = DEFAULT_LIMITS, *, strict: bool = False) -> Any:
    """The value in a dict that has the members ``@data-type`` and ``data`` among others. Else :class:`DecodeError`.

    *strict* refuses what C++ refuses: a whole number for a real, a string for a number.
    """
    try:
        return read(thing, limits.max_depth, STRICT if strict else LENIENT)
    except TooDeepError:
        limit = "max_depth"
        raise LimitExceeded(limit, None, limits.max_depth) from None
    except RecursionError:
        msg = "nested too deeply"
        raise DecodeError(msg) from None
