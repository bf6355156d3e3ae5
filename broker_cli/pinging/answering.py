"""What ``pong`` does: answer pings, as a peer of others or as the endpoint that they connect to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_cli.output import encode_lines
from broker_cli.receiving import tell_ready
from broker_cli.session import Session, run_session
from broker_cli.wording import counted
from broker_core import DecodeError

from .lines import PongLines
from .payload import RENDEZVOUS, make_pong, read_ping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.subscribing import Listening
    from broker_core import Message

__all__ = ["Answering", "run_pong"]

_QUEUE = 10_000


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What to answer, and until when. Times are in seconds."""

    topic: str
    count: int | None = None
    """How many pings to answer."""
    duration: float | None = None
    listening: Listening | None = None
    """Where to wait for peers; None to connect to those of the settings."""
    ready_file: str | None = None


class _Run:
    """One run of ``pong``."""

    def __init__(self, context: Context, settings: Settings, plan: Answering) -> None:
        self.answered = 0
        self._context = context
        self._settings = settings
        self._plan = plan
        self._output = context.output()
        self._lines = PongLines(settings.output)

    async def main(self, session: Session) -> None:
        """Answer until it is enough."""
        plan = self._plan
        # Closed with the endpoint only: over WebSocket, other topics would mean another connection.
        subscriber = session.endpoint.make_subscriber(plan.topic, capacity=_QUEUE)
        where = await self._meet(session)
        self._context.progress(f"answering pings on {plan.topic} at {where}")
        tell_ready(plan.ready_file, where)
        with trio.move_on_after(float("inf") if plan.duration is None else plan.duration):
            while plan.count is None or self.answered < plan.count:
                await self._answer(session, await subscriber.get_batch())

    async def _meet(self, session: Session) -> str:
        """Connect, or wait for others to connect; where that is."""
        listening = self._plan.listening
        if listening is not None:
            from broker_cli.subscribing import Announcer, listening_line, open_ports

            session.on_notice = Announcer(session, trio.Event()).tell
            where, others = await open_ports(session, listening)
            if self._settings.output == "ndjson":
                await self._print([listening_line(session, listening, where, others)])
            return where
        for info in await session.connect():
            if "-websocket-" in info.name:  # as Zeek's own server calls itself
                self._context.warn(
                    f"{info.address} may be Zeek's WebSocket server, which passes on events and no pings"
                )
        return ", ".join(str(address) for address in self._settings.peers)

    async def _answer(self, session: Session, messages: Sequence[Message]) -> None:
        lines: list[str] = []
        for message in messages:
            try:
                ping = read_ping(message.value)
            except DecodeError:
                continue
            if ping is None or (self._plan.count is not None and self.answered >= self._plan.count):
                continue
            await session.endpoint.publish(message.topic, make_pong(ping.id))
            if ping.id != RENDEZVOUS:
                self.answered += 1
                lines.append(self._lines.ping(ping, message.topic, message.sender))
        await self._print(lines)

    async def _print(self, lines: Sequence[str]) -> None:
        if lines:
            await self._output.write(encode_lines(lines))

    async def tidy(self, _: Session) -> None:
        """Print the summary, however it ended."""
        await self._print(self._lines.summary(self._plan.topic, self.answered))


def run_pong(context: Context, settings: Settings, plan: Answering) -> None:
    """Answer for real."""
    run = _Run(context, settings, plan)

    async def program() -> None:
        await run_session(context, settings, run.main, patient=False, tidy=run.tidy)

    try:
        trio.run(program)
    finally:
        context.progress(f"answered {counted(run.answered, 'ping')}")
