"""From the command line to a store: attached, opened, or a reason why not."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from pathlib import Path

import pytest
import trio

from broker_core import Count, StoreFile

VECTORS = Path(__file__).parents[2] / "vectors"


async def test_no_master_is_told_at_once_with_those_there_are(run, hub):
    async with hub() as here:
        await here.endpoint.attach_master("one")
        await here.endpoint.attach_master("other")
        result = await run("store", "get", "-p", here.peer, "db", "a")
    assert result.code == 8
    assert result.err.splitlines() == [
        f"broker: there is no master of store db at {here.peer} (exit 8)",
        "  hint: masters there: one, other; --timeout DUR waits for one",
    ]


async def test_no_master_in_time(run, hub):
    async with hub() as here:
        result = await run("store", "get", "-p", here.peer, "db", "a", "--timeout", "50ms")
    assert result.code == 8
    assert "(exit 8)" in result.err


async def test_a_master_that_comes_in_time(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:

        async def attach_later() -> None:
            await here.peered()
            master = await here.endpoint.attach_master("db")
            await master.put("a", Count(5))

        nursery.start_soon(attach_later)
        words = ("-p", here.peer, "db", "a", "--default", "5", "--timeout", "20s")
        assert await run("store", "get", *words, "-o", "text") == (0, "5\n", "")


async def test_a_master_that_does_not_answer(run, hub):
    """The peer wants what a master gets, and is none: the snapshot never comes."""
    async with hub() as here:
        here.endpoint.make_subscriber("db/<$>/data/master")
        result = await run("store", "get", "-p", here.peer, "db", "a", env={"BROKER_TIMEOUT": "50ms"})
    assert (result.code, result.out) == (4, "")
    assert "--timeout DUR waits longer" in result.err


async def test_no_peer(run):
    assert (await run("store", "get", "-p", "127.0.0.1:1", "db", "a")).code == 5


async def test_files(run, tmp_path):
    result = await run("store", "get", "--file", str(tmp_path / "none"), "a")
    assert (result.code, result.err) == (
        2,
        f"broker: cannot open {tmp_path}/none: no such file or directory (exit 2)\n",
    )
    (tmp_path / "text").write_text("hello")
    result = await run("store", "keys", "--file", str(tmp_path / "text"))
    assert result.code == 8
    assert str(tmp_path / "text") in result.err


async def test_reading_leaves_a_file_as_it_is(run, tmp_path):
    path = tmp_path / "db.sqlite"
    with StoreFile.create(path, "sqlite") as file:
        file.put("a", 1)
    before = path.read_bytes()
    for verb in (["get", "a"], ["keys"], ["export"], ["info"], ["stats"]):
        assert (await run("store", *verb, "--file", str(path))).code == 0
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["db.sqlite"]


async def test_a_file_in_use_is_read_and_not_changed(run, tmp_path):
    """As while Zeek has it open and is writing."""
    path = tmp_path / "db.sqlite"
    with StoreFile.create(path, "sqlite") as file:
        file.put("a", Count(1))
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert (await run("store", "get", "--file", str(path), "a", "-o", "text")).out == "1\n"
        result = await run("store", "put", "--file", str(path), "--write", "a", "2")
        assert result.code == 8
    finally:
        writer.close()
    assert (await run("store", "get", "--file", str(path), "a", "-o", "text")).out == "1\n"


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.sqlite"
    with StoreFile.create(path, "sqlite") as file:
        for number in range(20_000):
            file.put(Count(number), "x" * 50)
    return str(path)


async def test_a_reader_that_goes_away_ends_an_export_quietly(start, large):
    async with start("store", "export", "--file", large) as program:
        await program.prints("}\n")
        await program.close_output()
        assert await program.ends() == -signal.SIGPIPE
    assert program.err == b""


async def test_a_signal_ends_an_export(start, large):
    async with start("store", "export", "--file", large) as program:
        await program.prints("}\n")
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM
    assert program.err == b""


async def test_a_signal_ends_an_import_with_what_was_stored(start, run, tmp_path):
    path = str(tmp_path / "db.sqlite")
    StoreFile.create(path, "sqlite").close()
    line = b'{"key":{"@data-type":"count","data":1},"value":{"@data-type":"count","data":1}}\n'
    async with start("store", "import", "-v", "--file", path, "--write", "-") as program:
        await program.send(line)
        while (await run("store", "exists", "-q", "--file", path, "1")).code == 3:
            pass
        program.process.send_signal(signal.SIGINT)
        assert await program.ends() == -signal.SIGINT
    assert program.err == b"imported 1 entry\n"


async def test_a_file_of_the_older_broker_is_said_to_be_one(run, tmp_path):
    path = shutil.copy(VECTORS / "store-caf.sqlite", tmp_path / "old.sqlite")
    looked = await run("store", "keys", "--file", path)
    assert looked.code == 0
    assert looked.err == (f"broker: {path} is a file of Broker 1.4.0, from before Zeek 5.0; its values read the same\n")
    changed = await run("store", "put", "--file", path, "--write", "a", "1")
    assert changed.err.endswith("from before Zeek 5.0; it becomes one of 2.8.0\n")
    assert (await run("store", "get", "--file", path, "a")).err == ""
