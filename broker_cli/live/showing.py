"""How counts are shown as time goes by: as lines of ndjson once in an interval, or on a screen that reacts to keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_cli.context import escape
from broker_cli.exit_codes import Failure
from broker_cli.output import encode_lines

from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from broker_cli.session import Session
    from broker_core import Subscriber

    from .notes import Notes
    from .reports import Reporter
    from .terminal import Terminal

__all__ = ["REFRESH", "Lines", "Live", "Screen"]

REFRESH = 0.25
"""Seconds between two states of the screen, unless a key is pressed."""
_NOTE_TIME = 10.0
"""Seconds for which the screen shows what was told."""


class Live:
    """Shows what :attr:`tally` has, until there is enough: subclasses say how."""

    def __init__(self, session: Session, tally: Tally, interval: float, refreshes: int | None = None) -> None:
        self.tally = tally
        self._session = session
        self._interval = interval
        self._left = refreshes
        self._next = trio.current_time() + interval
        self._ticked = trio.current_time()

    async def run(self, feed: Callable[[], Awaitable[None]]) -> None:
        """Show until *feed*, which counts messages, ends, or until somebody has seen enough."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._refresh, nursery.cancel_scope)
            self._start_more(nursery)
            try:
                await feed()
            except Failure:
                await self._end()
                raise
            await self._end()
            nursery.cancel_scope.cancel()

    def _start_more(self, nursery: trio.Nursery) -> None:
        """Start further tasks."""

    async def _refresh(self, scope: trio.CancelScope) -> None:
        raise NotImplementedError

    async def _end(self) -> None:
        """Show the last state."""
        raise NotImplementedError

    def restart(self, now: float) -> None:
        """Count anew; an interval begins."""
        self.tally.reset(now)
        self._ticked, self._next = now, now + self._interval

    def _tick(self, now: float) -> bool:
        """End the interval at *now*; whether that was the last one."""
        self.tally.tick(now)
        self._ticked = now
        self._next = self._next + self._interval if self._next + self._interval > now else now + self._interval
        if self._left is not None:
            self._left -= 1
        return self._left == 0


class Lines(Live):
    """Prints lines of ndjson, once in an interval."""

    def __init__(
        self, session: Session, subscriber: Subscriber, reporter: Reporter, interval: float, refreshes: int | None
    ) -> None:
        super().__init__(session, Tally(trio.current_time()), interval, refreshes)
        self._subscriber = subscriber
        self._reporter = reporter
        self._output = session.context.output()

    async def _refresh(self, scope: trio.CancelScope) -> None:
        while True:
            await trio.sleep_until(self._next)
            if await self._print(trio.current_time()):
                scope.cancel()
                return

    async def _end(self) -> None:
        now = trio.current_time()
        if self.tally.total.has_new or now - self._ticked > self._interval / 100:
            await self._print(now)

    async def _print(self, now: float) -> bool:
        context, elapsed = self._session.context, now - self._ticked
        is_last = self._tick(now)
        lines = self._reporter.lines(self.tally, context.clock() / 1e9, elapsed, self._subscriber.dropped)
        if context.stdout_is_terminal:
            lines = [escape(line) for line in lines]
        await self._output.write(encode_lines(lines))
        return is_last


class Screen(Live):
    """Shows lines on a terminal, and reacts to keys."""

    def __init__(
        self, session: Session, notes: Notes, terminal: Terminal, interval: float, refreshes: int | None = None
    ) -> None:
        super().__init__(session, Tally(trio.current_time()), interval, refreshes)
        self._notes = notes
        self._terminal = terminal
        self._changed = trio.Event()
        self._size = (0, 0)
        self.notes_seen = 0
        """How many of the notes have been on the screen."""
        self._note_ends = 0.0

    def _start_more(self, nursery: trio.Nursery) -> None:
        nursery.start_soon(self._serve_keys, nursery.cancel_scope)
        nursery.start_soon(self._terminal.watch_signals, self._wake)

    async def _serve_keys(self, scope: trio.CancelScope) -> None:
        while keys := await self._terminal.keys():
            for key in keys:
                if self.press(key):
                    scope.cancel()
            self._wake()

    def _wake(self) -> None:
        self._changed.set()

    async def _refresh(self, scope: trio.CancelScope) -> None:
        while True:
            self._changed = trio.Event()
            now = trio.current_time()
            is_last = self._tick(now) if now >= self._next else False
            self.tally.estimate(now)
            await self._draw(now)
            if is_last:
                scope.cancel()
            with trio.move_on_at(min(self._next, now + REFRESH)):
                await self._changed.wait()

    async def _end(self) -> None:
        await self._draw(trio.current_time())

    async def _draw(self, now: float) -> None:
        size = self._terminal.size
        if size != self._size:
            self._size = size
            self._terminal.forget()
        await self._terminal.show(self.draw(now, size))

    def note(self, now: float) -> str:
        """What was told lately."""
        if self._notes.count != self.notes_seen:
            self.notes_seen, self._note_ends = self._notes.count, now + _NOTE_TIME
        return self._notes.latest if now < self._note_ends else ""

    def press(self, key: str) -> bool:
        """React to *key*; whether that is the end."""
        raise NotImplementedError

    def draw(self, now: float, size: tuple[int, int]) -> Sequence[str]:
        """The lines for a terminal of *size*, which is columns and lines."""
        raise NotImplementedError
