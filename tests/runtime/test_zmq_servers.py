"""Sockets of ZeroMQ that others connect to: where they listen, and whom they let in."""

from __future__ import annotations

import pytest
import trio
import zmq

from broker_core import Cause, ConfigurationError, CurveKeys, PeerUnavailable
from broker_core.limits import DEFAULT_LIMITS
from broker_core.runtime.zmq_servers import ServerContext
from broker_core.runtime.zmq_sockets import ZmqSocket, client_options, server_options
from cluster_links import LIMIT


async def talk(context: ServerContext, keys: CurveKeys | None, host: str = "127.0.0.1") -> bytes | None:
    """What a client with *keys* gets through, None when it is not let in."""
    raw, port = await context.bind(zmq.PULL, host, 0, {})
    server = ZmqSocket(raw)
    own: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    client = ZmqSocket.open(own, zmq.PUSH, client_options(DEFAULT_LIMITS, keys))
    monitor = client.monitor()
    try:
        client.raw.connect(f"tcp://127.0.0.1:{port}")
        with trio.fail_after(LIMIT):
            kind = zmq.Event(0)
            wanted = {zmq.Event.HANDSHAKE_SUCCEEDED, zmq.Event.HANDSHAKE_FAILED_AUTH, zmq.Event.DISCONNECTED}
            while kind not in wanted:
                kind = zmq.Event(int.from_bytes((await monitor.receive())[0][:2], "little"))
            if kind is not zmq.Event.HANDSHAKE_SUCCEEDED:
                return None
            await client.send(b"hello")
            return (await server.receive())[0]
    finally:
        for one in (monitor, client, server):
            one.close()
        own.term()
        await context.aclose()


@pytest.mark.parametrize("host", ["127.0.0.1", "", "localhost"])
async def test_without_keys_everybody_gets_in(host):
    context = ServerContext(DEFAULT_LIMITS, None)
    assert context.secured == "off"
    if host == "localhost":  # which number that is depends on the machine
        raw, port = await context.bind(zmq.PULL, host, 0, {})
        assert port > 0
        raw.close(linger=0)
        await context.aclose()
    else:
        assert await talk(context, None, host) == b"hello"


async def test_only_the_client_with_the_key_gets_in():
    keys, others = CurveKeys.generate(), CurveKeys.generate()
    context = ServerContext(DEFAULT_LIMITS, keys)
    assert context.secured == "CURVE"
    assert await talk(context, keys) == b"hello"
    assert context.refused == 0
    stranger = CurveKeys(
        server_public=keys.server_public, client_public=others.client_public, client_secret=others.client_secret
    )
    context = ServerContext(DEFAULT_LIMITS, keys)
    assert await talk(context, stranger) is None
    assert context.refused >= 1


def test_keys_that_do_not_suffice():
    keys = CurveKeys.generate()
    with pytest.raises(ConfigurationError, match="server_secretkey"):
        ServerContext(DEFAULT_LIMITS, CurveKeys(client_public=keys.client_public))


async def test_ports_and_hosts_that_cannot_be_had():
    context = ServerContext(DEFAULT_LIMITS, None)
    raw, port = await context.bind(zmq.PULL, "127.0.0.1", 0, {})
    for host, number, words in (
        ("127.0.0.1", port, "address already in use"),
        ("192.0.2.1", 0, "cannot assign requested address"),
        ("no.such.name.invalid", 0, "the name cannot be resolved"),
    ):
        with pytest.raises(PeerUnavailable) as caught:
            await context.bind(zmq.PULL, host, number, {})
        assert words in caught.value.reason
        assert caught.value.cause is Cause.CANNOT_LISTEN
    raw.close(linger=0)
    await context.aclose()


def test_servers_take_their_bounds_from_the_limits():
    options = server_options(DEFAULT_LIMITS, None)
    assert options[zmq.MAXMSGSIZE] == DEFAULT_LIMITS.max_frame
    assert options[zmq.HANDSHAKE_IVL] == DEFAULT_LIMITS.handshake_timeout * 1000
