"""``store info`` and ``store stats``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.entries import Entry
from broker_cli.stores.describing import Statistics
from broker_core import Count, StoreFile
from broker_core.codecs import binary
from strategies import values

FROM_CPP = str(Path(__file__).parents[2] / "vectors" / "store.sqlite")


async def test_what_is_known_of_a_master(run, hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        await master.put("a", 1)
        (facts,) = (await run("store", "info", "-p", here.peer, "db")).objects
        assert {key: facts[key] for key in ("type", "store", "at", "master", "entries")} == {
            "type": "store-info",
            "store": "db",
            "at": here.peer,
            "master": str(master.id),
            "entries": 1,
        }
        result = await run("store", "info", "-p", here.peer, "db", "-o", "human")
        assert f"master        {master.id}\n" in result.out
        assert (result.code, result.err) == (0, "")


async def test_what_is_known_of_a_file(run, tmp_path):
    (facts,) = (await run("store", "info", "--file", FROM_CPP)).objects
    assert (facts["kind"], facts["version"], facts["entries"], facts["expiring"]) == ("sqlite", "2.8.0", 40, 1)
    StoreFile.create(tmp_path / "db", "rocksdb").close()
    result = await run("store", "info", "--file", str(tmp_path / "db"), "-o", "human")
    assert "kind          rocksdb\n" in result.out
    assert "entries       0\n" in result.out


@given(st.lists(st.tuples(values(), values()), max_size=8), st.integers(0, 4))
def test_statistics_are_those_of_the_entries(pairs, top):
    statistics = Statistics(top)
    sizes = []
    for key, value in pairs:
        statistics.add(Entry(key, value))
        sizes.append(len(binary.encode(key)) + len(binary.encode(value)))
    assert (statistics.entries, statistics.bytes) == (len(pairs), sum(sizes))
    assert [size for _, size in statistics.biggest()] == sorted(sizes, reverse=True)[:top]
    assert sum(statistics.keys.values()) == sum(statistics.values.values()) == len(pairs)
    assert all(line.isprintable() for line in statistics.lines(expiry_known=False))


def test_what_expires_is_counted():
    statistics = Statistics(0)
    for expiry in (None, 5, 2**62, 2**62 + 1):
        statistics.add(Entry("a", None, expiry))
    assert (statistics.expiring, statistics.expired, statistics.next_expiry) == (3, 1, 2**62)
    assert statistics.lines(expiry_known=True)[2] == (
        "expiring      3, 1 of them over, the next at 2116-02-20T23:53:38.427387904Z"
    )


async def test_stats(run, place):
    await place.put("a", "x" * 100)
    await place.put("b", Count(1), 3600)
    await place.put(Count(1), Count(1))
    (facts,) = (await run("store", "stats", *place.read, "--top", "1")).objects
    assert (facts["type"], facts["entries"]) == ("store-stats", 3)
    assert facts["keys"] == {"string": 2, "count": 1}
    assert facts["values"] == {"string": 1, "count": 2}
    assert facts["expiring"] == int(place.is_file)
    assert ("next_expiry" in facts) is place.is_file
    assert facts["biggest"] == [{"key": {"@data-type": "string", "data": "a"}, "bytes": 105}]


async def test_stats_for_people(run, place):
    await place.put("a" * 100, "x")
    result = await run("store", "stats", *place.read, "-o", "human")
    assert ("expiring" in result.out) is place.is_file
    assert f'biggest       105 bytes at "{"a" * 59}...\n' in result.out
    assert "keys          1 string\nvalues        1 string\n" in result.out


@pytest.mark.parametrize("verb", ["info", "stats"])
async def test_other_formats_are_refused(run, file_place, verb):
    assert (await run("store", verb, *file_place.read, "-o", "text")).code == 2
