"""The data stores of one endpoint: attach, find, close. Source: manual sections 2.4.1 and 2.4.2."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import ConfigurationError, InvalidValue, MasterExists, NoSuchMaster
from broker_core.model.ids import EntityId
from broker_core.model.topics import MASTER_SUFFIX, check_topic, join_topics
from broker_core.stores.channel import TICK, ChannelSettings
from broker_core.stores.clone import Clone
from broker_core.stores.engine import Engine
from broker_core.stores.master import Master
from broker_core.stores.options import open_backend

from .clone_store import CloneStore
from .master_store import MasterStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .hub import Hub
    from .store_base import LiveStore

__all__ = ["Stores"]


class Stores:
    """Masters and clones by name. Their tasks run in *nursery*."""

    def __init__(self, hub: Hub, nursery: trio.Nursery) -> None:
        self.hub = hub
        self.nursery = nursery
        self.open: dict[str, LiveStore] = {}
        self._numbers = count(1)
        self._opening: set[str] = set()
        limits = hub.limits
        self._settings = ChannelSettings(buffer=limits.store_buffer, paths=limits.store_clones)

    def _new_id(self) -> EntityId:
        return EntityId(self.hub.own_id, next(self._numbers))

    async def attach_master(self, name: str, backend: str, options: Mapping[str, Any] | None) -> MasterStore:
        """Open the backend and serve it. Raises :class:`MasterExists`, :class:`BackendFailure`."""
        topic = _checked(name, MASTER_SUFFIX)
        if name in self.open or name in self._opening:
            role = self.open[name].role if name in self.open else "master"
            msg = f"this endpoint already has the {role} of it"
            raise MasterExists(msg, name)
        for peer in self.hub.router.peers.values():
            # C++ also refuses when a peer merely wants a prefix of the topic, such as everything (spec section 1).
            if topic in peer.filter:
                msg = f"the peer {peer.peer_id} has the master of it"
                raise MasterExists(msg, name)
        self._opening.add(name)
        try:
            if backend == "memory":
                database = open_backend(backend, options, self.hub.limits)
            else:
                database = await trio.to_thread.run_sync(open_backend, backend, options, self.hub.limits)
        finally:
            self._opening.discard(name)
        own_id = self._new_id()
        store = MasterStore(self.hub, name, Engine(database, own_id), Master(own_id, self._settings))
        self._start(store)
        return store

    async def attach_clone(self, name: str, resync: float, stale: float | None, keep_writes: float) -> CloneStore:
        """Follow the master of *name*, which may come later. Raises :class:`NoSuchMaster`, :class:`InvalidValue`."""
        _checked(name, MASTER_SUFFIX)
        for what, seconds in (("resync_interval", resync), ("mutation_buffer_interval", keep_writes)):
            if not seconds > 0:
                msg = f"{what} must be above 0 seconds, not {seconds!r}"
                raise ConfigurationError(msg)
        existing = self.open.get(name)
        if isinstance(existing, CloneStore):
            return existing
        if existing is not None or name in self._opening:
            # Error 8 is what C++ gives, too.
            msg = "this endpoint has the master itself; a clone is for another one"
            raise NoSuchMaster(msg, name)
        clone = Clone(
            name,
            self._new_id,
            self._settings,
            resync=_ticks(resync),
            stale=None if stale is None or stale < 0 else _ticks(stale),
            keep_writes=_ticks(keep_writes),
        )
        store = CloneStore(self.hub, name, clone)
        self._start(store)
        await trio.lowlevel.checkpoint()
        return store

    def _start(self, store: LiveStore) -> None:
        self.open[store.name] = store
        self.hub.commands[store.receive_topic] = store.receive
        self.hub.want([store.receive_topic])
        self.nursery.start_soon(self._run, store)

    async def _run(self, store: LiveStore) -> None:
        try:
            await store.run()
        finally:
            self._forget(store)

    def _forget(self, store: LiveStore) -> None:
        if self.open.get(store.name) is store:
            del self.open[store.name]
            del self.hub.commands[store.receive_topic]
            self.hub.want([], [store.receive_topic])

    async def close(self, store: LiveStore) -> None:
        """End *store* after what was asked of it. Idempotent."""
        await store.drain()
        store.closing.set()
        await store.ended.wait()

    async def close_all(self) -> None:
        """End all stores, side by side."""
        async with trio.open_nursery() as nursery:
            for store in list(self.open.values()):
                nursery.start_soon(self.close, store)


def _checked(name: str, suffix: str) -> str:
    """The topic of the store *name*."""
    if not isinstance(name, str) or not name:
        msg = f"the name of a data store is a str that is not empty, not {name!r}"
        raise InvalidValue(msg)
    return check_topic(join_topics(name, suffix))


def _ticks(seconds: float) -> int:
    """At least one, at most what nobody lives to see."""
    return max(1, round(min(seconds / TICK, 2.0**53)))
