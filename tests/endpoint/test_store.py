"""A master and what programs do with it; clones are in test_clones.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trio

from broker_core import (
    DEFAULT_LIMITS,
    EC,
    STORE_EVENTS_TOPIC,
    BackendFailure,
    Count,
    Endpoint,
    InvalidValue,
    MasterExists,
    NoSuchKey,
    NoSuchMaster,
    Set,
    StoreError,
    Table,
    Timespan,
    Timestamp,
    TypeClash,
    parse_store_event,
)
from broker_core.runtime import master_store
from pairs import options, until

BACKENDS = ("memory", "sqlite", "rocksdb")


def place(backend: str, tmp_path) -> dict[str, str]:
    return {} if backend == "memory" else {"path": str(tmp_path / f"db.{backend}")}


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def wall(monkeypatch):
    """A wall clock that goes with trio's."""
    start = 1_700_000_000_000_000_000
    monkeypatch.setattr(master_store, "now_ns", lambda: start + int(trio.current_time() * 1e9))


async def test_all_operations(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        assert (store.name, store.role) == ("db", "master")
        await store.put("k", "v")
        assert await store.get("k") == "v"
        await store.put("n", Count(5))
        await store.increment("n", Count(3))
        await store.decrement("n", Count(1))
        assert await store.get("n") == Count(7)
        await store.append("k", "w")
        assert await store.get("k") == "vw"
        await store.insert_into("set", 1)
        await store.insert_into("set", 2)
        await store.remove_from("set", 1)
        assert await store.get("set") == Set([2])
        await store.insert_into("table", "a", 1)
        await store.insert_into("table", "b", None)
        await store.remove_from("table", "a")
        assert await store.get("table") == Table({"b": None})
        await store.push("vector", 1)
        await store.push("vector", 2)
        await store.pop("vector")
        assert await store.get("vector") == (1,)
        assert await store.put_unique("u", 1) is True
        assert await store.put_unique("u", 2) is False
        await store.increment("i")
        assert await store.snapshot() == Table(
            {"i": 1, "k": "vw", "n": Count(7), "set": Set([2]), "table": Table({"b": None}), "u": 1, "vector": (1,)}
        )
        assert await store.size() == 7
        assert await store.exists("k")
        await store.erase("k")
        await store.erase("k")
        assert not await store.exists("k")
        assert await store.keys() == {"i", "n", "set", "table", "u", "vector"}
        await store.clear()
        assert await store.size() == 0


async def test_parts_of_values(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        await store.put("v", [1, "two"])
        await store.put("s", {1, 2})
        await store.put("t", {"a": Count(1)})
        assert await store.get_index_from_value("v", 1) == "two"
        assert await store.get_index_from_value("s", 3) is False
        assert await store.get_index_from_value("t", "a") == Count(1)
        with pytest.raises(NoSuchKey, match=r'store db: .*\(at key "v"\)'):
            await store.get_index_from_value("v", 2)
        with pytest.raises(TypeClash, match=r"store db: "):
            await store.get_index_from_value("v", "x")
        with pytest.raises(NoSuchKey, match=r'^store db: no such key: "none"$'):
            await store.get_index_from_value("none", 1)


async def test_what_the_store_refuses_says_which_store_and_why(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        await store.put("k", "v")
        with pytest.raises(TypeClash, match=r"^store db: cannot add integer to string$") as clash:
            await store.increment("k", 1)
        assert clash.value.code is EC.TYPE_CLASH
        with pytest.raises(NoSuchKey, match=r'^store db: no such key: "x"$'):
            await store.decrement("x", 1)
        with pytest.raises(NoSuchKey):
            await store.get("x")
        assert await store.get("x", default=None) is None
        with pytest.raises(InvalidValue, match=r"^key: "):
            await store.put(object(), 1)
        with pytest.raises(InvalidValue, match=r"^value: "):
            await store.put("k", 2**63)
        with pytest.raises(InvalidValue, match=r"^expiry: "):
            await store.put("k", 1, 0)
        assert await store.get("k") == "v"


async def test_types_of_keys_are_kept_apart(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        keys = [True, 1, Count(1), 1.0, "1", Timespan(1), Timestamp(1), (1,), Set([1])]
        for number, key in enumerate(keys):
            await store.put(key, number)
        for number, key in enumerate(keys):
            assert await store.get(key) == number
        assert await store.size() == len(keys)
        assert await store.keys() == Set(keys)


async def test_operations_that_nobody_awaits(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        errors = endpoint.make_status_subscriber()
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        for number in range(300):
            store.nowait.put(number, "v")
        store.nowait.increment(5, 1)
        store.nowait.increment(6, 1)
        store.nowait.erase(7)
        with pytest.raises(TypeClash, match=r"cannot add integer to string"):
            await store.flush()
        await store.flush()
        assert await store.size() == 299
        notice = await errors.get(timeout=5)
        assert notice.code is EC.TYPE_CLASH
        assert "1 unconfirmed operations failed" in notice.message


async def test_entries_come_in_pages_while_others_write(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        for number in range(2500):
            store.nowait.put(Count(number), str(number))
        await store.flush()
        seen = {}
        async for key, value in store.entries():
            seen[key] = value
            if len(seen) == 1100:
                await store.put("late", "x")
                await store.erase(Count(3))
        seen.pop("late", None)
        assert len(seen) >= 2499
        assert all(seen[Count(number)] == str(number) for number in range(2500) if number != 3)


async def test_a_persistent_store_is_there_again(tmp_path):
    for backend in BACKENDS[1:]:
        where = place(backend, tmp_path)
        async with Endpoint(options()) as endpoint:
            async with await endpoint.attach_master("db", backend, where) as store:
                await store.put("k", {"a": 1})
                await store.put("short", 1, 1e-9)
                store.nowait.put("unawaited", 2)
            again = await endpoint.attach_master("db", backend, where)
            assert await again.get("k") == Table({"a": 1})
            assert await again.get("unawaited") == 2

            async def is_gone() -> bool:
                return not await again.exists("short")  # noqa: B023  # awaited in this very turn

            await until(is_gone)


async def test_entries_expire_and_who_listens_hears_of_it(autojump_clock, wall):
    async with Endpoint(options()) as endpoint:
        events = endpoint.make_subscriber(STORE_EVENTS_TOPIC + "db")
        store = await endpoint.attach_master("db")
        await store.put("k", 1, 5.0)
        await store.put("kept", 1, 5.0)
        await store.put("kept", 2)
        await store.put("later", 1, 60)
        start = trio.current_time()
        kinds = []
        while "expire" not in kinds:
            event = parse_store_event((await events.get(10)).value)
            kinds.append(event.kind)
        assert event.key == "k"
        assert event.publisher == store.id
        assert 5 <= trio.current_time() - start < 5.3
        assert kinds == ["insert", "insert", "update", "insert", "expire"]
        assert await store.keys() == {"kept", "later"}


async def test_events_tell_old_and_new(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        await store.put("before", 0)
        with endpoint.make_subscriber(STORE_EVENTS_TOPIC + "db") as events:
            await store.put("a", 1, 60)
            await store.increment("a", 2)
            store.nowait.erase("a")
            await store.clear()
            got = [parse_store_event((await events.get(5)).value) for _ in range(4)]
        assert [(e.kind, e.key, e.old, e.new) for e in got] == [
            ("insert", "a", None, 1),
            ("update", "a", 1, 3),
            ("erase", "a", None, None),
            ("erase", "before", None, None),
        ]
        assert got[0].expiry == Timespan.from_seconds(60)
        assert {e.store for e in got} == {"db"}
        assert {e.publisher for e in got} == {store.id}


async def test_names_are_taken_once():
    async with Endpoint(options()) as one, Endpoint(options()) as two:
        await one.attach_master("db")
        with pytest.raises(MasterExists, match=r"^store db: this endpoint already has the master of it$"):
            await one.attach_master("db")
        with pytest.raises(NoSuchMaster):
            await one.attach_clone("db")
        await two.attach_clone("db")
        with pytest.raises(MasterExists, match=r"already has the clone of it"):
            await two.attach_master("db")
        await two.peer(one)
        other = await one.attach_master("other")
        with pytest.raises(MasterExists, match=f"the peer {one.id} has the master of it"):
            await two.attach_master("other")
        await other.aclose()
        await two.attach_master("other")
        with pytest.raises(InvalidValue, match=r"not empty"):
            await one.attach_master("")


async def test_a_peer_that_wants_everything_is_no_master():
    async with Endpoint(options()) as one, Endpoint(options()) as two:
        one.make_subscriber("")
        await two.peer(one)
        await two.attach_master("db")


async def test_what_cannot_be_opened_leaves_the_endpoint_up(tmp_path):
    async with Endpoint(options()) as endpoint:
        (tmp_path / "file").write_bytes(b"no database" * 1000)
        for wrong in ({}, {"path": str(tmp_path / "file")}, {"path": 5}, {"path": "x", "colour": 1}):
            with pytest.raises(BackendFailure):
                await endpoint.attach_master("db", "sqlite", wrong)
        store = await endpoint.attach_master("db")
        await store.put(1, 2)


async def test_a_closed_store_says_so(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        assert [info.name for info in endpoint.stores()] == ["db"]
        assert endpoint.filter == ("db/<$>/data/master",)
        await store.aclose()
        await store.aclose()
        assert endpoint.stores() == []
        assert endpoint.filter == ()
        for attempt in (store.put(1, 1), store.get(1)):
            with pytest.raises(StoreError, match=r"^store db: the store is closed$"):
                await attempt
        with pytest.raises(StoreError, match=r"^store db: the store is closed$"):
            store.nowait.put(1, 1)


async def test_a_closed_clone_says_so_even_when_it_is_full():
    limits = replace(DEFAULT_LIMITS, store_buffer=2)
    async with Endpoint(options(limits=limits)) as endpoint:
        store = await endpoint.attach_clone("db")
        assert not store.closed
        for number in range(2):
            store.nowait.put(1, number)
        with pytest.raises(trio.WouldBlock):
            store.nowait.put(1, 2)
        await store.aclose()
        assert store.closed
        with pytest.raises(StoreError, match=r"^store db: the store is closed$"):
            store.nowait.put(1, 2)


async def test_too_many_unawaited_operations_are_refused_and_nothing_is_lost(tmp_path):
    limits = replace(DEFAULT_LIMITS, store_queue=10)
    async with Endpoint(options(limits=limits)) as endpoint:
        store = await endpoint.attach_master("db", "sqlite", place("sqlite", tmp_path))
        with pytest.raises(trio.WouldBlock):
            for done in range(20):
                store.nowait.put(done, done)
        assert 10 <= done <= 11  # one may be at work already
        await store.flush()
        assert await store.size() == done


async def test_what_is_known_of_a_store(backend, tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", backend, place(backend, tmp_path))
        await store.put(1, 1)
        info = store.info()
        assert (info.name, info.role, info.backend, info.size, info.clones) == ("db", "master", backend, 1, 0)
        assert (info.synchronized, info.stale, info.pending) == (True, False, 0)
        assert (info.writers, info.early, info.unacknowledged) == (0, 0, 0)
        assert repr(store) == f"<Store 'db', master {store.id}>"
