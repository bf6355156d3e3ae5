"""Records of Zeek's logs as lines: what Zeek's own log files would hold, and a form for people.

``ndjson`` is a JSON log of Zeek: the names and values that its writer has with ``LogAscii::use_json=T``, and the path
of the log in front as ``_path``. ``tsv`` is a log of Zeek with its header, which comes again when the columns change.
``human`` has the path, and the fields that are set. ``publish --in zeek`` reads the first two.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from broker_cli.context import escape
from broker_core.logs import JsonWriter, TsvWriter

from .human import HumanLines, Piece, pieces_of_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_core.logs import LogRecord, LogSchema

__all__ = [
    "JsonRecords",
    "PeopleRecords",
    "RecordLines",
    "ShieldedRecords",
    "TsvRecords",
    "make_record_lines",
    "opened",
    "pieces_of_record",
]


class RecordLines(Protocol):
    """Turns records into texts. One text is for one record, and may be several lines."""

    def lines(self, records: Sequence[LogRecord]) -> list[str]:
        """The text of each record. Raises EncodeError for one that no log could hold."""


class JsonRecords:
    """Records as lines of JSON logs. *named*: each says which."""

    def __init__(self, *, named: bool = True) -> None:
        self._writer = JsonWriter(named=named)

    def lines(self, records: Sequence[LogRecord]) -> list[str]:
        """One line each."""
        return list(map(self._writer.line, records))


class TsvRecords:
    """Records as lines of TSV logs, those of a header in front of the first that has its columns."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._writer = TsvWriter()
        self._clock = clock
        self._schema: LogSchema | None = None

    def lines(self, records: Sequence[LogRecord]) -> list[str]:
        """One line each, and those of the header where it is needed."""
        out = []
        for record in records:
            line = self._writer.line(record)
            if record.schema is not self._schema and record.schema != self._schema:
                line = "\n".join([*self._writer.header(record.schema, opened(self._clock())), line])
            self._schema = record.schema
            out.append(line)
        return out


def opened(seconds: float) -> str:
    """A time as the lines ``#open`` and ``#close`` have it, which is the time of this machine's zone."""
    return time.strftime("%Y-%m-%d-%H-%M-%S", time.localtime(seconds))


class PeopleRecords:
    """Records for people: path, and name and value of what is set."""

    def __init__(self, layout: HumanLines) -> None:
        self._layout = layout

    def lines(self, records: Sequence[LogRecord]) -> list[str]:
        """One line each, which a terminal may break."""
        return [self._layout.lay_out(pieces_of_record(record)) for record in records]


def pieces_of_record(record: LogRecord) -> list[Piece]:
    """The line of *record* in pieces."""
    pieces = [Piece(record.path, "topic")]
    for name, value in record.items():
        pieces += [Piece(" "), Piece(f"{name}=", "label"), *pieces_of_value(value)]
    return pieces


class ShieldedRecords:
    """What another one makes, with control characters made visible: for terminals."""

    def __init__(self, inner: RecordLines) -> None:
        self._inner = inner

    def lines(self, records: Sequence[LogRecord]) -> list[str]:
        """The same texts. Line ends and tabs are those of the format: Zeek escapes others."""
        found = self._inner.lines(records)
        return ["\n".join(["\t".join(map(escape, line.split("\t"))) for line in text.split("\n")]) for text in found]


def make_record_lines(context: Context, settings: Settings) -> RecordLines:
    """What prints records in the format of *settings*: human, ndjson or tsv."""
    if settings.output == "human":
        if context.stdout_is_terminal or settings.colour:
            from .terminal import TerminalLines

            return PeopleRecords(TerminalLines(context.width, colour=settings.colour))
        return PeopleRecords(HumanLines())
    made: RecordLines = TsvRecords() if settings.output == "tsv" else JsonRecords()
    return ShieldedRecords(made) if context.stdout_is_terminal else made
