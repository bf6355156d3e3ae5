"""The backend in memory."""

from __future__ import annotations

import pytest

from broker_core.errors import BackendFailure
from broker_core.stores.memory import MemoryBackend
from conformance import BackendMachine, Conformance


class TestConformance(Conformance):
    @staticmethod
    def open(place):
        return MemoryBackend()


class Machine(BackendMachine):
    lasts = False

    @staticmethod
    def open(place):
        return MemoryBackend()


TestMachine = Machine.TestCase


def test_it_takes_no_options():
    MemoryBackend({})
    with pytest.raises(BackendFailure, match=r"^memory has no option 'path' \(it takes none\)$"):
        MemoryBackend({"path": "x"})


def test_a_change_is_committed_as_it_is_made():
    backend = MemoryBackend()
    backend.put("k", 1, None)
    backend.rollback()
    assert backend.size() == 1


def test_nothing_stays_behind_when_it_is_closed():
    backend = MemoryBackend()
    backend.put("k", 1, 5)
    backend.close()
    assert backend.size() == 0
    assert backend.next_expiry() is None
