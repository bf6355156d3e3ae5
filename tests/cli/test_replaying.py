"""Replaying for real, to an endpoint of the test, and printing what was recorded."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
import trio

from broker_core import Count, Event, Message
from broker_core.codecs import binary
from broker_core.codecs.json import from_json
from broker_core.recordings import Gap, RecordingHeader, RecordingWriter
from recording_samples import bytes_of, damage

OFF = ("--tls", "off")
SECOND = 1_000_000_000


def make(path, *rows):
    with RecordingWriter(path, RecordingHeader(created=1)) as writer:
        for at, topic, value in rows:
            writer.add([Message(topic, payload=binary.encode(value))], int(at * SECOND))
            writer.flush()
    return str(path)


@pytest.fixture
def path(tmp_path):
    rows = [(at / 100, f"/t/{at % 2}", Event("ping", Count(at)).value) for at in range(4)]
    return make(tmp_path / "a.rec", *rows)


def taken(messages):
    return [(message.topic, message.value[2][1][0]) for message in messages]


ALL = [("/t/0", 0), ("/t/1", 1), ("/t/0", 2), ("/t/1", 3)]


async def test_messages_are_published_in_order(run, hub, path):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        assert await run("replay", path, "-p", here.peer, *OFF) == (0, "", "")
        assert taken(messages.poll()) == ALL


@pytest.mark.parametrize("speed", ["max", "0.5", "100x"])
async def test_speeds(run, hub, path, speed):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        result = await run("replay", path, "-p", here.peer, *OFF, "--speed", speed, "-v")
        assert (result.code, result.err.splitlines()[-1]) == (0, "published 4 messages")
        assert taken(messages.poll()) == ALL


async def test_the_recorded_pauses_are_kept(run, hub, tmp_path):
    path = make(tmp_path / "a.rec", (0, "/t", 1), (0.25, "/t", 2))
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        started = trio.current_time()
        assert (await run("replay", path, "-p", here.peer, *OFF)).code == 0
        assert trio.current_time() - started >= 0.25
        assert len(messages.poll()) == 2


async def test_topics_times_and_numbers(run, hub, path):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        words = ("replay", path, "-p", here.peer, *OFF)
        assert (await run(*words, "--topic-map", "/t=/lab", "--topic", "/t/1", "--loop=2")).code == 0
        assert taken(messages.poll()) == [("/lab/1", 1), ("/lab/1", 3)] * 2
        assert (await run(*words, "-n", "1", "--start", "10ms")).code == 0
        assert taken(messages.poll()) == [("/t/1", 1)]
        assert (await run(*words, "--end", "1970-01-01T00:00:00.02Z", "--event", "p*")).code == 0
        assert taken(messages.poll()) == ALL[:2]
        assert (await run(*words, "--exclude", "/t/1", "--where", "args[0] > 0")).code == 0
        assert taken(messages.poll()) == [("/t/0", 2)]


async def test_several_files_one_after_the_other(run, hub, path, tmp_path):
    other = make(tmp_path / "b.rec", (0, "/u", Event("x", 7).value))
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        assert (await run("replay", other, path, "-p", here.peer, *OFF)).code == 0
        assert taken(messages.poll()) == [("/u", 7), *ALL]


async def test_the_first_topic_is_waited_for(run, hub, path):
    async with hub() as here, trio.open_nursery() as nursery:
        found = []

        async def subscribe_later():
            await here.peered()
            with here.endpoint.make_subscriber("/lab/0") as messages:
                found.append((await messages.get()).topic)

        nursery.start_soon(subscribe_later)
        words = ("--topic-map", "/t=/lab", "--wait-subscriber", "--speed", "max")
        assert (await run("replay", path, "-p", here.peer, *OFF, *words)).code == 0
    assert found == ["/lab/0"]


async def test_nobody_comes(run, hub, path):
    async with hub() as here:
        words = ("--wait-subscriber=2", "--timeout", "10ms")
        result = await run("replay", path, "-p", here.peer, *OFF, *words)
        assert result.code == 4
        assert "timed out: 0 of 2 peers subscribed to /t/0; nothing published" in result.err
        result = await run("replay", path, "-p", here.peer, *OFF, "--speed", "max")
        assert (result.code, result.err) == (
            0,
            f"broker: nobody is subscribed to /t/0 at {here.peer}; use --wait-subscriber\n",
        )


async def test_files_are_checked_before_anything_is_connected(run, path, tmp_path):
    assert (await run("replay", path, str(tmp_path / "none"), "-p", "127.0.0.1:1")).code == 2
    (tmp_path / "text").write_text("text")
    result = await run("replay", path, str(tmp_path / "text"), "-p", "127.0.0.1:1")
    assert (result.code, "no recording" in result.err) == (7, True)
    assert (await run("replay", path, "-p", "127.0.0.1:1")).code == 5


async def test_damaged_recordings(run, hub, path):
    damage(path, 3)
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        words = ("replay", path, "-p", here.peer, *OFF, "--speed", "max")
        result = await run(*words)
        assert result.code == 7
        assert "wrong checksum" in result.err
        assert "1 message before that" in result.err
        await here.peered(0)
        assert taken(messages.poll()) == ALL[:1]
        result = await run(*words, "--keep-going")
        assert result.code == 9
        assert taken(messages.poll()) == [ALL[0], *ALL[2:]]


async def test_payloads_that_hold_no_value_never_reach_a_peer(run, hub, tmp_path):
    path = str(tmp_path / "a.rec")
    with RecordingWriter(path, RecordingHeader()) as writer:
        writer.add([Message("/1", payload=b"\0"), Message("/2", payload=b"\x0e\xff"), Message("/3", payload=b"\0")], 1)
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        result = await run("replay", path, "-p", here.peer, *OFF)
        assert (result.code, "a message on '/2'" in result.err) == (7, True)
        await here.peered(0)
        assert [message.topic for message in messages.poll()] == ["/1"]


async def test_a_lost_connection(start, hub, path):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        async with start("replay", path, "-p", here.peer, *OFF, "--loop") as program:
            await messages.get()
            await here.endpoint.shutdown()
            assert await program.ends() == 6
            assert b"published before" in program.err


async def test_signals_end_it(start, hub, path):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        async with start("replay", path, "-p", here.peer, *OFF, "--loop", "-v") as program:
            for _ in range(20):
                await messages.get()
            program.process.send_signal(signal.SIGINT)
            assert await program.ends() == -signal.SIGINT
            assert b"interrupted behind" in program.err


async def test_it_reads_pipes(run, hub, path):
    data = bytes_of(path)
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        result = await run("replay", "-", "-p", here.peer, *OFF, "--speed", "max", stdin=data)
        assert result.code == 0
        assert taken(messages.poll()) == ALL


async def test_a_signal_ends_it_while_it_waits_for_a_pipe(start, path):
    async with start("replay", "-", "--dry-run") as program:
        await program.send(bytes_of(path)[:-10])
        await program.prints('"seq":3')
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM


# -- printing -----------------------------------------------------------------------------------------------------


async def test_a_dry_run_prints_as_subscribe_would(run, path):
    result = await run("replay", path, "--dry-run")
    assert result.code == 0
    assert [thing["ts"] for thing in result.objects] == [0.0, 0.01, 0.02, 0.03]
    assert [thing["seq"] for thing in result.objects] == [1, 2, 3, 4]
    assert [from_json(thing)[2][1][0] for thing in result.objects] == [0, 1, 2, 3]
    assert {thing["from"] for thing in result.objects} == {"00000000-0000-0000-0000-000000000000"}
    text = await run("replay", path, "--dry-run", "-o", "text", "--topic", "/t/1", "--topic-map", "/=x/")
    assert text.out == "x/t/1 ping(1)\nx/t/1 ping(3)\n"
    stamped = await run("replay", path, "--dry-run", "--format", "{ts:%S.%N} {args[0]}", "-n", "2")
    assert stamped.out == "00.000000000 0\n00.010000000 1\n"


async def test_a_dry_run_at_a_terminal(run, path):
    result = await run("replay", path, "--dry-run", "-n", "1", "--color", "never", "--ts", "delta", terminal=True)
    assert result.out == "+0.000000 /t/0 ping(0)\n"
    assert result.err == "1 message in the recording\n"


async def test_a_dry_run_takes_its_time_if_it_is_told_to(run, path):
    started = trio.current_time()
    assert len((await run("replay", path, "--dry-run", "--speed", "0.1")).objects) == 4
    assert trio.current_time() - started >= 0.3


async def test_a_dry_run_of_what_is_damaged(run, path):
    damage(path, 2)
    result = await run("replay", path, "--dry-run")
    assert (result.code, result.out) == (7, "")
    result = await run("replay", path, "--dry-run", "--keep-going")
    assert (result.code, len(result.objects)) == (9, 3)


async def test_what_is_printed_can_be_published(run, hub, path):
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/")
        lines = (await run("replay", path, "--dry-run")).out.encode()
        assert (await run("publish", "--from", "-", "-p", here.peer, *OFF, stdin=lines)).code == 0
        assert taken(messages.poll()) == ALL


async def test_a_closed_output_ends_a_dry_run(start, path):
    async with start("replay", path, "--dry-run", "--loop") as program:
        await program.prints('"seq":100')
        await program.close_output()
        assert await program.ends() == -signal.SIGPIPE


async def test_gaps_are_told(run, tmp_path):
    path = str(tmp_path / "a.rec")
    with RecordingWriter(path, RecordingHeader()) as writer:
        writer.gap(Gap(1, 5, "dropped"))
    result = await run("replay", path, "--dry-run")
    assert (result.code, result.err) == (0, f"broker: {path}: a gap: 5 messages dropped\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_memory_stays_flat(start, hub, tmp_path):
    path = str(tmp_path / "a.rec")
    batch = [Message("/t", payload=binary.encode("x" * 200))] * 1000
    with RecordingWriter(path, RecordingHeader()) as writer:
        for at in range(100):
            writer.add(batch, at)

    def resident(pid):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async with hub() as here:
        messages = here.endpoint.make_subscriber("/", overflow="drop_oldest")
        async with start("replay", path, "-p", here.peer, *OFF, "--speed", "max", "--loop") as program:
            sizes = []
            for goal in (20_000, 150_000):
                while here.endpoint.statistics().received < goal:
                    await messages.get_batch()
                sizes.append(resident(program.process.pid))
            assert sizes[1] - sizes[0] < 8 * 2**20


async def test_recording_and_replaying_over_websocket(run, hub, tmp_path):
    path = str(tmp_path / "a.rec")
    event = Event("ping", "hello", Count(1))
    async with hub() as here, trio.open_nursery() as nursery:
        peer = f"ws://127.0.0.1:{(await here.endpoint.listen_web()).port}"
        nursery.start_soon(here.publish, "/t", event, event)
        assert (await run("record", path, "/t", "-p", peer, "-n", "2", *OFF)).code == 0
        messages = here.endpoint.make_subscriber("/u")
        assert (await run("replay", path, "-p", peer, *OFF, "--topic-map", "/t=/u")).code == 0
        assert [tuple(message) for message in messages.poll()] == [("/u", event.value)] * 2
