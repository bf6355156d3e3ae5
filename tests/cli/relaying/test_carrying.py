"""One direction, with a side that does what the test wants."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import trio
import trio.testing

from broker_cli.exit_codes import Failure
from broker_cli.relaying.carrying import BATCH, Budget, Carrier
from broker_cli.relaying.guard import LoopGuard
from broker_cli.relaying.rules import Rules
from broker_core import EncodeError, Endpoint, Event, ForeignMessage, Message, Set
from broker_core.codecs import binary


class Side:
    """A session and its endpoint, as far as a carrier knows them."""

    def __init__(self):
        self.got: list = []
        self.warnings: list = []
        self.connected = trio.Event()
        self.connected.set()
        self.receivers = 1
        self.problem: Exception | None = None
        self.room = trio.Event()
        self.room.set()
        self.endpoint = self
        self.context = SimpleNamespace(warn=self.warnings.append)

    def peers(self):
        return [SimpleNamespace(id=1)] if self.connected.is_set() else []

    async def wait_connected(self):
        await self.connected.wait()

    async def ping(self, peer, timeout):
        await trio.lowlevel.checkpoint()
        return 0.0

    async def publish_message(self, message, *, topic, ttl):
        await self.room.wait()
        if self.problem is not None:
            raise self.problem
        if not self.connected.is_set():
            return 0
        self.got.append((topic, message.value, ttl))
        return self.receivers


@pytest.fixture
async def source():
    async with Endpoint() as here, Endpoint() as there:
        await here.peer(there)
        yield here, there.make_subscriber("", capacity=10_000)


def carrier(source, target, *, guard=None, events=None, count=None, enough=lambda: None, **rules) -> Carrier:
    topics = Rules(**(rules or {"both": ("/",)})).topics("a")
    budget = Budget(count, enough)
    return Carrier("a", Side(), source[1], target, topics, guard=guard, events=events, budget=budget)


async def test_what_comes_is_carried_in_order_and_the_hop_is_counted(source):
    target = Side()
    one = carrier(source, target, both=("/a",), maps=(("/a", "/b"),))
    for number in range(3 * BATCH):
        await source[0].publish("/a/x", number)
    await source[0].flush()
    await one.finish()
    assert target.got == [("/b/x", number, 19) for number in range(3 * BATCH)]
    counts = one.refresh()
    assert (counts.received, counts.relayed, counts.queued, counts.dropped) == (3 * BATCH, 3 * BATCH, 0, 0)
    assert counts.bytes == 3 * BATCH * 9


def given(one, *messages) -> None:
    one._pending.extend(messages)


async def test_the_last_hop_is_the_last(source):
    target = Side()
    one = carrier(source, target)
    given(one, Message("/x", 1, ttl=1), Message("/x", 2, ttl=2), Message("/x", 3, ttl=0))
    await one.finish()
    assert target.got == [("/x", 2, 1), ("/x", 3, None)]
    assert one.counts.expired == 1


async def test_the_rules_are_kept(source):
    target = Side()
    one = carrier(source, target, events=lambda name: name == "ping", both=("/x",), exclude=("/x/no",))
    given(
        one,
        Message("/y", Event("ping").value),
        Message("/x/no", Event("ping").value),
        Message("/x", Event("pong").value),
        Message("/x", 5),
        Message("/x", payload=binary.encode(Event("ping", 1).value)),
        Message("/x", Event("ping", 2).value),
    )
    await one.finish()
    assert [Event.from_value(value).args for _, value, _ in target.got] == [(1,), (2,)]
    assert (one.counts.filtered, one.counts.relayed) == (4, 2)


async def test_messages_in_other_formats_are_not_carried(source):
    foreign = ForeignMessage("/x", binary.encode(Event("ping").value), "broker-bin-v2")
    one = carrier(source, target := Side())
    given(one, foreign, Message("/x", 1))
    await one.finish()
    assert (one.counts.unfit, one.counts.relayed, len(target.got)) == (1, 1, 1)
    (text,) = target.warnings
    assert text.startswith("a message on /x cannot be carried: ")
    assert text.endswith(" bytes in the format 'broker-bin-v2', which is not Broker's")


async def test_of_events_only_they_are_left_out(source):
    one = carrier(source, target := Side(), events=lambda _: True)
    given(one, ForeignMessage("/x", binary.encode(Event("ping").value), "broker-bin-v2"))
    await one.finish()
    assert (one.counts.filtered, target.warnings) == (1, [])


async def test_what_comes_back_is_held_back(source):
    guard = LoopGuard(10, always=True)
    target = Side()
    one = carrier(source, target, guard=guard, both=("/a",), maps=(("/a", "/b"),))
    given(one, Message("/a", 1), Message("/a", 1), Message("/a", 2), Message("/a", 3))
    guard.tick(trio.current_time())
    guard.note("b", "/a", binary.encode(2))  # it came from the other side
    await one.finish()
    assert [value for _, value, _ in target.got] == [1, 3]
    assert one.counts.echoes == 2
    assert guard.holds_back("b", "/b", "/a", binary.encode(1))


async def test_what_nobody_wants_is_counted(source):
    target = Side()
    target.receivers = 0
    guard = LoopGuard(10, always=True)
    one = carrier(source, target, guard=guard)
    given(one, Message("/x", 1))
    await one.finish()
    assert (one.counts.unwanted, one.counts.relayed) == (1, 0)
    assert not guard.holds_back("b", "/x", "/x", binary.encode(1))


async def test_what_has_no_form_is_told_a_few_times(source):
    target = Side()
    one = carrier(source, target)
    given(one, Message("/x", Set([0.0, 5e-324])))
    await one.finish()
    assert one.counts.unfit == 1
    assert "cannot be carried" in target.warnings[0]
    target.problem = EncodeError("too long")
    given(one, *[Message("/x", number) for number in range(20)])
    await one.finish()
    assert one.counts.unfit == 21
    assert len(target.warnings) == 6
    assert target.warnings[-1] == "further messages of that kind are only counted"


async def test_without_a_connection_it_waits_with_the_message(source):
    target = Side()
    target.connected = trio.Event()
    one = carrier(source, target)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.run)
        await source[0].publish("/x", 1)
        await source[0].publish("/x", 2)
        await trio.testing.wait_all_tasks_blocked()
        assert target.got == []
        assert one.refresh().queued == 2
        target.connected.set()
        await trio.testing.wait_all_tasks_blocked()
        assert [value for _, value, _ in target.got] == [1, 2]
        nursery.cancel_scope.cancel()


async def test_what_was_being_carried_when_it_was_cancelled_is_carried_at_the_end(source):
    target = Side()
    target.room = trio.Event()
    one = carrier(source, target)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.run)
        for number in range(5):
            await source[0].publish("/x", number)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert target.got == []
    target.room.set()
    await one.finish()
    assert [value for _, value, _ in target.got] == [0, 1, 2, 3, 4]
    assert one.refresh().queued == 0


async def test_at_the_end_nobody_waits_for_a_connection(source):
    target = Side()
    target.connected = trio.Event()
    one = carrier(source, target)
    given(one, Message("/x", 1), Message("/x", 2))
    with trio.fail_after(5):
        await one.finish()
    assert one.refresh().queued == 2


async def test_there_can_be_enough(source):
    target, ended = Side(), trio.Event()
    one = carrier(source, target, count=3, enough=ended.set)
    given(one, *[Message("/x", number) for number in range(5)])
    await one.run()
    assert ended.is_set()
    await one.finish()
    assert [value for _, value, _ in target.got] == [0, 1, 2]
    assert one.refresh().queued == 2


async def test_a_full_queue_with_the_policy_exit_is_a_failure():
    async with Endpoint() as here, Endpoint() as there:
        await here.peer(there)
        subscriber = there.make_subscriber("", capacity=1, overflow="disconnect")
        one = carrier((here, subscriber), Side())
        for number in range(3):
            await here.publish("/x", number)
        await here.flush()
        with pytest.raises(Failure, match="the queue for what comes from A is full"):
            await one.run()


async def test_what_comes_to_a_closed_queue_was_not_dropped(source):
    one = carrier(source, Side())
    await one.finish()
    one._subscriber._queue.count_drop()
    assert one.refresh().dropped == 0
