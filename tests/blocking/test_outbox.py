"""The outbox: order, bounds, waiting for room, and its end."""

from __future__ import annotations

import select
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import trio

from broker_core import DEFAULT_LIMITS, InvalidValue, LocalProtocolError
from broker_core.blocking.outbox import Outbox
from broker_core.blocking.portal import current_portal


class Drain:
    """An outbox, and the task that drains it into ``.published`` while ``open`` is set."""

    def __init__(self, **limits):
        self.portal = current_portal()
        self.outbox = Outbox(self.portal, replace(DEFAULT_LIMITS, **limits))
        self.published = []
        self.gate = trio.Event()
        self.scope = trio.CancelScope()
        self.portal.ask(self.portal.start, self.run)

    async def run(self):
        with self.scope:
            await self.gate.wait()
            await self.outbox.drain(self.publish)

    async def publish(self, topic, value):
        await trio.lowlevel.checkpoint()
        if value == "bad":
            msg = "cannot be sent"
            raise InvalidValue(msg)
        self.published.append((topic, value))

    def open(self):
        self.portal.post(self.gate.set)

    def flush(self):
        self.portal.call(self.outbox.flush, timeout=10)

    def stop(self):
        self.portal.ask(self.scope.cancel)


@pytest.fixture
def make_drain():
    made = []

    def make(**limits):
        made.append(Drain(**limits))
        return made[-1]

    yield make
    for drain in made:
        drain.stop()


def test_messages_are_published_in_order(make_drain):
    drain = make_drain()
    drain.open()
    for number in range(1000):
        drain.outbox.put("/t", number)
    drain.flush()
    assert drain.published == [("/t", number) for number in range(1000)]
    assert len(drain.outbox) == 0


def test_each_thread_keeps_its_order(make_drain):
    drain = make_drain()
    drain.open()

    def put(name):
        for number in range(500):
            drain.outbox.put(name, number)

    names = [f"/thread/{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, names))
    drain.flush()
    for name in names:
        assert [value for topic, value in drain.published if topic == name] == list(range(500))


def test_a_full_outbox_waits_for_half_of_it(make_drain):
    drain = make_drain(outbox=4)
    for number in range(4):
        drain.outbox.put("/t", number)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(drain.outbox.put, "/t", 4)
        while not drain.outbox._waiting:
            pass
        drain.open()
        waiting.result(10)
    drain.flush()
    assert [value for _, value in drain.published] == [0, 1, 2, 3, 4]


def test_waiting_for_room_has_an_end(make_drain):
    drain = make_drain(outbox=2, block_timeout=0.01)
    drain.outbox.put("/t", 0)
    drain.outbox.put("/t", 1)
    with pytest.raises(TimeoutError, match="none of 2 waiting messages"):
        drain.outbox.put("/t", 2)
    assert len(drain.outbox) == 2


def test_the_portal_itself_does_not_wait_for_room(make_drain):
    drain = make_drain(outbox=1)
    drain.outbox.put("/t", 0)
    with pytest.raises(RuntimeError, match="it would wait for itself"):
        drain.portal.ask(drain.outbox.put, "/t", 1)


def test_a_message_that_cannot_be_sent_is_logged_and_the_others_go_on(make_drain, caplog):
    drain = make_drain()
    drain.open()
    for value in ("one", "bad", "two"):
        drain.outbox.put("/t", value)
    drain.flush()
    assert [value for _, value in drain.published] == ["one", "two"]
    assert "a message on /t was not published: cannot be sent" in caplog.text


def test_after_the_end_messages_are_refused_and_earlier_ones_still_published(make_drain):
    drain = make_drain()
    drain.outbox.put("/t", 1)
    drain.portal.ask(drain.outbox.close)
    with pytest.raises(LocalProtocolError, match="the endpoint is shut down"):
        drain.outbox.put("/t", 2)
    drain.open()
    drain.flush()
    assert drain.published == [("/t", 1)]


def test_what_is_given_up_is_counted(make_drain):
    drain = make_drain()
    drain.outbox.put("/t", 1)
    drain.outbox.put("/t", 2)
    with pytest.raises(TimeoutError):
        drain.portal.call(drain.outbox.flush, timeout=0)
    assert drain.portal.ask(drain.outbox.discard) == 2
    assert len(drain.outbox) == 0


def test_the_end_wakes_who_waits_for_room(make_drain):
    drain = make_drain(outbox=1)
    drain.outbox.put("/t", 0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(drain.outbox.put, "/t", 1)
        while not drain.outbox._waiting:
            pass
        drain.portal.ask(drain.outbox.close)
        with pytest.raises(LocalProtocolError):
            waiting.result(10)


def test_the_descriptor_is_readable_exactly_while_there_is_room(make_drain):
    drain = make_drain(outbox=2)
    descriptor = drain.outbox.descriptor()

    def readable(patience=0.0):
        return bool(select.select([descriptor], [], [], patience)[0])

    assert readable()
    drain.outbox.put("/t", 1)
    assert readable()
    drain.outbox.put("/t", 2)
    assert not readable()
    drain.open()
    assert readable(10)
    assert drain.outbox.descriptor() == descriptor


def test_the_portal_is_woken_once_for_many_messages(make_drain, monkeypatch):
    drain, woken = make_drain(), []
    monkeypatch.setattr(drain.outbox, "_wake", lambda: woken.append(threading.get_ident()))
    for number in range(100):
        drain.outbox.put("/t", number)
    drain.portal.ask(lambda: None)
    assert len(woken) == 1
