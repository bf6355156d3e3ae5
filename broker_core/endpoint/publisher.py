"""Sending a stream of messages on one topic, at the pace of those who receive it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from broker_core.runtime.hub import Hub
    from broker_core.runtime.queues import MessageQueue

__all__ = ["CHECKPOINT_EVERY", "Publisher"]

CHECKPOINT_EVERY = 128
"""Messages after which a publishing loop lets other tasks run, also when nothing is full."""


class Publisher:
    """Publishes on *topic* (manual 2.2.1, *Sending Data*). Made by ``endpoint.make_publisher``."""

    def __init__(self, hub: Hub, topic: str) -> None:
        self._hub = hub
        self.topic = topic
        self._since_checkpoint = 0

    async def publish(self, value: Any) -> int:
        """Publish one value, or a Zeek message; waits while a peer's queue is full under the policy "block".

        Returns to how many peers it goes. Raises :class:`InvalidValue`.
        """
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._since_checkpoint = 0
            await trio.lowlevel.checkpoint()
        return await self._hub.publish(self.topic, value)

    async def publish_batch(self, values: Iterable[Any]) -> None:
        """Publish all *values*, in order."""
        for value in values:
            await self.publish(value)

    async def publish_all(self, values: AsyncIterable[Any]) -> int:
        """Publish what *values* yields, taking the next only when there is room for it; how many those were."""
        count = 0
        async for value in values:
            await self.publish(value)
            count += 1
        return count

    def _queues(self) -> list[MessageQueue[Any]]:
        return [peer.queue for peer in self._hub.router.route(self.topic).peers]

    def capacity(self) -> int:
        """The messages that the receivers' queues hold at most: the smallest of them; 0 when nobody subscribed."""
        return min((queue.capacity for queue in self._queues()), default=0)

    def demand(self) -> int:
        """How many messages can be published now without waiting; 0 when nobody subscribed (as in C++)."""
        return min((max(0, queue.capacity - len(queue.items)) for queue in self._queues()), default=0)
