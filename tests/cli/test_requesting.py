"""``request`` for real, with a Zeek that answers as the recorded one did."""

from __future__ import annotations

import signal
from contextlib import asynccontextmanager

import pytest
import trio

from broker_cli import requesting
from broker_core import Batch, Count, Endpoint, Event, zeek_message
from tests.cli.pinging.test_asking import until_closed
from web_links import web_server
from zeek_frames import data_frames

PING = ("/rec/in", "Rec::ping", "1", "hello", "--reply-topic", "/rec/out", "--reply-event", "Rec::pong")


@asynccontextmanager
async def answering(endpoint, topic, answers):
    """*answers* makes pairs of topic and value of an event that comes on *topic*."""

    async def serve(*, task_status) -> None:
        task_status.started()
        async for message in messages:
            for where, value in answers(zeek_message(message.value)):
                await endpoint.publish(where, value)

    with endpoint.make_subscriber(topic) as messages:
        async with trio.open_nursery() as nursery:
            await nursery.start(serve)
            yield
            nursery.cancel_scope.cancel()


def recorded_zeek(endpoint):
    """Answers Rec::ping as Zeek 8.2.2 did in the recordings: with the same arguments, and with empty metadata."""
    return answering(endpoint, "/rec/in", lambda event: [("/rec/out", Event("Rec::pong", *event.args, metadata=()))])


async def test_a_reply_as_zeek_gave_it(run, hub):
    asked, answered = _recorded_pair()
    assert zeek_message(asked) == Event("Rec::ping", Count(1), "hello")
    assert zeek_message(answered) == Event("Rec::pong", Count(1), "hello", metadata=())
    async with hub() as here, recorded_zeek(here.endpoint):
        result = await run("request", "-p", here.peer, *PING, "--match", "0", "--match", "1")
        assert (result.code, result.err) == (0, "")
        (line,) = result.objects
        assert (line["type"], line["topic"], line["event"]) == ("data-message", "/rec/out", "Rec::pong")
        assert line["from"] == str(here.endpoint.id)
        result = await run("req", "-p", here.peer, *PING, "-o", "text")
        assert result.out == '/rec/out Rec::pong(1, "hello") @ ()\n'


def _recorded_pair():
    from broker_core.codecs import binary

    frames = [frame for frame in data_frames("zeek-pings-without-metadata") if b"hello" in frame.payload]
    return [binary.decode(frame.payload) for frame in frames[:2]]


async def test_the_control_framework(run, hub):
    """What the help shows: topics and events of Zeek's control framework."""
    node = "zeek/control/node"

    def answers(event):
        assert event == Event("Control::id_value_request", "Site::local_nets")
        yield "zeek/control/peer_status_response", Event("Control::peer_status_response", "...")
        yield "zeek/control/id_value_response", Event("Control::id_value_response", "Other::id", "T")
        yield "zeek/control/id_value_response", Event("Control::id_value_response", "Site::local_nets", "{ 10/8 }")

    words = [node, "Control::id_value_request", "string:Site::local_nets", "--reply-topic", "zeek/control/"]
    async with hub() as here, answering(here.endpoint, node, answers):
        result = await run(
            "request", "-p", here.peer, *words, "--reply-event", "Control::*_response", "--match", "0", "-o", "text"
        )
        assert result.out == (
            'zeek/control/id_value_response Control::id_value_response("Site::local_nets", "{ 10/8 }")\n'
        )
        assert (result.code, result.err) == (0, "")


async def test_the_time_is_told_to_people(run, hub):
    async with hub() as here, recorded_zeek(here.endpoint):
        result = await run("request", "-p", here.peer, *PING, terminal=True)
        assert result.code == 0
        assert result.err.startswith("reply after ")
        assert "Rec::pong" in result.out


async def test_only_so_many_replies(run, hub):
    def answers(_):
        return [("/r", Event("pong", Count(number))) for number in range(3)]

    async with hub() as here, answering(here.endpoint, "/t", answers):
        ask = ("request", "-p", here.peer, "/t", "ping", "--reply-topic", "/r", "-o", "text")
        for wanted, got, code in ((1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 3, 4), (0, 3, 0)):
            result = await run(*ask, "--replies", str(wanted), "--timeout", "1s")
            assert (result.code, result.out.count("pong")) == (code, got)
        result = await run(*ask, "--replies", "4", "--timeout", "1s")
        assert result.err == "broker: timed out: 3 of 4 replies within 1 s (exit 4)\n"


async def test_replies_in_a_batch(run, hub):
    def answers(_):
        yield "/r", Batch([Event("other"), Batch([Event("pong", Count(1))]), Event("pong", Count(2))])

    async with hub() as here, answering(here.endpoint, "/t", answers):
        ask = ("request", "-p", here.peer, "/t", "ping", "+2", "2", "--reply-topic", "/r", "--reply-event", "p*ng")
        result = await run(*ask, "-o", "text")
        assert result.out == "/r pong(1)\n"
        result = await run(*ask, "-o", "text", "--match", "0=1")
        assert result.out == "/r pong(2)\n"
        result = await run(*ask, "--match", "0=0", "--timeout", "200ms")
        assert result.code == 4, "the integer +2 is no count 2"


async def test_what_came_instead_is_told(run, hub):
    def answers(_):
        yield from [("/r", Event("other")), ("/r", Event("other")), ("/r", "text"), ("/r", Event("pong"))]

    async with hub() as here, answering(here.endpoint, "/t", answers):
        ask = ("request", "-p", here.peer, "/t", "ping", "5", "--reply-topic", "/r", "--reply-event", "pong")
        result = await run(*ask, "--match", "0", "--timeout", "1s")
        assert (result.code, result.out) == (4, "")
        assert result.err.splitlines() == [
            "broker: no reply within 1 s (exit 4)",
            "  hint: what came instead: other (2), a value that is no event (1), pong with other arguments (1)",
        ]


async def test_no_more_names_than_that_are_remembered(run, hub, monkeypatch):
    monkeypatch.setattr(requesting, "MAX_OTHERS", 2)

    def answers(_):
        yield from [("/r", Event(f"e{number}")) for number in (1, 2, 3, 4, 1)]

    async with hub() as here, answering(here.endpoint, "/t", answers):
        result = await run(
            "request", "-p", here.peer, "/t", "ping", "--reply-topic", "/r", "--reply-event", "x", "--timeout", "1s"
        )
        assert result.err.splitlines()[1] == "  hint: what came instead: e1 (2), others (2), e2 (1)"


async def test_silence(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/t")
        ask = ("request", "-p", here.peer, "/t", "ping", "--reply-topic", "/r", "--reply-topic", "")
        result = await run(*ask, env={"BROKER_TIMEOUT": "100ms"})
        assert result.code == 4
        assert result.err.splitlines() == [
            "broker: no reply within 0.1 s (exit 4)",
            '  hint: nothing came on /r, ""; a Zeek ignores events that it does not know, or with other types',
        ]


async def test_nobody_hears(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/other")
        result = await run("request", "-p", here.peer, "/t", "ping", "--reply-topic", "/r", "--timeout", "100ms")
        assert (result.code, messages.poll()) == (4, [])
        assert result.err.splitlines() == [
            f"broker: timed out: nobody is subscribed to /t at {here.peer}; nothing sent (exit 4)",
            f"  hint: broker peer {here.peer} shows who wants what",
        ]


async def test_it_waits_for_somebody_who_hears(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:

        async def come_later() -> None:
            await here.peered()
            async with recorded_zeek(here.endpoint):
                await trio.sleep_forever()

        nursery.start_soon(come_later)
        assert (await run("request", "-p", here.peer, *PING)).code == 0
        nursery.cancel_scope.cancel()


async def test_nobody_is_there(run):
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listeners[0]:
        port = listeners[0].socket.getsockname()[1]
        result = await run("request", "-p", f"127.0.0.1:{port}", *PING, "--timeout", "100ms")
    assert result.code == 5
    assert result.err.startswith(f"broker: timed out: not connected to 127.0.0.1:{port} within 0.1 s (exit 5)")
    assert (await run("request", "-p", "127.0.0.1:1", *PING)).code == 5


async def test_the_peer_goes(hub, start):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/rec/in")
        async with start("request", "-p", here.peer, *PING) as program:
            await messages.get(20)
            await here.endpoint.shutdown()
            assert await program.ends() == 6


async def test_ctrl_c(hub, start):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/rec/in")
        async with start("request", "-p", here.peer, *PING) as program:
            await messages.get(20)
            program.process.send_signal(signal.SIGINT)
            assert await program.ends(3) == -signal.SIGINT
            assert b"Traceback" not in program.err


async def test_over_websocket(run):
    async with Endpoint() as endpoint, recorded_zeek(endpoint):
        port = (await endpoint.listen_web(tls="off")).port
        result = await run("request", "-p", f"ws://127.0.0.1:{port}", *PING, "-o", "text")
        assert (result.code, result.out) == (0, '/rec/out Rec::pong(1, "hello") @ ()\n')


@pytest.mark.parametrize("refused", [True, False])
async def test_zeek_refuses(run, refused):
    """A server that answers as Zeek 8.2.2 does to an event it does not know: no need to wait for a reply."""
    code = "deserialization_failed" if refused else "broker_error"

    async def serve(end):
        await end.welcome()
        await end.text()
        await end.say(f'{{"type":"error","code":"{code}","context":"failed to create Zeek event"}}')
        await until_closed(end)

    async with web_server(serve) as port:
        result = await run("request", "-p", f"ws://127.0.0.1:{port}", *PING, "--timeout", "15s" if refused else "300ms")
    assert result.code == (8 if refused else 4)
    if refused:
        assert "Zeek takes only events that it knows" in result.err
