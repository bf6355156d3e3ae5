"""Endpoints over real sockets on loopback, as a program uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import trio
import trio.testing

from broker_core import (
    EC,
    NIL,
    Count,
    DecodeError,
    Endpoint,
    EndpointId,
    EndpointInfo,
    ErrorNotice,
    Event,
    InvalidValue,
    Limits,
    LocalProtocolError,
    Message,
    MessageKind,
    NetworkInfo,
    Set,
)
from pairs import SOON, options, pair

if TYPE_CHECKING:
    pass


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


async def test_unpeer_by_address() -> None:
    async with pair() as (a, b):
        port = int(b.peers()[0].address.rpartition(":")[2])
        await b.unpeer("127.0.0.1", port)
        assert b.peers() == []
        errors = a.make_status_subscriber()
        with pytest.raises(LocalProtocolError, match=r"no peer 127\.0\.0\.1:1$"):
            await a.unpeer("127.0.0.1:1")
        [error] = errors.poll()
        context = EndpointInfo(NIL, NetworkInfo("127.0.0.1", 1))
        assert error == ErrorNotice(EC.PEER_INVALID, context, "cannot unpeer from unknown peer")


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


async def test_messages_that_exist_are_published_with_the_bytes_that_they_have() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/")
        await b.wait_for_subscribers("/t")
        received = Message("/t/1", payload=b"\x05\x01x", sender=high_id(), receiver=high_id(), ttl=1)
        await b.publish_batch(received, ("/t/2", 2), Message("/t/3", [3, "loose"]))
        await b.flush()
        messages = sub.poll()
        assert [tuple(message) for message in messages] == [("/t/1", "x"), ("/t/2", 2), ("/t/3", (3, "loose"))]
        assert {message.sender for message in messages} == {b.id}
        assert not received.is_decoded, "nothing was decoded on the way"


async def test_messages_that_cannot_be_published_stop_the_whole_batch() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/")
        await b.wait_for_subscribers("/t")
        for bad in (
            Message("", payload=b"\0"),
            Message("/t", payload=b"\0", kind=MessageKind.COMMAND),
            Message("/t", object()),
        ):
            with pytest.raises(InvalidValue):
                await b.publish_batch(Message("/t", payload=b"\0"), bad)
        await b.flush()
        assert sub.poll() == []


async def test_bytes_that_hold_no_value_fail_at_the_receiver_only() -> None:
    async with Endpoint() as a, Endpoint() as b:
        await b.peer(a)
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        await b.publish_batch(Message("/t", payload=b"\xff"))
        message = await sub.get(SOON)
        with pytest.raises(DecodeError):
            message.check()
        assert message.sender == b.id


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


async def test_an_error_in_the_block_is_not_masked_by_shutdown() -> None:
    with pytest.raises(ZeroDivisionError):
        async with pair() as (a, b):
            a.make_subscriber("/t")
            await b.wait_for_subscribers("/t")
            await b.publish("/t", 1)
            raise ZeroDivisionError
