"""Sending streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from broker_core import (
    Endpoint,
    EndpointOptions,
    InvalidValue,
    Limits,
    Message,
    MessageKind,
)
from pairs import SOON, options, pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def test_a_publisher_knows_capacity_and_demand() -> None:
    limits = Limits(peer_queue_messages=10)
    async with pair(two=options(limits=limits)) as (a, b):
        sub = a.make_subscriber("/t")
        publisher = b.make_publisher("/t")
        assert (publisher.capacity(), publisher.demand()) == (0, 0)
        await b.wait_for_subscribers("/t")
        assert (publisher.capacity(), publisher.demand()) == (10, 10)
        for number in range(4):
            await publisher.publish(number)
        assert publisher.demand() == 6
        await publisher.publish_batch(range(4, 30))  # more than fits: waits
        await b.flush()
        assert [message.value for message in sub.poll()] == list(range(30))


async def test_publish_all_takes_the_next_value_only_when_there_is_room() -> None:
    limits = Limits(peer_queue_messages=4, block_timeout=SOON)
    async with pair(two=options(limits=limits)) as (a, b):
        sub = a.make_subscriber("/t", capacity=1)
        await b.wait_for_subscribers("/t")
        asked = 0

        async def values() -> AsyncIterator[str]:
            nonlocal asked
            for asked in range(200):  # noqa: B007  # the test looks at it
                yield "x" * 100_000

        async with trio.open_nursery() as nursery:
            nursery.start_soon(b.publish_all, "/t", values())
            received = 0
            async for _ in sub:
                received += 1
                if received == 5:
                    # Queues and socket buffers hold a part of the stream; the source is not asked for the rest.
                    assert asked < 199
                if received == 200:
                    break
        assert asked == 199


async def test_a_message_that_is_there_goes_on_as_it_is() -> None:
    async with pair() as (a, b), Endpoint(EndpointOptions(ttl=7)) as c:
        await c.peer(a)
        at_a = a.make_subscriber("")
        at_c = c.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        await a.wait_for_subscribers("/t")
        assert await b.publish_message(Message("/t", payload=b"\xff", ttl=3, sender=c.id, receiver=c.id)) == 1
        assert await b.publish_message(Message("/x", 1), topic="/t", ttl=2) == 1
        [first, second] = [await at_a.get(SOON) for _ in range(2)]
        assert (first.topic, first.payload, first.sender, first.ttl) == ("/t", b"\xff", b.id, 20)
        assert (second.topic, second.value, second.ttl) == ("/t", 1, 2)
        assert (await at_c.get(SOON)).ttl == 19
        assert (await at_c.get(SOON)).ttl == 1  # its last hop
        assert await c.publish_message(Message("/t", None)) == 1
        assert (await at_a.get(SOON)).ttl == 7


async def test_what_cannot_be_published() -> None:
    async with Endpoint() as a:
        assert await a.publish_message(Message("/t", 1)) == 0
        with pytest.raises(InvalidValue, match="command of a data store"):
            await a.publish_message(Message("/t", payload=b"", kind=MessageKind.COMMAND))
        with pytest.raises(InvalidValue, match="topic"):
            await a.publish_message(Message("/t", 1), topic="")
    with pytest.raises(trio.ClosedResourceError):
        await a.publish_message(Message("/t", 1))
