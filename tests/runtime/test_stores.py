"""Attaching and closing, where test_store.py of the endpoint does not look."""

from __future__ import annotations

import pytest
import trio

from broker_core import ConfigurationError, Endpoint, InvalidValue, MasterExists
from pairs import options


@pytest.mark.parametrize("name", ["", None, 5, "x" * 70000])
async def test_a_name_is_a_text_that_fits_a_topic(name):
    async with Endpoint(options()) as endpoint:
        with pytest.raises(InvalidValue):
            await endpoint.attach_master(name)
        with pytest.raises(InvalidValue):
            await endpoint.attach_clone(name)


async def test_two_tasks_cannot_open_one_store(tmp_path):
    async with Endpoint(options()) as endpoint:
        outcomes = []

        async def attach() -> None:
            try:
                await endpoint.attach_master("db", "sqlite", {"path": str(tmp_path / "db")})
                outcomes.append("attached")
            except MasterExists:
                outcomes.append("refused")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(attach)
            nursery.start_soon(attach)
        assert sorted(outcomes) == ["attached", "refused"]


async def test_intervals_are_positive():
    async with Endpoint(options()) as endpoint:
        with pytest.raises(ConfigurationError, match=r"resync_interval must be above 0 seconds, not 0"):
            await endpoint.attach_clone("db", 0)
        with pytest.raises(ConfigurationError, match=r"mutation_buffer_interval"):
            await endpoint.attach_clone("db", mutation_buffer_interval=-1)
        for never in (None, -1, float("inf")):
            await endpoint.attach_clone(f"db{never}", stale_interval=never)


async def test_the_clone_that_is_there_is_returned_again():
    async with Endpoint(options()) as endpoint:
        one, two = await endpoint.attach_clone("db"), await endpoint.attach_clone("db")
        assert one.id == two.id
        assert len(endpoint.stores()) == 1


async def test_an_endpoint_that_ends_closes_its_files(tmp_path):
    for _ in range(3):
        async with Endpoint(options()) as endpoint:
            store = await endpoint.attach_master("db", "rocksdb", {"path": str(tmp_path / "db")})
            await store.increment("runs")
            runs = await store.get("runs")
    assert runs == 3


async def test_also_when_it_ends_by_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError):
        async with Endpoint(options()) as endpoint:
            store = await endpoint.attach_master("db", "rocksdb", {"path": str(tmp_path / "db")})
            await store.put("k", 1)
            1 / 0  # noqa: B018
    async with Endpoint(options()) as endpoint:
        store = await endpoint.attach_master("db", "rocksdb", {"path": str(tmp_path / "db")})
        assert await store.get("k") == 1
