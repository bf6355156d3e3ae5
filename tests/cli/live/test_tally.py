"""Counting: rates of times that the test makes up."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.live.tally import HISTORY, LARGEST_LAST, LONGEST_NAME, MAX_ROWS, Tally
from broker_core import Batch, Count, Event, ForeignMessage, IdentifierUpdate, Message
from broker_core.codecs import binary


def wire(topic: str, value: object) -> Message:
    """A message as it comes from a peer: bytes only."""
    value = getattr(value, "value", value)
    return Message(topic, payload=binary.encode(value))


def ping(topic: str = "/t", number: int = 1) -> Message:
    return wire(topic, Event("ping", "x", Count(number)))


def named(tally: Tally, *, by_event: bool = True) -> dict:
    return {(row.topic, row.event or row.kind) if by_event else row.topic: row for row in tally.rows(by_event=by_event)}


def test_messages_are_counted_by_topic_and_event():
    tally = Tally(100.0)
    messages = [ping("/a"), ping("/b"), ping("/a"), wire("/a", Event("pong"))]
    tally.add(messages, 100.5)
    rows = named(tally)
    assert list(rows) == [("/a", "ping"), ("/b", "ping"), ("/a", "pong")]
    assert [row.messages for row in rows.values()] == [2, 1, 1]
    assert rows["/a", "ping"].bytes == 2 * len(messages[0].payload)
    assert rows["/a", "ping"].last is messages[2]
    topics = named(tally, by_event=False)
    assert {topic: row.messages for topic, row in topics.items()} == {"/a": 3, "/b": 1}
    assert topics["/a"].last is messages[3]
    assert topics["/a"].event is topics["/a"].kind is None
    assert tally.total.messages == 4
    assert tally.total.bytes == sum(len(message.payload) for message in messages)


def test_nothing_is_decoded():
    tally = Tally(0.0)
    messages = [ping() for _ in range(10)]
    tally.add(messages, 0.1)
    tally.tick(1.0)
    assert not any(message.is_decoded for message in messages)


def test_rates_are_those_of_the_last_interval():
    tally = Tally(10.0)
    tally.add([ping()] * 30, 10.2)
    tally.tick(12.0)
    assert not tally.total.has_new
    (row,) = tally.rows(by_event=True)
    assert (row.rate, row.byte_rate, row.average, row.peak) == (15.0, row.bytes / 2, 15.0, 15.0)
    tally.add([ping()] * 5, 12.5)
    assert tally.total.has_new
    tally.tick(13.0)
    assert (row.rate, row.was_rate, row.peak, row.messages) == (5.0, 15.0, 15.0, 35)
    assert 5.0 < row.average < 15.0
    tally.tick(14.0)
    assert (row.rate, row.was_rate, row.byte_rate) == (0.0, 5.0, 0.0)
    assert row.history(tally.ticks) == [15.0, 5.0, 0.0]
    assert (row.first_seen, row.last_seen) == (10.2, 12.5)


def test_an_average_ends_at_zero():
    tally = Tally(0.0)
    tally.add([ping()], 0.5)
    for second in range(1, 100):
        tally.tick(float(second))
    (row,) = tally.rows(by_event=True)
    assert row.average == 0.0
    assert not row.moves


def test_what_rests_has_zeros_in_its_history():
    tally = Tally(0.0)
    tally.add([ping("/early"), ping("/late")], 0.5)
    for second in range(1, 41):
        tally.tick(float(second))
    tally.add([ping("/late")], 40.5)
    tally.tick(41.0)
    rows = named(tally, by_event=False)
    assert rows["/early"].history(tally.ticks) == [1.0] + [0.0] * 40
    assert rows["/late"].history(tally.ticks) == [1.0] + [0.0] * 39 + [1.0]
    assert tally.total.history(tally.ticks) == [2.0] + [0.0] * 39 + [1.0]


@given(st.lists(st.integers(0, 3), max_size=3 * HISTORY))
def test_histories_are_what_happened_and_no_longer_than_their_bound(counts):
    tally = Tally(0.0)
    for at, count in enumerate(counts):
        tally.add([ping()] * count, at + 0.5)
        tally.tick(at + 1.0)
    for row in tally.rows(by_event=True):
        first = next(at for at, count in enumerate(counts) if count)
        history = row.history(tally.ticks)
        assert history == [float(count) for count in counts[-HISTORY:]][-len(history) :]
        assert len(history) >= min(len(counts) - first, HISTORY)
        assert len(history) <= HISTORY


def test_before_the_first_interval_rates_are_estimated():
    tally = Tally(0.0)
    tally.estimate(0.0)
    tally.add([ping()] * 10, 0.4)
    tally.estimate(0.5)
    (row,) = tally.rows(by_event=True)
    assert row.rate == tally.total.rate == 20.0
    tally.add([ping()] * 2, 0.9)
    tally.tick(1.0)
    assert (row.rate, row.average, row.was_rate, row.peak) == (12.0, 12.0, 0.0, 12.0)
    assert row.history(tally.ticks) == [12.0]
    tally.estimate(1.1)
    assert row.rate == 12.0


def test_an_interval_of_no_length_is_none():
    tally = Tally(5.0)
    tally.add([ping()], 5.0)
    tally.tick(5.0)
    assert tally.ticks == 0


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Event("ping"), "event"),
        (Event(""), "event"),
        (Batch([Event("a"), Event("b")]), "batch"),
        (IdentifierUpdate("x", Count(1)), "identifier-update"),
        ((Count(1), Count(3), ()), "log-write"),
        ((Count(1), Count(2), ()), "log-create"),
        ((Count(1), Count(1), ()), "data"),
        ((Count(1), Count(7), ()), "data"),
        ((Count(1), Count(256 + 5), ()), "data"),
        ("text", "data"),
        (None, "data"),
    ],
)
def test_what_is_no_event_is_told_apart_by_its_kind(value, kind):
    tally = Tally(0.0)
    tally.add([wire("/t", value)], 0.1)
    (row,) = tally.rows(by_event=True)
    assert row.kind == kind
    assert (row.event is not None) == (kind == "event")


def test_values_that_came_as_json_have_the_same_size():
    decoded, encoded = Message("/t", Event("ping", "x", Count(1)).value), ping()
    tally = Tally(0.0)
    tally.add([decoded, encoded], 0.1)
    (row,) = tally.rows(by_event=True)
    assert row.bytes == 2 * len(encoded.payload)


def test_a_value_without_a_binary_form_counts():
    tally = Tally(0.0)
    tally.add([Message("/t", object())], 0.1)
    (row,) = tally.rows(by_event=True)
    assert (row.messages, row.bytes, row.kind) == (1, 0, "data")


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_counted(payload):
    tally = Tally(0.0)
    tally.add([Message("/t", payload=payload)] * 2, 0.1)
    (row,) = tally.rows(by_event=True)
    assert (row.messages, row.bytes) == (2, 2 * len(payload))


@pytest.mark.parametrize("size", [1, 3])
def test_the_number_of_rows_is_bounded(size):
    tally = Tally(0.0, max_rows=size)
    for number in range(size + 2):
        tally.add([ping(f"/{number}")], 0.1)
        tally.add([ping(f"/{number}")], 0.2)
    for by_event in (True, False):
        rows = tally.rows(by_event=by_event)
        assert [row.messages for row in rows] == [2] * size + [4]
        assert rows[-1].topic is None
        assert sum(row.bytes for row in rows) == tally.total.bytes
    tally.tick(1.0)
    assert tally.rows(by_event=False)[-1].rate == 4.0
    exact = Tally(0.0, max_rows=size)
    exact.add([ping(f"/{number}") for number in range(size)], 0.1)
    assert all(row.topic is not None for row in exact.rows(by_event=True))


def test_events_beyond_the_bound_still_count_for_their_topic():
    tally = Tally(0.0, max_rows=2)
    tally.add([wire("/t", Event(name)) for name in ("a", "b", "c", "d", "c")], 0.1)
    assert [row.messages for row in tally.rows(by_event=True)] == [1, 1, 3]
    assert [(row.topic, row.messages) for row in tally.rows(by_event=False)] == [("/t", 5)]


def test_the_bound_is_what_it_says():
    tally = Tally(0.0)
    tally.add([ping(f"/{number}") for number in range(MAX_ROWS + 1)], 0.1)
    rows = tally.rows(by_event=True)
    assert len(rows) == MAX_ROWS + 1
    assert rows[-1].topic is None
    assert rows[-1].messages == 1


@pytest.mark.parametrize(("excess", "apart"), [(0, True), (1, False)])
def test_long_names_are_counted_with_the_others(excess, apart):
    tally = Tally(0.0)
    tally.add([ping("t" * (LONGEST_NAME + excess))], 0.1)
    assert (tally.rows(by_event=False)[0].topic is not None) is apart
    assert (tally.rows(by_event=True)[0].topic is not None) is apart
    tally.reset(0.0)
    tally.add([wire("/t", Event("e" * (LONGEST_NAME + excess)))], 0.1)
    assert tally.rows(by_event=False)[0].topic == "/t"
    assert (tally.rows(by_event=True)[0].topic is not None) is apart


@pytest.mark.parametrize(("excess", "kept"), [(0, True), (1, False)])
def test_of_a_large_message_only_the_size_is_kept(excess, kept):
    message = Message("/t", payload=bytes(LARGEST_LAST + excess))
    for count in (1, 2):  # the first one of a row, and a later one
        tally = Tally(0.0)
        tally.add([message] * count, 0.1)
        for by_event in (True, False):
            (row,) = tally.rows(by_event=by_event)
            assert (row.last is message) is kept
            assert row.last_size == LARGEST_LAST + excess
        assert (tally.total.last is message) is kept


def test_a_copy_stands_still():
    tally = Tally(0.0, max_rows=2)
    tally.add([ping("/a"), ping("/b"), ping("/c")], 0.1)
    tally.tick(1.0)
    copy = tally.copy()
    tally.add([ping("/a"), ping("/d")], 1.5)
    tally.tick(2.0)
    assert [row.messages for row in copy.rows(by_event=True)] == [1, 1, 1]
    assert [row.messages for row in copy.rows(by_event=False)] == [1, 1, 1]
    assert [row.rate for row in copy.rows(by_event=True)] == [1.0, 1.0, 1.0]
    assert copy.rows(by_event=True)[0].history(copy.ticks) == [1.0]
    assert copy.total.messages == 3
    assert tally.total.messages == 5


def test_a_reset_forgets():
    tally = Tally(0.0)
    tally.add([ping()], 0.1)
    tally.tick(1.0)
    tally.reset(5.0)
    assert (tally.started, tally.ticks, tally.total.messages) == (5.0, 0, 0)
    assert list(tally.rows(by_event=True)) == []


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), max_size=8), max_size=8))
def test_nothing_is_lost_or_counted_twice(batches):
    tally = Tally(0.0, max_rows=4)
    expected: Counter = Counter()
    for at, batch in enumerate(batches):
        tally.add([wire(topic, "text" if name is None else Event(name)) for topic, name in batch], at + 0.5)
        expected.update(batch)
        tally.tick(at + 1.0)
    assert tally.total.messages == sum(expected.values())
    for by_event in (True, False):
        rows = tally.rows(by_event=by_event)
        assert sum(row.messages for row in rows) == sum(expected.values())
        assert sum(row.bytes for row in rows) == tally.total.bytes
        assert sum(row.rate for row in rows) == pytest.approx(tally.total.rate)
    for row in tally.rows(by_event=True):
        if row.topic is not None:
            assert row.messages == expected[row.topic, row.event]


def test_messages_in_other_formats_are_counted_by_format():
    tally = Tally(0.0)
    payload = ping().payload
    foreign = [ForeignMessage("/t", payload, name) for name in ("f", "f", "g", "n" * LONGEST_NAME)]
    tally.add([*foreign, ForeignMessage("/t", payload, "n" * (LONGEST_NAME + 1)), wire("/t", Event("(f)"))], 0.5)
    rows = tally.rows(by_event=True)
    found = [(row.kind, row.event, row.messages) for row in rows]
    assert found == [
        *(("(f)", None, 2), ("(g)", None, 1), (f"({'n' * LONGEST_NAME})", None, 1), ("event", "(f)", 1)),
        (None, None, 1),
    ]
    assert rows[0].bytes == 2 * len(payload)
    assert tally.total.messages == 6
