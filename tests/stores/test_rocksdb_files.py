"""Reading a RocksDB store beside the program that writes to it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from broker_core.errors import BackendFailure
from broker_core.stores.backend import Record
from broker_core.stores.rocksdb import RocksBackend
from broker_core.stores.rocksdb_files import DEADLINES, deadline_key, failure, make_meta, open_reader


def snapshot(folder):
    return {file.name: (file.stat().st_size, file.stat().st_mtime_ns) for file in folder.iterdir()}


@pytest.fixture
def backend(tmp_path):
    backend = RocksBackend({"path": tmp_path, "sync": False})
    for number in range(1000):
        backend.put(number, f"value {number}", number if number % 2 else None)
        if number % 100 == 50:
            backend.commit()
            backend._db.flush()  # so that there are some tables, and a log
    backend.commit()
    yield backend
    backend.close()


@pytest.mark.parametrize("live", [True, False])
def test_everything_is_as_the_backend_sees_it(tmp_path, backend, live):
    entries = list(backend.entries())
    if not live:
        backend.close()
    before = snapshot(tmp_path)
    reader = open_reader(str(tmp_path))
    assert (reader.kind, reader.waits, reader.version, reader.journal_mode) == ("rocksdb", True, "1", None)
    assert reader.size() == 1000
    assert reader.expiring() == 500
    assert list(reader.entries()) == entries
    assert list(reader.keys()) == [key for key, _ in entries]
    assert reader.page(10, entries[9][0]) == entries[10:20]
    assert reader.find(7) == Record("value 7", 7)
    assert reader.find("nothing") is None
    assert reader.due(5, 10) == [1, 3, 5]
    assert reader.next_expiry() == 1
    reader.close()
    reader.close()
    assert snapshot(tmp_path) == before


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(tmp_path, backend):
    reader = open_reader(str(tmp_path))
    listing = reader.entries()
    first = next(listing)
    for number in range(1000):
        backend.put(number, "new", None)
    backend.put("more", 1, None)
    backend.commit()
    backend._db.flush()
    backend._db.compact_range(None, None)
    found = dict([first, *listing])
    assert found == {number: Record(f"value {number}", number if number % 2 else None) for number in range(1000)}
    assert reader.size() == 1000
    reader.close()
    again = open_reader(str(tmp_path))
    assert again.size() == 1001
    again.close()


def test_a_reader_does_not_stop_the_writer_from_opening(tmp_path, backend):
    backend.close()
    reader = open_reader(str(tmp_path))
    again = RocksBackend({"path": tmp_path})
    again.put("k", 1, None)
    again.commit()
    again.close()
    reader.close()


def test_a_directory_that_may_only_be_read(tmp_path, backend):
    backend.close()
    tables = list(tmp_path.glob("*.sst"))
    assert len(tables) > 3
    tmp_path.chmod(0o555)
    for file in tmp_path.iterdir():
        file.chmod(0o444)
    code = (
        "import os, sys\n"
        "from broker_core.stores.rocksdb_files import open_reader\n"
        "open_reader(sys.argv[1]).close()\n"
        "os.getuid() or os.setuid(65534)\n"
        "print(sum(1 for _ in open_reader(sys.argv[1]).entries()))"
    )
    shutil.copytree(tmp_path, folder := Path(tempfile.mkdtemp(), "db"))
    folder.parent.chmod(0o755)
    try:
        run = subprocess.run(
            [sys.executable, "-c", code, folder], capture_output=True, text=True, check=False, timeout=60
        )
    finally:
        tmp_path.chmod(0o755)
        folder.chmod(0o755)
        shutil.rmtree(folder.parent)
    assert (run.stdout, run.stderr) == ("1000\n", "")


def test_what_is_no_store(tmp_path):
    with pytest.raises(BackendFailure, match="No such file"):
        open_reader(str(tmp_path / "missing"))
    assert not (tmp_path / "missing").exists()


def test_deadlines_are_in_order_as_bytes():
    moments = [-(2**63), -5, -1, 0, 1, 10**18, 2**63 - 1]
    keys = [deadline_key(moment, b"\x02key") for moment in moments]
    assert keys == sorted(keys)
    assert all(key.startswith(DEADLINES) and key.endswith(b"key") for key in keys)


def test_the_description_has_the_size():
    assert make_meta(5) == bytes.fromhex("93ac") + b"broker store" + bytes.fromhex("0105")


def test_failures_are_one_line():
    assert str(failure("db", Exception("IO error:\n  something"))) == "db: IO error: something"
