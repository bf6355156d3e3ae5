"""``top`` and ``subscribe --watch`` as a person at a terminal sees them, and as programs read them."""

from __future__ import annotations

import json
import re
import signal
import sys

import pytest
import trio

from broker_core import Count, Event

SOON = 20
HOSTILE = "/\x1b]0;title\x07\x1b[2J\u202e\u2066"


def ping(number: int = 1) -> Event:
    return Event("ping", "hi", Count(number))


async def keep_publishing(here, *topics: str) -> None:
    """A few messages on each of *topics* again and again; the first one more often."""
    await here.endpoint.wait_for_subscribers(topics[0])
    number, pause = 0, 0.02
    while True:
        for topic in topics[: 1 if number % 4 else None]:
            await here.endpoint.publish(topic, ping(number))
        number += 1
        await trio.sleep(pause)


# -- top on a terminal ------------------------------------------------------------------------------------------


async def test_top_shows_rates_and_reacts_to_keys(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/") as (process, terminal):
        before = terminal.mode()
        await terminal.shows("no messages yet on /")
        assert terminal.screen.alternate
        async with trio.open_nursery() as nursery:
            nursery.start_soon(keep_publishing, here, "/often", "/seldom")
            await terminal.until(
                lambda tty: tty.lines[4].startswith("/often") and tty.lines[5].startswith("/seldom") and "█" in tty.text
            )
            assert "2 events, by rate" in terminal.lines[2]
            assert re.search(r"/often +\d\d +[\d.]+k +\d+ .*█ ping\(\"hi\", \d+\)", terminal.lines[4])
            assert f"broker top  {here.peer}" in terminal.lines[0]
            terminal.types("r")
            await terminal.until(lambda tty: tty.lines[4].startswith("/seldom"))
            terminal.types("S")  # by name
            await terminal.until(lambda tty: tty.lines[4].startswith("/often") and "TOPIC↑" in tty.lines[3])
            terminal.types("e")
            await terminal.shows("2 topics, by name")
            terminal.types("/dom\r")
            await terminal.until(lambda tty: "1 of 2 topics" in tty.text and tty.lines[4].startswith("/seldom"))
            terminal.types("\x1b")
            await terminal.shows("2 topics, by name")
            terminal.types("?")
            await terminal.shows("any key goes back", "count anew")
            terminal.types("x")
            await terminal.until(lambda tty: tty.lines[4].startswith("/often"))
            nursery.cancel_scope.cancel()
        terminal.types("q")
        assert await terminal.ends(process) == 0
        assert not terminal.screen.alternate
        assert not terminal.cursor_hidden
        assert terminal.mode() == before
        assert "received" in terminal.text


async def test_a_pause_stops_the_screen_and_not_the_counting(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/t") as (_, terminal):
        await here.publish("/t", ping(), ping())
        await terminal.shows("2 messages")
        terminal.types("p")
        await terminal.shows("PAUSED")
        await here.publish("/t", *[ping()] * 5)
        await here.endpoint.flush()
        terminal.types("?")  # whatever is drawn now
        await terminal.shows("any key goes back")
        assert "2 messages" in terminal.text
        terminal.types("x ")
        await terminal.until(lambda tty: "7 messages" in tty.text and "PAUSED" not in tty.text)
        terminal.types("c")
        await terminal.shows("0 messages", "no messages yet")


async def test_top_follows_the_size_of_the_terminal(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/t", size=(60, 8)) as (_, terminal):
        await here.publish("/t", *[Event(f"event_{number}") for number in range(30)])
        await terminal.until(lambda tty: "30 events" in tty.text and tty.lines[7].startswith("q quit"))
        assert "TOTAL" not in terminal.text
        terminal.resize(200, 40)
        await terminal.until(lambda tty: tty.lines[39].startswith("q quit") and "PEAK" in tty.lines[3])
        assert sum("event_" in line for line in terminal.lines) == 30
        terminal.resize(60, 8)
        # The head shows that it was drawn anew: when a terminal shrinks its last lines stay.
        await terminal.until(
            lambda tty: tty.lines[7].startswith("q quit") and "TOPIC" in tty.text and "TOTAL" not in tty.text
        )
        terminal.types("\x1b[6~")
        await terminal.shows("from 4")


@pytest.mark.parametrize(("how", "code"), [("\x03", signal.SIGINT), (signal.SIGTERM, signal.SIGTERM)])
async def test_signals_restore_the_terminal(hub, tty, how, code):
    async with hub() as here, tty("top", "-p", here.peer, "/t") as (process, terminal):
        before = terminal.mode()
        await terminal.shows("no messages yet")
        if isinstance(how, str):
            terminal.types(how)
        else:
            process.send_signal(how)
        assert await terminal.ends(process) == -code
        assert terminal.mode() == before
        assert not terminal.screen.alternate
        assert not terminal.cursor_hidden


async def test_a_terminal_that_is_not_read_does_not_keep_top_from_ending(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/", size=(400, 200)) as (process, terminal):
        before, pause = terminal.mode(), 0.02
        await terminal.shows("no messages yet")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(keep_publishing, here, *[f"/{number}" for number in range(300)])
            with trio.fail_after(SOON):  # nobody reads until the terminal is full
                while terminal.takes_output():  # noqa: ASYNC110  # which it tells nobody
                    await trio.sleep(pause)
            nursery.cancel_scope.cancel()
        process.send_signal(signal.SIGTERM)
        with trio.fail_after(3):
            assert await process.wait() == -signal.SIGTERM
        assert terminal.mode() == before


async def test_a_lost_connection_is_told_when_the_screen_is_left(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/t") as (process, terminal):
        await terminal.shows("no messages yet")
        await here.endpoint.shutdown()
        assert await terminal.ends(process) == 6
        assert not terminal.screen.alternate
        assert f"the connection to {here.peer} has ended (exit 6)" in " ".join(terminal.lines)


async def test_a_connection_that_comes_back(hub, tty):
    async with hub() as first:
        port = int(first.peer.rpartition(":")[2])
        async with tty("top", "-p", first.peer, "/t", "--reconnect", size=(120, 24)) as (process, terminal):
            await terminal.shows("no messages yet")
            await first.endpoint.shutdown()
            await terminal.until(
                lambda tty: "not connected" in tty.lines[0] and "has ended; connecting again" in tty.lines[-1]
            )
            async with hub(port=port) as second:
                await second.publish("/t", ping())
                await terminal.until(lambda tty: "not connected" not in tty.text and "1 messages" in tty.text)
                terminal.types("q")
                assert await terminal.ends(process) == 0
                assert "connecting again" in " ".join(terminal.lines)  # told again where it stays


async def test_stderr_that_goes_elsewhere_does_not_wait(hub, tty, tmp_path):
    async with hub() as here:
        words = [sys.executable, "-m", "broker_cli", "top", "-p", here.peer, "/t", "--reconnect"]
        command = ["sh", "-c", f'exec "$@" 2> {tmp_path}/err', "sh", *words]
        async with tty(command=command) as (_, terminal):
            await terminal.shows("no messages yet")
            await here.endpoint.shutdown()
            await terminal.shows("connecting again")  # on the screen, too
            assert "connecting again" in (tmp_path / "err").read_text(encoding="utf-8")


async def test_drops_are_shown(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/t", "--max-queue", "1") as (_, terminal):
        await here.publish("/t", *[ping()] * 500)
        await terminal.until(lambda tty: re.search(r"[1-9]\d* dropped", tty.text) is not None)
    assert re.search(rb"\x1b\[1;31m\d+ dropped", terminal.raw)


async def test_top_without_a_topic_warns(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, size=(120, 24)) as (process, terminal):
        await terminal.shows('"" is everything', 'no messages yet on ""')
        terminal.types("q")
        assert await terminal.ends(process) == 0
        assert '"" is everything' in terminal.text  # it was told where it stays


@pytest.mark.parametrize("command", [("top",), ("subscribe", "--watch")])
async def test_nothing_hostile_reaches_the_terminal(hub, tty, command):
    async with hub() as here, tty(*command, "-p", here.peer, "/", NO_COLOR="1") as (process, terminal):
        await here.publish(HOSTILE, Event("\x1b[2J\u202e", "\x9b1m\u2067", "x" * 100_000), "\x1b[31m", "x" * 10_000)
        await terminal.shows("\\x1b]0")
        await here.publish("/" + "y" * 60_000, Event("z" * 60_000, "\x07"))
        await here.publish("/last", ping())
        await terminal.shows("/last")
        terminal.types("q")
        assert await terminal.ends(process) == 0
    text = terminal.raw.decode()
    for own in (r"\x1b\[[?0-9;]*[a-zA-Z]",):
        text = re.sub(own, "", text)
    assert not set(re.findall(r"[^\x20-\x7e\r\n]", text)) - set("▁▂▃▄▅▆▇█…↑↓·")
    assert "\x07" not in terminal.raw.decode()
    assert set(re.findall(r"\x1b\[[?0-9;]*([a-zA-Z])", terminal.raw.decode())) <= set("HKhlmAJ")
    assert len(terminal.raw) < 100_000


async def test_no_colours_and_ascii(hub, tty):
    async with hub() as here, tty("top", "-p", here.peer, "/t", NO_COLOR="1", LC_ALL="C") as (process, terminal):
        await here.publish("/t", ping())
        await terminal.shows('ping("hi", 1)')
        terminal.types("q")
        assert await terminal.ends(process) == 0
    assert terminal.raw.isascii()
    assert b"m" not in re.findall(rb"\x1b\[[0-9;]+([a-zA-Z])", terminal.raw.replace(b"\x1b[0m", b""))


async def test_a_number_of_refreshes(hub, tty):
    async with (
        hub() as here,
        tty("top", "-p", here.peer, "/t", "-n", "2", "--interval", "100ms") as (process, terminal),
    ):
        assert await terminal.ends(process) == 0


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": ""}])
async def test_a_terminal_that_can_only_print_is_refused(tty, environ):
    async with tty("top", "-p", ":1", **environ) as (process, terminal):
        assert await terminal.ends(process) == 2
        assert "TERM=dumb" in terminal.text
        assert "-o ndjson" in terminal.text


async def test_websocket_servers_can_be_watched(hub, tty):
    async with hub() as here:
        listener = await here.endpoint.listen_web("127.0.0.1", 0, tls="off")
        async with tty("top", "-p", f"ws://127.0.0.1:{listener.port}", "/t") as (process, terminal):
            await terminal.shows("no messages yet")
            await here.publish("/t", ping(), ping(), Event("pong"))
            await terminal.shows('ping("hi", 1)', "pong()", "3 messages", f"ws://127.0.0.1:{listener.port}")
            terminal.types("q")
            assert await terminal.ends(process) == 0


# -- subscribe --watch on a terminal ----------------------------------------------------------------------------


async def test_watch_keeps_a_line_for_each_topic(hub, tty):
    async with hub() as here, tty("sub", "--watch", "-p", here.peer, "/") as (process, terminal):
        before = terminal.mode()
        await here.publish("/b", ping(1))
        await here.publish("/a", ping(2))
        await terminal.shows("2 topics")
        assert not terminal.screen.alternate
        assert terminal.lines[0] == f"subscribed to / at {here.peer}"
        assert [line.split()[0] for line in terminal.lines[1:3]] == ["/b", "/a"]
        await here.publish("/b", ping(3))
        await terminal.until(lambda tty: re.match(r'/b +2 .* ping\("hi", 3\)', tty.lines[1]) is not None)
        assert [line.split()[:1] for line in terminal.lines[1:5]] == [["/b"], ["/a"], ["2"], []]
        terminal.types("\x03")
        assert await terminal.ends(process) == -signal.SIGINT
        assert terminal.mode() == before
        assert not terminal.cursor_hidden
        assert terminal.lines[1].startswith("/b")  # the last state stays
        assert terminal.lines[3].startswith("2 topics  3 messages")
        assert "received 3 messages" in terminal.text


async def test_watch_takes_what_is_selected_and_ends_when_there_is_enough(hub, tty):
    async with (
        hub() as here,
        tty("sub", "--watch", "-p", here.peer, "/", "--event", "p?ng", "-n", "3") as (process, terminal),
    ):
        await here.publish("/t", ping(), Event("other"), ping(), Event("other"), ping(9), ping(10))
        assert await terminal.ends(process) == 0
        assert re.search(r'/t +3 .* ping\("hi", 9\)', terminal.text)
        assert "received 3 messages, 2 not selected" in terminal.text


async def test_watch_shows_as_many_topics_as_there_is_room(hub, tty):
    async with hub() as here, tty("sub", "--watch", "-p", here.peer, "/", size=(80, 8)) as (process, terminal):
        for number in range(9):
            await here.publish(f"/{number}", ping())
        await terminal.shows("9 topics  3 more not shown")
        terminal.types("q")
        assert await terminal.ends(process) == 0


async def test_watch_ends_with_a_failure_when_there_was_too_little(hub, tty):
    async with hub() as here, tty("sub", "--watch", "-p", here.peer, "/t", "--timeout", "100ms") as (process, terminal):
        assert await terminal.ends(process) == 4
        assert "timed out: 0 of 1 message received" in terminal.text
        assert not terminal.cursor_hidden


# -- for programs -----------------------------------------------------------------------------------------------


async def test_top_into_a_pipe(hub, start):
    async with (
        hub() as here,
        start("top", "-p", here.peer, "/t", "--interval", "100ms", "--for", "2s") as program,
    ):
        await here.publish("/t/a", ping(), ping(), Event("pong"))
        await here.publish("/t/b", "text")
        assert await program.ends() == 0
    lines = [json.loads(line) for line in program.out.splitlines()]
    assert b"\x1b" not in program.out
    totals = [line for line in lines if line["type"] == "rates"]
    assert 10 <= len(totals) <= 21
    assert totals[-1]["messages"] == 4
    assert totals[-1]["topics"] == 2
    assert totals[-1]["events"] == 3
    rows = {(line["topic"], line.get("event")): line for line in lines if line["type"] == "topic-rate"}
    assert {key: row["messages"] for key, row in rows.items()} == {
        ("/t/a", "ping"): 2,
        ("/t/a", "pong"): 1,
        ("/t/b", None): 1,
    }
    assert rows["/t/b", None]["last"] == {"@data-type": "string", "data": "text"}


async def test_a_number_of_intervals_by_topic(hub, start):
    async with hub() as here:
        args = ("top", "-p", here.peer, "/t", "-n", "1", "--interval", "1s", "--by", "topic", "--filter", "/t/[ab]")
        async with start(*args) as program:
            await here.publish("/t/b", ping(), Event("pong"))
            await here.publish("/t/c", ping())
            assert await program.ends() == 0
    first, total = (json.loads(line) for line in program.out.splitlines())
    assert (first["topic"], first["messages"], "event" in first) == ("/t/b", 2, False)
    assert (total["messages"], total["dropped"]) == (3, 0)


async def test_a_reader_that_goes_away_ends_it(hub, start):
    async with hub() as here, start("top", "-p", here.peer, "/t", "--interval", "100ms") as program:
        await program.prints('"rates"')
        await program.close_output()
        assert await program.ends() == -signal.SIGPIPE


async def test_watch_into_a_pipe(hub, start):
    async with (
        hub() as here,
        start("sub", "--watch", "-p", here.peer, "/t", "-n", "2", "--interval", "200ms") as program,
    ):
        await here.publish("/t/a", ping(), Event("pong"), ping())
        assert await program.ends() == 0
    *_, last, total = (json.loads(line) for line in program.out.splitlines())
    assert (last["type"], last["topic"], last["messages"], "kind" in last) == ("topic-rate", "/t/a", 2, False)
    assert (total["type"], total["messages"]) == ("rates", 2)


async def test_ndjson_on_a_terminal(hub, tty):
    async with (
        hub() as here,
        tty("top", "-p", here.peer, "/t", "-o", "ndjson", "-n", "1", "--interval", "100ms") as (process, terminal),
    ):
        assert await terminal.ends(process) == 0
    assert b'"type":"rates"' in terminal.raw
    assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("args", [("top",), ("sub", "/t", "--watch")])
async def test_a_view_needs_a_terminal(run, args):
    result = await run(*args, "-p", ":1", "-o", "human")
    assert result.code == 2
    assert "stdout is no terminal" in result.err
    assert "-o ndjson" in result.err


async def test_a_topic_that_is_none_is_refused(hub, run):
    async with hub() as here:
        result = await run("top", "-p", here.peer, "x" * 70_000)
    assert result.code == 2
    assert result.err.startswith("broker: TOPIC: ")


async def test_no_connection(run):
    result = await run("top", "-p", ":1", "/t", "--tls", "off")
    assert result.code == 5
