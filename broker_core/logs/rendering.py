"""Cells as text, apart from strings: what the TSV and the JSON logs of Zeek have in common."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from broker_core.model import Timespan, Timestamp

__all__ = ["address", "fixed_seconds", "full_number", "plain_number", "seconds", "subnet"]

_LOWEST_EMBEDDED, _END_OF_EMBEDDED = 1 << 16, 1 << 32
_LARGEST_PLAIN, _SMALLEST_PLAIN = 21, -6  # powers of ten between which JSON logs have no exponent


def address(value: Any) -> str:
    """An address as the C library writes it: IPv4 in the last four bytes of an IPv6 address shows."""
    if type(value) is IPv6Address and _LOWEST_EMBEDDED <= int(value) < _END_OF_EMBEDDED:
        return f"::{IPv4Address(int(value))}"
    return str(value)


def subnet(value: Any) -> str:
    """``10.0.0.0/8``."""
    return f"{address(value.network_address)}/{value.prefixlen}"


def fixed_seconds(cell: Timestamp | Timespan | float) -> str:
    """Seconds with six decimals."""
    if type(cell) is float:
        return f"{cell:.6f}"
    ns: int = cell.ns  # type: ignore[union-attr]
    whole, part = divmod(abs(ns) + 500, 1_000_000_000)
    return f"{'-' if ns < 0 else ''}{whole}.{part // 1000:06d}"


def seconds(cell: Timestamp | Timespan | float) -> float:
    """Seconds as the float that Zeek has."""
    return cell if type(cell) is float else cell.ns / 1_000_000_000  # type: ignore[union-attr]


def plain_number(number: float) -> str:
    """A double in a TSV log: at most six decimals, at least one for a whole number, and never an exponent."""
    if not isfinite(number):
        return "nan" if number != number else "inf" if number > 0 else "-inf"
    text = f"{number:.6f}".rstrip("0")
    if text.endswith("."):
        return f"{text}0" if number.is_integer() else text[:-1]
    return text


def full_number(number: float) -> str:
    """A finite double in a JSON log: the shortest decimal number that is read back as the same."""
    text = repr(number)
    if "e" not in text and (-1e15 < number < 1e15):
        return text
    sign = "-" if text.startswith("-") else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0").rstrip("0") or "0"
    # Where the point stands, counted from the first digit.
    point = len(whole) + int(exponent or 0)
    if len(digits) <= point <= _LARGEST_PLAIN:
        return f"{sign}{digits}{'0' * (point - len(digits))}.0"
    if 0 < point <= _LARGEST_PLAIN:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _SMALLEST_PLAIN < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1}"
