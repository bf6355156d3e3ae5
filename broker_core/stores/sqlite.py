"""The backend that keeps entries in an SQLite file, which C++ Broker can use as well (not at the same time).

What :meth:`~SqliteBackend.commit` has returned from is durable as far as *synchronous* says:

======= ===============================================================================================
EXTRA   survives a loss of power
FULL    the same, save that with journal mode DELETE and an unlucky moment the last transaction is undone
NORMAL  survives a crash of this program; with WAL a loss of power takes the last transactions
OFF     survives a crash of this program; a loss of power may damage the file
======= ===============================================================================================

FULL is the default. Source: spec store-protocol.md section 9, manual section 2.4.1.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sqlite_utils import Database

from broker_core.errors import BackendFailure
from broker_core.limits import DEFAULT_LIMITS, Limits

from . import settings as option
from .deadlines import Deadlines
from .sqlite_format import (
    SQLITE_ERRORS,
    DamagedFile,
    blob_of,
    check_order,
    check_tables,
    create_tables,
    failure,
    read_key,
    read_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broker_core.model import Value

    from .backend import Record

__all__ = ["SqliteBackend"]

_SETTINGS = {
    "path": option.path("the file of the database"),
    "synchronous": option.choice(("OFF", "NORMAL", "FULL", "EXTRA"), "FULL", "Broker::SQLITE_SYNCHRONOUS_"),
    "journal_mode": option.choice(("DELETE", "WAL"), None, "Broker::SQLITE_JOURNAL_MODE_"),
    "failure_mode": option.choice(("FAIL", "DELETE"), "FAIL", "Broker::SQLITE_FAILURE_MODE_"),
    "integrity_check": option.flag(default=False),
}
_IN_MEMORY = ":memory:"


class SqliteBackend:
    """A :class:`.Backend` in the file that the option *path* names; it and its directories are created.

    Further options are *synchronous* (see above), *journal_mode* (DELETE or WAL; not given: as the file has it),
    *integrity_check* (read all of the file first) and *failure_mode*: with DELETE, a damaged file is deleted and
    the store starts empty. Unlike C++, that never takes a file that is locked, not ours, or not readable.

    Raises :class:`BackendFailure`. When that happens between a change and its commit, all changes since the last
    commit are gone, and no further ones are taken before :meth:`rollback`.
    """

    kind: ClassVar[str] = "sqlite"
    waits: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any] | None, limits: Limits = DEFAULT_LIMITS) -> None:
        settings = option.read_settings(self.kind, _SETTINGS, options)
        self.path: str = settings["path"]
        self._changed = False
        self._lost = False
        try:
            self._start(settings, limits)
        except DamagedFile:
            if settings["failure_mode"] != "DELETE":
                raise
            _delete(self.path)
            self._start(settings, limits)

    def _start(self, settings: Mapping[str, Any], limits: Limits) -> None:
        self._connection = _open(self.path, settings, limits)
        self._execute = self._connection.cursor().execute
        try:
            self._size = self._committed_size = self._count()
            self._deadlines: Deadlines | None = self._load_deadlines()
        except BackendFailure:
            self._connection.close()
            raise

    # -- entries --------------------------------------------------------------------------------------------------

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""
        row = self._row(blob_of(key))
        return None if row is None else read_record(self.path, *row)

    def put(self, key: Value, value: Value, expiry: int | None) -> Record | None:
        """Store *value*; returns what was there, or None."""
        index, blob = blob_of(key), blob_of(value)
        if not self._changed:
            self._begin()
        row = self._row(index)
        old = None if row is None else read_record(self.path, *row)
        try:
            if row is None:
                self._execute("INSERT INTO store(key, value, expiry) VALUES (?, ?, ?)", (index, blob, expiry))
                self._size += 1
            else:
                self._execute("UPDATE store SET value = ?, expiry = ? WHERE rowid = ?", (blob, expiry, row[0]))
        except SQLITE_ERRORS as error:
            raise self._failed(error) from error
        if expiry is not None and self._deadlines is not None:
            self._deadlines.add(index, expiry)
        return old

    def erase(self, key: Value) -> Record | None:
        """Remove *key*; returns what was there, or None."""
        row = self._row(blob_of(key))
        if row is None:
            return None
        old = read_record(self.path, *row)
        if not self._changed:
            self._begin()
        try:
            self._execute("DELETE FROM store WHERE rowid = ?", (row[0],))
        except SQLITE_ERRORS as error:
            raise self._failed(error) from error
        self._size -= 1
        return old

    def clear(self) -> None:
        """Remove everything."""
        if not self._changed:
            self._begin()
        try:
            self._execute("DELETE FROM store")
        except SQLITE_ERRORS as error:
            raise self._failed(error) from error
        self._size = 0
        self._deadlines = Deadlines(self._expiry)

    def size(self) -> int:
        """How many keys there are."""
        return self._size

    def keys(self) -> Iterator[Value]:
        """All keys."""
        for rowid, key in self._rows("SELECT rowid, key FROM store"):
            yield read_key(self.path, rowid, key)

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records."""
        for row in self._rows("SELECT rowid, key, value, expiry FROM store"):
            yield self._entry(row)

    def page(self, most: int, *after: Value) -> list[tuple[Value, Record]]:
        """The first *most* keys with their records, or those behind the key *after*: in the order of their bytes."""
        where = "WHERE key > ?" if after else ""
        statement = f"SELECT rowid, key, value, expiry FROM store {where} ORDER BY key LIMIT ?"  # noqa: S608
        last = tuple(map(blob_of, after))
        rows = list(self._rows(statement, *last, most))
        check_order(self.path, rows, *last)
        return [self._entry(row) for row in rows]

    # -- expiry ---------------------------------------------------------------------------------------------------

    def due(self, now: int, limit: int) -> list[Value]:
        """At most *limit* keys that expire at or before *now*, the earliest first."""
        found = self._known_deadlines().due(now, limit)
        return [read_key(self.path, row[0], index) for index in found if (row := self._row(index)) is not None]

    def next_expiry(self) -> int | None:
        """A moment before which nothing is due."""
        return self._known_deadlines().first()

    def _known_deadlines(self) -> Deadlines:
        if self._deadlines is None:
            self._deadlines = self._load_deadlines()
        return self._deadlines

    def _load_deadlines(self) -> Deadlines:
        return Deadlines(self._expiry, self._rows("SELECT key, expiry FROM store WHERE typeof(expiry) = 'integer'"))

    def _expiry(self, index: bytes) -> int | None:
        row = self._row(index)
        return None if row is None else row[2]

    # -- transactions ---------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Make all changes durable, or none when it fails."""
        if self._lost:
            msg = f"{self.path}: an earlier operation failed, and all changes before it are undone"
            raise BackendFailure(msg)
        if not self._changed:
            return
        try:
            self._execute("COMMIT")
        except SQLITE_ERRORS as error:
            self._end()
            raise failure(self.path, error) from error
        self._changed = False
        self._committed_size = self._size

    def rollback(self) -> None:
        """Forget all changes since the last commit."""
        self._end()
        self._lost = False

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):  # it rolls back by itself when it is opened the next time
            self._connection.close()

    def _begin(self) -> None:
        if self._lost:
            msg = f"{self.path}: an earlier operation failed; roll back before further changes"
            raise BackendFailure(msg)
        try:
            self._execute("BEGIN IMMEDIATE")
        except SQLITE_ERRORS as error:
            raise failure(self.path, error) from error
        self._changed = True

    def _failed(self, error: Exception) -> BackendFailure:
        """What *error* means. Some errors, also in reading, end SQLite's transaction; here all of them do."""
        self._lost = self._changed
        self._end()
        return failure(self.path, error)

    def _end(self) -> None:
        if not self._changed:
            return
        self._changed = False
        self._size = self._committed_size
        self._deadlines = None  # some of them went with the changes, and to find out which can wait
        if self._connection.in_transaction:
            try:
                self._execute("ROLLBACK")
            except SQLITE_ERRORS as error:
                raise failure(self.path, error) from error

    # -- reading --------------------------------------------------------------------------------------------------

    def _row(self, index: bytes) -> tuple[int, Any, Any] | None:
        """Row number, value and expiry of the key with the bytes *index*."""
        try:
            row: tuple[int, Any, Any] | None
            row = self._execute("SELECT rowid, value, expiry FROM store WHERE key = ?", (index,)).fetchone()
        except SQLITE_ERRORS as error:
            raise self._failed(error) from error
        return row

    def _rows(self, statement: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(statement, parameters)
        except SQLITE_ERRORS as error:
            raise self._failed(error) from error

    def _entry(self, row: tuple[Any, ...]) -> tuple[Value, Record]:
        rowid, key, value, expiry = row
        return read_key(self.path, rowid, key), read_record(self.path, rowid, value, expiry)

    def _count(self) -> int:
        ((size,),) = self._rows("SELECT count(*) FROM store")
        return int(size)


def _open(path: str, settings: Mapping[str, Any], limits: Limits) -> sqlite3.Connection:
    """A connection to the file, ready for use. Raises :class:`BackendFailure`."""
    if path != _IN_MEMORY:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"{path}: cannot create its directory: {error.strerror}"
            raise BackendFailure(msg) from error
    connection = None
    try:
        connection = sqlite3.connect(
            path, timeout=limits.store_busy_timeout, isolation_level=None, check_same_thread=False
        )
        _prepare(path, Database(connection, recursive_triggers=False, execute_plugins=False), settings)
    except SQLITE_ERRORS as error:
        if connection is not None:
            connection.close()
        raise failure(path, error) from error
    except BackendFailure:
        if connection is not None:
            connection.close()
        raise
    return connection


def _prepare(path: str, database: Database, settings: Mapping[str, Any]) -> None:
    if settings["integrity_check"]:
        found = [line for (line,) in database.execute("PRAGMA integrity_check")]
        if found != ["ok"]:
            msg = f"{path}: damaged: {str(found[0]).splitlines()[-1]}"
            raise DamagedFile(msg)
    check_tables(path, database)
    wanted = settings["journal_mode"]
    if wanted and path != _IN_MEMORY:
        (mode,) = database.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        if mode.upper() != wanted:
            msg = f"{path}: the journal mode stays {mode.upper()}, {wanted} is not possible here"
            raise BackendFailure(msg)
    database.execute(f"PRAGMA synchronous = {settings['synchronous']}")
    database.execute("BEGIN IMMEDIATE")
    create_tables(database)
    database.commit()


def _delete(path: str) -> None:
    """Delete a database, and its journals: SQLite would apply those to the next one."""
    try:
        for suffix in ("-journal", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        Path(path).unlink()
    except OSError as error:
        msg = f"{path}: damaged, and cannot be deleted: {error.strerror}"
        raise BackendFailure(msg) from error
