"""Asking a store without waiting for the answer."""

from __future__ import annotations

import select
from dataclasses import replace

import pytest
import trio

from broker_core import DEFAULT_LIMITS, Endpoint, InvalidValue, NoSuchKey, TypeClash
from pairs import options


async def test_every_request_has_an_id_and_one_response():
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        await store.put("k", [1, 2])
        with store.proxy() as proxy:
            asked = [
                proxy.get("k"),
                proxy.exists("none"),
                proxy.get_index_from_value("k", 1),
                proxy.keys(),
                proxy.size(),
                proxy.put_unique("u", 1),
                proxy.get("none"),
                proxy.get_index_from_value("k", "x"),
            ]
            assert asked == [1, 2, 3, 4, 5, 6, 7, 8]
            responses = {response.id: response for response in [await proxy.receive(5) for _ in asked]}
        assert responses[1].get() == (1, 2)
        assert responses[2].get() is False
        assert responses[3].get() == 2
        assert responses[6].get() is True
        assert responses[4].get() == {"k"}
        assert responses[5].get() == 1
        assert isinstance(responses[7].error, NoSuchKey)
        with pytest.raises(NoSuchKey):
            responses[7].get()
        assert isinstance(responses[8].error, TypeClash)


async def test_the_descriptor_is_readable_exactly_while_a_response_is_there(tmp_path):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", "sqlite", {"path": str(tmp_path / "db")})
        with store.proxy() as proxy:
            descriptor = proxy.descriptor()
            assert not select.select([descriptor], [], [], 0)[0]
            first, second = proxy.size(), proxy.size()
            with trio.fail_after(5):
                await trio.lowlevel.wait_readable(descriptor)
                while proxy.available() < 2:
                    await trio.testing.wait_all_tasks_blocked()
            assert proxy.receive_nowait().id == first
            assert select.select([descriptor], [], [], 0)[0]
            assert proxy.receive_nowait().id == second
            assert not select.select([descriptor], [], [], 0)[0]
            with pytest.raises(trio.WouldBlock):
                proxy.receive_nowait()


async def test_waiting_has_an_end(autojump_clock):
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db")
        with store.proxy() as proxy:
            with pytest.raises(trio.TooSlowError):
                await proxy.receive(3)
            with pytest.raises(InvalidValue, match=r"^key: "):
                proxy.get(object())


async def test_what_nobody_receives_is_bounded():
    async with Endpoint(options(limits=replace(DEFAULT_LIMITS, store_queue=3))) as endpoint:
        store = await endpoint.attach_master("db")
        with store.proxy() as proxy:
            for _ in range(3):
                proxy.size()
            with pytest.raises(trio.WouldBlock):
                proxy.size()
            await proxy.receive(5)
            assert proxy.size() == 4


async def test_closing_ends_requests_and_those_who_wait(autojump_clock):
    async with Endpoint(options()) as endpoint:
        clone = await endpoint.attach_clone("db")
        proxy = clone.proxy()
        proxy.get("k")
        async with trio.open_nursery() as nursery:

            async def wait() -> None:
                with pytest.raises(trio.ClosedResourceError):
                    await proxy.receive()

            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked()
            proxy.close()
            proxy.close()
        with pytest.raises(trio.ClosedResourceError):
            proxy.get("k")
