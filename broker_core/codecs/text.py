r"""The literal text that people type and read: ``(1, "a", 22/tcp, {10.0.0.0/8 -> 5min})``.

What :func:`encode` prints is the shortest text that :func:`decode` reads back as the same value, types
included, whatever the value (of NaN only the kind). It is Broker's own text where that is exact:

========== ============================================== ===================================================
kind       printed                                        also read
========== ============================================== ===================================================
none       ``nil``                                        ``none:``
boolean    ``T`` ``F``                                    ``bool:true``
count      ``42``                                         ``0x2a`` ``count:42``
integer    ``+42`` ``-42``                                ``int:42``
real       ``4.2`` ``5.0`` ``1e-09`` ``real:inf``         ``.5`` ``1e6`` ``real:5``
timespan   ``5s`` (largest exact of s ms us ns)           ``5min`` ``1.5hr`` ``2days`` ``500 msec`` ``interval:.5``
timestamp  ``2024-05-01T12:00:00.5Z``                     ``…+02:00``; no zone is UTC; ``time:1714564800.5``
                                                          ``time:123ns``
string     ``"a\n\xff"``                                  ``string:…``, bare words as arguments
enum-value ``Notice::LOG`` ``enum:tcp`` ``enum("a b")``
address    ``10.0.0.1`` ``2001:db8::1``                   ``[2001:db8::1]``
subnet     ``10.0.0.0/8``                                 ``[2001:db8::]/32``; host bits are cleared
port       ``22/tcp`` ``0/unknown``                       ``0/?``
vector     ``(1, 2)``                                     ``[1, 2]`` ``vector(1, 2)``
set        ``{1, 2}`` ``set()``                           ``set(1, 2)``
table      ``{"a" -> 1}`` ``table()``                     ``table(["a"] = 1)`` ``{[1, 2] = 3}``
========== ============================================== ===================================================

``TYPE:`` can stand in front of any value and wins over what the value looks like. ``[…]`` around exactly one IPv6
literal is the address; ``dead::beef`` is an address, ``DEAD::BEEF`` an enum value. ``{}`` is refused.

Strings: ``\xHH`` is one byte, ``\uHHHH`` one UTF-16 unit (two of them above U+FFFF). Printed raw is what
``str.isprintable()`` accepts, so the text never acts on a terminal. Controls of ASCII and bytes that are not UTF-8 are
printed as ``\xHH``, everything else as ``\uHHHH``.

In text from the operating system, bytes that are not UTF-8 are surrogate escapes (U+DC80 and up), as in ``sys.argv``;
they are read as those bytes.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.containers import Set, Table
from broker_core.model.order import Kind
from broker_core.model.scalars import Count, EnumValue, Port, Timespan, Timestamp

from ._quoted import print_bytes, print_string
from ._scalars import ENUM_TOKEN, KINDS_BY_PREFIX, READERS, is_plain_enum
from ._scanner import PREFIX, Scanner
from ._shared import address_text, explain, raw_string, shown, timespan_text, timestamp_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model import Value

__all__ = ["decode", "decode_argument", "decode_at", "decode_scalar", "encode", "split_prefix"]


# -- printing -----------------------------------------------------------------------------------------------


def encode(value: Value) -> str:
    """The canonical literal of a strict value, on one line. Raises :class:`EncodeError` for anything else."""
    try:
        return _PRINTERS[type(value)](value)
    except (KeyError, RecursionError, UnicodeEncodeError, AttributeError):
        raise explain(value) from None


def _print_integer(number: int) -> str:
    return f"{number:+d}"


def _print_real(number: float) -> str:
    text = repr(number)
    return f"real:{text}" if text[-1] in "fn" else text


def _print_enum(value: EnumValue) -> str:
    name = value.name
    if isinstance(name, bytes):
        return f"enum({print_bytes(name)})"
    if is_plain_enum(name):
        return name
    return f"enum:{name}" if ENUM_TOKEN.fullmatch(name) else f"enum({print_string(name)})"


def _print_port(port: Port) -> str:
    return f"{port.number}/{port.protocol}"


def _print_vector(items: Any) -> str:
    return "(" + ", ".join([_PRINTERS[type(item)](item) for item in items]) + ")"


def _print_set(items: Set) -> str:
    return "{" + ", ".join([_PRINTERS[type(item)](item) for item in items]) + "}" if items else "set()"


def _print_table(table: Table) -> str:
    if not table:
        return "table()"
    pairs = [f"{_PRINTERS[type(key)](key)} -> {_PRINTERS[type(value)](value)}" for key, value in table.pairs()]
    return "{" + ", ".join(pairs) + "}"


_PRINTERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "nil",
    bool: lambda value: "T" if value else "F",
    Count: lambda number: str(int(number)),
    int: _print_integer,
    float: _print_real,
    str: print_string,
    bytes: print_bytes,
    IPv4Address: address_text,
    IPv6Address: address_text,
    IPv4Network: str,
    IPv6Network: str,
    Port: _print_port,
    Timestamp: lambda moment: timestamp_text(moment.ns, shortest=True),
    Timespan: lambda span: timespan_text(span.ns),
    EnumValue: _print_enum,
    tuple: _print_vector,
    Set: _print_set,
    Table: _print_table,
}


# -- reading ------------------------------------------------------------------------------------------------


def decode(text: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Value:
    """The value that *text* holds, all of it; bytes are taken as UTF-8. Raises :class:`DecodeError` only."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    value: Value = _scan(Scanner(text, limits.max_depth))
    return value


def decode_at(text: str, at: int, max_depth: int = DEFAULT_LIMITS.max_depth) -> tuple[Any, int]:
    """The value that begins at offset *at* in *text*, and the offset behind it. Raises :class:`DecodeError` only."""
    scanner = Scanner(text, max_depth, at)
    try:
        return scanner.value(), scanner.at
    except RecursionError:
        msg = "nested too deeply"
        raise DecodeError(msg, scanner.at) from None


def decode_scalar(kind: Kind, token: str) -> Any:
    """The value of *kind*, one that holds no others, that *token* spells. Raises :class:`DecodeError` only."""
    try:
        return READERS[kind](token)
    except InvalidValue as error:
        raise DecodeError(error.problem, 0) from None


def split_prefix(text: str) -> tuple[Kind, str] | None:
    """The kind that ``TYPE:`` in front of *text* says, and what follows it; None without such a prefix."""
    prefix = PREFIX.match(text)
    return (KINDS_BY_PREFIX[prefix[0][:-1]], text[prefix.end() :]) if prefix else None


def _scan(scanner: Scanner, kind: Kind | None = None) -> Any:
    try:
        return scanner.whole(kind)
    except RecursionError:
        msg = "nested too deeply"
        raise DecodeError(msg, scanner.at) from None


_LITERAL_START = re.compile(r'[ \t\r\n]*(?:[0-9+\-.\[({"@]|(?:set|table|vector|enum|string)\()')


def decode_argument(text: str, limits: Limits = DEFAULT_LIMITS) -> Value:
    """The value of one command line argument. Raises :class:`DecodeError` only.

    1. After ``TYPE:`` the rest is a value of that type; after ``string:`` it is taken byte for byte.
    2. Otherwise it is a literal as for :func:`decode`.
    3. Otherwise it is a string, unless it starts like another literal (with a digit, ``+ - . [ ( { " @``, or
       ``set(`` and the like) or contains ``::``. So ``hello`` is a string, and ``10.0.0.300`` an error.
    """
    prefix = PREFIX.match(text)
    kind = KINDS_BY_PREFIX[prefix[0][:-1]] if prefix else None
    try:
        if prefix and kind is Kind.STRING:
            return raw_string(text[prefix.end() :])
        try:
            value: Value = _scan(Scanner(text, limits.max_depth, prefix.end() if prefix else 0), kind)
        except DecodeError as error:
            if prefix:
                raise
            if _LITERAL_START.match(text) or "::" in text:
                raise _with_hint(error, text) from None
            return raw_string(text)
    except InvalidValue as error:
        raise DecodeError(error.problem, 0) from None
    return value


def _with_hint(error: DecodeError, text: str) -> DecodeError:
    """For a single word: how to pass it as the string that it may have been meant to be."""
    if type(error) is DecodeError and error.offset == 0 and text[:1] not in tuple('"([{'):
        return DecodeError(f"{error.problem}; as a string it is string:{shown(text)[1:-1]}", 0)
    return error
