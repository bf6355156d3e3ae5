r"""The quoted strings of the literal syntax, printed and read.

Escapes are ``\" \\ \/ \n \t \r \b \f \v``, ``\xHH`` for one byte and ``\uHHHH`` for one UTF-16 unit. Bytes join with
what stands around them: ``"\xc3\xa9"`` is é.
"""

from __future__ import annotations

import re

from broker_core.errors import DecodeError
from broker_core.model.scalars import text_or_bytes

from ._shared import escape_unprintable, shown

__all__ = ["print_bytes", "print_string", "read_quoted"]


# -- printing -----------------------------------------------------------------------------------------------

_SHORT_ESCAPES = {
    **{chr(code): f"\\x{code:02x}" for code in (*range(32), 127)},
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_SURROGATE_ESCAPES = re.compile("([\udc80-\udcff]+)")


def print_string(text: str) -> str:
    """The literal of *text*. Raises UnicodeEncodeError on lone surrogates."""
    if text.isprintable():
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + _escaped(text) + '"'


def _escaped(text: str) -> str:
    return escape_unprintable(_TO_ESCAPE.sub(lambda match: _SHORT_ESCAPES[match[0]], text))


def print_bytes(raw: bytes) -> str:
    """The literal of bytes that are not UTF-8; stretches of them that are stay readable."""
    parts = _SURROGATE_ESCAPES.split(raw.decode("utf-8", "surrogateescape"))
    for at, part in enumerate(parts):
        if at % 2:  # the odd ones are the stretches that are not UTF-8
            parts[at] = "".join([f"\\x{ord(char) & 0xFF:02x}" for char in part])
        else:
            parts[at] = _escaped(part)
    return '"' + "".join(parts) + '"'


# -- reading ------------------------------------------------------------------------------------------------

_SIMPLE_STRING = re.compile(r'"([^"\\]*)"')
_PLAIN_CHARS = re.compile(r'[^"\\]+')
_HEX2 = re.compile(r"[0-9a-fA-F]{2}")
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPES = {
    '"': b'"',
    "\\": b"\\",
    "/": b"/",
    "n": b"\n",
    "t": b"\t",
    "r": b"\r",
    "b": b"\b",
    "f": b"\f",
    "v": b"\v",
}
_ESCAPE_HINT = r"\" \\ \/ \n \t \r \b \f \v \xHH \uHHHH"


def read_quoted(text: str, start: int) -> tuple[str | bytes, int]:
    """The string whose opening quote is at *start*, and the offset behind it. Raises :class:`DecodeError`."""
    simple = _SIMPLE_STRING.match(text, start)
    if simple and simple[1].isascii():
        return simple[1], simple.end()
    raw = bytearray()
    at = start + 1
    while True:
        plain = _PLAIN_CHARS.match(text, at)
        if plain:
            try:
                raw += plain[0].encode("utf-8", "surrogateescape")
            except UnicodeEncodeError as error:
                msg = "lone surrogate in a string"
                raise DecodeError(msg, at + error.start) from None
            at = plain.end()
        char = text[at : at + 1]
        if char == '"':
            return text_or_bytes(bytes(raw)), at + 1
        if not char:
            msg = "the string is not closed"
            raise DecodeError(msg, start)
        escaped, at = _read_escape(text, at)
        raw += escaped


def _read_escape(text: str, start: int) -> tuple[bytes, int]:
    """The bytes of the escape whose backslash is at *start*, and the offset behind it."""
    char = text[start + 1 : start + 2]
    at = start + 2
    if char in _ESCAPES:
        return _ESCAPES[char], at
    if char == "x" and (digits := _HEX2.match(text, at)):
        return bytes.fromhex(digits[0]), digits.end()
    if char == "u" and (digits := _HEX4.match(text, at)):
        units, at = bytes.fromhex(digits[0]), digits.end()
        low = _LOW_SURROGATE.match(text, at)
        if 0xD8 <= units[0] <= 0xDB and low:
            units, at = units + bytes.fromhex(low[1]), low.end()
        try:
            return units.decode("utf-16-be").encode(), at
        except UnicodeDecodeError:
            msg = "\\u with half of a surrogate pair"
            raise DecodeError(msg, start) from None
    msg = f"unknown escape {shown(text[start:at])} ({_ESCAPE_HINT})" if char else "the string ends within an escape"
    raise DecodeError(msg, start)
