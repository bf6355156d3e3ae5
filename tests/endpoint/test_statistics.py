"""The counts of an endpoint add up, also over peers and subscribers that are gone."""

from __future__ import annotations

from broker_core import Endpoint
from pairs import SOON, options, pair


async def test_each_message_is_counted_where_it_goes() -> None:
    async with pair() as (a, b):
        subscriber = b.make_subscriber("/x")
        await a.wait_for_subscribers("/x")
        for number in range(3):
            await a.publish("/x", number)
        await a.publish("/nobody", 1)
        for _ in range(3):
            await subscriber.get(SOON)
        await a.flush(SOON)
        assert (a.statistics().published, a.statistics().received) == (4, 0)
        there = b.statistics()
        assert (there.received, there.delivered, there.forwarded, there.dropped) == (3, 3, 0, 0)
        assert [peer.id for peer in there.peers] == [a.id]
        assert (there.refused, there.denied, there.skipped, there.ttl_expired) == (0, 0, 0, 0)


async def test_what_a_queue_dropped_is_remembered_when_it_is_gone() -> None:
    async with pair() as (a, b):
        subscriber = b.make_subscriber("/x", capacity=1, overflow="drop_oldest")
        await a.wait_for_subscribers("/x")
        for number in range(3):
            await a.publish("/x", number)
        await a.flush(SOON)
        assert b.statistics().dropped == 2
        subscriber.close()
        assert b.statistics().dropped == 2


async def test_an_endpoint_that_has_done_nothing() -> None:
    async with Endpoint(options()) as endpoint:
        assert endpoint.statistics() == (0, 0, 0, 0, 0, 0, 0, (), 0, 0)
