"""The backend that keeps entries in a RocksDB directory: for large stores, and for many changes.

What :meth:`~RocksBackend.commit` has returned from survives a loss of power when the option *sync* is true, which
it is by default. Otherwise it survives a crash of this program, not one of the machine. What the directory holds:
:mod:`.rocksdb_files`. Source: manual section 2.4.1.
"""

from __future__ import annotations

import re
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rocksdict import AccessType, Rdict, WriteBatch

from broker_core.codecs.msgpack import encode
from broker_core.errors import BackendFailure
from broker_core.model import Timestamp

from .rocksdb_files import (
    DEADLINES,
    END,
    ENTRIES,
    META,
    Raw,
    RocksReader,
    deadline_key,
    failure,
    make_meta,
    open_readonly,
)
from .rocksdb_options import SETTINGS, make_options, make_write_options
from .settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broker_core.model import Value

    from .backend import Record

__all__ = ["RocksBackend"]

_FILES_OF_ROCKSDB = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG(\..*)?|(MANIFEST|OPTIONS)-\d+(\.dbtmp)?"
    r"|\d+\.(log|sst|blob|dbtmp)|rocksdict-config\.json|archive|lost"
)


class RocksBackend(RocksReader):
    """A :class:`.Backend` in the directory that the option *path* names; it is created.

    Other options: :data:`.rocksdb_options.SETTINGS`. Changes are kept in memory up to the commit, so that a
    transaction should not have millions of them. Raises :class:`BackendFailure`, also when another program has the
    database open. After a failed commit reading works, and each new transaction tries whether writing does again:
    after a full disk, with room for the write buffers.
    """

    def __init__(self, options: Mapping[str, Any] | None) -> None:
        settings = read_settings(self.kind, SETTINGS, options)
        self._changes: dict[bytes, bytes | None] = {}  # None: gone
        self._cleared = False
        self._write_options = make_write_options(settings)
        self._options = make_options(settings)
        self._failed = False
        path = settings["path"]
        _check_directory(path)
        db = self._open(path)
        try:
            super().__init__(path, db)
        except BackendFailure:
            db.close()
            raise
        self._committed_size = self._size

    def put(self, key: Value, value: Value, expiry: int | None) -> Record | None:
        """Store *value*; returns what was there, or None."""
        if self._failed:
            self._open_again()
        raw = ENTRIES + encode(key)
        record = encode((None if expiry is None else Timestamp(expiry), value))
        old = self._find(raw)
        if old is None:
            self._size += 1
        elif old.expiry is not None:
            self._changes[deadline_key(old.expiry, raw)] = None
        self._changes[raw] = record
        if expiry is not None:
            deadline = deadline_key(expiry, raw)
            self._changes[deadline] = b""
            self._no_deadline_before = min(self._no_deadline_before, deadline)
        return old

    def erase(self, key: Value) -> Record | None:
        """Remove *key*; returns what was there, or None."""
        if self._failed:
            self._open_again()
        raw = ENTRIES + encode(key)
        old = self._find(raw)
        if old is not None:
            self._changes[raw] = None
            if old.expiry is not None:
                self._changes[deadline_key(old.expiry, raw)] = None
            self._size -= 1
        return old

    def clear(self) -> None:
        """Remove everything."""
        if self._failed:
            self._open_again()
        self._changes.clear()
        self._cleared = True
        self._size = 0
        self._no_deadline_before = ENTRIES

    def commit(self) -> None:
        """Make all changes durable, or none when it fails."""
        if not self._changes and not self._cleared:
            return
        batch = WriteBatch(raw_mode=True)
        if self._cleared:
            batch.delete_range(DEADLINES, END)
        put, delete = batch.put, batch.delete
        for raw, value in self._changes.items():
            if value is None:
                delete(raw)
            else:
                put(raw, value)
        put(META, make_meta(self._size))
        try:
            self._db.write(batch, self._write_options)
        except Exception as error:
            self._failed = True
            self.rollback()
            raise failure(self.path, error) from error
        self._changes.clear()
        self._cleared = False
        self._committed_size = self._size

    def rollback(self) -> None:
        """Forget all changes since the last commit."""
        self._changes.clear()
        self._cleared = False
        self._size = self._committed_size
        self._no_deadline_before = DEADLINES

    def close(self) -> None:
        """Close the database; uncommitted changes are lost. Idempotent."""
        try:
            super().close()
        except BackendFailure:
            if not self._failed:  # then somebody has been told, and it is closed all the same
                raise

    def _open(self, path: str) -> Rdict:
        try:
            return Rdict(path, self._options, access_type=AccessType.read_write())
        except Exception as error:
            raise failure(path, error) from error

    def _open_again(self) -> None:
        """After an error in writing RocksDB takes no more changes before the database is opened anew."""
        self.close()
        try:
            self._db = self._open(self.path)
        except BackendFailure:
            self._db = open_readonly(self.path)
            raise
        self._failed = False
        self._size = self._committed_size = self._read_meta()

    # -- the database as the changes will make it -----------------------------------------------------------------

    def _get(self, raw: bytes) -> bytes | None:
        changes = self._changes
        if raw in changes:
            return changes[raw]
        return None if self._cleared else super()._get(raw)

    def _items(self, start: bytes, end: bytes) -> Iterator[Raw]:
        changes = self._changes
        stored = iter(()) if self._cleared else super()._items(start, end)
        if not changes:
            return stored
        changed = sorted((raw, value) for raw, value in changes.items() if value is not None and start <= raw < end)
        return merge((item for item in stored if item[0] not in changes), changed)


def _check_directory(path: str) -> None:
    """Create the directory *path*. Raises :class:`BackendFailure` when something else is there already."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        others = [file.name for file in Path(path).iterdir() if not _FILES_OF_ROCKSDB.fullmatch(file.name)]
    except FileExistsError:
        msg = f"{path}: a file, while RocksDB needs a directory"
        raise BackendFailure(msg) from None
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise BackendFailure(msg) from error
    if others:
        msg = f"{path}: a directory with other things in it, such as {others[0]}"
        raise BackendFailure(msg)
