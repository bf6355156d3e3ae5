"""Store events as values and back: spec store-protocol.md section 8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.messages.store_events import STORE_EVENTS_TOPIC, StoreEvent, parse_store_event, store_event
from broker_core.model import Count, EndpointId, EntityId, Timespan
from broker_core.model.scalars import I64_MAX, I64_MIN
from broker_core.stores.changes import Change
from strategies import assert_same, entity_ids, values

ID = "768b0ad0-1a0b-526c-8cf6-11569eb41428"
CLONE = EntityId(EndpointId.parse(ID), 7)
WHO = (ID, Count(7))

EXAMPLES = [
    (Change("insert", "k", None, 1, None, CLONE), ("insert", "db", "k", 1, None, *WHO)),
    (Change("insert", "k", None, 1, 5, None), ("insert", "db", "k", 1, Timespan(5), None, None)),
    (Change("update", "k", None, 2, 5, CLONE), ("update", "db", "k", None, 2, Timespan(5), *WHO)),
    (Change("update", "k", (1,), None, None, None), ("update", "db", "k", (1,), None, None, None, None)),
    (Change("erase", ("k",), None, None, None, CLONE), ("erase", "db", ("k",), *WHO)),
    (Change("erase", ("k",), None, None, None, None), ("erase", "db", ("k",), None, None)),
    (Change("expire", None, None, None, None, CLONE), ("expire", "db", None, *WHO)),
]


@pytest.mark.parametrize(("change", "vector"), EXAMPLES, ids=[str(vector) for _, vector in EXAMPLES])
def test_events(change, vector):
    assert_same(store_event(change, "db"), vector)
    expiry = None if change.expiry is None else Timespan(change.expiry)
    expected = StoreEvent(change.kind, "db", change.key, change.old, change.new, expiry, change.publisher)
    assert parse_store_event(vector) == expected


def test_every_kind_has_an_example():
    assert {change.kind for change, _ in EXAMPLES} == {"insert", "update", "erase", "expire"}


def test_the_topic_is_local_and_ends_before_the_name():
    assert STORE_EVENTS_TOPIC + "db" == "<$>/local/data/store-events/db"


def test_names_that_are_not_utf8():
    vector = store_event(Change("erase", "k", None, None, None, None), "d\udcff")
    assert vector[1] == b"d\xff"
    assert parse_store_event(vector).store == "d\udcff"


numbers = st.integers(I64_MIN, I64_MAX)


@given(values(3), values(3), values(3), st.none() | numbers, st.none() | entity_ids())
def test_round_trip(key, old, new, expiry, publisher):
    for change in (
        Change("insert", key, None, new, expiry, publisher),
        Change("update", key, old, new, expiry, publisher),
        Change("erase", key, None, None, None, publisher),
    ):
        event = parse_store_event(store_event(change, "db"))
        assert_same((event.key, event.old, event.new), (change.key, change.old, change.new))
        assert (event.expiry and event.expiry.ns) == change.expiry or change.expiry == 0
        assert event.publisher == publisher


BAD = [
    (None, "at least five"),
    ("insert", "at least five"),
    (("erase", "db", "k", None), "at least five"),
    (("remove", "db", "k", None, None), r"strings insert, update, erase, expire in \[0\]"),
    ((b"\xff", "db", "k", None, None), r"in \[0\]"),
    ((Count(1), "db", "k", None, None), r"in \[0\]"),
    (("insert", "db", "k", None, None), "kind insert has 7 elements, not 5"),
    (("update", "db", "k", 1, None, *WHO), "kind update has 8 elements, not 7"),
    (("erase", "db", "k", 1, *WHO), "kind erase has 5 elements, not 6"),
    (("erase", 5, "k", *WHO), r"not integer 5 in \[1\]"),
    (("insert", "db", "k", 1, 5, *WHO), r"timespan or none, not integer 5 in \[4\]"),
    (("update", "db", "k", 1, 2, Count(5), *WHO), r"timespan or none, not count 5 in \[5\]"),
    (("erase", "db", "k", ID, None), r"a count, not none in \[4\]"),
    (("erase", "db", "k", ID, 7), r"a count, not integer 7 in \[4\]"),
    (("erase", "db", "k", None, Count(7)), r"UUID in \[3\]"),
    (("erase", "db", "k", "x", Count(7)), r"UUID in \[3\]"),
    (("erase", "db", "k", b"\xff", Count(7)), r"UUID in \[3\]"),
    (("insert", "db", "k", 1, None, Count(7), Count(7)), r"UUID in \[5\]"),
]


@pytest.mark.parametrize(("value", "problem"), BAD, ids=[str(value) for value, _ in BAD])
def test_what_is_no_event(value, problem):
    with pytest.raises(DecodeError, match=problem):
        parse_store_event(value)


@given(values(8))
def test_random_values_are_refused(value):
    with pytest.raises(DecodeError):
        parse_store_event(value)
