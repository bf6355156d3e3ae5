"""Reads an SQLite store that another program may have open and be writing to, without getting in its way.

C++ Broker does not wait for locks: a reader that holds one at the wrong moment makes it lose a write. So files with
a rollback journal are read without any lock, and each read is repeated when it turns out that something was written
meanwhile. Sections below are those of https://www.sqlite.org/fileformat2.html.

* The file may be torn while there is a journal, and a transaction that has ended has changed the counter in the
  header (1.3.8). What must be seen *before* reading is the counter and then no journal, *after* it no journal and
  then the same counter: in the other orders a transaction that ends between the two looks is missed.
* A journal that stays, of a program that died, or of one that is slow, is copied together with the file, and SQLite
  undoes the transaction in the copy. The file goes first: what has been overwritten in it was in the journal before.
* With a write-ahead log readers do not stop writers, so that locks do no harm.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar
from urllib.parse import quote

from sqlite_utils import Database

from broker_core.errors import BackendFailure
from broker_core.limits import DEFAULT_LIMITS

from .sqlite_format import (
    SQLITE_ERRORS,
    blob_of,
    check_order,
    check_tables,
    failure,
    read_key,
    read_record,
    read_version,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from broker_core.model import Value

    from .backend import Record

__all__ = ["SqliteReader"]

T = TypeVar("T")

_READS = 5000  # attempts to read between two transactions of others
_COPIES = 200  # attempts to copy the file
_COPIED = 256 * 1024 * 1024  # bytes; with fewer attempts, but two, if they copied more than that
_PAGE = 500  # entries that are read at once, when nobody writes all the time


class _TooBusy(BackendFailure):
    """There was no time to read between the writing of others."""


class _Stamp(NamedTuple):
    """What differs after every change of the file."""

    inode: int
    size: int
    modified: int
    counter: bytes
    wal: bool  # whether the file asks for a write-ahead log, 1.3.3


class SqliteReader:
    """The reading half of a :class:`.Backend` over the file at *path*, which it never changes.

    A listing is not of one moment if somebody writes meanwhile: it then has each key that stays exactly once. That
    somebody has to be another program: to close a file ends all locks that one program has on it (POSIX).
    Raises :class:`BackendFailure`, also when the file is changed so often that there is no time to read it.
    """

    kind: ClassVar[str] = "sqlite"
    waits: ClassVar[bool] = True

    def __init__(self, path: str) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._stamp: _Stamp | None = None  # of the file when the connection to it was made
        self._sure = False  # whether what the connection reads is never torn: a copy, or with a write-ahead log
        self._copy: TemporaryDirectory[str] | None = None
        try:
            self.journal_mode = "WAL" if _stamp(path).wal else "DELETE"
            """``DELETE`` for any rollback journal, or ``WAL``."""
            self.version = self._verified(self._check)
            """What the file says of the Broker that last opened it, such as ``2.8.0``, or None."""
        except BackendFailure:
            self.close()
            raise

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""
        rows = self._rows("SELECT rowid, value, expiry FROM store WHERE key = ?", blob_of(key))
        return read_record(self.path, *rows[0]) if rows else None

    def size(self) -> int:
        """How many keys there are; looks at each."""
        return int(self._rows("SELECT count(*) FROM store")[0][0])

    def expiring(self) -> int:
        """How many entries expire some day; looks at each."""
        return int(self._rows("SELECT count(expiry) FROM store")[0][0])

    def keys(self) -> Iterator[Value]:
        """All keys."""
        return (read_key(self.path, row[0], row[1]) for row in self._all())

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records."""
        return (self._entry(row) for row in self._all())

    def page(self, most: int, *after: Value) -> list[tuple[Value, Record]]:
        """The first *most* keys with their records, or those behind the key *after*: in the order of their bytes."""
        return [self._entry(row) for row in self._page(most, *map(blob_of, after))]

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._disconnect()
        self._drop_copy()
        self._sure = True

    # -- rows -----------------------------------------------------------------------------------------------------

    def _entry(self, row: tuple[Any, ...]) -> tuple[Value, Record]:
        rowid, key, value, expiry = row
        return read_key(self.path, rowid, key), read_record(self.path, rowid, value, expiry)

    def _all(self) -> Iterator[tuple[Any, ...]]:
        most = _PAGE
        after: tuple[bytes, ...] = ()
        while True:
            try:
                rows = self._page(most, *after)
            except _TooBusy:
                if most == 1:
                    raise
                most = max(most // 4, 1)
                continue
            if not rows:
                return
            yield from rows
            after = (rows[-1][1],)

    def _page(self, most: int, *after: bytes) -> list[tuple[Any, ...]]:
        where = "WHERE key > ?" if after else ""
        statement = f"SELECT rowid, key, value, expiry FROM store {where} ORDER BY key LIMIT ?"  # noqa: S608
        rows = self._rows(statement, *after, most)
        check_order(self.path, rows, *after)
        return rows

    def _rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self._verified(lambda connection: connection.execute(statement, parameters).fetchall())

    def _check(self, connection: sqlite3.Connection) -> str | None:
        database = Database(connection, recursive_triggers=False, execute_plugins=False)
        if not check_tables(self.path, database):
            msg = f"{self.path}: an SQLite database without a store in it"
            raise BackendFailure(msg)
        return read_version(database)

    # -- undisturbed ----------------------------------------------------------------------------------------------

    def _verified(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """What *query* returns, run while nobody wrote."""
        for _ in range(_READS):
            if self._sure:  # or closed
                return self._run(query)
            stamp = _stamp(self.path)
            if stamp.wal and _size(self.path + "-wal"):
                self._connect(self.path, "mode=ro")
                self._sure = True
                continue
            if _journal(self.path):
                continue
            if stamp != self._stamp:
                self._connect(self.path, "mode=ro&immutable=1")  # that means: without locks
                self._stamp = stamp
            outcome: T | BackendFailure
            try:
                outcome = self._run(query)
            except BackendFailure as error:  # which may come from a torn file
                outcome = error
            if not _journal(self.path) and _stamp(self.path) == stamp:
                if isinstance(outcome, BackendFailure):
                    raise outcome
                return outcome
        self._connect(self._take_copy(), "mode=rw")
        self._sure = True
        return self._run(query)

    def _run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            msg = f"{self.path}: closed"
            raise BackendFailure(msg)
        try:
            return query(self._connection)
        except SQLITE_ERRORS as error:
            raise failure(self.path, error) from error

    def _connect(self, path: str, mode: str) -> None:
        self._disconnect()
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(Path(path).absolute()))}?{mode}",
                uri=True,
                timeout=DEFAULT_LIMITS.store_busy_timeout,
                isolation_level=None,
                check_same_thread=False,
            )
        except SQLITE_ERRORS as error:
            raise failure(self.path, error) from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._stamp = None

    def _drop_copy(self) -> None:
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _take_copy(self) -> str:
        """Copy the file, and the journal that may belong to it; the path of the copy."""
        try:
            self._copy = TemporaryDirectory(prefix="broker-store-")
            target = str(Path(self._copy.name, "copy.sqlite"))
            for _ in range(min(_COPIES, max(_COPIED // max(_size(self.path), 1), 2))):
                stamp, journal = _stamp(self.path), _journal(self.path)
                shutil.copyfile(self.path, target)
                if journal:
                    with suppress(FileNotFoundError):
                        shutil.copyfile(self.path + "-journal", target + "-journal")
                        if _journal(self.path) == journal:
                            return target
                elif not _journal(self.path) and _stamp(self.path) == stamp:
                    Path(target + "-journal").unlink(missing_ok=True)
                    return target
        except OSError as error:
            msg = f"{self.path}: cannot be copied: {error.strerror}"
            raise BackendFailure(msg) from error
        self._drop_copy()
        msg = f"{self.path}: another program changes it too often for it to be read"
        raise _TooBusy(msg)


def _stamp(path: str) -> _Stamp:
    try:
        with Path(path).open("rb", buffering=0) as file:
            header = file.read(28)
            status = os.fstat(file.fileno())
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise BackendFailure(msg) from error
    return _Stamp(status.st_ino, status.st_size, status.st_mtime_ns, header[24:], header[18:19] == b"\x02")


def _journal(path: str) -> tuple[int, bytes] | None:
    """What tells one rollback journal from another, if there is one that makes the file doubtful.

    Before SQLite touches the file, it completes the header of the journal; one that begins with zeros is not (or no
    longer) of use. Its nonce is another one in each transaction (3).
    """
    try:
        with Path(path + "-journal").open("rb", buffering=0) as file:
            header = file.read(16)
            inode = os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"{path}-journal: {error.strerror}"
        raise BackendFailure(msg) from error
    return (inode, header[12:]) if any(header[:8]) else None


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0
