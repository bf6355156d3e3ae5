"""What can be asked of entries; the functions are the same for backends and copies."""

from __future__ import annotations

import pytest

from broker_core.errors import EC, NoSuchKey, TypeClash
from broker_core.model import Set, Table
from broker_core.stores import reads
from broker_core.stores.entries import Entries
from broker_core.stores.memory import MemoryBackend


def copy(pairs):
    return Entries(pairs)


def backend(pairs):
    database = MemoryBackend()
    for key, value in pairs:
        database.put(key, value, None)
    return database


@pytest.fixture(params=[copy, backend])
def source(request):
    return request.param([("k", "v"), (1, (10, 11)), (True, Set([1])), ((), Table({"a": None}))])


def test_values_and_keys(source):
    assert reads.get(source, "k") == "v"
    assert reads.exists(source, True)
    assert not reads.exists(source, 1.0)
    assert reads.size(source) == 4
    assert reads.keys(source) == Set(["k", 1, True, ()])
    assert reads.snapshot(source)[()] == Table({"a": None})
    assert sorted(map(repr, reads.pairs(source))) == sorted(map(repr, reads.snapshot(source).pairs()))


def test_parts(source):
    assert reads.get_part(source, 1, 1) == 11
    assert reads.get_part(source, True, 2) is False
    assert reads.get_part(source, (), "a") is None
    assert reads.get_part(source, "k", 5) == "v"


def test_what_is_not_there_is_named(source):
    with pytest.raises(NoSuchKey, match=r'^no such key: "none"$') as caught:
        reads.get(source, "none")
    assert caught.value.code is EC.NO_SUCH_KEY
    with pytest.raises(NoSuchKey, match=r"^index 2 is beyond the vector's 2 elements \(at key \+1\)$"):
        reads.get_part(source, 1, 2)
    with pytest.raises(TypeClash, match=r"\(at key \+1\)$"):
        reads.get_part(source, 1, "x")


def test_a_long_key_is_cut_in_the_error(source):
    with pytest.raises(NoSuchKey) as caught:
        reads.get(source, "x" * 1000)
    assert len(str(caught.value)) < 200


def test_keys_that_are_one_in_a_set_are_one():
    """An SQLite file of C++ can hold both zeros, which differ as bytes."""

    class Zeros(Entries):
        def keys(self):
            return iter([0.0, -0.0])

        def entries(self):
            return ((key, self.find("k")) for key in self.keys())

    zeros = Zeros([("k", 1)])
    assert len(reads.keys(zeros)) == 1
    assert len(reads.snapshot(zeros)) == 1


def test_pages():
    database = backend([(number, str(number)) for number in range(25)])
    seen = []
    after = ()
    while page := reads.page(database, 10, *after):
        assert len(page) <= 10
        seen += page
        after = (page[-1][0],)
    assert sorted(seen) == [(number, str(number)) for number in range(25)]
