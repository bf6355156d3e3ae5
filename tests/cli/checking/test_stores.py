"""``check store`` for real, at a peer and in files."""

from __future__ import annotations

import pytest

from broker_core import Endpoint
from cluster_links import central
from tests.cli.stores.conftest import open_place


@pytest.fixture(params=["live", "sqlite", "rocksdb"])
async def place(request, hub, tmp_path):
    async with open_place(request.param, hub, tmp_path) as opened:
        yield opened


async def test_a_store_that_is_well(run, place):
    await place.put("a", 1)
    await place.put(2, "b")
    result = await run("check", "store", *place.read, "-w", "1:5", "-c", "1:", "--key", "a", "--key", "+2")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(
        f'BROKER OK - {place.title} has 2 entries, "a", +2 among them | entries=2;1:5;1:;0; sync='
    )


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("-w", "2:"), 1, "BROKER WARNING - entries: 1, should be at least 2"),
        (("-c", "@1:2"), 2, "BROKER CRITICAL - entries: 1, should not be from 1 to 2"),
        (("--key", "a", "--value", "+1"), 0, "BROKER OK"),
        (("--key", "a", "--value", "1"), 2, 'BROKER CRITICAL - "a" is +1, not 1'),
        (("--key", "x", "--key", "a", "-w", "0"), 2, 'BROKER CRITICAL - there is no key "x" in '),
    ],
)
async def test_what_it_holds(run, place, options, code, said):
    await place.put("a", 1)
    result = await run("check", "store", *place.read, *options)
    assert result.code == code
    assert result.out.startswith(said)


async def test_long_values_are_cut(run, place):
    await place.put("a", "x" * 1000)
    result = await run("check", "store", *place.read, "--key", "a", "--value", "1")
    assert len(result.out) < 200
    assert "xxx... is" not in result.out


async def test_no_such_store(run, hub, tmp_path):
    async with hub() as here:
        result = await run("check", "store", "-p", here.peer, "db")
        assert result.code == 2
        assert result.out == f"BROKER CRITICAL - there is no master of store db at {here.peer}\n"
    result = await run("check", "store", "--file", str(tmp_path / "x"))
    assert result.code == 3
    assert result.out == f"BROKER UNKNOWN - cannot open {tmp_path / 'x'}: no such file or directory\n"


async def test_not_over_websocket(run):
    async with Endpoint() as endpoint:
        port = (await endpoint.listen_web(tls="off")).port
        result = await run("check", "store", "-p", f"ws://127.0.0.1:{port}", "db")
    assert result.code == 3
    assert "data stores cannot be reached over ws://" in result.out


async def test_not_over_zeromq(run):
    async with central() as broker:
        result = await run("check", "store", "-p", str(broker.address), "db")
    assert result.code == 3
    assert "data stores cannot be reached over zmq://" in result.out
