"""The loop that prints, and what it does with what it cannot print."""

from __future__ import annotations

import io
import json
import os
import signal
from itertools import chain, repeat

import pytest
import trio
import trio.testing

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.receiving import Ends, Printer, print_messages, tell_rate, tell_ready
from broker_cli.selecting.globs import NameGlobs
from broker_cli.selecting.selection import Selection
from broker_core import Count, Event, ForeignMessage, Message


@pytest.fixture
def out(tmp_path):
    with (tmp_path / "out").open("w+b") as file:
        yield file


def make(out, form: str = "text", *, selection=None, settings=None, **changes) -> tuple[Context, Printer]:
    context = Context(
        stdout=out.fileno(),
        stderr=io.StringIO(),
        environ={},
        stdout_is_terminal=False,
        stderr_is_terminal=False,
        **changes,
    )
    return context, Printer(context, Settings(output=form, **(settings or {})), selection)


def written(out) -> bytes:
    out.seek(0)
    return out.read()


async def test_messages_are_written_and_counted(out):
    _, printer = make(out)
    await printer.show([Message("/t", Count(1)), Message("/t", "x")])
    await printer.show([])
    await printer.line("end")
    assert written(out) == b'/t 1\n/t "x"\nend\n'
    assert printer.summary(0) == "received 2 messages"


async def test_unreadable_messages_are_told_and_counted(out):
    context, printer = make(out)
    await printer.show([Message("/a", Count(1)), Message("/b", payload=b"\x63"), Message("/c", Count(2))])
    assert written(out) == b"/a 1\n/c 2\n"
    assert context.stderr.getvalue() == "broker: a message on /b cannot be read: unknown type tag 99 at offset 0\n"
    assert printer.summary(0) == "received 2 messages, 1 left out"


@pytest.mark.parametrize(
    ("form", "keys"), [("ndjson", ["data", "payload", "data"]), ("plain", ["value", "payload", "value"])]
)
async def test_messages_in_other_formats_are_shown_and_counted(out, form, keys):
    context, printer = make(out, form)
    await printer.show([Message("/a", Count(1)), ForeignMessage("/b", b"x", "f"), Message("/c", Count(2))])
    lines = [json.loads(line) for line in written(out).splitlines()]
    assert [key in line for key, line in zip(keys, lines, strict=True)] == [True] * 3
    assert [line.get("seq", at) for at, line in enumerate(lines, 1)] == [1, 2, 3]
    assert printer.summary(0) == "received 3 messages"
    assert context.stderr.getvalue() == ""


async def test_they_have_numbers_and_times_in_templates(out):
    moments = chain([0], repeat(5 * 10**9))
    settings = {"template": "{seq} {ts} {topic} {value}", "stamps": "delta"}
    _, printer = make(out, settings=settings, clock=lambda: next(moments))
    await printer.show([Message("/a", Count(1))])
    await printer.show([Message("/a", Count(2)), ForeignMessage("/b", b"x", "f"), Message("/c", Count(3))])
    assert written(out).decode().splitlines() == [
        *("1 +0.000000 /a 1", "2 +5.000000 /a 2", "3 +0.000000 /b x", "4 +0.000000 /c 3"),
    ]


async def test_a_flood_of_them_is_only_counted(out):
    context, printer = make(out, "raw")
    for _ in range(4):
        await printer.show([Message("/t", Count(number)) for number in range(10)])
    lines = context.stderr.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1] == "broker: further messages of that kind are only counted"
    assert printer.summary(3) == "received 0 messages, 40 left out, 3 dropped because the output was too slow"


class Queue:
    """Stands for a subscriber that gives what it is told, and then waits."""

    def __init__(
        self, *batches: list[Message], dropped: int = 0, overflowed: bool = False, closed: bool = False
    ) -> None:
        self.batches = list(batches)
        self.dropped = dropped
        self.overflowed = overflowed
        self.closed = closed

    async def get_batch(self, most: int | None = None) -> list[Message]:
        await trio.lowlevel.checkpoint()
        if self.batches:
            return self.batches.pop(0)[:most]
        if self.closed:
            raise trio.EndOfChannel
        await trio.sleep_forever()
        raise AssertionError


BATCH = [Message("/t", Count(number)) for number in range(5)]


async def test_it_ends_when_there_are_enough(out):
    context, printer = make(out)
    await print_messages(context, printer, Queue(BATCH, BATCH), Ends(count=7))
    assert printer.shown == 7


async def test_messages_without_a_line_do_not_count_as_wanted(out):
    context, printer = make(out, "raw")
    await print_messages(context, printer, Queue(BATCH[:1], [Message("/t", "x")], closed=True), Ends(count=1))
    assert (printer.shown, printer.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("ends", "shown", "code"),
    [
        (Ends(duration=60), 5, None),
        (Ends(idle=60), 5, None),
        (Ends(timeout=60), 5, None),
        (Ends(count=6, duration=60), 5, ExitCode.TIMEOUT),
        (Ends(count=6, idle=60), 5, ExitCode.TIMEOUT),
        (Ends(count=6, timeout=60, duration=3600), 5, ExitCode.TIMEOUT),
    ],
)
async def test_it_ends_when_time_is_up(out, autojump_clock, ends, shown, code):
    context, printer = make(out)
    started = trio.current_time()
    if code is None:
        await print_messages(context, printer, Queue(BATCH), ends)
    else:
        with pytest.raises(Failure) as caught:
            await print_messages(context, printer, Queue(BATCH), ends)
        assert caught.value.code is code
    assert printer.shown == shown
    assert trio.current_time() - started == pytest.approx(60)


EVENTS = [Message("/t", Event(name).value) for name in ("ping", "pong", "ping", "done", "ping")]


async def test_only_what_is_selected_is_shown_and_counts(out):
    context, printer = make(out, selection=Selection(events=NameGlobs(["ping"])))
    await print_messages(context, printer, Queue(EVENTS, EVENTS), Ends(count=4))
    assert (printer.shown, printer.taken) == (4, 10)
    assert written(out) == b"/t ping()\n" * 4
    assert printer.summary(0) == "received 4 messages, 2 not selected"


async def test_a_message_without_a_line_takes_no_place(out):
    context, printer = make(out, "raw", selection=Selection(exclude=("/x",)))
    batch = [Message("/t", value) for value in (1, "a", 2, "b", "c")]
    await print_messages(context, printer, Queue(batch), Ends(count=2))
    assert (written(out), printer.shown, printer.skipped) == (b"a\nb\n", 2, 2)


async def test_an_event_can_end_it(out):
    context, printer = make(out, selection=Selection(until=NameGlobs(["done"])))
    await print_messages(context, printer, Queue(EVENTS, EVENTS), Ends(timeout=60))
    assert written(out) == b"/t ping()\n/t pong()\n/t ping()\n/t done()\n"


async def test_the_event_that_ends_it_is_enough(out):
    context, printer = make(out, selection=Selection(until=NameGlobs(["done"])))
    await print_messages(context, printer, Queue(EVENTS), Ends(count=10))
    assert printer.shown == 4


@pytest.mark.parametrize(
    ("ends", "code", "message"),
    [
        (Ends(count=2), ExitCode.NO, "the event of --until-event has not come"),
        (Ends(duration=60), ExitCode.NO, "the event of --until-event has not come"),
        (Ends(idle=60, timeout=3600), ExitCode.NO, "the event of --until-event has not come"),
        (Ends(timeout=60), ExitCode.TIMEOUT, "timed out: the event of --until-event has not come"),
        (Ends(timeout=60, duration=30), ExitCode.NO, "the event of --until-event has not come"),
        (Ends(duration=60, count=9), ExitCode.TIMEOUT, "timed out: 5 of 9 messages received"),
    ],
)
async def test_the_event_that_was_to_end_it_did_not_come(out, autojump_clock, ends, code, message):
    context, printer = make(out, selection=Selection(until=NameGlobs(["never"])))
    with pytest.raises(Failure) as caught:
        await print_messages(context, printer, Queue(EVENTS), ends)
    assert (caught.value.code, caught.value.message) == (code, message)


class Trickle(Queue):
    """Gives one message each ten seconds."""

    async def get_batch(self, most: int | None = None) -> list[Message]:
        pause = 10
        await trio.sleep(pause)
        return await super().get_batch(most)


async def test_messages_that_are_not_shown_do_not_keep_it_from_being_idle(out, autojump_clock):
    context, printer = make(out, selection=Selection(events=NameGlobs(["pong"])))
    started = trio.current_time()
    await print_messages(context, printer, Trickle(*[[event] for event in EVENTS * 5]), Ends(idle=25))
    assert printer.shown == 1
    assert trio.current_time() - started == pytest.approx(20 + 25)


async def test_records_can_end_with_nul(out):
    _, printer = make(out, "raw", settings={"nul": True})
    await printer.show([Message("/t", "a\nb"), Message("/t", "c")])
    await printer.line("end")
    assert written(out) == b"a\nb\0c\0end\0"


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb") as one, os.fdopen(writing, "wb") as other:
        yield one.fileno(), other


async def test_a_line_in_between_waits_for_what_is_being_written(pipe):
    """A pipe takes a part of a large write, and other tasks run before the rest."""
    reading, writing = pipe
    _, printer = make(writing, "raw")
    data = b""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(printer.show, [Message("/t", "x" * 300_000)])
        await trio.testing.wait_all_tasks_blocked()
        await printer.line("between")
        while not data.endswith(b"between\n"):
            await trio.lowlevel.wait_readable(reading)
            data += os.read(reading, 65536)
    assert data == b"x" * 300_000 + b"\nbetween\n"


async def test_the_rate_is_told_each_second(out, autojump_clock):
    context, printer = make(out, selection=Selection(events=NameGlobs(["ping"])))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell_rate, context, printer)
        await trio.testing.wait_all_tasks_blocked()
        await printer.show(EVENTS)
        pause = 1.25
        await trio.sleep(pause)
        await printer.show([EVENTS[0]])
        await trio.sleep(pause)
        nursery.cancel_scope.cancel()
    assert context.stderr.getvalue() == "5 msg/s, 3 shown\n1 msg/s\n"


async def test_drops_are_told_now_and_then(out):
    context, printer = make(out)
    await print_messages(context, printer, Queue(BATCH, BATCH, dropped=12, closed=True), Ends())
    assert context.stderr.getvalue() == "broker: the output is too slow: 12 messages dropped so far\n"


async def test_an_overflow_can_end_it(out):
    context, printer = make(out)
    with pytest.raises(Failure, match="the queue is full") as caught:
        await print_messages(context, printer, Queue(BATCH, overflowed=True, closed=True), Ends())
    assert caught.value.code is ExitCode.LOST


async def test_a_slow_output_can_end_it(hub, start):
    """Nobody reads stdout, so the pipe fills up, and then the queue."""
    options = ("--max-queue", "1", "--on-overflow", "exit")
    async with hub() as here, start("sub", "-p", here.peer, "/t", *options) as program:
        await here.publish("/t", *["x" * 1000] * 2000)
        await program.says("the output is too slow: the queue is full")
        assert await program.ends() == 6


@pytest.mark.parametrize("policy", ["drop-old", "drop-new"])
async def test_a_slow_output_can_cost_messages(hub, start, policy):
    options = ("--max-queue", "1", "--on-overflow", policy)
    async with hub() as here, start("sub", "-p", here.peer, "/t", *options) as program:
        await here.publish("/t", *["x" * 1000] * 2000)
        await here.endpoint.flush()
        await program.prints("\n")  # that makes room, and so it goes on
        await program.says("messages dropped so far")
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM


async def test_a_slow_output_makes_the_source_wait(hub, start):
    async with hub() as here, start("sub", "-p", here.peer, "/t", "--max-queue", "1", "-n", "2000") as program:
        await here.publish("/t", *["x" * 1000] * 2000)
        assert await program.ends() == 0
        assert program.out.count(b"\n") == 2000


def test_a_ready_file_appears_complete(tmp_path):
    tell_ready(None, "x")
    tell_ready(str(tmp_path / "ready"), "127.0.0.1:5")
    assert (tmp_path / "ready").read_text() == "127.0.0.1:5\n"
    assert [path.name for path in tmp_path.iterdir()] == ["ready"]
    with pytest.raises(Failure, match=r"--ready-file: .*: No such file or directory"):
        tell_ready(str(tmp_path / "no" / "file"), "x")
