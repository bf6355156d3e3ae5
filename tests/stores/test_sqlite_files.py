"""Reading SQLite stores beside programs that write to them: whole, and without getting in their way."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from broker_core.codecs.binary import encode
from broker_core.errors import BackendFailure
from broker_core.model import Count
from broker_core.stores import sqlite_files
from broker_core.stores.backend import Record
from broker_core.stores.sqlite import SqliteBackend
from broker_core.stores.sqlite_files import SqliteReader

VECTORS = Path(__file__).parent.parent / "vectors"
LIMIT = 60  # seconds that another program may take


@pytest.fixture
def place(tmp_path):
    return tmp_path / "db.sqlite"


def fill(place, count=100, **options):
    backend = SqliteBackend({"path": place, **options})
    for number in range(count):
        backend.put(("key", number), number, None)
    backend.commit()
    return backend


@contextmanager
def program(code, *arguments):
    """Another program that prints "ready", and goes on until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


# -- what is read ---------------------------------------------------------------------------------------------------


def test_everything_is_as_the_backend_sees_it():
    path = str(VECTORS / "store.sqlite")
    reader = SqliteReader(path)
    assert (reader.kind, reader.waits, reader.version, reader.journal_mode) == ("sqlite", True, "2.8.0", "DELETE")
    assert reader.size() == 40
    assert reader.expiring() == 1
    assert reader.find("expires").value == Count(1)
    assert reader.find("nothing") is None
    entries = list(reader.entries())
    assert [key for key, _ in entries] == list(reader.keys())
    assert reader.page(7) == entries[:7]
    assert reader.page(7, entries[6][0]) == entries[7:14]
    assert all(reader.find(key) == record for key, record in entries)
    reader.close()
    reader.close()
    with pytest.raises(BackendFailure, match=r"store\.sqlite: closed"):
        reader.find("k")


def test_listings_longer_than_one_page_are_whole(place):
    count = 2 * sqlite_files._PAGE + 1
    fill(place, count).close()
    reader = SqliteReader(str(place))
    assert reader.size() == count
    assert sorted(reader.keys()) == [("key", number) for number in range(count)]
    assert sorted(record.value for _, record in reader.entries()) == list(range(count))
    reader.close()


def test_changes_are_seen_at_the_next_look(place):
    backend = fill(place, 3)
    reader = SqliteReader(str(place))
    for number in range(5):
        backend.put("k", number, None)
        backend.commit()
        assert reader.find("k") == Record(number, None)
    backend.clear()
    backend.commit()
    assert reader.size() == 0
    backend.close()
    Path(shutil.copy(VECTORS / "store.sqlite", f"{place}.new")).replace(place)
    assert reader.size() == 40
    place.unlink()
    with pytest.raises(BackendFailure, match=r"db\.sqlite: No such file"):
        reader.size()
    reader.close()


def test_nothing_is_left_in_the_directory(place):
    for mode in ("DELETE", "WAL"):
        fill(place, journal_mode=mode).close()
        before = place.stat().st_mtime_ns, place.read_bytes()
        reader = SqliteReader(str(place))
        assert reader.journal_mode == mode
        assert reader.size() == 100
        reader.close()
        assert (place.stat().st_mtime_ns, place.read_bytes()) == before
        assert [file.name for file in place.parent.iterdir()] == [place.name]


def test_names_that_mean_something_in_an_address(tmp_path):
    place = tmp_path / "50% of?mode=rwc&x#y.sqlite"
    fill(place).close()
    reader = SqliteReader(str(place))
    assert reader.size() == 100
    reader.close()


def test_what_is_no_store(tmp_path):
    empty = tmp_path / "empty"
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("CREATE TABLE meta(key text primary key, value text)")
    other = tmp_path / "other"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmarks(url)")
    (tmp_path / "text").write_text("text")
    for name, problem in {
        "empty": "an SQLite database without a store in it",
        "other": "an SQLite database of something else",
        "text": "file is not a database",
        "missing": "No such file or directory",
    }.items():
        with pytest.raises(BackendFailure, match=rf"{name}: {problem}"):
            SqliteReader(str(tmp_path / name))


# -- beside writers -------------------------------------------------------------------------------------------------

# Both numbers are the same in every transaction, and no transaction may fail because of a reader.
COUNTS = """
import select, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("PRAGMA synchronous = " + sys.argv[2])
connection.execute("PRAGMA cache_size = 5")  # so that pages get to the file before the commit
print("ready", flush=True)
number = failed = 0
while not select.select([sys.stdin], [], [], float(sys.argv[3]))[0]:
    number += 1
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE store SET expiry = ?", (number,))
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        failed += 1
        print(error, flush=True)
        connection.rollback()
print(number, failed, flush=True)
"""


@pytest.mark.parametrize(
    ("mode", "synchronous", "pause"),
    [("DELETE", "FULL", 0), ("DELETE", "OFF", 0.005), ("WAL", "FULL", 0), ("WAL", "OFF", 0)],
)
def test_a_busy_writer_is_neither_disturbed_nor_seen_half(place, mode, synchronous, pause):
    backend = fill(place, 300, journal_mode=mode)
    backend.put("blob", "x" * 100_000, None)
    backend.commit()
    backend.close()
    with program(COUNTS, place, synchronous, pause) as writer:
        reader = SqliteReader(str(place))
        seen = set()
        for number in range(40):
            moments = {record.expiry for _, record in reader.page(301)}
            assert len(moments) == 1
            seen |= moments
            assert reader.find(("key", number)).value == number
            assert reader.size() == 301
        assert len(set(reader.keys())) == 301
        reader.close()
        out, _ = writer.communicate("stop", timeout=LIMIT)
    number, failed = map(int, out.split())
    assert failed == 0
    assert number > 1
    backend = SqliteBackend({"path": place, "integrity_check": True})
    assert backend.size() == 301
    backend.close()


HALF = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN")
connection.execute("UPDATE store SET value = x'0101', expiry = ?", (int(sys.argv[2]),))
connection.execute("DELETE FROM store WHERE rowid % 2")
print("ready", flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""


def test_a_transaction_that_is_not_over_is_not_seen(place):
    fill(place, 2000).close()
    before = place.read_bytes()
    with program(HALF, place, 5) as writer:
        assert place.read_bytes() != before  # half of it is in the file
        reader = SqliteReader(str(place))
        assert reader.size() == 2000
        assert reader.expiring() == 0
        assert reader.find(("key", 7)) == Record(7, None)
        assert [record.value for _, record in reader.page(3)] == [0, 1, 2]
        reader.close()
        writer.communicate("", timeout=LIMIT)
        assert writer.returncode == 0
    reader = SqliteReader(str(place))
    assert reader.size() == reader.expiring() == 1000
    reader.close()


@pytest.mark.parametrize("over", [True, False])
def test_what_is_written_during_a_read_makes_it_start_again(place, over):
    backend = fill(place, 2000)
    reader = SqliteReader(str(place))
    results = []

    with ExitStack() as programs:

        def read_both(connection):
            values = []
            for number in (0, 1999):  # far from each other
                ((value,),) = connection.execute("SELECT value FROM store WHERE rowid = ?", (number + 1,))
                values.append(value)
                if number == 0 and not results:
                    if over:
                        backend.put(("key", 0), True, None)
                        backend.put(("key", 1999), True, None)
                        backend.commit()
                    else:
                        before = place.stat()
                        programs.enter_context(program(HALF, place, 5))
                        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))  # clocks of files are coarse
            results.append(values)
            return values

        assert reader._verified(read_both) == ([encode(True)] * 2 if over else [encode(0), encode(1999)])
    assert len(results) == 2
    assert results[0] != results[1]
    reader.close()
    backend.close()


def test_a_writer_that_died_in_a_transaction(place):
    fill(place, 2000).close()
    with program(HALF, place, 5) as writer:
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=LIMIT)
    journal = Path(f"{place}-journal")
    before = place.read_bytes(), journal.read_bytes()
    reader = SqliteReader(str(place))
    assert reader.size() == 2000
    assert {record.expiry for _, record in reader.entries()} == {None}
    copies = Path(reader._copy.name)
    assert copies.stat().st_mode & 0o077 == 0
    reader.close()
    assert not copies.exists()
    assert (place.read_bytes(), journal.read_bytes()) == before  # to mend it is for whoever opens it for writing
    backend = SqliteBackend({"path": place, "integrity_check": True})
    assert backend.size() == 2000
    backend.close()


def test_a_copy_has_a_file_and_a_journal_of_the_same_transaction(place, monkeypatch):
    fill(place, 2000).close()
    copied = []
    copyfile = shutil.copyfile

    with ExitStack() as programs:

        def copy(source, target):
            if source.endswith("-journal") and len(copied) == 1:
                writers[0].communicate("", timeout=LIMIT)
                writers.append(programs.enter_context(program(HALF, place, 6)))
            copied.append(source)
            return copyfile(source, target)

        monkeypatch.setattr(shutil, "copyfile", copy)
        writers = [programs.enter_context(program(HALF, place, 5))]
        reader = SqliteReader(str(place))
        assert copied == [str(place), f"{place}-journal"] * 2
        assert {record for _, record in reader.entries()} == {Record(True, 5)}
        assert reader.size() == 1000
        reader.close()


def test_a_writer_that_died_with_a_write_ahead_log(tmp_path):
    live, dead = tmp_path / "live", tmp_path / "dead"
    backend = fill(live, 100, journal_mode="WAL")
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{live}{suffix}", f"{dead}{suffix}")
    backend.close()
    reader = SqliteReader(str(dead))
    assert reader.journal_mode == "WAL"
    assert reader.size() == 100
    reader.close()


def test_a_write_ahead_log_that_appears_later(place):
    fill(place, 5, journal_mode="WAL").close()
    reader = SqliteReader(str(place))
    assert reader.size() == 5
    backend = fill(place, 10)
    assert reader.size() == 10
    backend.put("more", 1, None)
    backend.commit()
    assert reader.size() == 11
    reader.close()
    backend.close()


def test_a_file_that_can_never_be_read_in_peace(place, monkeypatch):
    fill(place, 2000).close()
    monkeypatch.setattr(sqlite_files, "_COPIES", 0)
    with program(HALF, place, 5), pytest.raises(BackendFailure, match=r"changes it too often for it to be read$"):
        SqliteReader(str(place))


def test_a_file_without_a_journal_can_be_copied_too(place, monkeypatch):
    backend = fill(place, 5)
    copied = []
    copyfile = shutil.copyfile

    def copy(source, target):
        copyfile(source, target)
        if not copied:
            backend.put("more", 1, None)
            backend.commit()
        copied.append(source)

    monkeypatch.setattr(sqlite_files, "_READS", 0)
    monkeypatch.setattr(shutil, "copyfile", copy)
    reader = SqliteReader(str(place))
    assert len(copied) == 2  # what was written during the first made that one useless
    monkeypatch.undo()
    assert reader.size() == 6
    reader.close()
    backend.close()


def test_the_busier_the_file_the_less_is_read_at_once(place, monkeypatch):
    fill(place, 5).close()
    reader = SqliteReader(str(place))
    tried = []
    verified = reader._verified

    def only_little(query):
        rows = verified(query)
        tried.append(len(rows))
        if len(rows) > 2:
            msg = "busy"
            raise sqlite_files._TooBusy(msg)
        return rows

    monkeypatch.setattr(sqlite_files, "_PAGE", 16)
    monkeypatch.setattr(reader, "_verified", only_little)
    assert sorted(reader.keys()) == [("key", number) for number in range(5)]
    assert tried == [5, 4, 1, 1, 1, 1, 1, 0]
    monkeypatch.undo()
    monkeypatch.setattr(sqlite_files, "_READS", 0)
    monkeypatch.setattr(sqlite_files, "_COPIES", 0)
    with pytest.raises(BackendFailure, match="too often"):
        list(reader.keys())
    reader.close()


def test_a_damaged_file_is_an_error_at_once(place):
    fill(place, 2000).close()
    content = bytearray(place.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    place.write_bytes(content)
    reader = SqliteReader(str(place))
    with pytest.raises(BackendFailure, match=r"db\.sqlite: database disk image is malformed"):
        list(reader.entries())
    reader.close()
