"""What a text of declarations holds, before names are resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .types import Type

if TYPE_CHECKING:
    from .lexing import Place
    from .types import Field

__all__ = [
    "GLOBAL",
    "EnumAddition",
    "EventDeclaration",
    "RecordAddition",
    "Reference",
    "Statement",
    "TypeDeclaration",
    "full_name",
]

GLOBAL = "GLOBAL"
"""The module of names that are in none."""


class Reference(Type):
    """The name of a type, as a text has it inside *module*."""

    __slots__ = ("module", "name", "place")

    def __init__(self, name: str, module: str, place: Place) -> None:
        self.name = name
        self.module = module
        self.place = place

    def __str__(self) -> str:
        return self.name


class EventDeclaration(NamedTuple):
    """``global NAME: event(...)``, or the handler ``event NAME(...) { ... }``."""

    name: str
    module: str
    parameters: tuple[Field, ...]
    place: Place
    source: str
    is_handler: bool = False
    is_closed: bool = False
    """Whether all of its types have to be known."""


class TypeDeclaration(NamedTuple):
    """``type NAME: T``. The values of an enum are full names already."""

    name: str
    module: str
    type: Type
    place: Place
    source: str


class RecordAddition(NamedTuple):
    """``redef record NAME += { ... }``."""

    name: str
    module: str
    fields: tuple[Field, ...]
    place: Place
    source: str


class EnumAddition(NamedTuple):
    """``redef enum NAME += { ... }``; *values* are full names."""

    name: str
    module: str
    values: tuple[str, ...]
    place: Place
    source: str


Statement = EventDeclaration | TypeDeclaration | RecordAddition | EnumAddition


def full_name(name: str, module: str) -> str:
    """*name* as it is known outside of *module*, in which it was declared."""
    if "::" in name:
        return name.removeprefix(f"{GLOBAL}::")
    return name if module == GLOBAL else f"{module}::{name}"
