"""Other ports of Zeek on a host, with real sockets there."""

from __future__ import annotations

import pytest
import trio

from broker_core import Endpoint, PeerAddress
from broker_core.endpoint import neighbours
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from broker_core.endpoint.neighbours import Neighbour, find_neighbours, zmq_address
from cluster_links import LIMIT, central
from counterparts import nobody, server, silent

HERE = "127.0.0.1"


@pytest.fixture
def known(monkeypatch):
    """Lets it know the given ports of Zeek, and none that this machine may really have."""

    def only(**ports: tuple[int, ...]) -> None:
        for other in list(ZEEK_PORTS):
            monkeypatch.delitem(ZEEK_PORTS, other)
        for what, numbers in ports.items():
            for port in numbers:
                monkeypatch.setitem(ZEEK_PORTS, port, what)
        monkeypatch.setattr(neighbours, "WEB_PORTS", frozenset(ports.get("web", ())))
        monkeypatch.setattr(neighbours, "ZMQ_PORTS", frozenset(ports.get("zmq", ())))

    return only


async def found(address: PeerAddress, known: set[int] | None = None) -> list[Neighbour]:
    with trio.fail_after(LIMIT):
        return await find_neighbours(HERE, address, known or set(), 0.3)


async def test_nothing_is_open(known):
    with nobody() as port:
        known(native=(port,))
        assert await found(PeerAddress("zeek.example", 1)) == []


async def test_the_port_that_is_known_is_left_out(known):
    async with server(silent) as port:
        known(native=(port,))
        assert await found(PeerAddress(HERE, port), {port}) == []


async def test_what_answers_and_what_to_try(known):
    async with central() as broker, Endpoint() as endpoint, server(silent) as web, server(silent) as quiet:
        native = (await endpoint.listen()).port
        known(native=(native,), web=(web,), zmq=(broker.port, broker.send_port, quiet))
        listed = await found(PeerAddress("zeek.example", 1))
        assert listed == [
            Neighbour(native, "native", PeerAddress("zeek.example", native)),
            # A port where ZeroMQ may be, and nothing shows that it is.
            Neighbour(quiet, "zmq", PeerAddress("zeek.example", quiet)),
            Neighbour(web, "web", PeerAddress("zeek.example", web, "ws")),
            Neighbour(
                broker.port,
                "the XPUB of a central broker, where nodes of a ZeroMQ cluster receive",
                PeerAddress("zeek.example", broker.port, "zmq"),
            ),
            Neighbour(
                broker.send_port,
                "the XSUB of a central broker, where nodes of a ZeroMQ cluster send",
                PeerAddress("zeek.example", broker.send_port - 1, "zmq"),
            ),
        ]
        assert (await found(PeerAddress("zeek.example", 1, "zmq")))[0].port == broker.port
        assert (await found(PeerAddress("zeek.example", 1, "ws")))[0].port == web


def test_before_an_xsub_is_an_xpub():
    assert str(zmq_address("h", 5556, "XSUB")) == "zmq://h:5555"
    assert str(zmq_address("h", 5556, "XPUB")) == "zmq://h:5556"
    assert zmq_address("h", 1, "XSUB").port == 1
