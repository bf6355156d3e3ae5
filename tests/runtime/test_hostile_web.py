"""Who connects to the WebSocket or the HTTP port, and does its worst: what that costs stays bounded, too."""

from __future__ import annotations

import struct
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
import trio

from broker_core import Endpoint, EndpointOptions, Limits
from broker_core.protocol.web_frames import BINARY, PING, TEXT, masked_frame
from tests.runtime.test_hostile_peers import Peak
from tests.runtime.test_hostile_strangers import connect, leaves_nothing, until_closed
from web_sessions import REQUEST

TIMEOUT = 0.4
KIB, MIB = 1024, 1024 * 1024
LIMITS = Limits(
    max_handshakes=8,
    handshake_timeout=TIMEOUT,
    http_timeout=TIMEOUT,
    http_connections=8,
    web_clients=3,
    web_message=256 * KIB,
    web_request=2 * KIB,
    web_client_queue=50,
    web_client_topics=10,
    peer_queue_control=50,
    peer_queue_bytes=MIB,
    block_timeout=0.2,
    drain_timeout=0.2,
    bye_timeout=0.2,
)
MASK = b"\1\2\3\4"
WAYS = ["listen_web", "serve_status"]


@asynccontextmanager
async def listening(way="listen_web", **how):
    with trio.fail_after(30):
        async with Endpoint(EndpointOptions(tls="off", limits=LIMITS)) as endpoint:
            yield endpoint, (await getattr(endpoint, way)(**how)).port


async def say(stream, *frames):
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        for frame in frames:
            await stream.send_all(frame)


async def heard(stream, words):
    """Read until *words* have come, or to the end; everything."""
    got = b""
    with suppress(trio.BrokenResourceError):
        while words not in got and (data := await stream.receive_some()):
            got += data
    return got


@asynccontextmanager
async def client(port, topics=b"[]"):
    """A client that was let in."""
    async with await connect(port) as stream:
        await say(stream, REQUEST + masked_frame(TEXT, topics, MASK))
        assert b'"ack"' in await heard(stream, b'"ack"')
        yield stream


async def works(endpoint, way, port):
    """Fail unless a client is served."""
    if way == "listen_web":
        async with client(port):
            pass
    else:
        async with await connect(port) as stream:
            await say(stream, b"GET /v1/status/json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert b" 200 " in await heard(stream, b"\r\n")


async def all_are_closed(port, words):
    """Fail unless each of many connections, that say one of *words* each, is closed in time."""

    async def one(said):
        async with await connect(port) as stream, trio.open_nursery() as talking:
            talking.start_soon(say, stream, said)
            assert await until_closed(stream) < TIMEOUT + 3
            talking.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for said in words:
            nursery.start_soon(one, said)


# -- before anybody is let in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
async def test_a_flood_of_strangers(way):
    async with listening(way) as (endpoint, port), leaves_nothing(8 * MIB):
        await all_are_closed(port, [b"", b"GET", REQUEST[:60], REQUEST[:-2]] * 8)
        await works(endpoint, way, port)


@pytest.mark.parametrize("way", WAYS)
async def test_a_request_that_drips_in_does_not_get_more_time(way):
    async with listening(way) as (endpoint, port), leaves_nothing(8 * MIB):
        async with await connect(port) as stream, trio.open_nursery() as nursery:

            async def drip():
                with suppress(trio.BrokenResourceError):
                    for at in range(len(REQUEST) - 1):
                        await stream.send_all(REQUEST[at : at + 1])
                        with trio.move_on_after(TIMEOUT / 40):
                            await trio.sleep_forever()

            nursery.start_soon(drip)
            assert await until_closed(stream) < TIMEOUT + 3
            nursery.cancel_scope.cancel()
        await works(endpoint, way, port)


LONG_REQUESTS = [
    b"GET /" + b"x" * 100 * KIB,
    REQUEST[:-2] + b"X: " + b"y" * 100 * KIB,
    REQUEST[:-2] + b"X: y\r\n" * 20_000,
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n" + bytes(200 * KIB),
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n" + bytes(200 * KIB),
    bytes(300 * KIB),
]


@pytest.mark.parametrize("way", WAYS)
async def test_requests_that_are_too_long_are_not_held(way):
    async with listening(way) as (endpoint, port), leaves_nothing(10 * MIB):
        await all_are_closed(port, LONG_REQUESTS)
        await works(endpoint, way, port)


AHEAD = [
    masked_frame(PING, b"x" * 100, MASK) * 5000,
    masked_frame(BINARY, bytes(200 * KIB), MASK) * 20,
    b"\x01\x80" + MASK + b"\x00\x80" * 10_000,
    b"\x81\xff" + struct.pack(">Q", 2**62),
]


async def test_what_comes_ahead_of_the_subscription_is_not_held():
    async with listening() as (endpoint, port), leaves_nothing(16 * MIB):
        await all_are_closed(port, [REQUEST + frames for frames in AHEAD])
        await works(endpoint, "listen_web", port)


async def test_a_subscription_to_too_much_is_refused():
    async with listening() as (_, port), await connect(port) as stream:
        topics = b"[" + b'"/a",' * 10 + b'"/a"]'
        await say(stream, REQUEST + masked_frame(TEXT, topics, MASK))
        assert b'"error"' in await heard(stream, b'"error"')


async def test_clients_are_bounded_and_come_in_again():
    async with listening() as (endpoint, port):
        async with AsyncExitStack() as stack:
            for _ in range(LIMITS.web_clients):
                await stack.enter_async_context(client(port))
            async with await connect(port) as stream:
                await say(stream, REQUEST)
                await until_closed(stream)
            assert len(endpoint.peers()) == LIMITS.web_clients
        while endpoint.peers():
            await trio.lowlevel.checkpoint()
        await works(endpoint, "listen_web", port)


# -- clients ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [masked_frame(PING, b"x" * 125, MASK), masked_frame(TEXT, b"", MASK), masked_frame(TEXT, b"[" * 1000, MASK)],
    ids=["pings", "texts that are nothing", "deep texts"],
)
async def test_a_client_that_makes_answers_and_never_reads_is_cut_off(frame):
    async with listening() as (endpoint, port), client(port) as stream:
        with Peak() as peak:
            with suppress(trio.BrokenResourceError):
                while endpoint.peers():
                    await stream.send_all(frame * 50)
            while endpoint.peers():
                await trio.lowlevel.checkpoint()
        assert peak.bytes < 30 * MIB


async def test_a_client_that_never_reads_holds_no_more_than_its_queue():
    async with listening() as (endpoint, port), client(port, b'["/x"]'):
        with Peak() as peak:
            for _ in range(2000):
                await endpoint.publish("/x", "x" * 10 * KIB)
                if not endpoint.peers():
                    break
        assert not endpoint.peers()
        assert peak.bytes < 30 * MIB


async def test_a_message_that_is_too_long_ends_the_client():
    async with listening() as (endpoint, port), client(port) as stream:
        with Peak() as peak:
            await say(stream, b"\x81\xff" + struct.pack(">Q", LIMITS.web_message + 1) + MASK + bytes(100))
            while endpoint.peers():
                await trio.lowlevel.checkpoint()
        assert peak.bytes < 2 * MIB


async def test_a_message_in_endless_fragments_ends_the_client():
    async with listening() as (endpoint, port), client(port) as stream:
        with Peak() as peak, suppress(trio.BrokenResourceError):
            await stream.send_all(b"\x01\x80" + MASK)
            piece = b"\x00\xfe" + struct.pack(">H", 60_000) + MASK + bytes(60_000)
            while endpoint.peers():
                await stream.send_all(piece)
        while endpoint.peers():
            await trio.lowlevel.checkpoint()
        assert peak.bytes < 4 * MIB
