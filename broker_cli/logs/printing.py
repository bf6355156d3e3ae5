"""What ``subscribe --logs`` does with messages: log writes become records, and these are printed or put into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.complaints import Complaints
from broker_cli.output import encode_lines
from broker_cli.output.logs import make_record_lines
from broker_cli.wording import counted
from broker_core import DecodeError, EncodeError, LogPush
from broker_core.logs import LogDecoder

from .directory import LogDirectory, UnnamedLogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.selecting.selection import Selection
    from broker_core import Message
    from broker_core.logs import Decoded, LogRecord

__all__ = ["LogPrinter"]


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
        self.batches = 0
        """How many were batches of a ZeroMQ cluster."""
        self.unreadable = 0
        """How many of these could not be read; nobody knows how many records they had."""
        self.selection = selection
        self._problems = Complaints(context, "problems")
        self._decoder = LogDecoder()
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
        if self.selection is not None:  # it is for topics, and batches have none
            pushes = [message for message in messages if type(message) is LogPush]
            messages = [*pushes, *self.selection.select([one for one in messages if type(one) is not LogPush])]
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
            decoded = self._decoded(message)
            if decoded is None:
                continue
            for problem in decoded.problems:
                self._problems.tell(problem)
            self.lost += decoded.lost
            self.others += decoded.others
            records += decoded.records
        return records

    def _decoded(self, message: Message) -> Decoded | None:
        """What is in *message*; None when that cannot be read."""
        if type(message) is LogPush:
            self.batches += 1
            try:
                return self._decoder.decode_batch(message.payload)
            except DecodeError as error:
                self.unreadable += 1
                self._problems.tell(f"a batch of {message.node} cannot be read: {error}")
                return None
        try:
            return self._decoder.decode(message.value)
        except DecodeError as error:
            self._lose(f"a message on {message.topic} cannot be read: {error}")
            return None

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
        self._problems.tell(problem)

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"received {counted(self.shown, 'record')}"]
        if self.batches:
            parts[0] += f" in {counted(self.batches, 'batch', 'batches')}"
            if self.taken > self.batches:
                parts[0] += f" and {counted(self.taken - self.batches, 'message')}"
        if self._directory is not None:
            parts[0] += f", which are in {self._where}"
        if self.lost:
            parts.append(f"{self.lost} lost")
        if self.unreadable:
            parts.append(f"{counted(self.unreadable, 'batch', 'batches')} unreadable")
        if self.others:
            parts.append(f"{counted(self.others, 'other message')} left out")
        if dropped:
            parts.append(f"{dropped} messages dropped because the output was too slow")
        return ", ".join(parts)
