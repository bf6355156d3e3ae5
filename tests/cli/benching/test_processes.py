"""The processes."""

from __future__ import annotations

import os
import signal

import trio

from broker_cli.benching.processes import News, Worker
from broker_cli.benching.work import GO, STOP, Work
from broker_cli.config import Settings
from broker_cli.exit_codes import ExitCode

SOON = 20
SINK = Work(role="sink", settings=Settings(), name="/x")


async def until(news: News, condition) -> None:
    with trio.fail_after(SOON):
        while not condition():
            await news.wait()


async def test_a_process_does_what_it_is_told():
    news = News()
    worker = Worker(SINK, news)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.run)
        await until(news, lambda: worker.ready)
        assert worker.port
        await worker.tell(GO)
        await worker.tell(STOP)
        await until(news, lambda: worker.ended)
    assert worker.part.count == 0
    assert worker.failure is None
    await worker.tell(STOP)  # nobody is there, which is no error


async def test_an_error_is_told():
    news = News()
    worker = Worker(Work(role="sub", settings=Settings(), name="x" * 70_000), news)
    with trio.fail_after(SOON):
        await worker.run()
    assert worker.failure.code is ExitCode.USAGE


async def test_a_process_that_dies_is_a_bug():
    news = News()
    worker = Worker(SINK, news)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.run)
        await until(news, lambda: worker.ready)
        worker._process.kill()
        await until(news, lambda: worker.ended)
    assert worker.failure.code is ExitCode.BUG


async def test_it_is_killed_with_its_parents_task_and_ends_when_its_parent_is_gone():
    news = News()
    worker = Worker(SINK, news)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.run)
        await until(news, lambda: worker.ready)
        nursery.cancel_scope.cancel()
    assert worker._process.returncode == -signal.SIGKILL
    worker = Worker(SINK, news)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.run)
        await until(news, lambda: worker.ready)
        assert os.getsid(worker._process.pid) == worker._process.pid  # Ctrl-C does not reach it
        await worker._process.stdin.aclose()
        await until(news, lambda: worker.ended)
    assert worker._process.returncode == 1
