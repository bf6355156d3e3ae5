"""The central broker of a small cluster."""

from __future__ import annotations

import socket
import threading

import pytest
import trio

import broker_core
from broker_core import CentralBroker, ConfigurationError, CurveKeys, Endpoint, EndpointOptions, PeerUnavailable
from broker_core.codecs import binary
from broker_core.limits import DEFAULT_LIMITS
from cluster_links import LIMIT, central, member, node, recording


async def opened(host: str, port: int = 0, send_port: int = 0) -> CentralBroker:
    return await CentralBroker.open(host, port, send_port, limits=DEFAULT_LIMITS, keys=None)


def threads() -> int:
    return sum(thread.name.startswith("central broker") for thread in threading.enumerate())


async def test_messages_pass_from_node_to_node():
    ping = next(frame["parts"] for frame in recording("zeromq-client-at-zeeks-proxy-thread")["frames"][5:])
    async with central() as broker, node(broker.address, "one") as one, node(broker.address, "two") as two:
        one.subscribe(b"/rec/in")
        await two.send(*ping)
        assert await one.receive() == ping


async def test_every_subscription_and_end_is_passed_on():
    async with central() as broker, node(broker.address) as one, node(broker.address) as two:
        one.subscribe(b"/t")
        await two.hears(b"\x01/t")
        two.subscribe(b"/t")
        await one.hears(b"\x01/t")
        with trio.fail_after(LIMIT):
            while one.heard.count(b"\x01/t") < 2:  # also what somebody had already
                one.heard += await one.xpub.receive()
        one.unsubscribe(b"/t")
        two.unsubscribe(b"/t")
        await one.hears(b"\x00/t")


@pytest.mark.parametrize("host", ["127.0.0.1", "", "localhost", "::1"])
async def test_where_it_listens(host):
    broker = await opened(host)
    try:
        there = broker.address._replace(host=host or "127.0.0.1")
        async with member(there) as endpoint:
            assert endpoint.peers()[0].transport == "zmq"
        assert broker.address.host == (host or "*")
        assert broker.send_port == broker.address.sending.port != broker.port
    finally:
        await broker.aclose()


async def test_ports_that_are_asked_for():
    first = await opened("127.0.0.1")
    second = await opened("127.0.0.1")
    ports = first.port, second.send_port
    await first.aclose()
    await second.aclose()
    async with Endpoint() as endpoint:
        broker = await endpoint.listen_zmq("127.0.0.1", *ports)
        assert (broker.port, broker.send_port) == ports


async def test_the_second_port_is_the_one_behind():
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    try:
        broker = await opened("127.0.0.1", free - 2)
    except PeerUnavailable:
        pytest.skip("another program has the port")
    assert (broker.port, broker.send_port) == (free - 2, free - 1)
    assert str(broker.address) == f"zmq://127.0.0.1:{free - 2}"
    await broker.aclose()


@pytest.mark.parametrize("taken", ["port", "send_port"])
async def test_a_port_that_is_taken(taken):
    before = threads()
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        with pytest.raises(PeerUnavailable, match=f"127.0.0.1:{number}: cannot listen: address already in use"):
            await (opened("127.0.0.1", number) if taken == "port" else opened("127.0.0.1", 0, number))
    assert threads() == before


async def test_a_name_that_cannot_be_resolved():
    with pytest.raises(PeerUnavailable, match="the name cannot be resolved"):
        await opened("nohost.invalid")


async def test_it_ends_with_the_endpoint_and_leaves_no_thread():
    before = threads()
    async with Endpoint() as endpoint:
        broker = await endpoint.listen_zmq()
        assert threads() == before + 1
        await endpoint.peer(broker.address)
    with trio.fail_after(LIMIT):
        while threads() > before:
            await trio.lowlevel.checkpoint()
    await broker.aclose()
    assert broker.refused == 0


async def test_messages_of_its_own_node_reach_the_cluster_at_the_end():
    async with Endpoint() as endpoint:
        broker = await endpoint.listen_zmq()
        await endpoint.peer(broker.address)
        async with node(broker.address) as other:
            other.subscribe(b"/t")
            with trio.fail_after(LIMIT):
                await endpoint.wait_for_subscribers("/t")
            await endpoint.publish("/t", "last words")
            await endpoint.shutdown()
            while (parts := await other.receive())[0] != b"/t":
                pass
            assert binary.decode(parts[3]) == "last words"


async def test_keys_that_do_not_suffice():
    async with Endpoint(EndpointOptions(curve=CurveKeys(server_secret="0" * 40))) as endpoint:
        with pytest.raises(ConfigurationError, match=r"a server needs .* not there: client_publickey"):
            await endpoint.listen_zmq()


def test_the_class_is_public():
    assert broker_core.CentralBroker is CentralBroker
