"""A master whose process is killed, or whose disk is full, with a clone that writes through it."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import trio

from broker_core import BackendFailure, Count, Endpoint, StoreError
from pairs import options

SERVER = """
import resource, sys
import trio
from broker_core import BackendFailure, Endpoint, EndpointOptions

kind, path, most = sys.argv[1:]
if int(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))

async def main():
    async with Endpoint(EndpointOptions(tls="off")) as endpoint:
        store = await endpoint.attach_master("db", kind, {"path": path})
        listener = await endpoint.listen("127.0.0.1", 0)
        print(listener.port, flush=True)
        errors = endpoint.make_status_subscriber()
        async for notice in errors:
            print(notice.code.label, notice.message, flush=True)

trio.run(main)
"""


@asynccontextmanager
async def served(kind: str, path: str, most: int = 0):
    """A clone of a master in a process of its own, and that process."""
    arguments = [sys.executable, "-c", SERVER, kind, path, str(most)]
    with trio.fail_after(50):
        process = await trio.lowlevel.open_process(arguments, stdout=subprocess.PIPE)
        try:
            port = int(await process.stdout.receive_some())
            async with Endpoint(options()) as endpoint:
                await endpoint.peer("127.0.0.1", port)
                store = await endpoint.attach_clone("db")
                await store.wait_synchronized()
                yield store, process
        finally:
            process.kill()
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 10):
                await process.wait()


@pytest.mark.parametrize("kind", ["sqlite", "rocksdb"])
async def test_no_write_that_a_clone_saw_confirmed_is_lost(kind, tmp_path):
    seed = random.randrange(10**6)
    last = random.Random(seed).randrange(20, 300)
    path = str(tmp_path / "db")
    confirmed: list[int] = []
    numbers = itertools.count()
    async with served(kind, path) as (store, process):

        async def write() -> None:
            for number in numbers:
                try:
                    await store.put(Count(number), f"value {number}", timeout=1)
                except StoreError:
                    return
                confirmed.append(number)
                if len(confirmed) == last:
                    process.kill()

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(write)
    assert len(confirmed) >= last, f"seed {seed}"
    async with Endpoint(options()) as endpoint:
        master = await endpoint.attach_master("db", kind, {"path": path})
        for number in confirmed:
            assert await master.get(Count(number)) == f"value {number}", f"seed {seed}"


async def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path):
    path = str(tmp_path / "db")
    async with served("sqlite", path, 200_000) as (store, process):
        confirmed = 0
        with pytest.raises(StoreError, match=r"^store db: "):
            for number in range(10_000):
                await store.put(Count(number), "x" * 1000)
                confirmed += 1
        said = (await process.stdout.receive_some()).decode().lstrip()
        assert said.startswith("backend_failure store db: ")
        assert path in said
        assert await store.size() == confirmed  # the endpoint is up, and its clone too
        await store.erase(Count(0))
        await store.put("small", 1)
    assert 50 < confirmed < 1000
    async with Endpoint(options()) as endpoint:
        master = await endpoint.attach_master("db", "sqlite", {"path": path, "integrity_check": True})
        assert await master.size() == confirmed
        assert await master.get("small") == 1


async def test_a_locked_file_is_told_and_the_endpoint_stays_up(tmp_path):
    path = str(tmp_path / "db")
    async with Endpoint(options()) as one, Endpoint(options()) as two:
        await one.attach_master("db", "rocksdb", {"path": path})
        with pytest.raises(BackendFailure, match=r"lock"):
            await two.attach_master("db", "rocksdb", {"path": path})
        await two.attach_master("db")
