"""Where entries come from and go to: a store at a peer, a store file, or an export. Commands know only the protocol."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

import trio

from broker_cli.output.entries import Entry
from broker_core import NoSuchKey, Record, StoreError, Timespan, now
from broker_core.codecs import binary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from broker_core import Store, StoreFile

__all__ = ["PAGE", "Entries", "ExportSource", "FileSource", "LiveSource", "Source"]

T = TypeVar("T")

Ttl = float | Timespan | None
"""How long an entry is to live, in seconds unless it says so itself; None: for ever."""

PAGE = 1000
"""Entries that are fetched, or stored, at a time."""


class Entries(Protocol):
    """Entries that can be looked through. Methods raise :class:`StoreError`."""

    title: str
    """What to call it in messages."""
    in_memory: ClassVar[bool]
    """Whether it is quick to look up keys."""

    async def size(self) -> int:
        """How many entries there are."""

    async def find_all(self, keys: Sequence[Any]) -> list[Entry | None]:
        """The entry at each of *keys*; None where there is none."""

    def pages(self) -> AsyncIterator[list[Entry]]:
        """All entries, :data:`PAGE` of them at a time, in bounded memory."""


class Source(Entries, Protocol):
    """A data store."""

    async def part(self, key: Any, index: Any) -> Any:
        """The element *index* of the value at *key*."""

    async def change(self, operation: str, *arguments: Any, ttl: Ttl = None) -> None:
        """Do what the method *operation* of :class:`broker_core.Store` does, and see that it is done.

        *ttl* is that of what it stores.
        """

    async def put_unique(self, key: Any, value: Any, ttl: Ttl) -> bool:
        """Store *value* if nothing is there; whether that was so."""

    async def put_all(self, entries: Sequence[Entry], *, absent_only: bool) -> int:
        """Store *entries*, or those of them whose key is absent; how many that were."""

    async def erase_all(self, keys: Sequence[Any]) -> None:
        """Remove *keys*, as far as they exist."""


class _Pages:
    """What *fetch* returns, until that is nothing."""

    def __init__(self, fetch: Callable[[], Awaitable[list[Entry]]]) -> None:
        self._fetch = fetch

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Entry]:
        page = await self._fetch()
        if not page:
            raise StopAsyncIteration
        return page


class LiveSource:
    """A clone of the master at a peer. The time of expiry of what it holds is not known."""

    in_memory: ClassVar[bool] = True

    def __init__(self, store: Store, where: str, timeout: float | None) -> None:
        self.title = f"store {store.name} at {where}"
        self.where = where
        self.store = store
        self._timeout = timeout

    async def find_all(self, keys: Sequence[Any]) -> list[Entry | None]:
        """As the protocol says."""
        return [await self._find(key) for key in keys]

    async def _find(self, key: Any) -> Entry | None:
        try:
            return Entry(key, await self.store.get(key))
        except NoSuchKey:
            return None

    async def part(self, key: Any, index: Any) -> Any:
        """As the protocol says."""
        return await self.store.get_index_from_value(key, index)

    async def size(self) -> int:
        """As the protocol says."""
        return await self.store.size()

    def pages(self) -> AsyncIterator[list[Entry]]:
        """As the protocol says."""
        entries = self.store.entries()

        async def some() -> list[Entry]:
            await trio.lowlevel.checkpoint()
            page: list[Entry] = []
            async for key, value in entries:
                page.append(Entry(key, value))
                if len(page) == PAGE:
                    break
            return page

        return _Pages(some)

    async def change(self, operation: str, *arguments: Any, ttl: Ttl = None) -> None:
        """As the protocol says."""
        await getattr(self.store, operation)(*arguments, **_expiry(ttl), timeout=self._timeout)

    async def put_unique(self, key: Any, value: Any, ttl: Ttl) -> bool:
        """As the protocol says."""
        return await self.store.put_unique(key, value, ttl, timeout=self._timeout)

    async def put_all(self, entries: Sequence[Entry], *, absent_only: bool) -> int:
        """As the protocol says. Many are under way at once, so that the way to the master counts only once."""
        if not absent_only:
            for key, value, expiry in entries:
                self.store.nowait.put(key, value, _time_left(expiry))
            await self.store.flush(self._timeout)
            return len(entries)
        stored = 0
        errors: list[StoreError] = []

        async def put(entry: Entry, whole: trio.CancelScope) -> None:
            nonlocal stored
            try:
                stored += await self.put_unique(entry.key, entry.value, _time_left(entry.expiry))
            except StoreError as error:
                errors.append(error)
                whole.cancel()

        async with trio.open_nursery() as nursery:
            for entry in entries:
                if not await self.store.exists(entry.key):
                    nursery.start_soon(put, entry, nursery.cancel_scope)
        if errors:
            raise errors[0]
        return stored

    async def erase_all(self, keys: Sequence[Any]) -> None:
        """As the protocol says."""
        for key in keys:
            self.store.nowait.erase(key)
        await self.store.flush(self._timeout)


def _expiry(ttl: Ttl) -> dict[str, Ttl]:
    """An argument only where there is something to say: not every operation stores something."""
    return {} if ttl is None else {"expiry": ttl}


def _time_left(expiry: int | None) -> Timespan | None:
    return None if expiry is None else Timespan(max(1, expiry - now().ns))


class FileSource:
    """A store file. What waits for the disk runs in a thread, so that signals are heard meanwhile."""

    in_memory: ClassVar[bool] = False

    def __init__(self, file: StoreFile) -> None:
        self.title = file.path
        self.file = file

    async def find_all(self, keys: Sequence[Any]) -> list[Entry | None]:
        """As the protocol says."""
        return await trio.to_thread.run_sync(lambda: [self._find(key) for key in keys])

    def _find(self, key: Any) -> Entry | None:
        try:
            record = self.file.get(key)
        except NoSuchKey:
            return None
        return Entry(key, record.value, record.expiry)

    async def part(self, key: Any, index: Any) -> Any:
        """As the protocol says."""
        return await trio.to_thread.run_sync(self.file.get_index_from_value, key, index)

    async def size(self) -> int:
        """As the protocol says."""
        return await trio.to_thread.run_sync(self.file.size)

    def pages(self) -> AsyncIterator[list[Entry]]:
        """As the protocol says."""
        entries = self.file.entries()

        def some() -> list[Entry]:
            return [Entry(key, record.value, record.expiry) for key, record in islice(entries, PAGE)]

        return _Pages(partial(trio.to_thread.run_sync, some))

    async def change(self, operation: str, *arguments: Any, ttl: Ttl = None) -> None:
        """As the protocol says."""
        await self._commit(lambda: getattr(self.file, operation)(*arguments, **_expiry(ttl)))

    async def put_unique(self, key: Any, value: Any, ttl: Ttl) -> bool:
        """As the protocol says."""
        return await self._commit(lambda: self.file.put_unique(key, value, ttl))

    async def put_all(self, entries: Sequence[Entry], *, absent_only: bool) -> int:
        """As the protocol says, in one transaction."""

        def put() -> int:
            stored = 0
            for key, value, expiry in entries:
                if not (absent_only and self.file.exists(key)):
                    self.file.put_record(key, Record(value, expiry))
                    stored += 1
            return stored

        return await self._commit(put)

    async def erase_all(self, keys: Sequence[Any]) -> None:
        """As the protocol says, in one transaction."""

        def erase() -> None:
            for key in keys:
                self.file.erase(key)

        await self._commit(erase)

    async def _commit(self, act: Callable[[], T]) -> T:
        def program() -> T:
            result = act()
            self.file.commit()
            return result

        return await trio.to_thread.run_sync(program)


class ExportSource:
    """What ``store export`` printed, held in memory. It can only be read."""

    in_memory: ClassVar[bool] = True

    def __init__(self, title: str, entries: Iterable[Entry]) -> None:
        self.title = title
        self._entries = {binary.encode(entry.key): entry for entry in entries}

    async def size(self) -> int:
        """As the protocol says."""
        await trio.lowlevel.checkpoint()
        return len(self._entries)

    async def find_all(self, keys: Sequence[Any]) -> list[Entry | None]:
        """As the protocol says."""
        await trio.lowlevel.checkpoint()
        return [self._entries.get(binary.encode(key)) for key in keys]

    def pages(self) -> AsyncIterator[list[Entry]]:
        """As the protocol says."""
        entries = iter(self._entries.values())

        async def some() -> list[Entry]:
            await trio.lowlevel.checkpoint()
            return list(islice(entries, PAGE))

        return _Pages(some)
