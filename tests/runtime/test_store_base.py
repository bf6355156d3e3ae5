"""What masters and clones share: events in order, notices that do not flood, ticks."""

from __future__ import annotations

import trio

from broker_core import EC, STORE_EVENTS_TOPIC, Endpoint, parse_store_event
from pairs import options


async def test_events_keep_their_order_when_a_subscriber_is_slow():
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        events = endpoint.make_subscriber(STORE_EVENTS_TOPIC + "db", capacity=1)
        seen = []

        async def write(number: int) -> None:
            await store.put(number, number)

        async with trio.open_nursery() as nursery:
            for number in range(20):
                nursery.start_soon(write, number)
            for _ in range(20):
                await trio.testing.wait_all_tasks_blocked()
                seen.append(parse_store_event((await events.get(5)).value).key)
        assert sorted(seen) == list(range(20))
        order = [key async for key, _ in store.entries()]
        assert seen == order


async def test_only_those_who_subscribed_cost_events():
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        await endpoint.attach_master("db2")
        live = store._live
        assert not live.observed
        with endpoint.make_subscriber(STORE_EVENTS_TOPIC + "d"):
            assert live.observed
        assert not live.observed
        with endpoint.make_subscriber(STORE_EVENTS_TOPIC + "other"):
            assert not live.observed


async def test_errors_that_nobody_awaits_do_not_flood():
    async with Endpoint(options()) as endpoint:
        errors = endpoint.make_status_subscriber()
        store = await endpoint.attach_master("db")
        for _ in range(150):
            store.nowait.decrement("none")
        notices = errors.poll()
        assert [notice.code for notice in notices] == [EC.NO_SUCH_KEY] * 3
        assert [notice.message.split("(")[1].split()[0] for notice in notices] == ["1", "10", "100"]


async def test_ticks_that_were_missed_are_not_made_up_for(autojump_clock):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        ticks = []
        live = store._live
        original = live.tick

        async def tick() -> None:
            ticks.append(trio.current_time())
            if len(ticks) == 3:
                with trio.move_on_after(5):
                    await trio.sleep_forever()
            await original()

        live.tick = tick
        with trio.move_on_after(7):
            await trio.sleep_forever()
        assert 20 < len(ticks) < 26


async def test_who_is_cancelled_while_a_subscriber_is_slow_takes_no_event_along():
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        slow = endpoint.make_subscriber(STORE_EVENTS_TOPIC + "db", capacity=1)
        quick = endpoint.make_subscriber(STORE_EVENTS_TOPIC + "db", capacity=100)
        for number in range(5):
            with trio.move_on_after(0.01):
                await store.put(number, number)
        for subscriber in (slow, quick):
            seen = [parse_store_event((await subscriber.get(5)).value).key for _ in range(5)]
            assert seen == [0, 1, 2, 3, 4]
            assert subscriber.available() == 0
