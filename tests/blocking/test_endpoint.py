"""Blocking endpoints: the results of the bindings, peerings, messages, stores, and the end."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker_core import InvalidValue, LocalProtocolError
from broker_core.blocking.codes import EC, SC, Backend, PeerStatus
from broker_core.blocking.endpoint import Endpoint
from broker_core.blocking.topic import Topic

HOST = "127.0.0.1"


@pytest.fixture
def free_port():
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


# -- listening ----------------------------------------------------------------------------------------------------


def test_listen_returns_the_port(make_endpoint):
    endpoint = make_endpoint()
    assert endpoint.listen(HOST, 0) > 0
    assert endpoint.listen(address=HOST) > 0


@pytest.mark.parametrize(("host", "reason"), [("192.0.2.1", "cannot assign"), ("no.such.name.invalid", "resolved")])
def test_listen_returns_0_and_logs_why(make_endpoint, caplog, host, reason):
    assert make_endpoint().listen(host, 0) == 0
    assert reason in caplog.text


def test_listen_on_a_port_in_use(make_endpoint, caplog):
    port = make_endpoint().listen(HOST)
    assert make_endpoint().listen(HOST, port) == 0
    assert "address already in use" in caplog.text


@pytest.mark.parametrize("where", [(5, 0), (HOST, -1), (HOST, 65536), (HOST, "80"), (HOST, 80.0), (None, 0)])
def test_what_is_no_address_is_an_error_everywhere(make_endpoint, where):
    endpoint = make_endpoint()
    for use in (endpoint.listen, endpoint.peer, endpoint.peer_nosync, endpoint.unpeer, endpoint.unpeer_nosync):
        with pytest.raises(TypeError):
            use(*where)


# -- peerings -----------------------------------------------------------------------------------------------------


def test_peer_says_whether_there_is_a_new_peering(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    port = first.listen(HOST)
    assert second.peer(HOST, port, 0.0) is True
    assert second.peer(HOST, port, 1.0) is False
    (info,) = second.peers()
    assert (info.peer.node_id(), info.status) == (first.node_id(), PeerStatus.Peered)


def test_in_broker_2_a_peering_that_there_is_counts(make_endpoint):
    first, second = make_endpoint(api_version=2), make_endpoint(api_version=2)
    port = first.listen(HOST)
    assert second.peer(HOST, port) is True
    assert second.peer(HOST, port) is True


@pytest.mark.parametrize("retry", [0, 0.0, 10.0, -1.0])
def test_peer_makes_one_attempt(make_endpoint, free_port, retry):
    endpoint = make_endpoint()
    errors = endpoint.make_status_subscriber()
    assert endpoint.peer(addr=HOST, port=free_port, retry=retry) is False
    assert [error.code() for error in errors.get(2, 0.02)] == [EC.PeerUnavailable]
    assert endpoint.peers() == []


def test_a_bad_retry_is_an_error(make_endpoint):
    with pytest.raises(TypeError, match="retry is a number of seconds"):
        make_endpoint().peer(HOST, 1, None)


def test_a_lost_peer_is_dialled_again(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    statuses = second.make_status_subscriber(True)
    port = first.listen(HOST)
    assert second.peer(HOST, port, 0.01)
    first.shutdown()
    assert make_endpoint().listen(HOST, port) == port
    seen = []
    while seen[-1:] != [SC.PeerAdded] or len(seen) < 3:
        notice = statuses.get(10.0)
        if notice.code() in {SC.PeerAdded, SC.PeerLost} and notice.code() != EC.PeerUnavailable:
            seen.append(notice.code())
    assert seen == [SC.PeerAdded, SC.PeerLost, SC.PeerAdded]


def test_peer_nosync_tries_until_somebody_listens(make_endpoint, free_port):
    first, second = make_endpoint(), make_endpoint()
    statuses = second.make_status_subscriber(True)
    assert second.peer_nosync(HOST, free_port, 0.01) is None
    assert statuses.get(10.0).code() == EC.PeerUnavailable
    assert first.listen(HOST, free_port) == free_port
    assert second.await_peer(first.node_id())


def test_unpeer_is_always_true_and_tells_when_there_was_nothing(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    errors, port = second.make_status_subscriber(), first.listen(HOST)
    assert second.peer(HOST, port)
    assert second.unpeer(HOST, port) is True
    assert second.peers() == []
    assert errors.get(0.02) is None
    assert second.unpeer(HOST, port) is True
    error = errors.get(10.0)
    assert error.code() == EC.PeerInvalid
    assert repr(error) == f"error(3, 'broker', (invalid-node, *127.0.0.1:{port}, \"cannot unpeer from unknown peer\"))"


def test_unpeer_delivers_what_was_published_before(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    subscriber, port = first.make_subscriber("/test"), first.listen(HOST)
    assert second.peer(HOST, port)
    for number in range(200):
        second.publish("/test", number)
    second.unpeer(HOST, port)
    assert [value for _, value in subscriber.get(200, 10)] == list(range(200))


def test_changes_in_the_background_are_done_in_order(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    statuses, port = second.make_status_subscriber(True), first.listen(HOST)
    second.peer_nosync(HOST, port, 0.0)
    assert statuses.get(10.0).code() == SC.PeerAdded
    assert second.unpeer_nosync(HOST, port) is None
    second.peer_nosync(HOST, port)
    assert [status.code() for status in statuses.get(2, 10.0)] == [SC.PeerRemoved, SC.PeerAdded]


def test_await_peer(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    assert second.await_peer(first.node_id(), 0.01) is False
    port = first.listen(HOST)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second.await_peer, first.node_id())
        assert second.peer(HOST, port)
        assert waiting.result(10) is True
    assert first.await_peer(second.node_id(), 10.0) is True
    with pytest.raises(InvalidValue):
        first.await_peer("nobody")


def test_peer_subscriptions(make_endpoint):
    first, second = make_endpoint(), make_endpoint()
    subscriber = first.make_subscriber(["/b", "/a"])
    assert second.peer_subscriptions() == []
    assert second.peer(HOST, first.listen(HOST))
    assert second.peer_subscriptions() == [Topic("/a"), Topic("/b")]
    del subscriber


def test_forward_passes_messages_on(make_endpoint):
    left, middle, right = make_endpoint(), make_endpoint(), make_endpoint()
    subscriber = right.make_subscriber("/test")
    assert middle.forward(["/test"]) is None
    assert middle.peer(HOST, right.listen(HOST))
    assert left.peer(HOST, middle.listen(HOST))
    left.publish("/test", 1)
    assert subscriber.get() == ("/test", 1)


# -- publishing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "value", "error"),
    [(5, 1, TypeError), ("", 1, InvalidValue), ("/t", object(), TypeError), ("x" * 65_536, 1, InvalidValue)],
)
def test_what_cannot_be_published_is_an_error_of_the_caller(make_endpoint, topic, value, error):
    endpoint = make_endpoint()
    with pytest.raises(error):
        endpoint.publish(topic, value)
    with pytest.raises(error):
        endpoint.publish_batch(("/t", 1), (topic, value))


def test_publishing_from_many_threads(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    subscriber = receiver.make_subscriber("/")
    assert sender.peer(HOST, receiver.listen(HOST))

    def publish(number):
        for count in range(250):
            sender.publish(f"/{number}", count)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(8)))
        messages = subscriber.get(2000, 20)
    for number in range(8):
        assert [value for topic, value in messages if topic == f"/{number}"] == list(range(250))


def test_publishing_crosses_no_thread_when_the_portal_is_awake(make_endpoint, monkeypatch):
    endpoint, posts = make_endpoint(), []
    portal = endpoint._host.portal
    original = portal.post

    def post(*args):
        posts.append(args)
        original(*args)

    monkeypatch.setattr(portal, "post", post)
    portal.ask(lambda: [endpoint.publish("/t", number) for number in range(100)])
    assert len(posts) == 1


# -- stores -------------------------------------------------------------------------------------------------------


def test_stores_are_attached_or_there_is_none_and_a_reason(make_endpoint, caplog, tmp_path):
    endpoint = make_endpoint()
    assert endpoint.attach_master("test").name() == "test"
    assert endpoint.attach_clone("test") is None
    assert "test" in caplog.text
    assert endpoint.attach_clone("elsewhere").name() == "elsewhere"
    caplog.clear()
    assert endpoint.attach_master("file", Backend.SQLite, {}) is None
    assert "path" in caplog.text
    assert endpoint.attach_master("file", Backend.SQLite, {"path": str(tmp_path / "store.sqlite")}) is not None
    with pytest.raises(TypeError, match="is a Backend"):
        endpoint.attach_master("test", "memory")


def test_a_store_that_is_attached_is_given_again(make_endpoint):
    endpoint = make_endpoint()
    endpoint.attach_master("test").put("key", 1)
    assert endpoint.attach_master("test", Backend.Memory).get("key") == 1


def test_what_a_store_was_told_is_done_before_the_endpoint_ends(make_endpoint, tmp_path):
    options = {"path": str(tmp_path / "store.sqlite")}
    with make_endpoint() as endpoint:
        store = endpoint.attach_master("test", Backend.SQLite, options)
        for number in range(500):
            store.put(number, number)
    store = make_endpoint().attach_master("test", Backend.SQLite, options)
    assert len(store.keys()) == 500


# -- the end ------------------------------------------------------------------------------------------------------


def test_shutdown_delivers_what_was_published_and_can_be_repeated(make_endpoint):
    receiver, sender = make_endpoint(), make_endpoint()
    subscriber = receiver.make_subscriber("/test")
    assert sender.peer(HOST, receiver.listen(HOST))
    for number in range(1000):
        sender.publish("/test", number)
    assert not sender.is_shutdown()
    assert sender.shutdown() is None
    assert sender.shutdown() is None
    assert sender.is_shutdown()
    assert [value for _, value in subscriber.get(1000, 10)] == list(range(1000))


def test_an_endpoint_that_is_shut_down_says_so():
    with Endpoint() as endpoint:
        name = endpoint.node_id()
    assert (endpoint.node_id(), repr(endpoint)) == (name, name)
    for use in (
        lambda: endpoint.publish("/t", 1),
        lambda: endpoint.make_subscriber("/t"),
        endpoint.make_status_subscriber,
        lambda: endpoint.make_publisher("/t"),
        lambda: endpoint.attach_master("t"),
        lambda: endpoint.listen(HOST),
        lambda: endpoint.peer(HOST, 1),
        lambda: endpoint.unpeer_nosync(HOST, 1),
        lambda: endpoint.forward("/t"),
        endpoint.peers,
    ):
        with pytest.raises(LocalProtocolError, match="shut down"):
            use()


def test_a_peer_sees_that_an_endpoint_is_lost(endpoint):
    first = endpoint()
    statuses = first.make_status_subscriber(True)
    second = Endpoint()
    assert first.peer(HOST, second.listen(HOST), 0.0)
    del second
    assert [status.code() for status in statuses.get(2, 10.0)] == [SC.PeerAdded, SC.PeerLost]


def test_shutting_down_while_others_use_it(make_endpoint):
    endpoint = make_endpoint()
    stop, surprises = threading.Event(), []

    def use():
        while not stop.is_set():
            try:
                endpoint.publish("/t", 1)
                endpoint.peers()
                endpoint.make_subscriber("/t").poll()
            except LocalProtocolError:
                return
            except Exception as error:  # noqa: BLE001  # whatever it is
                surprises.append(error)
                return

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    endpoint.shutdown()
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not surprises
    assert not any(thread.is_alive() for thread in threads)
