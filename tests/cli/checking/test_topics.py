"""``check topic`` for real."""

from __future__ import annotations

import re

import pytest
import trio

from broker_core import Batch, Endpoint, Event, Message
from cluster_links import central, node


async def test_something_comes(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t/x", "one", "two", "three")
        result = await run("check", "topic", "-p", here.peer, "/t", "-n", "3")
        assert (result.code, result.err) == (0, "")
        assert re.fullmatch(
            r"BROKER OK - 3 messages on /t within [0-9.e-]+ s \| messages=3;;;0; wait=[0-9.]+ms;;;0;\n", result.out
        )


async def test_too_little_comes(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        result = await run("check", "topic", "-p", here.peer, "/t", "--within", "50ms")
        assert (result.code, result.out) == (2, "BROKER CRITICAL - no message on /t within 0.05 s | messages=0;;;0;\n")
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", "one")
        result = await run("check", "topic", "-p", here.peer, "/t", "--within", "300ms", "-n", "2")
        assert result.code == 2
        assert result.out == "BROKER CRITICAL - 1 of 2 messages on /t within 0.3 s | messages=1;;;0;\n"


async def test_only_some_events_count(run, hub):
    events = (Event("Notice::a"), Event("other"), "Notice::x", Batch([Event("Notice::b"), Event("x")]))
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", *events)
        asked = ("check", "topic", "-p", here.peer, "/t", "--event", "Notice::*", "-n")
        result = await run(*asked, "2")
        assert result.code == 0
        assert result.out.startswith("BROKER OK - 2 events on /t within ")
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", *events)
        result = await run(*asked, "3", "--within", "300ms")
        assert result.out.startswith("BROKER CRITICAL - 2 of 3 events on /t within 0.3 s | events=2;")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("-w", "5:", "-c", "1:"), 0, "BROKER OK - 5 messages on /t within 0.4 s"),
        (("-w", "20:", "-c", "5:15"), 1, "BROKER WARNING - rate: 12.5, should be at least 20"),
        (("-c", "100"), 0, "BROKER OK"),
        (("-c", "10"), 2, "BROKER CRITICAL - rate: 12.5, should be at most 10"),
        (("-c", "10", "-n", "9"), 2, "BROKER CRITICAL - 5 of 9 messages on /t within 0.4 s; rate: 12.5"),
        (("-c", "10:", "-n", "0"), 0, "BROKER OK"),
    ],
)
async def test_how_much_comes(run, hub, options, code, said):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", *range(5))
        result = await run("check", "topic", "-p", here.peer, "/t", "--within", "400ms", *options)
        assert result.code == code
        assert result.out.startswith(said)
        assert " rate=12.5;" in result.out


async def test_nothing_has_to_come(run, hub):
    async with hub() as here:
        result = await run("check", "topic", "-p", here.peer, "/t", "-n", "0", "-c", "0", "--within", "50ms")
        assert result.code == 0
        assert result.out.startswith("BROKER OK - 0 messages on /t within 0.05 s | ")


async def test_the_peer_goes(hub, start):
    async with hub() as here, start("check", "topic", "-p", here.peer, "/t") as program:
        with trio.fail_after(20):
            await here.endpoint.wait_for_subscribers("/t")
        await here.endpoint.shutdown()
        assert await program.ends() == 2
    assert program.out.decode() == f"BROKER CRITICAL - the connection to {here.peer} has ended\n"


async def test_over_websocket(run):
    async with Endpoint() as endpoint, trio.open_nursery() as nursery:
        port = (await endpoint.listen_web(tls="off")).port

        async def publish() -> None:
            with trio.fail_after(20):
                await endpoint.wait_for_subscribers("/t")
                await endpoint.publish("/t", "x")

        nursery.start_soon(publish)
        result = await run("check", "topic", "-p", f"ws://127.0.0.1:{port}", "/t")
        assert result.code == 0


async def test_a_cluster(run):
    async with central() as broker, node(broker.address) as other, trio.open_nursery() as nursery:
        nursery.start_soon(other.publish, b"/t/x", Message("/t/x", 1).payload)
        result = await run("check", "topic", "-p", str(broker.address), "/t")
        assert result.code == 0
        assert result.out.startswith("BROKER OK - 1 message on /t within ")


async def test_the_time_to_connect_is_apart(run):
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listeners[0]:
        peer = f"127.0.0.1:{listeners[0].socket.getsockname()[1]}"
        result = await run("check", "topic", "-p", peer, "/t", "-t", "50ms", "--within", "50ms")
    assert (result.code, result.out) == (2, f"BROKER CRITICAL - no answer from /t at {peer} within 0.1 s\n")
