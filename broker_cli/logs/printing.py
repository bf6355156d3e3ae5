"""What ``subscribe --logs`` does with messages: log writes become records, and these are printed or put into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.output import encode_lines
from broker_cli.output.logs import make_record_lines
from broker_core import DecodeError, EncodeError
from broker_core.logs import LogDecoder

from .directory import LogDirectory, UnnamedLogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.selecting.selection import Selection
    from broker_core import Message
    from broker_core.logs import LogRecord

__all__ = ["PROBLEMS_SHOWN", "LogPrinter"]

PROBLEMS_SHOWN = 10
"""Problems that are told on stderr; all of them are counted."""


class LogPrinter:
    """Prints the records in the messages that *selection* lets through, or puts them into files; and counts them."""

    at_once: int | None = None

    def __init__(self, context: Context, settings: Settings, selection: Selection | None = None) -> None:
        self.taken = 0
        """How many messages were given to it."""
        self.shown = 0
        """How many records it wrote."""
        self.lost = 0
        """How many could not be read, or had no place."""
        self.others = 0
        """How many messages were no log writes."""
        self.selection = selection
        self._context = context
        self._decoder = LogDecoder()
        self._told = 0
        self._directory: LogDirectory | None = None
        if settings.log_dir is not None:
            self._directory = LogDirectory(settings.log_dir, settings.output)
            self._where = settings.log_dir
            return
        self._lines = make_record_lines(context, settings)
        self._output = context.output()
        self._end = "\0" if settings.nul else "\n"

    async def ready(self) -> None:
        """Wait until records can be shown: always at once."""

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Write the records in *messages*, at most *most*, with one write."""
        self.taken += len(messages)
        if self.selection is not None:
            messages = self.selection.select(messages)
        records = self._records(messages)
        if most is not None:
            del records[most:]
        if self._directory is not None:
            self._put_away(self._directory, records)
        elif records:
            lines = self._printable(records)
            self.shown += len(lines)
            await self._output.write(encode_lines(lines, self._end))

    async def line(self, text: str) -> None:
        """A line that is no record has no place in a log."""

    def finish(self) -> None:
        """End the files."""
        if self._directory is not None:
            self._directory.close()

    def _records(self, messages: Sequence[Message]) -> list[LogRecord]:
        records: list[LogRecord] = []
        for message in messages:
            try:
                decoded = self._decoder.decode(message.value)
            except DecodeError as error:
                self._lose(f"a message on {message.topic} cannot be read: {error}")
                continue
            for problem in decoded.problems:
                self._tell(problem)
            self.lost += decoded.lost
            self.others += decoded.others
            records += decoded.records
        return records

    def _printable(self, records: list[LogRecord]) -> list[str]:
        try:
            return self._lines.lines(records)
        except EncodeError:
            pass
        lines = []
        for record in records:
            try:
                lines += self._lines.lines([record])
            except EncodeError as error:
                self._lose(f"a record of {record.path}: {error}")
        return lines

    def _put_away(self, directory: LogDirectory, records: list[LogRecord]) -> None:
        by_path: dict[str, list[LogRecord]] = {}
        for record in records:
            by_path.setdefault(record.path, []).append(record)
        for path, those in by_path.items():
            try:
                directory.write(path, those)
            except (EncodeError, UnnamedLogError) as error:
                self._lose(str(error), len(those))
            else:
                self.shown += len(those)

    def _lose(self, problem: str, count: int = 1) -> None:
        self.lost += count
        self._tell(problem)

    def _tell(self, problem: str) -> None:
        self._told += 1
        if self._told <= PROBLEMS_SHOWN:
            self._context.warn(problem)
        if self._told == PROBLEMS_SHOWN:
            self._context.warn("further problems are only counted")

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"received {self.shown} record{'' if self.shown == 1 else 's'}"]
        if self._directory is not None:
            parts[0] += f", which are in {self._where}"
        if self.lost:
            parts.append(f"{self.lost} lost")
        if self.others:
            parts.append(f"{self.others} other message{'' if self.others == 1 else 's'} left out")
        if dropped:
            parts.append(f"{dropped} messages dropped because the output was too slow")
        return ", ".join(parts)
