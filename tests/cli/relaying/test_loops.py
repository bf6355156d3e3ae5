"""More than one way between two networks."""

from __future__ import annotations

import pytest
import trio

from broker_core import Event
from tests.cli.relaying.test_bridge import SOON, all_of, counts_at_the_end, network, relaying, values


@pytest.mark.parametrize("transport", ["broker", "ws"])
async def test_two_relays_side_by_side_make_no_storm(start, transport):
    async with network(forward=True) as a, network(transport, forward=True) as b:
        _, at_b = a.endpoint.make_subscriber("/x"), b.endpoint.make_subscriber("/x")
        options = ("--topic", "/x", "-o", "ndjson", "--loop-guard", "on")
        async with relaying(start, a, b, *options) as one, relaying(start, a, b, *options) as other:
            with trio.fail_after(SOON):
                await a.endpoint.wait_for_subscribers("/x", 2)
            for number in range(100):
                await a.endpoint.publish("/x", number)
            await all_of(at_b, range(100))
            await b.endpoint.flush()  # all that went back to the relays has been taken
            ends = [await counts_at_the_end(program) for program in (one, other)]
        for line in ends:  # each carried each message once, although not always in the same direction
            assert line["a_to_b"]["relayed"] + line["b_to_a"]["relayed"] == 100
        assert sum(line[way]["echoes"] for line in ends for way in ("a_to_b", "b_to_a")) >= 100


async def test_a_storm_ends_by_itself(start):
    async with network("ws", forward=True) as a, network(forward=True) as b:
        _, at_b = (one.endpoint.make_subscriber("/x", capacity=10_000) for one in (a, b))
        options = ("--topic", "/x", "-o", "ndjson")
        async with relaying(start, a, b, *options) as one, relaying(start, a, b, *options) as other:
            with trio.fail_after(SOON):
                await a.endpoint.wait_for_subscribers("/x", 2)
                await b.endpoint.wait_for_subscribers("/x", 2)
            for number in range(2000):
                await a.endpoint.publish("/x", number)
                if number % 50 == 0:  # so that what goes round has time to do so
                    await a.endpoint.flush()
                    await b.endpoint.flush()
            await all_of(at_b, range(2000))
            await a.endpoint.publish("/x", "at last")
            await all_of(at_b, ["at last"])
            lines = [await counts_at_the_end(program) for program in (one, other)]
        assert b"a loop: much of what goes to" in one.err + other.err
        for line in lines:
            assert sum(line[way]["relayed"] for way in ("a_to_b", "b_to_a")) < 3000


async def test_the_same_from_both_sides_is_carried(start):
    async with network() as a, network() as b:
        at_a, at_b = a.endpoint.make_subscriber("/x"), b.endpoint.make_subscriber("/x")
        async with relaying(start, a, b, "--topic", "/x"):
            await a.relayed("/x")
            await b.relayed("/x")
            for _ in range(5):
                await a.endpoint.publish("/x", Event("heartbeat"))
                await values(at_b, 1)
                await b.endpoint.publish("/x", Event("heartbeat"))
                await values(at_a, 1)


async def test_a_ring_of_three_networks_is_cut(start):
    async with network(forward=True) as a, network(forward=True) as b, network(forward=True) as c:
        inboxes = [one.endpoint.make_subscriber("/x") for one in (a, b, c)]
        options = ("--topic", "/x", "-o", "ndjson", "--loop-guard", "on")
        async with (
            relaying(start, a, b, *options) as first,
            relaying(start, b, c, *options) as second,
            relaying(start, c, a, *options) as third,
        ):
            for one in (a, b, c):
                with trio.fail_after(SOON):
                    await one.endpoint.wait_for_subscribers("/x", 2)
            await a.endpoint.publish("/x", 1)
            await values(inboxes[1], 1)
            await values(inboxes[2], 1)
            for one in (b, c, a, b, c, a):  # as long as something goes round, it comes past here
                await one.endpoint.flush()
            lines = [await counts_at_the_end(program) for program in (first, second, third)]
        relayed = sum(line[way]["relayed"] for line in lines for way in ("a_to_b", "b_to_a"))
        assert 2 <= relayed <= 3


async def test_without_guard_the_hops_end_a_loop_of_native_connections(start):
    options = ("--topic", "/x", "-o", "ndjson", "--loop-guard", "off")
    async with network(forward=True, ttl=6) as a, network(forward=True) as b:
        at_a, _ = a.endpoint.make_subscriber("/x"), b.endpoint.make_subscriber("/x")
        async with relaying(start, a, b, *options) as one, relaying(start, a, b, *options) as other:
            with trio.fail_after(SOON):
                await a.endpoint.wait_for_subscribers("/x", 2)
                await b.endpoint.wait_for_subscribers("/x", 2)
            await a.endpoint.publish("/x", 1)
            assert await values(at_a, 2) == [1, 1]
            for _ in range(4):
                await b.endpoint.flush()
                await a.endpoint.flush()
            lines = [await counts_at_the_end(program) for program in (one, other)]
        assert 4 <= sum(line[way]["relayed"] for line in lines for way in ("a_to_b", "b_to_a")) <= 8


async def test_both_sides_at_one_endpoint_are_refused_unless_renamed(start, run):
    async with network() as a:
        listener = await a.endpoint.listen_web(style="zeek")
        web = f"ws://127.0.0.1:{listener.port}"
        result = await run("relay", a.address, web, "--topic", "/x")
        assert result.code == 2
        assert "both sides are the same endpoint" in result.err
        copies = a.endpoint.make_subscriber("/copy")
        options = ("--topic", "/x", "--map", "/x=/copy", "--one-way", "-n", "1")
        async with start("relay", a.address, web, *options) as program:
            await a.relayed("/x")
            await a.endpoint.publish("/x", 1)
            assert await program.ends() == 0
        assert [message.topic for message in copies.poll()] == ["/copy"]
