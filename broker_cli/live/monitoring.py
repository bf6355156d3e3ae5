"""What ``top`` and ``subscribe --watch`` do: take messages in large portions, count them, and show the counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import trio

from broker_cli.output import event_names
from broker_cli.parsing import refuse
from broker_cli.receiving import print_messages, tell_ready
from broker_cli.session import run_session
from broker_cli.wording import counted
from broker_core import InvalidValue

from .board import Board, State
from .cells import charset_of
from .notes import Notes
from .reports import Reporter
from .screen import Block, FullScreen
from .showing import Lines, Live, Screen
from .terminal import Terminal
from .viewing import Action, View
from .watching import WatchBoard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.selecting.selection import Selection
    from broker_cli.session import Session
    from broker_cli.subscribing import Subscription
    from broker_core import Message, Overflow, Subscriber

    from .ordering import Sort
    from .tally import Tally

__all__ = ["QUEUE", "Monitoring", "run_top", "run_watch"]

QUEUE = 65_536
"""Messages that may wait to be counted; of more, the oldest are dropped, and counted as such."""
_PAUSE = 0.05
"""Seconds between two portions of messages. Without it each packet would wake the task that counts."""


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """What ``top`` is to show, and until when (None is never)."""

    topics: tuple[str, ...]
    interval: float = 1.0
    """Seconds that a rate is of."""
    sort: Sort = "rate"
    by_event: bool = True
    pattern: str = ""
    refreshes: int | None = None
    """End after this number of intervals."""
    duration: float | None = None
    capacity: int = QUEUE


class _Counter:
    """Takes messages as a ``Printer`` does, and counts those that *selection* lets through."""

    at_once: int | None = None

    def __init__(self, tally: Tally, selection: Selection | None = None) -> None:
        self.taken = 0
        self.shown = 0
        self.selection = selection
        self._tally = tally
        self._next = 0.0

    async def ready(self) -> None:
        """Wait until enough may have come."""
        await trio.sleep_until(self._next)

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Count *messages*, at most *most*."""
        now = trio.current_time()
        self.taken += len(messages)
        if self.selection is not None:
            messages = self.selection.select(messages, most)
        self._tally.add(messages, now)
        self.shown += len(messages)
        self._next = now + _PAUSE

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"received {counted(self.shown, 'message', form=',')}"]
        if self.selection is not None:
            parts += self.selection.summary()
        if dropped:
            parts.append(f"{dropped:,} dropped because they came faster than they could be counted")
        return ", ".join(parts)


class _Top(Screen):
    """The screen of ``top``."""

    def __init__(
        self, session: Session, notes: Notes, terminal: Terminal, subscriber: Subscriber, plan: Monitoring
    ) -> None:
        super().__init__(session, notes, terminal, plan.interval, plan.refreshes)
        context, settings = session.context, session.settings
        self._subscriber = subscriber
        self._view = View(sort=plan.sort, by_event=plan.by_event, pattern=plan.pattern)
        self._board = Board(charset_of(context.environ), colour=settings.colour)
        self._peers = ", ".join(str(address) for address in settings.peers)
        self._waiting_for = ", ".join(topic or '""' for topic in plan.topics)
        self._dropped = 0

    def press(self, key: str) -> bool:
        now = trio.current_time()
        action = self._view.press(key, self.tally, now)
        if action is Action.RESET:
            self.restart(now)
            self._dropped = self._subscriber.dropped
        return action is Action.QUIT

    def draw(self, now: float, size: tuple[int, int]) -> list[str]:
        state = State(
            peers=self._peers,
            connected=bool(self._session.endpoint.peers()),
            dropped=self._subscriber.dropped - self._dropped,
            note=self.note(now),
            waiting_for=self._waiting_for,
        )
        return self._board.lines(self._view, self.tally, state, now, size)


class _Watch(Screen):
    """The lines of ``subscribe --watch``."""

    def __init__(
        self, session: Session, notes: Notes, terminal: Terminal, subscriber: Subscriber, interval: float
    ) -> None:
        super().__init__(session, notes, terminal, interval)
        self._subscriber = subscriber
        settings = session.settings
        charset, named = charset_of(session.context.environ), event_names(settings)
        self._board = WatchBoard(charset, colour=settings.colour, named=named)
        self.notes_seen = notes.count  # what was told before stands above

    def press(self, key: str) -> bool:
        return key in {"q", "Q"}

    def draw(self, now: float, size: tuple[int, int]) -> list[str]:
        return self._board.lines(self.tally, now, size, dropped=self._subscriber.dropped, note=self.note(now))


class _Run:
    """One run of either command."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self._context = context
        self._settings = settings
        self.on_screen = settings.output == "human"
        self.notes = Notes(context.stderr)
        self._subscriber: Subscriber | None = None
        self._counter: _Counter | None = None

    def run(self, main: Callable[[Session], Awaitable[None]]) -> None:
        """Run *main* in a session; then tell what could not be told on the way, and the summary."""
        context = replace(self._context, stderr=self.notes) if self.on_screen else self._context
        try:
            trio.run(lambda: run_session(context, self._settings, main))
        finally:
            self.notes.release()
            if self._counter is not None and self._subscriber is not None:
                self._context.progress(self._counter.summary(self._subscriber.dropped))

    async def subscribe(
        self, session: Session, topics: tuple[str, ...], capacity: int, overflow: Overflow
    ) -> Subscriber:
        """Connect, and have messages queued."""
        try:
            self._subscriber = session.endpoint.make_subscriber(topics, capacity=capacity, overflow=overflow)
        except InvalidValue as error:
            refuse(f"TOPIC: {error}")
        session.warn_of_everything(topics)
        await session.connect()
        return self._subscriber

    def hold_notes(self) -> None:
        """From now on stderr would write over what is shown, if that is the terminal, too."""
        if self._context.stderr_is_terminal:
            self.notes.hold()

    def count(self, tally: Tally, selection: Selection | None = None) -> _Counter:
        """What counts messages."""
        self._counter = _Counter(tally, selection)
        return self._counter


def _check_terminal(context: Context, settings: Settings) -> None:
    if settings.output == "human":
        if not context.stdout_is_terminal:
            refuse("this is shown in place, and stdout is no terminal", "-o ndjson prints lines")
        if context.environ.get("TERM", "dumb") in {"dumb", ""}:
            refuse("nothing can be shown in place on a terminal with TERM=dumb", "-o ndjson prints lines")


def run_top(context: Context, settings: Settings, plan: Monitoring) -> None:
    """Show topics and events with their rates."""
    _check_terminal(context, settings)
    run = _Run(context, settings)

    async def main(session: Session) -> None:
        subscriber = await run.subscribe(session, plan.topics, plan.capacity, "drop_oldest")
        if not run.on_screen:
            reporter = Reporter(sort=plan.sort, by_event=plan.by_event, pattern=plan.pattern)
            lines = Lines(session, subscriber, reporter, plan.interval, plan.refreshes)
            await _feed(lines, run.count(lines.tally), subscriber, plan.duration)
            return
        async with Terminal(session.context, FullScreen()) as terminal:
            run.hold_notes()
            top = _Top(session, run.notes, terminal, subscriber, plan)
            await _feed(top, run.count(top.tally), subscriber, plan.duration)

    run.run(main)


async def _feed(live: Live, counter: _Counter, subscriber: Subscriber, duration: float | None) -> None:
    """Count what comes, and show it, for *duration* seconds."""

    async def feed() -> None:
        with trio.move_on_after(float("inf") if duration is None else duration):
            while True:
                try:
                    await counter.show(await subscriber.get_batch())
                except trio.EndOfChannel:
                    return
                await counter.ready()

    await live.run(feed)


def run_watch(context: Context, settings: Settings, plan: Subscription, interval: float) -> None:
    """Show a line for each topic."""
    _check_terminal(context, settings)
    run = _Run(context, settings)

    async def main(session: Session) -> None:
        overflow: Overflow = plan.overflow  # type: ignore[assignment]  # checked by the command
        subscriber = await run.subscribe(session, plan.topics, plan.capacity or QUEUE, overflow)
        names = ", ".join(topic or '""' for topic in plan.topics)
        where = ", ".join(str(address) for address in settings.peers)
        session.context.progress(f"subscribed to {names} at {where}")
        tell_ready(plan.ready_file, "subscribed")

        async def show(live: Live) -> None:
            counter = run.count(live.tally, plan.selection)
            await live.run(lambda: print_messages(session.context, counter, subscriber, plan.ends))

        if run.on_screen:
            async with Terminal(session.context, Block()) as terminal:
                run.hold_notes()
                await show(_Watch(session, run.notes, terminal, subscriber, interval))
        else:
            await show(Lines(session, subscriber, Reporter(by_event=False, sort="name"), interval, None))

    run.run(main)
