r"""How Zeek writes text into its logs: bytes as ``\xHH`` where a reader could take them for something else.

In a TSV log that is the separator, the backslash (as two), controls, and all that is no good UTF-8. In a JSON log
bytes that are no good UTF-8, and most controls, are written as the four characters ``\xHH`` too. Characters for private
use and the specials at the end of the basic plane are no good text for Zeek.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broker_core.model.scalars import text_or_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["json_text", "marker", "text_escaper", "unescape", "unescape_json"]

_C1_AND_ODD = "\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff\udc80-\udcff"
_JSON_ESCAPED = re.compile(f"[\x00-\x07\x0b\x0e-\x1f{_C1_AND_ODD}]")
_HEX = re.compile(rb"\\x([0-9a-fA-F]{2})|\\\\")
_JSON_HEX = re.compile(r"\\x(0[0-7bef]|1[0-9a-f]|7f|[89a-f][0-9a-f])")


def _hexed(match: re.Match[str]) -> str:
    return "".join([f"\\x{byte:02x}" for byte in match[0].encode("utf-8", "surrogateescape")])


def _as_text(value: str | bytes) -> str:
    return value if type(value) is str else value.decode("utf-8", "surrogateescape")  # type: ignore[union-attr]


def text_escaper(*separators: str) -> Callable[[str | bytes], str]:
    """What makes the text of a string in a TSV log in which *separators* have a meaning."""
    marks = "|".join([re.escape(separator) for separator in separators if separator])
    escaped = re.compile(f"{marks}{'|' if marks else ''}[\x00-\x1f{_C1_AND_ODD}]|\\\\")

    def replace(match: re.Match[str]) -> str:
        return "\\\\" if match[0] == "\\" else _hexed(match)

    def escape(value: str | bytes) -> str:
        return escaped.sub(replace, _as_text(value))

    return escape


def marker(text: str) -> str:
    """*text*, which would be taken for a mark of the format, with its first byte escaped."""
    first, rest = text[:1], text[1:]
    return "".join([f"\\x{byte:02x}" for byte in first.encode("utf-8", "surrogateescape")]) + rest


def json_text(value: str | bytes) -> str:
    """The text of a string in a JSON log, before JSON quotes it."""
    return _JSON_ESCAPED.sub(_hexed, _as_text(value))


def unescape(raw: bytes) -> bytes:
    r"""The bytes that *raw* stands for in a TSV log: ``\xHH`` is one byte, two backslashes are one."""
    return _HEX.sub(lambda match: b"\\" if match[1] is None else bytes((int(match[1], 16),)), raw)


def unescape_json(text: str) -> str | bytes:
    r"""The string that *text* of a JSON log stands for, with surrogate escapes for bytes that are not UTF-8.

    ``\xHH`` is one byte where Zeek would have written it for one; the same four characters in what was logged look no
    different. Raises :class:`UnicodeEncodeError` for other lone surrogates.
    """
    if "\\x" in text:
        text = _JSON_HEX.sub(_byte, text)
    elif text.isascii():
        return text
    return text_or_bytes(text.encode("utf-8", "surrogateescape"))


def _byte(match: re.Match[str]) -> str:
    """One byte as a surrogate escape, or the ASCII character that it is."""
    code = int(match[1], 16)
    return chr(code if code < 0x80 else 0xDC00 + code)
