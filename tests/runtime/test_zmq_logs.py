"""A PULL socket for logs: what it takes, what it leaves to the nodes, whom it lets in."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
import trio
import zmq

from broker_core import EC, ConfigurationError, CurveKeys, Endpoint, EndpointOptions, ErrorNotice, Limits
from broker_core.errors import Cause, PeerUnavailable
from cluster_links import LIMIT, Pusher, pushed, pusher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from broker_core import LogSink, StatusSubscriber

NODE = b"zeromq_worker-1_host_2367_NeDuhx4Nppqdbdij7e"
FORMAT = b"zeek-bin-serializer"


def batch(number: int) -> list[bytes]:
    """What a node pushes; what is in it does not matter here."""
    return [b"log-write", NODE, FORMAT, b"%d" % number]


@asynccontextmanager
async def sink(
    limits: Limits | None = None, curve: CurveKeys | None = None, **options: Any
) -> AsyncIterator[tuple[Endpoint, LogSink]]:
    async with Endpoint(EndpointOptions(limits=limits or Limits(), curve=curve)) as endpoint:
        yield endpoint, await endpoint.listen_logs(**options)


async def seen(notices: StatusSubscriber, text: str) -> ErrorNotice:
    """Wait for a notice with *text* in it."""
    with trio.fail_after(LIMIT):
        async for notice in notices:
            if text in notice.message:
                assert isinstance(notice, ErrorNotice)
                return notice
    raise AssertionError(text)


async def payloads(sink: LogSink, count: int) -> list[bytes]:
    return [(await sink.get(LIMIT)).payload for _ in range(count)]


async def test_batches_come_whole_and_in_order():
    frames = pushed("zeromq-manager-and-worker-logs")
    assert len(frames) == 3
    async with sink() as (_, logs), pusher(logs.address) as node:
        for parts in frames:
            await node.push(*parts)
        got = [await logs.get(LIMIT) for _ in frames]
    assert [push.payload for push in got] == [parts[3] for parts in frames]
    assert {push.node.name.encode() for push in got} == {parts[1] for parts in frames}


async def test_several_nodes_each_with_several_batches():
    async with sink() as (_, logs), pusher(logs.address) as one, pusher(logs.address) as two:
        for number in range(100):
            await one.push(*batch(number))
            await two.push(*batch(1000 + number))
        got = [int(payload) for payload in await payloads(logs, 200)]
    assert [number for number in got if number < 1000] == list(range(100))
    assert [number for number in got if number >= 1000] == list(range(1000, 1100))


async def test_what_is_no_batch_is_told_and_counted():
    async with sink() as (endpoint, logs), pusher(logs.address) as node:
        notices = endpoint.make_status_subscriber()
        await node.push(b"log-write", NODE, FORMAT)
        for _ in range(9):
            await node.push(b"log-write", NODE, b"broker-bin-v1", b"")
        await node.push(*batch(1))
        assert await payloads(logs, 1) == [b"1"]
        first, tenth = notices.poll()
        assert (logs.skipped, endpoint.statistics().skipped) == (10, 10)
    assert first.message == "skipped message 1 that is no batch of logs: expected 4 parts, have 3"
    assert tenth.message.startswith("skipped message 10 that is no batch of logs: the format is 'broker-bin-v1'")
    assert (first.code, str(first.context.network)) == (EC.INVALID_MESSAGE, f"127.0.0.1:{logs.port}")


# -- bounds -----------------------------------------------------------------------------------------------------------


async def test_what_has_no_room_stays_where_it_is():
    """Nothing is lost, and nothing is read that nobody takes: nodes notice, and go to other loggers."""
    async with sink(Limits(zmq_log_queue=2), capacity=3) as (_, logs), pusher(logs.address) as node:
        node.socket.raw.setsockopt(zmq.SNDHWM, 1)
        big = bytes(1 << 20)
        sent = 0
        with trio.fail_after(LIMIT):
            while True:  # until libzmq on both sides and the system have no room any more
                with trio.move_on_after(0.3) as waiting:
                    await node.socket.send(b"log-write", NODE, FORMAT, b"%d:" % sent + big)
                    sent += 1
                    await trio.lowlevel.checkpoint()
                if waiting.cancelled_caught:
                    break
            assert logs.available() == 3
            got = [int((await logs.get()).payload.partition(b":")[0]) for _ in range(sent)]
        assert (got, logs.dropped) == (list(range(sent)), 0)


@pytest.mark.parametrize(("policy", "kept"), [("drop_oldest", [3, 4, 5]), ("drop_newest", [0, 1, 2])])
async def test_policies_that_drop_count(policy, kept):
    limits = Limits(zmq_log_queue=3)  # unless a capacity is asked for
    async with sink(limits, overflow=policy) as (endpoint, logs), pusher(logs.address) as node:
        notices = endpoint.make_status_subscriber()
        for number in range(6):
            await node.push(*batch(number))
        assert (await seen(notices, "dropped 1 batch ")).message == "dropped 1 batch of logs so far: full queue"
        await node.push(b"the end")
        await seen(notices, "skipped message 1")
        assert (logs.dropped, logs.available()) == (3, 3)
        assert await payloads(logs, 3) == [b"%d" % number for number in kept]
        await logs.aclose()
        assert endpoint.statistics().dropped == 3


async def test_one_below_the_bound_nothing_is_dropped():
    async with sink(capacity=3, overflow="drop_oldest") as (endpoint, logs), pusher(logs.address) as node:
        notices = endpoint.make_status_subscriber()
        for number in range(3):
            await node.push(*batch(number))
        await node.push(b"the end")
        await seen(notices, "skipped message 1")
        assert (logs.dropped, logs.available()) == (0, 3)


async def test_long_batches_are_bounded_by_their_bytes():
    limits = Limits(subscriber_queue_bytes=40_000)
    async with sink(limits, overflow="drop_newest") as (endpoint, logs), pusher(logs.address) as node:
        notices = endpoint.make_status_subscriber()
        for _ in range(3):
            await node.push(b"log-write", NODE, FORMAT, bytes(20_000))
        await seen(notices, "dropped 1 batch")
        assert logs.available() == 2


async def test_a_sink_that_is_too_slow_can_end():
    async with sink(capacity=2, overflow="disconnect") as (_, logs), pusher(logs.address) as node:
        for number in range(3):
            await node.push(*batch(number))
        with trio.fail_after(LIMIT):
            while not logs.overflowed:
                await trio.lowlevel.checkpoint()
            got = [push.payload async for push in logs]
        assert (got, logs.overflowed, logs.dropped) == ([b"0", b"1"], True, 1)


async def test_what_cannot_be_had():
    async with sink() as (endpoint, logs):
        with pytest.raises(PeerUnavailable, match="cannot listen: address already in use") as caught:
            await endpoint.listen_logs(port=logs.port)
        assert caught.value.cause is Cause.CANNOT_LISTEN
        with pytest.raises(ConfigurationError, match="a sink's capacity is at least 1, not 0"):
            await endpoint.listen_logs(capacity=0)
        with pytest.raises(ConfigurationError, match="overflow policy 'lose' is none of"):
            await endpoint.listen_logs(overflow="lose")  # type: ignore[arg-type]


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_what_was_received_can_still_be_taken_after_the_end():
    async with sink(capacity=2) as (endpoint, logs):
        async with pusher(logs.address) as node:
            for number in range(2):
                await node.push(*batch(number))
            with trio.fail_after(LIMIT):
                while logs.available() < 2:
                    await trio.lowlevel.checkpoint()
        await endpoint.shutdown()
    assert [push.payload async for push in logs] == [b"0", b"1"]
    assert logs.dropped == 0


async def test_what_has_no_room_at_the_end_is_counted():
    async with sink(capacity=2) as (endpoint, logs), pusher(logs.address) as node:
        for number in range(4):
            await node.push(*batch(number))
        with trio.fail_after(LIMIT):
            while logs.available() < 2:
                await trio.lowlevel.checkpoint()
            # A second node is let in later than what the first has sent before.
            notices = endpoint.make_status_subscriber()
            async with pusher(logs.address) as other:
                await other.push(b"x")
            await logs.aclose()
        assert [push.payload async for push in logs] == [b"0", b"1"]
        assert (logs.dropped, logs.skipped) in {(2, 0), (2, 1)}
        assert "dropped 1 batch of logs so far: full queue" in [notice.message for notice in notices.poll()]


async def test_the_port_is_free_again():
    async with sink() as (endpoint, logs):
        await logs.aclose()
        await logs.aclose()
        assert (await endpoint.listen_logs(port=logs.port)).port == logs.port
        with pytest.raises(trio.EndOfChannel):
            await logs.get()


async def test_an_error_in_the_program_ends_it():
    async def fail() -> None:
        async with sink() as (_, logs):
            held.append(logs)
            raise KeyError

    held: list[LogSink] = []
    with pytest.raises(KeyError):
        await fail()
    assert [push async for push in held[0]] == []


# -- CURVE ------------------------------------------------------------------------------------------------------------


def keys() -> CurveKeys:
    """Two new pairs."""
    pairs = [[key.decode() for key in zmq.curve_keypair()] for _ in range(2)]
    (server_public, server_secret), (client_public, client_secret) = pairs
    return CurveKeys(
        server_public=server_public,
        server_secret=server_secret,
        client_public=client_public,
        client_secret=client_secret,
    )


async def test_nodes_with_the_keys_get_in():
    ours = keys()
    async with sink(curve=ours) as (_, logs), pusher(logs.address, ours) as node:
        await node.push(*batch(1))
        assert await payloads(logs, 1) == [b"1"]
        assert (logs.tls, logs.refused) == ("CURVE", 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("client", "its own CURVE key is not that of the clients"),
        ("server", "it has another CURVE key for the server"),
        ("none", "it does not use CURVE|it left in the handshake, as nodes without CURVE do, and what is no node"),
    ],
)
async def test_others_are_refused_and_told_of(change, reason):
    ours, other = keys(), keys()
    theirs = {
        "client": CurveKeys(
            server_public=ours.server_public, client_public=other.client_public, client_secret=other.client_secret
        ),
        "server": CurveKeys(
            server_public=other.server_public, client_public=ours.client_public, client_secret=ours.client_secret
        ),
        "none": None,
    }[change]
    async with sink(curve=ours) as (endpoint, logs):
        notices = endpoint.make_status_subscriber()
        async with pusher(logs.address, theirs):
            notice = await seen(notices, "refused")
        assert re.fullmatch(f"refused connection 1: ({reason})", notice.message)
        assert (notice.code, str(notice.context.network)) == (EC.PEER_INCOMPATIBLE, f"127.0.0.1:{logs.port}")
        assert logs.refused >= 1
        async with pusher(logs.address, ours) as node:
            await node.push(*batch(1))
            assert await payloads(logs, 1) == [b"1"]


async def test_a_node_with_curve_at_a_sink_without():
    async with sink() as (endpoint, logs):
        notices = endpoint.make_status_subscriber()
        async with pusher(logs.address, keys()):
            notice = await seen(notices, "refused")
        # Which side sees it first is a matter of luck.
        assert re.search("it uses CURVE, and this side does not|as nodes with CURVE do", notice.message)
        assert logs.tls == "off"


async def test_keys_that_do_not_suffice():
    half = CurveKeys(client_public=keys().client_public)
    async with Endpoint(EndpointOptions(curve=half)) as endpoint:
        with pytest.raises(ConfigurationError, match="a server needs the keys server_secretkey, client_publickey"):
            await endpoint.listen_logs()


async def test_somebody_who_is_no_node_harms_nobody():
    async with sink() as (_, logs):
        with trio.fail_after(LIMIT):
            async with await trio.open_tcp_stream("127.0.0.1", logs.port) as stream:
                await stream.send_all(b"GET / HTTP/1.1\r\n\r\n" + bytes(64))
                with suppress(trio.BrokenResourceError):
                    while await stream.receive_some():
                        pass
        async with pusher(logs.address) as node:
            await node.push(*batch(1))
            assert await payloads(logs, 1) == [b"1"]
        assert logs.refused <= 1


def test_a_pusher_is_what_zeek_has():
    made = Pusher("tcp://127.0.0.1:1")
    assert made.socket.raw.type == zmq.PUSH
    made.close()
