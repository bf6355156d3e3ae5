"""What a peer confirms, and what becomes of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from broker_core import (
    EC,
    SC,
    Endpoint,
    EndpointId,
    Limits,
    LocalProtocolError,
    UndeliveredError,
)
from pairs import SOON, options, pair
from raw_peer import raw_peer

if TYPE_CHECKING:
    pass


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


async def test_a_ping_waits_behind_what_is_queued_and_ends_with_the_peering() -> None:
    async with pair() as (a, b):
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        await b.publish("/t", 1)
        assert await b.ping(a.id) > 0
        assert sub.available() == 1
        with pytest.raises(LocalProtocolError, match="no peer"):
            await b.ping(EndpointId(b"n" * 16))


async def test_flush_tells_what_a_peer_did_not_confirm_in_time() -> None:
    limits = Limits(drain_timeout=0.1, bye_timeout=0.1)
    async with Endpoint(options(limits=limits)) as a:
        listener = await a.listen()
        a.make_subscriber("/t", capacity=1)
        with pytest.raises(UndeliveredError):
            async with Endpoint(options(limits=limits)) as b:
                await b.peer("127.0.0.1", listener.port)
                for number in range(5):
                    await b.publish("/t", number)
                with pytest.raises(UndeliveredError) as caught:
                    await b.flush(0.05)
                assert caught.value.counts == {str(a.id): 5}
                assert b._hub.router.peers[a.id]._answers == {}  # what nobody waits for any more is forgotten


async def test_a_publisher_of_two_messages_to_two_peers_is_told_of_the_one_that_is_stuck() -> None:
    limits = Limits(drain_timeout=0.1, bye_timeout=0.1)
    async with Endpoint(options()) as good, Endpoint(options(limits=limits)) as stuck:
        ports = [(await end.listen()).port for end in (good, stuck)]
        got = good.make_subscriber("/t")
        stuck.make_subscriber("/t", capacity=1)
        with pytest.raises(UndeliveredError) as caught:
            async with Endpoint(options(limits=limits)) as b:
                for port in ports:
                    await b.peer("127.0.0.1", port)
                await b.publish("/t", 1)
                await b.publish("/t", 2)
        assert list(caught.value.counts) == [str(stuck.id)]
        assert [message.value for message in got.poll()] == [1, 2]


async def test_flush_knows_of_peers_that_were_lost_before_it_was_called() -> None:
    """A peering that was made anew meanwhile confirms nothing of what was sent on the old one."""
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen()).port
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        async with raw_peer(port, 7, ("/x",)) as peer:
            await endpoint.wait_for_subscribers("/x")
            assert await endpoint.publish("/x", 1) == 1
            await peer.next()  # it has come, but who knows
        with trio.fail_after(SOON):
            while (await statuses.get()).code is not SC.PEER_LOST:
                pass
        async with raw_peer(port, 7, ("/x",)) as peer:
            await endpoint.wait_for_subscribers("/x")
            with pytest.raises(UndeliveredError) as caught:
                await endpoint.flush(SOON)
            assert caught.value.counts == {str(peer.id): 1}
            await endpoint.flush(SOON)  # it is told once
