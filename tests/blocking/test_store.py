from __future__ import annotations

import threading

import pytest

import broker_core.blocking as broker
from broker_core import InvalidValue, StaleData, StoreError, StoreTimeout, TypeClash
from broker_core.limits import Limits


@pytest.fixture(name="store")
def make_store(endpoint):
    return endpoint().attach_master("test", broker.Backend.Memory)


@pytest.fixture(name="pair")
def make_pair(endpoint):
    """A master and a clone of it that is synchronized."""
    ep, other = endpoint(), endpoint()
    master = ep.attach_master("test", broker.Backend.Memory)
    assert other.peer("127.0.0.1", ep.listen("127.0.0.1", 0))
    clone = other.attach_clone("test")
    assert clone.wait_synchronized()
    return master, clone


def limited(endpoint, **limits):
    options = broker.BrokerOptions()
    options.limits = Limits(**limits)
    return endpoint(broker.Configuration(options))


def test_what_a_store_says_of_itself(pair):
    master, clone = pair
    assert (master.name(), clone.name()) == ("test", "test")
    assert (master.is_master(), clone.is_master()) == (True, False)
    assert repr(clone) == "<broker_core.blocking.Store 'test', clone>"


def test_a_false_value_is_a_value_for_a_table_and_none_is_not(store):
    store.put("table", {})
    for index, value in enumerate([0, "", False, (), broker.Data()]):
        store.insert_into("table", index, value)
    assert store.get("table") == {0: 0, 1: "", 2: False, 3: (), 4: None}
    store.insert_into("set", "member", None)
    assert store.get("set") == {"member"}


def test_keys_and_values_are_converted(store):
    store.put(broker.Data("key"), [broker.Count(1), {"a": broker.Port(1, broker.Port.TCP)}])
    assert store.get("key") == (broker.Count(1), {"a": broker.Port(1, broker.Port.TCP)})
    for call in (store.get, store.exists, store.erase):
        with pytest.raises(TypeError):
            call(object())


@pytest.mark.parametrize("expiry", [0, -1, 1e-12])
def test_an_expiry_that_is_not_ahead_is_over_at_once(store, endpoint, expiry):
    events = endpoint()  # whose time goes on while this waits
    store.put("gone", 1, expiry)
    assert events.make_status_subscriber(True).get(0.3) is None
    assert not store.exists("gone")


@pytest.mark.parametrize("expiry", [float("nan"), float("inf"), 1e30])
def test_an_expiry_that_is_no_time(store, expiry):
    with pytest.raises(InvalidValue):
        store.put("key", 1, expiry)


def test_refused_operations_return_none_and_are_raised_by_flush(store):
    store.put("text", "x")
    store.increment("text", 1)
    store.put("text", "y")
    assert store.get("text") == "y"
    with pytest.raises(TypeClash):
        store.flush()
    store.flush()


def test_refused_operations_are_told_to_status_subscribers(endpoint):
    ep = endpoint()
    errors = ep.make_status_subscriber()
    store = ep.attach_master("test", broker.Backend.Memory)
    store.put("text", "x")
    store.increment("text", 1)
    assert errors.get() == broker.EC.TypeClash


def test_idle_is_whether_all_was_done_well_or_not(store, endpoint):
    store.put("text", "x")
    store.increment("text", 1)
    assert store.await_idle()
    with pytest.raises(TypeClash):
        store.flush()
    clone = endpoint().attach_clone("nowhere")
    clone.put("key", 1)
    assert not clone.await_idle(0.05)


def test_a_master_without_answer_is_none(endpoint):
    ep = limited(endpoint, store_request_timeout=0.05)
    clone = ep.attach_clone("nowhere")
    assert clone.put_unique("key", 1) is None
    assert not clone.wait_synchronized()
    with pytest.raises(StoreError):
        clone.flush()


def test_a_clone_that_was_never_synchronized_answers_at_once(endpoint):
    clone = endpoint().attach_clone("nowhere")
    assert (clone.get("key"), clone.keys(), clone.get_index_from_value("key", 1)) == (None, None, None)
    with pytest.raises(StaleData):
        clone.exists("key")


def test_a_patient_clone_waits_for_its_first_snapshot(endpoint):
    options = broker.BrokerOptions(api_version=2)
    ep, other = endpoint(), endpoint(broker.Configuration(options))
    ep.attach_master("test", broker.Backend.Memory).put("key", "value")
    assert other.peer("127.0.0.1", ep.listen("127.0.0.1", 0))
    assert other.attach_clone("test").get("key") == "value"


def test_a_clone_writes_and_reads(pair):
    master, clone = pair
    clone.put("key", 1)
    clone.increment("key", 41)
    clone.flush()
    assert master.get("key") == clone.get("key") == 42
    assert clone.put_unique("key", 0) is False
    assert clone.put_unique("new", 0) is True


def test_threads_keep_the_order_of_their_own_writes(store):
    def work(name):
        for number in range(500):
            store.push(name, number)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.get(name) for name in "abc"] == [tuple(range(500))] * 3


def test_a_persistent_store_takes_more_than_its_queue_holds(endpoint, tmp_path):
    ep = limited(endpoint, store_queue=10)
    path = str(tmp_path / "store.sqlite")
    store = ep.attach_master("test", broker.Backend.SQLite, {"path": path})
    for number in range(500):
        store.put("n", number)
    assert store.get("n") == 499
    store.flush()


def test_the_shutdown_waits_for_what_was_written(endpoint, tmp_path):
    ep = limited(endpoint, store_queue=10)
    options = {"path": str(tmp_path / "store.sqlite")}
    store = ep.attach_master("test", broker.Backend.SQLite, options)
    for number in range(25):
        store.put(number, number)
    ep.shutdown()
    again = endpoint().attach_master("test", broker.Backend.SQLite, options)
    assert again.keys() == set(range(25))


def test_writing_more_than_can_wait_ends(endpoint):
    ep = limited(endpoint, store_queue=4, store_buffer=4, block_timeout=0.05)
    clone = ep.attach_clone("nowhere")
    with pytest.raises(StoreTimeout, match="4 operations are waiting"):
        for number in range(100):
            clone.put("key", number)


def test_a_closed_store(endpoint, tmp_path):
    ep = endpoint()
    options = {"path": str(tmp_path / "store.sqlite")}
    with ep.attach_master("test", broker.Backend.SQLite, options) as store:
        store.put("key", "kept")
    store.close()
    for call in (lambda: store.put("key", 1), lambda: store.get("key"), store.flush, store.keys):
        with pytest.raises(StoreError, match="store test: the store is closed"):
            call()
    assert ep.attach_master("test", broker.Backend.SQLite, options).get("key") == "kept"


def test_a_store_of_an_endpoint_that_is_shut_down(endpoint):
    ep = endpoint()
    store = ep.attach_master("test", broker.Backend.Memory)
    ep.shutdown()
    with pytest.raises(StoreError, match="closed"):
        store.put("key", 1)
    with pytest.raises(StoreError, match="closed"):
        store.get("key")


def test_a_store_that_is_attached_already_is_given_again(endpoint):
    ep = endpoint()
    store = ep.attach_master("test", broker.Backend.Memory)
    store.put("key", 1)
    assert ep.attach_master("test", broker.Backend.SQLite).get("key") == 1
    assert ep.attach_clone("test") is None
    clone = ep.attach_clone("other")
    assert not ep.attach_clone("other").is_master()
    assert ep.attach_master("other", broker.Backend.Memory) is None
    clone.close()
    assert ep.attach_master("other", broker.Backend.Memory).is_master()


@pytest.mark.parametrize("backend", ["memory", 0])
def test_a_backend_is_one_of_the_enumeration(endpoint, backend):
    with pytest.raises(TypeError, match="Backend"):
        endpoint().attach_master("test", backend)
