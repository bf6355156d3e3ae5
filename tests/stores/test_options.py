"""From a name and options to an open backend."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from broker_core.errors import BackendFailure
from broker_core.limits import DEFAULT_LIMITS
from broker_core.stores.options import BackendKind, open_backend


@pytest.mark.parametrize("kind", get_args(BackendKind))
def test_each_kind_can_be_opened(tmp_path, kind):
    backend = open_backend(kind, None if kind == "memory" else {"path": tmp_path / "db"})
    assert backend.kind == kind
    assert backend.waits is (kind != "memory")
    backend.put("k", 1, None)
    backend.commit()
    backend.close()
    assert (tmp_path / "db").exists() is (kind != "memory")


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("sqlit", None, "there is no backend 'sqlit'; did you mean sqlite? (there are memory, sqlite, rocksdb)"),
        ("", None, "there is no backend '' (there are memory, sqlite, rocksdb)"),
        ("sqlite", None, "sqlite needs the option path: the file of the database"),
        ("rocksdb", {}, "rocksdb needs the option path: the directory of the database"),
        (
            "sqlite",
            {"path": "x", "jornal_mode": "WAL"},
            (
                "sqlite has no option 'jornal_mode'; did you mean journal_mode? "
                "(its options: path, synchronous, journal_mode, failure_mode, integrity_check)"
            ),
        ),
        ("memory", {"path": "x"}, "memory has no option 'path' (it takes none)"),
    ],
)
def test_mistakes_are_named(kind, options, problem):
    with pytest.raises(BackendFailure) as caught:
        open_backend(kind, options)
    assert caught.value.problem == problem


def test_limits_reach_the_database(tmp_path):
    limits = replace(DEFAULT_LIMITS, store_busy_timeout=1.5)
    backend = open_backend("sqlite", {"path": tmp_path / "db"}, limits)
    assert backend._connection.execute("PRAGMA busy_timeout").fetchone() == (1500,)
    backend.close()
