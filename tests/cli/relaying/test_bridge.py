"""The whole relay between endpoints of the test."""

from __future__ import annotations

import json
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import NamedTuple

import pyte
import pytest
import trio

from broker_core import (
    Batch,
    Count,
    Endpoint,
    EndpointOptions,
    Event,
    IdentifierUpdate,
    LogWrite,
    Message,
    Port,
    Set,
    Timestamp,
    UndeliveredError,
    WebAccess,
    WebUser,
)
from tests.cli.test_pty import on_terminal
from zeek_frames import data_frames

SOON = 20


class There(NamedTuple):
    """A network: one endpoint, and how to reach it."""

    endpoint: Endpoint
    address: str

    async def relayed(self, topic: str) -> None:
        """Wait until the relay has subscribed to *topic*."""
        with trio.fail_after(SOON):
            await self.endpoint.wait_for_subscribers(topic)


@asynccontextmanager
async def network(transport: str = "broker", port: int = 0, access: WebAccess | None = None, **options):
    """An endpoint that can be reached by *transport*."""
    with suppress(UndeliveredError):
        async with Endpoint(EndpointOptions(**options)) as endpoint:
            if transport == "ws":
                listener = await endpoint.listen_web("127.0.0.1", port, overflow="block", access=access)
            else:
                listener = await endpoint.listen("127.0.0.1", port, tls="auto")
            yield There(endpoint, f"{transport}://127.0.0.1:{listener.port}")


@asynccontextmanager
async def relaying(start, one: There, other: There, *options: str):
    """A relay between the two."""
    async with start("relay", one.address, other.address, "-v", *options) as program:
        await program.says("relaying between")
        yield program


async def values(subscriber, count: int) -> list:
    """The values of so many messages."""
    found: list = []
    with trio.fail_after(SOON):
        while len(found) < count:
            found += [message.value for message in await subscriber.get_batch(count - len(found))]
    return found


async def all_of(subscriber, wanted) -> None:
    """Wait until each of the *wanted* values has come, however often and in whichever order."""
    missing = set(wanted)
    with trio.fail_after(SOON):
        while missing:
            missing.difference_update(message.value for message in await subscriber.get_batch())


MESSAGES = [
    Event("ping", "x", Count(5), Port(22), metadata={1: Timestamp(1_700_000_000_123_456_789), 200: b"\xff"}).value,
    Batch([Event("a"), IdentifierUpdate("x", Set([1.5]))]).value,
    LogWrite("Conn::LOG", "Log::WRITER_ASCII", "conn", b"\x00\xff").value,
    "a string",
    None,
]


@pytest.mark.parametrize("kinds", ["broker broker", "broker ws", "ws broker", "ws ws"])
async def test_values_pass_both_ways_as_they_are(start, kinds):
    first, second = kinds.split()
    async with network(first) as a, network(second) as b:
        at_a, at_b = a.endpoint.make_subscriber("/x"), b.endpoint.make_subscriber("/x")
        async with relaying(start, a, b, "--topic", "/x") as program:
            for here, there in ((a, at_b), (b, at_a)):
                await here.relayed("/x")
                for value in MESSAGES:
                    await here.endpoint.publish("/x/1", value)
                assert await values(there, len(MESSAGES)) == MESSAGES
            program.process.send_signal(signal.SIGTERM)
            assert await program.ends() == -signal.SIGTERM
            assert (
                f"A to B: relayed {len(MESSAGES)} messages\nB to A: relayed {len(MESSAGES)} mess".encode()
                in program.err
            )
        assert at_a.available() == at_b.available() == 0  # nothing came back


async def test_bytes_of_a_zeek_pass_without_being_read(start):
    frames = data_frames("zeek-log-writes", "zeek-cluster-manager")
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("")
        async with relaying(start, a, b, "--topic", "") as program:
            await a.relayed("/x")
            for frame in frames:
                await a.endpoint.publish_message(Message(frame.topic, payload=frame.payload))
            await a.endpoint.publish_message(Message("/broken", payload=b"\xff\xff"))
            found: list[Message] = []
            with trio.fail_after(SOON):
                while len(found) <= len(frames):
                    found += await at_b.get_batch()
            assert [(one.topic, one.payload) for one in found] == [
                *((one.topic, one.payload) for one in frames),
                ("/broken", b"\xff\xff"),
            ]
            await program.says('"" is everything')


async def test_100_000_messages_arrive_in_order(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x", capacity=100)
        async with relaying(start, a, b, "--topic", "/x", "-n", "100000") as program:
            await a.relayed("/x")

            async def publish() -> None:
                for number in range(100_000):
                    await a.endpoint.publish("/x", Count(number))

            async with trio.open_nursery() as nursery:
                nursery.start_soon(publish)
                assert await values(at_b, 100_000) == list(range(100_000))
            assert await program.ends() == 0


async def test_topics_are_renamed_there_and_back(start):
    async with network() as a, network() as b:
        at_a, at_b = a.endpoint.make_subscriber(""), b.endpoint.make_subscriber("")
        rules = "--topic zeek/ --from-b /only-b --map zeek/=site/zeek/ --exclude zeek/secret"
        async with relaying(start, a, b, *rules.split(), "-n", "3") as program:
            await a.relayed("zeek/")
            await b.relayed("site/zeek/")
            for topic in ("zeek/x", "zeek/secret", "/only-b"):
                await a.endpoint.publish(topic, "from a")
            for topic in ("site/zeek/y", "/only-b", "zeek/x"):
                await b.endpoint.publish(topic, "from b")
            assert await program.ends() == 0
        assert [message.topic for message in at_b.poll()] == ["site/zeek/x"]
        assert [message.topic for message in at_a.poll()] == ["zeek/y", "/only-b"]


async def test_one_way_subscribes_to_nothing_at_b(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x")
        async with relaying(start, a, b, "--topic", "/x", "--one-way", "--event", "p?ng", "-n", "1"):
            await a.relayed("/x")
            await a.endpoint.publish("/x", Event("other"))
            await a.endpoint.publish("/x", Event("ping"))
            assert await values(at_b, 1) == [Event("ping").value]
            assert [peer.filter for peer in b.endpoint.peers()] in ([()], [])  # it may have left already


async def counts_at_the_end(program) -> dict:
    """The last line of ndjson."""
    program.process.send_signal(signal.SIGINT)
    assert await program.ends() == -signal.SIGINT
    line = json.loads(program.out.splitlines()[-1])
    assert line["final"] is True
    return line


# -- losses -----------------------------------------------------------------------------------------------------


async def test_a_side_that_goes_away_is_waited_for_and_gets_what_came_meanwhile(start):
    async with AsyncExitStack() as programs, network() as a:
        async with network() as b:
            port = int(b.address.rpartition(":")[2])
            context = relaying(start, a, b, "--topic", "/x", "-o", "ndjson")
            program = await programs.enter_async_context(context)
            await a.relayed("/x")
        await program.says("has ended; connecting again")
        for number in range(1000):
            await a.endpoint.publish("/x", number)
        await a.endpoint.flush()
        async with network(port=port) as b:
            at_b = b.endpoint.make_subscriber("/x")
            assert await values(at_b, 1000) == list(range(1000))
            await program.says(f"messages from {b.address.removeprefix('broker://')} may be missing at A")
            line = await counts_at_the_end(program)
            assert line["a_to_b"]["relayed"] == 1000
            assert line["a_to_b"]["lost"] == 0


async def test_what_was_not_confirmed_is_told_in_numbers(start):
    async with (
        network() as a,
        start("listen", "0", "--topic", "/x") as victim,
    ):
        await victim.says("\n")
        b = There(a.endpoint, victim.err.split()[-1].decode())
        async with relaying(start, a, b, "--topic", "/x", "-o", "ndjson", "--interval", "50ms") as program:
            await a.relayed("/x")
            await a.endpoint.publish("/x", "arrives")
            await victim.prints("arrives")
            victim.process.send_signal(signal.SIGSTOP)
            for number in range(50):
                await a.endpoint.publish("/x", number)
            await a.endpoint.flush()
            await program.prints('"relayed":51')
            victim.process.kill()
            await program.says("were not confirmed, and may be lost")
            line = await counts_at_the_end(program)
            assert 50 <= line["a_to_b"]["lost"] <= 51  # the first may have been confirmed, or not been asked for yet


@pytest.mark.parametrize("options", [["--reconnect=0"], ["--no-reconnect"]])
async def test_it_can_give_up_at_once(start, options):
    async with AsyncExitStack() as programs, network() as a:
        async with network() as b:
            program = await programs.enter_async_context(relaying(start, a, b, "--topic", "/x", *options))
        assert await program.ends() == 6


async def test_nobody_there(run):
    async with network() as a:
        result = await run("relay", a.address, "127.0.0.1:1", "--topic", "/x")
        assert result.code == 5
        assert "127.0.0.1:1" in result.err


async def test_a_slow_side_makes_it_drop_where_that_was_asked_for(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x", capacity=1)
        options = (
            "--topic",
            "/x",
            "--on-overflow",
            "drop-old",
            "--max-queue",
            "10",
            "-o",
            "ndjson",
            "--interval",
            "100ms",
        )
        async with relaying(start, a, b, *options) as program:
            await a.relayed("/x")
            big = "x" * 100_000
            with trio.fail_after(SOON):
                for _ in range(20_000):
                    await a.endpoint.publish("/x", big)
                    if b"more messages dropped" in program.err:
                        break
                    with trio.move_on_after(0.0005):
                        program.err += await program.process.stderr.receive_some()
                else:
                    pytest.fail("nothing was dropped")
            assert b"B is too slow" in program.err
            program.process.kill()
        at_b.close()


async def test_a_slow_side_slows_the_other_otherwise(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x", capacity=1)
        async with relaying(start, a, b, "--topic", "/x", "--max-queue", "10", "-n", "3000") as program:
            await a.relayed("/x")

            async def publish() -> None:
                for number in range(3000):
                    await a.endpoint.publish("/x", (Count(number), "x" * 50_000))

            async with trio.open_nursery() as nursery:
                nursery.start_soon(publish)
                assert [value[0] for value in await values(at_b, 3000)] == list(range(3000))
            assert await program.ends() == 0


async def test_what_was_received_when_a_signal_comes_arrives(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x", capacity=100_000)
        async with relaying(start, a, b, "--topic", "/x", "-o", "ndjson") as program:
            await a.relayed("/x")
            for number in range(5000):
                await a.endpoint.publish("/x", number)
            await a.endpoint.flush()
            line = await counts_at_the_end(program)
            assert line["a_to_b"]["relayed"] == line["a_to_b"]["received"] == 5000
            assert line["a_to_b"]["queued"] == 0
        assert [message.value for message in at_b.poll()] == list(range(5000))


# -- WebSocket --------------------------------------------------------------------------------------------------


async def test_what_a_server_refuses_is_counted_and_no_failure(start):
    access = WebAccess(users=(WebUser(publish=("/ok",)),))
    async with network() as a, network("ws", access=access) as b:
        at_b = b.endpoint.make_subscriber("/")
        async with relaying(start, a, b, "--topic", "/", "-o", "ndjson") as program:
            await a.relayed("/")
            await a.endpoint.publish("/no", 1)
            await a.endpoint.publish("/ok", 2)
            assert await values(at_b, 1) == [2]
            await program.says("access_denied")
            line = await counts_at_the_end(program)
        assert (line["a_to_b"]["refused"], line["a_to_b"]["relayed"]) == (1, 1)


async def test_what_json_cannot_express_is_counted(start):
    async with network() as a, network("ws") as b:
        at_b = b.endpoint.make_subscriber("/")
        async with relaying(start, a, b, "--topic", "/", "-o", "ndjson") as program:
            await a.relayed("/")
            await a.endpoint.publish_message(Message("/x", payload=b"\xff\xff"))
            await a.endpoint.publish("/x", 2)
            assert await values(at_b, 1) == [2]
            await program.says("cannot be expressed in JSON")
            line = await counts_at_the_end(program)
        assert (line["a_to_b"]["unfit"], line["a_to_b"]["relayed"], line["a_to_b"]["refused"]) == (1, 1, 0)


# -- output -----------------------------------------------------------------------------------------------------


async def test_lines_of_ndjson_once_per_interval(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x")
        async with relaying(start, a, b, "--topic", "/x", "-o", "ndjson", "--interval", "50ms") as program:
            await a.relayed("/x")
            await a.endpoint.publish("/x", 1)
            await values(at_b, 1)
            await program.prints('"relayed":1')
            line = json.loads(program.out.splitlines()[0])
            assert (line["type"], line["v"], line["final"]) == ("relay", 1, False)
            assert line["a"] == {"address": a.address.removeprefix("broker://"), "connected": True}
            assert line["interval"] > 0


async def test_nothing_is_printed_without_ndjson(start):
    options = ("--topic", "/x", "--for", "100ms", "--interval", "10ms")
    async with network() as a, network() as b, relaying(start, a, b, *options) as program:
        assert await program.ends() == 0
        assert program.out == b""


async def test_the_ready_file(start, tmp_path):
    async with network() as a, network() as b:
        file = tmp_path / "ready"
        async with relaying(start, a, b, "--topic", "/x", "--ready-file", str(file), "--for", "1ms") as program:
            assert await program.ends() == 0
        assert file.read_text() == "relaying\n"


async def test_people_see_how_it_goes(start):
    async with network() as a, network() as b:
        at_b = b.endpoint.make_subscriber("/x")
        options = ("relay", a.address, b.address, "--topic", "/x")
        async with on_terminal(*options) as (process, terminal):
            await terminal.shows("relaying between 127.0.0.1:")
            await a.relayed("/x")
            await a.endpoint.publish("/x", 1)
            await values(at_b, 1)
            await terminal.shows("A>B 1 (")
            terminal.types("\x03")
            await terminal.shows("B to A: relayed 0 messages")
            with trio.fail_after(3):
                assert await process.wait() == -signal.SIGINT
            with suppress(OSError):  # the end of what it showed
                terminal.text += os.read(terminal.fd, 65536).decode()
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(terminal.text)
    lines = [line.removeprefix("^C").partition(":")[0] for line in screen.display if line.strip()]
    assert lines == ["relaying between 127.0.0.1", "A to B", "B to A"]
