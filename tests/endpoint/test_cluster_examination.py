"""ZeroMQ clusters with the doctor: each cause with real sockets on loopback."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import trio
import zmq

from broker_core import Cause, CurveKeys, Diagnosis, DiagnosisStep, Endpoint, Limits, diagnose
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from broker_core.runtime.zmq_servers import ServerContext
from cluster_links import LIMIT, central, node
from counterparts import HTTP_NOT_FOUND, ZMTP, answers, greets, hang_up, nobody, overrun, server, silent

if TYPE_CHECKING:
    from broker_core import CentralBroker

QUICK = Limits(connect_timeout=0.3, handshake_timeout=0.3)
"""For those who never answer."""
WORKER = "zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"


async def examine(address: object, *, limits: Limits = QUICK, **settings: Any) -> Diagnosis:
    with trio.fail_after(LIMIT):
        found = await diagnose(str(address), limits=limits, **settings)
    for text in (found.finding, found.remedy, *found.warnings, *(step.text for step in found.steps)):
        assert text.isprintable()
        assert "?" not in text.replace("is it overloaded?", "")  # a word is missing
    assert (found.cause is None) is (found.remedy == "")
    return found


def at(first: int, second: int) -> str:
    return f"zmq://127.0.0.1:{first}:{second}"


def names(found: Diagnosis) -> list[tuple[str, bool | None]]:
    return [(step.name, step.ok) for step in found.steps]


def curve_keys() -> CurveKeys:
    (server_public, server_secret), (client_public, client_secret) = zmq.curve_keypair(), zmq.curve_keypair()
    return CurveKeys(
        server_public=server_public.decode(),
        server_secret=server_secret.decode(),
        client_public=client_public.decode(),
        client_secret=client_secret.decode(),
    )


async def announced(broker: CentralBroker, *prefixes: str, see: Any) -> Any:
    async with node(broker.address) as other:
        for prefix in prefixes:
            other.subscribe(prefix.encode())
            await other.hears(b"\x01" + prefix.encode())
        return await see()


# -- all is well ------------------------------------------------------------------------------------------------------


async def test_all_is_well():
    seen: list[DiagnosisStep] = []
    async with central() as broker:
        found = await announced(
            broker,
            f"zeek.cluster.nodeid.{WORKER}.",
            "zeek.cluster.worker",
            see=lambda: examine(
                broker.address, topics=("zeek.cluster.worker", "zeek.cluster.worker/x"), on_step=seen.append
            ),
        )
        address = broker.address
    assert found.cause is None
    assert found.finding == f"all is well: {address} is the central broker of a ZeroMQ cluster and takes us as a peer"
    assert (found.address, found.tls, found.version, found.protocol) == (str(address), "off", "ZMTP 3.1", None)
    assert found.subscriptions == (f"zeek.cluster.nodeid.{WORKER}.", "zeek.cluster.worker")
    assert found.nodes is not None
    assert [(one.name, one.host, one.pid) for one in found.nodes] == [("worker-1", "hh", 2367)]
    assert found.rtt is not None
    assert 0 < found.rtt < LIMIT
    steps = ("resolve", "connect", "sockets", "tls", "handshake", "nodes", "subscriptions", "ping")
    assert names(found) == [(name, True) for name in steps]
    assert tuple(seen) == found.steps
    assert found.warnings == ("the connection is not encrypted",)


async def test_all_is_well_with_curve():
    keys = curve_keys()
    async with central(keys) as broker:
        found = await examine(broker.address, curve=replace(keys, server_secret=None), limits=Limits())
    assert (found.cause, found.tls) == (None, "CURVE")
    assert ("tls", True) in names(found)
    assert "the connection is not encrypted" not in found.warnings


async def test_a_cluster_without_nodes():
    async with central() as broker:
        found = await examine(broker.address)
    assert (found.cause, found.nodes, found.subscriptions) == (None, (), ())
    assert ("nodes", None) in names(found)
    assert any("no node of Zeek has announced itself" in text for text in found.warnings)
    assert any("goes nowhere" in text for text in found.warnings)


async def test_topics_of_an_older_zeek_have_no_dot():
    async with central() as broker:
        found = await announced(broker, f"zeek.cluster.nodeid.{WORKER}", see=lambda: examine(broker.address))
    assert found.cause is None
    assert any("have no dot at the end" in text for text in found.warnings)


async def test_it_leaves_nothing_behind():
    async with central() as broker, node(broker.address) as other:
        assert (await examine(broker.address)).cause is None
        other.subscribe(b"/last")
        await other.hears(b"\x01/last")
        begun = {part[1:] for part in other.heard if part[:1] == b"\x01"} - {b"/last"}
        assert begun
        assert all(prefix.startswith(b"zeek.zeromq.internal.broker_") for prefix in begun)
        for prefix in begun:
            await other.hears(b"\x00" + prefix)


@pytest.mark.parametrize(("prefixes", "words"), [((), "nobody there subscribes to anything"), (("/a",), "would get")])
async def test_no_such_subscription(prefixes, words):
    async with central() as broker:
        found = await announced(broker, *prefixes, see=lambda: examine(broker.address, topics=("/b",)))
    assert found.cause is Cause.NOT_SUBSCRIBED
    assert words in found.finding
    assert "Cluster::subscribe" in found.remedy
    assert ("subscriptions", False) in names(found)


async def test_no_answer_to_a_ping(monkeypatch):
    monkeypatch.setattr("broker_core.endpoint.examination._PING_TIMEOUT", 0)
    async with central() as broker:
        found = await examine(broker.address)
    assert (found.cause, found.rtt) == (None, None)
    assert names(found)[-1] == ("ping", False)


async def test_a_central_broker_that_leaves_at_once(monkeypatch):
    async with central() as broker:

        async def ping(endpoint: Endpoint, *_: object) -> float:
            await broker.aclose()
            notices = endpoint.make_status_subscriber(receive_statuses=True)
            while endpoint.peers():
                await notices.get()
            raise trio.BrokenResourceError

        monkeypatch.setattr(Endpoint, "ping", ping)
        found = await examine(broker.address, limits=Limits())
    assert found.cause is Cause.CONNECTION_LOST
    assert names(found)[-1] == ("ping", False)


# -- this side --------------------------------------------------------------------------------------------------------


async def test_no_pyzmq(monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    found = await examine(at(1, 2))
    assert found.cause is Cause.CONFIGURATION
    assert "this installation has no ZeroMQ" in found.finding
    assert "pip install 'broker-toolkit[zeromq]'" in found.remedy
    assert names(found) == [("settings", False)]


async def test_keys_that_do_not_suffice():
    found = await examine(at(1, 2), curve=CurveKeys(server_public=curve_keys().server_public))
    assert found.cause is Cause.CONFIGURATION
    assert "not there: client_publickey, client_secretkey" in found.finding
    assert "spool/zeromq/curve" in found.remedy


async def test_tls_does_not_go_with_it():
    found = await examine(at(1, 2), tls="anon", curve=curve_keys())
    assert found.cause is Cause.CONFIGURATION
    assert "nothing was sent" in found.remedy


# -- the way there ----------------------------------------------------------------------------------------------------


@pytest.fixture
def no_zeek(monkeypatch):
    """This machine may have one."""
    for other in list(ZEEK_PORTS):
        monkeypatch.delitem(ZEEK_PORTS, other)


async def test_a_name_that_is_none():
    found = await examine("zmq://no-such-host.invalid", limits=Limits())
    assert found.cause is Cause.NAME_UNKNOWN
    assert names(found) == [("resolve", False)]


async def test_nobody_listens(no_zeek):
    with nobody() as first, nobody() as second:
        found = await examine(at(first, second))
    assert found.cause is Cause.REFUSED
    assert found.finding == f"nothing listens on ports {first} and {second} of 127.0.0.1"
    assert names(found) == [("resolve", True), ("connect", False), ("ports", None)]


async def test_another_cluster_is_there(no_zeek, monkeypatch):
    with nobody() as first, nobody() as second:
        async with central() as broker:
            monkeypatch.setitem(ZEEK_PORTS, broker.port, "x")
            monkeypatch.setattr("broker_core.endpoint.neighbours.ZMQ_PORTS", {broker.port})
            found = await examine(at(first, second))
    assert found.cause is Cause.REFUSED
    assert f"but {broker.port} (the XPUB of a central broker" in found.finding
    assert f"`broker doctor zmq://127.0.0.1:{broker.port}`" in found.remedy


async def test_only_one_port_is_open():
    with nobody() as closed:
        async with central() as broker:
            no_xsub = await examine(at(broker.port, closed))
            no_xpub = await examine(at(closed, broker.send_port))
            behind = await examine(at(closed, broker.port))
    assert no_xsub.cause is no_xpub.cause is behind.cause is Cause.REFUSED
    assert f"on port {closed} of 127.0.0.1, where the XSUB of the central broker should be" in no_xsub.finding
    assert f"on {broker.port} is an XPUB" in no_xsub.finding
    assert f"on port {closed} of 127.0.0.1, where the XPUB of the central broker should be" in no_xpub.finding
    assert f"on {broker.send_port} is an XSUB" in no_xpub.finding
    assert f"`broker doctor zmq://127.0.0.1:{broker.port}`" in behind.remedy
    assert [name for name, _ in names(behind)] == ["resolve", "connect", "sockets"]


async def test_nothing_comes_back():
    with overrun() as first, overrun() as second:
        found = await examine(at(first, second))
    assert found.cause is Cause.FILTERED
    assert "within 0.3 s" in found.finding


async def test_one_port_behind_a_firewall():
    with overrun() as filtered:
        async with central() as broker:
            found = await examine(at(broker.port, filtered))
    assert found.cause is Cause.FILTERED
    assert f"no answer from 127.0.0.1:{filtered} within 0.3 s" in found.finding


# -- the sockets ------------------------------------------------------------------------------------------------------


async def test_ports_the_wrong_way_round():
    async with central() as broker:
        found = await examine(at(broker.send_port, broker.port))
    assert found.cause is Cause.WRONG_SOCKET
    assert "the wrong way round" in found.finding
    assert f"`broker doctor {broker.address}`" in found.remedy
    assert names(found)[-1] == ("sockets", False)


async def test_the_second_port_as_the_first():
    async with central() as broker:
        with nobody() as closed:
            found = await examine(at(broker.send_port, closed))
    assert found.cause is Cause.WRONG_SOCKET
    assert f"`broker doctor zmq://127.0.0.1:{broker.send_port - 1}`" in found.remedy


async def test_a_sink_for_logs():
    context = ServerContext(Limits(), None)
    raw, port = await context.bind(zmq.PULL, "127.0.0.1", 0, {})
    try:
        async with central() as broker:
            for address in (at(port, broker.send_port), at(broker.port, port)):
                found = await examine(address)
                assert found.cause is Cause.WRONG_SOCKET
                assert f"127.0.0.1:{port} is a sink for the logs" in found.finding
    finally:
        raw.close(linger=0)
        await context.aclose()


async def test_two_central_brokers():
    async with central() as one, central() as other:
        found = await examine(at(one.port, other.send_port))
        assert (await examine(at(one.port, other.port))).cause is Cause.WRONG_SOCKET
    assert found.cause is Cause.HANDSHAKE_TIMEOUT
    assert f"what is sent to port {other.send_port} of 127.0.0.1 does not come back" in found.finding
    assert names(found)[-1] == ("handshake", False)


async def test_curve():
    keys = curve_keys()
    async with central() as open_one, central(keys) as closed_one:
        theirs = await examine(closed_one.address)
        ours = await examine(open_one.address, curve=keys)
        mixed = await examine(at(open_one.port, closed_one.send_port), curve=keys)
        other = curve_keys()
        server = await examine(closed_one.address, curve=replace(keys, server_public=other.server_public))
        client = replace(keys, client_public=other.client_public, client_secret=other.client_secret)
        client = await examine(closed_one.address, curve=client)
    assert theirs.cause is ours.cause is mixed.cause is Cause.CURVE_EXPECTED
    assert "this side has no keys" in theirs.finding
    assert "does not encrypt" in ours.finding
    assert "different central brokers" in mixed.finding
    assert server.cause is client.cause is Cause.CURVE_REFUSED
    assert "take the keys of that cluster" in server.remedy
    assert "does not let in the CURVE key of this client" in client.finding
    assert names(client)[-1] == ("tls", False)
    for found in (theirs, ours, mixed, server, client):
        assert keys.client_secret not in repr(found)


# -- others -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["off", "anon"])
async def test_a_broker_instead(tls):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls=tls)
        found = await examine(f"zmq://127.0.0.1:{listener.port}", limits=Limits(handshake_timeout=0.5))
    assert found.cause is Cause.NOT_BROKER
    assert "a Broker that speaks its own protocol" in found.finding
    assert f"`broker doctor 127.0.0.1:{listener.port}`" in found.remedy
    assert ("look", None) in names(found)


@pytest.mark.parametrize(("tls", "scheme"), [("off", "ws"), ("anon", "wss")])
async def test_a_websocket_server_instead(tls, scheme):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls=tls)
        found = await examine(f"zmq://127.0.0.1:{listener.port}")
    assert found.cause is Cause.WEBSOCKET
    assert f"`broker doctor {scheme}://127.0.0.1:{listener.port}`" in found.remedy


@pytest.mark.parametrize(
    ("talk", "cause", "words"),
    [
        (answers(HTTP_NOT_FOUND), Cause.NOT_BROKER, "is no ZeroMQ socket, but speaks HTTP"),
        (greets(b"SSH-2.0-OpenSSH_9.2p1\r\n"), Cause.NOT_BROKER, "is no ZeroMQ socket, but speaks SSH"),
        (greets(ZMTP + b"\x01" + bytes(10)), Cause.NOT_BROKER, "a version of ZeroMQ before 3"),
        (greets(ZMTP), Cause.HANDSHAKE_TIMEOUT, "begins to greet as ZeroMQ does"),
        (hang_up, Cause.CLOSED_AT_ONCE, "closes each one before a word"),
        (silent, Cause.HANDSHAKE_TIMEOUT, "never says anything, whatever it is asked"),
    ],
)
async def test_somebody_else_answers(talk, cause, words):
    async with server(talk) as port, central() as broker:
        for address in (at(port, broker.send_port), at(broker.port, port)):
            found = await examine(address)
            assert found.cause is cause
            assert words in found.finding
            assert str(port) in found.finding
