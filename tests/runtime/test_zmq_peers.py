"""A ZeroMQ cluster as a peer."""

from __future__ import annotations

import trio

from broker_core import Event
from cluster_links import LIMIT, central, member, node, recording


async def test_two_endpoints_meet_in_a_cluster():
    async with central() as broker, member(broker.address) as one, member(broker.address) as two:
        subscriber = one.make_subscriber("/t")
        peer = one.peers()[0]
        await one.ping(peer.id, timeout=LIMIT)
        with trio.fail_after(LIMIT):
            await two.wait_for_subscribers("/t/x")
        assert await two.publish("/t/x", Event("hello", 1)) == 1
        assert await two.publish("/other", 1) == 0
        message = await subscriber.get(LIMIT)
        assert (message.topic, str(message.sender)) == ("/t/x", f"broker_{two.id}")


async def test_a_node_by_hand():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        frame = next(f for f in recording("zeromq-one-node-own-central-broker")["frames"] if len(f["parts"]) == 4)
        subscriber = endpoint.make_subscriber("/rec")
        await other.send(*frame["parts"])
        assert (await subscriber.get(LIMIT)).payload == frame["parts"][3]
