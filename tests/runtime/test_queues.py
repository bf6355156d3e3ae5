"""Bounds and policies of the queues."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from broker_core.errors import ConfigurationError
from broker_core.messages.envelopes import Message
from broker_core.runtime.queues import ControlFrame, DataQueue, FrameQueue, MessageQueue, Overflow, check_overflow


def a_queue(policy: Overflow, capacity: int = 3, block_timeout: float = 5) -> MessageQueue[int]:
    return MessageQueue(capacity, policy, block_timeout)


def frames(policy: Overflow, capacity: int = 3, max_bytes: int = 1000) -> FrameQueue:
    return FrameQueue(capacity, max_bytes, policy, 5)


def test_an_unknown_policy_is_refused() -> None:
    assert check_overflow("drop_oldest") == "drop_oldest"
    with pytest.raises(ConfigurationError, match="'lose' is none of block, drop_oldest, drop_newest, disconnect"):
        check_overflow("lose")


@pytest.mark.parametrize(
    ("policy", "kept"), [("drop_oldest", [2, 3, 4]), ("drop_newest", [0, 1, 2]), ("disconnect", [0, 1, 2])]
)
def test_every_drop_is_counted(policy: Overflow, kept: list[int]) -> None:
    queue, told = a_queue(policy), []
    queue.on_drop = told.append
    assert all(queue.offer(number) for number in range(5))
    assert queue.take() == kept
    assert queue.dropped == 2
    assert told == [1, 2]
    assert queue.overflowed == (policy == "disconnect")


def test_block_refuses_at_the_bound_and_takes_again_below_it() -> None:
    queue = a_queue("block")
    assert [queue.offer(number) for number in range(4)] == [True, True, True, False]
    assert queue.full
    assert queue.pop() == 0
    assert queue.offer(4)
    assert queue.take(2) == [1, 2]
    assert queue.take() == [4]
    assert queue.dropped == 0


async def test_a_source_can_wait_before_it_has_anything(autojump_clock: trio.testing.MockClock) -> None:
    queue = a_queue("block", capacity=2, block_timeout=1)
    with trio.fail_after(1):
        await queue.wait_for_room()
    assert queue.offer(1)
    assert queue.offer(2)
    with trio.move_on_after(3600) as waiting:
        await queue.wait_for_room()
    assert waiting.cancelled_caught
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.wait_for_room)
        await trio.testing.wait_all_tasks_blocked()
        queue.pop()
    assert queue.offer(3)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.wait_for_room)
        await trio.testing.wait_all_tasks_blocked()
        queue.close()
    assert queue.dropped == 0


@pytest.mark.parametrize("policy", ["drop_oldest", "drop_newest", "disconnect"])
async def test_no_other_policy_makes_a_source_wait(policy: Overflow) -> None:
    queue = a_queue(policy, capacity=1)
    queue.offer(1)
    await queue.wait_for_room()
    assert queue.full


async def test_block_waits_until_half_of_the_queue_is_free(autojump_clock: trio.testing.MockClock) -> None:
    queue = a_queue("block", capacity=4)
    for number in range(4):
        queue.offer(number)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.put, 4)
        await trio.testing.wait_all_tasks_blocked()
        queue.pop()
        await trio.testing.wait_all_tasks_blocked()
        assert list(queue.items) == [1, 2, 3]
        queue.pop()
    assert list(queue.items) == [2, 3, 4]
    assert trio.current_time() - autojump_clock.current_time() == 0


async def test_a_source_waits_no_longer_than_block_timeout_and_only_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    queue = a_queue("block", block_timeout=5)
    for number in range(3):
        queue.offer(number)
    start = autojump_clock.current_time()
    await queue.put(3)
    await queue.put(4)
    assert autojump_clock.current_time() - start == 5
    assert queue.dropped == 2
    assert queue.stalled
    assert queue.take() == [0, 1, 2]
    assert not queue.stalled
    await queue.put(5)
    assert queue.take() == [5]


async def test_wait_gives_true_for_an_item_and_false_at_the_end() -> None:
    queue = a_queue("block")
    queue.offer(1)
    assert await queue.wait()
    queue.close()
    assert await queue.wait()
    queue.pop()
    assert not await queue.wait()
    assert queue.offer(2)  # taken off the caller's hands, and counted
    assert queue.dropped == 1


async def test_closing_wakes_the_taker_and_the_sources() -> None:
    empty, full = a_queue("block"), a_queue("block", capacity=1)
    full.offer(1)
    ends: list[object] = []

    async def take() -> None:
        ends.append(await empty.wait())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take)
        nursery.start_soon(full.put, 2)
        await trio.testing.wait_all_tasks_blocked()
        empty.close()
        full.close()
    assert ends == [False]
    assert full.dropped == 1


async def test_two_takers_at_once_are_refused() -> None:
    queue = a_queue("block")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.wait)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await queue.wait()
        queue.offer(1)


def test_frames_are_bounded_in_bytes_too() -> None:
    queue = frames("block", capacity=100, max_bytes=10)
    assert queue.offer(b"12345678")
    assert not queue.full
    assert queue.offer(b"12345")  # the bound is looked at before a frame is added
    assert queue.full
    assert not queue.offer(b"1")
    assert queue.accepted == 2
    assert queue.take_chunk(8) == b"12345678"
    assert queue.bytes == 5
    assert queue.take_chunk(100) == b"12345"
    assert (queue.bytes, len(queue.items)) == (0, 0)


def test_drop_oldest_makes_room_for_bytes() -> None:
    queue = frames("drop_oldest", capacity=100, max_bytes=10)
    for frame in (b"aaaa", b"bbbb", b"cccc", b"dddddd"):
        assert queue.offer(frame)
    assert queue.dropped == 1
    assert queue.take_chunk(100) == b"bbbbccccdddddd"


def test_control_frames_are_never_dropped_and_keep_their_place() -> None:
    queue = frames("drop_oldest", capacity=2)
    queue.put_control(b"first")
    queue.offer(b"a")
    queue.put_control(b"second")
    queue.offer(b"b")
    queue.offer(b"c")
    assert queue.take_chunk(100) == b"firstsecondc"
    assert queue.dropped == 2
    full = frames("drop_oldest", capacity=1)
    full.put_control(b"only")
    full.offer(b"a")
    assert full.take_chunk(100) == b"onlya"
    assert full.dropped == 0
    assert isinstance(ControlFrame(b""), bytes)


def test_chunks_hold_whole_frames() -> None:
    queue = frames("block", capacity=100)
    for frame in (b"aaaa", b"bb", b"cccc", b"d" * 20):
        queue.offer(frame)
    assert queue.take_chunk(7) == b"aaaabb"
    assert queue.take_chunk(7) == b"cccc"
    assert queue.take_chunk(7) == b"d" * 20  # one at the least


async def test_a_peer_that_takes_nothing_is_given_up(autojump_clock: trio.testing.MockClock) -> None:
    del autojump_clock
    queue = frames("block", capacity=1)
    queue.offer(b"a")
    await queue.put(b"b")
    assert queue.overflowed
    assert queue.dropped == 1


async def test_a_closed_queue_takes_no_control_frames() -> None:
    queue = frames("block")
    queue.close()
    queue.put_control(b"x")
    assert not queue.items


def test_control_frames_have_a_bound_of_their_own() -> None:
    queue = FrameQueue(2, 1000, "block", 5, max_control=3)
    queue.offer(b"a")
    queue.offer(b"b")
    for _ in range(3):
        queue.put_control(b"pong")
    assert not queue.overflowed
    queue.put_control(b"pong")
    assert queue.overflowed
    assert len(queue.items) == 5
    big = FrameQueue(2, 100, "block", 5)
    big.put_control(b"x" * 200)
    big.put_control(b"y")
    assert big.overflowed
    assert len(big.items) == 1


# -- messages by their bytes ------------------------------------------------------------------------------------

LONG = 16 * 1024


def a_message(size: int) -> Message:
    return Message("/t", payload=bytes(size))


def data_queue(policy: Overflow, capacity: int = 100, max_bytes: int = 4 * LONG) -> DataQueue:
    return DataQueue(capacity, policy, 5, max_bytes)


@pytest.mark.parametrize(
    ("policy", "kept"), [("drop_oldest", [2, 3, 4, 5]), ("drop_newest", [0, 1, 2, 3]), ("disconnect", [0, 1, 2, 3])]
)
def test_long_messages_are_bounded_by_their_bytes(policy: Overflow, kept: list[int]) -> None:
    queue, sent = data_queue(policy), [a_message(LONG) for _ in range(6)]
    assert all(map(queue.offer, sent))
    assert [sent.index(message) for message in queue.take()] == kept
    assert queue.bytes == 0
    assert queue.dropped == 2
    assert queue.overflowed == (policy == "disconnect")


def test_long_messages_block_at_the_bound_and_not_below_it() -> None:
    queue = data_queue("block")
    assert [queue.offer(a_message(LONG)) for _ in range(5)] == [True, True, True, True, False]
    assert queue.full
    queue.pop()
    assert not queue.full
    assert queue.bytes == 3 * LONG
    assert queue.offer(a_message(5 * LONG)), "one message may go beyond it"
    assert not queue.offer(a_message(1))
    assert len(queue.take(2)) == 2
    assert queue.bytes == 6 * LONG
    assert len(queue.take()) == 2
    assert queue.bytes == 0


def test_short_messages_and_own_values_do_not_count() -> None:
    queue = data_queue("block", max_bytes=1)
    for _ in range(50):
        assert queue.offer(a_message(LONG - 1))
        assert queue.offer(Message("/t", "x" * 2 * LONG))
    assert not queue.offer(a_message(1)), "there are as many as there may be"
    assert queue.bytes == 0
    assert len(queue.take(10)) == 10
    assert len(queue.take()) == 90


def test_a_closed_queue_counts_what_it_does_not_take() -> None:
    queue = data_queue("drop_oldest")
    queue.close()
    assert queue.offer(a_message(LONG))
    assert (queue.dropped, queue.bytes, queue.take()) == (1, 0, [])


async def test_sources_of_long_messages_wait_until_half_the_bytes_are_gone(
    autojump_clock: trio.testing.MockClock,
) -> None:
    queue = data_queue("block")
    for _ in range(4):
        queue.offer(a_message(LONG))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.put, a_message(LONG))
        await trio.testing.wait_all_tasks_blocked()
        queue.pop()
        await trio.testing.wait_all_tasks_blocked()
        assert len(queue.items) == 3
        queue.pop()
        await trio.testing.wait_all_tasks_blocked()
        assert len(queue.items) == 3
    assert queue.bytes == 3 * LONG
