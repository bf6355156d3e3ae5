"""Clients of a store in a measurement, in this process."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import trio

from broker_cli.benching import storing
from broker_cli.benching.storing import PREFIX, operate, serve_store
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.session import Session
from broker_core import Endpoint
from tests.cli.benching.test_talking import Quiet, until


@pytest.fixture
async def ends():
    async with Endpoint() as here, Endpoint() as there:
        listener = await there.listen()

        async def connect():
            await here.peer("127.0.0.1", listener.port)

        session = SimpleNamespace(endpoint=here, connect=connect)
        session.receivers = lambda topic: Session.receivers(session, topic)
        yield session, there


@pytest.mark.parametrize("op", ["put", "get", "incr"])
@pytest.mark.parametrize("window", [1, 16])
async def test_operations_are_counted_and_their_keys_removed(ends, op, window):
    session, there = ends
    async with await there.attach_master("db") as master:
        await master.put("kept", 1)
        desk = Quiet(role="store", name="db", op=op, count=200, keys=30, window=window)
        await operate(desk, session)
        assert desk.part.count == desk.part.latency.count == 200
        assert desk.part.bytes == (0 if op == "incr" else 20_000)
        assert list(await master.keys()) == ["kept"]


async def test_increments_are_not_lost(ends, monkeypatch):
    session, there = ends
    async with await there.attach_master("db") as master:
        desk = Quiet(role="store", name="db", op="incr", count=200, keys=10, window=8)
        seen: list[int] = []
        clean = storing._Client.clean

        async def look_and_clean(client) -> None:
            snapshot = await master.snapshot()
            seen.append(sum(int(value) for key, value in snapshot.pairs() if key.startswith(PREFIX)))
            await clean(client)

        monkeypatch.setattr(storing._Client, "clean", look_and_clean)
        await operate(desk, session)
        assert seen == [200]


async def test_it_ends_with_its_time_and_when_it_is_told(ends):
    session, there = ends
    async with await there.attach_master("db") as master:
        desk = Quiet(role="store", name="db", duration=0.1)
        await operate(desk, session)
        assert desk.part.count > 0
        assert await master.size() == 0


async def test_a_signal_leaves_little_time_and_the_keys_are_removed_all_the_same(ends):
    session, there = ends
    async with await there.attach_master("db") as master:
        desk = Quiet(role="store", name="db", keys=50)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(operate, desk, session)
            await until(lambda: desk.part.count >= 100)
            desk.scope.cancel()
        assert await master.size() == 0


async def test_no_master(ends):
    session, _ = ends
    with pytest.raises(Failure, match="there is no master of store db") as caught:
        session.settings = Quiet(role="store").work.settings
        await operate(Quiet(role="store", name="db"), session)
    assert caught.value.code is ExitCode.REFUSED


async def test_the_other_end(tmp_path):
    async with Endpoint() as there:
        desk = Quiet(role="master", name="db", backend="sqlite", path=str(tmp_path / "db"))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve_store, desk, SimpleNamespace(endpoint=there))
            await until(lambda: desk.said)
            desk.scope.cancel()
        assert desk.said[0]["port"]
        assert (tmp_path / "db").exists()
