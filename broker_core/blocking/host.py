"""An endpoint of the async library that lives in the portal, with everything of it that programs hold."""

from __future__ import annotations

import logging
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakSet

import trio

import broker_core
from broker_core import LocalProtocolError, UndeliveredError

from .outbox import CLOSED, Outbox
from .portal import current_portal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import EndpointOptions

__all__ = ["Host"]

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Settling(Protocol):
    """Something with operations on their way into the portal; a data store."""

    async def settle(self) -> None:
        """Return when all of them have arrived."""


class Turns:
    """Has things done one after the other, in the order in which :meth:`next` is called."""

    def __init__(self) -> None:
        self._last: trio.Event | None = None

    def next(self, function: Callable[..., Awaitable[T]], *args: Any) -> Callable[[], Awaitable[T]]:
        """What does *function* when its turn has come; to be called and awaited once."""
        before, over = self._last, trio.Event()
        self._last = over

        async def take_turn() -> T:
            try:
                if before is not None:
                    await before.wait()
                return await function(*args)
            finally:
                over.set()

        return take_turn


class Host:
    """Starts an endpoint in the portal of this process, and ends it. Holds nothing that a program holds."""

    def __init__(self, options: EndpointOptions) -> None:
        self.portal = current_portal()
        self.limits = options.limits
        self.outbox = Outbox(self.portal, options.limits)
        self.endpoint: broker_core.Endpoint
        self.receivers: set[Callable[[], object]] = set()
        """What to call when nothing will come any more. To be changed in the portal only."""
        self.stores: WeakSet[Settling] = WeakSet()
        self.turns = Turns()
        """For changes of peerings. To be taken in the portal only."""
        self.closing = False
        """Whether the endpoint is shut down, or about to be."""
        self._patience: float | None = None
        self._tasks: trio.Nursery
        self._leaving = trio.Event()
        self._ended = trio.Event()
        self.portal.call(self._begin, options)

    def check(self) -> None:
        """Raises :class:`LocalProtocolError` when the endpoint is shut down, or of the process that forked this one."""
        self.portal.check()
        if self.closing:
            raise LocalProtocolError(CLOSED)

    def call(self, function: Callable[..., Awaitable[Any]], *args: Any, timeout: float | None = None) -> Any:
        """As :meth:`Portal.call`, for an endpoint that runs."""
        self.check()
        return self.portal.call(function, *args, timeout=timeout)

    def ask(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As :meth:`Portal.ask`, for an endpoint that runs."""
        self.check()
        return self.portal.ask(function, *args, **kwargs)

    def abandon(self) -> None:
        """Shut it down in the background, because the program has lost it. For finalizers: waits for nothing."""
        self.closing = True
        self.portal.post(self._leaving.set)

    def shutdown(self, timeout: float | None) -> None:
        """Shut it down and wait until it is; :class:`TimeoutError` after *timeout* seconds, while that goes on."""
        self.closing = True
        if not self.portal.unusable:
            self.portal.call(self.close, timeout=timeout)

    # -- in the portal --------------------------------------------------------------------------------------------

    async def _begin(self, options: EndpointOptions) -> None:
        self.endpoint = broker_core.Endpoint(options)
        started = trio.Event()
        self.portal.start(self._live, started)
        try:
            await started.wait()
        except trio.Cancelled:
            self._leaving.set()
            raise

    async def _live(self, started: trio.Event) -> None:
        self.portal.residents.add(self)
        try:
            async with self.endpoint, trio.open_nursery() as self._tasks:
                self.start(self.outbox.drain, self.endpoint.publish)
                started.set()
                await self._leaving.wait()
                await self._say_goodbye()
                self._tasks.cancel_scope.cancel()
        finally:
            self.closing = True
            self._leaving.set()
            self.outbox.close()
            for finish in [] if self.portal.exiting else list(self.receivers):
                finish()  # at exit rather not: daemon threads that wait for messages would end with an error
            self.portal.residents.discard(self)
            started.set()
            self._ended.set()

    def start(self, function: Callable[..., Awaitable[object]], *args: object) -> None:
        """Run the async *function* beside the endpoint; :class:`LocalProtocolError` when that is shut down."""
        if self._leaving.is_set():
            raise LocalProtocolError(CLOSED)
        self._tasks.start_soon(function, *args)

    def start_in_turn(self, function: Callable[..., Awaitable[object]], *args: object) -> None:
        """As :meth:`start`, behind what has taken its turn before."""
        self.start(self.turns.next(function, *args))

    async def _say_goodbye(self) -> None:
        self.outbox.close()
        with trio.move_on_after(inf if self._patience is None else self._patience) as scope:
            await self._settle()
        if scope.cancelled_caught:
            _log.warning("shutting down: %d messages could not be published in time", self.outbox.discard())
        try:
            await self.endpoint.shutdown(self._patience)
        except UndeliveredError as error:
            _log.warning("shutting down: %s", error)

    async def _settle(self) -> None:
        await self.outbox.flush()
        for store in list(self.stores):
            await store.settle()

    async def flush(self, timeout: float) -> None:
        """Have what was published arrive, as far as that is possible within *timeout* seconds."""
        with trio.move_on_after(timeout), suppress(UndeliveredError, trio.ClosedResourceError):
            await self._settle()
            await self.endpoint.flush(timeout)

    async def close(self, timeout: float | None = None) -> None:
        """Shut the endpoint down and return when it is; whatever takes longer than *timeout* seconds is cut off."""
        self.closing = True
        self._patience = timeout
        self._leaving.set()
        await self._ended.wait()
