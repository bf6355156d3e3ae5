"""The options of a RocksDB backend, and what RocksDB is told because of them.

The defaults bound what one store takes: 32 MiB of cache, two write buffers of 16 MiB, 256 open files, and 64 MiB of
log before it is written to tables. Keys that were erased or have expired go when tables are merged, which many
erasures in one place bring about early.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rocksdict import (
    BlockBasedOptions,
    Cache,
    DBCompactionStyle,
    DBCompressionType,
    DBRecoveryMode,
    Options,
    WriteOptions,
)

from broker_core.errors import BackendFailure

from . import settings as option
from .settings import Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SETTINGS", "make_options", "make_write_options"]

_MIB = 1024 * 1024
_COMPRESSIONS = ("none", "lz4", "lz4hc", "zstd", "snappy", "zlib", "bz2")


def _read_options(given: Any) -> dict[str, Any]:
    return {str(name): value for name, value in dict(given).items()}


SETTINGS = {
    "path": option.path("the directory of the database"),
    "sync": option.flag(default=True),
    "block_cache_size": option.number("bytes that hold uncompressed parts of tables", 32 * _MIB),
    "write_buffer_size": option.number("bytes of changes before they become a table", 16 * _MIB, least=64 * 1024),
    "max_open_files": option.number("open tables", 256, least=20),
    "bloom_bits": option.number("bits for each key in the filter for absent ones (0: no filter)", 10, least=0),
    "compression": option.choice(_COMPRESSIONS, "lz4"),
    "options": Setting(_read_options, "a mapping of names of RocksDB options to their values", {}),
}
"""What can be given; *options* is for all that has no name of its own here: the setters of ``rocksdict.Options``."""

_NAMED_VALUES: dict[str, type] = {
    "set_compaction_style": DBCompactionStyle,
    "set_compression_type": DBCompressionType,
    "set_bottommost_compression_type": DBCompressionType,
    "set_blob_compression_type": DBCompressionType,
    "set_wal_recovery_mode": DBRecoveryMode,
}
_NO_SETTERS = ("create_if_missing", "create_missing_column_families", "load_latest", "get_statistics")
_SETTERS = tuple(name for name in dir(Options) if not name.startswith("__") and name not in _NO_SETTERS)

_DELETIONS = (128 * 1024, 64 * 1024, 0.5)  # in a window of so many keys, or of all: merge the table


def make_options(settings: Mapping[str, Any]) -> Options:
    """RocksDB's options for *settings*. Raises :class:`BackendFailure` for what RocksDB does not know."""
    options = Options(raw_mode=True)
    options.create_if_missing(create_if_missing=True)
    options.set_write_buffer_size(settings["write_buffer_size"])
    options.set_max_write_buffer_number(2)
    options.set_max_total_wal_size(64 * _MIB)
    options.set_max_open_files(settings["max_open_files"])
    options.set_compression_type(getattr(DBCompressionType, settings["compression"])())
    options.set_block_based_table_factory(_table_options(settings))
    options.add_compact_on_deletion_collector_factory(*_DELETIONS)
    options.set_level_compaction_dynamic_level_bytes(True)
    # A record that a crash cut short at the end of the log was never acknowledged. Damage before it is an error,
    # while RocksDB's default would leave everything behind it out and say nothing.
    options.set_wal_recovery_mode(DBRecoveryMode.tolerate_corrupted_tail_records())
    options.set_keep_log_file_num(4)
    options.set_max_log_file_size(_MIB)
    for name, value in settings["options"].items():
        _set(options, name, value)
    return options


def make_write_options(settings: Mapping[str, Any]) -> WriteOptions:
    """How to write: waiting for the disk or not."""
    options = WriteOptions()
    options.sync = settings["sync"]
    return options


def _table_options(settings: Mapping[str, Any]) -> BlockBasedOptions:
    tables = BlockBasedOptions()
    tables.set_block_cache(Cache(settings["block_cache_size"]))
    tables.set_cache_index_and_filter_blocks(True)  # so that the size of the cache bounds them, too
    tables.set_pin_l0_filter_and_index_blocks_in_cache(True)
    if settings["bloom_bits"]:
        tables.set_bloom_filter(settings["bloom_bits"], block_based=False)
    return tables


def _set(options: Options, name: str, value: Any) -> None:
    setter = next((known for known in (name, f"set_{name}") if known in _SETTERS), None)
    if setter is None:
        short = [known.removeprefix("set_") for known in _SETTERS]
        msg = f"rocksdb option options: RocksDB has no option {name!r}{option.suggestion(name, short)}"
        raise BackendFailure(msg)
    arguments = value if isinstance(value, tuple) else (value,)
    values = _NAMED_VALUES.get(setter)
    try:
        if values is not None and isinstance(value, str):
            arguments = (getattr(values, value)(),)
        getattr(options, setter)(*arguments)
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        msg = f"rocksdb option options: {name} does not take {value!r}: {error}"
        raise BackendFailure(msg) from None
