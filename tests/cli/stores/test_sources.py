"""Sources: the same protocol over a clone, a file and an export."""

from __future__ import annotations

import pytest

from broker_cli.output.entries import Entry
from broker_cli.stores.sources import PAGE, ExportSource, FileSource, LiveSource
from broker_core import Count, PeerAddress, StoreError, StoreFile, now


@pytest.fixture(params=["live", "sqlite", "rocksdb"])
async def source(request, hub, tmp_path):
    if request.param == "live":
        async with hub() as here, await here.endpoint.attach_master("db") as master:
            yield LiveSource(master, here.peer, 5)
        return
    with StoreFile.create(tmp_path / "db", request.param) as file:
        yield FileSource(file)


async def everything(source) -> list[Entry]:
    return [entry async for page in source.pages() for entry in page]


async def test_many_entries_come_in_pages(source):
    entries = [Entry(Count(number), number) for number in range(2 * PAGE + 1)]
    assert await source.put_all(entries, absent_only=False) == len(entries)
    sizes = [len(page) async for page in source.pages()]
    assert sizes == [PAGE, PAGE, 1]
    assert sorted(await everything(source)) == entries
    assert await source.size() == len(entries)
    await source.erase_all([entry.key for entry in entries[1:]])
    assert await everything(source) == entries[:1]


async def test_only_what_is_absent(source):
    await source.change("put", "a", 1)
    assert await source.put_all([Entry("a", 2), Entry("b", 2)], absent_only=True) == 1
    assert sorted(await everything(source)) == [Entry("a", 1), Entry("b", 2)]
    assert not await source.put_unique("a", 3, None)
    assert await source.put_unique("c", 3, None)


async def test_keys_are_found_in_the_order_of_the_question(source):
    await source.change("put", "a", (1, 2))
    assert await source.find_all(["b", "a", "b"]) == [None, Entry("a", (1, 2)), None]
    assert await source.part("a", Count(1)) == 2


async def test_files_keep_the_moment_of_expiry(tmp_path):
    expiry = now().ns + 3_600_000_000_123
    with StoreFile.create(tmp_path / "db", "sqlite") as file:
        source = FileSource(file)
        await source.put_all([Entry("a", 1, expiry)], absent_only=False)
        assert await everything(source) == [Entry("a", 1, expiry)]


async def test_a_file_is_changed_for_good_by_each_operation(tmp_path):
    path = tmp_path / "db"
    file = StoreFile.create(path, "sqlite")
    await FileSource(file).change("put", "a", 1)
    with StoreFile.open(path) as other:
        assert other.get("a").value == 1
    file.close()


@pytest.mark.parametrize("absent_only", [False, True])
async def test_a_master_that_is_gone_is_one_error(hub, absent_only):
    """However many entries it did not confirm."""
    async with hub() as here, hub() as there:
        await here.endpoint.attach_master("db")
        await there.endpoint.peer(PeerAddress.parse(here.peer))
        clone = await there.endpoint.attach_clone("db")
        await clone.wait_synchronized()
        await here.endpoint.shutdown()
        source = LiveSource(clone, here.peer, 0.05)
        with pytest.raises(StoreError):
            await source.put_all([Entry(str(number), 1) for number in range(9)], absent_only=absent_only)


async def test_an_export_is_looked_up_like_a_store():
    source = ExportSource("x", [Entry(Count(5), 1), Entry(5, 2), Entry(5.0, 3)])
    assert await source.size() == 3
    assert await source.find_all([5, "a"]) == [Entry(5, 2), None]
    assert len(await everything(source)) == 3
