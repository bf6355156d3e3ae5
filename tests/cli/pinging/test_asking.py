"""``ping`` for real, with partners that answer, or do not."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest
import trio
from wsproto.events import CloseConnection, TextMessage

from broker_cli.pinging import asking
from broker_core import Count, Endpoint
from tests.cli.test_pty import on_terminal
from web_links import BARRIER_ANSWER, web_server


def ids(objects, kind="pong"):
    return [line["id"] for line in objects if line["type"] == kind]


async def until_closed(end):
    while not isinstance(event := await end.next(), CloseConnection):
        if isinstance(event, TextMessage) and '"barrier"' in event.data:
            await end.say(BARRIER_ANSWER)
    with suppress(trio.BrokenResourceError):  # it may be gone already
        await end.send(event.response())


async def test_all_are_answered(run, hub, answering):
    async with hub() as here, answering(here.endpoint) as seen:
        result = await run("ping", "-p", here.peer, "/t", "-n", "5", "-i", "1ms", "--size", "100")
        assert (result.code, result.err) == (0, "")
        *pongs, summary = result.objects
        assert ids(pongs) == [1, 2, 3, 4, 5]
        assert {line["from"] for line in pongs} == {str(here.endpoint.id)}
        assert all(0 < line["rtt"] < 5 for line in pongs)
        assert (summary["type"], summary["sent"], summary["answered"], summary["lost"]) == ("ping-summary", 5, 5, 0)
        assert summary["rtt"]["min"] == min(line["rtt"] for line in pongs)
        assert seen == [0] * seen.count(0) + [1, 2, 3, 4, 5]


async def test_for_people(run, hub, answering):
    async with hub() as here, answering(here.endpoint):
        result = await run("ping", "-p", here.peer, "/t", "-n", "2", "-i", "1ms", terminal=True)
        assert result.code == 0
        assert result.err == f"pinging /t at {here.peer}, 0 bytes\n"
        one, _, title, counts, times = result.out.splitlines()
        assert one.startswith(f"pong 1 from {here.endpoint.id}: ")
        assert title == "--- /t ping statistics ---"
        assert counts.startswith("2 pings, 2 answered in ")
        assert times.startswith("rtt min/avg/p95/max = ")


async def test_some_are_lost(run, hub, answering):
    async with hub() as here, answering(here.endpoint, answers=lambda number: [] if number == 2 else [number]):
        result = await run("ping", "-p", here.peer, "/t", "-n", "3", "-i", "1ms", "--timeout", "1s")
        assert result.code == 9
        assert result.err == "broker: 1 of 3 pings lost (exit 9)\n"
        assert ids(result.objects) == [1, 3]
        assert ids(result.objects, "lost") == [2]


async def test_all_are_lost(run, hub, answering):
    async with hub() as here, answering(here.endpoint, answers=lambda number: [0] * (not number)):
        result = await run("ping", "-p", here.peer, "/t", "-n", "2", "--flood", "--timeout", "20ms")
        assert result.code == 4
        assert result.err == "broker: 2 of 2 pings lost (exit 4)\n"
        assert result.objects[-1]["rtt"] is None


async def test_nobody_is_there(run, hub):
    async with hub() as here:
        result = await run("ping", "-p", here.peer, "/t", "--wait", "50ms")
        assert (result.code, result.out) == (4, "")
        assert result.err.splitlines()[0] == (
            f"broker: timed out: nobody is subscribed to /t at {here.peer} within 0.05 s (exit 4)"
        )
        here.endpoint.make_subscriber("/t")
        result = await run("ping", "-p", here.peer, "/t", "--wait", "200ms")
        assert (result.code, result.out) == (4, "")
        error, hint = result.err.splitlines()
        assert error == f"broker: timed out: nobody answers pings on /t at {here.peer} within 0.2 s (exit 4)"
        assert "broker pong /t" in hint


async def test_the_partner_may_come_later(run, hub, answering):
    async with hub() as here, trio.open_nursery() as nursery:

        async def come_later() -> None:
            await here.peered()
            async with answering(here.endpoint):
                await trio.sleep_forever()

        nursery.start_soon(come_later)
        result = await run("ping", "-p", here.peer, "/t", "-n", "1")
        assert result.code == 0
        nursery.cancel_scope.cancel()


async def test_two_answer(run, hub, answering):
    async with hub() as here, answering(here.endpoint, answers=lambda number: [number, number, 99]):
        result = await run("ping", "-p", here.peer, "/t", "-n", "3", "-i", "100ms")
        assert result.code == 0
        assert (
            result.err == "broker: there are more pongs than pings: several answer, or others ping on this topic, too\n"
        )
        assert ids(result.objects)[:2] == [1, 1]
        assert result.objects[1]["duplicate"] is True
        assert result.objects[-1]["duplicates"] >= 2


@pytest.mark.parametrize("pongs", [5, 6])
async def test_what_is_dropped_is_told(run, hub, monkeypatch, pongs):
    """The pongs for a ping come at once, with all that count at the end."""
    monkeypatch.setattr(asking, "QUEUE", 5)

    async with hub() as here, trio.open_nursery() as nursery:

        async def serve(*, task_status) -> None:
            with here.endpoint.make_subscriber("/t") as messages:
                task_status.started()
                async for message in messages:
                    number = message.value[1]
                    wanted = ["other"] * (pongs - 1) if number else []
                    await here.endpoint.publish_batch(*[("/t", value) for value in [*wanted, ("pong", number)]])

        await nursery.start(serve)
        result = await run("ping", "-p", here.peer, "/t", "-n", "1")
        assert result.code == 0
        expected = "broker: too slow: 1 message was not read in time\n"
        assert result.err == (expected if pongs > 5 else "")
        nursery.cancel_scope.cancel()


async def test_a_late_pong(run, hub, answering):
    """The pong for 1 comes with ping 2, which is sent when 1 has been given up."""
    answers = {0: [0], 1: [], 2: [1, 2]}
    async with hub() as here, answering(here.endpoint, answers=answers.get):
        result = await run("ping", "-p", here.peer, "/t", "-n", "2", "--flood", "--timeout", "1s")
        assert result.code == 9
        assert [(line["type"], line.get("id"), line.get("late")) for line in result.objects] == [
            ("lost", 1, None),
            ("pong", 1, True),
            ("pong", 2, None),
            ("ping-summary", None, 1),
        ]


@pytest.mark.parametrize("options", [("-i", "0.001ms"), ("--flood",), ("-i", "0")])
async def test_no_more_than_that_wait_for_pongs(run, hub, answering, monkeypatch, options):
    """A partner that answers one when it has seen so many; with one more it would wait for ever."""
    monkeypatch.setattr(asking, "MOST_OPEN", 5)
    most = 5 if "0.001ms" in options else 1
    late, worst = [], []

    def answers(number):
        if number == 0:
            return [0]
        late.append(number)
        worst.append(len(late))
        if len(late) < most and number <= 50 - most:
            return []
        answered = late[:]
        late.clear()
        return answered

    async with hub() as here, answering(here.endpoint, answers=answers):
        result = await run("ping", "-p", here.peer, "/t", "-n", "50", *options, "--timeout", "10s")
        assert (result.code, result.objects[-1]["answered"]) == (0, 50)
        assert max(worst) == most


async def test_other_topics_and_values_are_left_alone(run, hub, answering):
    async with hub() as here, trio.open_nursery() as nursery:

        async def chatter() -> None:
            while True:
                await here.endpoint.publish("/t", ("pong", "no count"))
                await here.endpoint.publish("/t/x", ("pong", Count(1)))
                await trio.lowlevel.checkpoint()

        async with answering(here.endpoint, answers=lambda number: [0] * (not number)) as seen:
            nursery.start_soon(chatter)
            result = await run("ping", "-p", here.peer, "/t", "-n", "1", "--timeout", "200ms")
        assert (result.code, ids(result.objects), seen[-1]) == (4, [], 1)
        nursery.cancel_scope.cancel()


async def test_the_partner_goes(hub, start, answering):
    async with hub() as here:
        async with answering(here.endpoint), start("ping", "-p", here.peer, "/t", "-n", "0", "-i", "1ms") as program:
            await program.prints('"id":3')
            await here.endpoint.shutdown()
            assert await program.ends() == 6
        assert b'"ping-summary"' in program.out


async def test_ctrl_c_brings_the_summary(hub, answering):
    async with (
        hub() as here,
        answering(here.endpoint),
        on_terminal("ping", "-p", here.peer, "/t", "-i", "1ms", "-n", "0") as (process, terminal),
    ):
        await terminal.shows("pong 3 from")
        terminal.types("\x03")
        await terminal.shows("rtt min/avg/p95/max = ")
        with trio.fail_after(1.5):
            assert await process.wait() == -signal.SIGINT
    assert terminal.text.index("--- /t ping statistics ---") > terminal.text.index("^C")
    assert all(len(line) <= 80 for line in terminal.text.split("\r\n"))


async def test_nanoseconds_for_sort(run, hub, answering):
    async with hub() as here, answering(here.endpoint):
        result = await run("ping", "-p", here.peer, "/t", "-n", "4", "--flood", "-o", "broker")
        assert (result.code, len(result.out.split())) == (0, 4)
        assert all(1000 < int(line) < 5e9 for line in result.out.splitlines())


async def test_over_websocket(run, answering):
    async with Endpoint() as endpoint, answering(endpoint):
        port = (await endpoint.listen_web(tls="off")).port
        result = await run("ping", "-p", f"ws://127.0.0.1:{port}", "/t", "-n", "3", "--flood")
        assert (result.code, ids(result.objects)) == (0, [1, 2, 3])


async def test_zeek_takes_only_events(run):
    """A server that answers as Zeek 8.2.2 does to a value that is no event."""

    async def serve(end):
        await end.welcome()
        await end.text()
        await end.say('{"type":"error","code":"deserialization_failed","context":"failed to create Zeek event"}')
        await until_closed(end)

    async with web_server(serve) as port:
        result = await run("ping", "-p", f"ws://127.0.0.1:{port}", "/t")
    assert (result.code, result.out) == (8, "")
    *_, error, hint = result.err.splitlines()
    assert error.startswith("broker: the ping was refused: deserialization_failed")
    assert "Zeek's WebSocket server takes only events" in hint


async def test_other_errors_of_a_zeek_are_no_refusals(run):
    """What it cannot convert for us has nothing to do with our ping."""

    async def serve(end):
        await end.welcome()
        await end.say('{"type":"error","code":"broker_error","context":"Could not process remote event on topic"}')
        await until_closed(end)

    async with web_server(serve) as port:
        result = await run("ping", "-p", f"ws://127.0.0.1:{port}", "/t", "--wait", "300ms")
    assert result.code == 4
