"""``broker relay``: two endpoints, one at each side, so that the networks do not become one.

What is received at one side is published at the other. An endpoint announces to its side only what is carried from
there, and passes nothing on between its own peers.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import time_ns
from typing import TYPE_CHECKING, cast

import trio

from broker_cli.dialects import subscription_warnings
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output import encode_lines
from broker_cli.output.json_lines import json_line
from broker_cli.receiving import tell_ready
from broker_cli.selecting.globs import NameGlobs
from broker_cli.session import run_sessions
from broker_cli.status_line import StatusLine
from broker_cli.wording import counted
from broker_core import EC, InvalidValue, UndeliveredError

from .carrying import Budget, Carrier
from .counting import Counts, Snapshot, count_words, live_line, relay_object
from .guard import DEFAULT_WINDOW, LoopGuard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.session import Session
    from broker_core import ErrorNotice, Overflow

    from .rules import Rules, Side

__all__ = ["CONFIRM_EVERY", "FINISH_TIMEOUT", "Relay", "run_relay"]

CONFIRM_EVERY = 1.0
"""Seconds between two questions to each side whether everything arrived, so that a loss can be told in numbers."""
FINISH_TIMEOUT = 30.0
"""Seconds that a relay which ends by itself has to carry what it received."""
_LIVE_PAUSE = 0.5
_LAST_WORDS = 0.1  # seconds for the final line
_ID_SIZE = 36  # characters

_SIDES: tuple[Side, Side] = ("a", "b")
_OTHER: dict[Side, str] = {"a": "B", "b": "A"}


@dataclass(frozen=True, kw_only=True)
class Relay:
    """What to carry, and until when."""

    rules: Rules
    events: tuple[str, ...] = ()
    guard: str = "auto"
    """Whether the same is carried only once within the window: on, off, or auto, when much comes back."""
    window: float = DEFAULT_WINDOW
    """Seconds that the loop guard remembers."""
    capacity: int | None = None
    overflow: str = "block"
    count: int | None = None
    duration: float | None = None
    interval: float = 10.0
    ndjson: bool = False
    ready_file: str | None = None


class _Bridge:
    """One run."""

    def __init__(self, context: Context, plan: Relay, line: StatusLine) -> None:
        self._context = context
        self._line = line
        self._plan = plan
        self._output = context.output() if plan.ndjson else None
        self._carriers: tuple[Carrier, ...] = ()
        self._sessions: Sequence[Session] = ()
        self._guard: LoopGuard | None = None
        self._start = self._told = 0.0
        self._before = (Snapshot(), Snapshot())

    # -- making -------------------------------------------------------------------------------------------------

    async def main(self, sessions: Sequence[Session]) -> None:
        """Connect both sides, then carry until there was enough."""
        self._sessions = sessions
        enough = trio.Event()
        self._make(sessions, Budget(self._plan.count, enough.set))
        self._start = self._told = trio.current_time()
        for session in sessions:
            await session.connect()
        self._check_sides()
        names = " and ".join(str(session.settings.peers[0]) for session in sessions)
        self._context.progress(f"relaying between {names}")
        tell_ready(self._plan.ready_file, "relaying")
        self._start = self._told = trio.current_time()
        with trio.move_on_after(float("inf") if self._plan.duration is None else self._plan.duration):
            async with trio.open_nursery() as nursery:
                for carrier, target in zip(self._carriers, reversed(sessions), strict=True):
                    nursery.start_soon(carrier.run)
                    nursery.start_soon(self._confirm, carrier, target)
                nursery.start_soon(self._report)
                nursery.start_soon(self._show)
                await enough.wait()
                nursery.cancel_scope.cancel()

    def _make(self, sessions: Sequence[Session], budget: Budget) -> None:
        plan = self._plan
        if plan.guard != "off":
            self._guard = LoopGuard(plan.window, always=plan.guard == "on")
            self._guard.on_engaged = self._tell_loop
        events = NameGlobs(plan.events) if plan.events else None
        carriers = []
        for at, side in enumerate(_SIDES):
            topics = plan.rules.topics(side)
            session = sessions[at]
            session.used_topics += topics.wanted
            try:
                subscriber = session.endpoint.make_subscriber(
                    topics.wanted, capacity=plan.capacity, overflow=cast("Overflow", plan.overflow)
                )
            except InvalidValue as error:
                raise Failure(str(error), ExitCode.USAGE) from error
            target = sessions[1 - at]
            carrier = Carrier(
                side, session, subscriber, target, topics, guard=self._guard, events=events, budget=budget
            )
            target.on_refusal = _refusal_counter(carrier)
            if topics.wanted:
                session.on_gap = _gap_teller(session, side)
            carriers.append(carrier)
        self._carriers = tuple(carriers)
        for text in dict.fromkeys(
            text
            for session in sessions
            for text in subscription_warnings(session.endpoint.filter, session.settings.peers)
        ):
            self._context.warn(text)

    def _tell_loop(self, side: Side) -> None:
        text = (
            f"a loop: much of what goes to {side.upper()} comes back, so there is another way between the two networks"
        )
        self._context.warn(f"{text}; the same is carried only once within {self._plan.window:g} s now (--loop-guard)")

    def _check_sides(self) -> None:
        """Refuse to carry what an endpoint publishes back to the same endpoint under the same name."""
        if self._plan.rules.maps:
            return
        # A Zeek calls itself <id>-websocket-<number> to clients of its WebSocket server.
        ids = [
            {text for peer in session.endpoint.peers() for text in (str(peer.id), peer.name[:_ID_SIZE])}
            for session in self._sessions
        ]
        if ids[0] & ids[1] - {""}:
            message = "both sides are the same endpoint, which would get back all that it publishes"
            raise Failure(message, ExitCode.USAGE, "--map A=B would publish it under other names")

    # -- while it runs ------------------------------------------------------------------------------------------

    async def _confirm(self, carrier: Carrier, target: Session) -> None:
        """See again and again that what was carried arrived, and tell what did not when a connection ended."""
        seen = 0
        while True:
            await trio.sleep(CONFIRM_EVERY)
            if carrier.counts.relayed == seen:
                continue
            seen = carrier.counts.relayed
            try:
                await target.endpoint.flush(float("inf"))
            except UndeliveredError as error:
                lost = sum(error.counts.values())
                carrier.counts.lost += lost
                where = target.settings.peers[0]
                self._context.warn(f"{counted(lost, 'message')} to {where} were not confirmed, and may be lost")

    async def _report(self) -> None:
        dropped = [0, 0]
        while True:
            await trio.sleep(self._plan.interval)
            await self._print(final=False)
            for at, carrier in enumerate(self._carriers):
                now = carrier.refresh().dropped
                if now != dropped[at]:
                    name = "BA"[at]
                    self._context.warn(
                        f"{name} is too slow: {now - dropped[at]} more messages dropped on the way there"
                    )
                    dropped[at] = now

    async def _print(self, *, final: bool) -> None:
        """A line of ndjson, if they are wanted."""
        if self._output is None or not self._carriers:
            return
        now = trio.current_time()
        counts = self._counts()
        there = self._connected()
        facts = relay_object(
            counts,
            self._before,
            ((self._address(0), there[0]), (self._address(1), there[1])),
            ts=time_ns() / 1e9,
            uptime=now - self._start,
            interval=now - self._told,
            final=final,
        )
        self._told, self._before = now, _snapshots(counts)
        await self._output.write(encode_lines([json_line("relay", **facts)]))

    async def _show(self) -> None:
        """The live line, if there is somebody to see it."""
        before, then = (Snapshot(), Snapshot()), trio.current_time()
        while self._line.wanted:
            await trio.sleep(_LIVE_PAUSE)
            now, counts = trio.current_time(), self._counts()
            text = live_line(counts, before, now - then, self._connected())
            self._line.show(lambda text=text: text)  # type: ignore[misc]
            before, then = _snapshots(counts), now

    def _address(self, at: int) -> str:
        return str(self._sessions[at].settings.peers[0])

    def _counts(self) -> tuple[Counts, Counts]:
        one, other = (carrier.refresh() for carrier in self._carriers)
        return one, other

    def _connected(self) -> tuple[bool, bool]:
        one, other = (bool(session.endpoint.peers()) for session in self._sessions)
        return one, other

    # -- the end ------------------------------------------------------------------------------------------------

    async def tidy(self, _: Sequence[Session]) -> None:
        """Carry what was received. Then the endpoints see that it arrives."""
        try:
            with trio.move_on_after(FINISH_TIMEOUT):
                async with trio.open_nursery() as nursery:
                    for carrier in self._carriers:
                        nursery.start_soon(carrier.finish)
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + _LAST_WORDS):
                await self._print(final=True)

    def tell_end(self) -> None:
        """The summary, for people."""
        if self._carriers:
            for name, counts in zip(("A to B", "B to A"), self._counts(), strict=True):
                self._context.progress(count_words(name, counts))

    def check(self) -> None:
        """Raise the failure of a relay that lost something."""
        lost = sum(carrier.counts.lost for carrier in self._carriers)
        if lost:
            message = f"{lost} messages were not confirmed when a connection ended, and may be lost"
            raise Failure(message, ExitCode.LOST)


def _snapshots(counts: tuple[Counts, Counts]) -> tuple[Snapshot, Snapshot]:
    one, other = (Snapshot(one.relayed, one.bytes) for one in counts)
    return one, other


def _refusal_counter(carrier: Carrier) -> Callable[[ErrorNotice], None]:
    def count(notice: ErrorNotice) -> None:
        carrier.counts.relayed -= 1
        if notice.code == EC.SERIALIZATION_FAILED:
            carrier.counts.unfit += 1
        else:
            carrier.counts.refused += 1

    return count


def _gap_teller(session: Session, side: Side) -> Callable[[str, float], Awaitable[None]]:
    async def tell(address: str, seconds: float) -> None:
        session.context.warn(f"a gap of {seconds:.1f} s: messages from {address} may be missing at {_OTHER[side]}")
        await trio.lowlevel.checkpoint()

    return tell


def run_relay(context: Context, sides: tuple[Settings, Settings], plan: Relay) -> None:
    """Relay between the peers of *sides*."""
    with StatusLine(context) as line:
        bridge = _Bridge(context, plan, line)

        async def program() -> None:
            await run_sessions(context, sides, bridge.main, tidy=bridge.tidy)

        try:
            trio.run(program)
        finally:
            bridge.tell_end()
    bridge.check()
