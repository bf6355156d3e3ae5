"""The relay between ZeroMQ clusters and other networks."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import trio

from broker_core import Endpoint, EndpointOptions, Event, PeerAddress, UndeliveredError
from cluster_links import LIMIT, central, member, node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 20


@asynccontextmanager
async def network(kind: str) -> AsyncIterator[tuple[Endpoint, str]]:
    """An endpoint in a network of this kind, and where the relay finds that."""
    if kind == "zmq":
        async with central() as broker, member(broker.address) as endpoint:
            yield endpoint, str(broker.address)
        return
    with suppress(UndeliveredError):
        async with Endpoint(EndpointOptions()) as endpoint:
            listen = endpoint.listen_web if kind == "ws" else endpoint.listen
            listener = await listen("127.0.0.1", 0)
            yield endpoint, f"{kind}://127.0.0.1:{listener.port}"


async def relayed(endpoint: Endpoint, topic: str) -> None:
    """Wait until the relay has subscribed to *topic*."""
    with trio.fail_after(SOON):
        await endpoint.wait_for_subscribers(topic)


@pytest.mark.parametrize("kind", ["broker", "ws", "zmq"])
async def test_both_ways_with_names_of_the_other_side(start, kind):
    async with network(kind) as (here, a), network("zmq") as (there, b):
        mine, theirs = here.make_subscriber("zeek/cluster/"), there.make_subscriber("zeek.cluster.")
        await there.ping(there.peers()[0].id, timeout=LIMIT)
        args = ("--topic", "zeek/cluster/", "--map", "zeek/cluster/=zeek.cluster.", "-n", "2")
        async with start("relay", a, b, *args, BROKER_STATE="off") as relay:
            await relayed(here, "zeek/cluster/worker")
            await here.publish("zeek/cluster/worker", Event("forth", 1))
            message = await theirs.get(SOON)
            assert (message.topic, message.value) == ("zeek.cluster.worker", Event("forth", 1).value)
            await relayed(there, "zeek.cluster.manager")
            await there.publish("zeek.cluster.manager", Event("back", 2))
            message = await mine.get(SOON)
            assert (message.topic, message.value) == ("zeek/cluster/manager", Event("back", 2).value)
            assert await relay.ends() == 0
            assert relay.err == b""


async def test_messages_in_other_formats_stay_where_they_are(start):
    async with network("zmq") as (here, a), network("zmq") as (there, b):
        subscriber = there.make_subscriber("/t")
        await there.ping(there.peers()[0].id, timeout=LIMIT)
        async with start("relay", a, b, "--topic", "/t", "-n", "1", "-v", BROKER_STATE="off") as relay:
            await relayed(here, "/t")
            async with node(PeerAddress.parse(a)) as other:
                await other.publish(b"/t", b"{}", b"broker-json-v1")
            await relay.says("cannot be carried: 2 bytes in the format 'broker-json-v1', which is not Broker's")
            await here.publish("/t", "x")
            assert (await subscriber.get(SOON)).value == "x"
            assert await relay.ends() == 0
        assert b"A to B: relayed 1 message, 1 without a form on the other side" in relay.err


async def test_two_relays_between_two_clusters_are_a_loop(start):
    async with network("zmq") as (here, a), network("zmq") as (there, b):
        subscriber = there.make_subscriber("/t", capacity=100_000)
        await there.ping(there.peers()[0].id, timeout=LIMIT)
        async with (
            start("relay", a, b, "--topic", "/t", "-v", BROKER_STATE="off") as one,
            start("relay", a, b, "--topic", "/t", "-v", BROKER_STATE="off") as two,
        ):
            for relay in (one, two):
                await relay.says("relaying between")
            await relayed(here, "/t")
            for number in range(100):
                await here.publish("/t", number)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_first_to_say, nursery.cancel_scope, one)
                nursery.start_soon(_first_to_say, nursery.cancel_scope, two)
            seen: set[int] = set()
            with trio.fail_after(SOON):
                while len(seen) < 100:
                    seen.add((await subscriber.get()).value)
            # It has calmed down when what is asked for now comes back behind everything.
            await here.publish("/t", "end")
            with trio.fail_after(SOON):
                while (await subscriber.get()).value != "end":
                    pass


async def _first_to_say(scope: trio.CancelScope, relay) -> None:
    await relay.says("a loop: much of what goes to")
    scope.cancel()


async def test_one_cluster_twice_is_refused(run):
    async with central() as broker:
        result = await run("relay", str(broker.address), f"{broker.address}:{broker.send_port}", "--topic", "/t")
        assert result.code == 2


async def test_everything_is_warned_of_once_for_each_kind(run):
    async with network("zmq") as (_, a), network("zmq") as (_, b):
        result = await run("relay", a, b, "--topic", "", "--for", "0s")
        text = (
            'broker: "" is everything: each node of the cluster now sends all that it publishes to the central broker\n'
        )
        assert (result.code, result.err) == (0, text)
