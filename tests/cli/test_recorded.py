"""Messages out of recordings: which, where to, when; and what is wrong with recordings."""

from __future__ import annotations

import io
import os

import pytest
import trio
import trio.testing

from broker_cli.complaints import MOST_TOLD
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.pacing import Pacing
from broker_cli.recorded import Bound, Choice, RecordedFeed, has_to_wait, take_next
from broker_cli.selecting.globs import NameGlobs
from broker_cli.selecting.selection import Selection
from broker_core import Batch, Count, Event, Message, RecordingFailure
from broker_core.codecs import binary
from broker_core.recordings import Gap, RecordedMessage, RecordingHeader, RecordingWriter
from recording_samples import bytes_of, cut, damage

SECOND = 1_000_000_000


def make(path, *parts, created=0):
    """A recording: of (seconds, topic, value), and of what a writer knows besides."""
    with RecordingWriter(path, RecordingHeader(created=created)) as writer:
        for part in parts:
            if isinstance(part, Gap):
                writer.gap(part)
            else:
                at, topic, value = part
                payload = value if isinstance(value, bytes) else binary.encode(value)
                writer.add([Message(topic, payload=payload)], int(at * SECOND))
                writer.flush()
    return str(path)


def feed(*paths, pacing=None, keep_going=False, stdin=0, **choice):
    context = Context(stderr=io.StringIO(), environ={}, stdin=stdin, stderr_is_terminal=False)
    made = RecordedFeed(context, paths, Choice(**choice), pacing or Pacing(None), keep_going=keep_going)
    return made, context.stderr


async def drained(source):
    out = []
    while batch := await source.next():
        out += batch
    source.close()
    return out


async def topics(*paths, **choice):
    return [message.topic for message in await drained(feed(*paths, **choice)[0])]


@pytest.fixture
def three(tmp_path):
    return make(tmp_path / "a.rec", (10, "/a/1", 1), (11, "/b/2", 2), (13, "/a/3", 3))


async def test_all_messages_in_order(three, tmp_path):
    other = make(tmp_path / "b.rec", (1, "/c", 4))
    source, err = feed(three, other)
    source.open()
    messages = await drained(source)
    assert [(one.topic, one.value, one.time // SECOND) for one in messages] == [
        ("/a/1", 1, 10),
        ("/b/2", 2, 11),
        ("/a/3", 3, 13),
        ("/c", 4, 1),
    ]
    assert (source.given, err.getvalue()) == (4, "")
    assert source.progress() == "replayed 4 messages (100%)"
    source.check_bad_lines()
    assert await source.next() == []


async def test_topics_are_chosen_and_mapped(three):
    assert await topics(three, topics=("/a",)) == ["/a/1", "/a/3"]
    assert await topics(three, topic_map=(("/a/", "/lab/"), ("/", "x/"), ("/a/1", "never"))) == [
        "/lab/1",
        "x/b/2",
        "/lab/3",
    ]
    assert await topics(three, topic_map=(("", "/all"),)) == ["/all/a/1", "/all/b/2", "/all/a/3"]
    assert await topics(three, topic_map=(("/a", ""),), topics=("/a",)) == ["/1", "/3"], "the choice is made before"


async def test_mapped_topics_are_checked(three):
    source, _ = feed(three, topic_map=(("/b/2", ""),))
    assert [message.topic for message in await source.next()] == ["/a/1"]
    with pytest.raises(Failure, match=r"a message on '/b/2': the topic is empty.*; 1 message before that"):
        await source.next()


async def test_a_flood_of_topics_is_bounded(tmp_path, monkeypatch):
    from broker_cli import recorded

    monkeypatch.setattr(recorded, "_MOST_TOPICS", 3)
    path = make(tmp_path / "a.rec", *[(0, f"/{at}", at) for at in range(10)])
    source, _ = feed(path, topic_map=(("/", "x/"),))
    assert [one.topic for one in await drained(source)] == [f"x/{at}" for at in range(10)]
    assert len(source._topics) <= 3


async def test_a_part_of_the_time(three):
    assert await topics(three, start=Bound(SECOND, is_date=False)) == ["/b/2", "/a/3"]
    assert await topics(three, end=Bound(3 * SECOND, is_date=False)) == ["/a/1", "/b/2"]
    assert await topics(three, start=Bound(11 * SECOND, is_date=True), end=Bound(13 * SECOND, is_date=True)) == ["/b/2"]
    assert await topics(three, start=Bound(0, is_date=False), end=Bound(0, is_date=False)) == []


async def test_a_selection_takes_batches_apart_and_keeps_their_time(tmp_path):
    batch = Batch((Event("a::x", Count(1)), Event("b::y"), Event("a::z"))).value
    path = make(tmp_path / "a.rec", (5, "/t", batch), (6, "/t", Event("a::w").value))
    source, _ = feed(path, selection=Selection(events=NameGlobs(["a::*"])), topic_map=(("/t", "/u"),))
    messages = await drained(source)
    assert [(Event.from_value(one.value).name, one.topic, one.time // SECOND) for one in messages] == [
        ("a::x", "/u", 5),
        ("a::z", "/u", 5),
        ("a::w", "/u", 6),
    ]
    assert {type(one) for one in messages} == {RecordedMessage}


async def test_a_selection_can_end_it(tmp_path):
    path = make(tmp_path / "a.rec", *[(at, "/t", Event(name).value) for at, name in enumerate("abcd")])
    source, _ = feed(path, selection=Selection(until=NameGlobs(["b"])), loops=3)
    assert [Event.from_value(one.value).name for one in await drained(source)] == ["a", "b"]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_a_number_of_messages(three, count):
    assert len(await topics(three, count=count)) == min(count, 3)
    assert len(await topics(three, count=count, loops=2)) == count


async def test_rounds(three):
    assert await topics(three, loops=2, topics=("/a",)) == ["/a/1", "/a/3"] * 2
    source, _ = feed(three, loops=float("inf"))
    source.open()
    for _ in range(10):
        assert await source.next()
    assert "%" not in source.progress()
    source.close()


async def test_rounds_without_any_message_end(three):
    assert await topics(three, loops=float("inf"), topics=("/none",)) == []


async def test_the_first_topic_takes_nothing(three):
    source, _ = feed(three, topic_map=(("/a", "/x"),))
    assert await source.first_topic() == "/x/1"
    assert len(await drained(source)) == 3
    assert await feed(three, topics=("/none",))[0].first_topic() is None


# -- time ---------------------------------------------------------------------------------------------------------


async def timed(source, clock):
    out = []
    while batch := await source.next():
        out += [(trio.current_time() - clock, message.topic) for message in batch]
    return [(round(at, 6), topic) for at, topic in out]


async def test_messages_come_with_their_pauses(three, autojump_clock):
    source, _ = feed(three, pacing=Pacing(1.0))
    assert await timed(source, trio.current_time()) == [(0.0, "/a/1"), (1.0, "/b/2"), (3.0, "/a/3")]


async def test_ten_times_as_fast_and_with_short_gaps(three, autojump_clock):
    source, _ = feed(three, pacing=Pacing(10.0, longest_gap=1.5))
    assert await timed(source, trio.current_time()) == [(0.0, "/a/1"), (0.1, "/b/2"), (0.25, "/a/3")]


async def test_what_is_close_comes_together(tmp_path, autojump_clock):
    path = tmp_path / "a.rec"
    with RecordingWriter(path, RecordingHeader()) as writer:
        for ms in (0, 1, 1, 2, 30, 31, 32):
            writer.add([Message(f"/{ms}", payload=b"\0")], ms * 1_000_000)
    source, _ = feed(str(path), pacing=Pacing(1.0))
    sizes = []
    while batch := await source.next():
        sizes.append(len(batch))
    assert sum(sizes) == 7
    assert len(sizes) < 6


async def test_pauses_across_blocks_and_files(tmp_path, autojump_clock):
    one = make(tmp_path / "a.rec", (0, "/1", 1), (5, "/2", 2))
    two = make(tmp_path / "b.rec", (7, "/3", 3), (3, "/4", 4), (4, "/5", 5))
    source, _ = feed(one, two, pacing=Pacing(1.0))
    found = await timed(source, trio.current_time())
    assert found == [(0.0, "/1"), (5.0, "/2"), (7.0, "/3"), (7.0, "/4"), (8.0, "/5")]


async def test_a_wait_can_be_cancelled(three, autojump_clock):
    source, _ = feed(three, pacing=Pacing(1.0))
    await source.next()
    with trio.move_on_after(0.5) as scope:
        await source.next()
    assert scope.cancelled_caught
    source.close()


# -- what is wrong ------------------------------------------------------------------------------------------------


async def test_files_are_looked_at_before_anything_else(tmp_path, three):
    with pytest.raises(RecordingFailure):
        feed(three, str(tmp_path / "none.rec"))[0].open()
    text = tmp_path / "a.txt"
    for content, hint in (("text", ""), ('{"type":', f"broker publish --from {text} publishes lines of ndjson")):
        text.write_text(content)
        with pytest.raises(Failure, match="no recording: it begins otherwise") as caught:
            feed(three, str(text))[0].open()
        assert (caught.value.code, caught.value.hint) == (ExitCode.BAD_INPUT, hint)


async def test_damage_ends_it_behind_what_is_good(three):
    damage(three, 3)
    source, _ = feed(three)
    assert [message.topic for message in await source.next()] == ["/a/1"]
    pattern = r"a\.rec: wrong checksum: \d+ bytes at offset \d+; 1 message before that"
    with pytest.raises(Failure, match=pattern) as caught:
        await drained(source)
    assert caught.value.code is ExitCode.BAD_INPUT
    assert "--keep-going" in caught.value.hint


async def test_damage_can_be_left_out(three):
    damage(three, 3)
    source, err = feed(three, keep_going=True)
    assert [message.topic for message in await drained(source)] == ["/a/1", "/a/3"]
    assert "wrong checksum" in err.getvalue()
    with pytest.raises(Failure, match="1 bad place left out") as caught:
        source.check_bad_lines()
    assert caught.value.code is ExitCode.PARTIAL


async def test_a_message_without_a_value_does_not_get_out(tmp_path):
    path = make(tmp_path / "a.rec", (1, "/1", 1), (2, "/2", b"\x05\x09cut"), (3, "/3", 3))
    source, _ = feed(path)
    assert len(await source.next()) == 1
    with pytest.raises(Failure, match="a message on '/2': value cut short"):
        await source.next()
    source, err = feed(path, keep_going=True)
    assert [one.topic for one in await drained(source)] == ["/1", "/3"]
    assert "a message on '/2'" in err.getvalue()


async def test_what_is_torn_is_told_and_no_failure(three):
    cut(three, 3)
    source, err = feed(three)
    assert len(await drained(source)) == 3
    assert "cut off at offset" in err.getvalue()
    source.check_bad_lines()


async def test_gaps_are_told(tmp_path):
    path = make(tmp_path / "a.rec", (1, "/1", 1), Gap(5, 3, "dropped"), Gap(6, 0, "h:1 was away"))
    source, err = feed(path)
    assert len(await drained(source)) == 1
    assert err.getvalue().splitlines() == [
        f"broker: {path}: a gap: 3 messages dropped",
        f"broker: {path}: a gap: h:1 was away",
    ]


async def test_floods_of_notes_are_only_counted(tmp_path):
    gaps = [Gap(1, 1, "x")] * (MOST_TOLD + 5)
    bad = [(1, "/1", b"\xff")] * (MOST_TOLD + 5)
    path = make(tmp_path / "a.rec", *gaps, *bad)
    source, err = feed(path, keep_going=True)
    assert await drained(source) == []
    assert (source.gaps, source.bad) == (MOST_TOLD + 5, MOST_TOLD + 5)
    lines = err.getvalue().splitlines()
    assert len(lines) == 2 * MOST_TOLD + 2
    assert "broker: further gaps are only counted" in lines
    assert "broker: further bad places are only counted" in lines


# -- pipes --------------------------------------------------------------------------------------------------------


async def test_stdin(three):
    reading, writing = os.pipe()
    os.write(writing, bytes_of(three))
    os.close(writing)
    source, _ = feed("-", stdin=reading)
    source.open()
    assert len(await drained(source)) == 3
    assert source.progress() == "replayed 3 messages"
    os.close(reading)


async def test_signals_are_served_while_a_pipe_is_waited_for(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    source, _ = feed(str(fifo))
    source.open()
    with trio.move_on_after(0.01) as scope:
        await source.next()
    assert scope.cancelled_caught
    os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))  # the thread that waits for it goes on


def test_who_has_to_wait(tmp_path, three):
    os.mkfifo(tmp_path / "fifo")
    assert has_to_wait("-")
    assert has_to_wait(str(tmp_path / "fifo"))
    assert not has_to_wait(three)
    assert not has_to_wait(str(tmp_path / "none"))


async def test_taking_is_a_checkpoint():
    for waits in (False, True):
        items = iter([1])
        with trio.testing.assert_checkpoints():
            assert await take_next(items, waits=waits) == 1
        assert await take_next(items, waits=waits) is None
