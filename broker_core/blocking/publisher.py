"""Publishing many values on one topic (manual section 2.2.1, *Sending Data*)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .conversion import to_broker

if TYPE_CHECKING:
    from .host import Host

__all__ = ["Publisher"]


class Publisher:
    """Publishes on one topic. Made by ``endpoint.make_publisher``.

    All publishers of an endpoint share its outbox, so their messages leave in the order they were published.
    """

    def __init__(self, host: Host, topic: str) -> None:
        self._host = host
        self._topic = topic
        self._source = host.ask(host.endpoint.make_publisher, topic)
        self._count = 0
        self._since = time.monotonic(), 0
        self._outbox = host.outbox

    def publish(self, data: object) -> None:
        """Publish one value; see :meth:`Endpoint.publish` for what it raises."""
        self._outbox.put(self._topic, to_broker(data))
        self._count += 1

    def publish_batch(self, *batch: object) -> None:
        """Publish several values, in order. All are checked before the first is sent."""
        for value in [to_broker(data) for data in batch]:
            self._outbox.put(self._topic, value)
        self._count += len(batch)

    def demand(self) -> int:
        """How many messages the receivers have room for now; 0 when nobody subscribed."""
        return int(self._host.ask(self._source.demand))

    def buffered(self) -> int:
        """How many messages of the endpoint wait in its outbox."""
        return len(self._outbox)

    def capacity(self) -> int:
        """How many messages may wait there."""
        return self._outbox.capacity

    def free_capacity(self) -> int:
        """How many more could be published now without waiting."""
        return max(0, self._outbox.capacity - len(self._outbox))

    def send_rate(self) -> int:
        """Messages a second that were published here since the last time this was asked, or since the start."""
        now, count = time.monotonic(), self._count
        (then, before), self._since = self._since, (now, count)
        return round((count - before) / max(now - then, 1e-9))

    def fd(self) -> int:
        """A descriptor for select, poll and event loops: readable exactly while there is room in the outbox."""
        self._host.check()
        return self._outbox.descriptor()
