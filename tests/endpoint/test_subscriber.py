"""Receiving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from broker_core import (
    SC,
    ConfigurationError,
    Endpoint,
    Status,
)
from pairs import SOON, options, pair

if TYPE_CHECKING:
    pass


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


async def test_a_slow_subscriber_is_closed_when_told() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/t", capacity=2, overflow="disconnect")
        await b.wait_for_subscribers("/t")
        for number in range(4):
            await b.publish("/t", number)
        await b.flush()
        assert sub.overflowed
        assert sub.dropped >= 1
        assert [message.value async for message in sub] == [0, 1]
        assert a.filter == ()
        with pytest.raises(trio.EndOfChannel):
            await sub.get_batch()


async def test_an_unbounded_capacity_is_refused() -> None:
    async with Endpoint(options()) as a:
        with pytest.raises(ConfigurationError, match="capacity is at least 1, not 0"):
            a.make_subscriber("/t", capacity=0)


async def test_who_withdraws_still_gets_what_is_on_its_way() -> None:
    async with pair() as (a, b):
        subscriber = a.make_subscriber("/t", capacity=100_000)
        await b.wait_for_subscribers("/t")
        for number in range(1000):
            await b.publish("/t", number)
        subscriber.withdraw()
        subscriber.withdraw()
        assert a.filter == ()
        await a.ping(b.id)
        assert await b.publish("/t", "too late") == 0
        subscriber.close()
        assert [message.value for message in subscriber.poll()] == list(range(1000))
        assert subscriber.dropped == 0


async def test_who_withdraws_does_not_withdraw_others() -> None:
    async with pair() as (a, b):
        one, other = a.make_subscriber("/t"), a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        one.withdraw()
        one.close()
        one.withdraw()
        one.add_topic("/u")
        assert a.filter == ("/t",)
        other.withdraw()
        other.add_topic("/u")
        other.remove_topic("/t")
        assert a.filter == ()


async def test_a_server_over_websocket_is_not_told_of_a_withdrawal() -> None:
    async with Endpoint() as server, Endpoint() as client:
        listener = await server.listen_web()
        subscriber = client.make_subscriber("/t")
        await client.peer(f"ws://127.0.0.1:{listener.port}")
        await server.publish("/t", 1)
        subscriber.withdraw()
        assert client.filter == ()
        await server.publish("/t", 2)
        assert [(await subscriber.get(SOON)).value for _ in range(2)] == [1, 2]
        assert len(server.peers()) == 1
        subscriber.close()
