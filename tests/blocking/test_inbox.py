"""The inbox: order, bounds, waiting threads, and a descriptor that never lies."""

from __future__ import annotations

import select
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker_core.blocking.inbox import Inbox


def readable(inbox):
    return bool(select.select([inbox.descriptor()], [], [], 0)[0])


@pytest.fixture
def inbox():
    inbox = Inbox(4)
    yield inbox
    inbox.discard()


def test_first_in_first_out(inbox):
    inbox.put([1, 2, 3])
    inbox.put([4])
    assert (inbox.pop(), inbox.take(2), len(inbox), inbox.take(), inbox.take()) == (1, [2, 3], 1, [4], [])
    with pytest.raises(IndexError):
        inbox.pop()


def test_room_is_told_once_when_half_is_free(inbox):
    calls = []
    inbox.put([1, 2, 3])
    assert (inbox.room(), inbox.is_full(lambda: calls.append("never"))) == (1, False)
    inbox.put([4])
    assert (inbox.room(), inbox.is_full(lambda: calls.append("room"))) == (0, True)
    inbox.pop()
    assert not calls
    inbox.pop()
    assert calls == ["room"]
    inbox.take()
    assert calls == ["room"]


def test_nobody_is_told_of_room_after_the_end(inbox):
    inbox.put([1, 2, 3, 4])
    assert inbox.is_full(lambda: pytest.fail("nobody waits any more"))
    inbox.close()
    inbox.take()


def test_there_is_no_room_beyond_the_bound_and_putting_does_not_wait(inbox):
    inbox.put(range(6))
    assert (inbox.room(), len(inbox)) == (0, 6)


def test_the_descriptor_is_readable_exactly_while_there_is_something(inbox):
    assert not readable(inbox)
    inbox.put([1, 2])
    assert readable(inbox)
    inbox.pop()
    assert readable(inbox)
    inbox.take()
    assert not readable(inbox)
    inbox.put([3])
    assert readable(inbox)


def test_a_descriptor_that_is_asked_for_late_is_right_from_the_start(inbox):
    inbox.put([1])
    assert readable(inbox)
    assert inbox.descriptor() == inbox.descriptor()


def test_the_descriptor_in_poll(inbox):
    poll = select.poll()
    poll.register(inbox.descriptor(), select.POLLIN)
    assert poll.poll(0) == []
    inbox.put([1])
    assert poll.poll(0) == [(inbox.descriptor(), select.POLLIN)]


def test_waiting_ends_with_an_item_or_at_the_deadline(inbox):
    started = time.monotonic()
    assert not inbox.wait(started + 0.02)
    assert 0.02 <= time.monotonic() - started < 1
    assert not inbox.wait(started)
    inbox.put([1])
    assert inbox.wait(started)
    assert inbox.wait(None)


def test_an_item_wakes_a_waiting_thread(inbox):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.wait, None)
        while not inbox._waiting:
            pass
        inbox.put([1])
        assert waiting.result(10)


def test_the_end_wakes_those_who_wait_without_a_deadline(inbox):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.wait, None)
        while not inbox._waiting:
            pass
        inbox.close()
        assert not waiting.result(10)
    assert not inbox.wait(None)


def test_what_is_there_can_be_taken_after_the_end(inbox):
    inbox.put([1])
    inbox.close()
    assert inbox.wait(None)
    assert readable(inbox)
    assert inbox.take() == [1]


def test_each_item_goes_to_one_of_many_threads():
    inbox = Inbox(64)
    taken: list[list[int]] = [[], [], [], []]

    def take(mine):
        while inbox.wait(None):
            mine += inbox.take(3)

    threads = [threading.Thread(target=take, args=[mine]) for mine in taken]
    for thread in threads:
        thread.start()
    for start in range(0, 10_000, 10):
        inbox.put(range(start, start + 10))
    inbox.close()
    for thread in threads:
        thread.join(10)
    assert sorted(number for mine in taken for number in mine) == list(range(10_000))


def test_a_reader_by_descriptor_sees_every_item_while_another_thread_puts():
    inbox = Inbox(64)
    descriptor, seen = inbox.descriptor(), []

    def put():
        for number in range(5000):
            inbox.put([number])

    thread = threading.Thread(target=put)
    thread.start()
    while len(seen) < 5000:
        assert select.select([descriptor], [], [], 10)[0]
        items = inbox.take()
        assert items, "the descriptor was readable"
        seen += items
    thread.join()
    assert seen == list(range(5000))
    assert not readable(inbox)
    inbox.discard()
