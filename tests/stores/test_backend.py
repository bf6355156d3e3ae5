"""Each backend has what the protocol asks for, under the same names; whether it works is in conformance.py."""

from __future__ import annotations

import inspect

import pytest

from broker_core.stores.backend import Backend
from broker_core.stores.memory import MemoryBackend
from broker_core.stores.rocksdb import RocksBackend
from broker_core.stores.sqlite import SqliteBackend

BACKENDS = [MemoryBackend, SqliteBackend, RocksBackend]
METHODS = [name for name, member in vars(Backend).items() if inspect.isfunction(member) and not name.startswith("_")]


def parameters(function):
    return [(parameter.name, parameter.kind) for parameter in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", METHODS)
def test_methods_take_what_the_protocol_says(backend, name):
    assert parameters(getattr(backend, name)) == parameters(getattr(Backend, name))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_says_what_it_is(backend):
    assert backend.kind in {"memory", "sqlite", "rocksdb"}
    assert backend.waits is (backend.kind != "memory")
