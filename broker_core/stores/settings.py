"""The options of backends: known names, right types, defaults. Source: spec store-protocol.md section 9."""

from __future__ import annotations

from difflib import get_close_matches
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core.errors import BackendFailure
from broker_core.model.scalars import EnumValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["REQUIRED", "Setting", "choice", "flag", "number", "path", "read_settings", "suggestion"]

REQUIRED: Any = object()
"""In place of a default: there is none, and the option has to be given."""


class Setting(NamedTuple):
    """One option. *read* makes a value of what is given, or raises ValueError or TypeError; *wanted* is what fits."""

    read: Callable[[Any], Any]
    wanted: str
    default: Any = None


def read_settings(kind: str, known: Mapping[str, Setting], options: Mapping[str, Any] | None) -> dict[str, Any]:
    """A value for each *known* option, from *options* or its default.

    Raises :class:`BackendFailure`, which names the option, for one that is unknown, missing or of a wrong type.
    """
    given = {} if options is None else dict(options)
    for name in given:
        if name not in known:
            options_text = f"its options: {', '.join(known)}" if known else "it takes none"
            msg = f"{kind} has no option {name!r}{suggestion(name, known)} ({options_text})"
            raise BackendFailure(msg)
    values = {}
    for name, setting in known.items():
        if name not in given:
            if setting.default is REQUIRED:
                msg = f"{kind} needs the option {name}: {setting.wanted}"
                raise BackendFailure(msg)
            values[name] = setting.default
            continue
        try:
            values[name] = setting.read(given[name])
        except (TypeError, ValueError):
            msg = f"{kind} option {name}: {given[name]!r} is not {setting.wanted}"
            raise BackendFailure(msg) from None
    return values


def suggestion(name: object, known: Iterable[str]) -> str:
    """``; did you mean ...?`` when one of the *known* names is close to *name*, else nothing."""
    close = get_close_matches(str(name), known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def path(wanted: str) -> Setting:
    """The place of a file: a str or path, not empty."""
    return Setting(_read_path, wanted, REQUIRED)


def flag(*, default: bool) -> Setting:
    """True or false."""
    return Setting(_read_flag, "true or false", default)


def number(wanted: str, default: int | None, least: int = 1) -> Setting:
    """A whole number of at least *least*; *wanted* says of what."""

    def read(given: Any) -> int:
        if not isinstance(given, int) or isinstance(given, bool):
            raise TypeError
        if given < least:
            raise ValueError
        return int(given)

    return Setting(read, f"{wanted}, at least {least}", default)


def choice(names: Iterable[str], default: str | None, prefix: str = "") -> Setting:
    """One of *names*, given as a str or an enum value, with or without the *prefix* that Zeek's names have."""
    names = tuple(names)

    def read(given: Any) -> str:
        if not isinstance(given, str | EnumValue):
            raise TypeError
        name = str(given).removeprefix(prefix)
        if name not in names:
            raise ValueError
        return name

    return Setting(read, f"one of {', '.join(names)}", default)


def _read_path(given: Any) -> str:
    if not isinstance(given, str | PathLike):
        raise TypeError
    name = fspath(given)
    if not isinstance(name, str) or not name or "\0" in name:
        raise ValueError
    return name


def _read_flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError
    return given
