"""The store handle: what a program holds to work with a master or a clone (manual section 2.4)."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self

import trio

from broker_core.errors import NoSuchKey
from broker_core.model.native import to_value
from broker_core.runtime.clone_store import CloneStore
from broker_core.stores import operations, reads
from broker_core.stores.operations import MISSING, Expiry

from .operations import Operations
from .proxy import Proxy
from .publisher import CHECKPOINT_EVERY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from broker_core.messages.commands import Action
    from broker_core.model import Set, Table, Value
    from broker_core.model.ids import EntityId
    from broker_core.runtime.store_base import LiveStore, Role, StoreInfo
    from broker_core.runtime.stores import Stores

__all__ = ["Store"]

_PAGE: Final = 1000
"""Entries that an iteration fetches at a time."""


class Store:
    """A master or a clone, made by ``endpoint.attach_master`` or ``attach_clone``; ``async with`` detaches it.

    Every changing method returns when the master has applied the operation (persistent backends: committed it),
    and raises what the master says: :class:`TypeClash`, :class:`NoSuchKey` (subtracting from nothing),
    :class:`BackendFailure`; or :class:`StoreTimeout` when it says nothing within *timeout* seconds (default
    limits.store_request_timeout). Keys and values are converted as by ``publish``; :class:`InvalidValue`.
    *expiry*, in seconds (or a timedelta or Timespan), is how long the entry then lives; without it an entry that
    had one lives for ever. :attr:`nowait` has the same operations without waiting.

    A read sees what was applied before it. At a clone it waits limits.store_get_delay for the first snapshot, and
    raises :class:`StaleData` when there is none by then, or when the master has been away for too long.
    """

    def __init__(self, stores: Stores, live: LiveStore) -> None:
        self._stores = stores
        self._live = live
        self._requests = count(1)
        self._since_checkpoint = 0
        self.nowait = Operations(lambda: live.id, live.write_nowait)
        """The same operations without waiting. trio.WouldBlock, with nothing done, when limits.store_queue of them
        are waiting (at a clone: limits.store_buffer). What the master refuses is told to status subscribers, and
        :meth:`flush` raises the first error."""

    def __repr__(self) -> str:
        return f"<Store {self.name!r}, {self.role} {self.id}>"

    @property
    def name(self) -> str:
        """The name that master and clones share."""
        return self._live.name

    @property
    def role(self) -> Role:
        """``master`` or ``clone``."""
        return self._live.role

    @property
    def id(self) -> EntityId:
        """The id in commands and events; a clone gets another one when it has to start over."""
        return self._live.id

    def info(self) -> StoreInfo:
        """What is known about it now."""
        return self._live.info()

    @property
    def closed(self) -> bool:
        """Whether it is detached, or its endpoint shut down; for other threads too."""
        return self._live.closing.is_set()

    async def aclose(self) -> None:
        """Detach it: what was asked for is done, files are closed; the endpoint goes on. Idempotent."""
        await self._stores.close(self._live)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def wait_synchronized(self, timeout: float | None = None) -> None:
        """Wait for a clone's first snapshot; a master has no need to.

        After *timeout* seconds (default limits.store_request_timeout) raises :class:`NoSuchMaster` when no peer
        has the master, :class:`StoreTimeout` when one may have it but sent nothing.
        """
        await trio.lowlevel.checkpoint()
        if isinstance(self._live, CloneStore):
            await self._live.wait_synchronized(timeout)

    # -- changing -------------------------------------------------------------------------------------------------

    async def put(self, key: object, value: object, expiry: Expiry = None, *, timeout: float | None = None) -> None:
        """Store *value* at *key*, whatever was there."""
        await self._write(operations.put(self._live.id, key, value, expiry), timeout)

    async def put_unique(
        self, key: object, value: object, expiry: Expiry = None, *, timeout: float | None = None
    ) -> bool:
        """Store *value* at *key* if nothing is there, and tell whether that was so."""
        own_id = self._live.id
        action = operations.put_unique(own_id, key, value, expiry, who=own_id, request=next(self._requests))
        return bool(await self._write(action, timeout))

    async def erase(self, key: object, *, timeout: float | None = None) -> None:
        """Remove *key*, if it exists."""
        await self._write(operations.erase(self._live.id, key), timeout)

    async def clear(self, *, timeout: float | None = None) -> None:
        """Remove all keys."""
        await self._write(operations.clear(self._live.id), timeout)

    async def increment(
        self, key: object, amount: object = 1, expiry: Expiry = None, *, timeout: float | None = None
    ) -> None:
        """Add *amount* to the number (same type) or time (a timespan) at *key*; an absent one starts from zero."""
        await self._write(operations.increment(self._live.id, key, amount, expiry), timeout)

    async def decrement(
        self, key: object, amount: object = 1, expiry: Expiry = None, *, timeout: float | None = None
    ) -> None:
        """Subtract *amount* from the number or time at *key*."""
        await self._write(operations.decrement(self._live.id, key, amount, expiry), timeout)

    async def append(self, key: object, text: object, expiry: Expiry = None, *, timeout: float | None = None) -> None:
        """Append *text* to the string at *key*; an absent one starts empty."""
        await self._write(operations.append(self._live.id, key, text, expiry), timeout)

    async def insert_into(
        self,
        key: object,
        index: object,
        value: object = MISSING,
        expiry: Expiry = None,
        *,
        timeout: float | None = None,
    ) -> None:
        """Add *index* to the set at *key*, or with *value* (which may be None) an entry to the table there."""
        await self._write(operations.insert_into(self._live.id, key, index, value, expiry), timeout)

    async def remove_from(
        self, key: object, index: object, expiry: Expiry = None, *, timeout: float | None = None
    ) -> None:
        """Take *index* out of the set or table at *key*; a vector loses its last element, whatever *index* is."""
        await self._write(operations.remove_from(self._live.id, key, index, expiry), timeout)

    async def push(self, key: object, value: object, expiry: Expiry = None, *, timeout: float | None = None) -> None:
        """Append *value* to the vector at *key*; an absent one starts empty."""
        await self._write(operations.push(self._live.id, key, value, expiry), timeout)

    async def pop(self, key: object, expiry: Expiry = None, *, timeout: float | None = None) -> None:
        """Remove the last element of the vector at *key*."""
        await self._write(operations.pop(self._live.id, key, expiry), timeout)

    async def flush(self, timeout: float | None = None) -> None:
        """Wait until everything asked for so far is applied; raises the first error of what nobody awaited."""
        await self._live.flush(timeout)

    async def _write(self, action: Action, timeout: float | None) -> bool | None:
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            await self._let_others_run()
        return await self._live.write(action, timeout)

    async def _let_others_run(self) -> None:
        self._since_checkpoint = 0
        await trio.lowlevel.checkpoint()

    # -- reading --------------------------------------------------------------------------------------------------

    async def get(self, key: object, default: Any = MISSING) -> Any:
        """The value at *key*; *default* when there is none, or without one :class:`NoSuchKey`."""
        try:
            return await self._read(reads.get, to_value(key, "key"))
        except NoSuchKey:
            if default is MISSING:
                raise
            return default

    async def exists(self, key: object) -> bool:
        """Whether there is something at *key*."""
        return bool(await self._read(reads.exists, to_value(key, "key")))

    async def get_index_from_value(self, key: object, index: object) -> Value:
        """The element *index* of the vector or table at *key*; of a set, whether *index* is in it.

        Raises :class:`NoSuchKey` also when the value has no such index, :class:`TypeClash` for a vector's index
        that is no number. A value that is no container is returned itself, as C++ does.
        """
        value: Value = await self._read(reads.get_part, to_value(key, "key"), to_value(index, "index"))
        return value

    async def keys(self) -> Set:
        """All keys. Expensive for a large store: see :meth:`entries`."""
        found: Set = await self._read(reads.keys)
        return found

    async def size(self) -> int:
        """How many keys there are."""
        number: int = await self._read(reads.size)
        return number

    async def snapshot(self) -> Table:
        """All keys and values as of one moment; likewise."""
        table: Table = await self._read(reads.snapshot)
        return table

    def entries(self) -> AsyncIterator[tuple[Value, Value]]:
        """All keys and values, a page at a time, in bounded memory, without stopping writes meanwhile.

        Every key that is there from beginning to end comes once; one that comes or goes meanwhile may come or not.
        """
        return _Entries(self._live)

    async def _read(self, query: Any, *arguments: Any) -> Any:
        self._since_checkpoint += 1
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            await self._let_others_run()
        return await self._live.read(query, *arguments)

    def proxy(self) -> Proxy:
        """A way to ask without waiting, for programs with a loop of their own (manual 2.4.2, *Proxy Retrieval*)."""
        return Proxy(self._stores.nursery, self, self._stores.hub.limits.store_queue)


class _Entries:
    """An iteration over all entries of *live*."""

    def __init__(self, live: LiveStore) -> None:
        self._live = live
        self._page: Iterator[tuple[Value, Value]] = iter(())
        self._last: tuple[Value, ...] | None = ()
        """The key that the next page begins behind, if there is one; None when there is no next page."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[Value, Value]:
        for entry in self._page:
            return entry
        page = await self._next_page()
        if not page:
            raise StopAsyncIteration
        self._page = iter(page)
        return next(self._page)

    async def _next_page(self) -> list[tuple[Value, Value]]:
        await trio.lowlevel.checkpoint()
        if self._last is None:
            return []
        page: list[tuple[Value, Value]]
        if self._live.paged:
            page = await self._live.read(reads.page, _PAGE, *self._last)
            self._last = (page[-1][0],) if page else None
        else:
            page = await self._live.read(reads.pairs)
            self._last = None
        return page
