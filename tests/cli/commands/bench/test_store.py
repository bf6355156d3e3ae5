"""``broker bench store``: what can be said."""

from __future__ import annotations

import pytest

from broker_cli.benching.storing import OPERATIONS
from broker_cli.commands.bench.store import OPS


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--op x", "--op: 'x' is none of put, get, incr"),
        ("--window 0", "--window: '0'"),
        ("--keys 0", "--keys: '0'"),
        ("--size 0", "--size: '0'"),
        ("--backend x", "--backend: 'x' is none of memory, sqlite:PATH and rocksdb:PATH"),
        ("--backend sqlite", "--backend: 'sqlite' is none of"),
        ("--backend memory -p :1", "--backend is for our own master"),
        ("-p ws://a:1", "data stores cannot be reached over ws://"),
        ("-p b:1 -p zmq://a", "data stores cannot be reached over zmq://"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("bench", "store", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_a_name_is_needed(run):
    result = await run("bench", "store", "")
    assert result.code == 2
    assert "NAME is empty" in result.err


def test_the_operations_are_those_that_there_are():
    assert tuple(OPERATIONS) == OPS


async def test_a_database_of_our_own(run, tmp_path):
    place = tmp_path / "db.sqlite"
    result = await run("bench", "store", "-n", "50", "--backend", f"sqlite:{place}")
    assert result.code == 0
    assert place.exists()
