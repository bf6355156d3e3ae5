"""Publishing for real, to an endpoint of the test."""

from __future__ import annotations

import os

import pytest
import trio

from broker_cli.publishing import Plan, _Progress, _Sender, _source
from broker_cli.schedules import Pauses, SteadySchedule
from broker_core import Count, Event

OFF = ("--tls", "off")


async def test_an_event_arrives_and_success_is_silent(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        result = await run("publish", "-p", here.peer, "/t/x", "ping", "hello", "5")
        assert result == (0, "", "")
        topic, value = await messages.get()
        assert (topic, value) == ("/t/x", Event("ping", "hello", Count(5)).value)


async def test_verbose_and_terminals_are_told_how_many(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/t")
        result = await run("publish", "-p", here.peer, "/t", "ping", "-n", "3", terminal=True)
        assert (result.code, result.err) == (0, "published 3 messages\n")
        result = await run("publish", "-p", here.peer, "/t", "ping", "-v")
        assert result.err.splitlines()[-1] == "published 1 message"
        assert result.err.startswith(f"connected to {here.peer} ({here.endpoint.id}, TLS: ")
        result = await run("publish", "-p", here.peer, "/t", "ping", "-q", terminal=True)
        assert result.err == ""


async def test_nobody_subscribed_is_worth_a_note(run, hub):
    async with hub() as here:
        result = await run("publish", "-p", here.peer, "/t", "ping")
        assert (result.code, result.out) == (0, "")
        assert result.err == f"broker: nobody is subscribed to /t at {here.peer}; use --wait-subscriber\n"
        assert (await run("publish", "-p", here.peer, "/t", "ping", "-q")).err == ""


async def test_waiting_for_a_subscriber(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        found = []

        async def subscribe_later() -> None:
            await here.peered()
            with here.endpoint.make_subscriber("/t") as messages:
                found.append((await messages.get()).value)

        nursery.start_soon(subscribe_later)
        result = await run("publish", "-p", here.peer, "/t", "--data", "5", "--wait-subscriber")
        assert result == (0, "", "")
        with trio.fail_after(10):
            while not found:
                await trio.lowlevel.checkpoint()
        assert found == [Count(5)]


async def test_waiting_in_vain(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/t")
        result = await run("publish", "-p", here.peer, "/t", "x", "--wait-subscriber=2", "--timeout", "50ms")
        assert result.code == 4
        assert result.err == "broker: timed out: 1 of 2 peers subscribed to /t; nothing published (exit 4)\n"
        result = await run("publish", "-p", here.peer, "/u", "x", "--wait-subscriber", env={"BROKER_TIMEOUT": "10ms"})
        assert result.code == 4


async def test_many_messages_arrive_in_order(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        lines = b"".join(b"line %d\n" % number for number in range(20_000))
        got = []

        async def receive() -> None:
            while len(got) < 20_000:
                got.extend([message.value for message in await messages.get_batch()])

        async with trio.open_nursery() as nursery:
            nursery.start_soon(receive)
            result = await run("pub", "-p", here.peer, "/t", "--from", "-", "--in", "lines", stdin=lines)
        assert result == (0, "", "")
        assert "\n".join(got) + "\n" == lines.decode()


async def test_a_line_is_sent_at_once(hub, start):
    async with hub() as here, start("pub", "-p", here.peer, "/t", "line", "--from", "-", "--in", "lines") as program:
        messages = here.endpoint.make_subscriber("/t")
        for text in ("one", "two"):
            await program.send(f"{text}\n".encode())
            with trio.fail_after(10):
                assert (await messages.get()).value == Event("line", text).value
        await program.send(b"rest")
        await program.end_input()
        with trio.fail_after(10):
            assert (await messages.get()).value == Event("line", "rest").value
        assert await program.ends() == 0


async def test_standard_input_is_left_alone_unless_asked_for(hub, start):
    """As in ``while read``: the program must not eat the rest of the loop's input."""
    async with hub() as here:
        reading, writing = os.pipe()
        os.write(writing, b"for the shell\n")
        os.close(writing)
        try:
            process = await trio.run_process(
                [os.sys.executable, "-m", "broker_cli", "pub", "-q", "-p", here.peer, "/t", "x"], stdin=reading
            )
            assert process.returncode == 0
            assert os.read(reading, 100) == b"for the shell\n"
        finally:
            os.close(reading)


async def test_a_bad_line_does_not_undo_those_before_it(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        lines = b"/t 1\n/t 2\noops\n/t 3\n"
        result = await run("pub", "-p", here.peer, "--from", "-", "--in", "text", stdin=lines)
        assert result.code == 7
        assert "stdin:3: " in result.err
        assert "behind 2 good messages" in result.err
        assert [(await messages.get()).value for _ in range(2)] == [Count(1), Count(2)]
        result = await run("pub", "-p", here.peer, "--from", "-", "--in", "text", "--keep-going", stdin=lines)
        assert result.code == 9
        assert [(await messages.get()).value for _ in range(3)] == [Count(1), Count(2), Count(3)]


async def test_files_and_fifos(run, hub, tmp_path):
    (tmp_path / "in").write_text("1\n2\n")
    os.mkfifo(tmp_path / "fifo")
    async with hub() as here, trio.open_nursery() as nursery:
        messages = here.endpoint.make_subscriber("/t")
        assert (await run("pub", "-p", here.peer, "/t", "--in", "text", "--from", str(tmp_path / "in"))).code == 0

        def write() -> None:
            (tmp_path / "fifo").write_text("3\n")

        nursery.start_soon(trio.to_thread.run_sync, write)
        assert (await run("pub", "-p", here.peer, "/t", "--in", "text", "--from", str(tmp_path / "fifo"))).code == 0
        assert [(await messages.get()).value for _ in range(3)] == [Count(1), Count(2), Count(3)]


async def test_an_interval_is_kept(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        started = trio.current_time()
        assert (await run("pub", "-p", here.peer, "/t", "x", "-n", "3", "-i", "40ms")).code == 0
        assert trio.current_time() - started >= 0.08
        assert messages.available() == 3


async def test_a_rate_is_kept(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        started = trio.current_time()
        assert (await run("pub", "-p", here.peer, "/t", "x", "-n", "5", "--rate", "50")).code == 0
        assert trio.current_time() - started >= 0.08
        assert messages.available() == 5


async def test_it_goes_on_until_the_time_is_up(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        result = await run(
            "pub", "-p", here.peer, "/t", "e", "{n}", "--template", "--rate", "100", "--duration", "100ms", "-v"
        )
        count = messages.available()
        assert f"published {count} messages" in result.err
        assert 1 <= count <= 11
        got = [Event.from_value(message.value).args[0] for message in await messages.get_batch()]
        assert got == list(range(1, count + 1))


async def test_input_that_does_not_come_does_not_hold_it_up(hub, start):
    args = ("pub", "-p", "{peer}", "/t", "--from", "-", "--in", "lines", "--duration", "100ms")
    async with hub() as here, start(*[arg.format(peer=here.peer) for arg in args]) as program:
        assert await program.ends() == 0


async def test_recorded_messages_keep_their_gaps(run, hub):
    lines = b"".join(
        b'{"topic":"/t","@data-type":"count","data":%d,"ts":1714564800.%02d}\n' % (n, 4 * n) for n in range(4)
    )
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        started = trio.current_time()
        args = ("pub", "-p", here.peer, "--from", "-", "--pace", "recorded", "--wait-subscriber")
        assert await run(*args, stdin=lines) == (0, "", "")
        assert trio.current_time() - started >= 0.12
        assert [message.value for message in await messages.get_batch()] == [Count(n) for n in range(4)]
        assert (await run(*args, "--speed", "max", stdin=lines)).code == 0


async def test_waiting_for_a_subscriber_to_the_topic_of_the_first_line(run, hub):
    async with hub() as here:
        args = ("pub", "-p", here.peer, "--from", "-", "--in", "text", "--wait-subscriber", "--timeout", "50ms")
        result = await run(*args, stdin=b"/u 1\n/t 2\n")
        assert result.code == 4
        assert result.err == "broker: timed out: 0 of 1 peers subscribed to /u; nothing published (exit 4)\n"
        assert (await run(*args, stdin=b"")).code == 0
        messages = here.endpoint.make_subscriber("/")
        assert (await run(*args, stdin=b"/u 1\n/t 2\n")).code == 0
        assert [message.value for message in await messages.get_batch()] == [Count(1), Count(2)]


class Recorder:
    """Takes the place of a session: remembers when which messages were published."""

    def __init__(self, taking: float = 0.0) -> None:
        self.calls: list[tuple[float, int]] = []
        self.endpoint = self
        self.connected = True
        self._taking = taking
        self._start = trio.current_time()

    async def publish_batch(self, *messages) -> None:
        self.calls.append((round(trio.current_time() - self._start, 3), len(messages)))
        await trio.sleep(self._taking)

    async def wait_connected(self) -> None:
        if self.connected:
            await trio.lowlevel.checkpoint()
        else:
            await trio.sleep_forever()

    def receivers(self, topic) -> int:
        return len(topic)


async def published(plan: Plan, session: Recorder) -> int:
    progress = _Progress()
    await _Sender(session, plan, progress).all(_source(None, plan), [])
    return progress.published


def plan_for(**settings) -> Plan:
    return Plan(topic="/t", source=lambda: ("/t", 5), **settings)


async def test_messages_go_when_they_are_due(autojump_clock):
    session = Recorder()
    assert await published(plan_for(times=4, schedule=SteadySchedule(2)), session) == 4
    assert session.calls == [(0, 1), (0.5, 1), (1.0, 1), (1.5, 1)]
    session = Recorder()
    assert await published(plan_for(times=3, schedule=Pauses(2)), session) == 3
    assert session.calls == [(0, 1), (2, 1), (4, 1)]


async def test_a_high_rate_goes_in_small_batches(autojump_clock):
    session = Recorder()
    assert await published(plan_for(times=5000, schedule=SteadySchedule(10_000)), session) == 5000
    assert max(size for _, size in session.calls) <= 21
    assert session.calls[-1][0] == pytest.approx(0.5, abs=0.01)


async def test_the_time_ends_it_whatever_it_waits_for(autojump_clock):
    for settings, count in [
        ({"schedule": SteadySchedule(2)}, 4),
        ({"schedule": Pauses(0.9)}, 3),
        ({"times": 2, "schedule": SteadySchedule(2)}, 2),
    ]:
        session = Recorder()
        start = trio.current_time()
        plan = plan_for(**{"times": None, "duration": 1.95, **settings})
        assert await published(plan, session) == count
        assert trio.current_time() - start <= 1.96
    session = Recorder()
    session.connected = False
    assert await published(plan_for(times=5, duration=1.0), session) == 0
    session = Recorder(taking=0.3)
    assert await published(plan_for(times=None, duration=1.0), session) == 4 * 256  # what was begun is finished


async def test_several_peers(run, hub):
    async with hub() as one, hub() as two:
        queues = [here.endpoint.make_subscriber("/t") for here in (one, two)]
        assert (await run("pub", "/t", "x", env={"BROKER_PEER": f"{one.peer},{two.peer}"})).code == 0
        assert [queue.available() for queue in queues] == [1, 1]


async def test_one_peer_that_is_missing_is_one_too_many(run, hub):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        result = await run("pub", "-p", here.peer, "-p", "127.0.0.1:1", "/t", "x")
        assert result.code == 5
        assert result.err.splitlines()[0] == ("broker: cannot peer with 127.0.0.1:1: connection refused (exit 5)")
        assert result.err.splitlines()[1].startswith("  hint: ")
        assert messages.available() == 0


async def test_a_loss_is_told_with_what_was_sent(hub, start):
    async with hub() as here, start("pub", "-p", here.peer, "/t", "--from", "-", "--in", "lines") as program:
        messages = here.endpoint.make_subscriber("/t")
        await program.send(b"one\n")
        with trio.fail_after(10):
            assert (await messages.get()).value == "one"
        await here.endpoint.shutdown()
        assert await program.ends() == 6
        assert f"the connection to {here.peer} has ended; 1 message published before (exit 6)" in program.err.decode()


@pytest.mark.parametrize("form", ["ndjson", "text"])
async def test_what_was_captured_can_be_published_again(run, hub, form):
    values = [
        Event("a::b", Count(1), "x\n\x1b", metadata={200: 5}).value,
        b"\xff",
        {"k": (None, 1.5)},
        Event("set").value,
    ]
    async with hub() as here:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(here.publish, "/t", *values)
            captured = await run("sub", "-p", here.peer, "/t", "-n", "4", "-o", form)
        assert captured.code == 0
        messages = here.endpoint.make_subscriber("/t")
        result = await run("pub", "-p", here.peer, "--from", "-", "--in", form, stdin=captured.out.encode())
        assert result == (0, "", "")
        again = [(await messages.get()).payload for _ in values]
        from broker_core import to_value
        from broker_core.codecs import binary

        assert again == [binary.encode(to_value(value)) for value in values]
