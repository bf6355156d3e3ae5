"""A ZeroMQ cluster under load: everything arrives, bounds hold, and who is slow slows nobody else down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import zmq
from trio.testing import wait_all_tasks_blocked

from broker_core import Count, Endpoint, Event
from broker_core.codecs import binary
from broker_core.limits import Limits
from broker_core.runtime.zmq_peers import ZmqPeer
from broker_core.runtime.zmq_sockets import _STALL_RETRY, ZmqSocket
from cluster_links import LIMIT, Recorder, central, member, node, until

if TYPE_CHECKING:
    from broker_core import Message, PeerInfo, Subscriber
    from cluster_links import Node

MANY = 3000
BLOCK = bytes(32 * 1024)


def only_peer(endpoint: Endpoint) -> PeerInfo:
    """What is known about the cluster."""
    return endpoint.peers()[0]


async def ready(endpoint: Endpoint) -> None:
    """Wait until the central broker knows what *endpoint* subscribed to."""
    await endpoint.ping(only_peer(endpoint).id, timeout=LIMIT)


async def take(subscriber: Subscriber, count: int) -> list[Message]:
    """The next *count* messages."""
    taken: list[Message] = []
    with trio.fail_after(LIMIT):
        while len(taken) < count:
            taken += await subscriber.get_batch()
    return taken


async def arrives(source: Node, endpoint: Endpoint, number: int) -> None:
    """Publish a message, and wait until *endpoint* has read it."""
    payload = binary.encode(Count(number))
    before = only_peer(endpoint).bytes_received
    await source.publish(b"/t", payload)
    size = len(b"/t" + source.name + b"broker-bin-v1" + payload)
    await until(lambda: only_peer(endpoint).bytes_received >= before + size)


# -- nothing is lost ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [1, 1000])
async def test_everything_arrives_both_ways_while_subscriptions_change(mark):
    limits = Limits(zmq_send_hwm=mark, zmq_receive_hwm=mark)
    async with (
        central() as broker,
        member(broker.address, limits=limits) as one,
        member(broker.address, limits=limits) as two,
        node(broker.address) as other,
        trio.open_nursery() as nursery,
    ):
        ends = {one: one.make_subscriber("/two"), two: two.make_subscriber("/one")}
        await ready(one)
        await ready(two)
        with trio.fail_after(LIMIT):
            await one.wait_for_subscribers("/one")
            await two.wait_for_subscribers("/two")

        async def publish(endpoint: Endpoint, topic: str) -> None:
            for number in range(MANY):
                await endpoint.publish(topic, Event("number", Count(number)))

        async def change() -> None:
            for number in range(MANY // 10):
                for subscriber in ends.values():
                    subscriber.add_topic(f"/other/{number}")
                other.subscribe(b"/x/%d" % number)
                await trio.lowlevel.checkpoint()
                for subscriber in ends.values():
                    subscriber.remove_topic(f"/other/{number}")
                other.unsubscribe(b"/x/%d" % number)
                await trio.lowlevel.checkpoint()
            other.subscribe(b"/last")

        async def listen() -> None:  # else it would hold up the subscriptions of all
            while True:
                await other.xpub.receive()

        nursery.start_soon(listen)
        nursery.start_soon(change)
        for endpoint, topic in ((one, "/one"), (two, "/two")):
            nursery.start_soon(publish, endpoint, topic)
        for endpoint in (one, two):
            messages = await take(ends[endpoint], MANY)
            assert [message.value[2][1][0] for message in messages] == list(range(MANY))
            assert (only_peer(endpoint).missed, only_peer(endpoint).dropped) == (0, 0)
            assert only_peer(endpoint).received == MANY
        # What was said about subscriptions has arrived too.
        await until(lambda: only_peer(one).filter == ("/one", "/last"))
        await until(lambda: only_peer(two).filter == ("/two", "/last"))
        nursery.cancel_scope.cancel()


async def test_a_central_broker_that_does_not_read_for_a_while(nursery):
    broker = Recorder(mark=1)
    await nursery.start(broker.pass_on)
    count = 400
    async with member(broker.address, limits=Limits(zmq_send_hwm=1)) as endpoint, node(broker.address) as other:
        other.subscribe(b"/t")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/t")
        broker.stop()
        for number in range(count):
            await endpoint.publish(f"/t/{number}", BLOCK)
        await until(lambda: only_peer(endpoint).stalls)
        assert only_peer(endpoint).sent < count
        broker.go_on()
        assert [(await other.receive())[0] for _ in range(count)] == [b"/t/%d" % number for number in range(count)]
        await endpoint.flush(LIMIT)
        info = only_peer(endpoint)
        assert (info.sent, info.queued, info.dropped) == (count, 0, 0)
    nursery.cancel_scope.cancel()


async def test_a_stalled_peer_still_receives_and_is_not_busy(nursery, monkeypatch):
    attempts = []
    send_nowait = ZmqSocket.send_nowait

    def counted(self: ZmqSocket, *parts: bytes) -> bool:
        sent = send_nowait(self, *parts)
        if not sent:
            attempts.append(trio.current_time())
        return sent

    broker = Recorder(mark=1)
    await nursery.start(broker.pass_on)
    async with member(broker.address, limits=Limits(zmq_send_hwm=1)) as endpoint, node(broker.address) as other:
        other.subscribe(b"/t")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/t")
        subscriber = endpoint.make_subscriber("/u")
        await ready(endpoint)
        broker.stop()
        monkeypatch.setattr(ZmqSocket, "send_nowait", counted)
        for _ in range(400):
            await endpoint.publish("/t", BLOCK)
        # The kernel takes some more, until it does not.
        await until(lambda: len(attempts) > 3 and attempts[-1] - attempts[-3] > 1.5 * _STALL_RETRY)
        info = only_peer(endpoint)
        await wait_all_tasks_blocked()  # which never comes to an end where somebody is busy
        pauses = (attempts[-1] - attempts[0]) / _STALL_RETRY
        assert len(attempts) <= 4 * info.stalls + pauses + 1
        # The sockets of the central broker work independently of each other, so this comes through meanwhile.
        assert broker.xpub.send_nowait(b"/u", b"other", b"broker-bin-v1", binary.encode(Count(1)))
        assert (await subscriber.get(LIMIT)).value == Count(1)
        assert only_peer(endpoint).queued
        broker.go_on()
    nursery.cancel_scope.cancel()


async def test_who_hears_late_of_subscriptions_hears_of_all():
    # By default an XSUB discards those beyond a thousand, and so would that of the central broker.
    count, padding = 4000, bytes(1000)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    late = ZmqSocket.open(context, zmq.XPUB, {zmq.RCVHWM: 1, zmq.RCVBUF: 4096})
    try:
        async with central() as broker, node(broker.address) as other:
            late.raw.connect(f"tcp://{broker.address.host}:{broker.send_port}")
            other.subscribe(b"first")
            with trio.fail_after(LIMIT):
                assert await late.receive() == [b"\x01first"]
                await other.hears(b"\x01first")
                for number in range(count):
                    other.subscribe(b"%d/" % number + padding)
                    assert await other.xpub.receive() == [b"\x01%d/" % number + padding]
                for number in range(count):
                    assert await late.receive() == [b"\x01%d/" % number + padding]
            late.close()
    finally:
        late.close()
        context.term()


# -- who is slow ----------------------------------------------------------------------------------------------------


async def slow(endpoint: Endpoint, source: Node) -> Subscriber:
    """A subscriber that takes nothing and makes the peer wait: one message is with it, and the peer holds the next."""
    subscriber = endpoint.make_subscriber("/t", capacity=1, overflow="block")
    await ready(endpoint)
    for number in (0, 1):
        await arrives(source, endpoint, number)
        await until(lambda number=number: only_peer(endpoint).received == number + 1)
    return subscriber


async def test_the_queue_holds_what_it_is_to_hold_and_the_next_is_missed():
    bound = 5
    limits = Limits(zmq_receive_queue=bound)
    async with central() as broker, member(broker.address, limits=limits) as endpoint, node(broker.address) as other:
        errors = endpoint.make_status_subscriber()
        subscriber = await slow(endpoint, other)
        for number in range(2, 2 + bound):
            await arrives(other, endpoint, number)
        assert only_peer(endpoint).missed == 0
        await arrives(other, endpoint, 2 + bound)
        assert only_peer(endpoint).missed == 1
        assert "dropped 1 received message so far" in (await errors.get(LIMIT)).message
        # The oldest of those that nobody had taken yet is what is missing.
        messages = await take(subscriber, 2 + bound)
        assert [message.value for message in messages] == [Count(number) for number in (0, 1, 3, 4, 5, 6, 7)]
        await arrives(other, endpoint, 99)
        assert (await subscriber.get(LIMIT)).value == Count(99)
        assert endpoint.statistics().peers[0].missed == 1


async def test_long_messages_are_bounded_by_their_bytes():
    limits = Limits(subscriber_queue_bytes=2 * len(BLOCK))
    async with central() as broker, member(broker.address, limits=limits) as endpoint, node(broker.address) as other:
        subscriber = await slow(endpoint, other)
        payload = binary.encode(BLOCK.decode())
        for number in range(4):
            before = only_peer(endpoint).bytes_received
            await other.publish(b"/t/%d" % number, payload)
            await until(lambda before=before: only_peer(endpoint).bytes_received > before + len(payload))
            assert only_peer(endpoint).missed == max(0, number - 1)
        assert [message.topic for message in await take(subscriber, 4)] == ["/t", "/t", "/t/2", "/t/3"]


async def test_a_slow_subscriber_does_not_slow_down_the_cluster():
    count = 2000
    limits = Limits(zmq_receive_queue=10, zmq_receive_hwm=10)
    async with (
        central() as broker,
        member(broker.address, limits=limits) as endpoint,
        member(broker.address, limits=Limits(zmq_send_hwm=10)) as publisher,
        member(broker.address) as other,
        node(broker.address) as hand,
    ):
        subscriber = await slow(endpoint, hand)
        fast = other.make_subscriber("/t")
        await ready(other)
        with trio.fail_after(LIMIT):
            await publisher.wait_for_subscribers("/t")
            for _ in range(count):
                await publisher.publish("/t", BLOCK[: 16 * 1024])
        assert len(await take(fast, count)) == count
        await publisher.flush(LIMIT)
        assert (only_peer(publisher).sent, only_peer(publisher).dropped) == (count, 0)
        # All that came was read, and what has no room here is counted.
        await until(lambda: only_peer(endpoint).missed == count - 10)
        assert len(await take(subscriber, 2 + 10)) == 2 + 10


async def test_the_high_water_marks_are_those_of_the_limits():
    limits = Limits(zmq_send_hwm=12, zmq_receive_hwm=34)
    async with central() as broker, member(broker.address, limits=limits) as endpoint:
        (peer,) = endpoint._hub.router.peers.values()
        assert isinstance(peer, ZmqPeer)
        assert peer._line.xpub.raw.getsockopt(zmq.SNDHWM) == 12
        assert peer._line.xsub.raw.getsockopt(zmq.RCVHWM) == 34
        assert peer._line.xsub.raw.getsockopt(zmq.SNDHWM) == 0


# -- idling ---------------------------------------------------------------------------------------------------------


class Wakes(trio.abc.Instrument):
    """Counts how often the loop came back from waiting."""

    def __init__(self) -> None:
        self.count = 0

    def after_io_wait(self, timeout: float) -> None:
        self.count += 1


async def test_waiting_costs_nothing_and_a_message_wakes_a_few_times():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        subscriber = endpoint.make_subscriber("/t")
        await ready(endpoint)
        await other.hears(b"\x01/t")
        wakes = Wakes()
        for number in range(10):
            await wait_all_tasks_blocked()  # which never comes to an end where somebody is busy
            trio.lowlevel.add_instrument(wakes)
            await other.publish(b"/t", binary.encode(Count(number)))
            assert (await subscriber.get(LIMIT)).value == Count(number)
            trio.lowlevel.remove_instrument(wakes)
        assert wakes.count <= 10 * 10


# -- what waits to be sent ------------------------------------------------------------------------------------------


async def test_who_discards_the_oldest_still_hears_when_the_rest_has_arrived(nursery):
    broker = Recorder(mark=1)
    await nursery.start(broker.pass_on)
    limits = Limits(zmq_send_hwm=1, peer_queue_messages=10)
    async with (
        member(broker.address, limits=limits, peer_overflow="drop_oldest") as endpoint,
        node(broker.address) as other,
    ):
        other.subscribe(b"/t")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/t")
        broker.stop()
        while not only_peer(endpoint).stalls or only_peer(endpoint).queued < 10:
            await endpoint.publish("/t", BLOCK)
        flushed = trio.Event()

        async def flush() -> None:
            await endpoint.flush(LIMIT)
            flushed.set()

        async with trio.open_nursery() as flushing:
            flushing.start_soon(flush)
            await wait_all_tasks_blocked()
            for _ in range(20):
                await endpoint.publish("/t", BLOCK)
            assert only_peer(endpoint).dropped >= 20
            assert not flushed.is_set()
            broker.go_on()
    nursery.cancel_scope.cancel()
