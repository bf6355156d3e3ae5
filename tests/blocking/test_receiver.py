"""What message and status subscribers share: getting, polling, waiting, descriptors, and back-pressure."""

from __future__ import annotations

import asyncio
import gc
import select
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker_core import LocalProtocolError


@pytest.fixture
def line(make_endpoint):
    """``publish, subscriber = line()``: a peer's publish, and a subscriber to it."""

    def make(qsize=None):
        first, second = make_endpoint(), make_endpoint()
        subscriber = first.make_subscriber("/test", qsize)
        assert second.peer("127.0.0.1", first.listen("127.0.0.1"), 0.0)
        return lambda *values: [second.publish("/test", value) for value in values], subscriber

    return make


def readable(subscriber, patience=0.0):
    return bool(select.select([subscriber.fd()], [], [], patience)[0])


def wait_for(subscriber, count):
    while subscriber.available() < count:
        assert not subscriber._inbox.closed


# -- getting ------------------------------------------------------------------------------------------------------


def test_get_waits_for_one(line):
    publish, subscriber = line()
    publish(1, 2)
    assert (subscriber.get(), subscriber.get()) == (("/test", 1), ("/test", 2))


def test_get_with_a_float_waits_no_longer(line):
    publish, subscriber = line()
    started = time.monotonic()
    assert subscriber.get(0.03) is None
    assert 0.03 <= time.monotonic() - started < 1
    assert subscriber.get(0.0) is None
    publish(1)
    assert subscriber.get(10.0) == ("/test", 1)


def test_get_with_an_int_is_a_list_of_so_many(line):
    publish, subscriber = line()
    publish(1, 2, 3)
    assert subscriber.get(2) == [("/test", 1), ("/test", 2)]
    assert subscriber.get(1) == [("/test", 3)]
    assert subscriber.get(0) == []


def test_get_of_several_returns_in_time_what_is_there(line):
    publish, subscriber = line()
    publish(1)
    assert subscriber.get(5, 0.2) == [("/test", 1)]
    assert subscriber.get(5, 0) == []
    assert subscriber.get(True, 0.01) == []


@pytest.mark.parametrize("wrong", [(None,), ("1",), (-1,), (-1, 1.0), (1.0, 1.0), (1, None), (1, 1.0, 2)])
def test_anything_else_is_no_way_to_get(make_endpoint, wrong):
    subscriber = make_endpoint().make_subscriber("/test")
    with pytest.raises(TypeError, match=r"get\(\) takes"):
        subscriber.get(*wrong)


def test_poll_takes_all_that_is_there(line):
    publish, subscriber = line()
    assert subscriber.poll() == []
    publish(1, 2, 3)
    wait_for(subscriber, 3)
    assert subscriber.poll() == [("/test", 1), ("/test", 2), ("/test", 3)]
    assert (subscriber.poll(), subscriber.available()) == ([], 0)


def test_many_threads_share_one_subscriber(line):
    publish, subscriber = line()
    with ThreadPoolExecutor(4) as pool:
        taken = [pool.submit(subscriber.get, 250) for _ in range(4)]
        publish(*range(1000))
        values = [value for part in taken for _, value in part.result(20)]
    assert sorted(values) == list(range(1000))


def test_a_slow_taker_slows_its_peer_down_and_loses_nothing(line):
    publish, subscriber = line(4)
    publish(*range(500))
    wait_for(subscriber, 4)
    assert [subscriber.get() for _ in range(500)] == [("/test", number) for number in range(500)]
    assert subscriber.get(0.0) is None


def test_ctrl_c_ends_the_wait(make_endpoint):
    subscriber = make_endpoint().make_subscriber("/test")
    main = threading.main_thread().ident

    def interrupt():
        while not subscriber._inbox._waiting:
            pass
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        subscriber.get()
    thread.join()


def test_other_threads_run_while_one_waits(make_endpoint):
    """The C++ bindings keep the interpreter to themselves."""
    subscriber, ticks = make_endpoint().make_subscriber("/test"), 0
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(subscriber.get, 0.05)
        while not waiting.done():
            ticks += 1
    assert ticks > 100
    assert waiting.result() is None


def test_the_portal_itself_does_not_wait(make_endpoint):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber("/test")
    for get in (subscriber.get, lambda: subscriber.get(1), lambda: subscriber.get(1.0)):
        with pytest.raises(RuntimeError, match="it would wait for itself"):
            endpoint._host.portal.ask(get)


# -- descriptors --------------------------------------------------------------------------------------------------


def test_the_descriptor_is_readable_exactly_while_messages_are_there(line):
    publish, subscriber = line()
    assert not readable(subscriber)
    publish(1, 2)
    wait_for(subscriber, 2)
    assert readable(subscriber, 10)
    subscriber.get()
    assert readable(subscriber)
    subscriber.poll()
    assert not readable(subscriber)
    publish(3)
    assert readable(subscriber, 10)


def test_the_descriptor_in_an_asyncio_loop(line):
    publish, subscriber = line()

    async def main():
        loop, seen, done = asyncio.get_running_loop(), [], asyncio.Event()

        def on_readable():
            seen.extend(subscriber.poll())
            if len(seen) == 100:
                done.set()

        loop.add_reader(subscriber.fd(), on_readable)
        publish(*range(100))
        await asyncio.wait_for(done.wait(), 10)
        loop.remove_reader(subscriber.fd())
        return seen

    assert asyncio.run(main()) == [("/test", number) for number in range(100)]


# -- the end ------------------------------------------------------------------------------------------------------


def test_after_the_shutdown_what_is_there_can_be_had_and_waiting_for_more_is_an_error(line):
    publish, subscriber = line(2)
    publish(*range(4))
    while subscriber.available() + subscriber._source.available() < 4:
        pass
    subscriber._host.shutdown(None)
    assert subscriber.poll() == [("/test", number) for number in range(4)]
    with pytest.raises(LocalProtocolError, match="the endpoint is shut down"):
        subscriber.get()
    with pytest.raises(LocalProtocolError, match="the endpoint is shut down"):
        subscriber.get(1)
    assert subscriber.get(0.01) is None
    assert not readable(subscriber)


def test_a_shutdown_wakes_those_who_wait(make_endpoint):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber("/test")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(subscriber.get)
        while not subscriber._inbox._waiting:
            pass
        endpoint.shutdown()
        with pytest.raises(LocalProtocolError):
            waiting.result(10)


def subscriptions(endpoint):
    return endpoint._host.ask(lambda: endpoint._host.endpoint.filter)


def test_closing_ends_the_subscription_and_the_descriptor(make_endpoint):
    endpoint = make_endpoint()
    with endpoint.make_subscriber("/test") as subscriber:
        assert subscriptions(endpoint) == ("/test",)
        subscriber.fd()
    subscriber.close()
    assert subscriptions(endpoint) == ()
    with pytest.raises(LocalProtocolError, match="the subscriber is closed"):
        subscriber.fd()
    assert subscriber.poll() == []


def test_a_subscriber_that_nobody_holds_ends_its_subscription(make_endpoint):
    endpoint = make_endpoint()
    subscriber = endpoint.make_subscriber("/test")
    count = sys.getrefcount(subscriber)
    assert count == 2, "it is in no cycle"
    del subscriber
    gc.collect()
    assert subscriptions(endpoint) == ()
