"""The roles with a data store: one has the master, the others ask for operations and wait for each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.exit_codes import ExitCode, Failure
from broker_core import Count, StoreError
from broker_core.model.topics import MASTER_SUFFIX, join_topics

from .talking import HOST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_cli.session import Session
    from broker_core import Store

    from .desk import Desk

__all__ = ["OPERATIONS", "PREFIX", "operate", "serve_store"]

PREFIX = "broker-bench/"
"""What the keys start with; they are removed in the end."""
_CLEANING_TIME = 10.0
_HURRY = 0.4
"""Seconds to remove the keys, and the same when the parent is in a hurry."""
_BATCH = 500


async def serve_store(desk: Desk, session: Session) -> None:
    """The role ``master``."""
    work = desk.work
    options = {"path": work.path} if work.path else None
    await session.endpoint.attach_master(work.name, work.backend, options)  # type: ignore[arg-type]  # the command checked it
    listener = await session.endpoint.listen(HOST, 0, tls=work.settings.tls)
    desk.say(port=listener.port)
    await desk.ready()
    with desk.scope:
        await trio.sleep_forever()


async def operate(desk: Desk, session: Session) -> None:
    """The role ``store``: operations one after the other, or so many at a time, each until it is confirmed."""
    work = desk.work
    await session.connect()
    if not session.receivers(join_topics(work.name, MASTER_SUFFIX)):
        where = ", ".join(str(address) for address in work.settings.peers)
        message = f"there is no master of store {work.name} at {where}"
        raise Failure(message, ExitCode.REFUSED, f"broker listen --store {work.name}=memory would serve one")
    store = await session.endpoint.attach_clone(work.name)
    await store.wait_synchronized(work.timeout)
    client = _Client(desk, store, f"{PREFIX}{session.endpoint.id}/")
    try:
        if work.op == "get":
            await client.fill()
        await desk.ready()
        await client.run()
    finally:
        await client.clean()  # noqa: ASYNC102  # it has a scope of its own, shielded and with a time limit


class _Client:
    """Works on its own keys of *store*, which start with *prefix*."""

    def __init__(self, desk: Desk, store: Store, prefix: str) -> None:
        self._desk = desk
        self._store = store
        self._prefix = prefix
        self._value = "x" * desk.work.size
        self._started = 0

    def _key(self, number: int) -> str:
        return f"{self._prefix}{number % self._desk.work.keys}"

    async def fill(self) -> None:
        """Store what is to be read."""
        for number in range(self._desk.work.keys):
            self._store.nowait.put(self._key(number), self._value)
            if number % _BATCH == _BATCH - 1:
                await self._store.flush(self._desk.work.timeout)
        await self._store.flush(self._desk.work.timeout)
        self._started = self._desk.work.keys

    async def run(self) -> None:
        """All operations."""
        work, part = self._desk.work, self._desk.part
        filled, self._started = self._started, 0
        part.start = part.end = time.monotonic()
        with self._desk.scope, trio.move_on_after(float("inf") if work.duration is None else work.duration):
            async with trio.open_nursery() as nursery:
                for _ in range(work.window):
                    nursery.start_soon(self._one_after_the_other)
        part.bytes = part.count * (0 if work.op == "incr" else work.size)
        self._started = max(self._started, filled)

    async def _one_after_the_other(self) -> None:
        work, part = self._desk.work, self._desk.part
        operation = OPERATIONS[work.op]
        while work.count is None or self._started < work.count:
            key = self._key(self._started)
            self._started += 1
            start = time.perf_counter_ns()
            await operation(self._store, key, self._value, work.timeout)
            part.latency.add(time.perf_counter_ns() - start)
            part.count += 1
            part.end = time.monotonic()
            self._desk.done = part.count
            if part.count % 128 == 0:  # reads of a clone need not wait for anything
                await trio.lowlevel.checkpoint()

    async def clean(self) -> None:
        """Remove the keys, if that can be done in time."""
        hurry = self._desk.scope.cancel_called
        with trio.move_on_after(_HURRY if hurry else _CLEANING_TIME, shield=True):
            try:
                for number in range(min(self._started, self._desk.work.keys)):
                    self._store.nowait.erase(self._key(number))
                    if number % _BATCH == _BATCH - 1:
                        await self._store.flush()
                await self._store.flush()
            except (StoreError, trio.WouldBlock):
                pass


async def _put(store: Store, key: str, value: Any, timeout: float) -> None:
    await store.put(key, value, timeout=timeout)


async def _get(store: Store, key: str, value: Any, timeout: float) -> None:  # noqa: ARG001  # as the others
    await store.get(key)


async def _increment(store: Store, key: str, value: Any, timeout: float) -> None:  # noqa: ARG001  # as the others
    await store.increment(key, Count(1), timeout=timeout)


OPERATIONS: dict[str, Callable[[Store, str, Any, float], Awaitable[None]]] = {
    "put": _put,
    "get": _get,
    "incr": _increment,
}
"""What --op may say."""
