"""Tables, rows and errors of SQLite files. Whole files are in test_sqlite.py and test_files.py."""

from __future__ import annotations

import sqlite3

import pytest
from sqlite_utils import Database

from broker_core.codecs.binary import encode
from broker_core.errors import EC, BackendFailure, TypeClash
from broker_core.model import Count, Set
from broker_core.stores.backend import Record
from broker_core.stores.sqlite_format import (
    BROKER_VERSION,
    DamagedFile,
    blob_of,
    check_tables,
    create_tables,
    failure,
    read_key,
    read_record,
    read_version,
)


@pytest.fixture
def database():
    database = Database(memory=True)
    yield database
    database.close()


def test_tables(database):
    assert not check_tables("db", database)
    assert read_version(database) is None
    create_tables(database)
    assert check_tables("db", database)
    assert read_version(database) == BROKER_VERSION
    create_tables(database)
    assert database.table_names() == ["meta", "store"]
    database.execute("DELETE FROM meta")
    assert read_version(database) is None


def test_rows():
    assert read_key("db", 1, encode(Count(7))) == Count(7)
    assert read_record("db", 1, encode("v") + b"ignored", 5) == Record("v", 5)
    assert blob_of(("x", 1)) == encode(("x", 1))
    with pytest.raises(TypeClash, match="one on the wire") as caught:
        blob_of(Set([1e-310, 2e-310]))
    assert caught.value.code is EC.INVALID_DATA
    for value, expiry in ((b"", None), (b"\xff", None), ("text", None), (b"\x00", 1.5), (b"\x00", b"x")):
        with pytest.raises(BackendFailure, match=r"^db: row 7 of table store: "):
            read_record("db", 7, value, expiry)


def error_with(code, name="", text="text"):
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    error.sqlite_errorname = name
    return error


def test_errors(tmp_path):
    assert str(failure("db", sqlite3.ProgrammingError("closed"))) == "db: closed"
    assert str(failure("db", error_with(5 | 1 << 8))) == "db: text (by another program)"
    assert str(failure("db", error_with(10 | 3 << 8, "SQLITE_IOERR_WRITE"))) == "db: text (SQLITE_IOERR_WRITE)"
    for code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        assert type(failure("db", error_with(code))) is DamagedFile
    (tmp_path / "file").touch()
    for path, reason in {
        tmp_path: "it is a directory",
        tmp_path / "file": "no permission to read it, or to write beside it",
        tmp_path / "none": "it cannot be created there",
    }.items():
        assert str(failure(str(path), error_with(14))) == f"{path}: text ({reason})"
