"""The master of one data store as tasks: operations in, changes out to clones and local subscribers.

A backend in memory is used right where an operation is asked for; any other belongs to a worker, and every
operation takes its turn there. Either way clones, subscribers and writers learn of a change after it is
committed, in the order of the commits. Source: spec store-protocol.md sections 3 to 7.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import BackendFailure, StoreError, StoreTimeout
from broker_core.messages.commands import PutUniqueResult
from broker_core.model.topics import CLONE_SUFFIX, MASTER_SUFFIX, join_topics
from broker_core.stores import reads
from broker_core.stores.master import Request

from .backend_worker import BackendWorker, Job
from .clock import now_ns
from .store_base import LiveStore, StoreInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.commands import Action
    from broker_core.messages.envelopes import Message
    from broker_core.model import Value
    from broker_core.model.ids import EntityId
    from broker_core.stores.backend import Backend
    from broker_core.stores.channel import Outgoing
    from broker_core.stores.engine import Effect, Engine
    from broker_core.stores.master import Master

    from .hub import Hub

__all__ = ["MasterStore"]

_EXPIRY_BATCH = 1024
"""Most keys that one tick erases because their time is over; the rest waits for the next."""


class MasterStore(LiveStore):
    """One master: its engine, its channels, and the worker that its backend may need."""

    role = "master"

    def __init__(self, hub: Hub, name: str, engine: Engine, channels: Master) -> None:
        super().__init__(hub, name, join_topics(name, MASTER_SUFFIX), join_topics(name, CLONE_SUFFIX))
        self.id = channels.id
        self.engine = engine
        self.channels = channels
        self.worker = (
            BackendWorker(engine, hub.limits, self._is_unsettled, self.settle) if engine.backend.waits else None
        )
        self.paged = self.worker is not None
        self._expiring = False
        self._unsettled = 0
        """Changes that nobody awaited and that clones and subscribers have not been told of."""

    # -- operations ---------------------------------------------------------------------------------------------------

    async def write(self, action: Action, timeout: float | None) -> bool | None:
        """As the base class says; :class:`StoreTimeout` cannot happen with a backend in memory."""
        if self.worker is None:
            effect = self._write_now(action)
            if self._is_unsettled():
                await self.settle()
        else:
            effect = await self._in_turn(partial(_write, action), self._spread, timeout)
        return _inserted(effect)

    def write_nowait(self, action: Action) -> None:
        """As the base class says. What a backend in memory refuses is known, and kept for ``flush``, at once."""
        if self.closing.is_set():
            raise self.closed_error()
        if self.worker is None:
            self._write_nowait(action)
            return
        self.engine.observed = self.observed
        self.worker.submit_nowait(Job(partial(_write, action), self._finish_unseen))

    def _write_nowait(self, action: Action) -> None:
        if self._unsettled >= self.hub.limits.store_queue:
            raise trio.WouldBlock
        try:
            self._write_now(action)
        except StoreError as error:
            self.unseen(error)
        if self._is_unsettled():
            self._unsettled += 1
            self.send_soon()

    def _write_now(self, action: Action) -> Effect:
        if self.closing.is_set():
            raise self.closed_error()
        engine = self.engine
        engine.observed = self.observed
        try:
            effect = engine.write(action, now_ns())
        except StoreError as error:
            raise self.named(error) from None
        if effect.changes or self.channels.clones:
            self._spread(effect)
        return effect

    def _spread(self, effect: Effect) -> None:
        """Let clones and subscribers know; ``send`` carries it out."""
        for action in effect.actions:
            self.channels.publish(action)
        self._changes += effect.changes

    def _finish_unseen(self, effect: Effect, error: StoreError | None) -> None:
        if error is None:
            self._spread(effect)
        else:
            self.unseen(error)

    async def flush(self, timeout: float | None) -> None:
        """As the base class says."""
        if self.worker is not None:
            await self._in_turn(lambda *_: None, None, timeout)
        await self.settle()
        self.raise_failed()

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """As the base class says: a read sees every write that was asked for before it."""
        if self.worker is not None:
            return await self._in_turn(lambda engine, _: query(engine.backend, *arguments), None, None)
        if self.closing.is_set():
            raise self.closed_error()
        try:
            return query(self.engine.backend, *arguments)
        except StoreError as error:
            raise self.named(error) from None

    async def _in_turn(
        self, run: Callable[[Engine, int], Any], settle: Callable[[Any], None] | None, timeout: float | None
    ) -> Any:
        """What *run* returns when the worker has done it; *settle*, for changes, gets it first, in their order."""
        assert self.worker is not None
        self.engine.observed = self.observed
        limit = self.hub.limits.store_request_timeout if timeout is None else timeout
        done = trio.Event()
        results: list[tuple[Any, StoreError | None]] = []

        def finish(value: Any, error: StoreError | None) -> None:
            if error is None and settle is not None:
                settle(value)
            results.append((value, error))
            done.set()

        with trio.move_on_after(limit):
            try:
                await self.worker.submit(Job(run, finish, changes=settle is not None))
            except trio.ClosedResourceError:
                raise self.closed_error() from None
            await done.wait()
        if not results:
            msg = f"the backend did not answer within {limit:g} s; the operation may still take effect"
            raise StoreTimeout(msg, self.name)
        value, error = results[0]
        if error is not None:
            raise self.named(error)
        return value

    # -- clones -------------------------------------------------------------------------------------------------------

    async def receive(self, message: Message) -> None:
        """A command from a clone."""
        command = await self.decode(message)
        if command is None or self.closing.is_set():
            return
        for wanted in self.channels.receive(command):
            if isinstance(wanted, Request):
                await self._do(partial(_write, wanted.action), partial(self._answer, wanted))
            else:
                await self._do(_entries, partial(self._attach, wanted.clone))
        await self.settle()

    async def _do(self, run: Callable[[Engine, int], Any], finish: Callable[[Any, StoreError | None], None]) -> None:
        """Do *run* in its turn, then *finish* with the outcome."""
        self.engine.observed = self.observed
        if self.worker is not None:
            with suppress(trio.ClosedResourceError):  # the store is going away, and its clones with it
                await self.worker.submit(Job(run, finish))
            return
        try:
            result = run(self.engine, now_ns())
        except StoreError as error:
            finish(None, error)
        else:
            finish(result, None)

    def _answer(self, request: Request, effect: Effect, error: StoreError | None) -> None:
        if error is None:
            self._spread(effect)
        elif isinstance(error, BackendFailure):
            self.tell(error.code, f"{self.named(error)} (an operation of {request.writer})")
        # The channel has no word for a refusal: a writer knows it by an acknowledgement without a change before it.
        self.channels.applied(request.writer, request.seq, silent=error is not None or not effect.actions)

    def _attach(self, clone: EntityId, entries: list[tuple[Value, Value]], error: StoreError | None) -> None:
        if error is None:
            self.channels.attach(clone, entries)
        else:
            self.channels.refuse(clone)
            self.tell(error.code, f"{self.named(error)} (no snapshot for the clone {clone})")

    def _is_unsettled(self) -> bool:
        return bool(self._changes or self.channels.clones)

    async def settle(self) -> None:
        """Tell clones and subscribers what the operations before have led to."""
        await self.send()
        if self._changes:
            await self.publish_changes()

    async def send(self) -> None:
        """As the base class says."""
        self._unsettled = 0
        await super().send()

    def outgoing(self) -> list[Outgoing]:
        """What the channels want to send now."""
        return self.channels.outgoing()

    # -- time ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick, and let the worker work, until closed; then do what is queued and close the backend."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.send_on)
                if self.worker is not None:
                    nursery.start_soon(self._work, nursery.cancel_scope)
                await self.tick_until_closed()
                if self.worker is not None:
                    self.worker.close()
                else:
                    nursery.cancel_scope.cancel()
        finally:
            self.closing.set()
            if self.worker is not None:
                self.worker.abandon(self.closed_error())
            with trio.CancelScope(shield=True):
                await _close(self.engine.backend)
            self.ended.set()

    async def _work(self, scope: trio.CancelScope) -> None:
        assert self.worker is not None
        await self.worker.run()
        scope.cancel()

    async def tick(self) -> None:
        """Drive the channels, and erase what has expired."""
        self.channels.tick()
        backend = self.engine.backend
        due = backend.next_expiry() if self.worker is None else self.worker.next_expiry
        if due is not None and due <= now_ns() and not self._expiring:
            self._expiring = True
            await self._do(_expire, self._expired)
        await self.settle()

    def _expired(self, effect: Effect, error: StoreError | None) -> None:
        self._expiring = False
        self._finish_unseen(effect, error)

    async def drain(self) -> None:
        """As the base class says; the worker does what is queued also later."""
        await self.settle()

    def info(self) -> StoreInfo:
        """A snapshot for users."""
        size = self.engine.backend.size() if self.worker is None else self.worker.size
        return StoreInfo(
            name=self.name,
            role="master",
            id=self.id,
            backend=self.engine.backend.kind,
            size=size,
            clones=len(self.channels.clones),
            master=self.id,
            synchronized=True,
            stale=False,
            seq=self.channels.seq,
            pending=0 if self.worker is None else self.worker.queued,
            writers=len(self.channels.writers),
            early=self.channels.early,
            unacknowledged=self.channels.unacknowledged,
        )


def _write(action: Action, engine: Engine, now: int) -> Effect:
    return engine.write(action, now)


def _expire(engine: Engine, now: int) -> Effect:
    return engine.expire(now, _EXPIRY_BATCH)


def _entries(engine: Engine, _: int) -> list[tuple[Value, Value]]:
    return reads.pairs(engine.backend)


def _inserted(effect: Effect) -> bool | None:
    last = effect.actions[-1] if effect.actions else None
    return last.inserted if type(last) is PutUniqueResult else None


async def _close(backend: Backend) -> None:
    try:
        if backend.waits:
            await trio.to_thread.run_sync(backend.close)
        else:
            backend.close()
    except BackendFailure:
        pass  # everything acknowledged is committed, and there is nothing left to do with it
