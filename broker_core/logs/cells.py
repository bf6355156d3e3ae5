"""Cells of TSV logs from their text. What is wrong is said with what was expected."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, EnumValue, Port, Timespan, Timestamp
from broker_core.model.network import parse_address, parse_subnet
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX, _set_ns

from .columns import nanoseconds, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["READERS", "read_port"]

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_USUAL_TIME = re.compile(r"([0-8]?[0-9]{1,9})\.([0-9]{6})").fullmatch  # as Zeek writes it, and small enough
_USUAL_COUNT = re.compile("[0-9]{1,18}")
_SPECIAL = {"inf", "-inf", "nan", "-nan"}
# What the constructors do, without the checks that the patterns have done.
_new_count: Any = int.__new__
_new_object: Any = object.__new__

_PORT = re.compile("[0-9]{1,5}")
_BYTE = "(?:0|[1-9][0-9]{0,2})"
_DOTTED = re.compile(rf"{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE}").fullmatch


def _refuse(text: str, what: str, hint: str) -> DecodeError:
    return DecodeError(f"{quoted(text)} is no {what} ({hint})")


def _bool(text: str) -> bool:
    if text == "T":
        return True
    if text == "F":
        return False
    raise _refuse(text, "bool", "T or F")


def _int(text: str) -> int:
    if _INTEGER.fullmatch(text) and I64_MIN <= int(text) <= I64_MAX:
        return int(text)
    raise _refuse(text, "int", "digits, from -2**63 to 2**63-1")


def _count(text: str) -> Count:
    if _USUAL_COUNT.fullmatch(text):
        usual: Count = _new_count(Count, text)
        return usual
    if _INTEGER.fullmatch(text) and 0 <= int(text) <= U64_MAX:
        return Count(int(text))
    raise _refuse(text, "count", "digits, up to 2**64-1")


def _double(text: str) -> float:
    if _DECIMAL.fullmatch(text) or text in _SPECIAL:
        return float(text)
    raise _refuse(text, "double", "such as 3.25, 1e-05, inf or nan")


def _nanoseconds(text: str, what: str) -> int:
    if not _DECIMAL.fullmatch(text):
        raise _refuse(text, what, "seconds, such as 1300475167.096535")
    try:
        return nanoseconds(text)
    except InvalidValue as error:
        raise DecodeError(error.problem) from None


def _time(text: str) -> Timestamp:
    usual = _USUAL_TIME(text)
    if usual is not None:
        whole, part = usual.groups()
        moment: Timestamp = _new_object(Timestamp)
        _set_ns(moment, int(whole + part) * 1000)
        return moment
    try:
        return Timestamp(_nanoseconds(text, "time"))
    except InvalidValue as error:
        raise DecodeError(error.problem) from None


def _interval(text: str) -> Timespan:
    usual = _USUAL_TIME(text)
    if usual is not None:
        whole, part = usual.groups()
        span: Timespan = _new_object(Timespan)
        _set_ns(span, int(whole + part) * 1000)
        return span
    try:
        return Timespan(_nanoseconds(text, "interval"))
    except InvalidValue as error:
        raise DecodeError(error.problem) from None


def _enum(text: str) -> EnumValue:
    return EnumValue(text)


def _string(text: str) -> str:
    return text


def read_port(text: str, protocol: int = 0) -> Port:
    """The port of a number, which is of *protocol* since the log does not say, or of such as ``22/tcp``."""
    if _PORT.fullmatch(text) and int(text) <= 0xFFFF:
        return Port(int(text), protocol)
    try:
        return Port.parse(text)
    except InvalidValue:
        raise _refuse(text, "port", "0 .. 65535") from None


def _addr(text: str) -> Any:
    if _DOTTED(text):
        numbers = [int(part) for part in text.split(".")]
        if max(numbers) <= 255:
            return IPv4Address(numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3])
    try:
        return parse_address(text)
    except InvalidValue:
        raise _refuse(text, "addr", "such as 192.0.2.1 or 2001:db8::1") from None


def _subnet(text: str) -> Any:
    try:
        return parse_subnet(text)
    except InvalidValue:
        raise _refuse(text, "subnet", "such as 10.0.0.0/8 or 2001:db8::/32") from None


READERS: dict[int, Callable[[str], Any]] = {
    ZeekType.BOOL: _bool,
    ZeekType.INT: _int,
    ZeekType.COUNT: _count,
    ZeekType.DOUBLE: _double,
    ZeekType.TIME: _time,
    ZeekType.INTERVAL: _interval,
    ZeekType.STRING: _string,
    ZeekType.ENUM: _enum,
    ZeekType.PORT: read_port,
    ZeekType.ADDR: _addr,
    ZeekType.SUBNET: _subnet,
    ZeekType.FUNC: _string,
    ZeekType.FILE: _string,
}
"""What reads the text of a scalar, without escapes and marks, by Zeek's number of its type. Raise DecodeError."""
