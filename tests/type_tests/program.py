"""A user's program that touches everything, and says which types it relies on. It is checked, and it runs."""

from __future__ import annotations

import datetime as dt
import ipaddress
import select
from typing import Any, assert_type

import broker_core.blocking as broker


class Greeting(broker.Message):
    """A message of the program's own."""

    def __init__(self, whom: str) -> None:
        self.whom = whom

    def to_broker(self) -> list[str]:
        return ["hello", self.whom]


def options() -> broker.Endpoint:
    """An endpoint with options."""
    chosen = broker.BrokerOptions()
    chosen.disable_ssl = True
    chosen.forward = False
    assert_type(chosen.ttl, int)
    return broker.Endpoint(broker.Configuration(chosen))


def communicate() -> None:
    """Manual section 2.5.2."""
    with broker.Endpoint() as one, broker.Endpoint() as other:
        first = one.make_subscriber("/test")
        second = other.make_subscriber(["/test", broker.Topic("/more") / "still"], 10)
        assert_type(first, broker.Subscriber)
        assert_type(second, broker.Subscriber)
        port = one.listen("127.0.0.1", 0)
        assert_type(port, int)
        safe = one.make_safe_subscriber(("/safe",))  # before there is a peer, who would have to hear of it first
        assert_type(safe, broker.SafeSubscriber)
        assert_type(other.peer("127.0.0.1", port, 1.0), bool)
        assert_type(other.await_peer(one.node_id(), 5), bool)

        other.publish("/test", ["ping"])
        topic, data = first.get()
        assert_type(topic, str)
        assert_type(data, Any)
        if (topic, data) != ("/test", ("ping",)):
            raise SystemExit

        other.publish(broker.Topic("/test"), Greeting("you"))
        other.publish_batch(("/test", {"a": {1, 2}}), (broker.Topic("/test/2"), broker.Count(5)))
        assert_type(first.get(3), list[tuple[str, Any]])
        assert_type(first.get(0, 0.5), list[tuple[str, Any]])
        assert_type(first.get(0.0), tuple[str, Any] | None)
        assert_type(first.poll(), list[tuple[str, Any]])
        assert_type(bool(first.available()), bool)
        select.select([first.fd()], [], [], 0)
        first.add_topic("/more")
        first.remove_topic(broker.Topic("/more"), block=True)

        publisher = other.make_publisher("/safe")
        assert_type(publisher, broker.Publisher)
        publisher.publish([{1}])
        publisher.publish_batch(1, "two", None)
        assert_type(safe.get(), tuple[str, Any])

        for peer in one.peers():
            assert_type(peer, broker.PeerInfo)
            assert_type(peer.peer, broker.EndpointInfo)
            assert_type(peer.peer.network, broker.OptionalNetworkInfo)
            assert_type(peer.status == broker.PeerStatus.Peered, bool)
            assert_type(peer.flags, broker.PeerFlags)
        assert_type(one.peer_subscriptions(), list[broker.Topic])
        other.forward(["/forwarded"])
        assert_type(other.unpeer("127.0.0.1", port), bool)


def statuses() -> None:
    """Manual section 2.5.5."""
    endpoint = options()
    listening = broker.Endpoint(broker.Configuration())
    subscriber = endpoint.make_status_subscriber(True)
    assert_type(subscriber, broker.StatusSubscriber)
    endpoint.peer("127.0.0.1", listening.listen("127.0.0.1"), 0.0)
    news = subscriber.get()
    assert_type(news, broker.Status | broker.Error)
    if isinstance(news, broker.Status):
        assert_type(news.code(), broker.SC)
        context = news.context()
        if context is not None and context.network.is_set():
            assert_type(context.network.get(), broker.NetworkInfo)
            assert_type(context.network.get().port, int)
    else:
        assert_type(news.code() == broker.EC.PeerUnavailable, bool)
        assert_type(news.message(), str)
    assert_type(subscriber.get(0.0), broker.Status | broker.Error | None)
    assert_type(subscriber.poll(), list[broker.Status | broker.Error])
    endpoint.shutdown()
    listening.shutdown()


def events() -> None:
    """Manual section 2.5.3."""
    ping = broker.zeek.Event(
        "ping", 1, broker.Count(2), metadata={broker.zeek.MetadataType.NetworkTimestamp: broker.now()}
    )
    pong = broker.zeek.Event(ping.as_data())
    assert_type(pong.name(), str)
    assert_type(pong.args(), list[Any])
    assert_type(pong.valid(), bool)
    assert_type(pong.metadata(), dict[int, Any] | None)
    assert_type(broker.zeek.SafeEvent(ping).args(), list[Any])
    assert_type(isinstance(ping, broker.bro.Event), bool)


def data() -> None:
    """Manual section 2.5.4."""
    value = broker.Data([1, None, b"bytes", dt.timedelta(1), ipaddress.ip_address("::1"), {"a": frozenset([1])}])
    assert_type(value.get_type() == broker.Data.Type.Vector, bool)
    vector = value.as_vector()
    assert_type(vector, broker.Vector)
    assert_type(vector[0], broker.Data)
    assert_type(vector[1:], broker.Vector)
    assert_type(vector[0].as_integer(), int)
    assert_type(vector[2].as_string(), bytes)
    vector.append("more")
    vector[0] = {1}
    assert_type(vector[0].as_set(), broker.Set)
    for item in vector[0].as_set():
        assert_type(item, broker.Data)
    table = vector[-2].as_table()
    assert_type(table, broker.Table)
    assert_type(table["a"], broker.Data)
    table["b"] = 5
    assert_type(broker.Data.to_py(broker.Data.from_py(table)), Any)
    assert_type(broker.ImmutableData.to_py(value), Any)
    assert_type(sorted([broker.Data(2), broker.Data(1)]), list[broker.Data])

    port = broker.Port(22, broker.Port.TCP)
    assert_type(port.number(), int)
    assert_type(port.get_type() is broker.Port.Protocol.TCP, bool)
    assert_type(broker.Count(5).value + 1, int)
    assert_type(broker.Enum("A::B").name, str)
    address = broker.Address(b"\1\2\3\4", 4)
    assert_type(address.mask(112), bool)
    assert_type(broker.Subnet(address, 16).network(), broker.Address)
    assert_type(broker.Subnet(address, 16).contains(address), bool)
    span = broker.Timespan(1.5) + broker.Timespan(3) * 2
    assert_type(span, broker.Timespan)
    assert_type(span / 2, broker.Timespan)
    assert_type(span / broker.Timespan(2), int)
    assert_type(broker.Timestamp(span).time_since_epoch(), broker.Timespan)
    assert_type(broker.now() < broker.Timestamp(), bool)
    assert_type(dt.datetime.now(broker.utc), dt.datetime)
    assert_type(broker.Version.string(), str)
    assert_type([int(code) for code in (broker.Frontend.Master, broker.APIFlags.Blocking)], list[int])


def stores() -> None:
    """Manual sections 2.4.2 and 2.5.6."""
    with broker.Endpoint() as endpoint:
        master = endpoint.attach_master("test", broker.Backend.Memory)
        if master is None:
            raise SystemExit
        assert_type(master, broker.Store)
        master.put("key", "value", 60)
        master.put({1, 2}, [1], expiry=0.5)
        master.increment("e", 1)
        master.insert_into("table", 3, "D")
        assert_type(master.get("key"), Any)
        assert_type(master.exists("key"), bool)
        assert_type(master.put_unique("new", 1), bool | None)
        proxy = broker.Store.Proxy(master)
        number = proxy.get("key")
        assert_type(number, int)
        assert_type(proxy.mailbox(), broker.Mailbox)
        select.select([proxy.mailbox().descriptor()], [], [], 5)
        response = proxy.receive()
        assert_type(response, broker.Response)
        assert_type(response.id == number, bool)
        assert_type(response.answer, broker.ExpectedData)
        if response.answer:
            assert_type(response.answer.get(), Any)
        else:
            assert_type(response.answer.error() == broker.EC.NoSuchKey, bool)
        clone = endpoint.attach_clone("other")
        assert_type(clone, broker.Store | None)


def main() -> None:
    """Do it all."""
    communicate()
    statuses()
    events()
    data()
    stores()


if __name__ == "__main__":
    main()
