from __future__ import annotations

import gc
import select
import threading
from pathlib import Path

import pytest

import broker_core.blocking as broker
from broker_core import LocalProtocolError, StoreError
from broker_core.blocking.proxy import ExpectedData, Mailbox
from broker_core.limits import Limits


@pytest.fixture(name="store")
def make_store(endpoint):
    store = endpoint().attach_master("test", broker.Backend.Memory)
    store.put("key", "value")
    store.put("zero", 0)
    return store


def is_readable(descriptor):
    return bool(select.select([descriptor], [], [], 0)[0])


def test_requests_have_ids_and_responses_come_in_their_order(store):
    proxy = store.proxy()
    store.put("vec", (1, 2))
    asked = [
        proxy.get("key"),
        proxy.exists("key"),
        proxy.get_index_from_value("vec", 1),
        proxy.put_unique("new", 1),
        proxy.put_unique("new", 2, 10),
        proxy.keys(),
    ]
    assert asked == [1, 2, 3, 4, 5, 6]
    responses = proxy.receive(6)
    assert [response.id for response in responses] == asked
    assert [response.answer.get() for response in responses] == [
        "value",
        True,
        2,
        True,
        False,
        {"key", "zero", "vec", "new"},
    ]


def test_a_request_sees_what_was_written_before_it(store):
    proxy = broker.Store.Proxy(store)
    for number in range(100):
        store.put("n", number)
        proxy.get("n")
    assert all(response.answer.get() >= response.id - 1 for response in proxy.receive(100))


def test_the_descriptor_is_readable_exactly_while_a_response_is_there(store):
    proxy = store.proxy()
    mailbox = proxy.mailbox()
    assert isinstance(mailbox, Mailbox)
    descriptor = mailbox.descriptor()
    assert mailbox.empty()
    assert not is_readable(descriptor)
    proxy.get("key")
    proxy.get("zero")
    assert select.select([descriptor], [], [], 10)[0]
    first = proxy.receive()
    assert first.id == 1
    second = proxy.receive()
    assert second.id == 2
    assert not is_readable(descriptor)
    assert mailbox.descriptor() == descriptor


def test_a_mailbox_counts(store):
    proxy = store.proxy()
    for _ in range(3):
        proxy.get("key")
    store.flush()
    poller = select.poll()
    poller.register(proxy.mailbox().descriptor(), select.POLLIN)
    store.get("key")
    while proxy.mailbox().count() < 3:
        poller.poll(10)
    assert not proxy.mailbox().empty()
    assert [proxy.mailbox().count(most) for most in (-1, 0, 2, 5)] == [3, 0, 2, 3]


def test_an_answer_is_true_whatever_value_it_is(store):
    proxy = store.proxy()
    proxy.get("zero")
    answer = proxy.receive().answer
    assert answer
    assert answer.is_valid()
    assert (answer.get(), repr(answer), answer.error()) == (0, "0", broker.Error())


def test_an_answer_may_be_an_error(store):
    proxy = store.proxy()
    proxy.get("nothing")
    answer = proxy.receive().answer
    assert not answer
    assert not answer.is_valid()
    assert answer.error() == broker.EC.NoSuchKey
    assert repr(answer) == r"""error(9, 'broker', ("store test: no such key: \"nothing\""))"""
    with pytest.raises(ValueError, match="no such key"):
        answer.get()


def test_errors_say_which(endpoint, store):
    store.put("vec", (1,))
    proxy = store.proxy()
    proxy.get_index_from_value("vec", "x")
    clone = endpoint().attach_clone("far").proxy()
    clone.get("key")
    assert proxy.receive().answer.error() == broker.EC.TypeClash
    assert clone.receive().answer.error() == broker.EC.StaleData
    assert isinstance(ExpectedData(1), ExpectedData)


def test_a_value_that_is_none_is_refused_at_once(store):
    with pytest.raises(TypeError):
        store.proxy().get(object())


def test_both_ways_to_make_one_are_the_same(store):
    assert type(store.proxy()) is broker.Store.Proxy


def test_threads_share_a_proxy(store):
    proxy = store.proxy()
    asked = []

    def ask():
        asked.extend(proxy.get("key") for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    received = [response.id for response in proxy.receive(200)]
    for thread in threads:
        thread.join()
    assert sorted(asked) == received == list(range(1, 201))


def test_what_nobody_receives_is_bounded(endpoint):
    options = broker.BrokerOptions()
    options.limits = Limits(store_queue=3)
    store = endpoint(broker.Configuration(options)).attach_master("test", broker.Backend.Memory)
    proxy = store.proxy()
    for _ in range(3):
        proxy.get("key")
    with pytest.raises(StoreError, match="3 requests of this proxy wait"):
        proxy.get("key")
    proxy.receive()
    assert proxy.get("key") == 4


def test_after_the_shutdown(endpoint):
    ep = endpoint()
    store = ep.attach_master("test", broker.Backend.Memory)
    proxy = store.proxy()
    proxy.get("key")
    ep.shutdown()
    assert proxy.receive().id == 1
    with pytest.raises(StoreError, match="closed"):
        proxy.get("key")
    with pytest.raises(StoreError, match="closed"):
        store.proxy()


def test_a_lost_proxy_leaves_no_descriptor(store):
    for _ in range(100):
        store.proxy().mailbox().descriptor()
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(100):
        store.proxy().mailbox().descriptor()
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_a_wait_in_the_portal_is_refused(store):
    proxy = store.proxy()
    with pytest.raises(RuntimeError, match="thread"):
        store._line.portal.ask(proxy.receive)


def test_a_proxy_of_a_portal_that_is_over(store, monkeypatch):
    proxy = store.proxy()
    monkeypatch.setattr(store._line.portal, "unusable", "it is over")
    with pytest.raises(LocalProtocolError, match="it is over"):
        proxy.receive()
    with pytest.raises(LocalProtocolError, match="it is over"):
        proxy.get("key")
