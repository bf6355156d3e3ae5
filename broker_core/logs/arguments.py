"""Records of a log as the arguments of an event.

Without more being said a record is the only argument, and a Zeek record for Zeek: a vector of its fields in order,
those of an inner record such as ``id`` in a vector of their own, and none for what is not set. That suits a Zeek record
which was declared with these fields. Otherwise :class:`Part` names what is wanted: columns, or records of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from broker_core.errors import DecodeError
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, Port, Set, Timespan, Timestamp

from .columns import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .records import LogRecord
    from .schema import LogSchema, Tree

__all__ = ["UNSET_WAYS", "EventShape", "Part", "UnknownColumnsError", "UnsetFieldError", "UnsetWay"]

UnsetWay = Literal["refuse", "nil", "empty"]
UNSET_WAYS: tuple[UnsetWay, ...] = ("refuse", "nil", "empty")
"""What becomes of an argument whose field is not set: an error, none (which Zeek refuses), or an empty value."""

_EMPTY: dict[int, Any] = {
    ZeekType.BOOL: False,
    ZeekType.INT: 0,
    ZeekType.COUNT: Count(0),
    ZeekType.DOUBLE: 0.0,
    ZeekType.TIME: Timestamp(0),
    ZeekType.INTERVAL: Timespan(0),
    ZeekType.STRING: "",
    ZeekType.PORT: Port(0, 0),
    ZeekType.FUNC: "",
    ZeekType.FILE: "",
    ZeekType.TABLE: Set(),
    ZeekType.VECTOR: (),
}


class UnsetFieldError(DecodeError):
    """An argument whose field is not set in a record."""


class UnknownColumnsError(DecodeError):
    """A whole record is wanted, and the log does not say which columns it has."""


@dataclass(frozen=True, slots=True)
class Part:
    """One argument of an event, or one field of a record in it: the column *name*, or a record with *fields*.

    A column is found by its whole name (``id.orig_h``), with ``_`` in the place of dots (``id_orig_h``), or by what
    stands behind the last dot when only one column has that (``orig_h``). The name of an inner record (``id``) is
    all of its columns. A record with *fields* is the inner record of that name, or else the whole.
    """

    name: str
    fields: tuple[Part, ...] | None = None
    optional: bool = False
    """Whether it may be unset. Fields of records may be, and are left unset when the log has no such column."""


class EventShape:
    """Makes arguments of records: of each the *parts*, or without parts the whole record as one argument."""

    def __init__(self, parts: Iterable[Part | str] | None = None, *, unset: UnsetWay = "refuse") -> None:
        self._parts = None if parts is None else tuple([Part(one) if isinstance(one, str) else one for one in parts])
        self._unset = unset
        self._schema: LogSchema | None = None
        self._make: Callable[[list[Any]], tuple[Any, ...]] = tuple

    def arguments(self, record: LogRecord) -> tuple[Any, ...]:
        """The arguments, strict values. Raises :class:`DecodeError` when the log or the record does not have them."""
        if record.schema is not self._schema:
            self._make = self._maker(record.schema)
            self._schema = record.schema
        return self._make(record.values)

    def _maker(self, schema: LogSchema) -> Callable[[list[Any]], tuple[Any, ...]]:
        if self._parts is None:
            if not schema.whole:
                extra = f"of the log {schema.path}" if schema.path else "of this log"
                msg = f"the columns {extra} are not all known, so the fields of a whole record have no certain places"
                raise UnknownColumnsError(msg)
            fold = _fold(schema.tree)
            return lambda values: (fold(values),)
        resolve = _Resolver(schema, self._unset)
        if all(part.fields is None and part.name in schema.index for part in self._parts) and self._unset == "nil":
            return _columns([schema.index[part.name] for part in self._parts])
        makers = [resolve.argument(part) for part in self._parts]
        return lambda values: tuple([make(values) for make in makers])


def _columns(places: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    if len(places) == 1:
        at = places[0]
        return lambda values: (values[at],)
    return itemgetter(*places)


def _fold(tree: Tree) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What puts the values of a tree of columns into vectors; an inner record of which nothing is set is none."""
    if not any(type(part) is tuple for part in tree):
        return _columns(tree)  # type: ignore[arg-type]  # only numbers
    parts = [_inner(part) if type(part) is tuple else _column(part) for part in tree]  # type: ignore[arg-type]
    return lambda values: tuple([part(values) for part in parts])


def _column(at: int) -> Callable[[list[Any]], Any]:
    return itemgetter(at)


def _inner(tree: Tree) -> Callable[[list[Any]], Any]:
    fold = _fold(tree)

    def make(values: list[Any]) -> Any:
        fields = fold(values)
        return None if fields.count(None) == len(fields) else fields

    return make


class _Resolver:
    """Finds the columns of one schema that parts name."""

    def __init__(self, schema: LogSchema, unset: UnsetWay) -> None:
        self._schema = schema
        self._unset = unset

    def argument(self, part: Part) -> Callable[[list[Any]], Any]:
        """What makes the argument *part*, which is always something unless *part* or the caller says otherwise."""
        if part.fields is not None:
            return self._record(part, "")
        at = self._find(part.name, "")
        if at is None:
            return self._missing(part)
        if type(at) is tuple:
            return _fold(at)
        if part.optional or self._unset == "nil":
            return _column(at)  # type: ignore[arg-type]  # no tuple
        return self._set_column(at)  # type: ignore[arg-type]

    def _missing(self, part: Part) -> Callable[[list[Any]], Any]:
        if self._schema.whole:
            names = ", ".join(self._schema.names)
            msg = f"the log has no column {quoted(part.name)}; it has {names}"
            raise DecodeError(msg)
        if not part.optional and self._unset != "nil":
            raise _unset(part.name)
        return lambda _: None

    def _set_column(self, at: int) -> Callable[[list[Any]], Any]:
        column = self._schema.columns[at]
        empty = _EMPTY.get(column.type) if self._unset == "empty" else None

        def make(values: list[Any]) -> Any:
            value = values[at]
            if value is not None:
                return value
            if empty is None:
                raise _unset(column.name)
            return empty

        return make

    def _record(self, part: Part, prefix: str, *, is_field: bool = False) -> Callable[[list[Any]], Any]:
        inner = f"{prefix}{part.name}."
        if not any(name.startswith(inner) for name in self._schema.names):
            if is_field:  # an inner record that the log does not have
                return self._no_field(f"{prefix}{part.name}", part)
            inner = ""
        makers = [self._field(field, inner) for field in part.fields or ()]
        may_be_none = bool(inner)

        def make(values: list[Any]) -> Any:
            fields = tuple([make_field(values) for make_field in makers])
            return None if may_be_none and fields.count(None) == len(fields) else fields

        return make

    def _field(self, part: Part, prefix: str) -> Callable[[list[Any]], Any]:
        if part.fields is not None:
            return self._record(part, prefix, is_field=True)
        at = self._find(part.name, prefix)
        if at is None:
            return self._no_field(prefix + part.name, part)
        return _inner(at) if type(at) is tuple else _column(at)  # type: ignore[arg-type]

    def _no_field(self, name: str, part: Part) -> Callable[[list[Any]], Any]:
        if not part.optional and self._schema.whole:
            msg = f"the log has no column {quoted(name)}, which is not optional; it has {', '.join(self._schema.names)}"
            raise DecodeError(msg)
        return lambda _: None

    def _find(self, name: str, prefix: str) -> int | Tree | None:
        """The column or columns of *name* in the inner record *prefix*, None when there are none."""
        schema = self._schema
        whole = prefix + name
        if whole in schema.index:
            return schema.index[whole]
        if group := schema.group(whole):
            return group
        names = [other for other in schema.names if other.startswith(prefix)]
        for found in (
            [other for other in names if other[len(prefix) :].replace(".", "_") == name],
            [other for other in names if not prefix and other.rpartition(".")[2] == name],
        ):
            if len(found) == 1:
                return schema.index[found[0]]
        return None


def _unset(name: str) -> UnsetFieldError:
    return UnsetFieldError(f"{name} is not set, and an argument of an event has to be")
