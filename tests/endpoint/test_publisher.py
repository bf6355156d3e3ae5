"""Sending streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
import trio.testing

from broker_core import (
    Limits,
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
