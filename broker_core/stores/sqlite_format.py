"""Broker's SQLite files: their tables, what a row means, and what SQLite's errors mean.

Keys and values are blobs in the binary format, bytes behind a value are ignored; expiries are nanoseconds since the
epoch. Source: spec store-protocol.md section 9.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from broker_core.codecs.binary import decode_at, encode
from broker_core.errors import EC, BackendFailure, DecodeError, EncodeError, TypeClash

from .backend import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

    from broker_core.model import Value

__all__ = [
    "BROKER_VERSION",
    "SQLITE_ERRORS",
    "DamagedFile",
    "blob_of",
    "check_order",
    "check_tables",
    "create_tables",
    "failure",
    "read_key",
    "read_record",
    "read_version",
]

BROKER_VERSION = "2.8.0"
"""What files say wrote them: the C++ version whose format this is."""

SQLITE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What the sqlite3 module raises. The second comes in place of the first when the text of the error, which quotes names
out of the file, is no UTF-8; the third when a damaged file says that there are gigabytes in it."""

_META = "CREATE TABLE meta(key text primary key, value text)"
_STORE = "CREATE TABLE store(key blob primary key, value blob, expiry integer)"
_COLUMNS = ("key", "value", "expiry")


class DamagedFile(BackendFailure):
    """The file is no SQLite database, or not whole any more."""


# -- tables -------------------------------------------------------------------------------------------------------


def check_tables(path: str, database: Database) -> bool:
    """Whether there is a store in *database*. Raises :class:`BackendFailure` if it belongs to something else."""
    tables = database.table_names()
    if "store" not in tables:
        others = [name for name in tables if name != "meta"]
        if others:
            msg = f"{path}: an SQLite database of something else (it has the table {others[0]} and no table store)"
            raise BackendFailure(msg)
        return False
    missing = [name for name in _COLUMNS if name not in database["store"].columns_dict]
    if missing:
        msg = f"{path}: no store of Broker: its table store has no column {missing[0]}"
        raise BackendFailure(msg)
    return True


def create_tables(database: Database) -> None:
    """Create what is missing, and write our version, in the transaction that is open."""
    tables = database.table_names()
    for name, statement in (("meta", _META), ("store", _STORE)):
        if name not in tables:
            database.execute(statement)
    database.execute("REPLACE INTO meta(key, value) VALUES ('broker_version', ?)", (BROKER_VERSION,))


def read_version(database: Database) -> str | None:
    """Which version of Broker last wrote to *database*; None when it does not say."""
    if "meta" not in database.table_names():
        return None
    row = database.execute("SELECT value FROM meta WHERE key = 'broker_version'").fetchone()
    return None if row is None else str(row[0])


# -- rows ---------------------------------------------------------------------------------------------------------


def blob_of(value: Value) -> bytes:
    """The bytes of a key or value. Raises :class:`TypeClash` for one that has none, see ``codecs.binary``."""
    try:
        return encode(value)
    except EncodeError as error:
        raise TypeClash(str(error), code=EC.INVALID_DATA) from None


def check_order(path: str, rows: Sequence[tuple[Any, ...]], *after: bytes) -> None:
    """Raise :class:`BackendFailure` unless the keys of *rows* (rowid, key, ...) are beyond *after* and ascend.

    A damaged index gives them in another order, and who turns pages by the last key would never come to an end.
    """
    keys = [*after, *(row[1] for row in rows if type(row[1]) is bytes)]
    if any(one >= other for one, other in pairwise(keys)):
        msg = f"{path}: damaged: the keys are not in order"
        raise DamagedFile(msg)


def read_key(path: str, rowid: int, blob: Any) -> Any:
    """The key in the row *rowid*. Raises :class:`BackendFailure`, which names the row."""
    return _read(path, rowid, "key", blob)


def read_record(path: str, rowid: int, blob: Any, expiry: Any) -> Record:
    """Value and expiry in the row *rowid*. Raises :class:`BackendFailure`, which names the row."""
    if expiry is not None and type(expiry) is not int:
        msg = f"{path}: row {rowid} of table store: the expiry is {expiry!r}, not a whole number of nanoseconds"
        raise BackendFailure(msg)
    return Record(_read(path, rowid, "value", blob), expiry)


def _read(path: str, rowid: int, column: str, blob: Any) -> Any:
    if type(blob) is not bytes:
        msg = f"{path}: row {rowid} of table store: the {column} is no blob but {type(blob).__name__}"
        raise BackendFailure(msg)
    try:
        return decode_at(blob, 0)[0]
    except DecodeError as error:
        msg = f"{path}: row {rowid} of table store: unreadable {column}: {error}"
        raise BackendFailure(msg) from None


# -- errors -------------------------------------------------------------------------------------------------------


def failure(path: str, error: Exception) -> BackendFailure:
    """What went wrong with the database in *path*, in one line; *error* is one of :data:`SQLITE_ERRORS`."""
    # The first two are no proof of damage, for which a file may be deleted (failure_mode).
    if isinstance(error, UnicodeDecodeError):
        return BackendFailure(f"{path}: names in it are no UTF-8")
    if not isinstance(error, sqlite3.Error):
        return BackendFailure(f"{path}: damaged, or there is too little memory for what is in it")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without SQLite's details
    text = f"{path}: {error}"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedFile(text)
    if code == sqlite3.SQLITE_BUSY:
        text += " (by another program)"
    elif code == sqlite3.SQLITE_IOERR:
        text += f" ({error.sqlite_errorname})"
    elif code == sqlite3.SQLITE_CANTOPEN:
        text += f" ({_why_not(path)})"
    return BackendFailure(text)


def _why_not(path: str) -> str:
    if Path(path).is_dir():
        return "it is a directory"
    if Path(path).exists():
        return "no permission to read it, or to write beside it"
    return "it cannot be created there"
