"""The file of a data store, without an endpoint: to look into it, to repair it, to move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from broker_core.errors import StoreError
from broker_core.messages.commands import NOBODY
from broker_core.model.native import to_value
from broker_core.runtime.clock import now_ns
from broker_core.stores import operations, reads
from broker_core.stores.engine import Engine
from broker_core.stores.files import FileInfo, detect, era_of, file_info, open_readonly
from broker_core.stores.options import open_backend

from .operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from broker_core.messages.commands import Action
    from broker_core.model import Value
    from broker_core.stores.backend import Record
    from broker_core.stores.operations import Expiry

__all__ = ["StoreFile"]


class StoreFile(Operations):
    """An SQLite file or a RocksDB directory of a master. ``with StoreFile.open(path) as file:`` closes it.

    Read-only, it is safe to use while a master, also one of C++, has the file open. Writable, nobody else may.
    Changes are kept by :meth:`commit`, and when the ``with`` block ends without an error. No method waits for
    anything but the disk; all raise :class:`BackendFailure` when that fails.
    """

    def __init__(self, path: str, backend: Any, *, writable: bool, version: str | None = None) -> None:
        super().__init__(lambda: NOBODY, self._apply)
        self.path = path
        self.writable = writable
        self.version = version
        """Which Broker last had an SQLite file open for writing, before this; None when that is not known."""
        self.era = era_of(backend.kind, version)
        """``CAF`` for a file of a Broker before 2.3, which is read and written all the same; else ``native``."""
        self._backend = backend
        self._engine = Engine(backend, NOBODY)
        self._engine.observed = False

    @classmethod
    def open(cls, path: str | PathLike[str], *, writable: bool = False) -> StoreFile:
        """Open what is at *path*, which must exist. Raises :class:`BackendFailure`, also for files of other kinds."""
        name = str(path)
        kind = detect(name)
        if kind == "rocksdb":
            return cls(name, open_backend(kind, {"path": name}) if writable else open_readonly(name), writable=writable)
        reader = open_readonly(name)
        if not writable:
            return cls(name, reader, writable=False, version=reader.version)
        reader.close()
        return cls(name, open_backend(kind, {"path": name}), writable=True, version=reader.version)

    @classmethod
    def create(cls, path: str | PathLike[str], kind: str) -> StoreFile:
        """Open *path* for writing; a new one of the *kind* "sqlite" or "rocksdb" when there is nothing."""
        return cls(str(path), open_backend(kind, {"path": str(path)}), writable=True)

    def info(self) -> FileInfo:
        """What kind of file it is, and how much is in it."""
        return file_info(self.path)

    # -- reading --------------------------------------------------------------------------------------------------

    def get(self, key: object) -> Record:
        """The value at *key* with its expiry (ns since the epoch, or None). Raises :class:`NoSuchKey`.

        An entry whose time is over is there until a master opens the file.
        """
        strict = to_value(key, "key")
        record: Record | None = self._backend.find(strict)
        if record is None:
            raise reads.no_such_key(strict)
        return record

    def get_index_from_value(self, key: object, index: object) -> Value:
        """A part of the value at *key*, as :meth:`Store.get_index_from_value`."""
        part: Value = reads.get_part(self._backend, to_value(key, "key"), to_value(index, "index"))
        return part

    def exists(self, key: object) -> bool:
        """Whether there is something at *key*."""
        return reads.exists(self._backend, to_value(key, "key"))

    def size(self) -> int:
        """How many keys there are."""
        return reads.size(self._backend)

    def keys(self) -> Iterator[Value]:
        """All keys, in bounded memory. Change nothing meanwhile."""
        keys: Iterator[Value] = self._backend.keys()
        return keys

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with value and expiry; otherwise as :meth:`keys`."""
        entries: Iterator[tuple[Value, Record]] = self._backend.entries()
        return entries

    # -- changing -------------------------------------------------------------------------------------------------

    def put_unique(self, key: object, value: object, expiry: Expiry = None) -> bool:
        """Store *value* at *key* if nothing is there, and tell whether that was so."""
        strict = to_value(key, "key")
        if self._backend.find(strict) is not None:
            return False
        self._apply(operations.put(NOBODY, strict, value, expiry))
        return True

    def put_record(self, key: object, record: Record) -> None:
        """Store what :meth:`get` gave, with its moment of expiry as it is."""
        self._require_writable()
        self._backend.put(to_value(key, "key"), to_value(record.value, "value"), record.expiry)

    def commit(self) -> None:
        """Make all changes durable, together."""
        self._require_writable()
        self._backend.commit()

    def rollback(self) -> None:
        """Forget all changes since the last commit."""
        self._require_writable()
        self._backend.rollback()

    def _apply(self, action: Action) -> None:
        self._require_writable()
        self._engine.write(action, now_ns())

    def _require_writable(self) -> None:
        if not self.writable:
            msg = f"{self.path} is open for reading only"
            raise StoreError(msg)

    def close(self) -> None:
        """Close the file; what was not committed is lost. Idempotent."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self.writable and kind is None:
                self.commit()
        finally:
            self.close()
