"""A ZeroMQ cluster as a peer: what is published, received, confirmed, and how it ends."""

from __future__ import annotations

import pytest
import trio

from broker_core import SC, Count, Endpoint, Event, ForeignMessage, UndeliveredError
from broker_core.codecs import binary
from broker_core.limits import Limits
from broker_core.messages.cluster_wire import INTERNAL_PREFIX
from broker_core.messages.envelopes import Message
from cluster_links import LIMIT, Recorder, central, member, node, until

FOUR = binary.encode(Count(4))


async def ready(endpoint: Endpoint) -> None:
    """Wait until the central broker knows what *endpoint* subscribed to."""
    await endpoint.ping(endpoint.peers()[0].id, timeout=LIMIT)


async def test_two_endpoints_meet_in_a_cluster():
    async with central() as broker, member(broker.address) as one, member(broker.address) as two:
        subscriber = one.make_subscriber("/t")
        await ready(one)
        with trio.fail_after(LIMIT):
            await two.wait_for_subscribers("/t/x")
        assert await two.publish("/t/x", Event("hello", 1)) == 1
        assert await two.publish("/other", 1) == 0
        message = await subscriber.get(LIMIT)
        assert (message.topic, str(message.sender)) == ("/t/x", f"broker_{two.id}")
        assert message.value[2][0] == "hello"


async def test_own_messages_come_back_and_are_none_for_us():
    async with central() as broker, member(broker.address) as one, member(broker.address) as two:
        subscribers = [endpoint.make_subscriber("/t") for endpoint in (one, two)]
        await ready(one)
        await ready(two)
        assert await one.publish("/t", Count(4)) == 1
        await ready(one)
        assert (await subscribers[1].get(LIMIT)).value == Count(4)
        assert subscribers[0].available() == 0


async def test_a_subscription_of_our_own_is_no_receiver():
    async with central() as broker, member(broker.address) as endpoint:
        endpoint.make_subscriber("/t")
        await ready(endpoint)
        assert endpoint.peers()[0].filter == ()
        assert await endpoint.publish("/t", 1) == 0
        async with node(broker.address) as other:
            other.subscribe(b"/t")
            with trio.fail_after(LIMIT):
                await endpoint.wait_for_subscribers("/t")


async def test_subscriptions_end():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        with endpoint.make_subscriber("/t"):
            await other.hears(b"\x01/t")
        await other.hears(b"\x00/t")
        other.subscribe(b"/u")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/u")
        other.unsubscribe(b"/u")
        await until(lambda: endpoint.peers()[0].filter == ())


async def test_a_withdrawn_subscriber_gets_what_is_on_its_way():
    async with central() as broker, member(broker.address) as one, member(broker.address) as two:
        subscriber = one.make_subscriber("/t")
        with trio.fail_after(LIMIT):
            await two.wait_for_subscribers("/t")
            await two.publish("/t", Count(4))
            await two.flush()  # the central broker has it, and sends it before anything else that it gets to know
        subscriber.withdraw()
        await ready(one)
        assert [message.value for message in subscriber.poll()] == [Count(4)]
        await until(lambda: two.peers()[0].filter == ())


async def test_nothing_is_lost_at_the_end():
    async with central() as broker, member(broker.address) as one:
        subscriber = one.make_subscriber("/t", capacity=5000)
        await ready(one)
        async with member(broker.address) as two:
            for number in range(3000):
                assert await two.publish("/t", Count(number)) == 1
        await ready(one)
        assert [message.value for message in subscriber.poll()] == [Count(number) for number in range(3000)]


async def test_what_is_there_is_confirmed():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        other.subscribe(b"/t")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/t")
        await endpoint.publish("/t", Count(4))
        await endpoint.flush(LIMIT)
        assert endpoint.peers()[0].sent == 1
        assert await other.receive() == [b"/t", f"broker_{endpoint.id}".encode(), b"broker-bin-v1", FOUR]


async def test_a_central_broker_that_does_not_answer_leaves_messages_undelivered(nursery):
    silent_broker = Recorder()
    await nursery.start(silent_broker.pass_on)
    endpoint = Endpoint()
    with pytest.raises(UndeliveredError) as caught:
        async with endpoint:
            async with node(silent_broker.address) as other:
                other.subscribe(b"/t")
                with trio.fail_after(LIMIT):
                    peer = await endpoint.peer(silent_broker.address)
                    await endpoint.wait_for_subscribers("/t")
                silent_broker.stop()
            await endpoint.publish("/t", 1)
            with pytest.raises(UndeliveredError):
                await endpoint.flush(0.05)
            with pytest.raises(trio.TooSlowError):
                await endpoint.ping(peer.id, timeout=0.05)
            await endpoint.shutdown(timeout=0.05)
    assert list(caught.value.counts.values()) == [1]


async def test_the_end_of_the_central_broker_is_a_loss():
    async with central() as broker, Endpoint() as endpoint:
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        subscriber = endpoint.make_subscriber("/t")
        with trio.fail_after(LIMIT):
            peer = await endpoint.peer(broker.address)
            async with node(broker.address) as other:
                await other.publish(b"/t", FOUR)
                assert (await subscriber.get()).value == Count(4)
            await broker.aclose()
            codes = [(await statuses.get()).code for _ in range(4)]
        assert codes == [SC.ENDPOINT_DISCOVERED, SC.PEER_ADDED, SC.PEER_LOST, SC.ENDPOINT_UNREACHABLE]
        assert endpoint.peers() == []
        with pytest.raises(Exception, match="no peer"):
            await endpoint.ping(peer.id)


async def test_a_lost_cluster_is_joined_again_with_its_subscriptions():
    async with central() as broker, Endpoint() as endpoint:
        subscriber = endpoint.make_subscriber("/t")
        with trio.fail_after(LIMIT):
            await endpoint.peer(broker.address, retry=0.01)
            await broker.aclose()
            await until(lambda: not endpoint.peers())
            host, first, _, _ = broker.address
            async with Endpoint() as host_of_broker:
                await host_of_broker.listen_zmq(host, first, broker.send_port)
                async with node(broker.address) as other:
                    await other.publish(b"/t", FOUR)
                    assert (await subscriber.get()).value == Count(4)


async def test_unpeering():
    async with central() as broker, member(broker.address) as endpoint:
        await endpoint.unpeer(endpoint.peers()[0].id)
        assert endpoint.peers() == []


async def test_messages_that_are_none_are_told_of_and_left_out():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        errors = endpoint.make_status_subscriber()
        subscriber = endpoint.make_subscriber("")
        await other.send(b"/t", b"two parts")
        await other.send(b"/t", other.name, b"broker-bin-v1", FOUR, b"five")
        await other.publish(b"", FOUR)
        await other.publish(b"x" * 65536, FOUR)
        await other.publish(INTERNAL_PREFIX.encode() + b"other", FOUR)  # a question of another node, and none for us
        await other.publish(b"x" * 65535, FOUR)
        assert (await subscriber.get(LIMIT)).value == Count(4)
        assert "expected 4 parts, have 2" in (await errors.get(LIMIT)).message
        assert endpoint.statistics().skipped == 4
        assert subscriber.available() == 0


async def test_other_formats_reach_subscribers_and_go_no_further():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        subscriber = endpoint.make_subscriber("/t")
        async with Endpoint() as native:
            await native.listen()
            behind = native.make_subscriber("/t")
            await endpoint.peer("127.0.0.1", (await native.listen()).port)
            await other.publish(b"/t", b"{}", b"broker-json-v1")
            await other.publish(b"/t", FOUR)
            message = await subscriber.get(LIMIT)
            assert isinstance(message, ForeignMessage)
            assert (message.serializer, message.payload) == ("broker-json-v1", b"{}")
            assert (await behind.get(LIMIT)).value == Count(4)
            with pytest.raises(Exception, match="in another format than Broker's cannot be published"):
                await endpoint.publish_message(message)


async def test_messages_pass_between_a_cluster_and_a_broker():
    async with central() as broker, member(broker.address) as gate, node(broker.address) as other:
        port = (await gate.listen()).port
        async with Endpoint() as native:
            subscriber = native.make_subscriber("/t")
            await native.peer("127.0.0.1", port)
            gate.forward(["/t", "/u"])
            other.subscribe(b"/u")
            await other.publish(b"/t", FOUR)
            assert (await subscriber.get(LIMIT)).value == Count(4)
            with trio.fail_after(LIMIT):
                await native.wait_for_subscribers("/u")
            await native.publish("/u", Event("from", "native"))
            parts = await other.receive()
            assert (parts[0], parts[1]) == (b"/u", f"broker_{gate.id}".encode())
            assert Message("/u", payload=parts[3]).value[2][0] == "from"


async def test_commands_of_stores_stay_where_they_are():
    async with central() as broker, member(broker.address) as endpoint, node(broker.address) as other:
        other.subscribe(b"")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("/t")
        store = await endpoint.attach_master("db")
        await store.put("k", 1)
        await endpoint.publish("/t", 1)
        seen = []
        while not seen or seen[-1] != b"/t":
            seen.append((await other.receive())[0])
        assert [topic for topic in seen if not topic.startswith(INTERNAL_PREFIX.encode())] == [b"/t"]


async def test_a_connection_leaves_nothing_behind():
    async with central() as broker, node(broker.address) as other:
        async with member(broker.address) as endpoint:
            endpoint.make_subscriber("/x")
            await other.hears(b"\x01/x")
            await ready(endpoint)
        await other.hears(b"\x00/x")
        async with member(broker.address) as last:  # what was left would be told to those who come
            await other.hears(f"\x01{INTERNAL_PREFIX}broker_{last.id}.2.".encode())
            own = [part for part in other.heard if str(endpoint.id).encode() in part]
            for part in {part[1:] for part in own}:
                assert own.count(b"\x00" + part) == 1
        async with node(broker.address) as late:
            late.subscribe(b"end")
            await late.hears(b"\x01end")
            assert not [part for part in late.heard if INTERNAL_PREFIX.encode() in part]


async def test_subscriptions_beyond_the_bound_are_told_of():
    async with central() as broker, node(broker.address) as other:
        limits = Limits(max_filter_entries=3)
        async with member(broker.address, limits=limits) as endpoint:
            errors = endpoint.make_status_subscriber()
            for prefix in (b"/1", b"/2", b"/3"):
                other.subscribe(prefix)
            await until(lambda: endpoint.peers()[0].filter == ("/1", "/2", "/3"))
            other.subscribe(b"/4")
            assert "1 subscriptions beyond 3" in (await errors.get(LIMIT)).message
            assert endpoint.peers()[0].filter == ("/1", "/2", "/3")


async def test_the_same_cluster_is_joined_once():
    async with central() as broker, member(broker.address) as endpoint:
        first = endpoint.peers()[0]
        assert (await endpoint.peer(broker.address)).id == first.id
        assert len(endpoint.peers()) == 1
