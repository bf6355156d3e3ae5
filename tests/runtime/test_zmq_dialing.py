"""What can go wrong on the way to a ZeroMQ cluster, and what is said about it."""

from __future__ import annotations

import pickle
import socket

import pytest
import trio
import zmq

from broker_core import (
    Cause,
    ConfigurationError,
    CurveKeys,
    Endpoint,
    EndpointOptions,
    PeerAddress,
    PeerIncompatible,
    PeerRefused,
    PeerTimeout,
    PeerUnavailable,
)
from broker_core.limits import Limits
from cluster_links import LIMIT, Recorder, central, member, node

QUICK = Limits(handshake_timeout=0.2, connect_timeout=1)


def keys() -> CurveKeys:
    made = [key.decode() for _ in range(2) for key in zmq.curve_keypair()]
    return CurveKeys(server_public=made[0], server_secret=made[1], client_public=made[2], client_secret=made[3])


async def fails(address: PeerAddress, kind: type[Exception], cause: Cause, **options: object) -> str:
    """What is said when an endpoint with *options* dials *address*, in one line."""
    async with outsider(**options) as endpoint:
        with trio.fail_after(LIMIT), pytest.raises(kind) as caught:
            await endpoint.peer(address)
        assert caught.value.cause is cause
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        assert "\n" not in str(caught.value)
        assert endpoint.peers() == []
    return str(caught.value)


def outsider(**options: object) -> Endpoint:
    return Endpoint(EndpointOptions(**options))


@pytest.fixture
def socket_of():
    """Makes ZeroMQ sockets that listen; the port of each."""
    context = zmq.Context()
    made = []

    def make(kind: int) -> int:
        raw = context.socket(kind)
        raw.setsockopt(zmq.LINGER, 0)
        made.append(raw)
        return raw.bind_to_random_port("tcp://127.0.0.1")

    yield make
    for raw in made:
        raw.close()
    context.term()


def at(first: int, second: int) -> PeerAddress:
    return PeerAddress("127.0.0.1", first, "zmq", second)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.parametrize("missing", ["XPUB", "XSUB"])
async def test_nobody_listens_on_a_port(socket_of, missing):
    closed = free_port()
    ports = (closed, socket_of(zmq.XSUB)) if missing == "XPUB" else (socket_of(zmq.XPUB), closed)
    said = await fails(at(*ports), PeerUnavailable, Cause.REFUSED)
    assert f"port {closed}: connection refused" in said
    assert f"zmq://127.0.0.1:{ports[0]}" in said


async def test_the_ports_are_the_other_way_round(socket_of):
    xpub, xsub = socket_of(zmq.XPUB), socket_of(zmq.XSUB)
    async with Endpoint() as endpoint:
        with pytest.raises(PeerIncompatible) as caught:
            await endpoint.peer(at(xsub, xpub))
    assert caught.value.cause is Cause.WRONG_SOCKET
    assert f"port {xsub} is the XSUB of the central broker, and {xpub} its XPUB" in str(caught.value)
    assert caught.value.hint == f"the other way round: zmq://127.0.0.1:{xpub}:{xsub}"


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((zmq.PULL, zmq.XSUB), "is a sink for logs (PULL), and not the XPUB of a central broker"),
        ((zmq.XPUB, zmq.PULL), "is a sink for logs (PULL), and not the XSUB of a central broker"),
        ((zmq.XPUB, zmq.XPUB), "is the XPUB of a central broker, and not the XSUB of a central broker"),
        ((zmq.REP, zmq.XSUB), "is a ZeroMQ socket of the kind REP"),
    ],
)
async def test_another_socket_listens_there(socket_of, kinds, words):
    said = await fails(at(*map(socket_of, kinds)), PeerIncompatible, Cause.WRONG_SOCKET)
    assert words in said


async def test_another_protocol_is_spoken_there():
    async with Endpoint() as native:
        ports = [(await native.listen(tls="off")).port for _ in range(2)]
        said = await fails(at(*ports), PeerIncompatible, Cause.NOT_BROKER)
    assert "a Broker with its own protocol" in said


async def test_the_two_ports_do_not_belong_together(nursery):
    one, two = Recorder(), Recorder()
    for broker in (one, two):
        await nursery.start(broker.pass_on)
    address = at(one.address.port, two.address.sending.port)
    said = await fails(address, PeerTimeout, Cause.HANDSHAKE_TIMEOUT, limits=QUICK)
    assert "the two ports do not belong to one central broker that works" in said
    nursery.cancel_scope.cancel()


async def test_a_server_that_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        address = at(one.getsockname()[1], two.getsockname()[1])
        said = await fails(address, PeerTimeout, Cause.HANDSHAKE_TIMEOUT, limits=QUICK)
    assert "no greeting of ZeroMQ within 0.2 s" in said


async def test_keys_that_fit():
    curve = keys()
    async with central(curve) as broker, member(broker.address, curve=curve) as endpoint:
        assert broker.tls == endpoint.peers()[0].tls == "CURVE"
        await endpoint.ping(endpoint.peers()[0].id, timeout=LIMIT)
        assert broker.refused == 0


async def test_keys_that_do_not():
    server, other = keys(), keys()
    parts = {name: getattr(server, name) for name in ("server_public", "client_public", "client_secret")}
    stranger = parts | {"client_public": other.client_public, "client_secret": other.client_secret}
    async with central(server) as broker:
        said = await fails(broker.address, PeerIncompatible, Cause.CURVE_EXPECTED)
        assert "the cluster encrypts with CURVE, and there are no keys here" in said
        said = await fails(broker.address, PeerRefused, Cause.CURVE_REFUSED, curve=CurveKeys(**stranger))
        assert "does not know the CURVE key of this client" in said
        assert broker.refused >= 1
        wrong = CurveKeys(**parts | {"server_public": other.server_public})
        said = await fails(broker.address, PeerRefused, Cause.CURVE_REFUSED, curve=wrong)
        assert "the CURVE key of the server is probably another one" in said
        assert not [secret for secret in (server.client_secret, other.client_secret) if secret in said]


async def test_keys_for_a_cluster_that_does_not_encrypt():
    async with central() as broker:
        said = await fails(broker.address, PeerIncompatible, Cause.CURVE_EXPECTED, curve=keys())
    assert "the cluster does not encrypt" in said


@pytest.mark.parametrize("retry", [None, 1.0])
async def test_what_cannot_be_done_is_said_before_anything_is_sent(retry):
    async with outsider(curve=CurveKeys(server_public=keys().server_public)) as endpoint:
        with pytest.raises(ConfigurationError, match="not there: client_publickey, client_secretkey"):
            await endpoint.peer("zmq://127.0.0.1:1", retry=retry)
        for tls in ("anon", "verify"):
            with pytest.raises(ConfigurationError, match="encrypts with CURVE keys"):
                await endpoint.peer("zmq://127.0.0.1:1", tls=tls, retry=retry)


async def test_a_central_broker_that_does_not_repeat_subscriptions(nursery):
    broker = Recorder(repeats=False)
    await nursery.start(broker.pass_on)
    async with member(broker.address) as endpoint, node(broker.address) as other:
        endpoint.make_subscriber("/t")
        await endpoint.ping(endpoint.peers()[0].id, timeout=LIMIT)
        # Whether somebody else has it, too, cannot be told there; nobody is to be left out.
        assert endpoint.peers()[0].filter == ("/t",)
        other.subscribe(b"/t")
        assert await endpoint.publish("/t", 1) == 1
    nursery.cancel_scope.cancel()


async def test_a_name_instead_of_a_number():
    async with central() as broker, outsider() as endpoint:
        with trio.fail_after(LIMIT):
            peer = await endpoint.peer(broker.address._replace(host="localhost"))
        assert peer.address == f"localhost:{broker.port}"


async def test_cancelled_attempts_close_everything(nursery):
    silent = Recorder()
    await nursery.start(silent.pass_on)
    silent.stop()
    async with outsider() as endpoint:
        with trio.move_on_after(0.05) as scope:
            await endpoint.peer(silent.address)
        assert scope.cancelled_caught
        assert endpoint.peers() == []
    nursery.cancel_scope.cancel()
