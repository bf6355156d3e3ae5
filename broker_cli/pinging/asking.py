"""What ``ping`` does: find somebody who answers, send pings, see what comes back and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure, Interrupted
from broker_cli.output import encode_lines
from broker_cli.session import Session, run_session
from broker_cli.wording import counted
from broker_core import DecodeError

from .lines import PingLines
from .payload import RENDEZVOUS, make_ping, read_pong
from .rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_core import EndpointId, ErrorNotice, Message, Subscriber

__all__ = ["MOST_OPEN", "QUEUE", "Pinging", "run_ping"]

MOST_OPEN = 1000
"""Pings that may wait for their pong at a time; the next one is sent when one of them is answered or given up."""

_RENDEZVOUS_PAUSE = 0.05
QUEUE = 10 * MOST_OPEN
"""Messages that may wait while the output is slow; older ones are dropped and counted: the peer is not held up."""


@dataclass(frozen=True, kw_only=True)
class Pinging:
    """What to send, how often, and how long to wait. Times are in seconds."""

    topic: str
    count: int = 10
    """0 is without end."""
    interval: float = 1.0
    """From ping to ping; 0 sends the next one as soon as the last one was answered or given up."""
    timeout: float = 1.0
    """After this a ping is lost."""
    wait: float = 10.0
    """How long somebody who answers is looked for."""
    size: int = 0


class _Run:
    """One run of ``ping``."""

    def __init__(self, context: Context, settings: Settings, plan: Pinging) -> None:
        self.rounds = Rounds(plan.timeout)
        self.refusal: ErrorNotice | None = None
        self._context = context
        self._plan = plan
        self._where = ", ".join(str(address) for address in settings.peers)
        self._lines = PingLines(settings.output, plan.topic, plan.timeout)
        self._output = context.output()
        self._start = 0.0
        self._warned = False
        self._subscriber: Subscriber | None = None

    async def main(self, session: Session) -> None:
        """Send and receive until all is done."""
        plan = self._plan
        # Closed with the endpoint only: over WebSocket, other topics would mean another connection.
        subscriber = self._subscriber = session.endpoint.make_subscriber(
            plan.topic, capacity=QUEUE, overflow="drop_oldest"
        )
        session.used_topics.append(plan.topic)
        await session.connect()
        with trio.CancelScope() as scope:

            def refuse(notice: ErrorNotice) -> None:
                self.refusal = notice
                scope.cancel()

            session.on_refusal = refuse
            await self._find_partner(session, subscriber)
            self._context.progress(f"pinging {plan.topic} at {self._where}, {plan.size} bytes")
            self._start = trio.current_time()
            await self._ping(session, subscriber)

    async def tidy(self, _: Session) -> None:
        """Print the summary, however it ended."""
        dropped = 0 if self._subscriber is None else self._subscriber.dropped
        if dropped:
            self._context.warn(f"too slow: {counted(dropped, 'message was', 'messages were')} not read in time")
        if self._start:
            await self._print(self._lines.summary(self.rounds, trio.current_time() - self._start))

    async def _print(self, lines: Sequence[str]) -> None:
        if lines:
            await self._output.write(encode_lines(lines))

    async def _find_partner(self, session: Session, subscriber: Subscriber) -> None:
        """Send pings that do not count until somebody answers one. Raises :class:`Failure` when nobody does."""
        plan, endpoint = self._plan, session.endpoint
        with trio.move_on_after(plan.wait):
            await endpoint.wait_for_subscribers(plan.topic)
            while True:
                await endpoint.publish(plan.topic, make_ping(RENDEZVOUS))
                with trio.move_on_after(_RENDEZVOUS_PAUSE):
                    while True:
                        if any(number == RENDEZVOUS for number, _ in self._pongs(await subscriber.get_batch())):
                            return
        if session.receivers(plan.topic):
            message = f"timed out: nobody answers pings on {plan.topic} at {self._where} within {plan.wait:g} s"
        else:
            message = f"timed out: nobody is subscribed to {plan.topic} at {self._where} within {plan.wait:g} s"
        raise Failure(message, ExitCode.TIMEOUT, f"on the other side: broker pong {plan.topic}, or broker-node")

    def _pongs(self, messages: Sequence[Message]) -> Iterator[tuple[int, EndpointId]]:
        """The ids in those of *messages* that are pongs for this topic, and who sent them."""
        for message in messages:
            if message.topic == self._plan.topic:
                try:
                    number = read_pong(message.value)
                except DecodeError:
                    continue
                if number is not None:
                    yield number, message.sender

    async def _ping(self, session: Session, subscriber: Subscriber) -> None:
        plan, rounds = self._plan, self.rounds
        due = trio.current_time()
        while True:
            # What is there is taken before anything is sent, so that a short interval leaves room for answers.
            await trio.lowlevel.checkpoint()
            await self._take(subscriber.poll())
            await self._expire()
            unsent = not plan.count or rounds.sent < plan.count
            if not unsent and not rounds.open:
                return
            may_send = unsent and rounds.open < (MOST_OPEN if plan.interval else 1)
            now = trio.current_time()
            if may_send and now >= due:
                await session.wait_connected()
                now = trio.current_time()
                await session.endpoint.publish(plan.topic, make_ping(rounds.send(now), plan.size))
                due = max(due + plan.interval, now)  # no burst behind a pause
                continue
            with trio.move_on_at(min(rounds.deadline, due if may_send else float("inf"))):
                await self._take(await subscriber.get_batch())

    async def _take(self, messages: Sequence[Message]) -> None:
        now = trio.current_time()
        lines: list[str] = []
        for number, sender in self._pongs(messages):
            if number == RENDEZVOUS:
                continue
            answer = self.rounds.take(number, now)
            if answer.kind in {"duplicate", "stray"} and not self._warned:
                self._warned = True
                self._context.warn("there are more pongs than pings: several answer, or others ping on this topic, too")
            if answer.kind != "stray":
                lines += self._lines.answer(number, sender, answer)
        await self._print(lines)

    async def _expire(self) -> None:
        await self._print(
            [line for number in self.rounds.expire(trio.current_time()) for line in self._lines.lost(number)]
        )


def run_ping(context: Context, settings: Settings, plan: Pinging) -> None:
    """Ping for real. Raises :class:`Failure` unless all were answered."""
    run = _Run(context, settings, plan)

    async def program() -> None:
        await run_session(context, settings, run.main, patient=False, tidy=run.tidy)

    try:
        trio.run(program)
    except Interrupted:
        raise
    except Exception:
        if run.refusal is None:  # it explains why pings were not confirmed, too
            raise
    if run.refusal is not None:
        hint = "Zeek's WebSocket server takes only events: ping its Broker port, or try broker request with an event"
        message = f"the ping was refused: {run.refusal.message}"
        raise Failure(message, ExitCode.REFUSED, hint)
    rounds = run.rounds
    if rounds.lost:
        message = f"{rounds.lost} of {rounds.sent} pings lost"
        raise Failure(message, ExitCode.PARTIAL if rounds.answered else ExitCode.TIMEOUT)
