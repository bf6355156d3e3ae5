"""Publishers and subscribers of a measurement, in this process."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import trio

from broker_cli.benching.desk import Desk
from broker_cli.benching.talking import Numbers, publish, receive
from broker_cli.benching.work import Work
from broker_cli.config import Settings
from broker_cli.exit_codes import ExitCode, Failure
from broker_core import Endpoint, Message
from broker_core.codecs import binary


class Quiet(Desk):
    """A desk that tells nobody."""

    def __init__(self, **work) -> None:
        super().__init__(Work(settings=Settings(), **{"name": "/x", "size": 100, **work}))
        self.said: list[dict] = []
        self.go.set()

    def say(self, **members):
        self.said.append(members)


async def until(condition) -> None:
    """Let others run until *condition* holds."""
    with trio.fail_after(10):
        while not condition():
            await trio.lowlevel.checkpoint()


@pytest.fixture
async def ends():
    """Two endpoints, one of them as a session that is connected to the other."""
    async with Endpoint() as here, Endpoint() as there:
        listener = await there.listen()

        async def connect():
            await here.peer("127.0.0.1", listener.port)

        yield SimpleNamespace(endpoint=here, connect=connect, on_refusal=None), there


async def test_what_was_confirmed_is_counted(ends):
    session, there = ends
    inbox = there.make_subscriber("/x")
    desk = Quiet(role="pub", count=500)
    await publish(desk, session)
    assert desk.said == [{"ready": True}]
    assert (desk.part.count, desk.part.unconfirmed, desk.part.bytes) == (500, 0, 50_000)
    assert desk.part.seconds > 0
    assert len(inbox.poll()) == 500


async def test_the_rate_is_kept(ends):
    session, there = ends
    there.make_subscriber("/x")
    desk = Quiet(role="pub", count=20, rate=100.0)
    await publish(desk, session)
    assert desk.part.seconds >= 0.19


async def test_it_ends_with_its_time(ends):
    session, there = ends
    there.make_subscriber("/x", overflow="drop_newest")
    desk = Quiet(role="pub", duration=0.1)
    with trio.fail_after(10):
        await publish(desk, session)
    assert desk.part.count > 0
    assert desk.part.unconfirmed == 0


async def test_it_ends_when_it_is_told(ends):
    session, there = ends
    there.make_subscriber("/x", overflow="drop_newest")
    desk = Quiet(role="pub")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(publish, desk, session)
        await until(lambda: desk.done)
        desk.scope.cancel()
    assert desk.part.count >= desk.done > 0


async def test_what_is_refused_is_not_confirmed(ends):
    session, there = ends
    there.make_subscriber("/x")
    desk = Quiet(role="pub", count=10)
    async with trio.open_nursery() as nursery:
        desk.go = trio.Event()
        nursery.start_soon(publish, desk, session)
        await until(lambda: session.on_refusal)
        session.on_refusal(None)
        desk.go.set()
    assert (desk.part.count, desk.part.refused) == (9, 1)


async def test_without_subscribers_nothing_is_sent(ends):
    session, _ = ends
    with pytest.raises(Failure, match="nobody is subscribed to /x") as caught:
        await publish(Quiet(role="pub", timeout=0.01), session)
    assert caught.value.code is ExitCode.TIMEOUT


async def test_both_ends_together(ends):
    session, there = ends
    source = SimpleNamespace(endpoint=there, on_refusal=None)
    taker, giver = Quiet(role="sub", count=300), Quiet(role="source", count=300)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receive, taker, session)
        await publish(giver, source)
    assert (taker.part.count, taker.part.missing, taker.part.foreign) == (300, 0, 0)
    assert taker.part.latency.count == 300
    assert giver.part.count == 300
    assert "port" in giver.said[0]


async def test_a_subscriber_waits_only_so_long(ends):
    session, there = ends
    desk = Quiet(role="sub", count=3, timeout=0.2)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_publish_soon, there)
        with pytest.raises(Failure, match="1 of 3 messages on /x, and no more within"):
            await receive(desk, session)
    assert desk.part.count == 1


async def _publish_soon(endpoint):
    await endpoint.wait_for_subscribers("/x")
    await endpoint.publish("/x", "of somebody else")


async def test_a_subscriber_ends_with_its_time(ends):
    session, there = ends
    desk = Quiet(role="sub", duration=0.05)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_publish_soon, there)
        await receive(desk, session)
    assert (desk.part.count, desk.part.foreign) == (1, 1)


def message(client: int, number: int) -> Message:
    return Message("/x", f"broker_bench {client} {number} 0 ")


def test_missing_numbers_are_found():
    desk = Quiet(role="sub")
    numbers = Numbers(desk)
    numbers.take([])
    numbers.take([message(1, 5), message(1, 7), message(2, 0)])
    assert numbers.missing == 1
    numbers.take([message(1, 6), message(2, 9)])
    assert numbers.missing == 8
    assert desk.part.foreign == 0
    numbers.take([Message("/x", payload=b"\xff"), Message("/x", payload=binary.encode("x"))])
    assert (desk.part.foreign, desk.part.count) == (2, 7)
