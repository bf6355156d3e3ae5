"""The backend in an SQLite file: conformance, the format, options. Damage is in test_failures.py and test_crash.py."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from broker_core.codecs import cpp
from broker_core.codecs.binary import encode
from broker_core.errors import EC, BackendFailure, TypeClash
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Set
from broker_core.stores.backend import Record
from broker_core.stores.sqlite import SqliteBackend
from conformance import BackendMachine, LastingConformance

VECTORS = Path(__file__).parent.parent / "vectors"
TABLES = [
    ("meta", "CREATE TABLE meta(key text primary key, value text)"),
    ("store", "CREATE TABLE store(key blob primary key, value blob, expiry integer)"),
]


def open_at(place, **options):
    return SqliteBackend({"path": place, **options})


class TestConformance(LastingConformance):
    @staticmethod
    def open(place):
        return open_at(place)


class TestConformanceWithWriteAheadLog(LastingConformance):
    @staticmethod
    def open(place):
        return open_at(place, journal_mode="WAL", synchronous="NORMAL")


class Machine(BackendMachine):
    @staticmethod
    def open(place):
        return open_at(place, synchronous="OFF")


TestMachine = Machine.TestCase


@pytest.fixture
def place(tmp_path):
    return tmp_path / "db.sqlite"


def query(place, statement, *parameters):
    with closing(sqlite3.connect(place)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()


# -- the format of C++ --------------------------------------------------------------------------------------------


def test_the_tables_are_those_of_cpp(place):
    open_at(place).close()
    assert query(place, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name") == TABLES
    assert query(place, "SELECT * FROM meta") == [("broker_version", "2.8.0")]
    assert (
        query(VECTORS / "store.sqlite", "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL ORDER BY name") == TABLES
    )
    assert query(VECTORS / "store.sqlite", "SELECT * FROM meta") == [("broker_version", "2.8.0")]


def test_rows_are_those_of_cpp(place):
    backend = open_at(place)
    backend.put("k", "v", None)
    backend.put(Count(7), (Count(1), 2.5, None), 1795354627285407525)
    backend.commit()
    backend.close()
    assert query(place, "SELECT key, value, expiry FROM store ORDER BY rowid") == [
        (bytes.fromhex("05016b"), bytes.fromhex("050176"), None),
        (
            bytes.fromhex("020000000000000007"),
            bytes.fromhex("0e0302000000000000000104400400000000000000"),
            1795354627285407525,
        ),
    ]


def test_a_file_of_cpp_is_read_and_written_byte_for_byte(tmp_path):
    mine, copy = tmp_path / "mine.sqlite", tmp_path / "copy.sqlite"
    shutil.copyfile(VECTORS / "store.sqlite", copy)
    theirs = open_at(copy)
    printed = {row["key"]: row["value"] for row in json.loads((VECTORS / "store.json").read_text())}
    found = {cpp.encode(key).decode(): cpp.encode(record.value).decode() for key, record in theirs.entries()}
    assert found == printed | {"expires": "1"}
    assert theirs.find("expires").value == Count(1)
    assert theirs.due(theirs.find("expires").expiry, 5) == ["expires"]
    ours = open_at(mine)
    for key, record in theirs.entries():
        ours.put(key, *record)
    ours.commit()
    for backend in (ours, theirs):
        backend.close()
    rows = "SELECT key, value, expiry FROM store ORDER BY key"
    assert query(mine, rows) == query(VECTORS / "store.sqlite", rows)


def test_what_is_missing_in_a_file_is_made(place):
    query(place, TABLES[1][1])
    query(place, "INSERT INTO store VALUES (x'05016b', x'050176ffff', 5)")
    backend = open_at(place)
    assert backend.find("k") == Record("v", 5)  # whatever is behind a value means nothing
    assert backend.due(5, 5) == ["k"]
    backend.close()
    assert query(place, "SELECT * FROM meta") == [("broker_version", "2.8.0")]


def test_the_version_is_written_at_each_start(place):
    query(place, TABLES[0][1])
    query(place, "INSERT INTO meta VALUES ('broker_version', '1.4.0'), ('other', 'kept')")
    open_at(place).close()
    assert query(place, "SELECT * FROM meta ORDER BY key") == [("broker_version", "2.8.0"), ("other", "kept")]


def test_a_database_of_something_else_is_left_alone(place):
    query(place, "CREATE TABLE bookmarks(url)")
    before = place.read_bytes()
    with pytest.raises(BackendFailure, match=r"db.sqlite: an SQLite database of something else \(.* table bookmarks "):
        open_at(place, failure_mode="DELETE")
    assert place.read_bytes() == before


def test_a_table_without_our_columns(place):
    query(place, "CREATE TABLE store(key blob primary key, data blob)")
    with pytest.raises(BackendFailure, match="no store of Broker: its table store has no column value"):
        open_at(place)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x'05016b', x'0505', NULL", r"row 7 of table store: unreadable value: value cut short after 2 bytes"),
        ("x'05016b', x'63', NULL", r"row 7 of table store: unreadable value: unknown type tag 99 at offset 0"),
        ("x'05016b', 'text', NULL", r"row 7 of table store: the value is no blob but str"),
        ("x'05016b', NULL, NULL", r"row 7 of table store: the value is no blob but NoneType"),
        ("x'05016b', x'050176', 'soon'", r"row 7 of table store: the expiry is 'soon', not a whole number"),
    ],
)
def test_an_unreadable_row_is_named_and_kept(place, row, problem):
    open_at(place).close()
    query(place, f"INSERT INTO store(rowid, key, value, expiry) VALUES (7, {row})")
    backend = open_at(place)
    for operation in (
        lambda: backend.find("k"),
        lambda: backend.put("k", 1, None),
        lambda: backend.erase("k"),
        lambda: list(backend.entries()),
        lambda: backend.page(5),
    ):
        with pytest.raises(BackendFailure, match=problem):
            operation()
    assert list(backend.keys()) == ["k"]
    backend.put("other", 1, None)
    backend.commit()
    backend.close()
    assert query(place, "SELECT count(*) FROM store WHERE rowid = 7") == [(1,)]
    assert query(place, "SELECT count(*) FROM store") == [(2,)]


def test_an_unreadable_key_is_named(place):
    open_at(place).close()
    query(place, "INSERT INTO store(rowid, key, value, expiry) VALUES (7, x'ff', x'00', 5)")
    backend = open_at(place)
    for operation in (lambda: list(backend.keys()), lambda: list(backend.entries()), lambda: backend.due(5, 5)):
        with pytest.raises(BackendFailure, match="row 7 of table store: unreadable key: unknown type tag 255"):
            operation()
    backend.close()


def test_what_has_no_bytes_is_refused_alone(place):
    backend = open_at(place)
    merged = Set([1e-310, 2e-310])  # both are written as zero
    backend.put("k", 1, None)
    for operation in (
        lambda: backend.find(merged),
        lambda: backend.put(merged, 1, None),
        lambda: backend.put("x", merged, None),
        lambda: backend.erase(merged),
        lambda: backend.page(1, merged),
    ):
        with pytest.raises(TypeClash, match="one on the wire") as caught:
            operation()
        assert caught.value.code is EC.INVALID_DATA
    backend.commit()
    assert list(backend.entries()) == [("k", Record(1, None))]
    backend.close()


# -- options ------------------------------------------------------------------------------------------------------


def pragma(backend, name):
    return backend._connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize(("name", "number"), [("OFF", 0), ("NORMAL", 1), ("FULL", 2), ("EXTRA", 3), (None, 2)])
@pytest.mark.parametrize("form", ["{}", "Broker::SQLITE_SYNCHRONOUS_{}"])
def test_synchronous(place, form, name, number):
    options = {} if name is None else {"synchronous": form.format(name)}
    backend = open_at(place, **options)
    assert pragma(backend, "synchronous") == number
    backend.close()


def test_options_may_be_enum_values_as_zeek_gives_them(place):
    options = {
        "synchronous": EnumValue("Broker::SQLITE_SYNCHRONOUS_EXTRA"),
        "journal_mode": EnumValue("Broker::SQLITE_JOURNAL_MODE_WAL"),
        "failure_mode": EnumValue("Broker::SQLITE_FAILURE_MODE_DELETE"),
        "integrity_check": True,
    }
    backend = open_at(str(place), **options)
    assert pragma(backend, "synchronous") == 3
    assert pragma(backend, "journal_mode") == "wal"
    backend.close()


def test_the_journal_mode_is_the_file_s_own_unless_another_is_asked_for(place):
    for wanted, found in ((None, "delete"), ("WAL", "wal"), (None, "wal"), ("DELETE", "delete"), (None, "delete")):
        backend = open_at(place, **({"journal_mode": wanted} if wanted else {}))
        assert pragma(backend, "journal_mode") == found
        backend.close()


def test_a_database_in_memory():
    backend = open_at(":memory:", journal_mode="WAL")
    backend.put("k", 1, None)
    backend.commit()
    assert backend.size() == 1
    backend.close()
    assert not Path(":memory:").exists()


def test_directories_are_created(tmp_path):
    place = tmp_path / "some" / "where" / "db.sqlite"
    open_at(place).close()
    assert place.exists()


def test_damaged_files_are_deleted_only_on_demand(place):
    place.write_bytes(b"no database" * 100)
    Path(f"{place}-journal").write_bytes(b"junk")
    for options in ({}, {"failure_mode": "FAIL"}):
        with pytest.raises(BackendFailure, match=r"db.sqlite: file is not a database$"):
            open_at(place, **options)
    assert place.read_bytes() == b"no database" * 100
    backend = open_at(place, failure_mode="DELETE")
    assert backend.size() == 0
    backend.close()


def test_damage_that_shows_in_counting_is_damage_too(place):
    backend = open_at(place)
    for number in range(500):
        backend.put(number, "value" * 20, None)
    backend.commit()
    backend.close()
    content = bytearray(place.read_bytes())
    content[4096 * 5 :] = b"\xff" * (len(content) - 4096 * 5)
    place.write_bytes(content)
    with pytest.raises(BackendFailure, match="malformed"):
        open_at(place)
    backend = open_at(place, failure_mode="DELETE")
    assert backend.size() == 0
    backend.close()


def test_the_integrity_check_finds_what_else_goes_unnoticed(place):
    backend = open_at(place)
    for number in range(500):
        backend.put(number, "value" * 20, None)
    backend.commit()
    backend.close()
    key = encode(250)
    content = place.read_bytes()
    assert content.count(key) == 2  # in the table, and in the index
    place.write_bytes(content.replace(key, encode(-1), 1))
    open_at(place).close()
    with pytest.raises(BackendFailure, match=r"db.sqlite: damaged: row \d+ missing from index"):
        open_at(place, integrity_check=True)
    backend = open_at(place, integrity_check=True, failure_mode="DELETE")
    assert backend.size() == 0
    backend.close()


# -- other programs ------------------------------------------------------------------------------------------------


def test_reads_leave_no_lock_behind(place):
    backend = open_at(place)
    backend.put("k", 1, None)
    backend.put("l", 1, 5)
    backend.commit()
    backend.find("k")
    next(backend.keys())
    backend.page(1)
    backend.due(5, 1)
    other = sqlite3.connect(place, timeout=0)
    other.execute("BEGIN EXCLUSIVE")
    other.close()
    backend.close()


def test_a_lock_of_another_program_is_waited_for_and_then_named(place):
    limits = replace(DEFAULT_LIMITS, store_busy_timeout=0.05)
    backend = SqliteBackend({"path": place}, limits)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BackendFailure, match=r"db.sqlite: database is locked \(by another program\)$"):
        backend.put("k", 1, None)
    with pytest.raises(BackendFailure, match="database is locked"):
        SqliteBackend({"path": place, "failure_mode": "DELETE"}, limits)
    other.execute("COMMIT")
    backend.put("k", 1, None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM store").fetchall()  # a reader is in the way of the commit, not of changes
    with pytest.raises(BackendFailure, match="database is locked"):
        backend.commit()
    assert backend.size() == 0
    other.execute("COMMIT")
    other.close()
    backend.put("k", 2, None)
    backend.commit()
    assert list(backend.entries()) == [("k", Record(2, None))]
    backend.close()


def test_importing_the_package_does_not_load_the_libraries_of_backends():
    code = (
        "import sys, broker_core, broker_core.stores.options\n"
        "broker_core.stores.options.open_backend('memory')\n"
        "print([name for name in ('rocksdict', 'sqlite_utils') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout.strip() == "[]"
