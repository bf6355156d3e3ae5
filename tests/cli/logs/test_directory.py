"""Directories of log files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.logs import directory as module
from broker_cli.logs.directory import LogDirectory, UnnamedLogError
from broker_cli.output.logs import opened
from broker_core import Count, EncodeError
from broker_core.logs import LogReader, LogRecord
from log_samples import NAMES, sample, schema_of

NOW = 1_700_000_000.0


def make(folder, form: str = "tsv") -> LogDirectory:
    return LogDirectory(str(folder), form, clock=lambda: NOW)


def record(path: str = "rec", number: int = 1) -> LogRecord:
    return LogRecord(schema_of("count", path=path), [Count(number)])


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def lines(path) -> list[str]:
    return path.read_text().splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_files_are_as_zeek_writes_them(tmp_path, name):
    reader, folder = LogReader(), make(tmp_path / "new" / "logs")
    folder.write(name, [found for line in sample("tsv", name) if (found := reader.line(line))])
    folder.close()
    expected = [line.decode() for line in sample("tsv", name)]
    for at, line in enumerate(expected):
        if line.startswith(("#open", "#close")):
            expected[at] = f"{line.split(chr(9))[0]}\t{opened(NOW)}"
    assert lines(tmp_path / "new" / "logs" / f"{name}.log") == expected


@pytest.mark.parametrize("name", NAMES)
def test_json_files_are_as_zeek_writes_them(tmp_path, name):
    reader, folder = LogReader(name), make(tmp_path, "ndjson")
    folder.write(name, [found for line in sample("json", name) if (found := reader.line(line))])
    folder.close()
    assert (tmp_path / f"{name}.log").read_bytes().splitlines() == sample("json", name)


def test_what_is_in_a_file_stays(tmp_path):
    for number in (1, 2):
        folder = make(tmp_path)
        folder.write("rec", [record(number=number)])
        folder.write("rec", [record(number=number)])
        folder.close()
    text = lines(tmp_path / "rec.log")
    assert [line for line in text if not line.startswith("#")] == ["1", "1", "2", "2"]
    assert sum(line.startswith("#fields") for line in text) == sum(line.startswith("#close") for line in text) == 2


def test_the_last_line_of_a_writer_that_was_cut_off_gets_its_end(tmp_path):
    (tmp_path / "rec.log").write_text('{"a":5')
    folder = make(tmp_path, "ndjson")
    folder.write("rec", [record()])
    folder.close()
    assert lines(tmp_path / "rec.log") == ['{"a":5', '{"a":1}']


def test_records_are_in_the_file_at_once(tmp_path):
    folder = make(tmp_path)
    folder.write("rec", [record()])
    assert lines(tmp_path / "rec.log")[-1] == "1"
    assert len(folder) == 1
    folder.close()


@pytest.mark.parametrize("path", ["", "..", "../x", "/dev/stdout", "a/b", ".hidden", "-x", "a\n", "ä", "x" * 201])
def test_names_that_lead_elsewhere(tmp_path, path):
    folder = make(tmp_path)
    with pytest.raises(UnnamedLogError, match="has no file"):
        folder.write(path, [record(path)])
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_usual_names(tmp_path):
    folder = make(tmp_path)
    for path in ("conn", "capture_loss", "http-2", "x.y", "x" * 200):
        folder.write(path, [record(path)])
    folder.close()
    assert len(list(tmp_path.iterdir())) == 5


def test_open_files_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_OPEN", 3)
    before = open_files()
    folder = make(tmp_path)
    for _ in range(2):
        for at in range(6):
            folder.write(f"log{at}", [record(f"log{at}", at)])
            assert open_files() <= before + 3
    folder.close()
    assert open_files() == before
    for at in range(6):
        text = lines(tmp_path / f"log{at}.log")
        assert [line for line in text if not line.startswith("#")] == [str(at)] * 2
        assert sum(line.startswith("#fields") for line in text) == 1
        assert text[-1].startswith("#close\t")


def test_files_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_FILES", 2)
    folder = make(tmp_path)
    for path in ("a", "b", "a"):
        folder.write(path, [record(path)])
    with pytest.raises(UnnamedLogError, match="there are 2 log files already; c gets none"):
        folder.write("c", [record("c")])
    folder.close()


def test_a_record_that_no_log_can_hold(tmp_path):
    folder = make(tmp_path)
    with pytest.raises(EncodeError):
        folder.write("rec", [LogRecord(schema_of("count"), [])])
    folder.close()


def test_what_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match=r"cannot write .*file: file exists") as caught:
        make(tmp_path / "file")
    assert caught.value.code is ExitCode.USAGE
    (tmp_path / "rec.log").mkdir()
    folder = make(tmp_path)
    with pytest.raises(Failure, match=r"cannot write .*rec\.log: is a directory") as caught:
        folder.write("rec", [record()])
    assert caught.value.code is ExitCode.REFUSED


def test_a_pipe_is_no_log_file(tmp_path):
    os.mkfifo(tmp_path / "rec.log")
    folder = make(tmp_path)
    with pytest.raises(Failure, match="not a regular file"):
        folder.write("rec", [record()])


def test_a_full_disk(tmp_path, monkeypatch):
    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = make(tmp_path)
    folder.write("rec", [record()])
    monkeypatch.setattr(module.os, "write", full)
    for act in (lambda: folder.write("rec", [record()]), folder.close):
        with pytest.raises(Failure, match=r"cannot write .*rec\.log: no space left on device") as caught:
            act()
        assert caught.value.code is ExitCode.REFUSED
