"""Who connects and is not let in yet can make an endpoint hold and do very little, over real connections.

What strangers send is in tests/protocol and tests/fuzz; here it is how much, how slowly, and how they leave.
"""

from __future__ import annotations

import random
import socket
import ssl
import struct
import tracemalloc
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
import trio

from broker_core import EndpointId, EndpointOptions, Limits
from broker_core.endpoint.endpoint import Endpoint
from broker_core.messages.handshake import Hello, OriginatorSyn, Probe, VersionSelect
from broker_core.protocol.framing import frame_of
from tests.soak.footprint import descriptors

TIMEOUT = 0.4
LIMITS = Limits(max_handshakes=8, handshake_timeout=TIMEOUT)
LOW, HIGH = EndpointId(bytes(15) + b"\1"), EndpointId(b"\xff" * 16)
MIB = 1024 * 1024
HELLO, PROBE, SELECT = frame_of(Hello(LOW).encode()), frame_of(Probe().encode()), frame_of(VersionSelect(LOW).encode())
SYN = frame_of(OriginatorSyn(("/x",)).encode())
PHASES = {
    "nothing": b"",
    "half a length": b"\0\0",
    "half a hello": HELLO[:9],
    "a hello": HELLO,
    "a version": HELLO + SELECT,
    "subscriptions": HELLO + SELECT + SYN,
}


@asynccontextmanager
async def listening(tls="off", limits=LIMITS):
    with trio.fail_after(20):
        async with Endpoint(EndpointOptions(tls="off", limits=limits)) as endpoint:
            listener = await endpoint.listen(tls=tls)
            yield endpoint, listener.port


async def connect(port):
    return await trio.open_tcp_stream("127.0.0.1", port)


async def until_closed(stream):
    """How long the other side kept the connection, in seconds."""
    start = trio.current_time()
    with suppress(trio.BrokenResourceError):
        while await stream.receive_some():
            pass
    await stream.aclose()
    return trio.current_time() - start


async def still_lets_in(endpoint, port):
    """Fail unless a peer can come and go."""
    async with Endpoint(EndpointOptions(tls="auto")) as other:
        await other.peer("127.0.0.1", port)
        await endpoint.await_peer(other.id)


@asynccontextmanager
async def leaves_nothing(most=MIB):
    """Fail when descriptors are left afterwards, or when more than *most* bytes were held at a time."""
    await trio.testing.wait_all_tasks_blocked()
    before = descriptors()
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most
    with trio.fail_after(5):
        while descriptors() > before:
            await trio.lowlevel.checkpoint()


@pytest.mark.parametrize("tls", ["off", "anon", "auto"])
async def test_a_flood_of_strangers_that_say_nothing(tls):
    async with listening(tls) as (endpoint, port), leaves_nothing(4 * MIB):
        flood = [await connect(port) for _ in range(60)]
        kept = []
        async with trio.open_nursery() as nursery:
            for stream in flood:

                async def watch(stream=stream):
                    kept.append(await until_closed(stream))

                nursery.start_soon(watch)
        assert len([seconds for seconds in kept if seconds > TIMEOUT / 2]) <= LIMITS.max_handshakes
        assert max(kept) < TIMEOUT + 2
        await still_lets_in(endpoint, port)


async def test_others_get_in_as_soon_as_the_flood_times_out():
    async with listening() as (endpoint, port), AsyncExitStack() as stack:
        for _ in range(LIMITS.max_handshakes):
            await stack.enter_async_context(await connect(port))
        async with Endpoint(EndpointOptions(tls="off", limits=Limits(retry_max=0.1))) as other:
            await other.peer("127.0.0.1", port, retry=0.1, timeout=5)
            await endpoint.await_peer(other.id)


def client_hello():
    """What a TLS client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    client = context.wrap_bio(incoming, outgoing)
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ("off", frame_of(b"\x07ZEEK") * 50),
        ("off", struct.pack(">I", MIB) + b"\x0a" * 200),
        ("anon", client_hello()),
        ("auto", client_hello()),
    ],
    ids=["probes", "a long frame", "TLS", "TLS or not"],
)
async def test_bytes_that_drip_do_not_extend_the_time(tls, words):
    async with listening(tls) as (endpoint, port), leaves_nothing():
        async with await connect(port) as stream, trio.open_nursery() as nursery:

            async def drip():
                with suppress(trio.BrokenResourceError):
                    for at in range(len(words)):
                        await stream.send_all(words[at : at + 1])
                        with trio.move_on_after(TIMEOUT / 40):
                            await trio.sleep_forever()

            nursery.start_soon(drip)
            assert await until_closed(stream) < TIMEOUT + 1
            nursery.cancel_scope.cancel()
        await still_lets_in(endpoint, port)


@pytest.mark.parametrize("length", [MIB + 1, 2**31, 2**32 - 1])
async def test_a_first_frame_that_is_too_long_is_refused_before_it_is_there(length):
    async with listening() as (endpoint, port), leaves_nothing(2 * MIB):
        async with await connect(port) as stream:
            with suppress(trio.BrokenResourceError):
                await stream.send_all(struct.pack(">I", length) + b"\x06" * 100)
            assert await until_closed(stream) < TIMEOUT / 2
        await still_lets_in(endpoint, port)


async def test_the_longest_first_frames_are_held_only_so_often():
    """The bound on the memory of strangers is the product of two: of their number, and of what one may send."""
    limits = Limits(max_handshakes=4, max_handshake_frame=256 * 1024, handshake_timeout=TIMEOUT)
    async with listening(limits=limits) as (endpoint, port), leaves_nothing(4 * 2 * MIB):
        almost = struct.pack(">I", 256 * 1024) + bytes(256 * 1024 - 1)
        async with trio.open_nursery() as nursery:
            for _ in range(12):

                async def fill():
                    async with await connect(port) as stream:
                        with suppress(trio.BrokenResourceError):
                            await stream.send_all(almost)
                        await until_closed(stream)

                nursery.start_soon(fill)
        await still_lets_in(endpoint, port)


@pytest.mark.parametrize(
    "words",
    [HELLO * 2, HELLO + SELECT * 2, HELLO + SELECT + SYN * 2, PROBE * 3 + HELLO + HELLO, SELECT, SYN],
    ids=["hellos", "versions", "subscriptions", "probes, hellos", "no hello", "nothing but subscriptions"],
)
async def test_steps_of_the_handshake_cannot_be_repeated_or_left_out(words):
    async with listening() as (endpoint, port), leaves_nothing():
        async with await connect(port) as stream:
            with suppress(trio.BrokenResourceError):
                await stream.send_all(words)
            assert await until_closed(stream) < TIMEOUT / 2
        await still_lets_in(endpoint, port)


async def test_endless_probes_end_with_the_time():
    """They are allowed, as in C++; what they cost is bounded by the time and by the speed of the connection."""
    async with listening() as (endpoint, port), leaves_nothing(8 * MIB):
        async with await connect(port) as stream, trio.open_nursery() as nursery:

            async def pour():
                with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                    while True:
                        await stream.send_all(PROBE * 1000)

            nursery.start_soon(pour)
            assert await until_closed(stream) < TIMEOUT + 2
            nursery.cancel_scope.cancel()
        await still_lets_in(endpoint, port)


@pytest.mark.parametrize("said", PHASES.values(), ids=list(PHASES))
@pytest.mark.parametrize("how", ["reset", "half-close", "close"])
async def test_strangers_that_leave_in_any_phase(said, how):
    async with listening() as (endpoint, port), leaves_nothing():
        for _ in range(5):
            async with await connect(port) as stream:
                await stream.send_all(said)
                if how == "reset":
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif how == "half-close":
                    await stream.send_eof()
                    assert await until_closed(stream) < TIMEOUT / 2
        await still_lets_in(endpoint, port)
        with trio.fail_after(3):
            while endpoint.peers():
                await trio.lowlevel.checkpoint()


async def test_a_stranger_with_the_id_of_another_waits_no_longer_than_others():
    """The second one is held until it is settled what becomes of the first."""
    async with listening() as (endpoint, port), leaves_nothing():
        async with trio.open_nursery() as nursery:
            for _ in range(6):

                async def pretend():
                    async with await connect(port) as stream:
                        await stream.send_all(frame_of(Hello(HIGH).encode()))
                        assert await until_closed(stream) < TIMEOUT + 2

                nursery.start_soon(pretend)
        await still_lets_in(endpoint, port)


@pytest.mark.parametrize("tls", ["off", "anon", "auto"])
async def test_noise(tls):
    dice = random.Random(5)
    async with listening(tls) as (endpoint, port), leaves_nothing(8 * MIB):
        for _ in range(20):
            async with await connect(port) as stream:
                with suppress(trio.BrokenResourceError):
                    await stream.send_all(dice.randbytes(dice.randrange(20_000)))
                await until_closed(stream)
        await still_lets_in(endpoint, port)
