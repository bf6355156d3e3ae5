"""What ``replay`` does once it is clear what is wanted: publish what was recorded, or print it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import trio

from .pacing import Pacing
from .publishing import Plan, run_plan
from .receiving import Printer
from .recorded import Choice, RecordedFeed
from .signals import run_until_stopped
from .status_line import StatusLine
from .wording import counted

if TYPE_CHECKING:
    from .config import Settings
    from .context import Context
    from .signals import Stop

__all__ = ["Replay", "run_replay", "show_replay"]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What to replay, and how."""

    paths: tuple[str, ...]
    choice: Choice
    speed: float | None = 1.0
    longest_gap: float | None = None
    keep_going: bool = False
    wait_subscriber: int | None = None
    timeout: float | None = None

    def feed(self, context: Context) -> RecordedFeed:
        """The messages. Raises :class:`RecordingError` when they cannot be read, as far as that is seen at once."""
        pacing = Pacing(self.speed, longest_gap=self.longest_gap)
        feed = RecordedFeed(context, self.paths, self.choice, pacing, keep_going=self.keep_going)
        feed.open()
        return feed


def run_replay(context: Context, settings: Settings, replay: Replay) -> None:
    """Publish it."""
    feed = replay.feed(context)
    with StatusLine(context) as status:
        feed.tell = lambda: status.show(feed.progress)
        plan = Plan(topic=None, feed=feed, wait_subscriber=replay.wait_subscriber, timeout=replay.timeout)
        run_plan(context, settings, plan)


def show_replay(context: Context, settings: Settings, replay: Replay) -> None:
    """Print it, without any connection."""
    feed = replay.feed(context)
    moment = [0]
    """When the messages came that are printed now."""
    printer = Printer(replace(context, clock=lambda: moment[0]), settings)

    async def body(stop: Stop) -> None:
        try:
            with stop.scope:
                while messages := await feed.next():
                    for moment[0], group in groupby(messages, attrgetter("time")):
                        await printer.show(list(group))
        finally:
            feed.close()

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    context.progress(f"{counted(printer.shown, 'message')} in the recording")
    feed.check_bad_lines()
