"""What only a peer of Broker's own protocol does: filters, pings that are counted, unreadable frames, BYE."""

from __future__ import annotations

import trio

from broker_core import EC, Endpoint
from broker_core.codecs import binary
from pairs import SOON, options, pair
from raw_peer import raw_peer


async def test_a_new_filter_reaches_the_peer_and_changes_its_routes() -> None:
    async with pair() as (a, b):
        subscriber = b.make_subscriber("/x")
        await a.wait_for_subscribers("/x")
        assert a.peers()[0].filter == ("/x",)
        await a.publish("/x", 1)
        assert (await subscriber.get(SOON)).value == 1
        subscriber.close()
        with trio.fail_after(SOON):
            while a.peers()[0].filter:
                await a._hub.changed.wait()
        assert await a.publish("/x", 2) == 0


async def test_the_facts_about_a_peer() -> None:
    async with pair() as (a, b):
        subscriber = b.make_subscriber("/x")
        await a.wait_for_subscribers("/x")
        await a.publish("/x", "a" * 1000)
        await subscriber.get(SOON)
        await a.flush(SOON)
        [there], [here] = a.peers(), b.peers()
        assert (there.transport, there.name, there.version, there.direction) == ("broker", "", "", "in")
        assert (here.transport, here.direction, here.protocol_version) == ("broker", "out", 1)
        assert there.sent == here.received == 1
        assert there.bytes_sent > 1000
        assert here.bytes_received > 1000


async def test_an_unreadable_frame_is_told_and_the_next_one_is_read() -> None:
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen()).port
        errors, subscriber = endpoint.make_status_subscriber(), endpoint.make_subscriber("/x")
        async with raw_peer(port) as peer:
            await peer.send(b"\x00\x00\x00\x03abc")
            await peer.send_data("/x", binary.encode(1))
            assert (await subscriber.get(SOON)).value == 1
            notice = await errors.get(SOON)
            assert notice.code is EC.INVALID_MESSAGE
            assert "skipped unreadable message 1" in str(notice.message)
