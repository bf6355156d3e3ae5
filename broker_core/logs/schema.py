"""What the records of one log look like: its path and columns, and how they fold into Zeek's records."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError
from broker_core.messages.zeek_serial import ZeekType

from .columns import column_of, quoted, value_maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from broker_core.messages.zeek_logs import LogCreate, LogField

__all__ = ["LogSchema", "Tree"]

Tree = tuple["int | Tree", ...]

_MOST_NESTED = 16  # records in each other; names of files may hold any number of dots
_CONVERTED = {ZeekType.TIME, ZeekType.INTERVAL, ZeekType.TABLE}


class LogSchema:
    """The path and the columns of a log. Raises :class:`DecodeError` for two columns of one name.

    *stream* and *writer* are "" when it was read from a file. *whole* is False when the log may have more columns,
    which only a record where they are set shows. Two schemas are equal when path and columns are.
    """

    def __init__(
        self, path: str, columns: Iterable[LogField], stream: str = "", writer: str = "", *, whole: bool = True
    ) -> None:
        self.path = path
        self.whole = whole
        self.columns = tuple(columns)
        self.stream = stream
        self.writer = writer
        self.names = tuple([column.name for column in self.columns])
        self.index = {name: at for at, name in enumerate(self.names)}
        if len(self.index) != len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            msg = f"two columns are called {quoted(twice)}"
            raise DecodeError(msg)

    @classmethod
    def from_header(cls, path: str, names: Sequence[str], types: Sequence[str]) -> LogSchema:
        """From what the lines ``#fields`` and ``#types`` of a log file say. Raises :class:`DecodeError`."""
        if len(names) != len(types):
            msg = f"the header has {len(names)} names and {len(types)} types of columns"
            raise DecodeError(msg)
        return cls(path, map(column_of, names, types))

    @classmethod
    def from_create(cls, create: LogCreate) -> LogSchema:
        """From the message that comes before the lines of a stream. Raises :class:`DecodeError`."""
        return cls(create.path, create.fields, create.stream, create.writer)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LogSchema):
            return NotImplemented
        return self.path == other.path and self.types == other.types

    def __hash__(self) -> int:
        return hash((self.path, self.names))

    def __repr__(self) -> str:
        return f"LogSchema({self.path!r}, {', '.join(f'{name}: {kind}' for name, kind in self.types)})"

    @cached_property
    def types(self) -> tuple[tuple[str, str], ...]:
        """Name and type of each column, as in the header of a log."""
        return tuple([(column.name, column.type_name) for column in self.columns])

    @cached_property
    def makers(self) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
        """Where cells may differ from values, and what makes values of them."""
        return tuple(
            [
                (at, value_maker(column))
                for at, column in enumerate(self.columns)
                if column.type in _CONVERTED or column.subtype in _CONVERTED
            ]
        )

    @cached_property
    def time_column(self) -> int | None:
        """The column that says when: ``ts``, or the first of type time."""
        times = [at for at, column in enumerate(self.columns) if column.type == ZeekType.TIME]
        at = self.index.get("ts")
        return at if at in times else next(iter(times), None)

    @cached_property
    def tree(self) -> Tree:
        """The positions of the columns, those of an inner record in a tuple of their own.

        Zeek flattens a record ``id`` into columns such as ``id.orig_h`` and ``id.orig_p``, which stand side by side.
        """
        return _tree([name.split(".") for name in self.names], 0, 0)

    def group(self, prefix: str) -> Tree:
        """As :attr:`tree`, for the columns of the inner record *prefix* only; empty when there are none."""
        wanted = prefix.split(".")
        tree = self.tree
        for depth in range(1, len(wanted) + 1):
            found = (part for part in tree if type(part) is tuple)
            tree = next((part for part in found if self._prefix(part, depth) == wanted[:depth]), ())
        return tree

    def _prefix(self, part: Tree, depth: int) -> list[str]:
        first: int | Tree = part
        while isinstance(first, tuple):
            first = first[0]
        return self.names[first].split(".")[:depth]


def _tree(names: Sequence[list[str]], first: int, depth: int) -> Tree:
    """The tree of the columns *names*, which share their first *depth* parts; *first* is the position of the first."""
    parts: list[Any] = []
    at = 0
    while at < len(names):
        start, here = at, names[at]
        at += 1
        if len(here) <= depth + 1 or depth >= _MOST_NESTED:
            parts.append(first + start)
            continue
        while at < len(names) and len(names[at]) > depth + 1 and names[at][depth] == here[depth]:
            at += 1
        parts.append(_tree(names[start:at], first + start, depth + 1))
    return tuple(parts)
