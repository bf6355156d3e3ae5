"""What ``info`` does: read recordings from start to end, and tell what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure, explain
from broker_cli.output import encode_lines
from broker_cli.recorded import has_to_wait, open_recording, take_next
from broker_cli.signals import run_until_stopped
from broker_cli.sizes import byte_text
from broker_cli.status_line import StatusLine
from broker_core import RecordingError

from .showing import file_table, summary_json, summary_lines
from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.signals import Stop

__all__ = ["run_info"]


class _Run:
    """The files of one call."""

    def __init__(self, context: Context, settings: Settings, top: int) -> None:
        self.tallies: list[tuple[str, Tally]] = []
        self.failure: Failure | None = None
        self._context = context
        self._human = settings.output == "human"
        self._top = top
        self._output = context.output()
        self._width = context.width if context.stdout_is_terminal else None

    async def look_at(self, path: str, status: StatusLine) -> None:
        """Count what is in *path*; when it is no recording, tell that."""
        tally = Tally()
        try:
            await self._count(path, tally, status)
        except RecordingError as error:
            failure = explain(error)
            if self.failure is not None:
                self._context.tell(f"broker: {self.failure}")
            self.failure = failure
            return
        if not self._human:
            await self._output.write(encode_lines([summary_json(path, tally, self._top)]))
        self.tallies.append((path, tally))

    async def _count(self, path: str, tally: Tally, status: StatusLine) -> None:
        blocks = _count_blocks(self._context, path, tally)
        waits = has_to_wait(path)
        while (position := await take_next(blocks, waits=waits)) is not None:
            status.show(lambda: f"{path}: {tally.messages} messages, {byte_text(position)}")  # called now

    async def show(self) -> None:
        """What people see: all about one file, or a line for each of several and all about them together."""
        if not self._human or not self.tallies:
            return
        name, tally = self.tallies[0]
        lines = []
        if len(self.tallies) > 1:
            lines = [*file_table(self.tallies, self._width), ""]
            name, tally = f"{len(self.tallies)} files", Tally()
            for _, one in self.tallies:
                tally.merge(one)
        lines += summary_lines(name, tally, self._top, self._width)
        await self._output.write(encode_lines(lines))

    def check(self) -> None:
        """Raise the failure when a file is no recording, or damaged."""
        if self.failure is not None:
            raise self.failure
        damaged = [name for name, tally in self.tallies if tally.damage_count]
        if damaged:
            message = f"{damaged[0]} is damaged" + (f", and {len(damaged) - 1} more" if len(damaged) > 1 else "")
            raise Failure(message, ExitCode.BAD_INPUT, "broker replay --keep-going leaves out what is bad")


def _count_blocks(context: Context, path: str, tally: Tally) -> Iterator[int]:
    """Count, and yield behind each block how far that is."""
    with open_recording(context, path) as reader:
        for entries in reader.batches():
            tally.add(entries)
            yield reader.position
        tally.finish(reader.position)


def run_info(context: Context, settings: Settings, paths: Sequence[str], top: int) -> None:
    """Tell what is in the recordings *paths*, with the *top* names of each kind."""
    run = _Run(context, settings, top)

    async def body(stop: Stop) -> None:
        with stop.scope:
            with StatusLine(context) as status:
                for path in paths:
                    await run.look_at(path, status)
            await run.show()

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    run.check()
