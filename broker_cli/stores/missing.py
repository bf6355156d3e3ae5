"""What to tell about keys that are not there: often there is one that looks the same and has another type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from broker_cli.context import escape
from broker_cli.exit_codes import ExitCode, Failure
from broker_core import DecodeError, kind_of, sort_key
from broker_core.codecs import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .sources import Source

__all__ = ["NamedKey", "missing_keys"]

_PREFIXES = ("string", "count", "int", "real", "enum", "addr", "subnet", "port", "interval", "time")
_LONGEST = 60
_MOST = 3


class NamedKey(NamedTuple):
    """A key, and the words in which the user gave it."""

    words: str
    key: Any


async def missing_keys(source: Source, missing: Sequence[NamedKey], asked: int) -> Failure:
    """The failure of a command that was *asked* for so many keys, some of which are *missing*."""
    names = ", ".join(_short(text.encode(name.key)) for name in missing[:_MOST])
    names += f" and {len(missing) - _MOST} more" if len(missing) > _MOST else ""
    head = "no such key" if asked == 1 else f"{len(missing)} of {asked} keys do not exist"
    return Failure(f"{source.title}: {head}: {names}", ExitCode.NO, await _look_alike(source, missing[0]))


def _short(literal: str) -> str:
    return literal if len(literal) <= _LONGEST else f"{literal[:_LONGEST]}..."


async def _look_alike(source: Source, name: NamedKey) -> str:
    """A hint at a key that is there, and is written like *name* but for the type; or ""."""
    words = name.words
    for prefix in _PREFIXES:
        words = words.removeprefix(f"{prefix}:")
    if len(words) >= 2 and words[0] == words[-1] == '"':
        words = words[1:-1]
    words = words.removeprefix("+")
    others = {}
    for prefix in _PREFIXES:
        try:
            other = text.decode_argument(f"{prefix}:{words}")
        except DecodeError:
            continue
        if sort_key(other) != sort_key(name.key):
            others[f"{prefix}:{words}"] = other
    for argument, entry in zip(others, await source.find_all(list(others.values())), strict=True):
        if entry is not None:
            return f"there is one of type {kind_of(entry.key).label}: {escape(argument)}"
    return ""
