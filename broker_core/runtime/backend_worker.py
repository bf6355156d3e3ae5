"""Runs the operations on one backend: in order, away from the event loop, and many in one transaction.

What waits while a transaction is written forms the next one, so a disk that takes a millisecond per commit does
not mean a thousand operations a second. An operation is reported as done only after its transaction is committed.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import trio

from broker_core.errors import BackendFailure, StoreError

from .clock import now_ns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core.limits import Limits
    from broker_core.stores.engine import Engine

__all__ = ["BackendWorker", "Job"]


class Job:
    """One operation. *run* is called with the engine and the time (ns since the epoch), in any thread.

    *finish* is then called on the event loop, jobs in order, with what *run* returned, or with the error.
    """

    __slots__ = ("changes", "finish", "run")

    def __init__(
        self,
        run: Callable[[Engine, int], Any],
        finish: Callable[[Any, StoreError | None], None] | None = None,
        *,
        changes: bool = True,
    ) -> None:
        self.run = run
        self.finish = finish
        self.changes = changes
        """Whether it changes anything; else it reads."""


Result = tuple[Any, StoreError | None]

_HOPELESS = 3
"""After so many changes in a row that fail, each on its own, the others of the same transaction are not tried."""


class BackendWorker:
    """The jobs of one backend, done by one thread of its own while :meth:`run` runs.

    After each batch *settled* is awaited, before the next one begins, if *unsettled* says that there is need: so
    whoever cannot keep up with the changes slows down those who make them.
    """

    # A thread from trio's pool would do, too, but handing an operation to it and back takes twice as long.

    def __init__(
        self, engine: Engine, limits: Limits, unsettled: Callable[[], bool], settled: Callable[[], Awaitable[None]]
    ) -> None:
        self.engine = engine
        self.next_expiry = engine.backend.next_expiry()
        """As :meth:`Backend.next_expiry`, as of the last batch."""
        self.size = engine.backend.size()
        """As :meth:`Backend.size`, likewise."""
        self._unsettled = unsettled
        self._settled = settled
        self._capacity = limits.store_queue
        self._most = limits.store_batch
        self._waiting: deque[Job] = deque()
        self._busy = True  # a batch is with the thread, or not settled yet, or nobody runs
        self._at_work = False  # it is with the thread
        self._closed = False
        self._failure: BaseException | None = None
        self._wake = trio.Event()
        self._room = trio.Event()
        self._batches: SimpleQueue[list[Job]] = SimpleQueue()
        self._token = trio.lowlevel.current_trio_token()

    @property
    def queued(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    async def submit(self, job: Job) -> None:
        """Do *job* after those before it; waits while limits.store_queue are waiting. trio.ClosedResourceError."""
        while len(self._waiting) >= self._capacity and not self._closed:
            await self._room.wait()
        self.submit_nowait(job)

    def submit_nowait(self, job: Job) -> None:
        """As :meth:`submit`; trio.WouldBlock when it would have to wait."""
        if self._closed:
            raise trio.ClosedResourceError
        if len(self._waiting) >= self._capacity:
            raise trio.WouldBlock
        self._waiting.append(job)
        if not self._busy:
            self._start()

    async def run(self) -> None:
        """Do jobs until :meth:`close`, and those that are queued then."""
        thread = Thread(target=self._work, name=f"broker {self.engine.backend.kind}", daemon=True)
        thread.start()
        self._next()
        try:
            while not (self._closed and not self._busy):
                await self._wake.wait()
                self._wake = trio.Event()
                if self._failure is not None:
                    raise self._failure
                if self._busy and not self._at_work:
                    await self._settled()
                    self._next()
        finally:
            self._closed = True
            with trio.CancelScope(shield=True):
                while self._at_work:
                    self._wake = trio.Event()
                    await self._wake.wait()
            self._batches.put([])
            thread.join()

    def close(self) -> None:
        """Take no more jobs. Idempotent."""
        self._closed = True
        self._wake.set()
        self._make_room()

    def abandon(self, error: StoreError) -> None:
        """Nobody runs any more: what is still queued ends with *error*."""
        self.close()
        while self._waiting:
            job = self._waiting.popleft()
            if job.finish is not None:
                job.finish(None, error)

    # -- on the event loop --------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Hand the next batch to the thread."""
        waiting = self._waiting
        batch = [waiting.popleft() for _ in range(min(len(waiting), self._most))]
        self._busy = self._at_work = True
        self._batches.put(batch)
        self._make_room()

    def _make_room(self) -> None:
        self._room.set()
        self._room = trio.Event()

    def _finished(self, jobs: list[Job], results: list[Result]) -> None:
        """The thread has done *jobs*."""
        self._at_work = False
        for job, (value, error) in zip(jobs, results, strict=True):
            if job.finish is not None:
                job.finish(value, error)
        if self._closed or self._unsettled():
            self._wake.set()
        else:
            self._next()

    def _next(self) -> None:
        self._busy = False
        if self._waiting:
            self._start()
        elif self._closed:
            self._wake.set()

    def _failed(self, error: BaseException) -> None:
        self._at_work = False
        self._failure = error
        self._wake.set()

    # -- in the thread ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        backend = self.engine.backend
        while jobs := self._batches.get():
            try:
                results = _transaction(self.engine, jobs, now_ns())
                if any(job.changes for job in jobs):
                    with suppress(BackendFailure):  # the next job will meet the same, and somebody waits for that one
                        self.next_expiry, self.size = backend.next_expiry(), backend.size()
            except Exception as error:  # noqa: BLE001  # a bug; it ends the endpoint, not only this thread
                self._token.run_sync_soon(self._failed, error)
            else:
                self._token.run_sync_soon(self._finished, jobs, results)


def _transaction(engine: Engine, jobs: list[Job], now: int) -> list[Result]:
    """Do *jobs* in one transaction; when that fails, each in its own, so that one bad job fails alone."""
    try:
        results = [_do(engine, job, now) for job in jobs]
        engine.backend.commit()
    except BackendFailure as error:
        try:
            engine.backend.rollback()
        except BackendFailure:
            return [(None, error)] * len(jobs)
        return [(None, error)] if len(jobs) == 1 else _one_by_one(engine, jobs, now)
    return results


def _one_by_one(engine: Engine, jobs: list[Job], now: int) -> list[Result]:
    results: list[Result] = []
    last: Result = (None, None)
    failures = 0
    for job in jobs:
        if job.changes and failures >= _HOPELESS:  # a full disk: each attempt may take long, and changes nothing
            results.append(last)
            continue
        results += _transaction(engine, [job], now)
        if job.changes:
            last = results[-1]
            failures = failures + 1 if isinstance(last[1], BackendFailure) else 0
    return results


def _do(engine: Engine, job: Job, now: int) -> Result:
    try:
        return job.run(engine, now), None
    except BackendFailure:
        raise
    except StoreError as error:
        return None, error
