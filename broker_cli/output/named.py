"""Events with the names of their arguments and of the fields of records, for formats that can show them.

What an event does not share with its declaration is shown without names: nothing that came is left out, except fields
that are not set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core import Set, Table
from broker_core.declarations import RecordType, SetType, TableType, VectorType

from .human import Piece, pieces_of_value
from .json_lines import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from broker_core import Event
    from broker_core.declarations import Declarations, Field, Type

__all__ = ["NamedEvents", "named_json"]

_COMMA = Piece(", ")


class NamedEvents:
    """Writes the events of *declarations*.

    *write* makes JSON without types of a value. *with_types* also tells people how each argument is declared.
    """

    def __init__(self, declarations: Declarations, write: Callable[[Any], str], *, with_types: bool = False) -> None:
        self._events = declarations.events
        self._write = write
        self._with_types = with_types

    def pieces(self, event: Event) -> Iterator[Piece]:
        """The arguments of *event* in parentheses, each with its name if it has one: ``(msg="hello", n=5)``."""
        signature = self._events.get(event.name)
        parameters = () if signature is None else signature.parameters
        yield Piece("(")
        for at, value in enumerate(event.args):
            if at:
                yield _COMMA
            if at >= len(parameters):
                yield from pieces_of_value(value)
                continue
            parameter = parameters[at]
            if self._with_types:
                yield Piece(str(parameter) if parameter.name else f"{parameter.type}", "label")
                yield Piece(" = ")
            elif parameter.name:
                yield Piece(f"{parameter.name}=", "label")
            yield from _value(value, parameter.type)
        yield Piece(")")

    def json(self, name: str, args: Sequence[Any]) -> str | None:
        """The arguments as a JSON object without types; None when they do not have a name each."""
        signature = self._events.get(name)
        if signature is None or len(args) != len(signature.parameters):
            return None
        if not all(parameter.name for parameter in signature.parameters):
            return None
        return _object(signature.parameters, args, self._write, every=True)


def _value(value: Any, type_: Type) -> Iterator[Piece]:
    if isinstance(type_, RecordType) and type(value) is tuple:
        return _record(value, type_)
    if isinstance(type_, VectorType) and type(value) is tuple:
        return _listed(((item, type_.element) for item in value), "(", ")")
    if isinstance(type_, SetType) and type(value) is Set and value and len(type_.index) == 1:
        return _listed(((item, type_.index[0]) for item in value), "{", "}")
    if isinstance(type_, TableType) and type(value) is Table and value:
        return _table(value, type_)
    return pieces_of_value(value)


def _record(value: tuple[Any, ...], type_: RecordType) -> Iterator[Piece]:
    """``[uid="C1", id=[orig_h=10.0.0.1]]``."""
    fields = type_.fields
    yield Piece("[")
    first = True
    for at, item in enumerate(value):
        field = fields[at] if at < len(fields) else None
        if item is None and field is not None:
            continue
        if not first:
            yield _COMMA
        first = False
        if field is None:
            yield from pieces_of_value(item)
        else:
            yield Piece(f"{field.name}=", "label")
            yield from _value(item, field.type)
    yield Piece("]")


def _listed(items: Iterable[tuple[Any, Type]], opening: str, closing: str) -> Iterator[Piece]:
    yield Piece(opening)
    for at, (item, type_) in enumerate(items):
        if at:
            yield _COMMA
        yield from _value(item, type_)
    yield Piece(closing)


def _table(table: Table, type_: TableType) -> Iterator[Piece]:
    for at, (key, item) in enumerate(table.pairs()):
        yield _COMMA if at else Piece("{")
        yield from _value(key, type_.index[0]) if len(type_.index) == 1 else pieces_of_value(key)
        yield Piece(" -> ")
        yield from _value(item, type_.value)
    yield Piece("}")


def named_json(value: Any, type_: Type, write: Callable[[Any], str]) -> str:
    """*value* as JSON without types, as *write* has it, but records as objects."""
    if isinstance(type_, RecordType) and type(value) is tuple and len(value) == len(type_.fields):
        return _object(type_.fields, value, write)
    if isinstance(type_, VectorType) and type(value) is tuple:
        return f"[{','.join([named_json(item, type_.element, write) for item in value])}]"
    if isinstance(type_, SetType) and type(value) is Set and len(type_.index) == 1:
        return f"[{','.join([named_json(item, type_.index[0], write) for item in value])}]"
    if isinstance(type_, TableType) and type(value) is Table:
        pairs = [(key, named_json(item, type_.value, write)) for key, item in value.pairs()]
        if all(type(key) is str for key, _ in pairs):
            return "{" + ",".join([f"{write(key)}:{item}" for key, item in pairs]) + "}"
        return "[" + ",".join([f"[{_key(key, type_, write)},{item}]" for key, item in pairs]) + "]"
    return write(value)


def _key(key: Any, type_: TableType, write: Callable[[Any], str]) -> str:
    return named_json(key, type_.index[0], write) if len(type_.index) == 1 else write(key)


def _object(fields: Sequence[Field], values: Sequence[Any], write: Callable[[Any], str], *, every: bool = False) -> str:
    """The fields that are set, or *every* one, by their names."""
    members = [
        f"{json_text(field.name)}:{named_json(value, field.type, write)}"
        for field, value in zip(fields, values, strict=True)
        if every or value is not None
    ]
    return "{" + ",".join(members) + "}"
