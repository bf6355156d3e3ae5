"""A peer that has shaken hands, and then does its worst: what it can make an endpoint hold or do stays bounded.

Without certificates anybody can get that far.
"""

from __future__ import annotations

import socket
import struct
import time
import tracemalloc
from contextlib import asynccontextmanager, suppress

import pytest
import trio

from broker_core import Endpoint, ErrorNotice, Limits
from broker_core.codecs.binary import encode, varbyte
from broker_core.protocol.framing import frame_of
from pairs import options
from raw_peer import raw_peer
from tests.soak.footprint import descriptors

KIB, MIB = 1024, 1024 * 1024
SMALL = Limits(
    peer_queue_messages=200,
    peer_queue_bytes=MIB,
    peer_queue_control=50,
    subscriber_queue=100,
    subscriber_queue_bytes=2 * MIB,
    block_timeout=0.2,
    drain_timeout=0.2,
    bye_timeout=0.2,
    max_frame=2 * MIB,
)


@asynccontextmanager
async def attacked(limits=SMALL, wants=(), **changes):
    """An endpoint and its hostile peer."""
    with trio.fail_after(30):
        async with Endpoint(options(limits=limits, **changes)) as endpoint:
            listener = await endpoint.listen()
            async with raw_peer(listener.port, wants=wants) as peer:
                await endpoint.await_peer(peer.id)
                yield endpoint, peer


class Peak:
    """The most memory that was held inside a with block."""

    def __enter__(self):
        tracemalloc.start()
        self._before = tracemalloc.get_traced_memory()[0]
        return self

    def __exit__(self, *_):
        self.bytes = tracemalloc.get_traced_memory()[1] - self._before
        tracemalloc.stop()


async def is_gone(endpoint):
    """Wait until the peer is no peer any more."""
    while endpoint.peers():
        await trio.lowlevel.checkpoint()


# -- peers that read nothing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["block", "drop_oldest", "drop_newest", "disconnect"])
async def test_a_peer_that_never_reads_holds_no_more_than_its_queue(policy):
    async with attacked(wants=("/x",), peer_overflow=policy) as (endpoint, _):
        with Peak() as peak:
            for number in range(3000):
                await endpoint.publish("/x", "x" * 10 * KIB + str(number))
                if not endpoint.peers():
                    break
        statistics = endpoint.statistics()
        assert statistics.dropped > 0 or not endpoint.peers()
        with suppress(Exception):
            await endpoint.shutdown()
    assert peak.bytes < 6 * MIB


async def test_a_peer_that_asks_and_never_listens_is_cut_off():
    async with attacked() as (endpoint, peer):
        ping = peer.frames.ping_frame(endpoint.id, b"x" * 10 * KIB)
        with Peak() as peak, suppress(trio.BrokenResourceError):
            while endpoint.peers():
                await peer.send(ping * 10)
        await is_gone(endpoint)
    assert peak.bytes < 8 * MIB


async def test_a_peer_that_asks_and_listens_gets_all_answers():
    async with attacked() as (endpoint, peer):
        for number in range(5):
            for at in range(40):
                await peer.send(peer.frames.ping_frame(endpoint.id, b"%d %d" % (number, at)))
            await peer.barrier()
        assert endpoint.peers()


# -- peers that say too much ------------------------------------------------------------------------------------


async def test_a_slow_subscriber_holds_no_more_bytes_than_its_bound():
    async with attacked() as (endpoint, peer):
        subscriber = endpoint.make_subscriber("/x")
        payload = encode("x" * 500 * KIB)
        with Peak() as peak, trio.move_on_after(3):
            for _ in range(60):
                await peer.send_data("/x", payload)
            await peer.barrier()
        assert subscriber.available() <= 5
        assert endpoint.statistics().dropped > 0
        assert peak.bytes < 8 * MIB
        assert len(await subscriber.get_batch()) >= 4


async def test_messages_that_nobody_wants_are_not_held():
    async with attacked() as (endpoint, peer):
        frame = peer.frames.data_frame("/nobody", encode("x" * 100 * KIB), 5)
        with Peak() as peak:
            for _ in range(200):
                await peer.send(frame)
            await peer.barrier()
        assert endpoint.statistics().received == 200
        assert peak.bytes < 3 * MIB


async def test_topics_of_full_length_are_not_remembered():
    async with attacked(Limits()) as (endpoint, peer):
        body = encode(None)
        with Peak() as peak:
            for number in range(600):
                await peer.send_data(f"{number:05}" + "t" * 65_530, body)
            await peer.barrier()
        assert endpoint.statistics().received == 600
        assert peak.bytes < 4 * MIB


async def test_a_frame_that_is_too_long_is_refused_before_it_is_there():
    async with attacked() as (endpoint, peer):
        with Peak() as peak:
            await peer.send(struct.pack(">I", SMALL.max_frame + 1) + bytes(1000))
            await is_gone(endpoint)
        assert peak.bytes < MIB


async def test_a_frame_that_drips_in_is_held_once():
    async with attacked() as (endpoint, peer):
        frame = peer.frames.data_frame("/nobody", encode("x" * MIB), 5)
        with Peak() as peak:
            for at in range(0, len(frame), 20_000):
                await peer.send(frame[at : at + 20_000])
            await peer.barrier()
        assert endpoint.statistics().received == 1
        assert peak.bytes < 5 * MIB


# -- filters ----------------------------------------------------------------------------------------------------


def update(peer, endpoint, payload):
    """A routing update with any payload."""
    return frame_of(peer.id + endpoint.id + b"\x03\x00\x10\x00\x03<$>" + payload)


async def test_a_filter_of_all_entries_that_are_allowed_is_replaced_and_not_kept():
    async with attacked(Limits()) as (endpoint, peer):
        many = varbyte(65_536) + b"".join(b"\x05%05x" % number for number in range(65_536))
        start = time.process_time()
        with Peak() as peak:
            for _ in range(4):
                await peer.send(update(peer, endpoint, many))
                await peer.barrier()
            assert len(endpoint.peers()[0].filter) == 65_536
            await peer.send(update(peer, endpoint, b"\1\1/"))
            await peer.barrier()
        assert endpoint.peers()[0].filter == ("/",)
        assert peak.bytes < 30 * MIB
        assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "payload",
    [
        varbyte(65_537) + b"\0" * 65_537,
        varbyte(2**32 - 1),
        b"\1" + varbyte(2 * MIB) + b"x" * 2 * MIB,
        varbyte(20) + (varbyte(60_000) + b"x" * 60_000) * 20,
        b"\3\1",
        b"\xff\xff\xff\xff\xff\xff",
    ],
    ids=["an entry more", "entries that never come", "a long entry", "long in all", "cut short", "no number"],
)
async def test_a_filter_beyond_a_bound_is_skipped_and_told(payload):
    async with attacked(Limits()) as (endpoint, peer):
        errors = endpoint.make_status_subscriber()
        await peer.send(update(peer, endpoint, payload))
        await peer.barrier()
        assert endpoint.peers()[0].filter == ()
        assert endpoint.statistics().skipped == 1
        notice = await errors.get(1)
        assert isinstance(notice, ErrorNotice)
        assert "routing update" in notice.message
        assert len(notice.message) < 300


async def test_the_longest_filter_is_that_of_the_handshake():
    limits = Limits(max_handshake_frame=1000)
    async with attacked(limits) as (endpoint, peer):
        for size, taken in ((998, True), (999, False)):  # and two bytes of length, behind one of number
            entry = b"y" * (size - 1)
            await peer.send(update(peer, endpoint, b"\1" + varbyte(len(entry)) + entry))
            await peer.barrier()
            assert (endpoint.peers()[0].filter == (entry.decode(),)) is taken


# -- rubbish and other manners --------------------------------------------------------------------------------


async def test_unreadable_frames_are_counted_and_told_now_and_then():
    async with attacked() as (endpoint, peer):
        errors = endpoint.make_status_subscriber()
        with Peak() as peak:
            for _ in range(50):
                await peer.send(frame_of(b"\x99" * 40) * 100)
            await peer.barrier()
        assert endpoint.statistics().skipped == 5000
        assert len(errors.poll()) <= 4
        assert peak.bytes < 3 * MIB


async def test_store_commands_of_strangers_for_every_store_that_there_is_not():
    async with attacked() as (endpoint, peer):
        await endpoint.attach_master("db")
        for topic in ("db/<$>/data/master", "db/<$>/data/clone", "other/<$>/data/master", "<$>/data/master", "<$>"):
            head = peer.id + bytes(16) + b"\2\0\5" + struct.pack(">H", len(topic)) + topic.encode()
            for payload in (b"\0", b"\xff" * 60, bytes(57) + b"\0\0", bytes(56) + b"\x0b\xff\xff\xff\xff\x0f"):
                await peer.send(frame_of(head + payload))
        await peer.barrier()
        assert endpoint.peers()


@pytest.mark.parametrize("how", ["reset", "half-close", "close", "mid-frame"])
async def test_peers_that_leave_without_a_word(how):
    before = descriptors()
    async with Endpoint(options()) as endpoint:
        listener = await endpoint.listen()
        for number in range(10):
            async with raw_peer(listener.port, number=number + 1) as peer:
                await endpoint.await_peer(peer.id)
                if how == "reset":
                    peer.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif how == "half-close":
                    await peer.stream.send_eof()
                elif how == "mid-frame":
                    await peer.send(b"\0\0\1\0" + bytes(40))
        with trio.fail_after(5):
            await is_gone(endpoint)
    with trio.fail_after(5):
        while descriptors() > before:
            await trio.lowlevel.checkpoint()


async def test_peers_are_bounded_and_come_in_again_when_others_leave():
    async with Endpoint(options(limits=Limits(max_peers=2))) as endpoint:
        listener = await endpoint.listen()
        errors = endpoint.make_status_subscriber()
        async with raw_peer(listener.port, 1), raw_peer(listener.port, 2):
            async with Endpoint(options()) as third:
                with pytest.raises(Exception, match="closed the connection"):
                    await third.peer("127.0.0.1", listener.port)
            assert "2 peers have connected already (max_peers)" in (await errors.get(5)).message
        with trio.fail_after(5):
            await is_gone(endpoint)
        async with Endpoint(options()) as third:
            await third.peer("127.0.0.1", listener.port)


async def test_own_peerings_do_not_count_as_those_of_others():
    async with Endpoint(options()) as there, Endpoint(options(limits=Limits(max_peers=1))) as endpoint:
        await endpoint.peer("127.0.0.1", (await there.listen()).port)
        listener = await endpoint.listen()
        async with raw_peer(listener.port) as peer:
            assert await endpoint.await_peer(peer.id)
