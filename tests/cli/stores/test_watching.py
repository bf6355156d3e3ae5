"""``store watch``: what happens to the keys of a master at a peer."""

from __future__ import annotations

import json

import pytest

from broker_cli.stores.watching import happening_of
from broker_core import MISSING, STORE_EVENTS_TOPIC, Count, StoreEvent, Timespan


def test_an_event_has_only_the_values_that_there_are():
    erased = happening_of(StoreEvent("erase", "db", "a", None, None, None, None))
    assert (erased.word, erased.old, erased.new) == ("erase", MISSING, MISSING)
    inserted = happening_of(StoreEvent("insert", "db", "a", None, None, Timespan(5), None))
    assert (inserted.old, inserted.new, inserted.facts["ttl"]) == (MISSING, None, "5ns")
    assert "publisher" not in inserted.facts


async def test_changes_are_printed_as_they_happen(hub, start, tmp_path):
    ready = tmp_path / "ready"
    async with (
        hub() as here,
        await here.endpoint.attach_master("db") as master,
        start("store", "watch", "-v", "-p", here.peer, "db", "-o", "text", "--ready-file", str(ready)) as program,
    ):
        await master.put("before", 1)
        await program.says(f"watching store db at {here.peer}")
        await master.put("a", Count(1), 3600)
        await program.prints('insert "a" -> 1\n')
        assert ready.read_text() == "watching\n"
        await master.put("a", (None,))
        await program.prints('update "a" -> (nil) was 1\n')
        await master.erase("a")
        await program.prints('erase "a"\n')
        await master.put("b", 2, 0.001)
        await program.prints('expire "b"\n')
        program.process.terminate()
        await program.ends()
    assert b"before" not in program.out


async def test_ndjson_says_who_and_how_long(hub, start):
    async with (
        hub() as here,
        await here.endpoint.attach_master("db") as master,
        start("store", "watch", "-v", "-p", here.peer, "db", "-n", "2") as program,
    ):
        await program.says("watching")
        await master.put("a", Count(1), 3600)
        await master.put("a", Count(2))
        assert await program.ends() == 0
    first, second = map(json.loads, program.out.splitlines())
    assert first.pop("ts") <= second.pop("ts")
    assert first == {
        "type": "store-event",
        "v": 1,
        "change": "insert",
        "store": "db",
        "publisher": str(master.id),
        "ttl": "3600s",
        "key": {"@data-type": "string", "data": "a"},
        "new": {"@data-type": "count", "data": 1},
    }
    assert second["old"] == first["new"]
    assert "ttl" not in second


async def test_what_is_there_can_come_first(run, hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        for number in range(3):
            await master.put(Count(number), number)
        result = await run("store", "watch", "-p", here.peer, "db", "--snapshot", "-n", "3", "-o", "text")
    assert (result.code, result.err) == (0, "")
    assert sorted(result.out.splitlines()) == ["insert 0 -> +0", "insert 1 -> +1", "insert 2 -> +2"]


async def test_a_snapshot_of_more_than_a_queue_holds(run, hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        for number in range(5000):
            await master.put(Count(number), number)
        result = await run("store", "watch", "-p", here.peer, "db", "--snapshot", "-n", "5000", "-o", "text")
    assert (result.code, len(result.out.splitlines())) == (0, 5000)


async def test_no_master_is_told_with_a_snapshot_too(run, hub):
    async with hub() as here:
        result = await run("store", "watch", "-p", here.peer, "db", "--snapshot")
    assert (result.code, result.err.splitlines()[0][:20]) == (8, "broker: there is no ")


async def test_only_some_keys(run, hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        for key in ("a", "b", "c", Count(5)):
            await master.put(key, 1)
        words = ("store", "watch", "-p", here.peer, "db", "--snapshot", "--key", "b", "--key", "5")
        result = await run(*words, "-n", "2", "-o", "text")
    assert sorted(result.out.splitlines()) == ['insert "b" -> +1', "insert 5 -> +1"]


async def test_another_store_of_a_longer_name_is_not_this_one(run, hub):
    async with hub() as here:
        await here.endpoint.attach_master("db")
        longer = await here.endpoint.attach_master("db2")
        await longer.put("a", 1)
        result = await run("store", "watch", "-p", here.peer, "db", "--snapshot", "--for", "100ms", "-o", "text")
    assert result == (0, "", "")


async def test_time_is_up(run, hub):
    async with hub() as here:
        await here.endpoint.attach_master("db")
        assert await run("store", "watch", "-p", here.peer, "db", "--for", "10ms") == (0, "", "")
        result = await run("store", "watch", "-p", here.peer, "db", "--for", "10ms", "-n", "2")
    assert (result.code, result.err) == (4, "broker: timed out: 0 of 2 events (exit 4)\n")


@pytest.mark.parametrize("end", ["term", "closed"])
async def test_it_ends_when_told_to_or_when_nobody_reads(hub, start, end):
    async with (
        hub() as here,
        await here.endpoint.attach_master("db"),
        start("store", "watch", "-v", "-p", here.peer, "db") as program,
    ):
        await program.says("watching")
        if end == "term":
            program.process.terminate()
        else:
            await program.close_output()
        assert await program.ends(2) == (-15 if end == "term" else -13)
    assert b"Traceback" not in program.err


async def test_a_lost_master_ends_it(hub, start):
    async with hub() as here:
        await here.endpoint.attach_master("db")
        async with start("store", "watch", "-v", "-p", here.peer, "db") as program:
            await program.says("watching")
            await here.endpoint.shutdown()
            assert await program.ends() == 6


def test_the_topic_of_the_events_is_local():
    assert STORE_EVENTS_TOPIC.startswith("<$>/local/")
