"""One role of a measurement with data stores: ``python -m benchmarks.store_peer ROLE --option value``.

Roles report as those of our_peer.py do. The ``raw_...`` roles write the same entries without our library.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import trio

from broker_core import Count, Endpoint
from broker_core.codecs import binary
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import NOBODY, AckClone, Command, decode_command, encode_command

from .our_peer import HOST, endpoint, parent_is_done, say

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

    from broker_core import Store

STORE = "benchmark"
BATCH = DEFAULT_LIMITS.store_batch
SEED = 20260501


def key_of(number: int) -> str:
    return f"198.51.100.{number % 250}:{number}"


def entries(first: int, end: int) -> Iterator[tuple[Any, Any]]:
    """What every role stores: at a string, a small vector. Each is new, as a database skips what changes nothing."""
    return ((key_of(number), (Count(number), "established", 0.25)) for number in range(first, end))


async def put_unawaited(store: Store, count: int) -> None:
    """As fast as the store takes them, until all are applied."""
    for key, value in entries(0, count):
        try:
            store.nowait.put(key, value)
        except trio.WouldBlock:
            await store.flush()
            store.nowait.put(key, value)
    await store.flush()


RELAXED: dict[str, dict[str, Any]] = {"sqlite": {"synchronous": "OFF"}, "rocksdb": {"sync": False}}
"""Options with which a commit does not wait for the disk."""


async def attach(ep: Endpoint, arguments: Namespace) -> Store:
    options = {} if arguments.backend == "memory" else {"path": arguments.path}
    if arguments.relaxed:
        options |= RELAXED[arguments.backend]
    return await ep.attach_master(STORE, arguments.backend, options)


async def store(arguments: Namespace) -> None:
    """Puts that nobody awaits, puts that are awaited one by one, and gets; times in seconds."""
    async with endpoint() as ep, await attach(ep, arguments) as master:
        started = time.perf_counter()
        await put_unawaited(master, arguments.count)
        unawaited = time.perf_counter() - started
        started = time.perf_counter()
        for key, value in entries(arguments.count, arguments.count + arguments.single):
            await master.put(key, value)
        awaited = time.perf_counter() - started
        started = time.perf_counter()
        for number in range(arguments.single):
            await master.get(key_of(number))
        say(unawaited=unawaited, awaited=awaited, gets=time.perf_counter() - started)


Rows = list[tuple[bytes, bytes]]


def raw_sqlite(arguments: Namespace) -> None:
    """The same puts with the module sqlite3: BATCH in a transaction, and one in each."""
    connection = sqlite3.connect(arguments.path, isolation_level=None)
    connection.execute(f"PRAGMA synchronous = {'OFF' if arguments.relaxed else 'FULL'}")
    connection.execute("CREATE TABLE store(key blob primary key, value blob, expiry integer)")
    put = "INSERT INTO store VALUES (?, ?, NULL) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

    def write(rows: Rows) -> None:
        connection.execute("BEGIN")
        for row in rows:
            connection.execute(put, row)
        connection.execute("COMMIT")

    measure_raw(write, arguments)


def raw_rocksdb(arguments: Namespace) -> None:
    """The same with rocksdict."""
    from rocksdict import Options, Rdict, WriteBatch, WriteOptions  # noqa: PLC0415  # only this role needs it

    database = Rdict(arguments.path, Options(raw_mode=True))
    synchronous = WriteOptions()
    synchronous.sync = not arguments.relaxed

    def write(rows: Rows) -> None:
        changes = WriteBatch(raw_mode=True)
        for key, value in rows:
            changes.put(key, value)
        database.write(changes, synchronous)

    measure_raw(write, arguments)


def measure_raw(write: Callable[[Rows], None], arguments: Namespace) -> None:
    count, end = arguments.count, arguments.count + arguments.single
    rows = [(binary.encode(key), binary.encode(value)) for key, value in entries(0, end)]
    started = time.perf_counter()
    for at in range(0, count, BATCH):
        write(rows[at : min(at + BATCH, count)])
    unawaited = time.perf_counter() - started
    started = time.perf_counter()
    for at in range(count, end):
        write(rows[at : at + 1])
    say(unawaited=unawaited, awaited=time.perf_counter() - started)


async def master(arguments: Namespace) -> None:
    """Fills a store, and serves clones."""
    async with endpoint() as ep, await attach(ep, arguments) as store:
        await put_unawaited(store, arguments.count)
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        await parent_is_done()


async def clone(arguments: Namespace) -> None:
    """The time from attaching to the first snapshot, and the time to decode and to encode the same snapshot."""
    async with endpoint() as ep:
        await ep.peer(HOST, arguments.port)
        started = time.perf_counter()
        async with await ep.attach_clone(STORE) as store:
            await store.wait_synchronized(60)
            synchronized = time.perf_counter() - started
            pairs = list((await store.snapshot()).pairs())
            ack = Command(1, store.id, NOBODY, AckClone(1, 5, pairs))
            started = time.perf_counter()
            payload = encode_command(ack)
            encoding = time.perf_counter() - started
            started = time.perf_counter()
            decode_command(payload)
            say(synchronized=synchronized, encoding=encoding, decoding=time.perf_counter() - started, size=len(pairs))


async def fill(arguments: Namespace) -> None:
    async with endpoint() as ep, await attach(ep, arguments) as store:
        started = time.perf_counter()
        await put_unawaited(store, arguments.count)
        say(seconds=time.perf_counter() - started, peak=peak())


async def scan(arguments: Namespace) -> None:
    """Gets in random order, then all entries page by page, then all keys in one set; the peak of memory after each."""
    async with endpoint() as ep, await attach(ep, arguments) as store:
        dice = random.Random(SEED)  # noqa: S311  # the same keys in each run
        keys = [key_of(dice.randrange(arguments.count)) for _ in range(arguments.single)]
        begin = peak()
        started = time.perf_counter()
        for key in keys:
            await store.get(key)
        gets, gets_peak = time.perf_counter() - started, peak()
        started = time.perf_counter()
        seen = 0
        async for _ in store.entries():
            seen += 1
        paged, paged_peak = time.perf_counter() - started, peak()
        started = time.perf_counter()
        found = len(await store.keys())
        say(
            begin=begin,
            gets=gets,
            gets_peak=gets_peak,
            paged=paged,
            paged_peak=paged_peak,
            seen=seen,
            keys=time.perf_counter() - started,
            keys_peak=peak(),
            found=found,
        )


def peak() -> int:
    """The most memory that this process ever had resident, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


ASYNC_ROLES = {role.__name__: role for role in (store, master, clone, fill, scan)}
RAW_ROLES = {role.__name__: role for role in (raw_sqlite, raw_rocksdb)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=[*ASYNC_ROLES, *RAW_ROLES])
    parser.add_argument("--backend", default="memory", choices=["memory", "sqlite", "rocksdb"])
    parser.add_argument("--path", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--single", type=int, default=1_000)
    parser.add_argument("--relaxed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.role in RAW_ROLES:
        RAW_ROLES[arguments.role](arguments)
    else:
        trio.run(ASYNC_ROLES[arguments.role], arguments)


if __name__ == "__main__":
    main()
