"""Reading recordings: whole, cut, damaged, joined, and what is none."""

from __future__ import annotations

import io
import os

import msgpack
import pytest

from broker_core import BadRecording, RecordingFailure
from broker_core.recordings import Damage, End, Gap, RecordedMessage, RecordingHeader, RecordingReader
from broker_core.recordings.reader import MAGIC_WITHIN
from broker_core.recordings.records import RecordPacker
from recording_samples import HEADER, block_of, header_block, message, open_files, read

packer = RecordPacker()
ONE = block_of(packer.messages([message("/1"), message("/2")], 10))
TWO = block_of(packer.gap(Gap(11, 3, "dropped")), packer.messages([message("/3")], 12))
LAST = block_of(packer.end(End(13, 3)))
WHOLE = header_block() + ONE + TWO + LAST


def topics(reader):
    return [message.topic for message in reader]


def test_the_messages_in_order():
    reader = read(WHOLE)
    assert reader.header == HEADER
    messages = list(reader)
    assert [(one.topic, one.time) for one in messages] == [("/1", 10), ("/2", 10), ("/3", 12)]
    assert reader.torn is None
    assert reader.position == len(WHOLE)


def test_all_entries_in_order():
    kinds = [[type(entry) for entry in entries] for entries in read(WHOLE).batches()]
    assert kinds == [[RecordingHeader], [RecordedMessage] * 2, [Gap, RecordedMessage], [End]]


def test_cut_at_every_byte():
    edges = [len(header_block()), len(header_block() + ONE), len(header_block() + ONE + TWO), len(WHOLE)]
    for cut in range(len(WHOLE)):
        if cut < MAGIC_WITHIN and cut < 42:
            continue
        reader = read(WHOLE[:cut])
        expected = 0 if cut < edges[1] else 2 if cut < edges[2] else 3
        assert len(list(reader)) == expected
        assert (reader.torn is None) is (cut in edges)
        if reader.torn:
            assert reader.torn.offset + reader.torn.size == cut


def test_any_byte_that_is_changed_is_reported_or_costs_nothing():
    for at in range(len(WHOLE)):
        changed = bytearray(WHOLE)
        changed[at] ^= 0x55
        reader = read(bytes(changed))
        entries = [entry for batch in reader.batches() for entry in batch]
        [bad] = [entry for entry in entries if type(entry) is Damage]
        assert bad.offset <= at < bad.offset + bad.size
        assert bad.at_end is (at >= len(WHOLE) - len(LAST))
        lost = at < len(header_block()) or at >= len(WHOLE) - len(LAST)
        assert len([entry for entry in entries if type(entry) is RecordedMessage]) >= (3 if lost else 1)


def test_damage_ends_the_loop_over_messages_unless_it_is_to_be_skipped():
    changed = bytearray(WHOLE)
    changed[len(header_block()) + 20] ^= 1
    reader = read(bytes(changed))
    with pytest.raises(BadRecording, match=rf"recording: wrong checksum at offset {len(header_block())}"):
        topics(reader)
    assert topics(read(bytes(changed), skip_damage=True)) == ["/3"]


def test_a_damaged_header_costs_only_what_it_says():
    changed = bytearray(WHOLE)
    changed[len(header_block()) - 1] ^= 1
    reader = read(bytes(changed), skip_damage=True)
    assert reader.header == RecordingHeader()
    assert topics(reader) == ["/1", "/2", "/3"]


def test_a_good_block_with_bad_records_is_damage():
    bad = block_of(msgpack.packb([1, "no time"]))
    entries = [entry for batch in read(header_block() + bad + TWO).batches() for entry in batch]
    assert [type(entry) for entry in entries] == [RecordingHeader, Damage, Gap, RecordedMessage]
    assert entries[1].offset == len(header_block())
    assert "record 1 of a block cannot be read" in entries[1].problem


def test_recordings_one_behind_the_other_are_one():
    reader = read(WHOLE + WHOLE[:-1])
    assert topics(reader) == ["/1", "/2", "/3"] * 2
    assert reader.torn is not None


def test_empty_blocks_are_no_end():
    assert topics(read(header_block() + block_of() + ONE)) == ["/1", "/2"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no recording: it is empty"),
        (b"x", "no recording: it begins otherwise"),
        (b"#separator \\x09\n" * 100, "no recording"),
        (bytes(1000), "no recording"),
        (b"\xff" * 64 + WHOLE, "no recording"),
        (WHOLE[:14], "no recording"),
    ],
)
def test_what_is_no_recording(data, problem):
    with pytest.raises(BadRecording, match=problem):
        read(data)


def test_later_versions_are_refused():
    later = packer.header(RecordingHeader(version=2))
    with pytest.raises(BadRecording, match=r"written in version 2 of the format; this program reads up to 1"):
        read(block_of(later))
    with pytest.raises(BadRecording, match="version 2"):
        topics(read(WHOLE + block_of(later)))


def test_files_by_name(tmp_path):
    path = tmp_path / "a.rec"
    path.write_bytes(WHOLE)
    for name in (path, str(path)):
        with RecordingReader(name) as reader:
            assert len(list(reader)) == 3
        assert reader._file.closed
        reader.close()
    assert reader.name == str(path)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(RecordingFailure, match=r"none\.rec: no such file or directory"):
        RecordingReader(tmp_path / "none.rec")
    with pytest.raises(RecordingFailure, match="is a directory"):
        RecordingReader(tmp_path)


def test_a_file_that_is_no_recording_is_closed(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("text")
    before = open_files()
    with pytest.raises(BadRecording):
        RecordingReader(path)
    assert open_files() == before


def test_a_file_of_the_caller_is_left_open():
    file = io.BytesIO(WHOLE)
    with RecordingReader(file) as reader:
        assert reader.name == "recording"
    assert not file.closed


def test_a_pipe_can_be_read():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(WHOLE)
    with os.fdopen(reading, "rb") as file:
        assert len(list(RecordingReader(file))) == 3


@pytest.mark.parametrize("after", [0, 1])
def test_errors_of_the_system_are_told(after):
    class Failing(io.BytesIO):
        name = "disk.rec"
        left = after

        def read(self, size=-1):
            if not self.left:
                raise OSError(5, "Input/output error")
            self.left -= 1
            return super().read(min(size, 64))

    def work():
        list(RecordingReader(Failing(WHOLE)))

    with pytest.raises(RecordingFailure, match=r"disk\.rec: input/output error"):
        work()
