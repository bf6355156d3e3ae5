"""The roles that publish and receive. Counted is what the other end has confirmed, not what was queued for it."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure
from broker_core import DecodeError, UndeliveredError

from .payloads import maker, mark_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from broker_cli.session import Session
    from broker_core import Message

    from .desk import Desk

__all__ = ["HOST", "Numbers", "publish", "receive"]

HOST = "127.0.0.1"
_CONFIRM_PAUSE = 0.2
_SHORTEST_SLEEP = 0.001
_LAST_WORDS = 0.5
"""Seconds for what was published to be confirmed, when the parent is in a hurry."""
_CAPACITY = 8192


# -- publishing -------------------------------------------------------------------------------------------------


async def publish(desk: Desk, session: Session) -> None:
    """The roles ``pub`` and ``source``: publish, at the wanted rate or as fast as it is taken."""
    work = desk.work
    endpoint = session.endpoint
    if work.role == "source":
        listener = await endpoint.listen(HOST, 0, tls=work.settings.tls)
        desk.say(port=listener.port)
    else:
        await session.connect()
    with trio.move_on_after(work.timeout) as scope:
        await endpoint.wait_for_subscribers(work.name, work.subscribers)
    if scope.cancelled_caught:
        where = ", ".join(str(address) for address in work.settings.peers) or "the listener"
        message = f"nobody is subscribed to {work.name} at {where}, so that nothing would be sent"
        raise Failure(message, ExitCode.TIMEOUT, f"broker bench sub {work.name} -p PEER, in another shell, is")
    publisher = _Publisher(desk, session)
    session.on_refusal = publisher.refused
    await desk.ready()
    await publisher.run()


class _Publisher:
    """Publishes, and keeps the books."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self._desk = desk
        self._endpoint = session.endpoint
        self._sent = 0
        self._make, self._size = maker(desk.work.shape, desk.work.size, desk.work.client)

    def refused(self, _: object) -> None:
        """A WebSocket server did not take one."""
        self._desk.part.refused += 1

    async def run(self) -> None:
        """Publish all, see that it arrives, and write down how long that took."""
        desk, part = self._desk, self._desk.part
        part.start = part.end = time.monotonic()
        try:
            with desk.scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._confirm)
                    with trio.move_on_after(float("inf") if desk.work.duration is None else desk.work.duration):
                        await self._publish_all()
                    nursery.cancel_scope.cancel()
                await self._flush(desk.work.timeout)
            if desk.scope.cancelled_caught:
                await self._flush(_LAST_WORDS)
        finally:
            part.unconfirmed = self._sent - part.count
            part.count -= part.refused
            part.bytes = part.count * self._size

    async def _publish_all(self) -> None:
        work, publish_one, make = self._desk.work, self._endpoint.publish, self._make
        start = time.monotonic()
        while work.count is None or self._sent < work.count:
            if work.rate is not None:
                early = start + self._sent / work.rate - time.monotonic()
                if early > _SHORTEST_SLEEP:
                    await trio.sleep(early)
            await publish_one(work.name, make(self._sent, time.time_ns()))
            self._sent += 1

    async def _confirm(self) -> None:
        while True:
            await trio.sleep(_CONFIRM_PAUSE)
            await self._flush(float("inf"))

    async def _flush(self, timeout: float) -> None:
        sent = self._sent
        with suppress(UndeliveredError):
            await self._endpoint.flush(timeout)
            self._desk.part.count = self._desk.done = sent
            self._desk.part.end = time.monotonic()


# -- receiving --------------------------------------------------------------------------------------------------


async def receive(desk: Desk, session: Session) -> None:
    """The roles ``sub`` and ``sink``: take all that comes, and see how old it is and whether any is missing."""
    work = desk.work
    subscriber = session.endpoint.make_subscriber(work.name, capacity=_CAPACITY)
    if work.role == "sink":
        listener = await session.endpoint.listen(HOST, 0, tls=work.settings.tls)
        desk.say(port=listener.port)
    else:
        await session.connect()
    await desk.ready()
    numbers = Numbers(desk)
    with desk.scope:
        await _take_all(desk, numbers, subscriber.get_batch)
    if desk.scope.cancelled_caught:
        numbers.take(subscriber.poll())
    desk.part.missing = numbers.missing


async def _take_all(desk: Desk, numbers: Numbers, next_batch: Callable[[int | None], Any]) -> None:
    work, part = desk.work, desk.part
    deadline = float("inf")
    while work.count is None or part.count < work.count:
        patience = float("inf") if work.role == "sink" else work.timeout
        batch: Sequence[Message] = ()
        with trio.move_on_after(patience) as waiting, trio.move_on_at(deadline) as running:
            batch = await next_batch(None if work.count is None else work.count - part.count)
        if running.cancelled_caught:
            return
        if waiting.cancelled_caught:
            wanted = f" of {work.count}" if work.count is not None else ""
            message = f"timed out: {part.count}{wanted} messages on {work.name}, and no more within {work.timeout:g} s"
            raise Failure(message, ExitCode.TIMEOUT, "--timeout DUR waits longer")
        if not part.count and work.duration is not None:
            deadline = trio.current_time() + work.duration
        numbers.take(batch)


class Numbers:
    """Counts messages, and finds out which of a sender's are missing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: dict[int, list[int]] = {}
        """For each sender how many, the first and the last number."""

    def take(self, batch: Sequence[Message]) -> None:
        """Count the messages of *batch*, which have just come."""
        if not batch:
            return
        part = self._desk.part
        now, clock = time.time_ns(), time.monotonic()
        if not part.count:
            part.start = clock
        for message in batch:
            part.bytes += len(message.payload)
            try:
                mark = mark_of(message.value)
            except DecodeError:
                mark = None
            if mark is None:
                part.foreign += 1
                continue
            part.latency.add(now - mark.time)
            seen = self._seen.get(mark.client)
            if seen is None:
                self._seen[mark.client] = [1, mark.number, mark.number]
            else:
                seen[0] += 1
                seen[1] = min(seen[1], mark.number)
                seen[2] = max(seen[2], mark.number)
        part.count += len(batch)
        part.end = clock
        self._desk.done = part.count

    @property
    def missing(self) -> int:
        """How many numbers between the first and the last of each sender did not come."""
        return sum(max(0, last - first + 1 - count) for count, first, last in self._seen.values())
