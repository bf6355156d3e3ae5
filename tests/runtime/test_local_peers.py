"""Endpoints of one process. That they pass values without serializing is in tests/endpoint/test_forwarding.py."""

from __future__ import annotations

import trio

from broker_core import SC, Endpoint, EndpointOptions, Limits


async def test_the_end_of_one_local_endpoint_ends_the_peering_of_the_other() -> None:
    async with Endpoint() as one:
        sub = one.make_subscriber("/t")
        loud = one.make_status_subscriber(True)
        async with Endpoint() as two:
            await two.peer(one)
            await two.publish("/t", 1)
        assert one.peers() == []
        assert [message.value for message in sub.poll()] == [1]
        assert [notice.code.name for notice in loud.poll()] == [
            "ENDPOINT_DISCOVERED",
            "PEER_ADDED",
            "PEER_LOST",
            "ENDPOINT_UNREACHABLE",
        ]


async def test_a_slow_endpoint_of_the_same_process_is_disconnected_when_told() -> None:
    limits = Limits(peer_queue_messages=2)
    async with Endpoint() as one, Endpoint(EndpointOptions(limits=limits, peer_overflow="disconnect")) as two:
        loud = two.make_status_subscriber(True)
        one.make_subscriber("/t", capacity=1)
        await two.peer(one)
        for number in range(8):
            two.publish_nowait("/t", number)
        with trio.fail_after(5):
            while (notice := await loud.get()).code is not SC.PEER_REMOVED:
                pass
        assert notice.message.endswith("(backpressure_overflow)")
        assert two.peers() == []
        assert two.statistics().dropped == 6
