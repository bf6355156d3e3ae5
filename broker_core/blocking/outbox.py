"""What a program has published and the portal has not taken yet: a bounded queue from all threads to one."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import finalize

import trio

from broker_core import BrokerError, LocalProtocolError
from broker_core.runtime.flare import Flare

from .portal import SIGNAL_CHECK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import Limits

    from .portal import Portal

__all__ = ["CLOSED", "Outbox"]

CLOSED = "the endpoint is shut down"

_log = logging.getLogger(__name__)


class Outbox:
    """Messages on their way into the portal, in the order they were put. The portal is woken only if it sleeps.

    At most ``limits.outbox`` messages; a thread that puts another waits for room, ``limits.block_timeout`` seconds at
    most.
    """

    def __init__(self, portal: Portal, limits: Limits) -> None:
        self.capacity = limits.outbox
        self._portal = portal
        self._block_timeout = limits.block_timeout
        self._items: deque[tuple[str | None, Any]] = deque()
        """Topics and values; an event without a topic is set when its turn has come."""
        self._awake = False
        """Whether the task that drains will look for items again before it sleeps."""
        self._closed = False
        self._wakened = trio.Event()
        self._room = threading.Condition()  # its lock may be taken again in a finalizer
        self._waiting = 0
        self._flare: Flare | None = None

    def __len__(self) -> int:
        return len(self._items)

    # -- in any thread --------------------------------------------------------------------------------------------

    def put(self, topic: str, value: Any) -> None:
        """Add a message, whose topic and value are checked.

        Raises :class:`TimeoutError` when there was no room in time, :class:`LocalProtocolError` when it is closed.
        """
        if self._closed or self._portal.unusable:
            self._refuse()
        if len(self._items) >= self.capacity:
            self._wait_for_room()
        self._items.append((topic, value))
        if not self._awake:
            self._wake_portal()
        if self._flare is not None:
            self._tell()

    def _wake_portal(self) -> None:
        if self._closed:
            self._refuse()
        self._awake = True
        self._portal.post(self._wake)

    def _refuse(self) -> NoReturn:
        self._portal.check()
        raise LocalProtocolError(CLOSED)

    def _wait_for_room(self) -> None:
        self._portal.refuse_own_thread()
        deadline = time.monotonic() + self._block_timeout
        with self._room:
            self._waiting += 1
            try:
                while len(self._items) >= self.capacity and not self._closed:
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        msg = f"not published: the peers took none of {self.capacity} waiting messages in time"
                        raise TimeoutError(msg)
                    self._room.wait(min(SIGNAL_CHECK, remaining))
            finally:
                self._waiting -= 1

    def descriptor(self) -> int:
        """A descriptor that is readable exactly while there is room; the same one each time."""
        with self._room:
            if self._flare is None:
                self._flare = Flare()
                finalize(self, self._flare.close).atexit = False
            self._show()
            return self._flare.descriptor()

    def _tell(self) -> None:
        with self._room:
            self._room.notify_all()
            self._show()

    def _show(self) -> None:
        if self._flare is not None:
            self._flare.light(len(self._items) < self.capacity)

    # -- in the portal --------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        self._wakened.set()

    async def drain(self, publish: Callable[[str, Any], Awaitable[object]]) -> None:
        """Give all that is put to *publish*, for ever."""
        items = self._items
        while True:  # noqa: ASYNC913  # it waits whenever there is nothing to publish
            while items:
                topic, value = items.popleft()
                if (self._waiting or self._flare is not None) and len(items) * 2 <= self.capacity:
                    self._tell()
                if topic is None:
                    value.set()
                    continue
                try:
                    await publish(topic, value)
                except BrokerError as error:
                    _log.warning("a message on %s was not published: %s", topic, error)
            # Whoever puts an item looks whether this is awake afterwards: one of the two sees the other.
            self._awake = False
            if not items:
                await self._wakened.wait()
                self._wakened = trio.Event()
            self._awake = not self._closed

    async def flush(self) -> None:
        """Wait until all that has been put was published."""
        passed = trio.Event()
        self._items.append((None, passed))
        self._wake()
        await passed.wait()

    def close(self) -> None:
        """Take no more messages; those that are here are still drained. Idempotent."""
        self._closed = True
        self._awake = False
        self._tell()

    def discard(self) -> int:
        """Publish none of what is left; how many messages that is."""
        topics = [topic for topic, _ in self._items if topic is not None]
        self._items.clear()
        return len(topics)
