"""What an endpoint can be for ZeroMQ clusters: see also the tests of sinks for logs and of central brokers."""

from __future__ import annotations

import pytest
import trio

from broker_core import ConfigurationError, Endpoint, LocalProtocolError
from cluster_links import LIMIT, member, pushed, pusher


async def test_a_cluster_of_ones_own_with_its_logger():
    async with Endpoint() as endpoint:
        broker, sink = await endpoint.listen_zmq(), await endpoint.listen_logs()
        async with member(broker.address) as node, pusher(sink.address) as logs:
            assert [peer.transport for peer in node.peers()] == ["zmq"]
            (parts,) = pushed()
            await logs.push(*parts)
            assert (await sink.get(LIMIT)).payload == parts[3]
        with trio.fail_after(LIMIT):
            await endpoint.shutdown()
    async with Endpoint() as endpoint:  # all ports are free again
        assert (await endpoint.listen_zmq(port=broker.port, send_port=broker.send_port)).port == broker.port
        assert (await endpoint.listen_logs(port=sink.port)).port == sink.port


@pytest.mark.parametrize("name", ["listen_zmq", "listen_logs"])
async def test_only_an_endpoint_that_runs(name):
    with pytest.raises(LocalProtocolError, match="the endpoint is not started"):
        await getattr(Endpoint(), name)()


async def test_a_central_broker_without_pyzmq(monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    async with Endpoint() as endpoint:
        with pytest.raises(ConfigurationError, match="a central broker needs pyzmq"):
            await endpoint.listen_zmq()
