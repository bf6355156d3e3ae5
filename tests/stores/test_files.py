"""Stores found on a disk: told from other things, described, and read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from broker_core.codecs.binary import encode
from broker_core.errors import BackendFailure
from broker_core.model import Count, Port, Set, Table, Timespan, Timestamp
from broker_core.stores.files import FileInfo, detect, file_info, open_readonly
from broker_core.stores.options import open_backend

VECTORS = Path(__file__).parent.parent / "vectors"


def store_at(path, kind, **options):
    backend = open_backend(kind, {"path": path, **options})
    backend.put("k", "v", None)
    backend.put("l", "v", 5)
    backend.commit()
    return backend


@pytest.mark.parametrize("kind", ["sqlite", "rocksdb"])
@pytest.mark.parametrize("live", [True, False])
def test_both_kinds(tmp_path, kind, live):
    path = tmp_path / "db"
    backend = store_at(path, kind)
    if not live:
        backend.close()
    assert detect(str(path)) == kind
    files = [path] if kind == "sqlite" else list(path.iterdir())
    assert file_info(str(path)) == FileInfo(
        kind=kind,
        path=str(path),
        version={"sqlite": "2.8.0", "rocksdb": "1"}[kind],
        era="native",
        entries=2,
        expiring=1,
        bytes=sum(file.stat().st_size for file in files),
        journal_mode={"sqlite": "DELETE", "rocksdb": None}[kind],
    )
    reader = open_readonly(str(path))
    assert reader.kind == kind
    assert sorted(reader.keys()) == ["k", "l"]
    assert not hasattr(reader, "put")
    reader.close()
    backend.close()


def test_a_write_ahead_log_counts_as_part_of_the_file(tmp_path):
    path = tmp_path / "db"
    backend = store_at(path, "sqlite", journal_mode="WAL")
    info = file_info(str(path))
    assert info.journal_mode == "WAL"
    assert info.bytes == sum(file.stat().st_size for file in tmp_path.iterdir()) > path.stat().st_size
    backend.close()


def test_what_is_no_store(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("SQLite, but not really")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, problem in {
        "empty": "empty, so no store",
        "text": "no store: it is neither an SQLite file nor a RocksDB directory",
        "folder": r"a directory, but none of RocksDB \(there is no file CURRENT\)",
        "pipe": "neither a file nor a directory",
        "missing": "No such file or directory",
        "text/below": "Not a directory",
    }.items():
        for look in (detect, file_info, open_readonly):
            with pytest.raises(BackendFailure, match=rf"{name}: {problem}$"):
                look(str(tmp_path / name))


@pytest.mark.parametrize(
    ("version", "era"),
    [("1.4.0", "CAF"), ("2.2.1", "CAF"), ("2.3.0", "native"), ("2.8.0", "native"), ("3", "native"), (None, "native")],
)
def test_the_era_is_told_from_the_version(tmp_path, version, era):
    path = tmp_path / "db"
    store_at(path, "sqlite").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        if version is None:
            connection.execute("DROP TABLE meta")
        else:
            connection.execute("UPDATE meta SET value = ?", (version,))
    info = file_info(str(path))
    assert (info.version, info.era) == (version, era)


CAF = {
    "none": None,
    "boolean": True,
    "count": Count(7),
    "integer": -7,
    "real": -2.5,
    "string": "text",
    "long string": "x" * 300,
    "port": Port(80, "tcp"),
    "timestamp": Timestamp(1714564800 * 10**9),
    "timespan": Timespan(90_500_000_000),
    "set": Set([1, 2, 3]),
    "table": Table({"a": 1, "b": ("x",)}),
    "vector": (Count(1), 2.5, None, "x"),
    "grown": Count(42),
    "expires": 1,
}


def test_a_file_from_the_time_of_caf_has_the_same_format(tmp_path):
    path = shutil.copy(VECTORS / "store-caf.sqlite", tmp_path / "db")
    info = file_info(str(path))
    assert (info.version, info.era, info.entries, info.expiring) == ("1.4.0", "CAF", 23, 1)
    reader = open_readonly(str(path))
    for key, value in CAF.items():
        assert reader.find(key).value == value
    for key, text in {Count(7): "count", (1, "x"): "vector"}.items():
        assert reader.find(key).value == text
    assert reader.find(7).value == "integer"
    assert reader.find(7.0).value == "real"
    decoded = [(encode(key), encode(record.value), record.expiry) for key, record in reader.entries()]
    reader.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT key, value, expiry FROM store ORDER BY key").fetchall() == decoded
    backend = open_backend("sqlite", {"path": path})
    assert backend.size() == 23
    backend.put("expires", 2, None)
    backend.commit()
    backend.close()
    assert file_info(str(path)).era == "native"  # as C++ does it: the version is that of the last writer
