"""Blocking endpoints in a ZeroMQ cluster, which they reach by URL with the calls that they have for peers."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import trio
import zmq

from broker_core import CentralBroker, CurveKeys
from broker_core.blocking.endpoint import Endpoint
from broker_core.blocking.options import BrokerOptions, Configuration
from broker_core.limits import DEFAULT_LIMITS

LIMIT = 10


@pytest.fixture(params=["plain", "curve"])
def broker(request):
    curve = None
    if request.param == "curve":
        made = [key.decode() for _ in range(2) for key in zmq.curve_keypair()]
        curve = CurveKeys(server_public=made[0], server_secret=made[1], client_public=made[2], client_secret=made[3])

    async def start() -> CentralBroker:
        return await CentralBroker.open("127.0.0.1", 0, 0, limits=DEFAULT_LIMITS, keys=curve)

    started = trio.run(start)
    yield started, curve
    trio.run(started.aclose)


@pytest.mark.parametrize("scheme", ["zmq://127.0.0.1", "zmq://127.0.0.1:1:{}"])
def test_events_pass(broker, scheme):
    central, curve = broker
    addr = scheme.format(central.send_port)
    if central.send_port != central.port + 1 and addr == scheme:
        pytest.skip("the port behind was not free")
    with ExitStack() as ends:
        endpoints = [Endpoint(Configuration(BrokerOptions(curve=curve))) for _ in range(2)]
        for endpoint in endpoints:
            ends.callback(endpoint.shutdown)
        talk(endpoints, addr, central.port)


def talk(endpoints: list[Endpoint], addr: str, port: int) -> None:
    subscriber = endpoints[0].make_subscriber("/t")
    assert [endpoint.peer(addr, port) for endpoint in endpoints] == [True, True]
    assert [str(topic) for topic in endpoints[1].peer_subscriptions()] == ["/t"]
    endpoints[1].publish("/t", ("hello", 1))
    assert subscriber.get(1, LIMIT) == [("/t", ("hello", 1))]
    assert [info.peer.network.get().port for info in endpoints[1].peers()] == [port]
    assert endpoints[1].unpeer(addr, port)
    assert endpoints[1].peers() == []
