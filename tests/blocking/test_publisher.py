"""Publishers: one topic, the endpoint's order, and what is known about room."""

from __future__ import annotations

import select
from dataclasses import replace

import pytest

from broker_core import DEFAULT_LIMITS, InvalidValue, LocalProtocolError
from broker_core.blocking.topic import Topic


@pytest.fixture
def line(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    subscriber = receiver.make_subscriber("/test")
    assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1"))
    return sender, subscriber


def test_values_arrive_in_the_order_of_the_endpoint(line):
    sender, subscriber = line
    one, other = sender.make_publisher("/test/1"), sender.make_publisher(Topic("/test") / "2")
    assert one.publish("a") is None
    sender.publish("/test/0", "b")
    assert other.publish_batch("c", "d") is None
    one.publish("e")
    assert subscriber.get(5) == [
        ("/test/1", "a"),
        ("/test/0", "b"),
        ("/test/2", "c"),
        ("/test/2", "d"),
        ("/test/1", "e"),
    ]


def test_of_a_batch_with_a_bad_value_nothing_is_sent(line):
    sender, subscriber = line
    publisher = sender.make_publisher("/test")
    with pytest.raises(TypeError):
        publisher.publish_batch(1, object())
    with pytest.raises(TypeError):
        publisher.publish(object())
    publisher.publish("next")
    assert subscriber.get() == ("/test", "next")


def test_demand_is_what_receivers_have_room_for(make_endpoint, line):
    sender, _ = line
    assert sender.make_publisher("/nobody").demand() == 0
    assert sender.make_publisher("/test").demand() == DEFAULT_LIMITS.peer_queue_messages


def test_capacity_is_that_of_the_outbox(make_endpoint):
    publisher = make_endpoint(limits=replace(DEFAULT_LIMITS, outbox=10)).make_publisher("/test")
    assert (publisher.capacity(), publisher.buffered(), publisher.free_capacity()) == (10, 0, 10)
    outbox = publisher._outbox
    held = outbox._portal.ask(lambda: [publisher.publish(1), publisher.publish(2), publisher.buffered()])
    assert held[-1] == 2, "the portal is busy with this, and has taken none"
    assert select.select([publisher.fd()], [], [], 10)[0]


def test_the_rate_counts_since_the_last_time(line, monkeypatch):
    sender, _ = line
    clock = iter([100.0, 102.0, 104.0])
    monkeypatch.setattr("broker_core.blocking.publisher.time.monotonic", lambda: next(clock))
    publisher = sender.make_publisher("/test")
    publisher.publish_batch(*range(10))
    assert (publisher.send_rate(), publisher.send_rate()) == (5, 0)


def test_a_publisher_of_an_endpoint_that_is_shut_down_says_so(make_endpoint):
    endpoint = make_endpoint()
    publisher = endpoint.make_publisher("/test")
    endpoint.shutdown()
    for use in (lambda: publisher.publish(1), publisher.demand, publisher.fd):
        with pytest.raises(LocalProtocolError, match="shut down"):
            use()


def test_a_bad_topic_is_refused(make_endpoint):
    with pytest.raises(TypeError):
        make_endpoint().make_publisher(5)
    with pytest.raises(InvalidValue):
        make_endpoint().make_publisher("")
