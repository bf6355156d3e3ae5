"""The types of Zeek's script language, as far as values of them can travel; and the signatures of events.

Named records are objects that may refer to each other, in circles too, so types are compared by identity. Their text
(``str(type)``) is how a script would write them: by their name, if they have one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BASIC_TYPES",
    "Basic",
    "EnumType",
    "Field",
    "RecordType",
    "SetType",
    "Signature",
    "TableType",
    "Type",
    "Unknown",
    "VectorType",
]

BASIC_TYPES = frozenset(
    {
        *("bool", "int", "count", "double", "string", "time", "interval", "addr", "subnet", "port", "pattern"),
        *("file", "func", "opaque", "any"),
    }
)
"""What a :class:`Basic` can be. ``func`` is every event, hook and function, ``enum`` is never one of them."""


class Type:
    """A type. All of its kinds are below."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class Basic(Type):
    """A type without parts; *kind* is one of :data:`BASIC_TYPES`, *text* how the script has it."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str = "") -> None:
        self.kind = kind
        self.text = text or kind

    def __str__(self) -> str:
        return self.text


class Unknown(Type):
    """A type that has a name and no declaration: whatever is given for it is taken as it is."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class EnumType(Type):
    """An enum. *values* are full names (``Notice::LOG``), in their order.

    *is_open*: it was only added to and its declaration is not known, so that it has other values, too.
    """

    __slots__ = ("is_open", "name", "values")

    def __init__(self, name: str, values: Iterable[str] = (), *, is_open: bool = False) -> None:
        self.name = name
        self.values = dict.fromkeys(values)
        self.is_open = is_open

    def __str__(self) -> str:
        return self.name or "enum"


class SetType(Type):
    """``set[addr, port]``: *index* are the types of its columns, at least one. *name* is its own, or ""."""

    __slots__ = ("index", "name")

    def __init__(self, index: tuple[Type, ...], name: str = "") -> None:
        self.index = index
        self.name = name

    def __str__(self) -> str:
        return self.name or f"set[{', '.join(map(str, self.index))}]"


class TableType(Type):
    """``table[addr, port] of T``: *index* are the types of its columns, at least one; *value* is T.

    *name* is its own, or "".
    """

    __slots__ = ("index", "name", "value")

    def __init__(self, index: tuple[Type, ...], value: Type, name: str = "") -> None:
        self.index = index
        self.value = value
        self.name = name

    def __str__(self) -> str:
        return self.name or f"table[{', '.join(map(str, self.index))}] of {self.value}"


class VectorType(Type):
    """``vector of T``; *name* is its own, or ""."""

    __slots__ = ("element", "name")

    def __init__(self, element: Type, name: str = "") -> None:
        self.element = element
        self.name = name

    def __str__(self) -> str:
        return self.name or f"vector of {self.element}"


class Field:
    """A field of a record or a parameter of an event; *name* is "" for a parameter that has only a type.

    *optional* and *default*: whether it has the attributes ``&optional`` and ``&default``.
    """

    __slots__ = ("default", "name", "optional", "type")

    def __init__(self, name: str, type_: Type, *, optional: bool = False, default: bool = False) -> None:
        self.name = name
        self.type = type_
        self.optional = optional
        self.default = default

    @property
    def may_be_unset(self) -> bool:
        """Whether a record can do without it."""
        return self.optional or self.default

    def __str__(self) -> str:
        attribute = " &optional" if self.optional else ""
        return f"{self.name}: {self.type}{attribute}" if self.name else str(self.type)

    def __repr__(self) -> str:
        return f"<Field {self}>"


class RecordType(Type):
    """A record; *name* is "" for one that stands inside another type. *fields* are in the order of the wire."""

    __slots__ = ("_places", "fields", "name")

    def __init__(self, name: str, fields: tuple[Field, ...] = ()) -> None:
        self.name = name
        self.fields = fields
        self._places: dict[str, int] = {}

    def place(self, name: str) -> int | None:
        """Which of the fields has this name, from 0; None when none has."""
        if len(self._places) != len(self.fields):
            self._places = {field.name: at for at, field in enumerate(self.fields)}
        return self._places.get(name)

    def __str__(self) -> str:
        if self.name:
            return self.name
        return f"record {{ {' '.join([f'{field};' for field in self.fields])} }}"


def _inner(type_: Type) -> tuple[Type, ...]:
    """The types that *type_* is made of."""
    match type_:
        case VectorType():
            return (type_.element,)
        case SetType():
            return type_.index
        case TableType():
            return (*type_.index, type_.value)
        case RecordType():
            return tuple(field.type for field in type_.fields)
    return ()


class Signature:
    """The name of an event, such as ``Intel::match``, and its parameters."""

    __slots__ = ("_places", "name", "parameters")

    def __init__(self, name: str, parameters: tuple[Field, ...]) -> None:
        self.name = name
        self.parameters = parameters
        self._places = {field.name: at for at, field in enumerate(parameters) if field.name}

    def place(self, name: str) -> int | None:
        """Which of the parameters has this name, from 0; None when none has."""
        return self._places.get(name)

    def unknown(self) -> list[str]:
        """The names of the types without a declaration that its parameters are made of: those are not checked."""
        names: dict[str, None] = {}
        seen: set[int] = set()
        waiting = [parameter.type for parameter in reversed(self.parameters)]
        while waiting:
            type_ = waiting.pop()
            if id(type_) in seen:
                continue
            seen.add(id(type_))
            if isinstance(type_, Unknown):
                names[type_.name] = None
            waiting += reversed(_inner(type_))
        return list(names)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})"

    def __repr__(self) -> str:
        return f"<Signature {self}>"
