"""What more than one codec needs: texts of addresses and times, unprintable characters, and errors of encoders.

It knows no codec. Source: spec data-model.md sections 6 and 7.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Context, Decimal
from functools import lru_cache
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, EncodeError, InvalidValue, LimitExceeded
from broker_core.model.native import to_value
from broker_core.model.scalars import I64_MAX, I64_MIN, Timespan, Timestamp, text_or_bytes

if TYPE_CHECKING:
    from broker_core.model.network import Address

__all__ = [
    "PORT_SUFFIXES",
    "address_text",
    "escape_unprintable",
    "explain",
    "inside",
    "not_json",
    "parse_seconds",
    "parse_timespan",
    "parse_timestamp",
    "raw_string",
    "shown",
    "timespan_text",
    "timestamp_text",
]

_NS = 1_000_000_000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ONE_SECOND = dt.timedelta(seconds=1)

PORT_SUFFIXES = ("/?", "/tcp", "/udp", "/icmp")
"""What follows the number of a port in C++'s text, by transport."""


# -- errors -------------------------------------------------------------------------------------------------


def explain(value: Any) -> EncodeError:
    """Why *value* could not be encoded and where in it: the slow way, after the fact."""
    try:
        to_value(value)
    except InvalidValue as error:
        return EncodeError(error.problem, error.path)
    return EncodeError(f"{type(value).__name__} holds something that is no strict Broker value; use to_value()")


def inside(step: str, error: DecodeError) -> DecodeError:
    """*error* as seen from the container in which it happened at *step*."""
    if isinstance(error, LimitExceeded):
        return error
    return DecodeError(error.problem, error.offset, step + error.path)


def not_json(error: RecursionError | ValueError, otherwise: str = "a number has too many digits") -> DecodeError:
    """What Python's reader of JSON says, as ours; *otherwise* is for an *error* that is none of its own."""
    if isinstance(error, RecursionError):
        return DecodeError("JSON nested too deeply")
    return DecodeError(f"no JSON: {getattr(error, 'msg', otherwise)}", getattr(error, "pos", None))


def shown(text: str, most: int = 40) -> str:
    """*text* as errors quote it: short, on one line, nothing that could act on a terminal."""
    return repr(text if len(text) <= most else text[:most] + "…")


# -- strings ------------------------------------------------------------------------------------------------

_MAYBE_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def escape_unprintable(text: str) -> str:
    r"""*text* with ``\uHHHH`` in place of every character that a terminal could act on instead of showing it.

    That is what ``str.isprintable()`` rejects: controls, the marks that turn the direction of writing, line
    separators, unassigned and private characters. Above U+FFFF it takes two escapes, as in JSON. Raises
    UnicodeEncodeError on lone surrogates.
    """
    return _MAYBE_UNPRINTABLE.sub(_escape_one, text)


def _escape_one(match: re.Match[str]) -> str:
    char = match[0]
    if char.isprintable():
        return char
    code = char.encode("utf-16-be").hex()
    return "\\u" + code if len(code) == 4 else f"\\u{code[:4]}\\u{code[4:]}"


def raw_string(text: str) -> str | bytes:
    """The string value for *text* in which surrogate escapes (U+DC80 .. U+DCFF) stand for single bytes.

    Raises :class:`InvalidValue` on any other lone surrogate.
    """
    if text.isascii():
        return text
    try:
        return text_or_bytes(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        msg = f"string with a lone surrogate (U+{ord(text[error.start]):04X})"
        raise InvalidValue(msg) from None


# -- addresses ----------------------------------------------------------------------------------------------


def address_text(address: Address) -> str:
    """``str(address)``, only quicker."""
    number = int(address)
    if type(address) is IPv4Address:
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return _ipv6_text(address)


@lru_cache(maxsize=4096)
def _ipv6_text(address: Address) -> str:
    return str(address)


# -- times --------------------------------------------------------------------------------------------------

_SECONDS_OF_UNIT = {
    ("ns", "nsec", "nsecs"): 1,
    ("us", "usec", "usecs"): 1_000,
    ("ms", "msec", "msecs"): 1_000_000,
    ("s", "sec", "secs"): _NS,
    ("min", "mins"): 60 * _NS,
    ("h", "hr", "hrs"): 3600 * _NS,
    ("day", "days"): 86400 * _NS,
}
_UNITS = {name: scale for names, scale in _SECONDS_OF_UNIT.items() for name in names}
_TIMESPAN = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t]*([A-Za-z]*)")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):?([0-5][0-9]))?"
)
_NO_DIGIT = re.compile("[^0-9]")
_LONG_ENOUGH = Context(prec=60)
_LONGEST_NUMBER = 100


def timespan_text(ns: int) -> str:
    """``5s``, ``1500ms``, ``-7ns``: the largest unit of s, ms, us, ns that is exact, as C++ writes it in JSON."""
    if ns % 1000:
        return f"{ns}ns"
    if ns % 1_000_000:
        return f"{ns // 1000}us"
    if ns % _NS:
        return f"{ns // 1_000_000}ms"
    return f"{ns // _NS}s"


def parse_timespan(text: str) -> Timespan:
    """``5s``, ``1.5hr``, ``500 msec``, ``2days``; finer than a nanosecond is rounded. Else :class:`InvalidValue`.

    Exact where C++ calculates in floating point.
    """
    match = _TIMESPAN.fullmatch(text)
    scale = _UNITS.get(match[2]) if match else None
    if match is None or scale is None:
        hint = "minutes are min, milliseconds ms" if match and match[2] == "m" else "ns us ms s min hr day"
        msg = f"{shown(text)} is no time span with a unit ({hint})"
        raise InvalidValue(msg)
    return Timespan(_scaled(match[1], scale))


def parse_seconds(text: str) -> int | None:
    """Nanoseconds from a decimal number of seconds such as ``1714564800.5``; None when it is no such number."""
    match = _TIMESPAN.fullmatch(text)
    return _scaled(match[1], _NS) if match and text == match[1] else None


def _scaled(number: str, scale: int) -> int:
    """The decimal *number* times *scale*, to the nearest whole; :class:`InvalidValue` beyond 64 bits."""
    if len(number) <= _LONGEST_NUMBER:
        try:
            product = _LONG_ENOUGH.multiply(Decimal(number), scale)
        except ArithmeticError:  # an exponent that even Decimal does not take
            product = Decimal("inf")
        if I64_MIN <= product <= I64_MAX:  # only then: as an int, 1e999999 alone takes 400 KB
            return round(product)
    msg = f"time of {shown(number)} units does not fit 64 bits of nanoseconds"
    raise InvalidValue(msg)


@lru_cache(maxsize=1024)
def _second_text(seconds: int) -> str:
    return (_EPOCH + seconds * _ONE_SECOND).isoformat()[:19]


def timestamp_text(ns: int, *, shortest: bool) -> str:
    """``2024-05-01T12:00:00.123456789Z``; nine digits always, or without final zeros if *shortest*."""
    seconds, fraction = divmod(ns, _NS)
    if not shortest:
        return f"{_second_text(seconds)}.{fraction:09d}Z"
    if fraction:
        return f"{_second_text(seconds)}.{fraction:09d}".rstrip("0") + "Z"
    return _second_text(seconds) + "Z"


@lru_cache(maxsize=1024)
def _seconds_of(second: str) -> int:
    year, month, day, hour, minute, rest = map(int, _NO_DIGIT.split(second))
    return (dt.datetime(year, month, day, hour, minute, rest, tzinfo=dt.UTC) - _EPOCH) // _ONE_SECOND


def parse_timestamp(text: str) -> Timestamp:
    """The ISO form that C++ reads; without a zone it is UTC. Else :class:`InvalidValue`."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        msg = f"{shown(text)} is no time stamp (such as 2024-05-01T12:00:00.5Z)"
        raise InvalidValue(msg)
    try:
        seconds = _seconds_of(text[:19])
    except ValueError as error:
        msg = f"{shown(text)} is no time stamp ({error})"
        raise InvalidValue(msg) from None
    if match[8]:
        offset = int(match[9]) * 3600 + int(match[10]) * 60
        seconds += offset if match[8] == "-" else -offset
    return Timestamp(seconds * _NS + int((match[7] or "").ljust(9, "0")))
