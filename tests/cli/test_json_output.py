"""``-o json`` is one array, whichever command prints it."""

from __future__ import annotations

import json

import pytest

from broker_core import Event, Message
from broker_core.recordings import RecordingHeader, RecordingWriter


@pytest.fixture
def files(tmp_path):
    with RecordingWriter(tmp_path / "recording", RecordingHeader(created=1)) as writer:
        writer.add([Message("/t", Event("e", n).value) for n in range(3)], 5)
    (tmp_path / "config.toml").write_text('[profile.lab]\npeer = "h:1"\n')
    return {"recording": str(tmp_path / "recording"), "config": str(tmp_path / "config.toml")}


@pytest.mark.parametrize(
    ("args", "count"),
    [
        ("publish --dry-run /t e 5 -n 3", 3),
        ("status 127.0.0.1:1", 1),
        ("doctor 127.0.0.1:1", 1),
        ("value parse 5 +5", 2),
        ("info {recording}", 1),
        ("info {recording} {recording}", 2),
        ("replay --dry-run {recording}", 3),
        ("profile list", 1),
        ("profile show lab", 1),
        ("profile validate", 1),
        ("bench store --msgs 3", 2),
    ],
)
async def test_commands_without_a_peer(run, files, args, count):
    words = [word.format(**files) for word in args.split()]
    env = {"BROKER_CONFIG": files["config"]}
    lines = await run(*words, "-o", "ndjson", env=env)
    array = await run(*words, "-o", "json", env=env)
    assert (array.code, len(lines.objects)) == (lines.code, count)
    assert [one["type"] for one in json.loads(array.out)] == [one["type"] for one in lines.objects]


@pytest.mark.parametrize(
    ("args", "types"),
    [
        (("subscribe", "/t", "-n", "2"), ["data-message"] * 2),
        (("subscribe", "/t", "--for", "0.1s"), []),
        (("peer",), ["peer"]),
        (("store", "get", "db", "a", "b"), ["store-entry"] * 2),
        (("store", "keys", "db"), ["store-key"] * 2),
        (("top", "/t", "-n", "2", "--interval", "0.1s"), ["rates"] * 2),
    ],
)
async def test_commands_with_a_peer(hub, start, args, types):
    async with hub() as here:
        master = await here.endpoint.attach_master("db", "memory")
        for key in "ab":
            await master.put(key, 1)
        peer = [here.peer] if args == ("peer",) else ["-p", here.peer]
        async with start(*args, *peer, "-o", "json") as program:
            if "data-message" in types:
                await here.publish("/t", *[Event("e", n) for n in range(2)])
            assert await program.ends() == 0
    assert [one["type"] for one in json.loads(program.out)] == types


async def test_a_signal_ends_the_array_too(hub, start):
    async with hub() as here, start("subscribe", "-p", here.peer, "/t", "-o", "json") as program:
        await here.publish("/t", Event("e", 1))
        await program.prints("data-message")
        program.process.terminate()
        assert await program.ends() == -15
    assert len(json.loads(program.out)) == 1


async def test_elements_of_an_array_are_not_ended_by_nul(run):
    result = await run("subscribe", "-p", "127.0.0.1:1", "/t", "-0", "-o", "json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("broker: --null: elements of an array (-o json) have nothing behind them")
