"""From the statements of texts to types that know each other.

Names are found as Zeek finds them: one with a module is meant as it is, one without is first looked for in the module
of the text and then among the global ones. The order of statements does not matter, except that the first of two
declarations of one name counts, and that fields are added to a record in their order.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from .grammar import MAX_NESTING
from .parsing import parse_script
from .problems import DeclarationError, meant
from .syntax import (
    GLOBAL,
    EnumAddition,
    EventDeclaration,
    RecordAddition,
    Reference,
    Statement,
    TypeDeclaration,
    full_name,
)
from .types import BASIC_TYPES, EnumType, Field, RecordType, SetType, Signature, TableType, Type, Unknown, VectorType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Resolver"]

_BASE = """
type transport_proto: enum { unknown_transport, tcp, udp, icmp };
type string_vec: vector of string;
type string_set: set[string];
type addr_vec: vector of addr;
type addr_set: set[addr];
type count_set: set[count];
type index_vec: vector of count;
type subnet_vec: vector of subnet;
type any_vec: vector of any;
type table_string_of_string: table[string] of string;
type table_string_of_count: table[string] of count;
"""
"""Names that every script has from Zeek, and that have meant the same since long ago."""


@cache
def _base() -> tuple[Statement, ...]:
    return parse_script(_BASE)


def _candidates(name: str, module: str) -> tuple[str, ...]:
    full = full_name(name, module)
    return (full,) if full == name or "::" in name else (full, name)


class Resolver:
    """What *statements* declare. Raises :class:`DeclarationError`, nothing else."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._types: dict[str, TypeDeclaration] = {}
        self._fields: defaultdict[str, list[Field]] = defaultdict(list)
        self._values: defaultdict[str, list[str]] = defaultdict(list)
        self._found: dict[str, Type] = {}
        self._unfilled: list[tuple[RecordType, Sequence[Field], Statement]] = []
        self._depth = 0
        self._at: Statement | None = None
        everything = (*statements, *_base())
        for statement in everything:
            if isinstance(statement, TypeDeclaration):
                self._types.setdefault(full_name(statement.name, statement.module), statement)
        for statement in everything:
            if isinstance(statement, RecordAddition):
                self._fields[self._target(statement)] += statement.fields
            elif isinstance(statement, EnumAddition):
                self._values[self._target(statement)] += statement.values
        self.events = self._signatures([entry for entry in everything if isinstance(entry, EventDeclaration)])
        for name in self._types:
            self._named(name)
        self._fill()
        found = self._found.items()
        self.records = {name: type_ for name, type_ in found if isinstance(type_, RecordType)}
        self.enums = {name: type_ for name, type_ in found if isinstance(type_, EnumType)}

    def _target(self, addition: RecordAddition | EnumAddition) -> str:
        """The full name of what is added to; of several that it could be, the one that is declared."""
        names = _candidates(addition.name, addition.module)
        return next((name for name in names if name in self._types), names[0])

    def _signatures(self, events: Sequence[EventDeclaration]) -> dict[str, Signature]:
        declared = {full_name(event.name, event.module) for event in events if not event.is_handler}
        found: dict[str, Signature] = {}
        for event in sorted(events, key=lambda event: event.is_handler):
            name = full_name(event.name, event.module)
            if event.is_handler:
                names = _candidates(event.name, event.module)
                name = next((name for name in names if name in declared), name)
            if name not in found:
                self._at = event
                found[name] = Signature(name, self._resolved_fields(event.parameters))
        return found

    def _resolved_fields(self, fields: Iterable[Field]) -> tuple[Field, ...]:
        return tuple(
            Field(field.name, self._type(field.type), optional=field.optional, default=field.default)
            for field in fields
        )

    def _fill(self) -> None:
        """Resolve the fields of the records that were met; one after the other, so that circles end."""
        while self._unfilled:
            record, fields, self._at = self._unfilled.pop()
            record.fields = self._resolved_fields(fields)

    # -- types --------------------------------------------------------------------------------------------------

    def _type(self, type_: Type, name: str = "") -> Type:
        """*type_* with what it refers to in place of names; *name* is what an alias calls it."""
        if self._depth > MAX_NESTING:
            at = self._at
            assert at is not None  # noqa: S101  # set in front of every call
            msg = f"types nested deeper than {MAX_NESTING} levels"
            raise DeclarationError(msg, *at.place, at.source)
        self._depth += 1
        try:
            match type_:
                case Reference():
                    return self._reference(type_)
                case SetType():
                    return SetType(tuple(map(self._type, type_.index)), name)
                case TableType():
                    return TableType(tuple(map(self._type, type_.index)), self._type(type_.value), name)
                case VectorType():
                    return VectorType(self._type(type_.element), name)
                case RecordType():
                    return self._record("", type_.fields)
            return type_
        finally:
            self._depth -= 1

    def _record(self, name: str, fields: Sequence[Field]) -> RecordType:
        record = RecordType(name)
        assert self._at is not None  # noqa: S101  # set in front of every call
        self._unfilled.append((record, fields, self._at))
        return record

    def _reference(self, reference: Reference) -> Type:
        names = _candidates(reference.name, reference.module)
        for name in names:
            if name in self._types:
                return self._named(name)
        for name in names:
            if name in self._values:
                return self._found.setdefault(name, EnumType(name, self._values[name], is_open=True))
        at = self._at
        if isinstance(at, EventDeclaration) and at.is_closed:
            question = meant(reference.name, (*BASIC_TYPES, "set", "table", "vector", "record", *self._types))
            problem = f"unknown type '{reference.name}'{question}"
            hint = "--event-file declares types; any takes every value as it is"
            raise DeclarationError(problem, *reference.place, at.source, hint)
        return Unknown(reference.name.removeprefix(f"{GLOBAL}::"))

    def _named(self, name: str) -> Type:
        if name in self._found:
            return self._found[name]
        asking, self._at = self._at, self._types[name]
        type_ = self._at.type
        if isinstance(type_, RecordType):
            self._found[name] = self._record(name, self._all_fields(name, type_))
        elif isinstance(type_, EnumType):
            self._found[name] = EnumType(name, (*type_.values, *self._values.get(name, ())))
        else:
            self._found[name] = Unknown(name)  # for an alias that leads back to itself
            self._found[name] = self._type(type_, name)
        self._at = asking
        return self._found[name]

    def _all_fields(self, name: str, record: RecordType) -> tuple[Field, ...]:
        """The fields of the declaration, and those that were added; a file that was read twice adds once."""
        fields = {field.name: field for field in record.fields}
        for field in self._fields.get(name, ()):
            fields.setdefault(field.name, field)
        return tuple(fields.values())
