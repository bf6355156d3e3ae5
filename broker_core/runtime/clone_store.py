"""The clone of one data store as tasks: it follows the master, answers reads from its copy, and sends writes on.

Source: manual section 2.4.1, spec store-protocol.md sections 3, 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import NoSuchMaster, StaleData, StoreError, StoreTimeout
from broker_core.messages.commands import AckClone
from broker_core.model.topics import CLONE_SUFFIX, MASTER_SUFFIX, join_topics

from .store_base import LiveStore, StoreInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.commands import Action
    from broker_core.messages.envelopes import Message
    from broker_core.model.ids import EntityId
    from broker_core.stores.channel import Outgoing
    from broker_core.stores.clone import Clone, Outcome

    from .hub import Hub

__all__ = ["CloneStore"]


class _Waiter:
    """Somebody who waits for the outcome of a write."""

    __slots__ = ("done", "outcome")

    def __init__(self) -> None:
        self.done = trio.Event()
        self.outcome: Outcome | None = None


class CloneStore(LiveStore):
    """One clone and those who wait for it."""

    role = "clone"

    def __init__(self, hub: Hub, name: str, clone: Clone) -> None:
        super().__init__(hub, name, join_topics(name, CLONE_SUFFIX), join_topics(name, MASTER_SUFFIX))
        self.clone = clone
        self._waiters: dict[int, _Waiter] = {}
        self._progress = trio.Event()
        self._master_is_peer = True
        """Also as long as no master is known."""

    @property
    def id(self) -> EntityId:  # type: ignore[override]  # a clone that starts over gets another one
        """The clone's entity id at present."""
        return self.clone.id

    # -- operations ---------------------------------------------------------------------------------------------------

    async def write(self, action: Action, timeout: float | None) -> bool | None:
        """As the base class says. Raises :class:`StoreTimeout` when the master did not confirm it in time."""
        limit = self.hub.limits.store_request_timeout if timeout is None else timeout
        waiter = _Waiter()
        ticket = None
        try:
            with trio.move_on_after(limit):
                while self.clone.full and not self.closing.is_set():
                    await self._progress.wait()
                ticket = self._queue(action)
                self._waiters[ticket] = waiter
                await self.send()
                await waiter.done.wait()
        finally:
            self._waiters.pop(ticket or 0, None)
        if waiter.outcome is None:
            raise self._unconfirmed(limit)
        if waiter.outcome.error is not None:
            raise self.named(waiter.outcome.error)
        return waiter.outcome.inserted

    def write_nowait(self, action: Action) -> None:
        """As the base class says."""
        if self.closing.is_set():
            raise self.closed_error()
        if self.clone.full:
            raise trio.WouldBlock
        self._queue(action)
        self.send_soon()

    def _queue(self, action: Action) -> int:
        if self.closing.is_set():
            raise self.closed_error()
        self._look_for_master()
        return self.clone.write(action)

    def _unconfirmed(self, limit: float) -> StoreError:
        if self.clone.master is None:
            return self._no_master(limit)
        msg = f"the master did not confirm within {limit:g} s; the operation may still take effect"
        return StoreTimeout(msg, self.name)

    def _settle(self) -> None:
        """Tell those who wait what has become of their writes."""
        outcomes = self.clone.outcomes()
        for outcome in outcomes:
            waiter = self._waiters.pop(outcome.ticket, None)
            if waiter is not None:
                waiter.outcome = outcome
                waiter.done.set()
            elif outcome.error is not None:
                self.unseen(outcome.error)
        if outcomes:
            self._signal()

    def _signal(self) -> None:
        self._progress.set()
        self._progress = trio.Event()

    async def flush(self, timeout: float | None) -> None:
        """As the base class says."""
        limit = self.hub.limits.store_request_timeout if timeout is None else timeout
        finished = await self._finish(limit)
        self.raise_failed()
        if not finished:
            raise self._unconfirmed(limit)

    async def drain(self) -> None:
        """As the base class says; without its master there is nothing to wait for."""
        if self._master_is_peer and self.clone.master is not None:
            await self._finish(self.hub.limits.bye_timeout)

    async def _finish(self, limit: float) -> bool:
        """Wait until the outcome of everything written so far is known; False after *limit* seconds."""
        await self.send()
        last = self.clone.last_ticket
        with trio.move_on_after(limit) as scope:
            while self.clone.unfinished(last) and not self.closing.is_set():
                await self._progress.wait()
        return not scope.cancelled_caught

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """As the base class says. Waits limits.store_get_delay for the first snapshot; then :class:`StaleData`."""
        if not self.clone.synchronized and not self.closing.is_set():
            with trio.move_on_after(self.hub.limits.store_get_delay):
                while not self.clone.synchronized and not self.closing.is_set():
                    await self._progress.wait()
        if self.closing.is_set():
            raise self.closed_error()
        if not self.clone.synchronized:
            msg = "the clone has not been synchronized with its master yet"
            raise StaleData(msg, self.name)
        if self.clone.stale:
            msg = "the clone has been without its master for longer than its stale_interval"
            raise StaleData(msg, self.name)
        try:
            return query(self.clone.entries, *arguments)
        except StoreError as error:
            raise self.named(error) from None

    async def wait_synchronized(self, timeout: float | None) -> None:
        """Wait for the first snapshot. :class:`NoSuchMaster` when no peer has the master, :class:`StoreTimeout`."""
        limit = self.hub.limits.store_request_timeout if timeout is None else timeout
        with trio.move_on_after(limit):
            while not self.clone.synchronized and not self.closing.is_set():
                await self._progress.wait()
        if self.closing.is_set():
            raise self.closed_error()
        if not self.clone.synchronized:
            raise self._no_master(limit)

    def _no_master(self, limit: float) -> StoreError:
        """Why the clone has not met its master."""
        peers = self.hub.router.peers.values()
        if any(self.send_topic.startswith(peer.filter) for peer in peers):
            return StoreTimeout(f"a peer may have the master, but sent no snapshot within {limit:g} s", self.name)
        if not peers:
            return NoSuchMaster("there is no peer that could have the master", self.name)
        return NoSuchMaster("no peer has the master (only direct peers count)", self.name)

    # -- the master ---------------------------------------------------------------------------------------------------

    async def receive(self, message: Message) -> None:
        """A command from the master. Sends nothing itself: a reader that waits for its own writer would stand still."""
        command = await self.decode(message)
        if command is None or self.closing.is_set():
            return
        clone = self.clone
        clone.observed = self.observed
        was_synchronized = clone.synchronized
        self._changes += clone.receive(command)
        if self._changes:
            await self.publish_changes()
        self._settle()
        if clone.synchronized != was_synchronized:
            self._signal()
        if not command.seq or type(command.content) is AckClone:
            self.send_soon()

    def outgoing(self) -> list[Outgoing]:
        """What the channels want to send now."""
        return self.clone.outgoing()

    # -- time ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick and send until closed."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.send_on)
                await self.tick_until_closed()
                nursery.cancel_scope.cancel()
        finally:
            self.closing.set()
            self.clone.close()
            self._settle()
            self._signal()
            self.ended.set()

    async def tick(self) -> None:
        """Drive the channels, and tell the clone whether its master can be reached."""
        self._look_for_master()
        self.clone.tick()
        self._settle()
        await self.send()

    def _look_for_master(self) -> None:
        master = self.clone.master
        is_peer = master is None or master.endpoint in self.hub.router.peers
        if is_peer != self._master_is_peer:
            self._master_is_peer = is_peer
            if is_peer:
                self.clone.peer_back()
            else:
                self.clone.peer_gone()

    def info(self) -> StoreInfo:
        """A snapshot for users."""
        clone = self.clone
        return StoreInfo(
            name=self.name,
            role="clone",
            id=clone.id,
            backend="memory",
            size=clone.entries.size(),
            clones=0,
            master=clone.master,
            synchronized=clone.synchronized,
            stale=clone.stale,
            seq=clone.seq,
            pending=clone.pending,
            early=clone.early,
            unacknowledged=clone.unacknowledged,
        )
