"""``store diff``: masters, files and exports, one against the other."""

from __future__ import annotations

import pytest
import trio

from broker_cli.output.entries import Entry
from broker_cli.stores.comparing import compare
from broker_cli.stores.sources import ExportSource
from broker_core import Count, StoreFile, to_value
from broker_core.codecs.json import encode

FIRST = {"same": 1, "changed": 1, "gone": None}
SECOND = {"same": 1, "changed": Count(1), "new": "x"}
LINES = ['added "new" -> "x"', 'changed "changed" -> 1 was +1', 'removed "gone" was nil']


def write(folder, kind: str, name: str, entries) -> str:
    path = folder / f"{name}.{kind}"
    if kind == "export":
        lines = [f'{{"key":{encode(key)},"value":{encode(to_value(value))}}}\n' for key, value in entries.items()]
        path.write_text("".join(lines))
        return str(path)
    with StoreFile.create(path, kind) as file:
        for key, value in entries.items():
            file.put(key, value)
    return str(path)


@pytest.mark.parametrize("one", ["sqlite", "rocksdb", "export"])
@pytest.mark.parametrize("other", ["sqlite", "export"])
async def test_files(run, tmp_path, one, other):
    first, second = write(tmp_path, one, "first", FIRST), write(tmp_path, other, "second", SECOND)
    result = await run("store", "diff", "--file", first, "--file", second, "-o", "text")
    assert sorted(result.out.splitlines()) == LINES
    assert (result.code, result.err) == (3, f"broker: {first} and {second} differ in 3 keys (exit 3)\n")
    same = write(tmp_path, other, "same", FIRST)
    assert await run("store", "diff", "--file", first, "--file", same) == (0, "", "")
    assert (await run("store", "diff", "--file", first, "--file", same, "-v")).err == "no differences\n"


@pytest.mark.parametrize("kind", ["sqlite", "export"])
async def test_a_master_and_a_file(run, hub, tmp_path, kind):
    second = write(tmp_path, kind, "second", SECOND)
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        for key, value in FIRST.items():
            await master.put(key, value)
        result = await run("store", "diff", "-p", here.peer, "db", "--file", second, "-o", "text")
    assert sorted(result.out.splitlines()) == LINES
    assert result.code == 3


async def test_two_masters(run, hub):
    async with hub() as here:
        for name, entries in (("one", FIRST), ("two", SECOND)):
            master = await here.endpoint.attach_master(name)
            for key, value in entries.items():
                await master.put(key, value)
        result = await run("store", "diff", "-p", here.peer, "one", "two", "-o", "text")
        assert sorted(result.out.splitlines()) == LINES
        assert (await run("store", "diff", "-p", here.peer, "one", "one")).code == 0


async def test_an_export_from_a_pipe(run, tmp_path):
    first = write(tmp_path, "sqlite", "first", FIRST)
    exported = await run("store", "export", "--file", first)
    assert await run("store", "diff", "--file", first, "--file", "-", stdin=exported.out.encode()) == (0, "", "")


async def test_ndjson_has_both_values(run, tmp_path):
    first = write(tmp_path, "export", "first", {"a": None})
    second = write(tmp_path, "export", "second", {"a": "x"})
    result = await run("store", "diff", "--file", first, "--file", second)
    assert result.objects == [
        {
            "type": "store-diff",
            "v": 1,
            "change": "changed",
            "key": {"@data-type": "string", "data": "a"},
            "old": {"@data-type": "none", "data": {}},
            "new": {"@data-type": "string", "data": "x"},
        }
    ]
    assert result.err.endswith("differ in 1 key (exit 3)\n")


async def test_an_empty_file_is_the_export_of_an_empty_store(run, tmp_path):
    (tmp_path / "empty").touch()
    first = write(tmp_path, "sqlite", "first", {})
    assert (await run("store", "diff", "--file", first, "--file", str(tmp_path / "empty"))).code == 0


async def test_what_cannot_be_compared(run, tmp_path):
    (tmp_path / "x").write_text("hello")
    first = write(tmp_path, "export", "first", FIRST)
    result = await run("store", "diff", "--file", first, "--file", str(tmp_path / "x"))
    assert result.code == 8
    result = await run("store", "diff", "--file", first, "--file", str(tmp_path / "none"))
    assert (result.code, result.err.count("no such file or directory")) == (2, 1)
    (tmp_path / "bad").write_text("{}\n")
    assert (await run("store", "diff", "--file", first, "--file", str(tmp_path / "bad"))).code == 7


class Counting(ExportSource):
    """Counts what it is asked."""

    asked = 0

    async def find_all(self, keys):
        type(self).asked += len(keys)
        return await super().find_all(keys)


async def test_stores_of_one_size_are_walked_through_once():
    entries = [Entry(str(number), number) for number in range(2500)]
    found = []

    async def report(part) -> None:
        await trio.lowlevel.checkpoint()
        found.append(part)

    await compare(Counting("a", entries), Counting("b", entries), report)
    assert found == [[], [], []]
    assert Counting.asked == 2500
