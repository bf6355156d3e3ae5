"""What an endpoint does in the soak: publish and count what is confirmed, subscribe and check, write to a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_core import SC, Count, Endpoint, EndpointOptions, Limits, Status, StoreError, UndeliveredError

from .ledger import Received, Sent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import StatusSubscriber, Store
    from broker_core.runtime.tls import TlsMode

__all__ = ["BATCH", "STORE", "Publisher", "StoreWriter", "options", "subscribe", "until"]

BATCH = 400
"""Messages between two confirmations."""
STORE = "soak"
KEYS = 300
"""Keys that one writer has."""
LIMITS = Limits(retry_max=0.5, handshake_timeout=5, drain_timeout=5, block_timeout=20)
_LOSSES = (SC.PEER_LOST, SC.PEER_REMOVED)
_PADDING = "x" * 60
_PATIENCE = 0.5
_WRITE_TIMEOUT = 3
_LOOK = 0.1


def options(tls: TlsMode = "off") -> EndpointOptions:
    """Of every endpoint here."""
    return EndpointOptions(tls=tls, limits=LIMITS)


class Publisher:
    """Publishes 1, 2, 3, ... on *topic* under *name*, and notes what was confirmed.

    A batch is confirmed when each message of it had a receiver, no peering ended meanwhile, and ``flush`` returned.
    """

    def __init__(self, endpoint: Endpoint, topic: str, name: str) -> None:
        self.sent = Sent(name)
        self._endpoint = endpoint
        self._topic = topic

    async def run(self, stop: trio.Event) -> None:
        """Publish until *stop*."""
        with self._endpoint.make_status_subscriber(receive_statuses=True) as statuses:
            while not stop.is_set():
                with trio.move_on_after(_PATIENCE) as waiting:
                    await self._endpoint.wait_for_subscribers(self._topic)
                if not waiting.cancelled_caught:
                    await self._batch(statuses)

    async def _batch(self, statuses: StatusSubscriber) -> None:
        statuses.poll()
        sent, first = self.sent, self.sent.last + 1
        receivers = 1
        for _ in range(BATCH):
            sent.last += 1
            message = (sent.name, Count(sent.last), _PADDING)
            receivers = min(receivers, await self._endpoint.publish(self._topic, message))
        try:
            await self._endpoint.flush(timeout=10)
        except UndeliveredError:
            return
        lost = any(isinstance(one, Status) and one.code in _LOSSES for one in statuses.poll())
        if receivers and not lost:
            sent.acknowledge(first, sent.last)


async def subscribe(endpoint: Endpoint, topic: str, received: Received) -> None:
    """Take what comes on *topic* until the endpoint ends."""
    with endpoint.make_subscriber(topic) as messages:
        async for message in messages:
            name, number, _ = message.value
            received.take(name, int(number))


class StoreWriter:
    """Writes ascending numbers from *first* on to keys of its own, and counts; *tell* hears of what is confirmed."""

    def __init__(self, store: Store, name: str, tell: Callable[[int, int], None], first: int = 1) -> None:
        self.name = name
        self.attempts = 0
        """Increments of the counter that this writer has for itself."""
        self.increments = 0
        """Those of them that were confirmed."""
        self.failed = 0
        self._store = store
        self._tell = tell
        self._number = first

    async def run(self, stop: trio.Event) -> None:
        """Write until *stop*."""
        while not stop.is_set():
            number, self._number = self._number, self._number + 1
            try:
                await self._store.put((self.name, Count(number % KEYS)), Count(number), timeout=_WRITE_TIMEOUT)
                self._tell(number % KEYS, number)
                if number % 10 == 0:
                    self.attempts += 1
                    await self._store.increment((self.name, "counter"), Count(1), timeout=_WRITE_TIMEOUT)
                    self.increments += 1
            except StoreError:
                self.failed += 1
            await trio.lowlevel.checkpoint()


async def until(holds: Callable[[], Awaitable[bool]], patience: float) -> bool:
    """Ask again and again whether something *holds*, at most *patience* seconds; whether it did."""
    with trio.move_on_after(patience):
        while not await holds():
            with trio.move_on_after(_LOOK):
                await trio.sleep_forever()
        return True
    return False
