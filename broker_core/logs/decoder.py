"""Log writes as records, whatever way they came: in messages of Broker, or in batches of the ZeroMQ backend.

With Broker the columns of a log come once, in a log create that Zeek sends to each new peer, and the decoder remembers
them. A log write whose columns it never saw is counted, and told of once for each log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError
from broker_core.messages.zeek import Batch, LogCreate, LogWrite, zeek_message
from broker_core.messages.zeek_serial import ZeekType, read_cells, type_name

from .batches import read_batch
from .columns import LOG_TYPES, MOST_SECONDS, problem_with
from .records import LogRecord
from .schema import LogSchema

if TYPE_CHECKING:
    from broker_core.messages.zeek import ZeekMessage

__all__ = ["MOST_LOGS", "Decoded", "LogDecoder"]

MOST_LOGS = 4096
"""Logs whose columns are remembered; of more, those go that were seen first."""

_LOGGABLE = frozenset(LOG_TYPES.values())
_CONTAINERS = {ZeekType.TABLE, ZeekType.VECTOR}
_Key = tuple[str, str, str]


@dataclass(slots=True)
class Decoded:
    """What one message held."""

    records: list[LogRecord] = field(default_factory=list)
    lost: int = 0
    """Log writes that could not be read."""
    problems: list[str] = field(default_factory=list)
    """Why, and what else is wrong, as far as it was not said before."""
    others: int = 0
    """Messages that have nothing to do with logs."""


class LogDecoder:
    """Makes records of the messages of one source of logs, in the order in which they came."""

    def __init__(self, most: int = MOST_LOGS) -> None:
        self._most = most
        self._layouts: dict[_Key, _Layout] = {}
        self._known: dict[LogSchema, _Layout] = {}
        self._told: dict[object, None] = {}

    def decode(self, value: Any) -> Decoded:
        """The records in the strict Broker *value* of a message. Raises :class:`DecodeError` for a broken message."""
        message = zeek_message(value) if type(value) is tuple else None
        decoded = Decoded()
        if message is None:
            decoded.others = 1
        else:
            self.take(message, decoded)
        return decoded

    def take(self, message: ZeekMessage, decoded: Decoded) -> None:
        """Add the records in *message* to *decoded*."""
        for member in message.flatten() if isinstance(message, Batch) else (message,):
            if type(member) is LogWrite:
                self._write(member, decoded)
            elif type(member) is LogCreate:
                self._create(member, decoded)
            else:
                decoded.others += 1

    def decode_batch(self, payload: bytes) -> Decoded:
        """The records in a batch of the ZeroMQ backend, which brings its columns. Raises :class:`DecodeError`."""
        batch = read_batch(payload)
        layout = self._layout(LogSchema(batch.path, batch.columns, batch.stream, batch.writer))
        decoded = Decoded()
        for row in batch.rows:
            self._add(layout, (batch.stream, batch.writer, batch.path), row, decoded)
        return decoded

    def _create(self, create: LogCreate, decoded: Decoded) -> None:
        self._layouts.pop(create.key, None)
        try:
            layout = self._layout(LogSchema.from_create(create))
        except DecodeError as error:
            self._tell((create.key, error.problem), f"log create of {_name(create.key)}: {error.problem}", decoded)
            return
        if len(self._layouts) >= self._most:
            del self._layouts[next(iter(self._layouts))]
        self._layouts[create.key] = layout

    def _layout(self, schema: LogSchema) -> _Layout:
        """The same layout for equal schemas, so that whoever writes records sees when the columns change."""
        layout = self._known.get(schema)
        if layout is None:
            if len(self._known) >= self._most:
                self._known.clear()
            layout = self._known[schema] = _Layout(schema)
        return layout

    def _write(self, write: LogWrite, decoded: Decoded) -> None:
        layout = self._layouts.get(write.key)
        if layout is None:
            text = f"log writes of {_name(write.key)} came without the columns, which Zeek sends when a peer connects"
            self._tell(write.key, text, decoded)
            decoded.lost += 1
            return
        try:
            cells, _ = read_cells(write.serial)
        except DecodeError as error:
            decoded.lost += 1
            self._tell(None, f"log write of {_name(write.key)}: {error}", decoded)
            return
        self._add(layout, write.key, cells, decoded)

    def _add(self, layout: _Layout, key: _Key, cells: list[Any], decoded: Decoded) -> None:
        problem = layout.problem(cells)
        if problem:
            decoded.lost += 1
            self._tell((key, problem), f"log write of {_name(key)}: {problem}", decoded)
        else:
            decoded.records.append(LogRecord(layout.schema, cells))

    def _tell(self, subject: object, text: str, decoded: Decoded) -> None:
        """Report *text*, once for each *subject*."""
        if subject is not None:
            if subject in self._told:
                return
            if len(self._told) >= self._most:
                self._told.clear()
            self._told[subject] = None
        decoded.problems.append(text)


def _name(key: _Key) -> str:
    return f"{key[0]} ({key[2]})"


class _Layout:
    """A schema, and which lines fit it. Raises :class:`DecodeError` for a column of a type that cannot be logged."""

    def __init__(self, schema: LogSchema) -> None:
        for column in schema.columns:
            kind = column.subtype if column.type in _CONTAINERS else column.type
            if kind not in _LOGGABLE:
                msg = f"column {column.name} has the type {type_name(kind)}, which logs do not have"
                raise DecodeError(msg)
        self.schema = schema
        self._good: set[tuple[type, ...]] = set()
        columns = list(enumerate(schema.columns))
        self._seconds = [at for at, column in columns if column.type in {ZeekType.TIME, ZeekType.INTERVAL}]
        self._containers = [(at, column) for at, column in columns if column.type in _CONTAINERS]

    def problem(self, cells: list[Any]) -> str:
        """What keeps *cells* from being a line of this log, in words."""
        columns = self.schema.columns
        kinds = tuple(map(type, cells))
        if kinds in self._good:
            if self._is_in_bounds(cells):
                return ""
        elif len(cells) != len(columns):
            return f"{len(cells)} values in a log of {len(columns)} columns"
        for column, cell in zip(columns, cells, strict=True):
            if problem := problem_with(column, cell):
                return f"column {column.name} {problem}"
        if len(self._good) < MOST_LOGS:
            self._good.add(kinds)
        return ""

    def _is_in_bounds(self, cells: list[Any]) -> bool:
        """Whether *cells*, whose types are right, fit in what the types do not say."""
        for at in self._seconds:
            cell = cells[at]
            if cell is not None and not -MOST_SECONDS < cell < MOST_SECONDS:
                return False
        return not any(cells[at] and problem_with(column, cells[at]) for at, column in self._containers)
