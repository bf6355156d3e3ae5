"""Who does what."""

from __future__ import annotations

from dataclasses import replace

from broker_cli.benching.planning import Operations, Scale, Traffic, plan_pub, plan_store, plan_sub
from broker_cli.config import Settings
from broker_core import PeerAddress

ALONE = Settings()
PEER = Settings(peers=(PeerAddress.parse("h:1"),))
EVENTS = Traffic(topic="/x", shape="event", size=128, rate=None)


def scale_of(count, clients, duration=None) -> Scale:
    return Scale(count=count, duration=duration, clients=clients, timeout=5.0)


def test_publishers_share_the_messages_and_the_rate():
    bench = plan_pub(ALONE, scale_of(10, 3), replace(EVENTS, rate=6.0))
    assert [work.count for work in bench.clients] == [4, 3, 3]
    assert [work.client for work in bench.clients] == [1, 2, 3]
    assert {work.rate for work in bench.clients} == {2.0}
    assert bench.server.role == "sink"
    assert bench.what == (
        "10 events of 4 arguments, 128 bytes each, at 6 a second on /x by 3 clients to a subscriber on this machine"
        " (TLS: on)"
    )


def test_no_more_publishers_than_messages():
    bench = plan_pub(PEER, scale_of(2, 3), EVENTS)
    assert [work.count for work in bench.clients] == [1, 1]
    assert bench.server is None
    assert bench.what.endswith("by 2 clients to h:1")


def test_for_a_time():
    bench = plan_pub(PEER, scale_of(None, 2, 2.0), EVENTS)
    assert [(work.count, work.duration) for work in bench.clients] == [(None, 2.0)] * 2
    assert bench.what.startswith("for 2 s: events of 4 arguments")


def test_each_subscriber_gets_all():
    bench = plan_sub(ALONE, scale_of(10, 2), EVENTS)
    assert [work.count for work in bench.clients] == [10, 10]
    assert bench.total == 20
    assert (bench.server.role, bench.server.subscribers, bench.server.count) == ("source", 2, 10)


def test_a_publisher_goes_on_until_the_subscribers_had_their_time():
    bench = plan_sub(ALONE, scale_of(None, 1, 1.0), EVENTS)
    assert (bench.server.count, bench.server.duration) == (None, None)


def test_stores():
    puts = Operations(name="db", op="put", keys=5, size=1, window=2, backend="memory", path="")
    bench = plan_store(ALONE, scale_of(5, 2), puts)
    assert [work.count for work in bench.clients] == [3, 2]
    assert bench.server.role == "master"
    assert bench.what == (
        "5 put of 1 bytes, 2 at a time, on store db by 2 clients, at a master (memory) on this machine (TLS: on)"
    )
    bench = plan_store(PEER, scale_of(5, 1), replace(puts, op="get"))
    assert "answered by a copy in each client" in bench.what
