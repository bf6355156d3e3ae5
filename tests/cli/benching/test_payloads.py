"""What is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.benching.payloads import SHAPES, Mark, describe, maker, mark_of
from broker_core import Count, Event
from broker_core.codecs import binary
from strategies import values


def strict(thing):
    return thing.value if isinstance(thing, Event) else thing


@given(st.sampled_from(SHAPES), st.integers(1, 1000), st.integers(0, 300), st.integers(0, 10**12 - 1))
def test_each_says_what_it_is_and_is_as_long_as_wanted(shape, size, client, number):
    make, actual = maker(shape, size, client)
    ns = 1_700_000_000_123_456_789
    packed = binary.encode(strict(make(number, ns)))
    assert len(packed) == actual
    assert actual == size or (actual > size and maker(shape, 1, client)[1] == actual) or actual == size - 1
    assert mark_of(binary.decode(packed)) == Mark(client, number, ns)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_usual_sizes_are_met_exactly(shape):
    for size in (150, 1000, 65536):
        assert maker(shape, size, 1)[1] == size


def test_words():
    assert describe("conn", 150) == "events of 12 arguments, 150 bytes each"
    assert len(strict(maker("conn", 1, 1)[0](1, 1))[2][1]) == 12
    assert len(strict(maker("event", 1, 1)[0](1, 1))[2][1]) == 4


@given(values())
def test_what_others_publish_is_not_ours(value):
    assert mark_of(value) is None


@pytest.mark.parametrize(
    "value",
    [
        Event("broker_bench").value,
        Event("broker_bench", 1, 2, 3).value,
        Event("broker_bench_conn", Count(1), Count(2), Count(3)).value,
        "broker_bench 1 x 3 ",
        "broker_bench 1 2",
        (1, 2, 3),
        (1, 2, {}),
    ],
)
def test_what_looks_like_ours_only_at_first(value):
    assert mark_of(value) is None
