"""``broker info``, for real."""

from __future__ import annotations

import signal

import pytest

from broker_core import Event, Message
from broker_core.codecs import binary
from broker_core.recordings import Gap, RecordingHeader, RecordingWriter
from recording_samples import bytes_of, cut, damage, size_of


def make(path, count=3):
    with RecordingWriter(path, RecordingHeader(created=1, topics=("/t",), program="test")) as writer:
        for at in range(count):
            writer.add([Message("/t", payload=binary.encode(Event("ping", at).value))], at)
            writer.flush()
    return str(path)


@pytest.fixture
def path(tmp_path):
    return make(tmp_path / "a.rec")


async def test_one_line_for_each_file(run, path, tmp_path):
    other = make(tmp_path / "b.rec", 5)
    result = await run("info", path, other)
    assert (result.code, result.err) == (0, "")
    assert [(line["file"], line["messages"], line["unended"]) for line in result.objects] == [
        (path, 3, 0),
        (other, 5, 0),
    ]
    assert result.objects[0]["bytes"] == size_of(path)


async def test_people_see_one_or_all(run, path, tmp_path):
    result = await run("info", path, "-o", "human")
    assert result.out.splitlines()[0].startswith(f"file        {path} (")
    assert "ping" in result.out
    assert "ping" not in (await run("info", path, "-o", "human", "--top", "0")).out
    result = await run("info", path, make(tmp_path / "b.rec", 5), "-o", "human")
    lines = result.out.splitlines()
    assert lines[0].split() == ["messages", "size", "first", "file"]
    assert lines[4].startswith("file        2 files (")
    assert lines[5].startswith("messages    8")


async def test_damage_is_a_failure_and_what_a_crash_has_cut_is_none(run, path):
    cut(path, 1)
    result = await run("info", path)
    assert (result.code, result.objects[0]["torn"] is not None) == (0, True)
    damage(path, 3)
    result = await run("info", path, "-o", "human")
    assert result.code == 7
    assert "damaged     1 place" in result.out
    assert f"broker: {path} is damaged (exit 7)" in result.err


async def test_other_files_are_told_of_although_one_is_none(run, path, tmp_path):
    text = tmp_path / "text"
    text.write_text("text")
    result = await run("info", str(text), path, str(tmp_path / "none"))
    assert (result.code, [line["file"] for line in result.objects]) == (2, [path])
    assert f"broker: {text}: no recording" in result.err
    assert "none: no such file or directory (exit 2)" in result.err
    result = await run("info", str(text), "-o", "human")
    assert (result.code, result.out) == (7, "")


async def test_several_damaged_files(run, path, tmp_path):
    other = make(tmp_path / "b.rec")
    damage(path, 3)
    damage(other, 3)
    assert f"{path} is damaged, and 1 more" in (await run("info", path, other)).err


async def test_stdin(run, path):
    result = await run("info", "-", stdin=bytes_of(path))
    assert (result.code, result.objects[0]["messages"], result.objects[0]["file"]) == (0, 3, "-")
    assert result.objects[0]["bytes"] == size_of(path)


async def test_gaps(run, tmp_path):
    path = str(tmp_path / "a.rec")
    with RecordingWriter(path, RecordingHeader()) as writer:
        writer.gap(Gap(1, 5, "dropped"))
    [line] = (await run("info", path)).objects
    assert (line["lost"], line["gaps"]) == (5, [{"ts": 0.0, "lost": 5, "reason": "dropped"}])


async def test_a_file_that_is_still_written(run, path):
    writer = RecordingWriter(path, RecordingHeader(), mode="append")
    [line] = (await run("info", path)).objects
    assert (line["unended"], line["torn"]) == (1, None)
    writer.close()


async def test_a_signal_ends_it_while_it_waits(start):
    async with start("info", "-", "-v") as program:
        await program.send(b"\x94")
        program.process.send_signal(signal.SIGINT)
        assert await program.ends() == -signal.SIGINT


async def test_no_network_is_needed(start, path):
    async with start("info", path, BROKER_PEER="nowhere:1") as program:
        assert await program.ends() == 0
