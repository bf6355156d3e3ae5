"""Recordings in several files: when the next is begun, what they are called, and which are removed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from broker_core import RecordingFailure
from broker_core.recordings import End, Gap, RecordedMessage, RecordingHeader, RotatingWriter
from broker_core.recordings.rotation import SMALLEST_FILE, numbered_files
from recording_samples import HEADER, entries_of, message, size_of

SECOND = 1_000_000_000


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.rec")


def files(path):
    return [name[len(path) :] for _, name in numbered_files(path)]


def test_files_by_size(path):
    made = []
    with RotatingWriter(path, HEADER, max_size=SMALLEST_FILE, on_file=made.append) as writer:
        for at in range(20):
            writer.add([message(f"/{at}", "x" * 10_000)], at)
            writer.flush()
    assert files(path) == [".000001", ".000002", ".000003"]
    assert made == [path + name for name in files(path)]
    assert writer.files == 3
    found = [entries_of(path + name) for name in files(path)]
    assert [entry.topic for part in found for entry in part if type(entry) is RecordedMessage] == [
        f"/{at}" for at in range(20)
    ]
    assert [type(part[-1]) for part in found] == [End] * 3
    assert (writer.messages, writer.written) == (20, 20)
    assert writer.size == sum(size_of(path + name) for name in files(path))
    for name in files(path)[:-1]:
        assert SMALLEST_FILE <= size_of(path + name) < SMALLEST_FILE + 11_000


def test_what_waits_counts_too(path):
    with RotatingWriter(path, HEADER, max_size=1) as writer:  # less than there may be
        writer.add([message("/1", "x" * SMALLEST_FILE)], 1)
        assert writer.pending > SMALLEST_FILE
        writer.add([message("/2")], 2)
    assert len(files(path)) == 2


def test_files_by_age(path):
    with RotatingWriter(path, RecordingHeader(created=0), max_age=10 * SECOND) as writer:
        for at in (0, 9 * SECOND, 10 * SECOND, 19 * SECOND, 20 * SECOND):
            writer.add([message()], at)
    found = [entries_of(path + name) for name in files(path)]
    assert [sum(type(entry) is RecordedMessage for entry in part) for part in found] == [2, 2, 1]
    assert [part[0].created for part in found] == [0, 10 * SECOND, 20 * SECOND]


def test_without_messages_no_file_is_begun(path):
    with RotatingWriter(path, RecordingHeader(created=0), max_age=10 * SECOND) as writer:
        writer.gap(Gap(15 * SECOND, 0, "nobody there"))
        writer.add([], 100 * SECOND)
        writer.add([message()], 200 * SECOND)
    assert len(files(path)) == 1


def test_a_file_can_be_ended_without_a_message_for_the_next(path):
    with RotatingWriter(path, RecordingHeader(created=0), max_age=10 * SECOND) as writer:
        writer.turn(50 * SECOND)
        writer.add([message()], 51 * SECOND)
        assert len(files(path)) == 1
        writer.turn(60 * SECOND - 1)
        assert len(files(path)) == 1, "without messages it has begun to age anew"
        writer.turn(60 * SECOND)
        assert len(files(path)) == 2
    assert entries_of(path + ".000001")[-1] == End(60 * SECOND, 1)


def test_a_clock_that_is_set_back_begins_none(path):
    with RotatingWriter(path, RecordingHeader(created=100 * SECOND), max_age=10 * SECOND) as writer:
        writer.add([message()], 50 * SECOND)
        writer.add([message()], 51 * SECOND)
    assert len(files(path)) == 1


def test_files_that_are_there_stay_and_numbers_go_on(path):
    for _ in range(2):
        with RotatingWriter(path, HEADER, max_age=1) as writer:
            writer.add([message()], 1)
    Path(path + ".000041").touch()
    with RotatingWriter(path, HEADER, max_age=1) as writer:
        writer.add([message()], 1)
    assert files(path) == [".000001", ".000002", ".000041", ".000042"]


def test_names_of_others_are_no_files_of_ours(tmp_path):
    for name in ("a.rec", "a.rec.1", "a.rec.00001x", "a.recx000001", "b.rec.000001", "a.rec.0000001", "a.rec.000001"):
        (tmp_path / name).touch()
    assert [number for number, _ in numbered_files(str(tmp_path / "a.rec"))] == [1, 1]
    assert [number for number, _ in numbered_files(str(tmp_path / "c.rec"))] == []


def test_names_in_this_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with RotatingWriter("a.rec", HEADER, max_age=1):
        pass
    assert numbered_files("a.rec") == [(1, "a.rec.000001")]


def test_only_the_last_files_are_kept(path):
    with RotatingWriter(path, HEADER, max_age=1, keep=2) as writer:
        for at in range(10, 15):
            writer.add([message()], at)
            assert len(files(path)) <= 2
    assert files(path) == [".000004", ".000005"]
    with RotatingWriter(path, HEADER, max_age=1, keep=1) as writer:
        writer.add([message()], 1)
    assert files(path) == [".000006"], "those of earlier recordings are counted"


def test_what_is_no_recording_is_not_removed(path):
    problems = []
    Path(path + ".000001").write_text("precious " * 100)
    with RotatingWriter(path, HEADER, max_age=1, keep=1, on_problem=problems.append):
        pass
    assert files(path) == [".000001", ".000002"]
    assert problems == [f"{path}.000001 is not removed: no recording: it begins otherwise"]


def test_files_that_cannot_be_removed_are_told(path, monkeypatch):
    problems = []
    with RotatingWriter(path, HEADER, max_age=1):
        pass

    def refuse(_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "unlink", refuse)
    with RotatingWriter(path, HEADER, max_age=1, keep=1, on_problem=problems.append):
        pass
    assert len(problems) == 1
    with RotatingWriter(path, HEADER, max_age=1, keep=1):
        pass


def test_files_that_are_gone_already_are_no_problem(path, monkeypatch):
    problems = []
    with RotatingWriter(path, HEADER, max_age=1, keep=1) as writer:
        Path(path + ".000001").unlink()
        writer._remove(path + ".000001")
    with RotatingWriter(path, HEADER, max_age=1, keep=1, on_problem=problems.append):
        pass
    assert problems == []


def test_a_directory_that_is_not_there(tmp_path):
    with pytest.raises(RecordingFailure, match="no such file or directory"):
        RotatingWriter(tmp_path / "no" / "a.rec", HEADER, max_age=1)


def test_the_current_file_is_flushed_and_synced(path, monkeypatch):
    with RotatingWriter(path, HEADER, max_age=1) as writer:
        writer.add([message()], 5)
        writer.flush()
        assert writer.pending == 0
        assert writer.written == 1
        synced = []
        monkeypatch.setattr(os, "fsync", synced.append)
        writer.sync()
        assert synced
    assert entries_of(path + ".000001")[-1] == End(5, 1)
