"""The reader of typed JSON: from text to Python's dicts and lists, and from those to values.

More tolerant than the writer is: see :mod:`broker_core.codecs.json` for what it takes.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from functools import lru_cache
from json import JSONDecoder
from math import inf, nan
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.errors import DecodeError, InvalidValue
from broker_core.model.containers import Set, Table
from broker_core.model.network import parse_address, parse_subnet
from broker_core.model.scalars import I64_MAX, I64_MIN, Count, EnumValue, Port, text_or_bytes

from ._shared import inside, not_json, parse_timespan, parse_timestamp, raw_string, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model.network import Address

    Leaves = dict[str, Callable[[Any], Any]]

__all__ = ["LENIENT", "STRICT", "TooDeepError", "loads", "loads_strictly", "read"]


# -- from text ----------------------------------------------------------------------------------------------


def _reader_of(decoder: JSONDecoder) -> Callable[[str], Any]:
    """What *decoder* decodes, without a look for blanks around it unless there is something around it."""
    scan = decoder.scan_once  # type: ignore[attr-defined] # what json.decoder itself calls

    def decode(text: str) -> Any:
        try:
            thing, end = scan(text, 0)
        except StopIteration:  # blanks in front, or no JSON
            return decoder.decode(text)
        return thing if end == len(text) else decoder.decode(text)

    return decode


_loads = _reader_of(JSONDecoder(strict=False))
_NOT_JSON = re.compile(r'"(?:[^"\\]+|\\.)*+"?|(-?)\b(inf|nan)\b', re.DOTALL)  # "? and *+ keep it linear
_VERTICAL_TAB = re.compile(r"\\(v|.)", re.DOTALL)


def loads(text: str | bytes) -> Any:
    """The JSON document *text* as Python's dicts and lists, as tolerant as :func:`decode`.

    Bytes are taken as UTF-8. Of a key given twice the last counts. Raises :class:`DecodeError` and nothing else.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    try:
        try:
            return _loads(text)
        except ValueError:
            return _loads(_NOT_JSON.sub(_repair, text))
    except (RecursionError, ValueError) as error:
        raise not_json(error) from None


_STRING_OR_RETURN = re.compile(r'"(?:[^"\\]+|\\.)*+"?|(\r)', re.DOTALL)
_NOT_CPP = re.compile(r'"(?:[^"\\]+|\\.)*+"?|\b(nan|NaN|Infinity)\b', re.DOTALL)


def _refuse_constant(word: str) -> NoReturn:
    msg = f"unexpected {word}"
    raise ValueError(msg)


_loads_strictly = _reader_of(JSONDecoder(strict=False, parse_constant=_refuse_constant))


def loads_strictly(text: str) -> Any:
    r"""The JSON document *text* when C++ would read it, else :class:`DecodeError`.

    C++ takes ``\v``, raw control characters in strings and ``nan``; it does not take NaN, Infinity and inf, and no
    carriage return between tokens. (It takes the first of a key given twice; here the last counts.)
    """
    if "\r" in text:
        for match in _STRING_OR_RETURN.finditer(text):
            if match[1]:
                msg = "no JSON: carriage return between tokens"
                raise DecodeError(msg, match.start())
    try:
        try:
            return _loads_strictly(text)
        except ValueError:
            if "nan" not in text and "\\v" not in text:
                raise
            return _loads(_NOT_CPP.sub(_repair_for_cpp, text))
    except (RecursionError, ValueError) as error:
        raise not_json(error, str(error)) from None


def _repair_for_cpp(match: re.Match[str]) -> str:
    if match[1]:
        return "NaN" if match[1] == "nan" else "no number"
    return _VERTICAL_TAB.sub(lambda escape: "\\u000b" if escape[1] == "v" else escape[0], match[0])


def _repair(match: re.Match[str]) -> str:
    """What C++ writes in place of JSON, as JSON (or as what Python takes for it)."""
    word = match[2]
    if word:
        return match[1] + "Infinity" if word == "inf" else "NaN"
    return _VERTICAL_TAB.sub(lambda escape: "\\u000b" if escape[1] == "v" else escape[0], match[0])


# -- from dicts and lists -----------------------------------------------------------------------------------


class TooDeepError(Exception):
    """More levels of containers than the reader was allowed."""


def read(thing: Any, room: int, leaves: Leaves) -> Any:
    """The value in the dict *thing*; *room* is how many more levels of containers may follow.

    *leaves* is :data:`LENIENT` or :data:`STRICT`.

    Raises :class:`DecodeError` and :class:`TooDeepError`.
    """
    if type(thing) is not dict:
        msg = f"expected an object with @data-type and data, found {_kind_of_json(thing)}"
        raise DecodeError(msg)
    name = thing.get("@data-type")
    reader = leaves.get(name) if type(name) is str else None
    try:
        if reader is not None:
            return reader(thing["data"])
        if name == "string":
            return _read_string(thing["data"], thing)
        if name == "vector":
            return tuple(_read_items(thing["data"], room, leaves))
        return _read_other(name, thing, room, leaves)
    except InvalidValue as error:
        raise DecodeError(error.problem) from None
    except KeyError:
        msg = f"{name} without data"
        raise DecodeError(msg) from None


def _read_other(name: Any, thing: dict[str, Any], room: int, leaves: Leaves) -> Any:
    if name == "enum-value":
        return EnumValue(_read_string(thing["data"], thing))
    if name == "none":
        return None
    if name == "set":
        return Set.from_distinct(_read_items(thing["data"], room, leaves))
    if name == "table":
        return Table.from_distinct(_read_pairs(thing["data"], room, leaves))
    msg = "an object without @data-type" if name is None else f"unknown @data-type {shown(str(name))}"
    raise DecodeError(msg)


def _read_items(items: Any, room: int, leaves: Leaves) -> list[Any]:
    """What is in *items*. The common types are read right here, since nearly all values are in some container."""
    if type(items) is not list:
        _refuse(items, "an array")
    if room <= 0:
        raise TooDeepError
    values: list[Any] = []
    put = values.append
    for item in items:
        try:
            name = item["@data-type"]
            if name == "string" and type(item["data"]) is str and "enc" not in item and item["data"].isascii():
                put(item["data"])
            elif name == "vector" and type(item["data"]) is list:
                put(tuple(_read_items(item["data"], room - 1, leaves)))
            else:
                put(leaves[name](item["data"]))
        except DecodeError as error:
            step = f"[{len(values)}]"
            raise inside(step, error) from None
        except (KeyError, TypeError, InvalidValue):  # a rarer type, or no value at all
            try:
                put(read(item, room - 1, leaves))
            except DecodeError as error:
                step = f"[{len(values)}]"
                raise inside(step, error) from None
    return values


def _read_pairs(items: Any, room: int, leaves: Leaves) -> list[tuple[Any, Any]]:
    if type(items) is not list:
        _refuse(items, "an array")
    if room <= 0:
        raise TooDeepError
    pairs: list[tuple[Any, Any]] = []
    for at, item in enumerate(items):
        if type(item) is not dict or "key" not in item or "value" not in item:
            msg = f"expected an object with key and value, found {_kind_of_json(item)}"
            raise DecodeError(msg, None, f"[{at}]")
        step = f"[{at}].key"
        try:
            key = read(item["key"], room - 1, leaves)
            step = f"[{at}].value"
            pairs.append((key, read(item["value"], room - 1, leaves)))
        except DecodeError as error:
            raise inside(step, error) from None
    return pairs


def _kind_of_json(thing: Any) -> str:
    names = {dict: "another object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(thing), "a number")


def _refuse(data: Any, expected: str) -> NoReturn:
    msg = f"expected {expected}, found {_kind_of_json(data)}"
    raise DecodeError(msg)


def _text(data: Any, expected: str) -> str:
    if type(data) is not str:
        _refuse(data, expected)
    return data


def _read_string(data: Any, thing: dict[str, Any]) -> str | bytes:
    text = _text(data, "a string")
    if "enc" not in thing:
        return text if text.isascii() else raw_string(text)
    if thing["enc"] != "base64":
        msg = "unknown enc (base64 is the only one)"
        raise DecodeError(msg)
    try:
        return text_or_bytes(a2b_base64(text, strict_mode=True))
    except (Base64Error, ValueError):
        msg = "string that is no base64"
        raise DecodeError(msg) from None


def _read_boolean(data: Any) -> bool:
    if type(data) is not bool:
        _refuse(data, "true or false")
    return data


_DIGITS = re.compile(r"-?[0-9]{1,20}")


def _whole(data: Any) -> int:
    if type(data) is int:
        return data
    if type(data) is str and _DIGITS.fullmatch(data):
        return int(data)
    return _refuse(data, "a whole number")


def _read_integer(data: Any) -> int:
    number = _whole(data)
    if not I64_MIN <= number <= I64_MAX:
        msg = "integer outside -2**63 .. 2**63-1"
        raise DecodeError(msg)
    return number


_SPECIAL_REALS = {"inf": inf, "-inf": -inf, "nan": nan}


def _read_real(data: Any) -> float:
    if type(data) is float:
        return data
    if type(data) is int:
        try:
            return float(data)
        except OverflowError:
            msg = "real beyond 64 bits"
            raise DecodeError(msg) from None
    if type(data) is str and data in _SPECIAL_REALS:
        return _SPECIAL_REALS[data]
    return _refuse(data, "a number")


_LEADING_ZEROS = re.compile(r"\b0+(?=[0-9])")


def _plain(text: str) -> str:
    """Dotted IPv4 may have leading zeros in C++'s reader; they do not mean octal."""
    return _LEADING_ZEROS.sub("", text) if ":" not in text else text


@lru_cache(maxsize=4096)  # the same hosts and ports come again and again
def _address(text: str) -> Address:
    return parse_address(_plain(text))


@lru_cache(maxsize=4096)
def _port(text: str) -> Port:
    return Port.parse(text if "/" in text else text + "/tcp")


LENIENT: Leaves = {
    "boolean": _read_boolean,
    "count": lambda data: Count(data if type(data) is int else _whole(data)),
    "integer": _read_integer,
    "real": _read_real,
    "timespan": lambda data: parse_timespan(_text(data, "a time span as a string")),
    "timestamp": lambda data: parse_timestamp(_text(data, "a time stamp as a string")),
    "address": lambda data: _address(_text(data, "an address as a string")),
    "subnet": lambda data: parse_subnet(_plain(_text(data, "a subnet as a string"))),
    "port": lambda data: _port(_text(data, "a port as a string")),
}
"""Types without members, as tolerant as can be."""


def _read_strict_integer(data: Any) -> int:
    return _read_integer(data) if type(data) is int else _refuse(data, "a whole number")


def _read_strict_real(data: Any) -> float:
    return _refuse(data, "a number with a point or an exponent") if type(data) is int else _read_real(data)


STRICT: Leaves = LENIENT | {
    "count": lambda data: Count(data) if type(data) is int else _refuse(data, "a whole number"),
    "integer": _read_strict_integer,
    "real": _read_strict_real,
}
"""The same for what C++ reads: numbers are no strings, and a real is no whole number."""
