"""The taking side that message and status subscribers share (manual section 2.2.1, *Synchronous API*)."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, overload
from weakref import finalize

import trio

from broker_core import LocalProtocolError

from .inbox import Inbox
from .outbox import CLOSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from .host import Host

__all__ = ["Receiver"]

Item = TypeVar("Item")  # what the portal receives
T = TypeVar("T")  # what a program gets


class Source(Protocol[Item]):
    """A subscriber of the async library."""

    async def get_batch(self, most: int | None = None) -> list[Item]:
        """At least one item, at most *most*."""

    def poll(self) -> list[Item]:
        """All that is there."""

    def close(self) -> None:
        """Take no more."""


class Pump(Generic[Item]):
    """Moves what a source receives into an inbox, as long as there is room. Lives in the portal."""

    def __init__(self, host: Host, source: Source[Item], capacity: int, wanted: Callable[[Item], bool] | None) -> None:
        self._host = host
        self._source = source
        self._wanted = wanted
        self._scope = trio.CancelScope()
        self._room = trio.Event()
        self.inbox: Inbox[Item] = Inbox(capacity)
        host.receivers.add(self.finish)
        host.start(self._run)

    async def _run(self) -> None:
        with self._scope, suppress(trio.EndOfChannel):
            while True:
                while self.inbox.is_full(self._tell_room):
                    await self._room.wait()
                    self._room = trio.Event()
                self._put(await self._source.get_batch(self.inbox.room()))

    def _put(self, items: list[Item]) -> None:
        wanted = self._wanted
        self.inbox.put(items if wanted is None else [item for item in items if wanted(item)])

    def _tell_room(self) -> None:
        self._host.portal.post(self._has_room)

    def _has_room(self) -> None:
        self._room.set()

    def finish(self) -> None:
        """Nothing more will come: what the source still has is put, room or not."""
        self._host.receivers.discard(self.finish)
        self._source.close()
        self._put(self._source.poll())
        self.inbox.close()
        self._scope.cancel()

    def discard(self) -> None:
        """Nobody holds the subscriber any more. In any thread."""
        portal = self._host.portal
        if not portal.unusable:  # else perhaps in a forked child, and a thread that did not come along has the lock
            self.inbox.discard()
            portal.post(self.finish)


class Receiver(Generic[Item, T]):
    """Gets, polls and waits for items of the portal; for any thread, and several at a time."""

    def __init__(self, host: Host, pump: Pump[Item]) -> None:
        self._host = host
        self._inbox = pump.inbox
        self._finalizer = finalize(self, pump.discard)
        self._finalizer.atexit = False

    def _convert(self, item: Item) -> T:
        raise NotImplementedError

    @overload
    def get(self) -> T: ...

    @overload
    def get(self, amount: int, timeout: float = ..., /) -> list[T]: ...

    @overload
    def get(self, timeout: float, /) -> T | None: ...

    def get(self, *args: Any) -> Any:
        """The next item, or the next ones; an int is an amount, a float a timeout in seconds, as in the bindings.

        ``get()`` waits for one item. ``get(2.5)`` waits at most 2.5 seconds for one, and returns None when there was
        none. ``get(10)`` waits for ten and returns a list, ``get(10, 2.5)`` a list of what came in time. Raises
        :class:`LocalProtocolError` when it would wait without a timeout for what cannot come: the endpoint is shut
        down.
        """
        match args:
            case ():
                return self._one(None)
            case (int() as amount,) if amount >= 0:
                return self._several(amount, None)
            case (int() as amount, int() | float() as timeout) if amount >= 0:
                return self._several(amount, timeout)
            case (float() as timeout,):
                return self._one(timeout)
        msg = "get() takes a timeout (float), an amount (int, not negative), or an amount and a timeout"
        raise TypeError(msg)

    def _one(self, timeout: float | None) -> T | None:
        host, inbox = self._host, self._inbox
        if host.portal.unusable:
            host.portal.check()
        deadline = None
        while True:
            try:
                return self._convert(inbox.pop())
            except IndexError:
                if timeout is not None and deadline is None:
                    deadline = time.monotonic() + timeout
            host.portal.refuse_own_thread()
            if not inbox.wait(deadline):
                if timeout is None:
                    raise LocalProtocolError(CLOSED)
                return None

    def _several(self, amount: int, timeout: float | None) -> list[T]:
        host, inbox = self._host, self._inbox
        host.portal.check()
        items = inbox.take(amount)
        deadline = None if timeout is None else time.monotonic() + timeout
        while len(items) < amount:
            host.portal.refuse_own_thread()
            if not inbox.wait(deadline):
                if not items and timeout is None:
                    raise LocalProtocolError(CLOSED)
                break
            items += inbox.take(amount - len(items))
        return [self._convert(item) for item in items]

    def poll(self) -> list[T]:
        """All items that are there now, perhaps none; never waits."""
        self._host.portal.check()
        return [self._convert(item) for item in self._inbox.take()]

    def available(self) -> int:
        """How many items are there now."""
        return len(self._inbox)

    def fd(self) -> int:
        """A descriptor for select, poll and event loops: readable exactly while items are there. Never read from it."""
        self._host.portal.check()
        if not self._finalizer.alive:
            msg = "the subscriber is closed, and so is its descriptor"
            raise LocalProtocolError(msg)
        return self._inbox.descriptor()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the subscription, and its descriptor. Idempotent."""
        self._finalizer()
