"""Places for entries that a command can be pointed at: a master at a peer, and files of both kinds."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

import pytest

from broker_core import StoreFile, sort_key


class Place:
    """A store, and what to say on the command line to *read* or to *change* it."""

    def __init__(self, title: str, read: tuple[str, ...], change: tuple[str, ...], master: Any, path: str) -> None:
        self.title = title
        self.read = read
        self.change = change
        self._master = master
        self._path = path

    @property
    def is_file(self) -> bool:
        return self._master is None

    async def put(self, key: object, value: object, expiry: float | None = None) -> None:
        if self._master is not None:
            await self._master.put(key, value, expiry)
            return
        with StoreFile.open(self._path, writable=True) as file:
            file.put(key, value, expiry)

    async def entries(self) -> dict[Any, Any]:
        """Sort key to value."""
        if self._master is not None:
            return {sort_key(key): value for key, value in (await self._master.snapshot()).items()}
        with StoreFile.open(self._path) as file:
            return {sort_key(key): record.value for key, record in file.entries()}

    async def get(self, key: object) -> Any:
        return (await self.entries()).get(sort_key(key))

    def expiry(self, key: object) -> int | None:
        """Nanoseconds since the epoch; for files only."""
        with StoreFile.open(self._path) as file:
            return file.get(key).expiry


@asynccontextmanager
async def open_place(kind: str, hub, folder):
    """An empty store of the *kind* live, sqlite or rocksdb."""
    if kind == "live":
        async with hub() as here:
            master = await here.endpoint.attach_master("db")
            peer = ("-p", here.peer, "db")
            yield Place(f"store db at {here.peer}", peer, peer, master, "")
        return
    path = str(folder / f"db.{kind}")
    StoreFile.create(path, kind).close()
    yield Place(path, ("--file", path), ("--file", path, "--write"), None, path)


@pytest.fixture(params=["live", "sqlite", "rocksdb"])
async def place(request, hub, tmp_path):
    """One of each kind."""
    async with open_place(request.param, hub, tmp_path) as opened:
        yield opened


@pytest.fixture
async def file_place(hub, tmp_path):
    """A file, where it does not matter of which kind."""
    async with open_place("sqlite", hub, tmp_path) as opened:
        yield opened


@pytest.fixture
async def live_place(hub, tmp_path):
    """A master at a peer."""
    async with open_place("live", hub, tmp_path) as opened:
        yield opened
