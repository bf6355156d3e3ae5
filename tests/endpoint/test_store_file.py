"""The file of a store, without an endpoint."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from broker_core import (
    BackendFailure,
    Count,
    Endpoint,
    NoSuchKey,
    Record,
    Set,
    StoreError,
    StoreFile,
    Table,
    TypeClash,
)
from pairs import options

FROM_CPP = Path(__file__).parent.parent / "vectors" / "store.sqlite"


@pytest.fixture(params=["sqlite", "rocksdb"])
def path(request, tmp_path):
    where = tmp_path / f"db.{request.param}"
    with StoreFile.create(where, request.param) as file:
        file.put("k", "v")
    return where


def test_a_file_of_cpp_is_read_and_left_as_it_is(tmp_path):
    place = shutil.copy(FROM_CPP, tmp_path / "store.sqlite")
    before = Path(place).read_bytes()
    with StoreFile.open(place) as file:
        assert file.size() == 40
        assert len(list(file.keys())) == len(list(file.entries())) == 40
        record = file.get("expires")
        assert record.value == Count(1)
        assert record.expiry > time.time_ns()
        info = file.info()
        assert (info.kind, info.entries, info.expiring, info.era) == ("sqlite", 40, 1, "native")
    assert Path(place).read_bytes() == before


def test_a_file_of_the_older_broker_is_told_from_others_and_still_works(tmp_path):
    place = shutil.copy(FROM_CPP.with_name("store-caf.sqlite"), tmp_path / "old.sqlite")
    with StoreFile.open(place) as file:
        assert (file.version, file.era) == ("1.4.0", "CAF")
        size = file.size()
    with StoreFile.open(place, writable=True) as file:
        assert (file.version, file.era) == ("1.4.0", "CAF")
        file.put("new", 1)
    with StoreFile.open(place) as file:
        assert (file.version, file.era) == ("2.8.0", "native")
        assert file.size() == size + 1


def test_all_operations(path):
    with StoreFile.open(path, writable=True) as file:
        file.append("k", "w")
        file.increment("n", Count(2))
        file.insert_into("s", 1)
        file.insert_into("t", "a", None)
        file.push("v", 1)
        assert file.put_unique("u", 1) is True
        assert file.put_unique("u", 2) is False
        file.put("short", 1, 100)
    with StoreFile.open(path) as file:
        assert {key: record.value for key, record in file.entries()} == {
            "k": "vw",
            "n": Count(2),
            "s": Set([1]),
            "t": Table({"a": None}),
            "v": (1,),
            "u": 1,
            "short": 1,
        }
        assert 99e9 < file.get("short").expiry - time.time_ns() <= 100e9
        assert file.get_index_from_value("t", "a") is None
        assert file.exists("k")
        with pytest.raises(NoSuchKey, match=r'^no such key: "none"$'):
            file.get("none")
    with StoreFile.open(path, writable=True) as file:
        file.clear()
        assert file.size() == 0


def test_an_error_in_the_block_forgets_all_changes(path):
    with pytest.raises(TypeClash), StoreFile.open(path, writable=True) as file:
        file.put("other", 1)
        file.increment("k", 1)
    with StoreFile.open(path, writable=True) as file:
        assert list(file.keys()) == ["k"]
        file.put("kept", 1)
        file.commit()
        file.put("forgotten", 1)
        file.rollback()
        file.put_record("exact", Record(1, 2**62))
    with StoreFile.open(path) as file:
        assert sorted(file.keys()) == ["exact", "k", "kept"]
        assert file.get("exact") == Record(1, 2**62)


def test_read_only_means_that(path):
    with StoreFile.open(path) as file:
        for change in (
            lambda: file.put("k", 1),
            lambda: file.put_unique("new", 1),
            lambda: file.put_record("k", Record(1, None)),
            file.clear,
            file.commit,
            file.rollback,
        ):
            with pytest.raises(StoreError, match=f"^{path} is open for reading only$"):
                change()
        assert file.get("k") == Record("v", None)


async def test_it_can_be_read_while_a_master_writes_to_it(path):
    async with Endpoint(options()) as endpoint:
        kind = path.suffix[1:]
        store = await endpoint.attach_master("db", kind, {"path": str(path)})
        for number in range(20):
            await store.put("n", number)
            with StoreFile.open(path) as file:
                assert file.get("n").value == number
        with pytest.raises(BackendFailure):
            StoreFile.open(path.with_name("nothing"))
        if kind == "rocksdb":
            with pytest.raises(BackendFailure, match="open already"):
                StoreFile.open(path, writable=True)
