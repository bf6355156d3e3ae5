"""``broker relay``: what can be said."""

from __future__ import annotations

import pytest

from broker_cli.relaying import bridge
from broker_core import CurveKeys


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'A'"),
        (":1", "missing argument 'B'"),
        (":1 :2", "no topics given"),
        (":0 :2 --topic /x", "A: ':0' has port 0"),
        (":1 x:y --topic /x", "B: 'x:y'"),
        (":1 :1 --topic /x", "A and B are the same"),
        (":1 localhost:1 --topic /x --map a", "--map: 'a' is not A=B"),
        (":1 :2 --one-way --from-b /x", "--one-way is from A to B"),
        (":1 :2 -t /x -n x", "--count: 'x'"),
        (":1 :2 -t /x --for 5m", "--for: '5m'"),
        (":1 :2 -t /x --interval x", "--interval: 'x'"),
        (":1 :2 -t /x --interval 0", "--interval: '0'"),
        (":1 :2 -t /x --on-overflow x", "--on-overflow: 'x' is none of block"),
        (":1 :2 -t /x --max-queue 0", "--max-queue: '0'"),
        (":1 :2 -t /x --loop-guard x", "--loop-guard: 'x' is none of auto, on, off"),
        (":1 :2 -t /x --loop-window 0", "--loop-window: '0'"),
        (":1 :2 -t /x --tls-a x", "--tls-a: 'x' is none of"),
        (":1 :2 -t /x --tls-b x", "--tls-b: 'x' is none of"),
        (":1 :2 -t /x --reconnect=x", "--reconnect: 'x'"),
        (":1 :2 -t /x -o raw", "--output: this command prints human or ndjson"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("relay", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


@pytest.fixture
def asked(monkeypatch):
    """What the command asks for."""
    calls: list = []
    monkeypatch.setattr(bridge, "run_relay", lambda context, sides, plan: calls.append((sides, plan)))
    return calls


async def test_it_connects_again_for_ever_unless_told(run, asked):
    for options, attempts in (((), None), (("--reconnect",), None), (("--reconnect=3",), 3), (("--no-reconnect",), 0)):
        result = await run("relay", ":1", "ws://b:2", "-t", "/x", *options)
        assert result.code == 0
        sides, _ = asked.pop()
        assert [side.reconnect for side in sides] == [attempts, attempts]
        assert [str(side.peers[0]) for side in sides] == ["127.0.0.1:1", "ws://b:2"]


async def test_each_side_can_have_its_own_tls(run, asked):
    await run("relay", ":1", ":2", "-t", "/x", "--tls", "off", "--tls-b", "anon")
    sides, plan = asked.pop()
    assert [side.tls for side in sides] == ["off", "anon"]
    assert (plan.guard, plan.window, plan.overflow, plan.ndjson) == ("auto", 5.0, "block", False)


async def test_of_two_clusters_only_one_may_encrypt(run, asked, tmp_path):
    keys = CurveKeys.generate()
    keys.save(tmp_path)
    both = ("relay", "zmq://a", "zmq://b", "-t", "/x", "--curve-dir", str(tmp_path))
    await run(*both)
    assert [side.curve for side in asked.pop()[0]] == [keys, keys]
    await run(*both, "--tls-b", "off")
    assert [side.curve for side in asked.pop()[0]] == [keys, None]


async def test_ndjson_is_only_printed_when_it_was_asked_for(run, asked):
    await run("relay", ":1", ":2", "-t", "", "-o", "ndjson", env={"BROKER_OUTPUT": "human"})
    assert asked.pop()[1].ndjson is True
    await run("relay", ":1", ":2", "-t", "", env={"BROKER_OUTPUT": "ndjson"})
    assert asked.pop()[1].ndjson is False
