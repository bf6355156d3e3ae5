"""Latencies in classes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from broker_cli.benching.histogram import PERCENTILES, Histogram

TIMES = st.lists(st.integers(0, 10**12), min_size=1, max_size=200)


def histogram(times) -> Histogram:
    made = Histogram()
    for time in times:
        made.add(time)
    return made


def test_nothing():
    empty = Histogram()
    assert (empty.count, empty.mean, empty.percentile(50), empty.smallest, empty.largest) == (0, 0, 0, 0, 0)
    empty.merge(Histogram())
    assert empty.count == 0


def test_small_times_are_exact():
    made = histogram(range(256))
    assert made.percentile(50) == 127
    assert made.percentile(100) == 255
    assert made.percentile(0) == 0


@given(TIMES)
def test_percentiles_are_within_one_percent(times):
    made, ordered = histogram(times), sorted(times)
    for percent in PERCENTILES:
        exact = ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]
        assert exact <= made.percentile(percent) <= exact * 1.01
    assert (made.smallest, made.largest, made.count) == (ordered[0], ordered[-1], len(ordered))
    assert abs(made.mean - sum(times) / len(times)) <= 1e-6 * max(times) + 1e-9


@given(TIMES, TIMES)
def test_two_are_as_good_as_one(one, other):
    both = histogram(one)
    both.merge(histogram(other))
    again = Histogram()
    again.merge(Histogram.load(json.loads(json.dumps(both.dump()))))
    whole = histogram(one + other)
    assert again.dump()[0] == whole.dump()[0]
    assert sorted(again.dump()[1:]) == sorted(whole.dump()[1:])


def test_a_clock_that_is_behind_gives_zero():
    made = histogram([-5, 10])
    assert (made.smallest, made.total) == (0, 10)


@given(st.lists(st.integers(0, 2**62), max_size=50))
def test_there_are_few_classes(times):
    made = histogram(times * 20)
    assert len(made._classes) <= min(len(set(times)), 128 * 64)
