"""Endpoints over real sockets on loopback, as a program uses them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
import trio.testing

from broker_core import (
    EC,
    SC,
    ConfigurationError,
    Count,
    Endpoint,
    EndpointId,
    EndpointOptions,
    ErrorNotice,
    Event,
    InvalidValue,
    Limits,
    LocalProtocolError,
    PeerUnavailable,
    Set,
    Status,
    UndeliveredError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 10


@pytest.fixture(autouse=True)
def _real_clock_with_a_limit() -> None:
    """Real sockets need the real clock; the suite's own time limit ends what hangs."""


def options(**changes: Any) -> EndpointOptions:
    return EndpointOptions(**{"tls": "off", **changes})


@asynccontextmanager
async def pair(
    *, one: EndpointOptions | None = None, two: EndpointOptions | None = None
) -> AsyncIterator[tuple[Endpoint, Endpoint]]:
    """Two endpoints, the second peered with the first over TCP."""
    with trio.fail_after(SOON * 3):
        async with Endpoint(one or options()) as a, Endpoint(two or options()) as b:
            listener = await a.listen("127.0.0.1", 0)
            await b.peer("127.0.0.1", listener.port)
            await a.await_peer(b.id)
            yield a, b


def low_id() -> EndpointId:
    return EndpointId(bytes(15) + b"\x01")


def high_id() -> EndpointId:
    return EndpointId(b"\xff" * 16)


@pytest.mark.parametrize("tls", ["off", "anon", "auto"])
@pytest.mark.parametrize("connector_smaller", [True, False])
async def test_messages_flow_both_ways(tls: Any, *, connector_smaller: bool) -> None:
    ids = (high_id(), low_id()) if connector_smaller else (low_id(), high_id())
    async with pair(one=options(id=ids[0], tls=tls), two=options(id=ids[1], tls=tls)) as (a, b):
        here, there = a.make_subscriber("/a"), b.make_subscriber(["/b", "/c"])
        await a.wait_for_subscribers("/c")
        await b.wait_for_subscribers("/a")
        assert await b.publish("/a/1", (1, "two", 3.0)) == 1
        assert await a.publish("/c", Event("pong", Count(7))) == 1
        assert await a.publish("/nobody", 1) == 0
        topic, value = await here.get(SOON)
        assert (topic, value) == ("/a/1", (1, "two", 3.0))
        message = await there.get(SOON)
        assert Event.from_value(message.value) == Event("pong", Count(7))
        assert message.sender == a.id
        [info] = b.peers()
        assert info.tls == ("off" if tls == "off" else "TLSv1.2 AECDH-AES256-SHA (no certificates)")
        assert (info.direction, a.peers()[0].direction) == ("out", "in")
        assert 0 < await b.ping(a.id) < SOON


async def test_auto_finds_a_plain_listener() -> None:
    async with Endpoint(options(tls="off")) as a, Endpoint(options(tls="auto")) as b:
        listener = await a.listen()
        info = await b.peer("127.0.0.1", listener.port)
        assert info.tls == "off"


async def test_a_listener_for_both_takes_both() -> None:
    async with Endpoint() as a, Endpoint() as b, Endpoint() as c:
        listener = await a.listen(tls="auto")
        assert (await b.peer("127.0.0.1", listener.port, tls="off")).tls == "off"
        assert (await c.peer("127.0.0.1", listener.port, tls="anon")).tls.startswith("TLSv1.2")


async def test_ipv6_and_all_interfaces() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b, Endpoint(options()) as c:
        six = await a.listen("::1", 0)
        assert str(six.address) == f"[::1]:{six.port}"
        assert (await b.peer(f"[::1]:{six.port}")).address == f"[::1]:{six.port}"
        everywhere = await a.listen("", 0)
        await c.peer(f"broker://127.0.0.1:{everywhere.port}")
        await a.await_peer(c.id)
        assert len(a.peers()) == 2


async def test_one_message_and_then_shutdown_at_once_is_delivered() -> None:
    for _ in range(20):
        async with Endpoint(options()) as a:
            listener = await a.listen()
            sub = a.make_subscriber("/t")
            async with Endpoint(options()) as b:
                await b.peer("127.0.0.1", listener.port)
                await b.publish("/t", "the only one")
            assert [message.value for message in sub.poll()] == ["the only one"]


async def test_thousands_of_messages_and_then_shutdown_are_delivered_in_order() -> None:
    async with Endpoint() as a:
        listener = await a.listen()
        got: list[int] = []
        a.subscribe("/t", lambda message: got.append(message.value))
        async with Endpoint() as b:
            await b.peer("127.0.0.1", listener.port)
            for number in range(20_000):
                await b.publish("/t", number)
        with trio.fail_after(SOON):
            while len(got) < 20_000:
                await trio.lowlevel.checkpoint()
        assert got == list(range(20_000))


async def test_what_nobody_confirmed_is_told() -> None:
    limits = Limits(drain_timeout=0.2, bye_timeout=0.2)
    async with Endpoint(options()) as a:
        listener = await a.listen()
        sub = a.make_subscriber("/t", capacity=1)
        b = Endpoint(options(limits=limits))
        with pytest.raises(UndeliveredError) as caught:
            async with b:
                await b.peer("127.0.0.1", listener.port)
                for _ in range(20):
                    await b.publish("/t", "x" * 1000)
        assert caught.value.counts == {str(a.id): 20}
        assert "20 published messages not confirmed" in str(caught.value)
        sub.close()


async def test_unpeer_delivers_first_and_both_sides_learn_of_it() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/t")
        seen, told = a.make_status_subscriber(True), b.make_status_subscriber(True)
        await b.wait_for_subscribers("/t")
        await b.publish("/t", 1)
        await b.unpeer(a.id)
        assert b.peers() == []
        assert [notice.code for notice in told.poll()] == [SC.PEER_REMOVED, SC.ENDPOINT_UNREACHABLE]
        assert (await sub.get(SOON)).value == 1
        assert [(await seen.get(SOON)).code, (await seen.get(SOON)).code] == [SC.PEER_LOST, SC.ENDPOINT_UNREACHABLE]
        with pytest.raises(LocalProtocolError, match=f"no peer {a.id}") as caught:
            await b.unpeer(a.id)
        assert caught.value.code is EC.PEER_INVALID
        assert [notice.code for notice in told.poll()] == [EC.PEER_INVALID]


async def test_unpeer_by_address() -> None:
    async with pair() as (a, b):
        port = int(b.peers()[0].address.rpartition(":")[2])
        await b.unpeer("127.0.0.1", port)
        assert b.peers() == []
        with pytest.raises(LocalProtocolError):
            await a.unpeer("127.0.0.1:1")


async def test_statuses_of_a_peering() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b:
        quiet, loud = b.make_status_subscriber(), b.make_status_subscriber(True)
        listener = await a.listen()
        await b.peer("127.0.0.1", listener.port)
        discovered, added = loud.poll()
        assert isinstance(discovered, Status)
        assert isinstance(added, Status)
        assert (discovered.code, discovered.context.network) == (SC.ENDPOINT_DISCOVERED, None)
        assert str(added) == f'peer_added({a.id}, 127.0.0.1:{listener.port}, "handshake successful")'
        assert quiet.available() == 0


async def test_a_failed_attempt_raises_and_is_told() -> None:
    async with Endpoint(options()) as a:
        errors = a.make_status_subscriber()
        async with Endpoint(options()) as gone:
            listener = await gone.listen()
        with pytest.raises(PeerUnavailable, match="connection refused") as caught:
            await a.peer("127.0.0.1", listener.port)
        assert caught.value.code is EC.PEER_UNAVAILABLE
        [notice] = errors.poll()
        assert isinstance(notice, ErrorNotice)
        assert notice.code is EC.PEER_UNAVAILABLE
        assert notice.context is not None
        assert notice.context.network is not None
        assert notice.context.network.port == listener.port


async def test_retry_until_somebody_listens_and_again_after_a_loss() -> None:
    limits = Limits(retry_max=0.05)
    async with Endpoint(options()) as probe:
        port = (await probe.listen()).port
    async with Endpoint(options(limits=limits)) as b:
        errors, loud = b.make_status_subscriber(), b.make_status_subscriber(True)
        peering = b.peer_nowait("127.0.0.1", port, retry=0.01)
        await errors.get(SOON)
        for _ in range(2):
            async with Endpoint(options()) as a:
                await a.listen("127.0.0.1", port)
                with trio.fail_after(SOON):
                    await b.await_peer(a.id)
            with trio.fail_after(SOON):
                async for notice in loud:
                    if notice.code is SC.PEER_LOST:
                        break
        peering.cancel()
        assert peering.settled.is_set()


async def test_peer_with_retry_can_be_cancelled_and_timed_out() -> None:
    async with Endpoint(options()) as a:
        with pytest.raises(trio.TooSlowError):
            await a.peer("127.0.0.1", 1, retry=10, timeout=0.05)
        with trio.move_on_after(0.05) as scope:
            await a.peer("127.0.0.1", 1, retry=10)
        assert scope.cancelled_caught
        await trio.testing.wait_all_tasks_blocked()
        assert a._peerings is not None
        assert a._peerings.outgoing == []


async def test_two_connections_between_the_same_endpoints_are_one_peering() -> None:
    async with pair() as (a, b):
        listener = await b.listen()
        other = await a.listen()
        first = await a.peer("127.0.0.1", listener.port)
        second = await b.peer("127.0.0.1", other.port)
        assert (first.id, second.id) == (b.id, a.id)
        assert len(a.peers()) == len(b.peers()) == 1
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        await b.publish("/t", "once")
        await b.flush()
        assert [message.value for message in sub.poll()] == ["once"]


async def test_both_dial_each_other_at_once() -> None:
    for _ in range(5):
        async with Endpoint(options()) as a, Endpoint(options()) as b:
            one, two = await a.listen(), await b.listen()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(a.peer, "127.0.0.1", two.port)
                nursery.start_soon(b.peer, "127.0.0.1", one.port)
            assert len(a.peers()) == len(b.peers()) == 1


async def test_an_endpoint_cannot_peer_with_itself() -> None:
    async with Endpoint(options()) as a:
        listener = await a.listen()
        with pytest.raises(Exception, match="itself") as caught:
            await a.peer("127.0.0.1", listener.port)
        assert caught.type.__name__ == "PeerIncompatible"
        with pytest.raises(ConfigurationError):
            await a.peer(a)


async def test_topics_can_be_added_and_removed() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber([])
        sub.add_topic("/one")
        sub.add_topic("/two")
        sub.add_topic("/two")
        await b.wait_for_subscribers("/two")
        sub.remove_topic("/one")
        with trio.fail_after(SOON):
            while await b.publish("/one", 1):
                await b.ping(a.id)
        assert b.peers()[0].filter == ("/two",)
        await b.publish("/two", 2)
        assert (await sub.get(SOON)).value == 2
        sub.close()
        sub.close()
        with trio.fail_after(SOON):
            while b.peers()[0].filter:
                await b.ping(a.id)
        with pytest.raises(trio.EndOfChannel):
            await sub.get()


async def test_get_times_out_and_poll_does_not_wait() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/t")
        with pytest.raises(trio.TooSlowError):
            await sub.get(0.01)
        assert sub.poll() == []
        await b.wait_for_subscribers("/t")
        for number in range(5):
            await b.publish("/t", number)
        await b.flush()
        assert sub.available() == 5
        assert [message.value for message in await sub.get_batch(2)] == [0, 1]
        assert [message.value for message in sub.poll()] == [2, 3, 4]


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


async def test_publish_nowait_refuses_when_full_and_sends_nothing() -> None:
    limits = Limits(peer_queue_messages=2)
    async with pair(two=options(limits=limits)) as (a, b):
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        assert [b.publish_nowait("/t", number) for number in range(2)] == [1, 1]
        with pytest.raises(trio.WouldBlock):
            b.publish_nowait("/t", 2)
        assert b.statistics().published == 2
        await b.flush()
        assert [message.value for message in sub.poll()] == [0, 1]


async def test_a_bad_value_is_refused_with_its_path_and_nothing_is_sent() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        with pytest.raises(InvalidValue, match=r'\[1\]\["k"\]'):
            await b.publish("/t", [1, {"k": 2**64}])
        with pytest.raises(InvalidValue):
            await b.publish_batch(("/t", 1), ("/t", object()))
        with pytest.raises(InvalidValue, match="topic is empty"):
            await b.publish("", 1)
        await b.publish_batch(("/t", [1, {1, "x"}]), ("/t/2", None))
        await b.flush()
        assert [message.value for message in sub.poll()] == [(1, Set([1, "x"])), None]


async def test_slow_subscribers_drop_as_told_and_it_shows() -> None:
    async with pair() as (a, b):
        loud = a.make_status_subscriber(True)
        sub = a.make_subscriber("/t", capacity=3, overflow="drop_oldest")
        await b.wait_for_subscribers("/t")
        for number in range(23):
            await b.publish("/t", number)
        await b.flush()
        assert sub.dropped == 20
        assert a.statistics().dropped == 20
        assert [message.value for message in sub.poll()] == [20, 21, 22]
        texts = [notice.message for notice in loud.poll()]
        assert texts == [
            "dropped 1 message so far: full queue of subscriber to /t",
            "dropped 10 messages so far: full queue of subscriber to /t",
        ]
        sub.close()
        assert a.statistics().dropped == 20


async def test_a_slow_peer_is_disconnected_when_told() -> None:
    limits = Limits(peer_queue_messages=5)
    async with pair(two=options(limits=limits, peer_overflow="disconnect")) as (a, b):
        loud = b.make_status_subscriber(True)
        a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        for number in range(8):
            b.publish_nowait("/t", number)
        notices = [await loud.get(SOON), await loud.get(SOON), await loud.get(SOON)]
        assert [notice.code for notice in notices] == [EC.UNSPECIFIED, SC.PEER_REMOVED, SC.ENDPOINT_UNREACHABLE]
        assert notices[1].message == "removed connection to remote peer (backpressure_overflow)"
        assert b.peers() == []
        assert b.statistics().dropped >= 1


async def test_a_worker_calls_plain_and_async_handlers() -> None:
    async with pair() as (a, b):
        got: list[object] = []

        async def slowly(message: Any) -> None:
            await trio.lowlevel.checkpoint()
            got.append(("async", message.value))

        first = a.subscribe("/t", slowly)
        a.subscribe(["/t"], lambda message: got.append(("plain", message.value)))
        await b.wait_for_subscribers("/t")
        await b.publish("/t", 1)
        await b.flush()
        with trio.fail_after(SOON):
            while len(got) < 2:
                await trio.lowlevel.checkpoint()
        assert sorted(got) == [("async", 1), ("plain", 1)]  # type: ignore[type-var]
        first.cancel()


async def test_an_endpoint_that_is_not_started_or_is_shut_down_says_so() -> None:
    endpoint = Endpoint()
    with pytest.raises(LocalProtocolError, match="async with"):
        await endpoint.publish("/t", 1)
    async with endpoint:
        await endpoint.shutdown()
        await endpoint.shutdown()
        with pytest.raises(trio.ClosedResourceError):
            await endpoint.publish("/t", 1)
        with pytest.raises(trio.ClosedResourceError):
            endpoint.make_subscriber("/t")
    with pytest.raises(LocalProtocolError, match="only once"):
        async with endpoint:
            pass


@pytest.mark.parametrize("bad", [{"ttl": 0}, {"ttl": 65536}, {"tls": "yes"}, {"peer_overflow": "lose"}])
def test_bad_options_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        EndpointOptions(**bad)
    with pytest.raises(ValueError, match=r"limits\.max_depth must be above 0"):
        Limits(max_depth=0)


async def test_an_error_in_the_block_is_not_masked_by_shutdown() -> None:
    with pytest.raises(ZeroDivisionError):
        async with pair() as (a, b):
            a.make_subscriber("/t")
            await b.wait_for_subscribers("/t")
            await b.publish("/t", 1)
            raise ZeroDivisionError


async def test_ending_a_listener_keeps_its_peerings() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b, Endpoint(options()) as c:
        listener = await a.listen()
        await b.peer("127.0.0.1", listener.port)
        await listener.aclose()
        with pytest.raises(PeerUnavailable):
            await c.peer("127.0.0.1", listener.port)
        assert len(b.peers()) == 1


async def test_a_port_in_use_is_told() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b:
        listener = await a.listen()
        with pytest.raises(PeerUnavailable, match="cannot listen: address already in use"):
            await b.listen("127.0.0.1", listener.port)
        with pytest.raises(PeerUnavailable, match="cannot listen"):
            await b.listen("203.0.113.1", 0)
