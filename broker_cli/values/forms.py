"""The forms of writing a value: lines of text, and documents without lines.

Each knows how to write a value and how to read one, and whether anything is lost on the way. Those without loss can be
turned into each other and back for every value there is (of NaN only the kind is kept).
"""

from __future__ import annotations

import binascii
import json as python_json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broker_cli.output.untagged import untagged
from broker_core import DecodeError
from broker_core.codecs import binary, cpp, json, msgpack, text

from . import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["FORMS", "INPUT_FORMS", "LOSSLESS_FORMS", "OUTPUT_FORMS", "Form", "from_base64", "from_hex"]

_BLANKS = (" ", "\t", "\r", "\n")
_DIGIT_GAPS = str.maketrans("", "", " \t:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to write values. A form of lines has *decode*, one of documents *split*, one for output only neither."""

    encode: Callable[[Any], bytes]
    """The bytes of one value, line end included. Raises :class:`EncodeError`."""
    decode: Callable[[str], Any] | None = None
    """The value of one line. Raises :class:`DecodeError`, :class:`InvalidValue`."""
    split: Callable[[bytes], Iterator[Any]] | None = None
    """The values that stand one after the other in a document. Raises the same behind the good ones."""
    lossless: bool = True
    is_text: bool = True
    """Whether a terminal can show it."""

    @property
    def reads(self) -> bool:
        """Whether it can be read at all."""
        return self.decode is not None or self.split is not None


def from_hex(line: str) -> bytes:
    """The bytes of hexadecimal digits, which may stand in groups with blanks or colons; 0x in front is skipped."""
    digits = line.strip().removeprefix("0x").translate(_DIGIT_GAPS)
    try:
        if digits.isascii():
            return binascii.unhexlify(digits)
    except ValueError:
        pass
    odd = len(digits) % 2 and all(digit in "0123456789abcdefABCDEF" for digit in digits)
    msg = "an odd number of hexadecimal digits" if odd else "other characters than hexadecimal digits"
    raise DecodeError(msg)


def from_base64(line: str) -> bytes:
    """The bytes of a line of base64, of either alphabet, padded or not."""
    letters = line.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4), strict_mode=True)
    except ValueError as error:  # other characters, too, that are not ASCII
        msg = f"no base64: {str(error).lower()}"
        raise DecodeError(msg) from None


def _line(written: str) -> bytes:
    return written.encode("utf-8", "surrogateescape") + b"\n"


def _write_document(value: Any) -> bytes:
    return _line(python_json.dumps(json.to_json(value), indent=2))


def _split_json(data: bytes) -> Iterator[Any]:
    document = data.decode("utf-8", "surrogateescape")
    read = python_json.JSONDecoder(strict=False).raw_decode
    at = _behind_blanks(document, 0)
    while at < len(document):
        try:
            thing, end = read(document, at)
        except RecursionError:
            msg = "JSON nested too deeply"
            raise DecodeError(msg) from None
        except ValueError as error:
            problem, where = getattr(error, "msg", "a number has too many digits"), getattr(error, "pos", at)
            msg = f"no JSON: {problem}"
            raise DecodeError(msg, where) from None
        yield json.from_json(thing)
        at = _behind_blanks(document, end)


def _behind_blanks(document: str, at: int) -> int:
    while document[at : at + 1] in _BLANKS:
        at += 1
    return at


def _split_binary(data: bytes) -> Iterator[Any]:
    at = 0
    while at < len(data):
        value, at = binary.decode_at(data, at)
        yield value


def _split_msgpack(data: bytes) -> Iterator[Any]:
    from msgpack import Unpacker
    from msgpack.exceptions import OutOfData, UnpackException

    scout = Unpacker(max_buffer_size=max(len(data), 1))
    scout.feed(data)
    at = 0
    while at < len(data):
        try:
            scout.skip()
            end = scout.tell()
        except OutOfData:
            msg = f"value cut short after {len(data)} bytes"
            raise DecodeError(msg, len(data)) from None
        except (UnpackException, ValueError):
            end = len(data)  # the codec says what is wrong
        yield msgpack.decode(data[at:end])
        at = end


FORMS: dict[str, Form] = {
    "text": Form(encode=lambda value: _line(text.encode(value)), decode=text.decode),
    "ndjson": Form(encode=lambda value: _line(json.encode(value)), decode=json.decode),
    "json": Form(encode=_write_document, split=_split_json),
    "hex": Form(
        encode=lambda value: binary.encode(value).hex().encode() + b"\n",
        decode=lambda line: binary.decode(from_hex(line)),
    ),
    "base64": Form(
        encode=lambda value: b64encode(binary.encode(value)) + b"\n",
        decode=lambda line: binary.decode(from_base64(line)),
    ),
    "binary": Form(encode=binary.encode, split=_split_binary, is_text=False),
    "msgpack": Form(encode=msgpack.encode, split=_split_msgpack, is_text=False),
    "plain": Form(encode=lambda value: _line(untagged(value)), decode=plain.decode, lossless=False),
    "broker": Form(encode=lambda value: cpp.encode(value) + b"\n", lossless=False),
}
"""All forms by name."""
INPUT_FORMS = tuple(name for name, form in FORMS.items() if form.reads)
OUTPUT_FORMS = tuple(FORMS)
LOSSLESS_FORMS = tuple(name for name, form in FORMS.items() if form.lossless)
