"""One line of a log, with the types that Zeek gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broker_core.errors import EncodeError
from broker_core.model import Timestamp

from .columns import nanoseconds, problem_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from broker_core.messages.zeek_logs import LogField

    from .schema import LogSchema

__all__ = ["LogRecord", "column_writers", "unwritable"]


@dataclass(slots=True)
class LogRecord:
    """One line of a log: a cell for each column of *schema*, as :mod:`broker_core.logs.columns` describes them."""

    schema: LogSchema
    cells: Sequence[Any]

    @property
    def path(self) -> str:
        """Which log it belongs to, such as ``conn``."""
        return self.schema.path

    @property
    def values(self) -> list[Any]:
        """The strict Broker values in the order of the columns, None where a field is not set."""
        values = list(self.cells)
        for at, make in self.schema.makers:
            if values[at] is not None:
                values[at] = make(values[at])
        return values

    @property
    def time(self) -> Timestamp | None:
        """When it happened: the column ``ts``, or the first of type time."""
        at = self.schema.time_column
        cell = None if at is None else self.cells[at]
        return Timestamp(nanoseconds(cell)) if type(cell) is float else cell

    def __getitem__(self, name: str) -> Any:
        """The strict value of the column *name*; KeyError when there is none."""
        at = self.schema.index[name]
        cell = self.cells[at]
        make = dict(self.schema.makers).get(at)
        return cell if cell is None or make is None else make(cell)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Names and strict values of the fields that are set."""
        pairs = zip(self.schema.names, self.values, strict=True)
        return ((name, value) for name, value in pairs if value is not None)


def column_writers(schema: LogSchema, make: Callable[[LogField], Callable[[Any], str]]) -> list[Callable[[Any], str]]:
    """What *make* makes for each column. Raises :class:`EncodeError` where it has nothing (KeyError) for the type."""
    try:
        return [make(column) for column in schema.columns]
    except KeyError as error:
        msg = f"a log cannot have a column of type {error}"
        raise EncodeError(msg) from None


def unwritable(record: LogRecord) -> EncodeError:
    """What is wrong with *record*, which could not be written."""
    columns = record.schema.columns
    if len(columns) != len(record.cells):
        return EncodeError(f"{len(record.cells)} cells in a log of {len(columns)} columns")
    for column, cell in zip(columns, record.cells, strict=True):
        if problem := problem_with(column, cell):
            return EncodeError(f"column {column.name} {problem}")
    return EncodeError("a cell that cannot be written")
