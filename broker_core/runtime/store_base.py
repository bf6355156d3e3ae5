"""What the master and the clone of a data store have in common as tasks: ticks, events, and errors nobody awaits."""

from __future__ import annotations

from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import trio

from broker_core.errors import EC, DecodeError, EncodeError, StoreError
from broker_core.messages.commands import decode_command, encode_command
from broker_core.messages.notices import ErrorNotice
from broker_core.messages.store_events import STORE_EVENTS_TOPIC, store_event
from broker_core.stores.channel import TICK

from .hub import worth_telling

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from broker_core.messages.commands import Action, Command
    from broker_core.messages.envelopes import Message
    from broker_core.model.ids import EntityId
    from broker_core.stores.changes import Change
    from broker_core.stores.channel import Outgoing

    from .hub import Hub
    from .queues import MessageQueue

__all__ = ["LiveStore", "Role", "StoreInfo"]

_LARGE = 256 * 1024
"""Bytes of a command from which on it is decoded in a thread of its own, so that nothing else waits for it."""
_MANY = 1000
"""Entries of a snapshot from which on it is encoded in a thread of its own."""

Role = Literal["master", "clone"]


class StoreInfo(NamedTuple):
    """What is known about one data store of an endpoint."""

    name: str
    role: Role
    id: EntityId
    backend: str
    """``memory``, ``sqlite`` or ``rocksdb``; a clone keeps its copy in memory."""
    size: int
    """How many keys there are."""
    clones: int
    """How many clones the master serves; 0 at a clone."""
    master: EntityId | None
    """The master that a clone follows; None as long as it has found none."""
    synchronized: bool
    """Whether the clone has ever had a snapshot; True for a master."""
    stale: bool
    """Whether a clone has been without its master for longer than it may."""
    seq: int
    """The number of the last change that clones were told, or have taken."""
    pending: int
    """Operations that wait for the backend, or for the master."""
    writers: int = 0
    """How many clones have announced writes to the master; 0 at a clone."""
    early: int = 0
    """Actions of other endpoints that came before others which are missing."""
    unacknowledged: int = 0
    """Actions that are kept until the other side has confirmed them."""


class LiveStore:
    """The base of both. Their ``run`` is a task of the endpoint; ``receive`` is called with the peers' commands."""

    role: ClassVar[Role]
    id: EntityId
    paged = False
    """Whether entries are to be read page by page, because they may be too many for memory."""

    def __init__(self, hub: Hub, name: str, receive_topic: str, send_topic: str) -> None:
        self.hub = hub
        self.name = name
        self.receive_topic = receive_topic
        self.send_topic = send_topic
        self.ended = trio.Event()
        self.closing = trio.Event()
        self.failed: StoreError | None = None
        """The first error of an operation that nobody awaited, until ``flush`` raises it."""
        self._failures = 0
        self._events_topic = STORE_EVENTS_TOPIC + name
        self._changes: list[Change] = []
        self._publishing = trio.Lock()
        self._sending = trio.Lock()
        self._unpublished: deque[tuple[MessageQueue[Message], Message]] = deque()
        self._unsent: deque[Outgoing] = deque()
        self._left_over = trio.Event()

    # -- what a store handle calls --------------------------------------------------------------------------------

    async def write(self, action: Action, timeout: float | None) -> bool | None:
        """Do *action* and wait until the master has applied it; whether a put_unique inserted. :class:`StoreError`."""
        raise NotImplementedError

    def write_nowait(self, action: Action) -> None:
        """Do *action* some time after those before it; trio.WouldBlock when too many are waiting."""
        raise NotImplementedError

    async def flush(self, timeout: float | None) -> None:
        """Wait until everything written so far is applied; raises the first error that nobody has seen."""
        raise NotImplementedError

    async def drain(self) -> None:
        """Before closing: wait, not for long, until what was asked for is done."""

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """What ``query(entries, *arguments)`` returns, with the entries as of its turn. Raises :class:`StoreError`."""
        raise NotImplementedError

    def info(self) -> StoreInfo:
        """A snapshot for users."""
        raise NotImplementedError

    # -- events and errors ------------------------------------------------------------------------------------------

    @property
    def observed(self) -> bool:
        """Whether anybody here subscribed to this store's events."""
        route = self.hub.router.route(self._events_topic)
        return bool(route.subscribers or route.edges)

    def named(self, error: StoreError) -> StoreError:
        """*error* with the name of this store, where it has none."""
        error.store = error.store or self.name
        return error

    def unseen(self, error: StoreError) -> None:
        """Nobody awaits the operation that met *error*: it is kept for ``flush`` and told to status subscribers."""
        self.failed = self.failed or self.named(error)
        self._failures += 1
        if worth_telling(self._failures):
            self.tell(error.code, f"{self.named(error)} ({self._failures} unconfirmed operations failed so far)")

    def raise_failed(self) -> None:
        """Raise the error that :meth:`unseen` kept, once."""
        error, self.failed = self.failed, None
        if error is not None:
            raise error

    def tell(self, code: EC, text: str) -> None:
        """Tell status subscribers of a problem with this store."""
        self.hub.notify(ErrorNotice(code, None, text))

    def closed_error(self) -> StoreError:
        """The error for using a store that is closed."""
        return StoreError("the store is closed", self.name, EC.SHUTTING_DOWN)

    # -- commands -----------------------------------------------------------------------------------------------------

    async def decode(self, message: Message) -> Command | None:
        """The command in *message*; None, counted and told, when there is none."""
        payload, limits = message.payload, self.hub.limits
        try:
            if len(payload) < _LARGE:
                return decode_command(payload, limits)
            return await trio.to_thread.run_sync(decode_command, payload, limits)
        except DecodeError as error:
            peer = self.hub.router.peers.get(message.sender)
            if peer is not None:
                self.hub.skipped(peer, f"command for store {self.name}: {error}")
            return None

    async def publish_changes(self) -> None:
        """Publish the events of what has changed, in order; waits where a subscriber's queue is full.

        What is left when the caller is cancelled is published by :meth:`send_on`.
        """
        async with _in_turn(self._publishing):
            try:
                while self._unpublished or self._changes:
                    while self._unpublished:
                        queue, message = self._unpublished[0]
                        await queue.put(message)
                        self._unpublished.popleft()
                    changes, self._changes = self._changes, []
                    for change in changes:
                        event = store_event(change, self.name)
                        self._unpublished += self.hub.publish_locally(self._events_topic, event)
            finally:
                if self._unpublished or self._changes:
                    self.send_soon()

    async def send(self) -> None:
        """Send what the channels want to, in order; waits where a peer's queue is full.

        What is left when the caller is cancelled is sent by :meth:`send_on`, or the next time.
        """
        unsent = self._unsent
        async with _in_turn(self._sending):
            try:
                while True:
                    if not unsent:
                        unsent.extend(self.outgoing())
                        if not unsent:
                            break
                    receiver, command = unsent[0]
                    payload = await self._encode(command)
                    if payload:
                        await self.hub.command(self.send_topic, payload, receiver)
                    unsent.popleft()
            finally:
                if unsent:
                    self.send_soon()

    def outgoing(self) -> list[Outgoing]:
        """What the channels want to send now."""
        raise NotImplementedError

    def send_soon(self) -> None:
        """Let the task :meth:`send_on` send, and publish, what there is."""
        self._left_over.set()

    async def send_on(self) -> None:
        """Send what was left to send by those who must not wait; a task."""
        while True:
            await self._left_over.wait()
            self._left_over = trio.Event()
            await self.send()
            await self.publish_changes()

    async def _encode(self, command: Command) -> bytes:
        try:
            if len(getattr(command.content, "entries", ())) < _MANY:
                return encode_command(command)
            return await trio.to_thread.run_sync(encode_command, command)
        except EncodeError as error:
            self.tell(EC.SERIALIZATION_FAILED, f"store {self.name}: cannot send to the other side: {error}")
            return b""

    # -- time ---------------------------------------------------------------------------------------------------------

    async def tick_until_closed(self) -> None:
        """Call :meth:`tick` every :data:`TICK` seconds; ticks that were missed are not made up for."""
        deadline = trio.current_time()
        while not self.closing.is_set():
            deadline = max(deadline + TICK, trio.current_time())
            with trio.move_on_at(deadline):
                await self.closing.wait()
            await self.tick()

    async def tick(self) -> None:
        """A tick has passed."""
        raise NotImplementedError

    async def run(self) -> None:
        """The task of this store; ends when it is closed, and sets :attr:`ended`."""
        raise NotImplementedError

    async def receive(self, message: Message) -> None:
        """A command from a peer."""
        raise NotImplementedError


@asynccontextmanager
async def _in_turn(lock: trio.Lock) -> AsyncIterator[None]:
    """Hold *lock*; quicker than ``async with lock`` where nobody else does."""
    try:
        lock.acquire_nowait()
    except trio.WouldBlock:
        await lock.acquire()
    try:
        yield
    finally:
        lock.release()
