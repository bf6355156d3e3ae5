"""Hosts: how an endpoint starts and ends in the portal, and what takes its turn there."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
import trio
import trio.testing

from broker_core import EndpointOptions, LocalProtocolError
from broker_core.blocking.endpoint import Endpoint
from broker_core.blocking.host import Host, Turns
from broker_core.blocking.outbox import Outbox
from broker_core.blocking.portal import current_portal


def hosts():
    return {resident for resident in current_portal().residents if isinstance(resident, Host)}


@pytest.fixture
def host():
    host = Host(EndpointOptions(tls="off"))
    yield host
    host.shutdown(None)


def test_it_lives_until_it_is_shut_down(host):
    assert host in hosts()
    host.check()
    host.shutdown(None)
    assert host not in hosts()
    host.shutdown(None)
    for use in (host.check, lambda: host.ask(print), lambda: host.call(trio.sleep_forever)):
        with pytest.raises(LocalProtocolError, match="shut down"):
            use()


def test_nothing_is_started_beside_an_endpoint_that_leaves(host):
    host.shutdown(None)
    with pytest.raises(LocalProtocolError, match="shut down"):
        host.portal.ask(host.start, trio.sleep_forever)


def test_a_lost_one_ends_in_the_background(host):
    host.abandon()
    host.portal.call(host._ended.wait, timeout=10)
    assert host not in hosts()


def test_a_shutdown_that_takes_too_long_goes_on(host):
    go_on = host.portal.ask(trio.Event)

    class Slow:
        async def settle(self):
            await go_on.wait()

    slow = Slow()
    host.portal.ask(host.stores.add, slow)
    with pytest.raises(TimeoutError):
        host.shutdown(0.01)
    assert host in hosts()
    host.portal.post(go_on.set)
    host.shutdown(10)
    assert host not in hosts()


def test_what_cannot_be_published_in_time_is_logged(host, caplog):
    async def stuck(topic, value):
        await trio.sleep_forever()

    outbox = Outbox(host.portal, host.limits)
    host.outbox = outbox
    host.portal.ask(host.start, outbox.drain, stuck)
    for number in range(3):
        outbox.put("/t", number)
    host.portal.call(host.close, 0.01)
    assert "2 messages could not be published in time" in caplog.text


def test_an_endpoint_that_fails_is_closed_and_the_others_go_on(host, caplog):
    async def fail():
        await trio.lowlevel.checkpoint()
        raise ZeroDivisionError

    other = Host(EndpointOptions())
    host.portal.ask(host.start, fail)
    host.portal.call(host._ended.wait, timeout=10)
    assert "ZeroDivisionError" in caplog.text
    with pytest.raises(LocalProtocolError, match="shut down"):
        host.check()
    other.check()
    other.shutdown(None)


def test_an_endpoint_that_is_garbage_is_shut_down():
    before = hosts()
    endpoint = Endpoint()
    (host,) = hosts() - before
    gone = weakref.ref(endpoint)
    del endpoint
    assert gone() is None, "an endpoint is in no cycle"
    host.portal.call(host._ended.wait, timeout=10)
    assert hosts() == before


def test_one_in_a_cycle_that_is_collected_in_the_portal_too():
    before = hosts()
    endpoint = Endpoint()
    endpoint.itself = endpoint
    (host,) = hosts() - before
    del endpoint
    host.portal.ask(gc.collect)
    host.portal.call(host._ended.wait, timeout=10)


@pytest.mark.timeout(120)
def test_ten_thousand_endpoints_leave_nothing_behind():
    def descriptors():
        return len(list(Path("/proc/self/fd").iterdir()))

    def use(number):
        endpoint = Endpoint()
        subscriber, status = endpoint.make_subscriber("/test"), endpoint.make_status_subscriber()
        publisher = endpoint.make_publisher("/test")
        assert min(subscriber.fd(), status.fd(), publisher.fd()) > 0
        if number % 3 == 0:
            endpoint.shutdown()
        elif number % 3 == 1:
            with endpoint:
                publisher.publish(number)

    use(0)
    gc.collect()
    before, resident = descriptors(), hosts()
    for number in range(10_000):
        use(number)
    current_portal().call(trio.testing.wait_all_tasks_blocked)
    assert descriptors() == before
    assert hosts() == resident


def test_turns_are_taken_in_the_order_of_asking():
    done = []

    async def step(name, wait=None):
        if wait is not None:
            await wait.wait()
        done.append(name)

    async def main():
        turns, go_on = Turns(), trio.Event()
        first, second, third = turns.next(step, "first", go_on), turns.next(step, "second"), turns.next(step, "third")
        async with trio.open_nursery() as nursery:
            for turn in (third, second, first):
                nursery.start_soon(turn)
            await trio.testing.wait_all_tasks_blocked()
            assert not done
            go_on.set()
        assert done == ["first", "second", "third"]

    trio.run(main)


def test_a_turn_that_fails_lets_the_next_one_go():
    async def fail():
        await trio.lowlevel.checkpoint()
        raise ValueError

    async def main():
        turns = Turns()
        first, second = turns.next(fail), turns.next(trio.lowlevel.checkpoint)
        with pytest.raises(ValueError):
            await first()
        await second()

    trio.run(main)
