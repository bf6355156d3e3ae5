"""Messages over several endpoints: forwarding, hops, and endpoints of one process."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
import trio.testing

from broker_core import Endpoint, EndpointOptions
from broker_core.codecs import binary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LINKS = ["tcp", "local"]


@asynccontextmanager
async def chain(count: int, link: str, **changes: Any) -> AsyncIterator[list[Endpoint]]:
    """Endpoints in a row, each peered with the next."""
    with trio.fail_after(20):
        async with AsyncExitStack() as stack:
            ends = [
                await stack.enter_async_context(Endpoint(EndpointOptions(tls="off", **changes))) for _ in range(count)
            ]
            for one, two in itertools.pairwise(ends):
                if link == "local":
                    await two.peer(one)
                else:
                    await two.peer("127.0.0.1", (await one.listen()).port)
                    await one.await_peer(two.id)
            yield ends


@pytest.mark.parametrize("link", LINKS)
async def test_an_endpoint_forwards_what_it_subscribed_to(link: str) -> None:
    async with chain(3, link) as (one, two, three):
        subs = [end.make_subscriber("/t") for end in (one, two, three)]
        await one.wait_for_subscribers("/t")
        await two.wait_for_subscribers("/t", 2)
        await three.wait_for_subscribers("/t")
        assert await one.publish("/t/from1", 11) == 1
        assert [(await sub.get(5)).value for sub in subs[1:]] == [11, 11]
        assert await two.publish("/t/from2", 22) == 2
        assert [(await sub.get(5)).value for sub in (subs[0], subs[2])] == [22, 22]
        await trio.testing.wait_all_tasks_blocked()
        assert all(sub.available() == 0 for sub in subs)
        assert two.statistics().forwarded == 1


@pytest.mark.parametrize("link", LINKS)
async def test_forward_relays_without_subscribing(link: str) -> None:
    async with chain(3, link) as (one, two, three):
        sub = three.make_subscriber("/t")
        await two.wait_for_subscribers("/t")
        assert await one.publish("/t", 1) == 0
        two.forward(["/t"])
        await one.wait_for_subscribers("/t")
        await one.publish("/t", 2)
        assert (await sub.get(5)).value == 2
        assert (two.statistics().received, two.statistics().delivered) == (1, 0)


@pytest.mark.parametrize("link", LINKS)
async def test_the_forward_option_ends_forwarding(link: str) -> None:
    async with chain(3, link, forward=False) as (one, two, three):
        middle, far = two.make_subscriber("/t"), three.make_subscriber("/t")
        await one.wait_for_subscribers("/t")
        await two.wait_for_subscribers("/t")
        await one.publish("/t", 1)
        assert (await middle.get(5)).value == 1
        await two.publish("/t", 2)
        assert (await far.get(5)).value == 2
        assert far.available() == 0


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("ttl", [1, 2, 3])
async def test_hops_are_counted_down_and_expired_messages_counted(link: str, ttl: int) -> None:
    async with chain(4, link, ttl=ttl) as ends:
        subs = [end.make_subscriber("/t") for end in ends]
        for end in ends:
            await end.wait_for_subscribers("/t", 1 if end in (ends[0], ends[-1]) else 2)
        await ends[0].publish("/t", "x")
        for sub in subs[1 : ttl + 1]:
            message = await sub.get(5)
            assert message.value == "x"
        assert message.ttl == 1
        with trio.fail_after(5):
            while ttl < 3 and not ends[ttl].statistics().ttl_expired:
                await trio.lowlevel.checkpoint()
        assert [end.statistics().ttl_expired for end in ends] == [int(at == ttl < 3) for at in range(4)]
        assert all(sub.available() == 0 for sub in subs)


async def test_a_loop_of_endpoints_does_not_turn_for_ever() -> None:
    async with chain(3, "local", ttl=20) as (one, two, three):
        await one.peer(three)
        for end in (one, two, three):
            end.forward("/t")
        sub = two.make_subscriber("/t")
        await one.publish("/t", "x")
        with trio.fail_after(5):
            while sum(end.statistics().ttl_expired for end in (one, two, three)) < 2:
                await trio.lowlevel.checkpoint()
        await trio.testing.wait_all_tasks_blocked()
        assert sub.available() == len(sub.poll()) > 1


async def test_endpoints_of_one_process_pass_the_value_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        pytest.fail("the value was serialized")

    async with chain(3, "local") as (one, two, three):
        monkeypatch.setattr(binary, "encode", refuse)
        monkeypatch.setattr(binary, "decode", refuse)
        near, far = two.make_subscriber("/t"), three.make_subscriber("/t")
        await one.publish("/t", (1, "two", 3.0))
        value = (await near.get(5)).value
        assert value == (1, "two", 3.0)
        message = await far.get(5)
        assert message.value is value
        assert message.sender == two.id
        assert two.peers()[0].direction == "local"


async def test_values_are_forwarded_without_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    async with chain(3, "tcp") as (one, two, three):
        two.forward("/t")
        sub = three.make_subscriber("/t")
        await one.wait_for_subscribers("/t")
        await two.wait_for_subscribers("/t")
        decode, calls = binary.decode, []

        def counting(*args: Any) -> Any:
            calls.append(args)
            return decode(*args)

        monkeypatch.setattr(binary, "decode", counting)
        await one.publish("/t", (1, 2))
        message = await sub.get(5)
        assert not message.is_decoded
        assert calls == []
        assert message.value == (1, 2)
        assert len(calls) == 1
