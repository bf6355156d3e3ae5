"""A sink for logs as programs hold it."""

from __future__ import annotations

import pytest
import trio

from broker_core import ConfigurationError, Endpoint, LogSink, PeerUnavailable
from broker_core.logs import LogDecoder, TsvWriter
from cluster_links import LIMIT, pushed, pusher


async def test_the_records_of_zeek():
    (parts,) = pushed()
    async with Endpoint() as endpoint:
        sink = await endpoint.listen_logs()
        async with pusher(sink.address) as node:
            await node.push(*parts)
            push = await sink.get(LIMIT)
        records = LogDecoder().decode_batch(push.payload).records
        assert [TsvWriter().line(record)[:8] for record in records] == ["T\t-42\t1\t", "T\t-42\t2\t"]


async def test_where_it_is():
    async with Endpoint() as endpoint:
        sink = await endpoint.listen_logs("localhost")
        assert type(sink) is LogSink
        assert sink.host == "localhost"
        assert sink.address == f"tcp://localhost:{sink.port}"
        assert repr(sink) == f"<LogSink {sink.address}>"
        assert (sink.dropped, sink.skipped, sink.refused, sink.overflowed, sink.tls) == (0, 0, 0, False, "off")
        everywhere = await endpoint.listen_logs("")
        assert everywhere.address == f"tcp://*:{everywhere.port}"
        try:
            six = await endpoint.listen_logs("::1")
        except PeerUnavailable:  # a machine without IPv6
            return
        assert six.address == f"tcp://[::1]:{six.port}"


async def test_it_takes_a_batch_of_batches_and_ends_as_a_block():
    (parts,) = pushed()
    async with Endpoint() as endpoint:
        with await endpoint.listen_logs() as sink:
            async with pusher(sink.address) as node:
                await node.push(*parts)
                assert len(await sink.get_batch()) == 1
                assert sink.poll() == []
        with trio.fail_after(LIMIT), pytest.raises(trio.EndOfChannel):
            await sink.get()


@pytest.mark.parametrize("policy", ["block", "drop_oldest", "drop_newest", "disconnect"])
async def test_nobody_waits_in_vain_at_shutdown(policy):
    async with Endpoint() as endpoint:
        sink = await endpoint.listen_logs(overflow=policy)
        async with trio.open_nursery() as nursery:
            ended = []

            async def take() -> None:
                ended.extend([push async for push in sink])
                nursery.cancel_scope.cancel()

            nursery.start_soon(take)
            with trio.fail_after(LIMIT):
                await endpoint.shutdown()
        assert ended == []
        with pytest.raises(trio.ClosedResourceError):
            await endpoint.listen_logs()


async def test_a_name_that_is_no_address():
    async with Endpoint() as endpoint:
        with pytest.raises(PeerUnavailable, match="cannot listen: the name cannot be resolved"):
            await endpoint.listen_logs("no such host")


async def test_without_pyzmq(monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    async with Endpoint() as endpoint:
        with pytest.raises(ConfigurationError, match="a sink for logs needs pyzmq, which is not installed: pip"):
            await endpoint.listen_logs()
