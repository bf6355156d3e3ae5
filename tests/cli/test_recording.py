"""Recording for real, from an endpoint of the test: what is in the file however the program ends."""

from __future__ import annotations

import io
import resource
import signal
from pathlib import Path

import pyte
import pytest
import trio

from broker_cli.complaints import MOST_TOLD
from broker_cli.context import Context
from broker_cli.receiving import Ends
from broker_cli.recording import FLUSH_PAUSE, TURN_PAUSE, Recorder, Recording
from broker_cli.selecting.globs import NameGlobs
from broker_cli.selecting.selection import Selection
from broker_cli.sizes import byte_text
from broker_core import Count, Event, Message
from broker_core.recordings import (
    End,
    Gap,
    RecordedMessage,
    RecordingHeader,
    RecordingReader,
    RecordingWriter,
    RotatingWriter,
)
from recording_samples import cut, entries_of, size_of
from tests.cli.test_pty import on_terminal

PAUSE = 1.0
OFF = ("--tls", "off")


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.rec")


def numbered(path, pattern):
    """The files whose name begins with that of *path*."""
    return sorted(file.name for file in Path(path).parent.glob(Path(path).name + pattern))


def values(path):
    return [entry.value for entry in entries_of(path) if type(entry) is RecordedMessage]


async def test_messages_are_recorded_as_they_come(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t/x", Event("ping", Count(1)), "two")
        result = await run("record", path, "/t", "-p", here.peer, "-n", "2", *OFF, "-v")
        assert result.code == 0
        assert "recording /t to" in result.err
        assert f"recorded 2 messages, {size_of(path)} bytes" in result.err
        assert result.objects == [
            {
                "type": "recorded",
                "v": 1,
                "file": path,
                "files": 1,
                "messages": 2,
                "bytes": size_of(path),
                "dropped": 0,
                "left_out": 0,
            }
        ]
        header, one, two, end = entries_of(path)
        assert (header.topics, header.peers, header.program[:7]) == (("/t",), (here.peer,), "broker ")
        assert (one.topic, one.value, one.sender) == ("/t/x", Event("ping", Count(1)).value, here.endpoint.id)
        assert header.created <= one.time <= two.time <= end.time
        assert end.messages == 2


async def test_it_is_silent_for_scripts_and_says_more_at_a_terminal(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", 1)
        result = await run("record", path, "/t", "-p", here.peer, "-n", "1", *OFF, terminal=True)
        assert (result.code, result.out) == (0, "")
        assert "recorded 1 message, " in result.err
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", 1)
        result = await run("record", path, "/t", "-p", here.peer, "-n", "1", *OFF, "--force", "-o", "human")
        assert result == (0, "", "")


async def test_times_end_it_as_they_do_subscribe(run, hub, path):
    async with hub() as here:
        result = await run("record", path, "/t", "-p", here.peer, "--timeout", "20ms", *OFF)
        assert result.code == 4
        assert "timed out: 0 of 1 message received" in result.err
        assert [type(entry) for entry in entries_of(path)] == [RecordingHeader, End]
        assert (await run("record", path, "/t", "-p", here.peer, "--for", "20ms", "--force", *OFF)).code == 0


async def test_without_a_connection_there_is_no_file(run, path):
    result = await run("record", path, "/t", "-p", "127.0.0.1:1")
    assert result.code == 5
    assert not numbered(path, "*")


async def test_files_that_are_there(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:
        words = ("/t", "-p", here.peer, "-n", "1", *OFF)
        nursery.start_soon(here.publish, "/t", 1)
        assert (await run("record", path, *words)).code == 0
        result = await run("record", path, *words)
        assert (result.code, result.err.splitlines()[0]) == (2, f"broker: {path} exists (exit 2)")
        assert "--append" in result.err
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", 2)
        assert (await run("record", path, "--append", *words)).code == 0
        assert values(path) == [1, 2]
        cut(path, 5)
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", 3)
        result = await run("record", path, "--append", *words)
        assert "cut off" in result.err
        assert "bytes at offset" in result.err
        assert values(path) == [1, 3], "the second was in the block that was cut"
        await here.peered(0)
        nursery.start_soon(here.publish, "/t", 4)
        assert (await run("record", path, "--force", "--compress", *words)).code == 0
        assert values(path) == [4]


async def test_what_is_no_recording_is_not_added_to(run, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("precious")
    result = await run("record", str(text), "/t", "-p", ":1", "--append")
    assert (result.code, text.read_text()) == (7, "precious")
    assert "no recording" in result.err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is no regular file"),
        ("/dev/null", "is no regular file"),
        ("no/a.rec", "there is no directory"),
        ("/proc/a.rec", "/proc/a.rec"),
    ],
)
async def test_places_that_cannot_be_written(run, tmp_path, name, message):
    result = await run("record", str(tmp_path / name), "/t", "-p", "127.0.0.1:1")
    assert result.code in {2, 5}  # root may write everywhere, as far as it can be asked
    if name != "/proc/a.rec":
        assert (result.code, message in result.err) == (2, True)


async def test_files_rotate(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:

        async def publish():
            await here.endpoint.wait_for_subscribers("/t")
            for number in range(9):
                await here.endpoint.publish("/t", (number, "x" * 30_000))
                await here.endpoint.flush()

        nursery.start_soon(publish)
        words = ("--rotate", "64KiB", "--keep", "2", "--max-queue", "1", "-n", "9", "-v")
        result = await run("record", path, "/t", "-p", here.peer, *words, *OFF)
        assert result.code == 0
        names = numbered(path, ".*")
        assert len(names) == 2
        [line] = result.objects
        assert line["files"] == int(names[-1].rpartition(".")[2]) >= 3
        assert line["messages"] == 9
        assert f"in {line['files']} files" in result.err
        assert f"writing to {path}.000001" in result.err
        assert values(path + "." + names[-1].rpartition(".")[2])[-1][0] == 8


async def test_a_selection(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", Event("a::x", 1), Event("b::x", 2), Event("a::y", 3))
        result = await run("record", path, "/t", "-p", here.peer, "-n", "2", "--event", "a::*", "-v", *OFF)
        assert [Event.from_value(value).name for value in values(path)] == ["a::x", "a::y"]
        assert "1 not selected" in result.err


# -- however it ends ----------------------------------------------------------------------------------------------


async def test_it_can_be_killed_at_any_time(start, run, hub, path):
    async with hub() as here, start("record", path, "/t", "-p", here.peer, *OFF, "-v") as program:
        await program.says("recording /t")
        await here.publish("/t", *range(50))
        await here.endpoint.flush()
        while len(entries_of(path)) < 51:  # until the last has been written; that takes a tenth of a second
            with trio.move_on_after(FLUSH_PAUSE / 4):
                await trio.sleep_forever()
        program.process.kill()
        assert await program.ends() == -signal.SIGKILL
    cut(path, 7)  # and as if the last write had been cut
    info = await run("info", path)
    assert info.code == 0
    [line] = info.objects
    assert (line["unended"], line["torn"] is not None, line["messages"] < 50) == (1, True, True)
    replayed = await run("replay", path, "--dry-run")
    assert replayed.code == 0
    assert len(replayed.objects) == line["messages"]
    assert "cut off at offset" in replayed.err


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signals_end_it_in_order(start, hub, path, signum):
    async with hub() as here, start("record", path, "/t", "-p", here.peer, *OFF, "-v") as program:
        await program.says("recording /t")
        await here.publish("/t", *range(100))
        await here.endpoint.flush()
        program.process.send_signal(signum)
        assert await program.ends() == -signum
        assert b"recorded 100 messages" in program.err
    assert values(path) == list(range(100))
    assert entries_of(path)[-1].messages == 100


async def test_a_lost_connection_is_noted(start, hub, path):
    async with hub() as here, start("record", path, "/t", "-p", here.peer, *OFF, "-v") as program:
        await program.says("recording /t")
        await here.publish("/t", 1)
        await here.endpoint.flush()
        await here.endpoint.shutdown()
        assert await program.ends() == 6
        assert b"has ended" in program.err
    found = entries_of(path)
    assert [type(entry) for entry in found] == [RecordingHeader, RecordedMessage, Gap, End]
    assert found[2].reason == f"the connection to {here.peer} has ended"


async def test_a_connection_that_comes_back_is_a_gap(start, hub, path):
    async with hub() as here:
        port = int(here.peer.rpartition(":")[2])
        async with start("record", path, "/t", "-p", here.peer, *OFF, "-v", "--reconnect") as program:
            await program.says("recording /t")
            await here.publish("/t", 1)
            await here.endpoint.shutdown()
            await program.says("connecting again")
            async with hub(port) as again:
                await program.says("again after")
                await again.publish("/t", 2)
                await again.endpoint.flush()
                program.process.send_signal(signal.SIGINT)
                await program.ends()
    assert values(path) == [1, 2]
    [gap] = [entry for entry in entries_of(path) if type(entry) is Gap]
    assert gap.reason.startswith(f"{here.peer} was away for ")


async def test_a_full_disk(start, hub, path):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    async with hub() as here, start("record", path, "/t", "-p", here.peer, *OFF, before=small_files) as program:
        await here.publish("/t", *(["x" * 10_000] * 30))
        assert await program.ends() == 8
        first, hint = program.err.decode().splitlines()
        assert first == f"broker: {path}: file too large (exit 8)"
        assert "before that can be read" in hint
    kept = values(path)
    assert kept == ["x" * 10_000] * len(kept)
    assert f"hint: {len(kept)} message" in hint
    with RecordingReader(path) as reader:
        list(reader)
        assert reader.torn is None


async def test_a_closed_output_ends_it(start, hub, path):
    async with hub() as here, start("record", path, "/t", "-p", here.peer, *OFF, "-v") as program:
        await program.says("recording /t")
        await program.close_output()
        assert await program.ends() == -signal.SIGPIPE
    assert [type(entry) for entry in entries_of(path)] == [RecordingHeader, End]


# -- the recorder alone -------------------------------------------------------------------------------------------


class Queue:
    """What the recorder asks of a subscriber."""

    def __init__(self):
        self.dropped = 0
        self.rest = []

    def poll(self):
        taken, self.rest = self.rest, []
        return taken


def recorder(path, missed=lambda: 0, **plan):
    context = Context(stderr=io.StringIO(), environ={}, stderr_is_terminal=False)
    plan = Recording(path=path, topics=("/t",), ends=Ends(), **plan)
    writer = RecordingWriter(path, RecordingHeader())
    queue = Queue()
    return Recorder(context, plan, writer, queue, clock=lambda: 7, missed=missed), queue, context


def one(value=1):
    return Message("/t", value)


async def test_what_was_missed_before_the_queue_is_noted_as_well(path):
    made, queue, _ = recorder(path, missed=lambda: 2)
    await made.show([one(1)])
    queue.dropped = 1
    await made.show([one(2)])
    made.finish("")
    assert made.dropped == 3
    assert [entry.lost for entry in entries_of(path) if type(entry) is Gap] == [2, 1]


async def test_what_was_dropped_is_noted_in_the_file(path):
    made, queue, _ = recorder(path)
    await made.show([one(1)])
    queue.dropped = 3
    await made.show([one(2)])
    await made.show([one(3)])
    queue.dropped = 4
    await made.show([])
    made.finish("")
    gaps = [(at, entry.lost) for at, entry in enumerate(entries_of(path)) if type(entry) is Gap]
    assert gaps == [(2, 3), (5, 1)]
    assert "dropped" in entries_of(path)[2].reason
    assert made.summary(4).endswith("4 dropped because the disk was too slow")
    assert made.dropped == 4


async def test_messages_that_have_no_binary_form(path):
    made, _, context = recorder(path)
    await made.show([one(1), Message("/bad", object()), one(2)])
    assert (made.shown, made.skipped) == (2, 1)
    assert "a message on /bad cannot be recorded" in context.stderr.getvalue()
    await made.show([Message("/bad", object())] * 20)
    lines = context.stderr.getvalue().splitlines()
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == "broker: further messages of that kind are only counted"
    assert made.skipped == 21
    made.finish("")
    assert values(path) == [1, 2]
    assert "21 left out" in made.summary(0)


async def test_what_was_received_at_the_end_is_recorded_as_far_as_it_counts(path):
    made, queue, _ = recorder(path)
    await made.show([one(1)])
    queue.rest = [one(2), one(3), one(4)]
    await made.take_rest(3)
    queue.rest = [one(5)]
    await made.take_rest(3)
    made.finish("")
    assert values(path) == [1, 2, 3]


async def test_nothing_is_recorded_behind_the_event_that_ends_it(path):
    selection = Selection(until=NameGlobs(["stop"]))
    made, queue, _ = recorder(path, selection=selection)
    await made.show([one(Event("go").value), one(Event("stop").value), one(Event("go").value)])
    queue.rest = [one(Event("go").value)]
    await made.take_rest(None)
    made.finish("")
    assert len(values(path)) == 2


async def test_it_writes_several_times_a_second(path, autojump_clock):
    made, _, _ = recorder(path)
    told = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.keep_writing, lambda: told.append(trio.current_time()))
        await made.show([one(1)])
        assert values(path) == []
        started = trio.current_time()
        await trio.sleep(FLUSH_PAUSE * 1.5)
        assert values(path) == [1]
        assert told == [pytest.approx(started + FLUSH_PAUSE)]
        await trio.sleep(FLUSH_PAUSE * 100)
        assert len(told) == 1, "nothing came, so nothing is written"
        nursery.cancel_scope.cancel()
    made.finish("")


async def test_old_files_are_ended_although_nothing_comes(path, autojump_clock):
    context = Context(stderr=io.StringIO(), environ={}, stderr_is_terminal=False)
    plan = Recording(path=path, topics=("/t",), ends=Ends(), rotate_age=10.0)
    begun = trio.Event()
    writer = RotatingWriter(
        path, RecordingHeader(), max_age=10 * 10**9, on_file=lambda name: begun.set() if name.endswith("2") else None
    )
    made = Recorder(context, plan, writer, Queue(), clock=lambda: int(trio.current_time() * 1e9))
    started = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.keep_turning, writer)
        await made.show([one(1)])
        await begun.wait()
        assert trio.current_time() - started <= 10 + 2 * TURN_PAUSE
        nursery.cancel_scope.cancel()
    made.finish("")
    assert numbered(path, ".*") == ["a.rec.000001", "a.rec.000002"]
    assert [type(entry) for entry in entries_of(path + ".000001")] == [RecordingHeader, RecordedMessage, End]


async def test_it_waits_for_the_disk_only_when_something_was_written(path, autojump_clock, monkeypatch):
    made, _, _ = recorder(path)
    synced = []
    done = trio.Event()

    def sync():
        synced.append(1)
        trio.from_thread.run_sync(done.set)

    monkeypatch.setattr(made.writer, "sync", sync)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.keep_syncing, PAUSE)
        await trio.sleep(PAUSE * 3.5)
        assert synced == []
        await made.show([one(1)])
        made.writer.flush()
        await done.wait()
        await trio.sleep(PAUSE * 3.5)
        assert len(synced) == 1
        nursery.cancel_scope.cancel()
    monkeypatch.undo()
    made.finish("")


async def test_people_see_how_far_it_is(hub, path):
    """On a terminal a line at the end is written over; what else is told stands above it, and it is gone at the end."""
    async with hub() as here, on_terminal("record", path, "/t", "-p", here.peer, *OFF) as (process, terminal):
        await terminal.shows("recording /t to")
        with trio.fail_after(20):
            number = 0
            while "recorded " not in terminal.text:
                number += 1
                await here.publish("/t", number)
                with trio.move_on_after(FLUSH_PAUSE):
                    await terminal.shows("recorded ")
        await here.endpoint.flush()
        terminal.types("\x03")
        with trio.fail_after(20):
            await process.wait()
        assert process.returncode == -signal.SIGINT
        whole = f"recorded {number} message{'' if number == 1 else 's'}, {byte_text(size_of(path))}"
        await terminal.shows(whole)
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(terminal.text)
    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert lines[0].startswith("recording /t to")
    assert lines[-1].removeprefix("^C") == whole
    assert len(values(path)) == number
