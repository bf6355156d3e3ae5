"""A sink for logs and a subscriber as one source."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.logs.sources import LogSources, SinkPlan
from broker_core import Endpoint, LogPush
from cluster_links import LIMIT, pushed, pusher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

(REC,) = pushed()


def a_context() -> Context:
    return Context(stderr=io.StringIO(), environ={}, stdout_is_terminal=False, stderr_is_terminal=False)


@asynccontextmanager
async def opened(topic: str | None = None, **plan: Any) -> AsyncIterator[tuple[LogSources, Endpoint, Context]]:
    """A sink, besides a subscriber to *topic*, and an endpoint of this process that publishes to that."""
    context = a_context()
    async with Endpoint() as endpoint, Endpoint() as other:
        subscriber = None if topic is None else endpoint.make_subscriber(topic)
        await other.peer(endpoint)
        sources = await LogSources.open(context, endpoint, SinkPlan(host="127.0.0.1", port=0, **plan), subscriber)
        yield sources, other, context


async def test_a_sink_alone():
    async with opened() as (sources, _, context), pusher(f"tcp://{sources.place}") as node:
        await node.push(*REC)
        with trio.fail_after(LIMIT):
            (push,) = await sources.get_batch(5)
        assert type(push) is LogPush
        assert (sources.poll(), sources.dropped, sources.overflowed, sources.remarks()) == ([], 0, False, [])
        assert context.stderr.getvalue() == f"broker: listening for logs on {sources.place}\n"
        await sources.aclose()
        with pytest.raises(trio.EndOfChannel):
            await sources.get_batch()


async def test_both():
    async with opened("/t") as (sources, other, _), pusher(f"tcp://{sources.place}") as node:
        with trio.fail_after(LIMIT):
            await other.publish("/t", 1)
            assert [message.topic for message in await sources.get_batch()] == ["/t"]
            await node.push(*REC)
            assert [message.topic for message in await sources.get_batch()] == ["log-write"]
            await other.publish("/t", 2)
            await node.push(*REC)
            found = []
            while len(found) < 2:
                found += await sources.get_batch(1)
        assert sorted(message.topic for message in found) == ["/t", "log-write"]


async def test_nothing_is_lost_by_giving_up_waiting():
    async with opened("/t") as (sources, other, _):
        with trio.move_on_after(0):
            await sources.get_batch()
        await other.publish("/t", 1)
        with trio.fail_after(LIMIT):
            assert len(await sources.get_batch()) == 1
            await other.publish("/t", 2)
            while not (rest := sources.poll()):
                await trio.lowlevel.checkpoint()
        assert [message.value for message in rest] == [2]


async def test_the_end_of_either_is_the_end():
    context = a_context()
    async with Endpoint() as endpoint, Endpoint() as other:
        subscriber = endpoint.make_subscriber("/t")
        await other.peer(endpoint)
        sources = await LogSources.open(context, endpoint, SinkPlan(host="127.0.0.1", port=0), subscriber)
        await other.publish("/t", 1)
        with trio.fail_after(LIMIT):
            while not subscriber.available():
                await trio.lowlevel.checkpoint()
            await sources.aclose()
            assert [message.value for message in await sources.get_batch()] == [1]
            with pytest.raises(trio.EndOfChannel):
                await sources.get_batch()


async def test_what_was_taken_and_not_shown_is_remarked():
    async with opened() as (sources, _, _), pusher(f"tcp://{sources.place}") as node:
        for _ in range(3):
            await node.push(*REC)
        with trio.fail_after(LIMIT):
            while sources.remarks() != ["3 more batches not shown"]:
                await trio.lowlevel.checkpoint()
            await sources.get_batch(2)
        await sources.aclose()
        assert sources.remarks() == ["1 more batch not shown"]


async def test_problems_are_told_at_once():
    async with opened() as (sources, _, context), pusher(f"tcp://{sources.place}") as node:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sources.tell_problems)
            await node.push(b"x")
            with trio.fail_after(LIMIT):
                while "skipped message 1 that is no batch" not in context.stderr.getvalue():
                    await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
        assert sources.remarks() == ["1 message skipped"]


async def test_what_is_dropped_is_not_told_twice():
    """It is counted, and told by whoever prints."""
    async with opened(capacity=1, overflow="drop_oldest") as (sources, _, context):
        async with pusher(f"tcp://{sources.place}") as node:
            for _ in range(3):
                await node.push(*REC)
            await node.push(b"x")
            with trio.fail_after(LIMIT):
                while sources.remarks() != ["1 more batch not shown", "1 message skipped"]:
                    await trio.lowlevel.checkpoint()
        await sources.aclose()
        assert sources.dropped == 2
        lines = context.stderr.getvalue().splitlines()
        assert lines[1:] == [
            f"broker: {sources.place}: skipped message 1 that is no batch of logs: expected 4 parts, have 1"
        ]


async def test_a_port_that_cannot_be_had():
    async with opened() as (sources, other, _):
        plan = SinkPlan(host="127.0.0.1", port=int(sources.place.rpartition(":")[2]))
        with pytest.raises(Failure, match=f"cannot listen on {sources.place}: address already in use") as caught:
            await LogSources.open(a_context(), other, plan, None)
        assert caught.value.code is ExitCode.CONNECT


async def test_every_interface():
    context = a_context()
    async with Endpoint() as endpoint:
        sources = await LogSources.open(context, endpoint, SinkPlan(host="", port=0), None)
        assert sources.place.startswith("*:")
