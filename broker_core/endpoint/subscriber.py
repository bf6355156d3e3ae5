"""Receiving: subscribers for messages, and for what happens to peerings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

import trio

from broker_core.messages.envelopes import Message
from broker_core.messages.notices import ErrorNotice, Status
from broker_core.model.topics import check_topic
from broker_core.runtime.queues import DataQueue, MessageQueue, Overflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core.runtime.hub import Hub

__all__ = ["StatusSubscriber", "Subscriber", "Worker", "topic_list"]

T = TypeVar("T")


class Receiver(Generic[T]):
    """The taking side of a queue (manual 2.2.1, *Receiving Data*). One task at a time may wait in it."""

    def __init__(self, queue: MessageQueue[T]) -> None:
        self._queue = queue

    async def get(self, timeout: float | None = None) -> T:
        """The next item, waiting at most *timeout* seconds for it.

        Raises trio.TooSlowError when there was none in time, trio.EndOfChannel when there will be none any more.
        """
        queue = self._queue
        if not queue.items:
            if timeout is None:
                await self._wait()
            else:
                with trio.fail_after(timeout):
                    await self._wait()
        return queue.pop()

    async def get_batch(self, most: int | None = None) -> list[T]:
        """What is there, at least one item and at most *most*; trio.EndOfChannel when there will be none any more.

        Always lets other tasks run, so that a loop over batches keeps the program responsive.
        """
        await trio.lowlevel.checkpoint()
        if not self._queue.items:
            await self._wait()
        return self._queue.take(most)

    async def _wait(self) -> None:
        if not await self._queue.wait():
            raise trio.EndOfChannel

    def poll(self) -> list[T]:
        """All items that are there now, perhaps none; never waits."""
        return self._queue.take()

    def available(self) -> int:
        """How many items are there now."""
        return len(self._queue.items)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        queue = self._queue
        if not queue.items and not await queue.wait():
            raise StopAsyncIteration
        return queue.pop()

    @property
    def dropped(self) -> int:
        """Items that the overflow policy discarded."""
        return self._queue.dropped

    def close(self) -> None:
        """Take no more; what is queued can still be had. Idempotent."""
        self._queue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Subscriber(Receiver[Message]):
    """Messages on topics that start with one of its prefixes. Made by ``endpoint.make_subscriber``."""

    def __init__(self, hub: Hub, topics: Iterable[str], capacity: int, overflow: Overflow) -> None:
        limits = hub.limits
        super().__init__(DataQueue(capacity, overflow, limits.block_timeout, limits.subscriber_queue_bytes))
        self._hub = hub
        self.topics: tuple[str, ...] = ()
        self._withdrawn = False
        self._queue.on_overflow = self.close
        hub.watch_drops(self._queue, lambda: self.topics)
        for topic in topics:
            self.add_topic(topic)

    def add_topic(self, topic: str) -> None:
        """Subscribe to the prefix *topic* too; peers are told. "" is everything. Raises :class:`InvalidValue`."""
        check_topic(topic, empty=True)
        if topic not in self.topics and not self._queue.closed and not self._withdrawn:
            self.topics += (topic,)
            self._hub.router.set_subscriber(self._queue, self.topics)
            self._hub.want([topic])

    def remove_topic(self, topic: str) -> None:
        """End the subscription to the prefix *topic*; nothing when there is none."""
        if topic in self.topics and not self._queue.closed and not self._withdrawn:
            self.topics = tuple(other for other in self.topics if other != topic)
            self._hub.router.set_subscriber(self._queue, self.topics)
            self._hub.want([], [topic])

    @property
    def overflowed(self) -> bool:
        """Whether the policy "disconnect" has closed this subscriber."""
        return self._queue.overflowed

    def withdraw(self) -> None:
        """Tell the peers that nothing more is wanted, and still take what is on its way. Idempotent.

        When ``endpoint.ping(peer)`` has returned after that, the peer's last message for this subscriber is here, and
        nothing is lost by :meth:`close`. (Servers over WebSocket cannot be told, and go on until then.)
        """
        if not self._queue.closed and not self._withdrawn:
            self._withdrawn = True
            self._hub.want([], self.topics, at_once=False)

    def close(self) -> None:
        """End all subscriptions; what is queued can still be had. Idempotent."""
        if not self._queue.closed:
            self._hub.router.remove_subscriber(self._queue)
            if not self._withdrawn:
                self._hub.want([], self.topics)
            self._hub.counters.dropped += self._queue.dropped
            super().close()


class StatusSubscriber(Receiver[Status | ErrorNotice]):
    """Errors, and statuses when asked for (manual 2.2.1). Keeps the newest limits.status_queue of them."""

    def __init__(self, hub: Hub, *, receive_statuses: bool) -> None:
        super().__init__(MessageQueue(hub.limits.status_queue, "drop_oldest", 0))
        self._hub = hub
        hub.status_queues[self._queue] = receive_statuses

    def close(self) -> None:
        """Take no more; what is queued can still be had. Idempotent."""
        self._hub.status_queues.pop(self._queue, None)
        super().close()


def topic_list(topics: str | Iterable[str]) -> list[str]:
    """One topic or several, as a list."""
    return [topics] if isinstance(topics, str) else list(topics)


class Worker:
    """A background task that calls a handler for each message. Made by ``endpoint.subscribe``."""

    def __init__(self, subscriber: Subscriber, scope: trio.CancelScope) -> None:
        self.subscriber = subscriber
        self.scope = scope

    def cancel(self) -> None:
        """End the task; a handler that is waiting is cancelled."""
        self.subscriber.close()
        self.scope.cancel()
