"""The scalars of the literal syntax: one token in, one value out.

Every reader raises :class:`InvalidValue` with a hint in parentheses: who typed ``10.0.0.300`` or ``22/tpc`` is told
what is wrong with it, and never gets a string by accident. Containers and quoted strings are in ``_scanner``.
"""

from __future__ import annotations

import re
from math import inf, isinf, nan
from typing import TYPE_CHECKING, Any

from broker_core.errors import InvalidValue
from broker_core.model.network import parse_address, parse_subnet
from broker_core.model.order import Kind
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX, Count, EnumValue, Port, Timestamp

from ._shared import parse_seconds, parse_timespan, parse_timestamp, raw_string, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model.network import Address, Subnet

__all__ = ["ENUM_TOKEN", "KINDS_BY_PREFIX", "READERS", "is_plain_enum", "needs_unit", "read_token"]

KINDS_BY_PREFIX = {
    name: kind
    for kind, names in {
        Kind.NONE: "none nil",
        Kind.BOOLEAN: "bool boolean",
        Kind.COUNT: "count",
        Kind.INTEGER: "int integer",
        Kind.REAL: "real double",
        Kind.TIMESPAN: "interval timespan",
        Kind.TIMESTAMP: "time timestamp",
        Kind.STRING: "string str",
        Kind.ENUM_VALUE: "enum",
        Kind.ADDRESS: "addr address",
        Kind.SUBNET: "subnet",
        Kind.PORT: "port",
        Kind.VECTOR: "vector",
        Kind.SET: "set",
        Kind.TABLE: "table",
    }.items()
    for name in names.split()
}

ENUM_TOKEN = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_.:-]*")
"""Names that can follow ``enum:`` as they are; others are written ``enum("a b")``."""

_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_PLAIN_ENUM = re.compile(rf"{_IDENTIFIER}(?:::{_IDENTIFIER})+")
_NO_ENUM = re.compile(r"[a-f][0-9a-f]{0,3}::[a-f][0-9a-f]{0,3}|str(?:ing)?::.*")  # an address; a string with prefix
_LIKE_ADDRESS = re.compile(r"[0-9a-fA-F:.]*(?:[/%].*)?")
_INTEGER = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))")
_REAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMBER_AND_UNIT = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?[A-Za-z]+")
_MOST_DIGITS = 20  # of an integer that fits 64 bits
_LONGEST_REAL = 2000  # more than the exact decimal form of any real

_SPECIAL_REALS = {"inf": inf, "+inf": inf, "-inf": -inf, "nan": nan}
_BOOLEANS = {"T": True, "F": False, "true": True, "false": False}
_KEYWORDS = {"nil": None, "T": True, "F": False}
_STRING_HINT = "strings are quoted here"


def is_plain_enum(name: str) -> bool:
    """Whether *name* alone reads as an enum value: ``Notice::LOG``, but not ``dead::beef``, which is an address."""
    return _PLAIN_ENUM.fullmatch(name) is not None and not _NO_ENUM.fullmatch(name)


def needs_unit(token: str) -> bool:
    """Whether *token* is a number, so that a unit after a blank would belong to it (``500 msec``)."""
    return _REAL.fullmatch(token) is not None


def _refuse(token: str, problem: str, hint: str) -> InvalidValue:
    return InvalidValue(f"{shown(token)} {problem} ({hint})")


# -- with the kind known: what follows TYPE: ----------------------------------------------------------------


def _read_none(token: str) -> None:
    if token not in ("", "nil"):
        raise _refuse(token, "is not nil", "none: or nil")


def _read_boolean(token: str) -> bool:
    try:
        return _BOOLEANS[token]
    except KeyError:
        raise _refuse(token, "is no boolean", "T, F, true or false") from None


def _whole(token: str) -> int | None:
    """The number that *token* spells, None when it is none; numbers that fit nowhere come out as 2**64."""
    match = _INTEGER.fullmatch(token)
    if match is None:
        return None
    sign, hexadecimal, decimal = match.groups()
    digits = (hexadecimal or decimal).lstrip("0") or "0"
    number = U64_MAX + 1 if len(digits) > _MOST_DIGITS else int(digits, 16 if hexadecimal else 10)
    return -number if sign == "-" else number


def _read_count(token: str) -> Count:
    number = _whole(token)
    if number is None or token[0] in "+-":
        raise _refuse(token, "is no count", "digits, or 0x and hexadecimal digits")
    if number > U64_MAX:
        raise _refuse(token, "is no count", "they go to 18446744073709551615")
    return Count(number)


def _read_integer(token: str) -> int:
    number = _whole(token)
    if number is None:
        raise _refuse(token, "is no integer", "such as +42 or -42")
    if not I64_MIN <= number <= I64_MAX:
        raise _refuse(token, "is no integer", "they go from -9223372036854775808 to +9223372036854775807")
    return number


def _read_real(token: str) -> float:
    if token in _SPECIAL_REALS:
        return _SPECIAL_REALS[token]
    if not _REAL.fullmatch(token) or len(token) > _LONGEST_REAL:
        raise _refuse(token, "is no real", "such as 5.0, .5, 1e-9, inf, nan")
    number = float(token)
    if isinf(number):
        raise _refuse(token, "is no real", "too large; infinity is real:inf")
    return number


def _read_timestamp(token: str) -> Timestamp:
    digits = token.removesuffix("ns")
    if digits != token and (ns := _whole(digits)) is not None:
        return Timestamp(ns)
    ns = parse_seconds(token)
    return parse_timestamp(token) if ns is None else Timestamp(ns)


def _read_timespan(token: str) -> Any:
    ns = parse_seconds(token)
    return parse_timespan(token) if ns is None else parse_timespan(f"{ns}ns")


def _read_enum(token: str) -> EnumValue:
    if not ENUM_TOKEN.fullmatch(token):
        raise _refuse(token, "cannot follow enum: as it is", 'write enum("…")')
    return EnumValue(token)


def _unbracket(text: str) -> str:
    return text[1:-1] if text.startswith("[") and text.endswith("]") and ":" in text else text


def _read_address(token: str) -> Address:
    text = _unbracket(token)
    try:
        return parse_address(text)
    except InvalidValue:
        raise _refuse(token, "is no address", _address_hint(text)) from None


def _address_hint(text: str) -> str:
    if "%" in text:
        return "Broker carries no zones"
    parts = text.split(".")
    if ":" in text or not all(part.isascii() and part.isdecimal() for part in parts):
        return "such as 10.0.0.1 or 2001:db8::1"
    if len(parts) != 4:
        return "IPv4 has four parts"
    return "each part is 0 to 255" if any(int(part[:4]) > 255 for part in parts) else "no leading zeros"


def _read_subnet(token: str) -> Subnet:
    address_part, slash, length = token.rpartition("/")
    if not slash or not (length.isascii() and length.isdecimal()):
        raise _refuse(token, "is no subnet", "such as 10.0.0.0/8 or 2001:db8::/32")
    address = _read_address(address_part)
    try:
        return parse_subnet(f"{address}/{length}")
    except InvalidValue:
        raise _refuse(token, "is no subnet", f"the length is 0 to {address.max_prefixlen}") from None


def _read_port(token: str) -> Port:
    try:
        return Port.parse(token)
    except InvalidValue:
        number, slash, _ = token.partition("/")
        if slash and number.isascii() and number.isdecimal():
            hint = "the number goes to 65535" if _whole(number) not in range(65536) else "tcp, udp, icmp or unknown"
        else:
            hint = "such as 22/tcp, 53/udp, 0/unknown"
        raise _refuse(token, "is no port", hint) from None


READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.NONE: _read_none,
    Kind.BOOLEAN: _read_boolean,
    Kind.COUNT: _read_count,
    Kind.INTEGER: _read_integer,
    Kind.REAL: _read_real,
    Kind.TIMESPAN: _read_timespan,
    Kind.TIMESTAMP: _read_timestamp,
    Kind.STRING: raw_string,
    Kind.ENUM_VALUE: _read_enum,
    Kind.ADDRESS: _read_address,
    Kind.SUBNET: _read_subnet,
    Kind.PORT: _read_port,
}
"""From what follows ``TYPE:`` to the value; each raises :class:`InvalidValue`."""


# -- with the kind to be found out --------------------------------------------------------------------------


def read_token(token: str) -> Any:
    """The value that a bare *token* stands for. Raises :class:`InvalidValue`."""
    if token in _KEYWORDS:
        return _KEYWORDS[token]
    if token[0] in "0123456789+-.":
        return _read_numeric(token)
    if is_plain_enum(token):
        return EnumValue(token)
    if ":" in token and _LIKE_ADDRESS.fullmatch(token):
        return _read_subnet(token) if "/" in token else _read_address(token)
    if "::" in token:
        raise _refuse(token, "is no value", "enum values look like Notice::LOG")
    raise _refuse(token, "is no value", "booleans are T and F" if token in _BOOLEANS else _STRING_HINT)


def _read_numeric(token: str) -> Any:
    """A token that starts like a number."""
    if _INTEGER.fullmatch(token):
        return _read_integer(token) if token[0] in "+-" else _read_count(token)
    if _REAL.fullmatch(token):
        return _read_real(token)
    if "/" in token:
        address, _, _ = token.partition("/")
        return _read_subnet(token) if "." in address or ":" in address else _read_port(token)
    if token[4:5] == "-":
        return parse_timestamp(token)
    if ":" in token or token.count(".") > 1:
        return _read_address(token)
    if _NUMBER_AND_UNIT.fullmatch(token):
        return parse_timespan(token)
    raise _refuse(token, "is no value", _STRING_HINT)
