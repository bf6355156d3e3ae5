"""The loop of ``subscribe`` and ``listen``: messages from a queue to stdout until there were enough, or time is up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_core import DecodeError

from .exit_codes import ExitCode, Failure
from .output import encode_lines, make_formatter
from .pipes import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core import Message, Subscriber

    from .config import Settings
    from .context import Context

__all__ = ["Ends", "Printer", "print_messages", "tell_ready"]

_PROBLEMS_SHOWN = 10
_DROP_NOTE_PAUSE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """When to stop, in seconds and messages; None is never."""

    count: int | None = None
    duration: float | None = None
    """Stop after this time."""
    timeout: float | None = None
    """Stop after this time; it is a failure when there were not *count* messages, or one at the least."""
    idle: float | None = None
    """Stop when there was no message for this time."""


class Printer:
    """Writes messages to stdout, and counts them."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self.shown = 0
        self.skipped = 0
        self._context = context
        self._form = settings.output
        self._formatter = make_formatter(context, settings)
        self._output = Output(context.stdout)

    async def show(self, messages: Sequence[Message]) -> None:
        """Write *messages* with one write. Those that cannot be shown are reported on stderr and counted."""
        try:
            lines = self._formatter.lines(messages)
        except (DecodeError, ValueError):
            lines = self._one_by_one(messages)
        self.shown += len(lines)
        if lines:
            await self._output.write(encode_lines(lines))

    async def line(self, text: str) -> None:
        """Write one line that is no message."""
        await self._output.write(encode_lines([text]))

    def _one_by_one(self, messages: Sequence[Message]) -> list[str]:
        lines = []
        for message in messages:
            try:
                line = self._formatter.line(message)
            except DecodeError as error:
                self._skip(message, f"cannot be read: {error}")
                continue
            if line is None:
                self._skip(message, f"holds no single string; -o {self._form} left it out")
            else:
                lines.append(line)
        return lines

    def _skip(self, message: Message, problem: str) -> None:
        self.skipped += 1
        if self.skipped <= _PROBLEMS_SHOWN:
            self._context.warn(f"a message on {message.topic} {problem}")
        if self.skipped == _PROBLEMS_SHOWN:
            self._context.warn("further messages of that kind are only counted")

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"received {self.shown} message{'' if self.shown == 1 else 's'}"]
        if self.skipped:
            parts.append(f"{self.skipped} left out")
        if dropped:
            parts.append(f"{dropped} dropped because the output was too slow")
        return ", ".join(parts)


async def print_messages(context: Context, printer: Printer, subscriber: Subscriber, ends: Ends) -> None:
    """Print what comes until one of *ends*. Raises :class:`Failure` when it was less than asked for."""
    start = last = trio.current_time()
    limits = [seconds for seconds in (ends.duration, ends.timeout) if seconds is not None]
    final = start + min(limits, default=float("inf"))
    dropped, next_note = 0, start
    while ends.count is None or printer.shown < ends.count:
        deadline = final if ends.idle is None else min(final, last + ends.idle)
        batch: list[Message] = []
        with trio.move_on_at(deadline):
            try:
                batch = await subscriber.get_batch(None if ends.count is None else ends.count - printer.shown)
            except trio.EndOfChannel:
                break
        if not batch:
            break
        await printer.show(batch)
        if ends.idle is not None or subscriber.dropped != dropped:
            last = trio.current_time()
            if subscriber.dropped != dropped and last >= next_note:
                dropped, next_note = subscriber.dropped, last + _DROP_NOTE_PAUSE
                context.warn(f"the output is too slow: {dropped} messages dropped so far")
    if subscriber.overflowed:
        message = f"the output is too slow: the queue is full ({printer.summary(subscriber.dropped)})"
        raise Failure(message, ExitCode.LOST, "--on-overflow says what to do then, --max-queue how many may wait")
    wanted = ends.count or (1 if ends.timeout is not None else 0)
    if printer.shown < wanted:
        message = f"timed out: {printer.shown} of {wanted} message{'' if wanted == 1 else 's'} received"
        raise Failure(message, ExitCode.TIMEOUT)


def tell_ready(path: str | None, text: str) -> None:
    """Create the file *path*, if one is wanted, with *text* in it: for scripts that wait for it."""
    if path is None:
        return
    try:
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as file:  # noqa: PTH123  # no pathlib for one line
            file.write(text + "\n")
        os.replace(temporary, path)  # noqa: PTH105  # who sees the file sees all of it
    except OSError as error:
        message = f"--ready-file: {path}: {error.strerror}"
        raise Failure(message, ExitCode.USAGE) from error
