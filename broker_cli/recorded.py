"""Messages out of recordings, in time: which of them are wanted, on which topics they go, and when each is due."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import trio

from broker_core import BadRecording, DecodeError, InvalidValue
from broker_core.model.topics import check_topic
from broker_core.recordings import Damage, Gap, RecordedMessage, RecordingReader

from .complaints import Complaints
from .exit_codes import ExitCode, Failure
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from broker_core.recordings import Entry

    from .context import Context
    from .pacing import Pacing
    from .selecting.selection import Selection

__all__ = ["Bound", "Choice", "RecordedFeed", "has_to_wait", "open_recording", "take_next"]

T = TypeVar("T")

_MOST_TOPICS = 4096


@dataclass(frozen=True, slots=True)
class Bound:
    """A time in a recording, in nanoseconds: since 1970 if it *is_date*, otherwise since the first message."""

    ns: int
    is_date: bool

    def since_1970(self, first: int) -> int:
        """The same for a recording whose first message came at *first*."""
        return self.ns if self.is_date else first + self.ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which messages are wanted, how often, and where they go."""

    topics: tuple[str, ...] = ()
    """Prefixes; none is everything."""
    topic_map: tuple[tuple[str, str], ...] = ()
    """Prefixes and what takes their place; the first that fits counts."""
    selection: Selection | None = None
    start: Bound | None = None
    """From then on."""
    end: Bound | None = None
    """Until then, that moment not included."""
    count: int | None = None
    loops: float = 1
    """How often all of it is played."""


class RecordedFeed:
    """What :func:`broker_cli.publishing.run_plan` publishes: messages of the recordings *paths* (``-`` is stdin).

    Damaged places, and messages that hold no value, are bad: the first ends it with a :class:`Failure`, after what
    stands in front of it was given out. With *keep_going* all of them are told of and left out.
    """

    def __init__(
        self, context: Context, paths: Sequence[str], choice: Choice, pacing: Pacing, *, keep_going: bool = False
    ) -> None:
        self.given = 0
        """How many messages were given out."""
        self.tell: Callable[[], None] | None = None
        """Called whenever messages are given out."""
        self._context = context
        self._bad = Complaints(context, "bad places")
        self._gaps = Complaints(context, "gaps")
        self._paths = paths
        self._choice = choice
        self._pacing = pacing
        self._keep_going = keep_going
        self._waits = False
        self._size = 0
        self._done = 0  # bytes of the files that are behind
        self._reader: RecordingReader | None = None
        self._first_time: int | None = None
        self._bounds: tuple[Any, ...] = (None, None)
        self._room = choice.count
        self._topics: dict[str, str] = {}
        self._chunks = self._play()
        self._chunk: list[RecordedMessage] = []
        self._ended = False
        self._deadline: float | None = None
        self._failure: Failure | None = None

    @property
    def bad(self) -> int:
        """How many damaged places and messages were left out."""
        return self._bad.total

    @property
    def gaps(self) -> int:
        """How many times something was missing already when it was recorded."""
        return self._gaps.total

    # -- for whoever publishes ------------------------------------------------------------------------------------

    def open(self) -> None:
        """See that the files are recordings, as far as that can be seen without waiting. Raises RecordingError."""
        for path in self._paths:
            if has_to_wait(path):
                self._waits = True
            else:
                _check_start(path)
                self._size += os.path.getsize(path)  # noqa: PTH202  # a file name, looked up once

    async def first_topic(self) -> str | None:
        """The topic on which the first message goes; None when there is none."""
        await self._fill()
        return self._chunk[0].topic if self._chunk else None

    async def next(self) -> list[Any]:
        """Recorded messages that are due, at least one; none at the end. Waits until they are."""
        due: list[RecordedMessage] = []
        while not due:
            await self._fill()
            if not self._chunk:
                if self._failure is not None:
                    failure = self._failure
                    message = f"{failure.message}; {counted(self.given, 'message')} before that"
                    raise Failure(message, failure.code, failure.hint)
                break
            if self._deadline is not None:
                await trio.sleep_until(self._deadline)
            due = self._take_due()
        self.given += len(due)
        if self.tell is not None:
            self.tell()
        return due

    def _take_due(self) -> list[RecordedMessage]:
        """The messages before the first that has to wait; that one will be the first of the next call."""
        now = trio.current_time()
        for at, message in enumerate(self._chunk):
            if self._deadline is not None:  # it was waited for
                self._deadline = None
                continue
            delay = self._pacing.delay(message.time, now)
            if delay:
                self._deadline = now + delay
                due, self._chunk = self._chunk[:at], self._chunk[at:]
                return due
        due, self._chunk = self._chunk, []
        return due

    def close(self) -> None:
        """Close the file that is open."""
        if self._reader is not None:
            self._reader.close()

    def check_bad_lines(self) -> None:
        """Raise the failure of a command that left something out."""
        if self.bad:
            message = f"{counted(self.bad, 'bad place')} left out"
            raise Failure(message, ExitCode.PARTIAL)

    def progress(self) -> str:
        """How far it is, in a few words."""
        read = self._done + (self._reader.position if self._reader is not None else 0)
        total = 0 if self._waits or self._choice.loops == float("inf") else self._size * self._choice.loops
        return f"replayed {counted(self.given, 'message')}" + (f" ({100 * read / total:.0f}%)" if total else "")

    # -- reading ----------------------------------------------------------------------------------------------------

    async def _fill(self) -> None:
        """See that there are messages, unless there will be none any more."""
        await trio.lowlevel.checkpoint()
        while not self._chunk and not self._ended:
            chunk = await take_next(self._chunks, waits=self._waits)
            self._ended = chunk is None
            self._chunk = chunk or []

    def _play(self) -> Iterator[list[RecordedMessage]]:
        """What is wanted, as it stands together in the files; lists can be empty."""
        rounds = found = 0
        while rounds < self._choice.loops:
            before = found
            for path in self._paths:
                for chunk in self._play_file(path):
                    found += len(chunk)
                    yield chunk
                    if self._is_over():
                        return
            if found == before:  # the next round would bring nothing either
                return
            rounds += 1

    def _is_over(self) -> bool:
        selection = self._choice.selection
        return self._failure is not None or self._room == 0 or (selection is not None and selection.done)

    def _play_file(self, path: str) -> Iterator[list[RecordedMessage]]:
        with open_recording(self._context, path) as self._reader:
            for entries in self._reader.batches():
                yield self._wanted(entries)
            self._done += self._reader.position
        self._reader = None

    def _wanted(self, entries: Sequence[Entry | Damage]) -> list[RecordedMessage]:
        choice, names = self._choice, self._topics
        wanted: list[RecordedMessage] = []
        for entry in entries:
            if type(entry) is not RecordedMessage:
                self._note(entry)
            elif self._is_chosen(entry):
                try:
                    entry.check()
                    parts = [entry] if choice.selection is None else self._selected(entry)
                    for part in parts:
                        part.topic = names.get(part.topic) or self._name(part.topic)
                except (DecodeError, InvalidValue) as error:
                    self._complain(f"{self._place()}: a message on '{entry.topic}': {error}")
                else:
                    wanted += parts
            if self._failure is not None:
                break
        if self._room is not None:
            wanted = wanted[: self._room]
            self._room -= len(wanted)
        return wanted

    def _is_chosen(self, message: RecordedMessage) -> bool:
        choice = self._choice
        if self._first_time is None:
            first = self._first_time = message.time
            self._bounds = tuple(bound and bound.since_1970(first) for bound in (choice.start, choice.end))
        if choice.topics and not message.topic.startswith(choice.topics):
            return False
        earliest, latest = self._bounds
        return (earliest is None or message.time >= earliest) and (latest is None or message.time < latest)

    def _selected(self, message: RecordedMessage) -> list[RecordedMessage]:
        selection = self._choice.selection
        assert selection is not None  # noqa: S101  # it was asked for
        if selection.done:
            return []
        return [RecordedMessage.of(part, message.time) for part in selection.select([message])]

    def _name(self, topic: str) -> str:
        """The topic on which messages of *topic* go."""
        for old, new in self._choice.topic_map:
            if topic.startswith(old):
                name = check_topic(new + topic[len(old) :])
                break
        else:
            name = check_topic(topic)
        if len(self._topics) >= _MOST_TOPICS:
            self._topics.clear()
        self._topics[topic] = name
        return name

    # -- what is to be told -----------------------------------------------------------------------------------------

    def _place(self) -> str:
        return "recording" if self._reader is None else self._reader.name

    def _note(self, entry: Entry | Damage) -> None:
        if type(entry) is Gap:
            lost = f"{entry.lost} messages " if entry.lost else ""
            self._gaps.tell(f"{self._place()}: a gap: {lost}{entry.reason}")
        elif type(entry) is Damage and entry.at_end:
            text = f"{self._place()}: cut off at offset {entry.offset}: {entry.size} bytes cannot be used"
            self._context.warn(text)
        elif type(entry) is Damage:
            self._complain(f"{self._place()}: {entry.problem}: {entry.size} bytes at offset {entry.offset}")

    def _complain(self, problem: str) -> None:
        if not self._keep_going:
            self._failure = Failure(problem, ExitCode.BAD_INPUT, "--keep-going leaves out what is bad")
        else:
            self._bad.tell(problem)


def _check_start(path: str) -> None:
    try:
        RecordingReader(path).close()
    except BadRecording as error:
        with open(path, "rb") as file:  # noqa: PTH123  # no pathlib for one byte
            is_json = file.read(1) == b"{"
        hint = f"broker publish --from {path} publishes lines of ndjson" if is_json else ""
        raise Failure(str(error), ExitCode.BAD_INPUT, hint) from error


# -- for other readers --------------------------------------------------------------------------------------------


def open_recording(context: Context, path: str) -> RecordingReader:
    """The recording *path*; ``-`` is stdin. Raises :class:`RecordingError`."""
    return RecordingReader(os.fdopen(context.stdin, "rb", closefd=False) if path == "-" else path)


def has_to_wait(path: str) -> bool:
    """Whether whoever reads *path* waits for another program, and not for a disk."""
    try:
        return path == "-" or stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116  # a file name, looked up once
    except OSError:
        return False  # opening it says what is wrong


async def take_next(items: Iterator[T], *, waits: bool) -> T | None:
    """The next of *items*, None at the end; a checkpoint. If it *waits* for others, signals are served meanwhile."""
    if waits:
        return await trio.to_thread.run_sync(next, items, None, abandon_on_cancel=True)
    await trio.lowlevel.checkpoint()
    return next(items, None)
