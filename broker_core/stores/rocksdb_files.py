"""Broker entries in a RocksDB directory: the format, and the reading of it, also while another program writes there.

All of it is this library's own making, since C++ Broker has no such backend:

=================================================== ===============================================================
key                                                 value
=================================================== ===============================================================
00                                                  "broker store", the version of this format, the number of keys
01, deadline + 2^63 in 8 bytes, key (MessagePack)   empty: these are in the order in which entries expire
02, key (MessagePack)                               expiry (a timestamp, or none) and value, as one vector
=================================================== ===============================================================

MessagePack is that of :mod:`broker_core.codecs.msgpack`.
"""

from __future__ import annotations

from itertools import islice, takewhile
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

from rocksdict import AccessType, DbClosedError, Options, Rdict

from broker_core.codecs.msgpack import decode, encode
from broker_core.errors import BackendFailure, DecodeError
from broker_core.model import Count

from .backend import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_core.model import Value

__all__ = [
    "DEADLINES",
    "END",
    "ENTRIES",
    "META",
    "Raw",
    "RocksReader",
    "deadline_key",
    "failure",
    "make_meta",
    "open_reader",
    "open_readonly",
]

META, DEADLINES, ENTRIES, END = b"\x00", b"\x01", b"\x02", b"\x03"
"""What keys in the database begin with, and what they are all before."""

_MAGIC = "broker store"
_VERSION = 1
_U64 = Struct(">Q")
_SIGN = 1 << 63
_OPENINGS = 5  # attempts to open files while somebody makes and deletes some

Raw = tuple[bytes, bytes]
"""A key and a value of the database."""


class RocksReader:
    """The half of a :class:`.Backend` that reads: what is in the database *db* at *path*, as it was committed."""

    kind: ClassVar[str] = "rocksdb"
    waits: ClassVar[bool] = True
    version: ClassVar[str] = str(_VERSION)
    """Of this format; no other one can be read."""
    journal_mode: ClassVar[None] = None
    """RocksDB has but one."""

    def __init__(self, path: str, db: Rdict) -> None:
        self.path = path
        self._db = db
        self._size = self._read_meta()
        # Whatever has expired leaves marks in the database until it merges tables. Not to walk over them again
        # each time, this remembers before which key there are no deadlines.
        self._no_deadline_before = DEADLINES

    def find(self, key: Value) -> Record | None:
        """The record of *key*, None when there is none."""
        return self._find(ENTRIES + encode(key))

    def size(self) -> int:
        """How many keys there are."""
        return self._size

    def expiring(self) -> int:
        """How many entries expire some day; looks at each of those."""
        return sum(1 for _ in self._items(DEADLINES, ENTRIES))

    def keys(self) -> Iterator[Value]:
        """All keys."""
        return (self._key(raw) for raw, _ in self._items(ENTRIES, END))

    def entries(self) -> Iterator[tuple[Value, Record]]:
        """All keys with their records."""
        return (self._entry(item) for item in self._items(ENTRIES, END))

    def page(self, most: int, *after: Value) -> list[tuple[Value, Record]]:
        """The first *most* keys with their records, or those behind the key *after*: in the order of their bytes."""
        start = ENTRIES + encode(*after) + b"\0" if after else ENTRIES
        return [self._entry(item) for item in islice(self._items(start, END), most)]

    def due(self, now: int, limit: int) -> list[Value]:
        """At most *limit* keys that expire at or before *now*, the earliest first."""
        items = islice(self._items(self._no_deadline_before, ENTRIES), limit)
        due = takewhile(lambda item: _deadline(item[0]) <= now, items)
        return [self._key(ENTRIES + raw[1 + _U64.size :]) for raw, _ in due]

    def next_expiry(self) -> int | None:
        """A moment before which nothing is due."""
        for raw, _ in self._items(self._no_deadline_before, ENTRIES):
            self._no_deadline_before = raw
            return _deadline(raw)
        self._no_deadline_before = ENTRIES
        return None

    def close(self) -> None:
        """Close the database. Idempotent."""
        try:
            self._db.close()
        except DbClosedError:
            pass
        except Exception as error:
            raise failure(self.path, error) from error

    # -- raw keys and values --------------------------------------------------------------------------------------

    def _get(self, raw: bytes) -> bytes | None:
        try:
            value: bytes | None = self._db.get(raw)
        except Exception as error:
            raise failure(self.path, error) from error
        return value

    def _items(self, start: bytes, end: bytes) -> Iterator[Raw]:
        """All from the key *start* to before *end*."""
        try:
            # Not db.items(): that one ends without an error where a table is damaged.
            iterator = self._db.iter()
            iterator.seek(start)
            while iterator.valid():
                raw = iterator.key()
                if raw >= end:
                    return
                yield raw, iterator.value()
                iterator.next()
            iterator.status()
        except Exception as error:
            raise failure(self.path, error) from error

    def _find(self, raw: bytes) -> Record | None:
        value = self._get(raw)
        return None if value is None else self._record(raw, value)

    def _key(self, raw: bytes) -> Any:
        return self._decode(raw, raw[1:], "key")

    def _record(self, raw: bytes, value: bytes) -> Record:
        try:
            expiry, stored = self._decode(raw, value, "record")
            return Record(stored, None if expiry is None else expiry.ns)
        except (AttributeError, TypeError, ValueError):
            msg = f"{self.path}: the record at {raw.hex()} is no pair of expiry and value"
            raise BackendFailure(msg) from None

    def _entry(self, item: Raw) -> tuple[Value, Record]:
        return self._key(item[0]), self._record(*item)

    def _decode(self, raw: bytes, data: bytes, what: str) -> Any:
        try:
            return decode(data)
        except DecodeError as error:
            msg = f"{self.path}: unreadable {what} at {raw.hex()}: {error}"
            raise BackendFailure(msg) from None

    def _read_meta(self) -> int:
        """How many keys the database says that it has; it must be ours, or empty."""
        value = self._get(META)
        if value is None:
            if next(self._items(b"", b"\xff"), None) is None:
                return 0
            msg = f"{self.path}: a RocksDB database of something else"
            raise BackendFailure(msg)
        match self._decode(META, value, "description"):
            case (str(magic), int(version), int(size)) if magic == _MAGIC and version == _VERSION:
                return size
            case (str(magic), int(version), *_) if magic == _MAGIC:
                msg = f"{self.path}: format {version} of a later version of this program; this one knows {_VERSION}"
                raise BackendFailure(msg)
        msg = f"{self.path}: a RocksDB database of something else"
        raise BackendFailure(msg)


def open_reader(path: str) -> RocksReader:
    """The database at *path* as it is now; what another program then changes in it is not seen.

    Changes nothing, and takes no lock. Raises :class:`BackendFailure`.
    """
    db = open_readonly(path)
    try:
        return RocksReader(path, db)
    except BackendFailure:
        db.close()
        raise


def open_readonly(path: str) -> Rdict:
    """The raw database for :func:`open_reader`.

    Even then rocksdict writes a file of its own into the directory, and creates one that is missing. So what it gets
    is another directory, with links to the files. It opens all of them at once, and needs no names afterwards.
    """
    options = Options(raw_mode=True)
    options.set_max_open_files(-1)
    attempt = 1
    while True:
        try:
            with TemporaryDirectory(prefix="broker-store-") as view:
                for file in Path(path).absolute().iterdir():
                    if not file.name.startswith("rocksdict-"):
                        Path(view, file.name).symlink_to(file)
                return Rdict(view, options, access_type=AccessType.read_only(error_if_log_file_exist=False))
        except OSError as error:
            msg = f"{path}: {error.strerror}"
            raise BackendFailure(msg) from error
        except Exception as error:
            if attempt == _OPENINGS:
                raise failure(path, error) from error
            attempt += 1


def make_meta(size: int) -> bytes:
    """The value at :data:`META` for a database of *size* keys."""
    return encode((_MAGIC, Count(_VERSION), Count(size)))


def deadline_key(deadline: int, raw: bytes) -> bytes:
    """Where the entry with the key *raw* has its *deadline*."""
    return DEADLINES + _U64.pack(deadline + _SIGN) + raw[1:]


def _deadline(raw: bytes) -> int:
    return int(_U64.unpack_from(raw, 1)[0]) - _SIGN


def failure(path: str, error: Exception) -> BackendFailure:
    """What went wrong with the database at *path*, in one line."""
    text = " ".join(str(error).split())
    if "lock hold by current process" in text:
        text = "this program has it open already"
    elif "While lock file" in text and "temporarily unavailable" in text:
        text = "another program has it open"
    return BackendFailure(f"{path}: {text}")
