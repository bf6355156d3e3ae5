"""A clone's copy against a model, and what updates and snapshots report."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.messages.commands import (
    NOBODY,
    Add,
    Clear,
    Erase,
    Expire,
    Put,
    PutUnique,
    PutUniqueResult,
    Subtract,
)
from broker_core.model import Count, EndpointId, EntityId, Kind, sort_key
from broker_core.stores.backend import Record
from broker_core.stores.changes import Change
from broker_core.stores.entries import Entries, apply, differences
from strategies import values

MASTER = EntityId(EndpointId(b"m" * 16), 7)
WRITER = EntityId(EndpointId(b"w" * 16), 8)

ALIKE = [1, Count(1), 1.0, True, "1", b"1\xff", (1,), (Count(1),), (1.0,), None, "", ()]


def test_keys_that_python_takes_for_one_are_several():
    entries = Entries()
    for number, key in enumerate(ALIKE):
        assert entries.put(key, number) is None
    assert len(entries) == entries.size() == len(ALIKE)
    assert [entries.find(key) for key in ALIKE] == [Record(number, None) for number in range(len(ALIKE))]


def test_a_key_that_was_put_twice_keeps_its_last_value():
    entries = Entries([("k", 1), (Count(5), 2)])
    assert entries.put("k", 3) == ("k", 1)
    assert entries.put(Count(5), 4) == (Count(5), 2)
    assert list(entries.pairs()) == [("k", 3), (Count(5), 4)]
    assert list(entries.keys()) == ["k", Count(5)]
    assert list(entries.entries()) == [("k", Record(3, None)), (Count(5), Record(4, None))]


def test_what_is_not_there():
    entries = Entries([("k", 1)])
    assert entries.find("other") is None
    assert entries.pair(5) is None
    assert not entries.erase("other")
    assert "other" not in entries
    assert 5 not in entries


def test_erase_and_clear_leave_nothing_behind():
    entries = Entries([("k", 1), (5, 2), (IPv4Address("10.0.0.1"), 3)])
    assert entries.erase(5)
    assert 5 not in entries
    entries.clear()
    assert not list(entries.pairs())
    assert "k" not in entries


@given(st.lists(st.tuples(st.sampled_from(["put", "erase"]), values(), st.integers(0, 9))))
def test_entries_are_a_dict_by_key(steps):
    entries = Entries()
    model: dict[tuple, int] = {}
    for what, key, value in steps:
        if what == "put":
            entries.put(key, value)
            model[sort_key(key)] = value
        else:
            assert entries.erase(key) == (model.pop(sort_key(key), None) is not None)
    assert {sort_key(key): value for key, value in entries.pairs()} == model
    assert len(list(entries.keys())) == len(model)


# -- updates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "after", "reported"),
    [
        (Put("new", 2, 9, WRITER), [("k", 1), ("new", 2)], [Change("insert", "new", None, 2, 9, WRITER)]),
        (Put("k", 1, None, WRITER), [("k", 1)], [Change("update", "k", 1, 1, None, WRITER)]),
        (Erase("k", WRITER), [], [Change("erase", "k", None, None, None, WRITER)]),
        (Erase("new", WRITER), [("k", 1)], []),
        (Expire("k", MASTER), [], [Change("expire", "k", None, None, None, MASTER)]),
        (Expire("new", MASTER), [("k", 1)], []),
        (Clear(WRITER), [], [Change("erase", "k", None, None, None, WRITER)]),
        (PutUniqueResult(True, WRITER, 1, MASTER), [("k", 1)], []),
        (Add("k", 1, Kind.INTEGER, None, WRITER), [("k", 1)], []),
        (Subtract("k", 1, None, WRITER), [("k", 1)], []),
        (PutUnique("new", 1, None, NOBODY, 0, WRITER), [("k", 1)], []),
    ],
    ids=lambda x: type(x).__name__,
)
def test_an_update_and_what_it_reports(action, after, reported):
    watched, unwatched = Entries([("k", 1)]), Entries([("k", 1)])
    changes: list[Change] = []
    apply(action, watched, changes)
    apply(action, unwatched, None)
    assert list(watched.pairs()) == list(unwatched.pairs()) == after
    assert changes == reported


def test_a_snapshot_reports_what_vanished_what_stayed_and_what_is_new():
    old = Entries([("gone", 1), ("same", 2), (Count(3), 3)])
    new = Entries([("same", 2), (Count(3), 4), (3, 5)])
    assert differences(old, new, MASTER) == [
        Change("erase", "gone", None, None, None, None),
        Change("update", "same", 2, 2, None, MASTER),
        Change("update", Count(3), 3, 4, None, MASTER),
        Change("insert", 3, None, 5, None, MASTER),
    ]


def test_an_empty_snapshot_erases_everything():
    assert differences(Entries([("k", 1)]), Entries(), MASTER) == [Change("erase", "k", None, None, None, None)]
