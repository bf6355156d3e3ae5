"""The loop of ``subscribe`` and ``listen``: messages from a queue to stdout until there were enough, or time is up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import trio

from broker_core import DecodeError, ForeignMessage

from .complaints import Complaints
from .exit_codes import ExitCode, Failure
from .output import encode_lines, make_formatter
from .parsing import refuse
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core import Message

    from .config import Settings
    from .context import Context
    from .selecting.selection import Selection

__all__ = ["Ends", "Printer", "Sink", "Source", "print_messages", "tell_rate", "tell_ready"]

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


class Source(Protocol):
    """Where messages come from, as a subscriber."""

    async def get_batch(self, most: int | None = None) -> list[Message]:
        """What is there, at least one and at most *most*; trio.EndOfChannel when there will be none any more."""

    @property
    def dropped(self) -> int:
        """How many the overflow policy discarded."""

    @property
    def overflowed(self) -> bool:
        """Whether the policy has ended it."""


class Sink(Protocol):
    """What takes the messages, and counts them."""

    taken: int
    """How many it was given."""
    shown: int
    """How many it let out."""
    selection: Selection | None
    """What a message has to pass before."""

    @property
    def at_once(self) -> int | None:
        """How many it likes to get together; None is no limit."""

    async def ready(self) -> None:
        """Wait until it can take messages."""

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Take *messages*, of which at most *most* are to count."""

    def summary(self, dropped: int) -> str:
        """What there was, in words."""


class Printer:
    """Writes the messages that *selection* lets through to stdout, and counts them."""

    at_once = None

    def __init__(self, context: Context, settings: Settings, selection: Selection | None = None) -> None:
        self.taken = 0
        """How many were given to it."""
        self.shown = 0
        self.selection = selection
        self._problems = Complaints(context, "messages of that kind")
        self._form = settings.output
        self._formatter = make_formatter(context, settings)
        if settings.nul and context.array is not None:
            refuse("--null: elements of an array (-o json) have nothing behind them", "-0 goes with -o ndjson")
        self._output = context.output()
        self._end = "\0" if settings.nul else "\n"
        self._writing = False
        self._behind: list[str] = []
        """Lines that came while others were written."""

    @property
    def skipped(self) -> int:
        """How many cannot be shown."""
        return self._problems.total

    async def ready(self) -> None:
        """Wait until messages can be shown: always at once."""

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Write *messages*, at most *most*, with one write. Those that cannot be shown are told of and counted."""
        self.taken += len(messages)
        if self.selection is None:
            lines = self._lines(messages)
        else:
            passing = self.selection.passing(messages)
            lines = self._lines(list(islice(passing, most)))
            while most is not None and len(lines) < most and (more := list(islice(passing, most - len(lines)))):
                lines += self._lines(more)  # in place of some that cannot be shown
        self.shown += len(lines)
        if lines:
            await self._write(lines)

    def finish(self) -> None:
        """Nothing is left to be done at the end."""

    async def line(self, text: str) -> None:
        """Write one line that is no message; behind the messages that are being written, if there are any."""
        if self._writing:
            self._behind.append(text)
        else:
            await self._write([text])

    async def _write(self, lines: list[str]) -> None:
        self._writing = True
        try:
            while lines:
                await self._output.write(encode_lines(lines, self._end))
                lines, self._behind = self._behind, []
        finally:
            self._writing = False

    def _lines(self, messages: Sequence[Message]) -> list[str]:
        try:
            return self._formatter.lines(messages)
        except (DecodeError, ValueError):
            return self._one_by_one(messages)

    def _one_by_one(self, messages: Sequence[Message]) -> list[str]:
        lines = []
        for message in messages:
            try:
                line = self._formatter.line(message)
            except DecodeError as error:
                if isinstance(message, ForeignMessage):
                    lines.append(self._formatter.foreign(message))
                    continue
                self._skip(message, f"cannot be read: {error}")
                continue
            if line is None:
                self._skip(message, f"holds no single string; -o {self._form} left it out")
            else:
                lines.append(line)
        return lines

    def _skip(self, message: Message, problem: str) -> None:
        self._problems.tell(f"a message on {message.topic} {problem}")

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"received {counted(self.shown, 'message')}"]
        if self.selection is not None:
            parts += self.selection.summary()
        if self.skipped:
            parts.append(f"{self.skipped} left out")
        if dropped:
            parts.append(f"{dropped} dropped because the output was too slow")
        return ", ".join(parts)


async def print_messages(context: Context, sink: Sink, subscriber: Source, ends: Ends) -> None:
    """Print what comes until one of *ends*. Raises :class:`Failure` when it was less than asked for."""
    start = last = trio.current_time()
    limits = [seconds for seconds in (ends.duration, ends.timeout) if seconds is not None]
    final = start + min(limits, default=float("inf"))
    dropped, next_note = 0, start
    selection = sink.selection
    room = ends.count
    while (room is None or room > 0) and (selection is None or not selection.done):
        with trio.move_on_at(final):
            await sink.ready()
        deadline = final if ends.idle is None else min(final, last + ends.idle)
        batch: list[Message] = []
        with trio.move_on_at(deadline):
            try:
                batch = await subscriber.get_batch(room if selection is None and sink.at_once is None else sink.at_once)
            except trio.EndOfChannel:
                break
        if not batch:
            break
        before = sink.shown
        await sink.show(batch, room)
        room = None if ends.count is None else ends.count - sink.shown
        if ends.idle is not None and sink.shown != before:
            last = trio.current_time()
        if subscriber.dropped != dropped and (now := trio.current_time()) >= next_note:
            dropped, next_note = subscriber.dropped, now + _DROP_NOTE_PAUSE
            context.warn(f"the output is too slow: {dropped} messages dropped so far")
    if subscriber.overflowed:
        message = f"the output is too slow: the queue is full ({sink.summary(subscriber.dropped)})"
        raise Failure(message, ExitCode.LOST, "--on-overflow says what to do then, --max-queue how many may wait")
    _check_enough(sink, ends, timed_out=trio.current_time() - start >= (ends.timeout or float("inf")))


def _check_enough(sink: Sink, ends: Ends, *, timed_out: bool) -> None:
    """Raise the failure of a run that ended without what it was to show."""
    wanted = ends.count or (1 if ends.timeout is not None else 0)
    waits = sink.selection is not None and sink.selection.waits
    if sink.selection is not None and sink.selection.done:
        return
    if sink.shown < wanted:
        message = f"timed out: {sink.shown} of {counted(wanted, 'message')} received"
        raise Failure(message, ExitCode.TIMEOUT)
    if waits:
        message = f"{'timed out: ' * timed_out}the event of --until-event has not come"
        raise Failure(message, ExitCode.TIMEOUT if timed_out else ExitCode.NO)


async def tell_rate(context: Context, sink: Sink, interval: float = 1.0) -> None:
    """Tell on stderr how many messages come in a second, until cancelled."""
    taken, shown, then = sink.taken, sink.shown, trio.current_time()
    while True:
        await trio.sleep(interval)
        now = trio.current_time()
        came, passed = sink.taken - taken, sink.shown - shown
        text = f"{came / (now - then):.0f} msg/s"
        context.tell(text if came == passed else f"{text}, {passed / (now - then):.0f} shown")
        taken, shown, then = sink.taken, sink.shown, now


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
