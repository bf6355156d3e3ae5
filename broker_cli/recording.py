"""What ``record`` does once it is clear what is wanted: connect, subscribe, write to a file until it is enough."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import trio

from broker_core import EncodeError, InvalidValue, RecordingFailure, __version__
from broker_core.recordings import Gap, RecordingHeader, RecordingReader, RecordingWriter, RotatingWriter

from .complaints import Complaints
from .exit_codes import ExitCode, Failure
from .output.json_lines import json_line
from .parsing import refuse
from .receiving import print_messages, tell_ready
from .session import Session, run_session
from .sizes import byte_text
from .status_line import StatusLine
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core import Message, Overflow, Subscriber
    from broker_core.recordings import WriteMode

    from .config import Settings
    from .context import Context
    from .receiving import Ends
    from .selecting.selection import Selection

__all__ = ["DEFAULT_SYNC", "FLUSH_PAUSE", "TURN_PAUSE", "Recorder", "Recording", "run_recording"]

DEFAULT_SYNC = 1.0
"""Seconds: what a loss of power costs at most, give or take."""
FLUSH_PAUSE = 0.1
"""Seconds: what a kill -9 costs at most."""
TURN_PAUSE = 1.0
"""Seconds that a file may be older than it should."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What to record, into which file, and until when."""

    path: str
    topics: tuple[str, ...]
    ends: Ends
    mode: WriteMode = "new"
    compress: bool = False
    rotate_size: int | None = None
    rotate_age: float | None = None
    keep: int | None = None
    sync: float | None = DEFAULT_SYNC
    """Seconds between two times that the disk is waited for; None is only at the end."""
    capacity: int | None = None
    overflow: str = "block"
    ready_file: str | None = None
    selection: Selection | None = None

    @property
    def rotates(self) -> bool:
        """Whether there are to be several files."""
        return self.rotate_size is not None or self.rotate_age is not None


Writer = RecordingWriter | RotatingWriter


class Recorder:
    """Takes messages as a printer does, and writes them to a recording."""

    at_once = None

    def __init__(
        self,
        context: Context,
        plan: Recording,
        writer: Writer,
        subscriber: Subscriber,
        *,
        clock: Callable[[], int] = time.time_ns,
        missed: Callable[[], int] = lambda: 0,
    ) -> None:
        self.taken = 0
        self.shown = 0
        self.dropped = 0
        self.selection = plan.selection
        self.writer = writer
        self._problems = Complaints(context, "messages of that kind")
        self._subscriber = subscriber
        self._clock = clock
        self._missed = missed
        """Tells how many messages were dropped before they came to the subscriber."""
        self._rotates = plan.rotates
        self._lock = trio.Lock()
        """Held while the disk is waited for: a file is not closed meanwhile."""
        self._dirty = trio.Event()

    @property
    def skipped(self) -> int:
        """How many have no binary form."""
        return self._problems.total

    async def ready(self) -> None:
        """Wait until messages can be written: always at once."""

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Record *messages*, at most *most*. Those that have no binary form are told of and counted."""
        self.taken += len(messages)
        if self.selection is not None:
            messages = self.selection.select(messages, most)
        if self._rotates:
            async with self._lock:
                self._add(messages)
        else:
            self._add(messages)

    def _add(self, messages: Sequence[Message]) -> None:
        now = self._clock()
        lost = self._subscriber.dropped + self._missed() - self.dropped
        if lost > 0:
            self.dropped += lost
            self.writer.gap(Gap(now, lost, "dropped, because the disk was too slow"))
        if messages:
            try:
                self.writer.add(messages, now)
                self.shown += len(messages)
            except EncodeError:
                self._one_by_one(messages, now)
            self._dirty.set()

    def _one_by_one(self, messages: Sequence[Message], now: int) -> None:
        for message in messages:
            try:
                self.writer.add([message], now)
                self.shown += 1
            except EncodeError as error:
                self._problems.tell(f"a message on {message.topic} cannot be recorded: {error}")

    async def take_rest(self, most: int | None) -> None:
        """Record what was received when a signal came, or the connection was lost; all in all at most *most*."""
        room = None if most is None else most - self.shown
        rest = self._subscriber.poll()
        if room != 0 and not (self.selection is not None and self.selection.done):
            await self.show(rest if self.selection is not None else rest[:room], room)

    async def mark_gap(self, address: str, seconds: float) -> None:
        """A connection was lost, and is there again after *seconds*."""
        self.writer.gap(Gap(self._clock(), 0, f"{address} was away for {seconds:.1f} s"))
        self._dirty.set()
        await trio.lowlevel.checkpoint()

    async def keep_writing(self, tell: Callable[[], None]) -> None:
        """Write what waits, several times a second, and then *tell*; until cancelled."""
        while True:
            await self._dirty.wait()
            self._dirty = trio.Event()
            await trio.sleep(FLUSH_PAUSE)
            self.writer.flush()
            tell()

    async def keep_syncing(self, pause: float) -> None:
        """See that what was written gets to the disk, every *pause* seconds; until cancelled."""
        size = self.writer.size
        while True:
            await trio.sleep(pause)
            if self.writer.size != size:
                size = self.writer.size
                async with self._lock:  # the files are not changed meanwhile
                    await trio.to_thread.run_sync(self.writer.sync)

    async def keep_turning(self, writer: RotatingWriter) -> None:
        """End files that are old enough, although nothing comes; until cancelled."""
        while True:
            await trio.sleep(TURN_PAUSE)
            async with self._lock:
                writer.turn(self._clock())

    def finish(self, lost: str) -> None:
        """Write what waits, and that the recording ends here; *lost* is why there is no connection any more."""
        now = self._clock()
        if lost:
            self.writer.gap(Gap(now, 0, lost))
        self.writer.close(now)

    def progress(self) -> str:
        """How far it is, in a few words."""
        return f"recorded {counted(self.shown, 'message')}, {byte_text(self.writer.size)}"

    def line(self) -> str:
        """What there was, as ndjson."""
        writer = self.writer
        return json_line(
            "recorded",
            file=writer.path,
            files=writer.files if isinstance(writer, RotatingWriter) else 1,
            messages=writer.written,
            bytes=writer.size,
            dropped=self.dropped,
            left_out=self.skipped,
        )

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"recorded {counted(self.writer.written, 'message')}, {byte_text(self.writer.size)}"]
        if isinstance(self.writer, RotatingWriter) and self.writer.files > 1:
            parts[0] += f" in {self.writer.files} files"
        if self.selection is not None:
            parts += self.selection.summary()
        if self.skipped:
            parts.append(f"{self.skipped} left out")
        if dropped:
            parts.append(f"{dropped} dropped because the disk was too slow")
        return ", ".join(parts)


def run_recording(context: Context, settings: Settings, plan: Recording) -> None:
    """Connect, subscribe, record."""
    _check_place(plan)
    recorder: Recorder | None = None

    async def main(session: Session) -> None:
        nonlocal recorder
        subscriber = _subscribe(session, plan)
        session.warn_of_everything(plan.topics)
        await session.connect()
        recorder = Recorder(
            context,
            plan,
            _open(context, session, settings, plan),
            subscriber,
            missed=lambda: session.endpoint.statistics().dropped - subscriber.dropped,
        )
        session.on_gap = recorder.mark_gap
        names = ", ".join(topic or '""' for topic in plan.topics)
        context.progress(f"recording {names} to {plan.path}")
        tell_ready(plan.ready_file, "recording")
        with StatusLine(context) as status:
            shown = recorder.progress
            async with trio.open_nursery() as nursery:
                nursery.start_soon(recorder.keep_writing, lambda: status.show(shown))
                if plan.sync is not None:
                    nursery.start_soon(recorder.keep_syncing, plan.sync)
                if plan.rotate_age is not None and isinstance(recorder.writer, RotatingWriter):
                    nursery.start_soon(recorder.keep_turning, recorder.writer)
                await print_messages(context, recorder, subscriber, plan.ends)
                nursery.cancel_scope.cancel()

    async def tidy(session: Session) -> None:
        if recorder is not None:
            await recorder.take_rest(plan.ends.count)
            recorder.finish(session.lost)

    async def program() -> None:
        await run_session(context, settings, main, tidy=tidy)

    try:
        trio.run(program)
    except RecordingFailure as error:
        hint = ""
        if recorder is not None:
            hint = f"{counted(recorder.writer.written, 'message')} before that can be read"
        raise Failure(str(error), ExitCode.REFUSED if recorder else ExitCode.USAGE, hint) from error
    finally:
        if recorder is not None:
            recorder.writer.close()
            context.progress(recorder.summary(recorder.dropped))
            if settings.output == "ndjson":
                with suppress(BrokenPipeError):
                    context.print([recorder.line()])


def _subscribe(session: Session, plan: Recording) -> Subscriber:
    try:
        return session.endpoint.make_subscriber(
            plan.topics, capacity=plan.capacity, overflow=cast("Overflow", plan.overflow)
        )
    except InvalidValue as error:
        refuse(f"TOPIC: {error}")


def _check_place(plan: Recording) -> None:
    """Refuse what cannot be written, before anything is connected and before a file is made."""
    path = Path(plan.path)
    if plan.path == "-":
        refuse("a recording cannot be written to stdout", "FILE is the file to write")
    if path.exists() and not path.is_file():
        refuse(f"{plan.path} is no regular file", "FILE is the file to write")
    if not path.parent.is_dir():
        refuse(f"{plan.path}: there is no directory {path.parent}")
    if path.exists() and not plan.rotates:
        if plan.mode == "new":
            refuse(f"{plan.path} exists", "--append adds to it, --force overwrites it")
        if plan.mode == "append" and path.stat().st_size:
            RecordingReader(plan.path).close()
    if not os.access(path if path.exists() and not plan.rotates else path.parent, os.W_OK):
        refuse(f"{plan.path}: permission denied")


def _open(context: Context, session: Session, settings: Settings, plan: Recording) -> Writer:
    header = RecordingHeader(
        created=time.time_ns(),
        program=f"broker {__version__}",
        endpoint=session.endpoint.id,
        peers=tuple(str(address) for address in settings.peers),
        topics=plan.topics,
    )
    if plan.rotates:
        return RotatingWriter(
            plan.path,
            header,
            max_size=plan.rotate_size,
            max_age=None if plan.rotate_age is None else int(plan.rotate_age * 1e9),
            keep=plan.keep,
            compress=plan.compress,
            on_file=lambda name: context.detail(f"writing to {name}"),
            on_problem=context.warn,
        )
    writer = RecordingWriter(plan.path, header, mode=plan.mode, compress=plan.compress)
    if writer.repaired is not None:
        torn = writer.repaired
        context.warn(f"{plan.path}: cut off {torn.size} bytes at offset {torn.offset} that were not written completely")
    return writer
