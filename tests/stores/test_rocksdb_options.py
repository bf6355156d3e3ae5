"""What RocksDB is told, and what it says that it uses."""

from __future__ import annotations

import re

import pytest

from broker_core.errors import BackendFailure
from broker_core.stores.rocksdb import RocksBackend
from broker_core.stores.rocksdb_options import SETTINGS, make_options, make_write_options
from broker_core.stores.settings import read_settings


def settings(**options):
    return read_settings("rocksdb", SETTINGS, {"path": "x", **options})


def in_use(place, **options):
    """The options that RocksDB itself wrote down when it opened the database."""
    RocksBackend({"path": place, **options}).close()
    text = max(place.glob("OPTIONS-*")).read_text()
    return dict(re.findall(r"^\s*(\w+)=(.*)$", text, re.MULTILINE))


def test_the_defaults_are_bounded_and_safe(tmp_path):
    found = in_use(tmp_path)
    assert found["write_buffer_size"] == str(16 << 20)
    assert found["max_write_buffer_number"] == "2"
    assert found["max_total_wal_size"] == str(64 << 20)
    assert found["max_open_files"] == "256"
    assert found["compression"] == "kLZ4Compression"
    assert found["cache_index_and_filter_blocks"] == "true"
    assert found["filter_policy"].startswith("bloomfilter")
    assert found["wal_recovery_mode"] == "kTolerateCorruptedTailRecords"
    assert "CompactOnDeletionCollector" in found["table_properties_collectors"]


def test_everything_can_be_changed(tmp_path):
    found = in_use(
        tmp_path,
        sync=False,
        block_cache_size=1 << 20,
        write_buffer_size=1 << 20,
        max_open_files=50,
        bloom_bits=0,
        compression="zstd",
        options={
            "set_max_background_jobs": 3,
            "compaction_style": "universal",
            "max_bytes_for_level_multiplier": 8.0,
            "bottommost_compression_type": "zlib",
            "ratelimiter": (1 << 30, 100_000, 10),
            "increase_parallelism": 2,
        },
    )
    assert found["write_buffer_size"] == str(1 << 20)
    assert found["max_open_files"] == "50"
    assert found["compression"] == "kZSTD"
    assert found["filter_policy"] == "nullptr"
    assert found["compaction_style"] == "kCompactionStyleUniversal"
    assert found["bottommost_compression"] == "kZlibCompression"
    assert found["max_bytes_for_level_multiplier"].startswith("8.0")


@pytest.mark.parametrize("sync", [True, False])
def test_sync(sync):
    assert make_write_options(settings(sync=sync)).sync is sync


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"compression": "lzma"}, r"rocksdb option compression: 'lzma' is not one of none, lz4, lz4hc, zstd, "),
        ({"write_buffer_size": 1}, r"rocksdb option write_buffer_size: 1 is not bytes .*, at least 65536$"),
        ({"options": 5}, r"rocksdb option options: 5 is not a mapping of names of RocksDB options"),
        ({"options": {"max_opn_files": 5}}, r"RocksDB has no option 'max_opn_files'; did you mean max_open_files\?$"),
        ({"options": {"create_if_missing": False}}, r"RocksDB has no option 'create_if_missing'"),
        ({"options": {"__class__": 1}}, r"RocksDB has no option '__class__'"),
        ({"options": {"max_open_files": "many"}}, r"max_open_files does not take 'many': "),
        ({"options": {"set_write_buffer_size": -1}}, r"set_write_buffer_size does not take -1: "),
        ({"options": {"ratelimiter": 5}}, r"ratelimiter does not take 5: "),
        ({"options": {"compaction_style": "best"}}, r"compaction_style does not take 'best': "),
    ],
)
def test_mistakes_are_named(options, problem):
    with pytest.raises(BackendFailure, match=problem):
        make_options(settings(**options))
