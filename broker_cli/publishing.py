"""What ``publish`` does once it is clear what is wanted: connect, wait, send, and see that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import trio

from broker_core import Message

from .exit_codes import ExitCode, Failure, Interrupted
from .feeding import Feed
from .output import encode_lines, make_formatter
from .reading import Recorded
from .signals import run_until_stopped
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Settings
    from .context import Context
    from .reading import LineReader
    from .schedules import Schedule
    from .session import Session
    from .signals import Stop

__all__ = ["Messages", "Plan", "Source", "dry_run_plan", "run_plan"]

Messages = list[tuple[str, Any] | Recorded | Message]
"""Topics with values, with a time if the schedule wants one; or messages that are encoded already."""

_Timeless = list[tuple[str, Any] | Message]

_CHUNK = 256


class Source(Protocol):
    """Gives messages to publish."""

    async def next(self) -> Messages:
        """What is to be published now, at least one message; none at the end."""

    async def first_topic(self) -> str | None:
        """The topic of what comes first; None when there is nothing."""

    def close(self) -> None:
        """Close what is open."""

    def check_bad_lines(self) -> None:
        """Raise the failure of a command that left something out."""


@dataclass(kw_only=True)
class Plan:
    """What to publish: what *source* makes, *times* times, or what *reader* finds in the file *path*."""

    topic: str | None
    """Of all messages; None when each has its own."""
    source: Callable[[], tuple[str, Any]] | None = None
    times: int | None = 1
    """None is without end."""
    path: str | None = None
    reader: LineReader[tuple[str, Any]] | LineReader[Recorded] | None = None
    keep_going: bool = False
    schedule: Schedule | None = None
    """When each message is sent; None is as soon as possible."""
    duration: float | None = None
    """Stop after so many seconds, from the first message on."""
    wait_subscriber: int | None = None
    timeout: float | None = None
    feed: Source | None = None
    """What gives the messages, instead of all this."""


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
        self._most = _CHUNK if plan.schedule is None else min(_CHUNK, plan.schedule.at_once)
        self._make = make

    async def next(self) -> Messages:
        """Some messages; none at the end."""
        await trio.lowlevel.checkpoint()
        size = self._most
        if self._left is not None:
            size = min(self._left, size)
            self._left -= size
        return [self._make() for _ in range(size)]

    def close(self) -> None:
        """Nothing to close."""

    def check_bad_lines(self) -> None:
        """There are no lines."""


_Source = _Repeated | Feed[Any] | Source


def _source(context: Context, plan: Plan) -> _Source:
    if plan.feed is not None:
        return plan.feed
    if plan.source is not None:
        return _Repeated(plan, plan.source)
    assert plan.reader is not None  # noqa: S101  # a plan has one of both
    reader: LineReader[Any] = plan.reader
    return Feed(context, plan.path or "-", reader, "messages", keep_going=plan.keep_going)


def run_plan(context: Context, settings: Settings, plan: Plan) -> None:
    """Publish for real."""
    from .session import run_session  # a dry run needs no endpoint

    progress = _Progress()
    source = _source(context, plan)

    async def main(session: Session) -> None:
        session.refusals_fail = True
        await session.connect()
        session.used_topics += [plan.topic] if plan.topic else []
        try:
            first: Messages = []
            if plan.wait_subscriber is not None and plan.topic is None and plan.feed is None:
                first = await source.next()  # only the messages say on which topic
            await _wait_for_subscribers(session, plan, _topic(first[0]) if first else None)
            await _Sender(session, plan, progress).all(source, first)
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
    return counted(progress.published, "message")


def _topic(message: tuple[str, Any] | Recorded | Message) -> str:
    return message.topic if isinstance(message, Message) else message[0]


async def _wait_for_subscribers(session: Session, plan: Plan, first_topic: str | None) -> None:
    """Wait until enough peers want the topic of what is published, or of the first of it."""
    if plan.wait_subscriber is None:
        return
    topic = plan.topic or first_topic if plan.feed is None else await plan.feed.first_topic()
    if topic is None:
        return
    peers = session.settings.peers
    if plan.wait_subscriber > len(peers) and any(peer.transport == "zmq" for peer in peers):
        session.context.warn("--wait-subscriber: a cluster on ZeroMQ counts as one, however many nodes subscribe")
    with trio.move_on_after(float("inf") if plan.timeout is None else plan.timeout) as scope:
        await session.endpoint.wait_for_subscribers(topic, plan.wait_subscriber)
    if scope.cancelled_caught:
        found = session.receivers(topic)
        message = f"timed out: {found} of {plan.wait_subscriber} peers subscribed to {topic}; nothing published"
        other = session.instead_of(topic)
        raise Failure(message, ExitCode.TIMEOUT, f"{other} has subscribers" if other else "")


class _Sender:
    """Sends what a source gives, when the schedule says so, and stops when the time is up."""

    def __init__(self, session: Session, plan: Plan, progress: _Progress) -> None:
        self._session = session
        self._schedule = plan.schedule
        self._progress = progress
        self._duration = float("inf") if plan.duration is None else plan.duration

    async def all(self, source: _Source, first: Messages) -> None:
        """Send *first* and then all of *source*. Time limits never cut a message short."""
        end = trio.current_time() + self._duration
        messages = first
        while True:
            if not messages:
                with trio.move_on_at(end):
                    messages = await source.next()
            if not messages or trio.current_time() >= end:
                return
            if self._schedule is None:
                if not await self._ready(end, messages[0]):
                    return
                await self._publish(cast("_Timeless", messages))  # only a schedule gets times
            elif not await self._paced(self._schedule, messages, end):
                return
            messages = []

    async def _paced(self, schedule: Schedule, messages: Messages, end: float) -> bool:
        """Send *messages* as *schedule* says, those that are due together with one call.

        Tells whether there is time for more.
        """
        due: _Timeless = []
        for message in messages:
            wait = schedule.delay(message, trio.current_time())
            if wait > 0:
                if due and await self._ready(end, due[0]):
                    await self._publish(due)
                    due = []
                until = trio.current_time() + wait
                if due or until >= end:
                    await trio.sleep_until(min(until, end))
                    return False
                await trio.sleep_until(until)
            due.append((message.topic, message.value) if isinstance(message, Recorded) else message)
        if not await self._ready(end, due[0]):
            return False
        await self._publish(due)
        return True

    async def _ready(self, end: float, message: tuple[str, Any] | Recorded | Message) -> bool:
        """Wait until there is somebody to send to; False when the time is up first."""
        with trio.move_on_at(end) as scope:
            await self._session.wait_connected()
        if scope.cancelled_caught:
            return False
        topic = _topic(message)
        if self._progress.heard and not self._session.receivers(topic):
            self._progress.heard = False
            peers = ", ".join(peer.address for peer in self._session.endpoint.peers())
            other = self._session.instead_of(topic)
            hint = f"{other} has subscribers" if other else "use --wait-subscriber"
            self._session.context.warn(f"nobody is subscribed to {topic} at {peers}; {hint}")
        return True

    async def _publish(self, messages: _Timeless) -> None:
        await self._session.endpoint.publish_batch(*messages)
        self._progress.published += len(messages)


def dry_run_plan(context: Context, settings: Settings, plan: Plan) -> None:
    """Print what would be published."""
    formatter = make_formatter(context, settings, received=False, with_types=True)
    output = context.output()
    if plan.times is None:
        plan.times = 1  # there is no end to print
    source = _source(context, plan)

    async def body(_: Stop) -> None:
        try:
            while messages := await source.next():
                await output.write(encode_lines(_lines(messages)))
        finally:
            source.close()

    def _lines(messages: Messages) -> list[str]:
        made = [one if isinstance(one, Message) else Message(*one[:2]) for one in messages]
        lines = [formatter.line(message) for message in made]
        if None in lines:
            text = f"-o {settings.output} cannot show a value that is no single string"
            raise Failure(text, ExitCode.USAGE)
        return [line for line in lines if line is not None]

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    source.check_bad_lines()
