"""Files of stores, found on a disk: of which kind they are, and how to look into them without disturbing anybody."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from broker_core.errors import BackendFailure

if TYPE_CHECKING:
    from .rocksdb_files import RocksReader
    from .sqlite_files import SqliteReader

__all__ = ["Era", "FileInfo", "detect", "era_of", "file_info", "open_readonly"]

_SQLITE_MAGIC = b"SQLite format 3\0"
_CURRENT = "CURRENT"  # in every RocksDB directory, and names its manifest

Era = Literal["CAF", "native"]
"""Before or since Broker 2.3, which Zeek has from 5.0 on. The values in files look the same."""


class FileInfo(NamedTuple):
    """What is known of a store's file without reading its values."""

    kind: Literal["sqlite", "rocksdb"]
    path: str
    version: str | None
    """SQLite: which Broker last opened it for writing, such as ``2.8.0``. RocksDB: the version of the format."""
    era: Era
    entries: int
    expiring: int
    """How many of them expire some day."""
    bytes: int
    """How long the file is, or all files of the directory together, with journals and logs."""
    journal_mode: str | None
    """SQLite: ``DELETE`` or ``WAL``."""


def detect(path: str) -> Literal["sqlite", "rocksdb"]:
    """Which backend wrote what is at *path*. Raises :class:`BackendFailure` when none did, or nothing is there."""
    place = Path(path)
    try:
        if place.is_dir():
            if (place / _CURRENT).is_file():
                return "rocksdb"
            problem = f"a directory, but none of RocksDB (there is no file {_CURRENT})"
        elif place.exists() and not place.is_file():
            problem = "neither a file nor a directory"
        else:
            with place.open("rb") as file:
                start = file.read(len(_SQLITE_MAGIC))
            if start == _SQLITE_MAGIC:
                return "sqlite"
            problem = (
                "no store: it is neither an SQLite file nor a RocksDB directory" if start else "empty, so no store"
            )
    except OSError as error:
        problem = error.strerror or str(error)
    msg = f"{path}: {problem}"
    raise BackendFailure(msg)


def open_readonly(path: str) -> SqliteReader | RocksReader:
    """The entries of the store at *path*, which another program may have open; see the classes for what that means.

    They have the reading methods of :class:`.Backend`. Raises :class:`BackendFailure`.
    """
    if detect(path) == "sqlite":
        from .sqlite_files import SqliteReader  # noqa: PLC0415 - see open_backend

        return SqliteReader(path)
    from .rocksdb_files import open_reader  # noqa: PLC0415 - see open_backend

    return open_reader(path)


def file_info(path: str) -> FileInfo:
    """What is known of the store at *path*. Counts its keys. Raises :class:`BackendFailure`."""
    kind = detect(path)
    reader = open_readonly(path)
    try:
        return FileInfo(
            kind=kind,
            path=path,
            version=reader.version,
            era=era_of(kind, reader.version),
            entries=reader.size(),
            expiring=reader.expiring(),
            bytes=_bytes(Path(path)),
            journal_mode=reader.journal_mode,
        )
    finally:
        reader.close()


def era_of(kind: str, version: str | None) -> Era:
    """The era of a file of the *kind* that says to be of *version*."""
    try:
        major, minor = (int(part) for part in (version or "").split(".")[:2])
    except ValueError:
        return "native"
    return "CAF" if kind == "sqlite" and (major, minor) < (2, 3) else "native"


def _bytes(place: Path) -> int:
    beside = [place.with_name(place.name + suffix) for suffix in ("", "-journal", "-wal", "-shm")]
    total = 0
    for file in place.iterdir() if place.is_dir() else beside:
        with suppress(FileNotFoundError):  # not there, or just deleted by whoever has the store open
            total += file.stat().st_size
    return total
