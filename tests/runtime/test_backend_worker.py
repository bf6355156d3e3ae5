"""Operations on a backend: in order, many in one transaction, and reported only when that is committed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trio

from broker_core.errors import BackendFailure, StoreError
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import NOBODY, Add, Put
from broker_core.model.order import Kind
from broker_core.runtime.backend_worker import BackendWorker, Job
from broker_core.stores.engine import Engine
from broker_core.stores.sqlite import SqliteBackend


class Scripted(SqliteBackend):
    """A real database that refuses what a test tells it to, as a full disk would."""

    def __init__(self, path: str) -> None:
        super().__init__({"path": path})
        self.commits: list[int] = []
        self.refused: set[str] = set()
        self.broken = False
        self._uncommitted: list[str] = []

    def put(self, key, value, expiry):
        self._uncommitted.append(key)
        return super().put(key, value, expiry)

    def commit(self):
        if self.broken or self.refused.intersection(self._uncommitted):
            msg = "the disk is full"
            raise BackendFailure(msg)
        super().commit()
        self.commits.append(len(self._uncommitted))
        self._uncommitted = []

    def rollback(self):
        self._uncommitted = []
        if self.broken:
            msg = "and does not even roll back"
            raise BackendFailure(msg)
        super().rollback()


class Bench:
    """A worker, and what it reports, in order."""

    def __init__(self, backend: Scripted, **limits: int) -> None:
        self.backend = backend
        self.done: list[tuple[str, object]] = []
        self.settled = 0
        self.worker = BackendWorker(
            Engine(backend, NOBODY), replace(DEFAULT_LIMITS, **limits), lambda: True, self._settle
        )

    async def _settle(self) -> None:
        self.settled += 1
        await trio.lowlevel.checkpoint()

    def job(self, action, name: str = "") -> Job:
        def finish(effect, error) -> None:
            self.done.append((name or action.key, error.problem if error else len(effect.actions)))

        return Job(lambda engine, now: engine.write(action, now), finish)

    def put(self, key: str) -> Job:
        return self.job(Put(key, "v", None, NOBODY))

    async def run(self) -> None:
        with trio.fail_after(10):
            await self.worker.run()


@pytest.fixture
def backend(tmp_path):
    database = Scripted(str(tmp_path / "db.sqlite"))
    yield database
    database.close()


async def test_what_waits_is_one_transaction(backend):
    bench = Bench(backend, store_batch=4)
    for number in range(10):
        bench.worker.submit_nowait(bench.put(f"k{number}"))
    assert bench.worker.queued == 10
    bench.worker.close()
    await bench.run()
    assert backend.commits == [4, 4, 2]
    assert bench.settled == 3
    assert bench.done == [(f"k{number}", 1) for number in range(10)]
    assert bench.worker.size == 10


async def test_an_operation_that_does_not_suit_fails_alone(backend):
    bench = Bench(backend)
    bench.worker.submit_nowait(bench.put("a"))
    bench.worker.submit_nowait(bench.job(Add("a", 1, Kind.INTEGER, None, NOBODY), "clash"))
    bench.worker.submit_nowait(bench.put("b"))
    bench.worker.close()
    await bench.run()
    assert backend.commits == [2]
    assert bench.done == [("a", 1), ("clash", "cannot add integer to string"), ("b", 1)]


async def test_when_a_transaction_fails_only_the_guilty_operation_does(backend):
    backend.refused = {"bad"}
    bench = Bench(backend)
    for key in ("a", "bad", "b"):
        bench.worker.submit_nowait(bench.put(key))
    bench.worker.close()
    await bench.run()
    assert bench.done == [("a", 1), ("bad", "the disk is full"), ("b", 1)]
    assert sorted(backend.keys()) == ["a", "b"]


async def test_a_database_that_is_broken_refuses_everything_and_ends_nothing(backend):
    backend.broken = True
    bench = Bench(backend)
    for key in ("a", "b"):
        bench.worker.submit_nowait(bench.put(key))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(bench.run)
        with trio.fail_after(10):
            while len(bench.done) < 2:
                await trio.testing.wait_all_tasks_blocked()
        assert [outcome for _, outcome in bench.done] == ["the disk is full"] * 2
        backend.broken = False
        backend.rollback()
        bench.worker.submit_nowait(bench.put("c"))
        bench.worker.close()
    assert bench.done[2:] == [("c", 1)]


async def test_the_queue_is_bounded(backend):
    bench = Bench(backend, store_queue=2)
    bench.worker.submit_nowait(bench.put("a"))
    bench.worker.submit_nowait(bench.put("b"))
    with pytest.raises(trio.WouldBlock):
        bench.worker.submit_nowait(bench.put("c"))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(bench.worker.submit, bench.put("d"))
        await trio.testing.wait_all_tasks_blocked()
        assert bench.worker.queued == 2
        nursery.start_soon(bench.run)
        with trio.fail_after(10):
            while len(bench.done) < 3:
                await trio.testing.wait_all_tasks_blocked()
        bench.worker.close()
    assert [key for key, _ in bench.done] == ["a", "b", "d"]


async def test_what_is_left_when_nobody_runs_any_more_is_told_so(backend):
    bench = Bench(backend)
    bench.worker.submit_nowait(bench.put("a"))
    bench.worker.submit_nowait(Job(lambda *_: None))
    bench.worker.abandon(StoreError("closed"))
    assert bench.done == [("a", "closed")]
    with pytest.raises(trio.ClosedResourceError):
        bench.worker.submit_nowait(bench.put("b"))


async def test_it_knows_when_the_next_entry_expires(backend):
    bench = Bench(backend)
    assert bench.worker.next_expiry is None
    bench.worker.submit_nowait(bench.job(Put("a", 1, 10**18, NOBODY)))
    bench.worker.close()
    await bench.run()
    assert bench.worker.next_expiry is not None


async def test_on_a_full_disk_not_every_change_is_tried_and_reads_go_on(backend):
    backend.refused = {f"k{number}" for number in range(100)}
    tried = []
    original = backend.put
    backend.put = lambda key, value, expiry: tried.append(key) or original(key, value, expiry)
    bench = Bench(backend)
    for number in range(100):
        bench.worker.submit_nowait(bench.put(f"k{number}"))
    sizes = []
    bench.worker.submit_nowait(
        Job(lambda engine, _: engine.backend.size(), lambda size, error: sizes.append((size, error)), changes=False)
    )
    bench.worker.close()
    await bench.run()
    assert bench.done == [(f"k{number}", "the disk is full") for number in range(100)]
    assert tried[100:] == ["k0", "k1", "k2"]  # after the transaction of all
    assert sizes == [(0, None)]
