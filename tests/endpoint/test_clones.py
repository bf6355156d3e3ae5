"""Masters and clones on endpoints that are peered, in memory with a clock that jumps, or over TCP."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import trio

from broker_core import (
    STORE_EVENTS_TOPIC,
    Count,
    Endpoint,
    NoSuchKey,
    NoSuchMaster,
    StaleData,
    StoreError,
    StoreTimeout,
    Table,
    TypeClash,
    parse_store_event,
)
from pairs import SOON, options, pair, until


@asynccontextmanager
async def near(count: int = 1):
    """An endpoint for a master, and *count* endpoints of the same process that are peered with it."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Endpoint(options()))
        clients = [await stack.enter_async_context(Endpoint(options())) for _ in range(count)]
        for client in clients:
            await client.peer(server)
        yield server, *clients


async def equal(*stores) -> None:
    """Wait until all have the same entries."""

    async def are_equal() -> bool:
        return len({hash(await store.snapshot()) for store in stores}) == 1

    await until(are_equal)


async def test_a_clone_gets_everything_and_then_every_change():
    async with pair() as (a, b):
        master = await a.attach_master("db")
        for number in range(100):
            master.nowait.put(number, str(number))
        clone = await b.attach_clone("db")
        await clone.wait_synchronized()
        assert await clone.snapshot() == await master.snapshot()
        await master.put("new", Count(1))
        await master.erase(5)
        await equal(master, clone)
        assert await clone.get("new") == Count(1)
        with pytest.raises(NoSuchKey, match=r"^store db: no such key: "):
            await clone.get(5)
        assert clone.info().master == master.id
        assert master.info().clones == 1


async def test_writes_through_a_clone_return_when_the_master_has_applied_them():
    async with pair() as (a, b):
        master = await a.attach_master("db")
        clone = await b.attach_clone("db")
        await clone.put("k", "v")
        assert await master.get("k") == "v"
        assert await clone.get("k") == "v"
        await clone.increment("n", Count(2))
        await clone.increment("n", Count(3))
        assert await clone.get("n") == Count(5)
        await clone.append("k", "w")
        await clone.insert_into("s", 1)
        await clone.insert_into("t", "a", None)
        await clone.push("v", 1)
        await clone.push("v", 2)
        await clone.pop("v")
        await clone.remove_from("s", 1)
        await clone.decrement("n", Count(1))
        await clone.erase("k")
        await clone.erase("never was")
        assert await clone.put_unique("u", 1) is True
        assert await clone.put_unique("u", 2) is False
        assert await clone.snapshot() == await master.snapshot()
        assert await clone.snapshot() == Table(
            {"n": Count(4), "s": set(), "t": {"a": None}, "v": (1,), "u": 1},
        )
        await clone.clear()
        assert await master.size() == 0


async def test_what_the_master_refuses_reaches_the_writer():
    async with pair() as (a, b):
        master = await a.attach_master("db")
        clone = await b.attach_clone("db")
        await clone.put("k", "v")
        with pytest.raises(TypeClash, match=r"^store db: cannot add integer to string$"):
            await clone.increment("k", 1)
        with pytest.raises(NoSuchKey, match=r"store db: "):
            await clone.decrement("x", 1)
        clone.nowait.increment("k", 1)
        clone.nowait.put("k2", 2)
        with pytest.raises(TypeClash):
            await clone.flush()
        assert await master.get("k2") == 2


async def test_a_clone_may_come_before_its_master():
    async with pair() as (a, b):
        clone = await b.attach_clone("db")
        clone.nowait.put("early", 1)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(clone.put, "awaited", 2)
            await trio.testing.wait_all_tasks_blocked(0.05)
            master = await a.attach_master("db")
        await clone.flush()
        await equal(master, clone)
        assert await master.snapshot() == Table({"early": 1, "awaited": 2})


async def test_clones_agree_whoever_writes():
    async with near(3) as (server, *clients):
        master = await server.attach_master("db")
        clones = [await client.attach_clone("db") for client in clients]
        for number, clone in enumerate(clones):
            await clone.put(number, number)
            clone.nowait.increment("sum", number + 1)
        for clone in clones:
            await clone.flush()
        await equal(master, *clones)
        assert await master.get("sum") == 6


async def test_several_stores_do_not_disturb_each_other():
    async with pair() as (a, b):
        masters = [await a.attach_master(name) for name in ("db", "db/more", "other")]
        clones = [await b.attach_clone(master.name) for master in masters]
        for number, clone in enumerate(clones):
            await clone.put("k", number)
        assert [await master.get("k") for master in masters] == [0, 1, 2]
        back = await b.attach_master("back")
        assert await (await a.attach_clone("back")).size() == 0
        await back.put(1, 1)


async def test_before_the_first_snapshot_data_is_stale(autojump_clock):
    async with near() as (server, client):
        clone = await client.attach_clone("db")
        start = trio.current_time()
        with pytest.raises(StaleData, match=r"^store db: the clone has not been synchronized with its master yet$"):
            await clone.get("k")
        assert trio.current_time() - start == pytest.approx(5, abs=0.2)
        with pytest.raises(NoSuchMaster, match=r"^store db: no peer has the master"):
            await clone.wait_synchronized(3)
        with pytest.raises(NoSuchMaster):
            await clone.put("k", 1, timeout=1)
        server.forward("db")
        with pytest.raises(StoreTimeout, match=r"sent no snapshot within 3 s"):
            await clone.wait_synchronized(3)
        await client.unpeer(server.id)
        with pytest.raises(NoSuchMaster, match=r"no peer that could have the master"):
            await clone.wait_synchronized(1)


async def test_a_read_waits_for_the_snapshot_that_comes(autojump_clock):
    async with near() as (server, client):
        clone = await client.attach_clone("db")
        got = []

        async def read() -> None:
            got.append(await clone.get("k"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            await trio.testing.wait_all_tasks_blocked()
            master = await server.attach_master("db")
            await master.put("k", "v")
        assert got == ["v"]


async def test_without_its_master_a_clone_grows_stale(autojump_clock):
    async with near() as (server, client):
        master = await server.attach_master("db")
        await master.put("k", "v")
        clone = await client.attach_clone("db", stale_interval=30.0)
        await clone.wait_synchronized()
        await client.unpeer(server.id)
        with trio.move_on_after(29):
            await trio.sleep_forever()
        assert await clone.get("k") == "v"
        assert not clone.info().stale
        with trio.move_on_after(2):
            await trio.sleep_forever()
        with pytest.raises(StaleData, match=r"without its master for longer than its stale_interval"):
            await clone.get("k")
        assert clone.info().stale
        await client.peer(server)

        async def is_fresh() -> bool:
            return not clone.info().stale

        await until(is_fresh)
        assert await clone.get("k") == "v"


async def test_a_short_interruption_loses_nothing(autojump_clock):
    async with near() as (server, client):
        master = await server.attach_master("db")
        clone = await client.attach_clone("db")
        await clone.put("a", 1)
        first_id = clone.id
        await client.unpeer(server.id)
        await master.put("meanwhile", 2)
        clone.nowait.increment("a", 10)
        with trio.move_on_after(20):
            await trio.sleep_forever()
        await client.peer(server)
        await clone.flush(30)
        await equal(master, clone)
        assert await master.snapshot() == Table({"a": 11, "meanwhile": 2})
        assert clone.id == first_id


async def test_a_long_interruption_starts_the_clone_over(autojump_clock):
    async with near() as (server, client):
        events = client.make_subscriber(STORE_EVENTS_TOPIC)
        master = await server.attach_master("db")
        await master.put("gone", 1)
        await master.put("kept", 1)
        clone = await client.attach_clone("db")
        await clone.wait_synchronized()
        first_id = clone.id
        await client.unpeer(server.id)
        await master.erase("gone")
        await master.put("new", 2)
        with trio.move_on_after(120):
            await trio.sleep_forever()
        await client.peer(server)
        await equal(master, clone)
        assert clone.id != first_id
        assert master.info().clones == 1
        await clone.put("again", 3)
        assert await master.get("again") == 3
        kinds = [(event.kind, event.key) for event in (parse_store_event(m.value) for m in events.poll())]
        assert kinds[:2] == [("insert", "gone"), ("insert", "kept")]
        assert sorted(kinds[2:]) == [("erase", "gone"), ("insert", "again"), ("insert", "new"), ("update", "kept")]


async def test_a_master_that_restarts_is_followed_again(tmp_path):
    where = {"path": str(tmp_path / "db.sqlite")}
    with trio.fail_after(SOON * 3):
        async with Endpoint(options()) as client:
            async with Endpoint(options()) as server:
                listener = await server.listen("127.0.0.1", 0)
                port = listener.port
                await client.peer("127.0.0.1", port, retry=0.05)
                master = await server.attach_master("db", "sqlite", where)
                clone = await client.attach_clone("db")
                await clone.put("k", 1)
                assert clone.info().master == master.id
            clone.nowait.put("while it was away", 2)
            async with Endpoint(options()) as server:
                await server.listen("127.0.0.1", port)
                master = await server.attach_master("db", "sqlite", where)
                await clone.flush(20)
                assert await master.snapshot() == Table({"k": 1, "while it was away": 2})
                await equal(master, clone)
                assert clone.info().master == master.id


async def test_writes_that_find_no_master_are_given_up_in_the_end(autojump_clock):
    async with Endpoint(options()) as client:
        clone = await client.attach_clone("db", mutation_buffer_interval=30.0)
        errors = client.make_status_subscriber()
        clone.nowait.put("k", 1)
        notice = await errors.get(60)
        assert "store db" in notice.message
        with pytest.raises(StoreTimeout):
            await clone.flush(1)


async def test_a_clone_that_is_closed_says_so_to_those_who_wait(autojump_clock):
    async with near() as (_, client):
        clone = await client.attach_clone("db")
        failures = []

        async def write() -> None:
            try:
                await clone.put("k", 1)
            except StoreError as error:
                failures.append(str(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(write)
            await trio.testing.wait_all_tasks_blocked()
            await clone.aclose()
        assert failures == ["store db: the store was closed before the operation was confirmed"]
        assert client.stores() == []


async def test_a_clone_publishes_events_of_what_others_do():
    async with pair() as (a, b):
        master = await a.attach_master("db")
        await master.put("there", 1)
        events = b.make_subscriber(STORE_EVENTS_TOPIC + "db")
        clone = await b.attach_clone("db")
        await clone.wait_synchronized()
        await master.put("there", 2, 60)
        await clone.put("mine", 3)
        await master.clear()
        got = [parse_store_event((await events.get(SOON)).value) for _ in range(5)]
        assert [(e.kind, e.key, e.old, e.new, e.publisher) for e in got[:3]] == [
            ("insert", "there", None, 1, master.id),
            ("update", "there", 1, 2, master.id),
            ("insert", "mine", None, 3, clone.id),
        ]
        assert {(e.kind, e.key) for e in got[3:]} == {("erase", "there"), ("erase", "mine")}


async def test_a_snapshot_of_many_entries(monkeypatch):
    async with pair() as (a, b):
        master = await a.attach_master("db")
        for number in range(20_000):
            master.nowait.put(f"key {number}", (Count(number), "v"))
        clone = await b.attach_clone("db")
        await clone.wait_synchronized(SOON)
        assert await clone.size() == 20_000
        assert await clone.get("key 19999") == (Count(19_999), "v")
