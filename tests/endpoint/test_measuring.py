"""The numbers behind status document and metrics."""

from __future__ import annotations

import trio

from broker_core import Endpoint
from broker_core.endpoint.measuring import KINDS, buffered, connections, dropped, processed
from broker_core.messages.envelopes import Message, MessageKind
from cluster_links import central, member
from pairs import SOON, options, pair


def test_the_names_of_kinds():
    assert list(KINDS.values()) == ["data", "command", "routing-update", "ping", "pong"]


NONE = {"native": 0, "web-socket": 0, "zeromq": 0, "local": 0}


async def test_connections_by_kind():
    async with pair() as (a, b), Endpoint(options()) as c:
        assert connections(a._hub) == NONE | {"native": 1}
        await a.peer(c)
        assert connections(a._hub) == NONE | {"native": 1, "local": 1}
        assert connections(b._hub) == NONE | {"native": 1}


async def test_what_came_from_peers_by_kind():
    async with pair() as (a, b):
        subscriber = a.make_subscriber("/x")
        await b.wait_for_subscribers("/x")
        assert processed(b._hub)["routing-update"] == 1
        for number in range(3):
            await b.publish("/x", number)
        await a.ping(b.id)
        await a.ping(b.id)
        await b.ping(a.id)
        assert len(subscriber.poll()) == 3
        assert processed(a._hub) == {"data": 3, "command": 0, "routing-update": 0, "ping": 1, "pong": 2}
        assert processed(b._hub) == {"data": 0, "command": 0, "routing-update": 1, "ping": 2, "pong": 1}


async def test_what_peers_said_counts_also_when_they_are_gone():
    async with pair() as (a, b):
        await a.attach_master("db")
        clone = await b.attach_clone("db")
        await clone.put(1, 2)
        await b.ping(a.id)
        before = processed(a._hub)
        assert before["command"] > 0
        await b.unpeer(a.id)
        after = processed(a._hub)
        assert after["ping"] == before["ping"] + 1  # BYE is one
        assert all(after[kind] >= count for kind, count in before.items())


async def test_what_waits_by_kind():
    async with pair() as (a, b), Endpoint(options()) as c:
        a.make_subscriber("/x")
        await b.wait_for_subscribers("/x")
        await b.publish("/x", 1)
        await b.flush()
        assert buffered(a._hub) == {"data": 1, "command": 0, "routing-update": 0, "ping": 0, "pong": 0}
        await a.peer(c)
        here, there = a._hub.router.peers[b.id], a._hub.router.peers[c.id]
        # Nobody runs in between, so what is put into the queues is still there.
        frames = a._hub.frames
        here.queue.offer(frames.data_frame("/a", b"\x00", 1))
        here.queue.offer(frames.message_frame(Message("s", payload=b"", kind=MessageKind.COMMAND), 1))
        here.queue.put_control(frames.ping_frame(b.id, b"x"))
        here.queue.put_control(frames.pong_frame(b.id, b"x"))
        here.queue.put_control(frames.routing_update_frame(b.id, ("/y",)))
        there.queue.offer(Message("/a", 1))
        there.queue.offer(Message("s", payload=b"", kind=MessageKind.COMMAND))
        assert buffered(a._hub) == {"data": 3, "command": 2, "routing-update": 1, "ping": 1, "pong": 1}
        there.queue.take()
        here.queue.take_chunk(10_000)
        assert sum(buffered(a._hub).values()) == 1


async def test_websocket_clients_and_what_waits_for_them():
    with trio.fail_after(SOON):
        async with Endpoint(options()) as a, Endpoint(options()) as b:
            listener = await a.listen_web(tls="off")
            await b.peer(f"ws://127.0.0.1:{listener.port}")
            assert connections(a._hub) == connections(b._hub) == NONE | {"web-socket": 1}
            (client,) = a._hub.router.peers.values()
            client.queue.offer(b"text")
            client.queue.put_control(b"what keeps it alive")
            assert buffered(a._hub)["data"] == 1
            client.queue.take()


async def test_drops_count_whether_the_queue_is_there_or_not():
    async with pair() as (a, b):
        with a.make_subscriber("/x", capacity=1, overflow="drop_newest") as subscriber:
            await b.wait_for_subscribers("/x")
            for number in range(3):
                await b.publish("/x", number)
            await b.flush()
            assert subscriber.dropped == 2
            assert dropped(a._hub) == 2
        assert dropped(a._hub) == 2


async def test_a_zeromq_cluster_and_what_waits_for_it():
    async with central() as broker, member(broker.address) as endpoint:
        assert connections(endpoint._hub) == NONE | {"zeromq": 1}
        (cluster,) = endpoint._hub.router.peers.values()
        # Nobody runs in between, so what is put into the queue is still there.
        cluster.queue.offer(Message("/a", 1))
        cluster.queue.put_control(Message("zeek.zeromq.internal.x", 1))
        assert buffered(endpoint._hub)["data"] == 1
        cluster.queue.take()


async def test_messages_that_were_dropped_on_their_way_in_count():
    async with central() as broker, member(broker.address) as endpoint:
        (cluster,) = endpoint._hub.router.peers.values()
        cluster._inbox.count_drop()
        assert (cluster.missed, dropped(endpoint._hub), endpoint.statistics().dropped) == (1, 1, 1)
        await endpoint.unpeer(cluster.peer_id)
        assert dropped(endpoint._hub) == 1
