"""What ``store watch`` does: print what happens to a store's keys."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output import encode_lines
from broker_cli.output.entries import Happening, make_entry_formatter
from broker_cli.receiving import tell_ready
from broker_cli.session import Session, run_session
from broker_core import MISSING, STORE_EVENTS_TOPIC, parse_store_event, sort_key
from broker_core.codecs import text

from .running import attach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core import Message, StoreEvent, Subscriber

    from .target import Job

__all__ = ["WatchPlan", "happening_of", "run_watch"]


@dataclass(frozen=True, kw_only=True)
class WatchPlan:
    """What to watch, and until when (seconds and events; None is never)."""

    keys: Sequence[Any] = ()
    """Only these; none is all."""
    snapshot: bool = False
    """Whether what is there already is printed first, as inserts."""
    count: int | None = None
    duration: float | None = None
    ready_file: str | None = None


def happening_of(event: StoreEvent) -> Happening:
    """*event* as a line to print."""
    facts: dict[str, Any] = {"store": event.store, "ts": time.time()}
    if event.publisher is not None:
        facts["publisher"] = str(event.publisher)
    if event.expiry is not None:
        facts["ttl"] = text.encode(event.expiry)
    old = event.old if event.kind == "update" else MISSING
    new = event.new if event.kind in {"insert", "update"} else MISSING
    return Happening("store-event", event.kind, event.key, old, new, facts)


def run_watch(job: Job, plan: WatchPlan) -> None:
    """Print events until there were enough."""

    async def main(session: Session) -> None:
        watch = _Watch(session, job, plan)
        await session.connect()
        if not plan.snapshot:
            await watch.attach()
            await watch.print(watch.subscribe())
            return
        events = watch.subscribe()
        async with trio.open_nursery() as nursery:
            # At the same time: a snapshot of more entries than the queue holds waits for them to be printed.
            nursery.start_soon(watch.attach)
            await watch.print(events)
            nursery.cancel_scope.cancel()

    async def program() -> None:
        await run_session(job.context, job.settings, main)

    trio.run(program)


class _Watch:
    """The watching of one store."""

    def __init__(self, session: Session, job: Job, plan: WatchPlan) -> None:
        self._session = session
        self._job = job
        self._plan = plan
        self._topic = STORE_EVENTS_TOPIC + job.target.name
        self._formatter = make_entry_formatter(job.context, job.settings)
        self._output = job.context.output()

    def subscribe(self) -> Subscriber:
        """A queue of the store's events from now on."""
        return self._session.endpoint.make_subscriber(self._topic, overflow="block")

    async def attach(self) -> None:
        """Follow the store, and tell that it is so."""
        source = await attach(self._session, self._job.target)
        self._job.context.progress(f"watching {source.title}")
        tell_ready(self._plan.ready_file, "watching")

    async def print(self, events: Subscriber) -> None:
        """Print *events* until there were enough. Raises :class:`Failure` when time is up before."""
        count = self._plan.count
        wanted = {sort_key(key) for key in self._plan.keys}
        deadline = float("inf") if self._plan.duration is None else trio.current_time() + self._plan.duration
        shown = 0
        while count is None or shown < count:
            messages: list[Message] = []
            with trio.move_on_at(deadline):
                messages = await events.get_batch()
            if not messages:
                break
            found = [parse_store_event(message.value) for message in messages if message.topic == self._topic]
            found = [event for event in found if not wanted or sort_key(event.key) in wanted]
            found = found if count is None else found[: count - shown]
            shown += len(found)
            await self._output.write(encode_lines([self._formatter.happening(happening_of(each)) for each in found]))
        if count is not None and shown < count:
            message = f"timed out: {shown} of {count} events"
            raise Failure(message, ExitCode.TIMEOUT)
