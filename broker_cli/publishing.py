"""What ``publish`` does once it is clear what is wanted: connect, wait, send, and see that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from broker_core import Message

from .exit_codes import ExitCode, Failure, Interrupted
from .feeding import Feed
from .output import encode_lines, make_formatter
from .pipes import Output
from .session import Session, run_session
from .signals import run_until_stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .config import Settings
    from .context import Context
    from .reading import LineReader
    from .signals import Stop

__all__ = ["Plan", "dry_run_plan", "run_plan"]

Messages = list[tuple[str, Any]]

_CHUNK = 256


@dataclass(kw_only=True)
class Plan:
    """What to publish: what *source* makes, *times* times, or what *reader* finds in the file *path*."""

    topic: str | None
    source: Callable[[], tuple[str, Any]] | None = None
    times: int = 1
    path: str | None = None
    reader: LineReader[tuple[str, Any]] | None = None
    keep_going: bool = False
    interval: float | None = None
    wait_subscriber: int | None = None
    timeout: float | None = None


class _Progress:
    """How far a plan is."""

    def __init__(self) -> None:
        self.published = 0
        self.heard = True
        """Whether somebody was subscribed to all of it."""


class _Repeated:
    """One message, made anew each time."""

    def __init__(self, plan: Plan, make: Callable[[], tuple[str, Any]]) -> None:
        self._left = plan.times
        self._most = _CHUNK if plan.interval is None else 1
        self._make = make

    async def next(self) -> Messages:
        """Some messages; none at the end."""
        await trio.lowlevel.checkpoint()
        size = min(self._left, self._most)
        self._left -= size
        return [self._make() for _ in range(size)]

    def close(self) -> None:
        """Nothing to close."""

    def check_bad_lines(self) -> None:
        """There are no lines."""


_Source = _Repeated | Feed[tuple[str, Any]]


def _source(context: Context, plan: Plan) -> _Source:
    if plan.source is not None:
        return _Repeated(plan, plan.source)
    assert plan.reader is not None  # noqa: S101  # a plan has one of both
    return Feed(context, plan.path or "-", plan.reader, "messages", keep_going=plan.keep_going)


def run_plan(context: Context, settings: Settings, plan: Plan) -> None:
    """Publish for real."""
    progress = _Progress()
    source = _source(context, plan)

    async def main(session: Session) -> None:
        session.refusals_fail = True
        await session.connect()
        await _wait_for_subscribers(session, plan)
        try:
            while messages := await source.next():
                await _send(session, plan, progress, messages)
        finally:
            source.close()

    async def program() -> None:
        await run_session(context, settings, main)

    try:
        trio.run(program)
    except Failure as failure:
        if failure.code is not ExitCode.LOST:
            raise
        message = f"{failure.message}; {_messages(progress)} published before"
        raise Failure(message, failure.code, failure.hint) from failure
    except Interrupted:
        context.progress(f"interrupted behind {_messages(progress)}; the last may not have arrived")
        raise
    context.progress(f"published {_messages(progress)}")
    source.check_bad_lines()


def _messages(progress: _Progress) -> str:
    return f"{progress.published} message{'' if progress.published == 1 else 's'}"


async def _wait_for_subscribers(session: Session, plan: Plan) -> None:
    if plan.wait_subscriber is None or plan.topic is None:
        return
    with trio.move_on_after(float("inf") if plan.timeout is None else plan.timeout) as scope:
        await session.endpoint.wait_for_subscribers(plan.topic, plan.wait_subscriber)
    if scope.cancelled_caught:
        found = session.receivers(plan.topic)
        message = f"timed out: {found} of {plan.wait_subscriber} peers subscribed to {plan.topic}; nothing published"
        raise Failure(message, ExitCode.TIMEOUT)


async def _send(session: Session, plan: Plan, progress: _Progress, messages: Messages) -> None:
    await session.wait_connected()
    if progress.heard and not session.receivers(messages[0][0]):
        progress.heard = False
        peers = ", ".join(peer.address for peer in session.endpoint.peers())
        session.context.warn(f"nobody is subscribed to {messages[0][0]} at {peers}; use --wait-subscriber")
    if plan.interval is None:
        await session.endpoint.publish_batch(*messages)
        progress.published += len(messages)
        return
    for at, (topic, value) in enumerate(messages):
        if at or progress.published:
            await trio.sleep(plan.interval)
        await session.wait_connected()
        await session.endpoint.publish(topic, value)
        progress.published += 1


def dry_run_plan(context: Context, settings: Settings, plan: Plan) -> None:
    """Print what would be published."""
    formatter = make_formatter(context, settings, received=False)
    output = Output(context.stdout)
    source = _source(context, plan)

    async def body(_: Stop) -> None:
        try:
            while messages := await source.next():
                await output.write(encode_lines(_lines(messages)))
        finally:
            source.close()

    def _lines(messages: Sequence[tuple[str, Any]]) -> list[str]:
        made = [Message(topic, value) for topic, value in messages]
        lines = [formatter.line(message) for message in made]
        if None in lines:
            text = f"-o {settings.output} cannot show a value that is no single string"
            raise Failure(text, ExitCode.USAGE)
        return [line for line in lines if line is not None]

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    source.check_bad_lines()
