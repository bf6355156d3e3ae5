"""``store put``, ``del``, ``clear`` and the changes of parts of values, of masters and of files."""

from __future__ import annotations

import pytest

from broker_core import STORE_EVENTS_TOPIC, Count, Set, Table, Timespan, Timestamp, now, parse_store_event

HOUR = 3_600_000_000_000


async def test_put_is_silent_and_done_when_it_returns(run, place):
    assert await run("store", "put", *place.change, "a", "(1, 10.0.0.1)") == (0, "", "")
    assert str((await place.get("a"))[1]) == "10.0.0.1"
    assert (await run("store", "put", *place.change, "a", "-5")).code == 0
    assert await place.get("a") == -5


async def test_put_if_absent(run, place):
    assert (await run("store", "put", *place.change, "a", "1", "--if-absent")).code == 0
    result = await run("store", "put", *place.change, "a", "2", "--if-absent")
    assert (result.code, result.err) == (3, f'broker: {place.title}: there is already a value at "a" (exit 3)\n')
    assert await place.get("a") == Count(1)


async def test_a_time_to_live(run, file_place):
    before = now().ns
    for words in (["put", "a", "1"], ["put", "b", "1", "--if-absent"], ["incr", "c"], ["append", "d", "x"]):
        verb, *rest = words
        assert (await run("store", verb, *file_place.change, *rest, "--ttl", "1h")).code == 0
        assert before + HOUR <= file_place.expiry(rest[0]) <= now().ns + HOUR
        assert (await run("store", verb, *file_place.change, *rest[:2])).code == 0
    assert file_place.expiry("a") is None


async def test_a_time_to_live_reaches_the_master(run, hub):
    async with hub() as here:
        events = here.endpoint.make_subscriber(f"{STORE_EVENTS_TOPIC}db")
        await here.endpoint.attach_master("db")
        for words in (["a", "1"], ["b", "1", "--if-absent"]):
            assert (await run("store", "put", "-p", here.peer, "db", *words, "--ttl", "1h")).code == 0
            assert parse_store_event((await events.get()).value).expiry == Timespan(HOUR)


async def test_no_time_to_live_is_no_time_to_live(run, place):
    result = await run("store", "put", *place.change, "a", "1", "--ttl", "0")
    assert (result.code, await place.entries()) == (2, {})


async def test_del(run, place):
    for name in "abc":
        await place.put(name, name)
    assert await run("store", "del", *place.change, "a", "b") == (0, "", "")
    result = await run("store", "del", *place.change, "x", "c")
    assert (result.code, result.err) == (3, f'broker: {place.title}: 1 of 2 keys do not exist: "x" (exit 3)\n')
    assert await place.entries() == {}


async def test_del_match_needs_consent_and_nothing_else(run, place):
    for name in ("a.1", "a.2", "b.1"):
        await place.put(name, name)
    result = await run("store", "del", *place.change, "--match", "a.*")
    assert result.code == 2
    assert result.err == (
        "broker: this would remove all keys that match, and nobody can be asked here (exit 2)\n"
        "  hint: give --yes to agree\n"
    )
    assert len(await place.entries()) == 3
    assert await run("store", "del", *place.change, "--match", "a.*", "--yes") == (0, "", "")
    assert list((await place.entries()).values()) == ["b.1"]
    assert (await run("store", "del", *place.change, "--match", "a.*", "-y")).code == 0


async def test_clear(run, place):
    for name in "ab":
        await place.put(name, name)
    assert (await run("store", "clear", *place.change)).code == 2
    result = await run("store", "clear", *place.change, "--yes", "-v")
    assert (result.code, result.err.splitlines()[-1]) == (0, "removed 2 keys")
    assert await place.entries() == {}


@pytest.mark.parametrize(
    ("stored", "more", "less"),
    [(Count(5), Count(6), Count(4)), (5, 6, 4), (0.5, 1.5, -0.5)],
)
async def test_counting_is_by_one_of_the_stored_type(run, place, stored, more, less):
    await place.put("a", stored)
    assert (await run("store", "incr", *place.change, "a")).code == 0
    assert await place.get("a") == more
    for _ in range(2):
        assert (await run("store", "decr", *place.change, "a")).code == 0
    assert await place.get("a") == less
    assert type(await place.get("a")) is type(stored)


async def test_counting_from_nothing(run, place):
    assert (await run("store", "incr", *place.change, "a")).code == 0
    assert await place.get("a") == Count(1)
    assert (await run("store", "incr", *place.change, "b", "-5")).code == 0
    assert await place.get("b") == -5
    result = await run("store", "decr", *place.change, "c")
    assert result.code == 3
    assert "no such key" in result.err


async def test_times_are_counted_by_what_is_said(run, place):
    await place.put("t", Timestamp(5))
    await place.put("s", Timespan(5))
    for name in "ts":
        result = await run("store", "incr", *place.change, name)
        assert result.code == 2
        assert "so BY is needed" in result.err
        assert (await run("store", "incr", *place.change, name, "1ns")).code == 0
    assert await place.get("t") == Timestamp(6)
    assert await place.get("s") == Timespan(6)


async def test_another_type_is_refused_with_how_to_write_it(run, place):
    await place.put("a", 5)
    result = await run("store", "incr", *place.change, "a", "1")
    assert result.code == 7
    assert "cannot add count to integer" in result.err
    assert "hint: BY is of type count; 5 is a count, +5 an integer" in result.err
    assert (await run("store", "push", *place.change, "a", "1")).code == 7
    assert await place.get("a") == 5


async def test_text_is_appended(run, place):
    for text in ("one", "string:, two", '"\\x21"'):
        assert (await run("store", "append", *place.change, "a", text)).code == 0
    assert await place.get("a") == "one, two!"
    result = await run("store", "append", *place.change, "a", "5")
    assert (result.code, result.err.splitlines()[1]) == (2, "  hint: as a string it is string:5")


async def test_vectors_grow_and_shrink_at_their_end(run, place):
    assert (await run("store", "push", *place.change, "a", "1", "x", "nil")).code == 0
    assert await place.get("a") == (Count(1), "x", None)
    assert (await run("store", "pop", *place.change, "a")).code == 0
    assert await place.get("a") == (Count(1), "x")


async def test_sets_and_tables(run, place):
    for index in ("1", "x"):
        assert (await run("store", "insert", *place.change, "set", index)).code == 0
    assert await place.get("set") == Set([Count(1), "x"])
    assert (await run("store", "insert", *place.change, "table", "1", "nil")).code == 0
    assert (await run("store", "insert", *place.change, "table", "2", "x")).code == 0
    assert await place.get("table") == Table([(Count(1), None), (Count(2), "x")])
    assert (await run("store", "remove", *place.change, "table", "1", "7")).code == 0
    assert (await run("store", "remove", *place.change, "set", "1", "x")).code == 0
    assert await place.get("table") == Table([(Count(2), "x")])
    assert await place.get("set") == Set()


async def test_a_terminal_is_told_what_the_value_is_now(run, place):
    result = await run("store", "incr", *place.change, "a", terminal=True)
    assert result.err.splitlines()[-1] == '"a" -> 1'
    result = await run("store", "append", *place.change, "b", "x" * 500, "-v")
    assert result.err.splitlines()[-1] == f'"b" -> "{"x" * 199}...'
    assert (await run("store", "incr", *place.change, "a", "-q", terminal=True)).err == ""


async def test_what_the_disk_refuses_is_told(run, file_place, tmp_path):
    path = tmp_path / "no store"
    path.write_text("hello")
    result = await run("store", "put", "--file", str(path), "--write", "a", "1")
    assert result.code == 8
    assert result.err.startswith(f"broker: {path}: ")
    assert path.read_text() == "hello"
