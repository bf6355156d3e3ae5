"""Finds out which form bytes have: what a capture, a database column or a clipboard holds has no name."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core import DecodeError, InvalidValue
from broker_core.codecs import binary, json, msgpack, text

from .forms import from_base64, from_hex

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SHOW_FORMS", "Found", "read_as", "recognize"]


class Found(NamedTuple):
    """What was found in some bytes."""

    form: str
    """How the value was written: one of :data:`SHOW_FORMS`."""
    value: Any


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape").strip()


def _unpacked(data: bytes) -> Any:
    """From the bytes inside of a text: Broker's, else MessagePack. The error is that of Broker's."""
    try:
        return binary.decode(data)
    except DecodeError:
        if len(data) > 1:  # as in recognize()
            with suppress(DecodeError):
                return msgpack.decode(data)
        raise


SHOW_FORMS: dict[str, Callable[[bytes], Any]] = {
    "hex": lambda data: _unpacked(from_hex(_text_of(data))),
    "json": json.decode,
    "binary": binary.decode,
    "base64": lambda data: binary.decode(from_base64(_text_of(data))),  # MessagePack would be met by chance
    "msgpack": msgpack.decode,
    "text": lambda data: text.decode(_text_of(data)),
}
"""What can be recognized, in the order in which it is tried: what is least likely to be met by chance comes first."""


def read_as(form: str, data: bytes) -> Found:
    """The value of *data*, which is written in *form*. Raises :class:`DecodeError`."""
    try:
        return Found(form, SHOW_FORMS[form](data))
    except InvalidValue as error:
        raise DecodeError(error.problem) from None


def recognize(data: bytes) -> Found:
    """The value of *data*, in whatever form. Raises the :class:`DecodeError` of the form that it looks most like."""
    problems: dict[str, DecodeError] = {}
    for form in SHOW_FORMS:
        if form == "msgpack" and len(data) == 1:
            continue  # every second character is a number in MessagePack
        try:
            return read_as(form, data)
        except DecodeError as error:
            problems[form] = error
    likely = _likely(data)
    problem = problems[likely]
    msg = f"taken as {likely}: {problem.problem}"
    raise DecodeError(msg, problem.offset, problem.path)


def _likely(data: bytes) -> str:
    start = data.strip()[:64]
    if start.startswith(b"{"):
        return "json"
    if not start.isascii() or not start.decode().isprintable():
        return "binary"
    try:
        from_hex(start[: len(start) // 2 * 2].decode())
    except DecodeError:
        return "text"
    return "hex"
