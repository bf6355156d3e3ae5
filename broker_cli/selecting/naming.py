"""The names that declarations give to the arguments of events and to the fields of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broker_core.declarations import Declarations, Signature, Type

__all__ = ["Field", "Naming", "naming_of"]


class Field(NamedTuple):
    """A step to the field of a record, or to an argument, by its name."""

    name: str


class Naming:
    """What *declarations* call the parts of events. Raises DeclarationError if they are not complete."""

    def __init__(self, declarations: Declarations) -> None:
        self._declarations = declarations
        signatures = declarations.events.values()
        self.arguments = frozenset(field.name for signature in signatures for field in signature.parameters) - {""}
        """Names of arguments of events."""
        self.names = self.arguments.union(_field_names(signatures))
        """These, and those of fields of records."""

    def indexes(self, event: str, steps: Iterable[Any]) -> tuple[Any, ...] | None:
        """*steps* from the arguments of *event* on, with a number in place of each :class:`Field`.

        None when it has no such argument or field.
        """
        signature = self._declarations.event(event)
        if signature is None:
            return None
        found: list[Any] = []
        place: Signature | Type | None = signature
        for step in steps:
            index, place = _follow(place, step)
            if index is None:
                return None
            found.append(index)
        return tuple(found)


def _follow(place: Signature | Type | None, step: Any) -> tuple[Any, Type | None]:
    """*step* from *place* as a number or a key, and the type of what is there; None for what is not known."""
    from broker_core.declarations import RecordType, Signature, TableType, VectorType

    if isinstance(place, Signature | RecordType):
        fields = place.parameters if isinstance(place, Signature) else place.fields
        index = place.place(step.name) if type(step) is Field else step
        try:
            return index, None if index is None else fields[index].type
        except (IndexError, TypeError):
            return index, None
    if type(step) is Field:
        return None, None
    if isinstance(place, VectorType):
        return step, place.element
    return step, place.value if isinstance(place, TableType) else None


def _field_names(signatures: Iterable[Signature]) -> Iterator[str]:
    """The names of fields of all records that *signatures* lead to."""
    from broker_core.declarations import RecordType, SetType, TableType, VectorType

    waiting: list[Type] = [field.type for signature in signatures for field in signature.parameters]
    known: set[int] = set()
    while waiting:
        kind = waiting.pop()
        if id(kind) in known:
            continue
        known.add(id(kind))
        if isinstance(kind, RecordType):
            yield from (field.name for field in kind.fields)
            waiting += [field.type for field in kind.fields]
        elif isinstance(kind, VectorType):
            waiting.append(kind.element)
        elif isinstance(kind, SetType | TableType):
            waiting += kind.index
            if isinstance(kind, TableType):
                waiting.append(kind.value)


def naming_of(declarations: Declarations | None) -> Naming | None:
    """The names in *declarations*, if there are any."""
    return None if declarations is None else Naming(declarations)
