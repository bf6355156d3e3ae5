"""The routing rules of native-protocol.md section 7, each against peers that are played by hand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trio

from broker_core import EC, NIL, SC, Endpoint, EndpointId, EndpointOptions, Limits, Message, MessageKind
from broker_core.codecs import binary
from broker_core.runtime.hub import worth_telling
from raw_peer import RawPeer, raw_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ONE = binary.encode(1)


@asynccontextmanager
async def between(*, forward: bool = True) -> AsyncIterator[tuple[RawPeer, Endpoint, RawPeer]]:
    """An endpoint between two hand-played peers, all three wanting /t."""
    async with Endpoint(EndpointOptions(tls="off", forward=forward)) as endpoint:
        port = (await endpoint.listen()).port
        async with raw_peer(port, 1, ("/t",)) as left, raw_peer(port, 2, ("/t",)) as right:
            await endpoint.await_peer(left.id)
            await endpoint.await_peer(right.id)
            yield left, endpoint, right


async def test_a_message_goes_to_subscribers_and_to_the_other_peer_but_not_back() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t/1", ONE, ttl=16)
        got = await sub.get(5)
        assert (got.topic, got.value, got.sender, got.ttl) == ("/t/1", 1, left.id, 16)
        messages = [event for event in await right.barrier() if isinstance(event, Message)]
        assert [(message.topic, message.payload, message.ttl) for message in messages] == [("/t/1", ONE, 15)]
        assert messages[0].sender == endpoint.id
        assert not any(isinstance(event, Message) for event in await left.barrier())


async def test_with_forwarding_off_it_stays_here() -> None:
    async with between(forward=False) as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t/1", ONE)
        assert (await sub.get(5)).value == 1
        assert not any(isinstance(event, Message) for event in await right.barrier())


async def test_a_message_for_this_endpoint_is_not_passed_on() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t/1", ONE, receiver=endpoint.id)
        assert (await sub.get(5)).value == 1
        assert not any(isinstance(event, Message) for event in await right.barrier())


async def test_a_message_for_a_direct_peer_reaches_only_that_one_whatever_it_wants() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/elsewhere")
        await left.send_data("/elsewhere", ONE, receiver=right.id)
        [message] = [event for event in await right.barrier() if isinstance(event, Message)]
        assert (message.topic, message.receiver) == ("/elsewhere", right.id)
        assert sub.available() == 0


async def test_a_message_for_a_stranger_is_dropped() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t", ONE, receiver=EndpointId(b"s" * 16))
        await left.barrier()
        assert not any(isinstance(event, Message) for event in await right.barrier())
        assert sub.available() == 0


async def test_commands_are_forwarded_and_not_given_to_subscribers() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        command = Message("/t/<$>/data/clone", payload=b"command", kind=MessageKind.COMMAND)
        await left.send(left.frames.message_frame(command, 16))
        [message] = [event for event in await right.barrier() if isinstance(event, Message)]
        assert (message.kind, message.payload, message.ttl) == (MessageKind.COMMAND, b"command", 15)
        assert sub.available() == 0


@pytest.mark.parametrize("ttl", [0, 1])
async def test_a_message_after_its_last_hop_is_counted(ttl: int) -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t", ONE, ttl=ttl)
        assert (await sub.get(5)).value == 1
        assert not any(isinstance(event, Message) for event in await right.barrier())
        assert endpoint.statistics().ttl_expired == 1


async def test_the_sender_in_a_frame_is_not_believed() -> None:
    async with between() as (left, endpoint, _):
        sub = endpoint.make_subscriber("/t")
        frame = left.frames.data_frame("/t", ONE, 16)
        await left.send(frame.replace(bytes(left.id), bytes(endpoint.id), 1))
        assert (await sub.get(5)).sender == left.id


async def test_unreadable_frames_are_skipped_counted_and_told() -> None:
    async with between() as (left, endpoint, _):
        told = endpoint.make_status_subscriber()
        sub = endpoint.make_subscriber("/t")
        await left.send(b"\0\0\0\3abc")
        await left.send_data("/t", ONE)
        assert (await sub.get(5)).value == 1
        assert endpoint.statistics().skipped == 1
        [notice] = told.poll()
        assert notice.code is EC.INVALID_MESSAGE
        assert "skipped unreadable message 1" in notice.message


async def test_a_value_that_cannot_be_decoded_is_passed_on_unread() -> None:
    async with between() as (left, endpoint, right):
        sub = endpoint.make_subscriber("/t")
        await left.send_data("/t", b"\xff\xff")
        message = await sub.get(5)
        with pytest.raises(Exception, match="unknown type tag 255"):
            _ = message.value
        [passed] = [event for event in await right.barrier() if isinstance(event, Message)]
        assert passed.payload == b"\xff\xff"


async def test_a_peer_that_vanishes_is_lost_and_its_unconfirmed_messages_are_told() -> None:
    endpoint = Endpoint(EndpointOptions(tls="off"))
    with pytest.raises(Exception, match="1 published message not confirmed by: 00000000-0000-0000-0000-000000000009"):
        async with endpoint:
            loud = endpoint.make_status_subscriber(True)
            port = (await endpoint.listen()).port
            async with raw_peer(port, 9, ("/t",)) as peer:
                await endpoint.await_peer(peer.id)
                await endpoint.publish("/t", 1)
                await peer.next()
            codes = [(await loud.get(5)).code.label for _ in range(4)]
            assert codes == ["endpoint_discovered", "peer_added", "peer_lost", "endpoint_unreachable"]
            assert endpoint.peers() == []


async def test_a_peer_that_leaves_with_bye_has_confirmed_what_it_was_sent() -> None:
    async with Endpoint(EndpointOptions(tls="off")) as endpoint:
        port = (await endpoint.listen()).port
        async with raw_peer(port, 9, ("/t",)) as peer:
            await endpoint.await_peer(peer.id)
            await endpoint.publish("/t", 1)
            peer.protocol.start_bye(b"12345678", 0)
            while not peer.protocol.closed:
                await peer.step()
        with trio.fail_after(5):
            while endpoint.peers():
                await trio.lowlevel.checkpoint()


def test_a_flood_is_told_in_powers_of_ten() -> None:
    assert [number for number in range(20_000) if worth_telling(number)] == [1, 10, 100, 1000, 10_000]


async def test_a_peer_that_floods_pings_and_reads_nothing_is_disconnected() -> None:
    options = EndpointOptions(tls="off", limits=Limits(peer_queue_messages=1, peer_queue_control=10))
    async with Endpoint(options) as endpoint:
        told = endpoint.make_status_subscriber(True)
        port = (await endpoint.listen()).port
        async with raw_peer(port) as peer:
            pings = peer.frames.ping_frame(endpoint.id, b"x" * 100_000) * 10
            with trio.fail_after(20):
                try:
                    while True:
                        await peer.send(pings)
                except trio.BrokenResourceError:
                    pass
            while (notice := await told.get(5)).code is not SC.PEER_REMOVED:
                pass
            assert notice.message.endswith("(backpressure_overflow)")


async def test_a_store_command_goes_to_the_store_that_lives_here_and_to_nobody_else() -> None:
    async with between() as (left, endpoint, right):
        taken: list[Message] = []

        async def take(message: Message) -> None:
            taken.append(message)
            await trio.lowlevel.checkpoint()

        endpoint._hub.commands["/t/store"] = take
        sub = endpoint.make_subscriber("/t")
        for receiver in (NIL, endpoint.id, right.id):
            message = Message("/t/store", payload=b"x", kind=MessageKind.COMMAND, receiver=receiver)
            await left.send(left.frames.message_frame(message, 16))
        await left.send_data("/t/store", ONE)
        assert (await sub.get(5)).kind is MessageKind.DATA
        assert [message.receiver for message in taken] == [NIL, endpoint.id]
        passed = [event for event in await right.barrier() if isinstance(event, Message)]
        assert [message.receiver for message in passed] == [NIL, right.id, NIL]


async def test_a_store_command_of_our_own_goes_to_whoever_it_is_for() -> None:
    async with between() as (left, endpoint, right):
        hub = endpoint._hub
        await hub.command("/t/store", b"all")
        await hub.command("/t/store", b"one", right.id)
        await hub.command("/t/store", b"gone", EndpointId(bytes(15) + b"9"))
        at_left = [event for event in await left.barrier() if isinstance(event, Message)]
        at_right = [event for event in await right.barrier() if isinstance(event, Message)]
        assert [message.payload for message in at_left] == [b"all"]
        assert [(m.payload, m.receiver, m.kind) for m in at_right] == [
            (b"all", NIL, MessageKind.COMMAND),
            (b"one", right.id, MessageKind.COMMAND),
        ]


async def test_what_is_published_locally_stays_here() -> None:
    async with between() as (left, endpoint, _):
        sub = endpoint.make_subscriber("/t")
        assert endpoint._hub.publish_locally("/t/1", 5) == []
        assert (await sub.get(5)).value == 5
        assert not any(isinstance(event, Message) for event in await left.barrier())
