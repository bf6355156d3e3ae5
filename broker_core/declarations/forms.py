"""Values in forms that several readers take: strings as they are, names of enums, patterns; and what is given twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from broker_core.codecs import text
from broker_core.codecs._shared import shown
from broker_core.errors import DecodeError, InvalidValue
from broker_core.model import EnumValue

from .problems import MisfitError, choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from .types import EnumType

__all__ = ["distinct", "enum_value", "misfit", "pattern_value", "verbatim"]

_Made = TypeVar("_Made")

_PATTERN = re.compile(r"/((?:[^/\\]++|\\.)*+)/([is]?)", re.DOTALL)
_ENUM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)+")


def misfit(error: InvalidValue | DecodeError) -> MisfitError:
    """*error*, of another reader, as one of this package."""
    return error if isinstance(error, MisfitError) else MisfitError(error.problem)


def verbatim(source: str) -> Any:
    """*source* as a string, whatever it looks like. Raises :class:`MisfitError`."""
    try:
        return text.decode_argument(f"string:{source}")
    except DecodeError as error:
        raise MisfitError(error.problem) from None


def enum_value(name: str, type_: EnumType) -> EnumValue:
    """The value of the enum that *name* means, with or without its module. Raises :class:`MisfitError`."""
    if name in type_.values:
        return EnumValue(name)
    if "::" not in name:
        own = f"{type_.name.rpartition('::')[0]}::{name}"
        if own in type_.values:
            return EnumValue(own)
        same = [value for value in type_.values if value.rpartition("::")[2] == name]
        if len(same) == 1:
            return EnumValue(same[0])
        if same:
            msg = f"{shown(name)} could be {' or '.join(same)}"
            raise MisfitError(msg)
    elif type_.is_open and _ENUM_NAME.fullmatch(name):
        return EnumValue(name)
    msg = f"{shown(name)} is no {'known ' if type_.is_open else ''}value of enum {type_}{choices(name, type_.values)}"
    raise MisfitError(msg)


def pattern_value(source: str) -> tuple[Any, Any]:
    """The exact and the anywhere form of ``/re/``, as Zeek makes them. Raises :class:`MisfitError`."""
    match = _PATTERN.fullmatch(source)
    if match is None:
        msg = f"{shown(source)} is no pattern (such as /re/, /re/i)"
        raise MisfitError(msg)
    body, flag = match[1], match[2]
    forms = [f"^?({body})$?", f"^?(.|\\n)*({body})"]
    if flag:
        forms = [f"(?{flag}:{form})" for form in forms]
    exact, anywhere = map(verbatim, forms)
    return exact, anywhere


def distinct(make: Callable[[list[Any]], _Made], items: list[Any]) -> _Made:
    """What *make* makes of *items*. Raises :class:`MisfitError` for one that is given twice."""
    try:
        return make(items)
    except InvalidValue as error:
        raise MisfitError(error.problem) from None
