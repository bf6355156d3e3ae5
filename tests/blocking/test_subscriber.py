"""Message subscribers: topics one by one, many, changed later; values as Python has them."""

from __future__ import annotations

import pytest

from broker_core import InvalidValue
from broker_core.blocking.subscriber import SafeSubscriber
from broker_core.blocking.topic import Topic


def subscriptions(endpoint):
    return endpoint._host.ask(lambda: endpoint._host.endpoint.filter)


@pytest.mark.parametrize(
    ("topics", "wanted"),
    [
        ("/a", ("/a",)),
        (Topic("/a"), ("/a",)),
        (["/a", Topic("/b")], ("/a", "/b")),
        (("/a", "/b"), ("/a", "/b")),
        ({"/a": 1}, ("/a",)),
        ("", ("",)),
        ([], ()),
    ],
)
def test_topics_are_one_or_many(make_endpoint, topics, wanted):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber(topics)
    assert subscriptions(endpoint) == wanted
    del subscriber


@pytest.mark.parametrize("topics", [5, ["/a", 5], None])
def test_what_is_no_topic_is_refused(make_endpoint, topics):
    with pytest.raises(TypeError):
        make_endpoint().make_subscriber(topics)


def test_a_topic_that_is_too_long_is_refused(make_endpoint):
    with pytest.raises(InvalidValue):
        make_endpoint().make_subscriber("x" * 65_536)


@pytest.mark.parametrize("qsize", [-1, 1.5, "20"])
def test_a_queue_has_a_number_of_places(make_endpoint, qsize):
    with pytest.raises(TypeError, match="qsize is a number of messages"):
        make_endpoint().make_subscriber("/test", qsize)


def test_a_queue_of_no_place_has_one_as_in_the_bindings(make_endpoint):
    assert make_endpoint().make_subscriber("/test", 0)._inbox.room() == 1


def test_topics_can_be_added_and_removed(make_endpoint):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber("/a")
    assert subscriber.add_topic("/b") is None
    subscriber.add_topic(Topic("/c"), True)
    assert subscriptions(endpoint) == ("/a", "/b", "/c")
    assert subscriber.remove_topic("/b", block=True) is None
    subscriber.remove_topic("/none")
    assert subscriptions(endpoint) == ("/a", "/c")


def test_a_topic_that_is_added_arrives(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    subscriber = receiver.make_subscriber("/a")
    subscriber.add_topic("/b")
    assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1"))
    sender.publish_batch(("/a/1", 1), ("/c", 2), ("/b/2", 3))
    assert subscriber.get(2) == [("/a/1", 1), ("/b/2", 3)]


def test_two_subscribers_both_get_it(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    one, other = receiver.make_subscriber("/test"), receiver.make_subscriber("/")
    assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1"))
    sender.publish("/test", "hello")
    assert one.get() == other.get() == ("/test", "hello")


def test_an_endpoint_does_not_hear_itself(make_endpoint):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber("/test")
    endpoint.publish("/test", 1)
    assert subscriber.get(0.01) is None


def test_a_safe_subscriber_gives_values_that_can_be_hashed(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    subscriber = receiver.make_safe_subscriber("/test")
    assert isinstance(subscriber, SafeSubscriber)
    assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1"))
    sender.publish("/test", {"table": {1, 2}})
    topic, value = subscriber.get()
    assert (topic, value) == ("/test", {"table": frozenset({1, 2})})
    hash(value)
    sender.publish("/test", [1])
    assert subscriber.get(1) == [("/test", (1,))]
