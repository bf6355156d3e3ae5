"""``broker bench``: starts the processes, gives them the word, and tells what they found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output import encode_lines
from broker_cli.signals import run_until_stopped
from broker_cli.stores.progress import Bar
from broker_core import PeerAddress

from .processes import News, Worker
from .results import Results, csv_text, json_lines, table_lines
from .talking import HOST
from .work import GO, STARTING_TIME, STOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.signals import Stop

    from .results import Kind
    from .work import Part, Work

__all__ = ["Bench", "run_bench"]

_LAST_WORDS = 0.7
"""Seconds that the processes have to tell what they found so far, after a signal."""
_STOPPING_TIME = 15.0
"""The same when there is no hurry."""
_MARGIN = 5.0  # seconds beyond those that the processes wait by themselves


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What to measure."""

    kind: Kind
    what: str
    clients: tuple[Work, ...]
    server: Work | None = None
    """The other end, when it belongs to the measurement; the clients then have no peers yet."""
    total: int | None = None
    """How many messages or operations there are to be, for progress."""
    timeout: float = 30.0
    csv: str | None = None
    progress: bool = True


class _Run:
    """One measurement."""

    def __init__(self, context: Context, settings: Settings, bench: Bench) -> None:
        self._context = context
        self._settings = settings
        self._bench = bench
        self._output = context.output()
        self._news = News()
        self._server: Worker | None = None
        self._clients: list[Worker] = []
        self._complete = False

    @property
    def _all(self) -> list[Worker]:
        return ([] if self._server is None else [self._server]) + self._clients

    # -- the course of things -----------------------------------------------------------------------------------

    async def body(self, stop: Stop) -> None:
        """Everything."""
        failure: Failure | None = None
        async with trio.open_nursery() as nursery:
            with stop.scope:
                try:
                    await self._measure(nursery)
                except Failure as error:
                    failure = error
            await self._collect(_LAST_WORDS if stop.signum else _STOPPING_TIME)
            await self._tell()
            nursery.cancel_scope.cancel()
        if not stop.signum:
            self._check(failure)

    async def _measure(self, nursery: trio.Nursery) -> None:
        bench = self._bench
        clients = bench.clients
        if bench.server is not None:
            self._server = self._start(nursery, bench.server)
            server = self._server
            await self._wait(lambda: server.port > 0, STARTING_TIME, "the other end did not start")
            address = PeerAddress(HOST, server.port)
            clients = tuple(replace(work, settings=replace(work.settings, peers=(address,))) for work in clients)
        self._clients += [self._start(nursery, work) for work in clients]
        self._context.progress(f"measuring: {bench.what}")
        patience = STARTING_TIME + bench.timeout
        await self._wait(lambda: all(worker.ready for worker in self._all), patience, "not everything was ready")
        if self._failed:
            return
        # Who receives has to be there first.
        for worker in self._all if bench.kind != "sub" else reversed(self._all):
            await worker.tell(GO)
        await self._watch()
        self._complete = not self._failed

    def _start(self, nursery: trio.Nursery, work: Work) -> Worker:
        worker = Worker(work, self._news)
        nursery.start_soon(worker.run)
        return worker

    async def _wait(self, condition: Callable[[], bool], patience: float, complaint: str) -> None:
        """Wait until *condition* holds, or something went wrong."""
        with trio.move_on_after(patience) as scope:
            while not condition() and not self._failed:
                await self._news.wait()
        if scope.cancelled_caught:
            message = f"timed out: {complaint}"
            raise Failure(message, ExitCode.TIMEOUT, "--timeout DUR waits longer")

    async def _watch(self) -> None:
        """Wait for the clients, as long as they get on."""
        bench = self._bench
        slowest = min((work.rate for work in bench.clients if work.rate is not None), default=1.0)
        patience = bench.timeout + _MARGIN + 2 / slowest
        deadline, done = trio.current_time() + patience, 0
        with Bar(self._context, f"bench {bench.kind}", bench.total, alone=True, wanted=bench.progress) as bar:
            while not all(worker.ended for worker in self._clients) and not self._failed:
                now = sum(worker.progress for worker in self._clients)
                if now != done:
                    deadline, done = trio.current_time() + patience, now
                    bar.reach(done)
                with trio.move_on_at(deadline) as scope:
                    await self._news.wait()
                if scope.cancelled_caught:
                    message = f"timed out: nothing went on for {patience:g} s"
                    raise Failure(message, ExitCode.TIMEOUT, "--timeout DUR waits longer")

    @property
    def _failed(self) -> bool:
        return any(worker.failure for worker in self._all)

    async def _collect(self, patience: float) -> None:
        """Have all processes tell what they found, as far as they can."""
        with trio.move_on_after(patience):
            for workers in (self._clients, self._all):  # the other end counts until the clients are done
                for worker in workers:
                    await worker.tell(STOP)
                while not all(worker.ended or worker.part is not None for worker in workers):
                    await self._news.wait()

    async def _tell(self) -> None:
        parts = [worker.part for worker in self._clients if worker.part is not None]
        if not parts or not any(part.count or part.unconfirmed or part.refused for part in parts):
            return
        results = Results(
            kind=self._bench.kind,
            what=self._bench.what,
            clients=parts,
            other_end=self._other_end(),
            complete=self._complete,
        )
        if self._bench.csv is not None:
            _write_csv(self._bench.csv, csv_text(results))
        if self._settings.output == "ndjson":
            lines = json_lines(results)
        else:
            lines = [f"{self._bench.what[:1].upper()}{self._bench.what[1:]}", "", *table_lines(results)]
        await self._output.write(encode_lines(lines))

    def _other_end(self) -> Part | None:
        """What the receiver of the publishers found; missing is also what they know to have arrived there."""
        if self._server is None or self._server.work.role != "sink" or self._server.part is None:
            return None
        found = self._server.part
        confirmed = sum(worker.part.count for worker in self._clients if worker.part is not None)
        return replace(found, missing=max(found.missing, confirmed - (found.count - found.foreign)))

    def _check(self, failure: Failure | None) -> None:
        """Raise the failure of this run: that of a process tells more than that nothing went on."""
        failures = [worker.failure for worker in [*self._clients, *self._all] if worker.failure is not None]
        failures.sort(key=lambda one: one.code is ExitCode.BUG)
        if failures or failure is not None:
            raise failures[0] if failures else failure or AssertionError
        parts = [worker.part for worker in self._clients if worker.part is not None]
        if lost := sum(part.unconfirmed for part in parts):
            message = f"{lost} messages were not confirmed"
            raise Failure(message, ExitCode.LOST)
        if refused := sum(part.refused for part in parts):
            message = f"{refused} messages were refused"
            raise Failure(message, ExitCode.REFUSED, "Zeek takes only events that it knows, with exactly their types")


def _write_csv(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"--csv: {path}: {(error.strerror or str(error)).lower()}"
        raise Failure(message, ExitCode.USAGE) from error


def run_bench(context: Context, settings: Settings, bench: Bench) -> None:
    """Measure."""
    run = _Run(context, settings, bench)

    async def program() -> None:
        await run_until_stopped(context, run.body)

    trio.run(program)
