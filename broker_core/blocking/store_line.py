"""How operations on one data store get into the portal: in the order of the calls, without waiting unless asked to."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import trio

from broker_core import EC, InvalidValue, StaleData, StoreError, StoreTimeout, Timespan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import Limits, Store

    from .portal import Portal

__all__ = ["StoreLine", "to_expiry"]

_AT_ONCE: Final = Timespan(1)

_log = logging.getLogger(__name__)


def to_expiry(seconds: float | None) -> Timespan | None:
    """How long an entry lives. As for C++, what is not above 0 is over at once. Raises :class:`InvalidValue`."""
    return None if seconds is None else max(Timespan.from_seconds(float(seconds)), _AT_ONCE)


class StoreLine:
    """The way to *store*, in the portal.

    At most ``limits.store_queue`` operations wait in it. A thread that writes more waits for room,
    ``limits.block_timeout`` seconds at most. A query is answered after everything that was written before it; that
    of a clone which is not *patient* does not wait for the first snapshot.
    """

    def __init__(self, portal: Portal, store: Store, limits: Limits, *, patient: bool) -> None:
        self.portal = portal
        self.store = store
        self.limits = limits
        self.failed: StoreError | InvalidValue | None = None
        """The first error of an operation that nobody awaited, until somebody takes it from here."""
        self._waiting: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._posted = False
        self._emptied: trio.Event | None = None
        """While a task empties the line, what it sets in the end."""
        self._synchronized = patient or store.role == "master"

    # -- in any thread --------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raises :class:`StoreError` when the store is closed, and what the portal raises when it is over."""
        self.portal.check()
        if self.store.closed:
            msg = "the store is closed"
            raise StoreError(msg, self.store.name, EC.SHUTTING_DOWN)

    def do(self, operation: Callable[..., None], *arguments: Any) -> None:
        """Have *operation*, one of the store's ``nowait``, done; :class:`StoreTimeout` when there was no room."""
        self.check()
        if len(self._waiting) >= self.limits.store_queue:
            self._wait_for_room()
        self._waiting.append((operation, arguments))
        if not self._posted:
            self._posted = True
            self.portal.post(self._take)

    def _wait_for_room(self) -> None:
        limit = self.limits.block_timeout
        try:
            self.portal.call(self._until_empty, timeout=limit)
        except TimeoutError:
            msg = f"{self.limits.store_queue} operations are waiting, and were not taken within {limit:g} s"
            raise StoreTimeout(msg, self.store.name) from None

    def call(self, query: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """The answer of *query*, a method of this line; waits for it."""
        self.check()
        return self.portal.call(query, *arguments)

    # -- in the portal --------------------------------------------------------------------------------------------

    async def read(self, query: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """What *query* of the store answers; a clone without a first snapshot raises :class:`StaleData` at once."""
        if not self._synchronized:
            self._synchronized = self.store.info().synchronized
            if not self._synchronized:
                msg = "this clone has never been synchronized with its master"
                raise StaleData(msg, self.store.name)
        return await self.write(query, *arguments)

    async def write(self, operation: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """What *operation* of the store answers when the master has done it."""
        if self._waiting:
            await self.settle()
        return await operation(*arguments)

    async def flush(self, timeout: float) -> None:
        """Wait until the master has done everything; an error goes into :attr:`failed`."""
        if self._waiting:
            await self.settle()
        await self._flush(timeout)

    async def settle(self) -> None:
        """Wait until the store has taken everything, but not on and on for one that takes nothing.

        Such are a clone without its master, and a database that is stuck for ``limits.drain_timeout`` seconds.
        """
        self._take()
        left = len(self._waiting) + 1
        while len(self._waiting) < left and self.store.info().master is not None:
            left = len(self._waiting)
            with trio.move_on_after(self.limits.drain_timeout):
                await self._until_empty()

    async def _until_empty(self) -> None:
        self._take()
        if self._emptied is not None:
            await self._emptied.wait()

    async def _flush(self, timeout: float | None = None) -> None:
        try:
            await self.store.flush(timeout)
        except StoreError as error:
            self.failed = self.failed or error

    def _take(self) -> None:
        """Do what is waiting, as far as the store takes it now; a task goes on with the rest."""
        self._posted = False
        waiting = self._waiting
        while waiting:
            if self.store.closed:
                _log.warning(
                    "store %s was closed before it had done the last %d operations", self.store.name, len(waiting)
                )
                waiting.clear()
                return
            operation, arguments = waiting[0]
            try:
                operation(*arguments)
            except trio.WouldBlock:
                if self._emptied is None:
                    self._emptied = trio.Event()
                    self.portal.start(self._empty, self._emptied)
                return
            except (StoreError, InvalidValue) as error:
                self.failed = self.failed or error
            waiting.popleft()

    async def _empty(self, emptied: trio.Event) -> None:
        try:
            while self._waiting:
                await self._flush()
                self._take()
        finally:
            self._emptied = None
            emptied.set()
