"""``pong`` for real."""

from __future__ import annotations

import json
import signal

import trio

from broker_core import Count, Endpoint


async def ask(endpoint, topic, *values):
    with endpoint.make_subscriber(topic) as messages, trio.fail_after(20):
        await endpoint.wait_for_subscribers(topic)
        for value in values:
            await endpoint.publish(topic, value)
        return [(await messages.get()).value for value in values if value[0] == "ping"]


async def test_it_answers_at_a_peer_and_stops(hub, start):
    async with hub() as here, start("pong", "-p", here.peer, "/t", "-n", "2") as program:
        values = [("ping", Count(number), "x" * number) for number in (0, 1, 2)]
        assert await ask(here.endpoint, "/t/x", *values) == [("pong", Count(number)) for number in (0, 1, 2)]
        assert await program.ends() == 0
    lines = [json.loads(line) for line in program.out.splitlines()]
    assert lines == [
        {"type": "ping", "v": 1, "id": 1, "topic": "/t/x", "from": str(here.endpoint.id), "size": 1},
        {"type": "ping", "v": 1, "id": 2, "topic": "/t/x", "from": str(here.endpoint.id), "size": 2},
        {"type": "pong-summary", "v": 1, "topic": "/t", "answered": 2},
    ]


async def test_it_leaves_other_values_alone(hub, start):
    async with hub() as here, start("pong", "-p", here.peer, "/t", "-n", "1") as program:
        values = [("stop",), ("pong", Count(7)), ("ping", 7, ""), ("ping", Count(7), "")]
        with here.endpoint.make_subscriber("/t") as messages, trio.fail_after(20):
            await here.publish("/t", *values)
            assert (await messages.get()).value == ("pong", Count(7))
        assert await program.ends() == 0


async def test_it_waits_for_peers(run, start, tmp_path):
    ready = tmp_path / "ready"
    async with start("pong", "/t", "--listen", "0", "--ready-file", str(ready)) as program:
        await program.prints('"type":"listening"')
        listening = json.loads(program.out.splitlines()[0])
        result = await run("ping", "-p", f":{listening['port']}", "/t", "-n", "3", "--flood")
        assert result.code == 0
        assert result.objects[0]["from"] == listening["id"]
        await program.prints('"id":3')
        assert ready.read_text() == f"127.0.0.1:{listening['port']}\n"
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM
    assert json.loads(program.out.splitlines()[-1]) == {"type": "pong-summary", "v": 1, "topic": "/t", "answered": 3}
    assert b"joined" in program.err


async def test_for_people(hub, start):
    async with hub() as here, start("pong", "-p", here.peer, "/t", "-n", "1", "-o", "human", "-v") as program:
        await program.says(f"answering pings on /t at {here.peer}")
        await ask(here.endpoint, "/t", ("ping", Count(1), "abc"))
        assert await program.ends() == 0
        assert program.out.decode() == f"ping 1 from {here.endpoint.id} on /t, 3 bytes\n"
        assert b"answered 1 ping\n" in program.err


async def test_it_stops_after_a_time(run, hub):
    async with hub() as here:
        result = await run("pong", "-p", here.peer, "/t", "--for", "50ms")
        assert (result.code, result.err) == (0, "")
        assert result.objects == [{"type": "pong-summary", "v": 1, "topic": "/t", "answered": 0}]


async def test_a_port_that_is_taken(run, hub):
    async with hub() as here:
        result = await run("pong", "/t", "--listen", here.peer)
        assert result.code == 5
        assert "cannot listen on" in result.err


async def test_through_a_hub_that_forwards(run, hub, start):
    async with hub(forward=True) as here, start("pong", "-p", here.peer, "/t") as program:
        await here.peered()
        with trio.fail_after(20):
            await here.endpoint.wait_for_subscribers("/t")
        here.endpoint.forward("/t")
        result = await run("ping", "-p", here.peer, "/t", "-n", "3", "--flood")
        assert (result.code, result.objects[-1]["answered"]) == (0, 3)
        program.process.kill()


async def test_over_websocket(run, start):
    """A Zeek style name is worth a warning, since Zeek passes on no pings; ours does."""
    async with Endpoint() as endpoint:
        port = (await endpoint.listen_web(tls="off", style="zeek")).port
        async with start("pong", "-p", f"ws://127.0.0.1:{port}", "/t", "-n", "1") as program:
            await program.says("may be Zeek's WebSocket server, which passes on events and no pings")
            assert await ask(endpoint, "/t", ("ping", Count(1), "")) == [("pong", Count(1))]
            assert await program.ends() == 0
