"""Writing recordings: blocks, continuing after a crash, locks, full disks."""

from __future__ import annotations

import errno
import io
import os
from itertools import accumulate
from pathlib import Path

import pytest

from broker_core import EC, BadRecording, EncodeError, Message, RecordingFailure
from broker_core.recordings import Damage, End, Gap, RecordedMessage, RecordingHeader, RecordingWriter
from broker_core.recordings import writer as subject
from broker_core.recordings.blocks import LONGEST_BLOCK, Block, BlockReader
from broker_core.recordings.writer import BLOCK_BYTES
from recording_samples import HEADER, SENDER, damage, entries_of, facts, message, open_files, size_of


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.rec")


def blocks(path):
    return list(BlockReader(io.BytesIO(Path(path).read_bytes())))


def recorded(path):
    return [entry for entry in entries_of(path) if type(entry) is RecordedMessage]


@pytest.mark.parametrize("compress", [False, True])
def test_what_is_added_is_there(path, compress):
    original = [message(f"/{number}") for number in range(10)]
    with RecordingWriter(path, HEADER, compress=compress) as writer:
        writer.add(original[:4], 10)
        writer.gap(Gap(11, 2, "dropped"))
        writer.add(original[4:], 12)
        assert (writer.messages, writer.written) == (10, 0)
    assert (writer.messages, writer.written, writer.size) == (10, 10, size_of(path))
    found = entries_of(path)
    assert found[0] == HEADER
    assert found[5] == Gap(11, 2, "dropped")
    assert found[-1] == End(12, 10)
    assert [facts(one) for one in recorded(path)] == [facts(one) for one in original]


def test_compression_is_worth_it(tmp_path):
    sizes = []
    for compress in (False, True):
        with RecordingWriter(tmp_path / str(compress), HEADER, compress=compress) as writer:
            writer.add([message()] * 1000, 1)
        sizes.append(writer.size)
    assert sizes[1] < sizes[0] / 20


def test_the_header_is_written_at_once(path):
    writer = RecordingWriter(path, HEADER)
    assert entries_of(path) == [HEADER]
    assert writer.size == size_of(path)
    writer.close(7)
    assert entries_of(path) == [HEADER, End(7, 0)]


def test_a_flush_writes_one_block(path):
    writer = RecordingWriter(path, HEADER)
    writer.add([message()], 1)
    writer.gap(Gap(2, 1, "x"))
    assert writer.pending > 0
    writer.flush()
    assert (writer.pending, len(blocks(path))) == (0, 2)
    writer.flush()
    assert len(blocks(path)) == 2, "nothing waits, so nothing is written"
    writer.close()


@pytest.mark.parametrize("size", [1, 100, BLOCK_BYTES // 3, BLOCK_BYTES, LONGEST_BLOCK, 3 * LONGEST_BLOCK])
def test_blocks_have_the_size_that_they_may_have(path, size):
    original = [message(f"/{number}", "x" * size) for number in range(5)] + [message()] * 500
    with RecordingWriter(path, HEADER) as writer:
        writer.add(original, 1)
    assert [facts(one) for one in recorded(path)] == [facts(one) for one in original]
    for block in blocks(path):
        assert len(block.body) <= max(BLOCK_BYTES, size + 100)
        if len(block.body) > LONGEST_BLOCK:
            assert block.body.count(b"ping") == 0, "a long message is alone"


def test_many_short_messages_are_split_into_blocks(path):
    with RecordingWriter(path, HEADER) as writer:
        writer.add([message()] * 20_000, 1)
        assert writer.pending < BLOCK_BYTES
    assert len(recorded(path)) == 20_000
    found = blocks(path)
    assert len(found) > 4
    assert all(len(block.body) <= BLOCK_BYTES for block in found)


@pytest.mark.parametrize("bad", [Message("/x", object(), sender=SENDER), message("/\ud800")])
def test_messages_without_bytes_are_refused_together(path, bad):
    with RecordingWriter(path, HEADER) as writer:
        with pytest.raises(EncodeError):
            writer.add([message(), bad], 1)
        assert writer.messages == 0
        writer.add([message()], 2)
    assert len(recorded(path)) == 1


# -- files that are there -----------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_not_overwritten(path):
    Path(path).write_text("precious")
    with pytest.raises(RecordingFailure, match=r"a\.rec: file exists") as caught:
        RecordingWriter(path, HEADER)
    assert caught.value.code is EC.CANNOT_OPEN_FILE
    assert Path(path).read_text() == "precious"


def test_a_file_that_is_there_can_be_replaced(path):
    Path(path).write_text("x" * 10_000)
    with RecordingWriter(path, HEADER, mode="replace"):
        pass
    assert entries_of(path) == [HEADER, End(5, 0)]


@pytest.mark.parametrize("mode", ["new", "append", "replace"])
def test_each_mode_makes_a_new_file(path, mode):
    with RecordingWriter(path, HEADER, mode=mode) as writer:
        writer.add([message()], 6)
    assert writer.repaired is None
    assert len(recorded(path)) == 1


def make(path, count=3):
    with RecordingWriter(path, HEADER) as writer:
        for at in range(count):
            writer.add([message(f"/{at}")], at)
            writer.flush()
    return Path(path).read_bytes()


def test_a_recording_is_continued(path):
    before = make(path)
    header = RecordingHeader(created=100)
    with RecordingWriter(path, header, mode="append") as writer:
        assert (writer.repaired, writer.messages) == (None, 0)
        writer.add([message("/more")], 101)
    assert Path(path).read_bytes().startswith(before)
    assert [type(entry).__name__ for entry in entries_of(path)[-3:]] == ["RecordingHeader", "RecordedMessage", "End"]
    assert entries_of(path)[-1] == End(101, 1)


def test_what_is_torn_is_cut_off_first_wherever_it_is_cut(path):
    whole = make(path)
    edges = [0, *accumulate(block.size for block in blocks(path))]
    for cut in range(edges[1], len(whole)):
        Path(path).write_bytes(whole[:cut])
        start = max(edge for edge in edges if edge <= cut)
        with RecordingWriter(path, RecordingHeader(created=100), mode="append") as writer:
            writer.add([message("/more")], 101)
        if cut == start:
            assert writer.repaired is None
        else:
            assert (writer.repaired.offset, writer.repaired.size) == (start, cut - start)
        found = entries_of(path)
        assert Damage not in {type(entry) for entry in found}
        assert found[-2].topic == "/more"
        assert len(recorded(path)) == sum(edge <= start for edge in edges[2:5]) + 1


def test_damage_in_the_middle_is_left_where_it_is(path):
    make(path)
    at = blocks(path)[2].offset
    damage(path, 3)
    with RecordingWriter(path, HEADER, mode="append") as writer:
        writer.add([message("/more")], 101)
    assert writer.repaired is None
    found = entries_of(path)
    [lost] = [entry for entry in found if type(entry) is Damage]
    assert lost.offset == at
    assert [entry.topic for entry in found if type(entry) is RecordedMessage] == ["/0", "/2", "/more"]


def test_what_is_no_recording_is_not_continued(path):
    Path(path).write_text("precious " * 100)
    before = open_files()
    with pytest.raises(BadRecording, match="no recording"):
        RecordingWriter(path, HEADER, mode="append")
    assert open_files() == before
    assert Path(path).read_text() == "precious " * 100


def test_two_writers_do_not_write_to_one_file(path):
    with RecordingWriter(path, HEADER) as writer:
        for mode in ("append", "replace"):
            with pytest.raises(RecordingFailure, match="another program is writing to it"):
                RecordingWriter(path, HEADER, mode=mode)
        writer.add([message()], 1)
    assert len(recorded(path)) == 1


def test_file_systems_without_locks(path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(subject.fcntl, "flock", refuse)
    make(path)
    assert len(recorded(path)) == 3


def test_places_that_cannot_be_written(tmp_path):
    for place, problem in ((tmp_path, "file exists"), (tmp_path / "no" / "a.rec", "no such file or directory")):
        with pytest.raises(RecordingFailure, match=problem):
            RecordingWriter(place, HEADER)
    with pytest.raises(RecordingFailure, match="is a directory"):
        RecordingWriter(tmp_path, HEADER, mode="replace")


# -- what goes wrong ------------------------------------------------------------------------------------------------


class FullDisk:
    """os.pwrite on a disk with so much room."""

    def __init__(self, room):
        self.room = room
        self.real = os.pwrite

    def __call__(self, fd, data, at):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(data[: self.room])
        self.room -= len(part)
        return self.real(fd, part, at)


@pytest.mark.parametrize("room", [0, 1, 14, 15, 50])
def test_a_full_disk(path, monkeypatch, room):
    writer = RecordingWriter(path, HEADER)
    writer.add([message("/1")], 1)
    writer.flush()
    monkeypatch.setattr(os, "pwrite", FullDisk(room))
    writer.add([message("/2")], 2)
    with pytest.raises(RecordingFailure, match=r"a\.rec: no space left on device") as caught:
        writer.flush()
    assert caught.value.code is EC.CANNOT_WRITE_FILE
    assert (writer.messages, writer.written) == (2, 1)
    writer.close()
    found = entries_of(path)
    assert [type(entry).__name__ for entry in found] == ["RecordingHeader", "RecordedMessage"], "and nothing torn"
    assert writer.size == size_of(path)


def test_short_writes_are_gone_on_with(path, monkeypatch):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: real(fd, data[:7], at))
    make(path)
    assert len(recorded(path)) == 3


def test_a_disk_that_cannot_be_synced(path, monkeypatch):
    def refuse(_):
        raise OSError(errno.EIO, "Input/output error")

    writer = RecordingWriter(path, HEADER)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RecordingFailure, match="input/output error"):
        writer.sync()
    writer.close()


def test_the_disk_is_waited_for_at_the_end(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    with RecordingWriter(path, HEADER) as writer:
        writer.sync()
        assert len(synced) == 2, "the file and, once, its directory"
        writer.sync()
        assert len(synced) == 3
    assert len(synced) == 4


def test_after_the_end_there_is_no_more(path):
    writer = RecordingWriter(path, HEADER)
    writer.close()
    writer.close()
    with pytest.raises(RecordingFailure, match="closed"):
        writer.add([message()], 1)
    assert entries_of(path) == [HEADER, End(5, 0)]


def test_a_header_that_cannot_be_written_leaves_no_file_open(path, monkeypatch):
    before = open_files()
    monkeypatch.setattr(os, "pwrite", FullDisk(3))
    with pytest.raises(RecordingFailure, match="no space left"):
        RecordingWriter(path, HEADER)
    assert open_files() == before


def test_a_block_is_one_write(path, monkeypatch):
    calls = []
    real = os.pwrite
    writer = RecordingWriter(path, HEADER)
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: calls.append(len(data)) or real(fd, data, at))
    writer.add([message()] * 100, 1)
    writer.flush()
    assert calls == [blocks(path)[-1].size]
    assert isinstance(blocks(path)[-1], Block)
    writer.close()
