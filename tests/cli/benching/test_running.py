"""Whole measurements with processes."""

from __future__ import annotations

import csv
import json
import signal

import pyte
import pytest
import trio

from broker_cli.benching import running
from broker_core import WebAccess, WebUser
from tests.cli.test_pty import on_terminal


def by_part(result) -> dict:
    return {one["part"]: one for one in result.objects}


async def test_publishing_with_both_ends(run, tmp_path):
    file = tmp_path / "x.csv"
    result = await run("bench", "pub", "-n", "3000", "--clients", "2", "--size", "100", "--csv", str(file))
    assert (result.code, result.err) == (0, "")
    found = by_part(result)
    assert len(result.objects) == 4
    assert found["total"]["messages"] == found["other-end"]["messages"] == 3000
    assert found["total"]["bytes"] == 300_000
    assert found["total"]["missing"] == found["total"]["unconfirmed"] == 0
    assert found["total"]["latency"]["count"] == 3000
    assert found["total"]["complete"] is True
    with file.open() as lines:
        assert [row["messages"] for row in csv.DictReader(lines)] == ["1500", "1500", "3000", "3000"]


async def test_receiving_with_both_ends(run):
    result = await run("bench", "sub", "-n", "2000", "--clients", "2", "--shape", "conn", "--tls", "off")
    assert (result.code, result.err) == (0, "")
    assert [one["messages"] for one in result.objects] == [2000, 2000, 4000]
    assert by_part(result)["total"]["latency"]["count"] == 4000
    assert "12 arguments" in result.objects[0]["what"]
    assert "TLS: off" in result.objects[0]["what"]


@pytest.mark.parametrize("op", ["put", "get"])
async def test_a_store_with_both_ends(run, op):
    result = await run("bench", "store", "-n", "300", "--op", op, "--window", "4", "-o", "human")
    assert result.code == 0
    assert "client 1         300" in result.out
    assert "from the request to its confirmation" in result.out


async def test_a_peer_that_subscribes(run, hub):
    async with hub() as here:
        inbox = here.endpoint.make_subscriber("/x")
        result = await run("bench", "pub", "/x", "-p", here.peer, "-n", "100", "--shape", "string", "--rate", "2000")
        assert result.code == 0
        assert len(inbox.poll()) == 100
        assert [one["part"] for one in result.objects] == ["client", "total"]
        assert by_part(result)["total"]["latency"] is None


async def test_the_peers_of_the_environment_are_left_in_peace(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("")
        result = await run("bench", "pub", "-n", "10", env={"BROKER_PEER": here.peer})
        assert result.code == 0
        assert "on this machine" in result.objects[0]["what"]
        assert here.endpoint.statistics().received == 0


async def test_a_server_that_refuses(run):
    from broker_core import Endpoint

    async with Endpoint() as there:
        access = WebAccess(users=(WebUser(publish=("/ok",)),))
        listener = await there.listen_web(access=access)
        result = await run("bench", "pub", "/no", "-p", f"ws://127.0.0.1:{listener.port}", "-n", "20")
        assert (by_part(result)["total"]["messages"], by_part(result)["total"]["refused"]) == (0, 20)
        assert result.code == 8
        assert "20 messages were refused" in result.err


async def test_both_commands_in_two_shells(start, run, hub):
    async with hub(forward=True) as here:
        here.endpoint.forward("/x")
        async with start("bench", "sub", "/x", "-p", here.peer, "-n", "500", "-o", "ndjson") as program:
            await here.peered()
            result = await run("bench", "pub", "/x", "-p", here.peer, "-n", "500")
            assert result.code == 0
            assert await program.ends() == 0
        lines = [json.loads(line) for line in program.out.splitlines()]
        assert lines[-1]["messages"] == 500
        assert lines[-1]["missing"] == 0
        assert lines[-1]["latency"]["count"] == 500


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("pub", "-p", "127.0.0.1:1"), 5, "connection refused"),
        (("sub", "-p", "127.0.0.1:1"), 5, "connection refused"),
        (("store", "-p", "127.0.0.1:1"), 5, "connection refused"),
    ],
)
async def test_nobody_there(run, args, code, message):
    result = await run("bench", *args)
    assert (result.code, result.out) == (code, "")
    assert message in result.err


async def test_nobody_subscribes_and_nothing_comes(run, hub):
    async with hub() as here:
        result = await run("bench", "pub", "/x", "-p", here.peer, "--timeout", "100ms")
        assert result.code == 4
        assert "nobody is subscribed to /x" in result.err
        result = await run("bench", "sub", "/x", "-p", here.peer, "--timeout", "100ms")
        assert result.code == 4
        assert "0 of 100000 messages on /x" in result.err


async def test_what_there_is_so_far_is_told_when_the_rest_does_not_come(run, hub):
    async with hub() as here:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(here.publish, "/x", 1, 2, 3)
            result = await run("bench", "sub", "/x", "-p", here.peer, "--timeout", "500ms", "-n", "5")
        assert result.code == 4
        assert by_part(result)["total"]["messages"] == 3
        assert by_part(result)["total"]["complete"] is False
        assert "3 of 5 messages" in result.err


async def test_a_file_that_cannot_be_written(run, tmp_path):
    result = await run("bench", "pub", "-n", "1", "--csv", str(tmp_path))
    assert result.code == 2
    assert "--csv: " in result.err


async def test_a_process_that_stands_still_is_given_up(run, monkeypatch):
    monkeypatch.setattr(running, "_MARGIN", 0.0)
    monkeypatch.setattr(running, "_STOPPING_TIME", 0.1)

    start = running._Run._start

    def start_and_stop(self, nursery, work):
        worker = start(self, nursery, work)
        if work.role == "sub":

            async def freeze() -> None:
                while not worker.ready:
                    await self._news.wait()
                worker._process.send_signal(signal.SIGSTOP)

            nursery.start_soon(freeze)
        return worker

    monkeypatch.setattr(running._Run, "_start", start_and_stop)
    result = await run("bench", "sub", "-n", "10", "--timeout", "100ms", "--rate", "100")
    assert result.code == 4
    assert "timed out" in result.err


async def test_ctrl_c_tells_what_there_is_so_far():
    async with on_terminal("bench", "pub", "--duration", "60s") as (process, terminal):
        await terminal.shows("measuring: ")
        await terminal.shows("bench pub")  # the bar, after a second
        terminal.types("\x03")
        await terminal.shows("total  ")
        with trio.fail_after(5):
            assert await process.wait() == -signal.SIGINT
    screen = pyte.Screen(120, 40)
    pyte.Stream(screen).feed(terminal.text)
    shown = "\n".join(screen.display)
    assert "received" in shown
    assert "Latency, from publishing to receiving, one way:" in shown


async def test_a_bar_is_shown_unless_it_is_not_wanted():
    options = ("bench", "pub", "-n", "400", "--rate", "200")
    async with on_terminal(*options) as (process, terminal):
        await terminal.shows("━")
        assert await process.wait() == 0
    async with on_terminal(*options, "--no-progress") as (process, terminal):
        await terminal.shows("received")
        assert "━" not in terminal.text
        assert await process.wait() == 0
