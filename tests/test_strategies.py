"""The strategies draw what they promise: a property test over too little proves nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from broker_core.model import Count, Kind, Set, Table, kind_of, to_value
from strategies import assert_same, containers, cuts, enum_values, is_same, reals, scalars, strings, topics, values


def test_values_of_every_kind_are_drawn() -> None:
    whole, parts = set(), set()

    def look_into(value: Any) -> None:
        parts.add(kind_of(value))
        if isinstance(value, Table):
            value = [part for pair in value.pairs() for part in pair]
        if isinstance(value, tuple | list | Set):
            for part in value:
                look_into(part)

    @settings(max_examples=500)
    @given(values())
    def draw(value: Any) -> None:
        whole.add(kind_of(value))
        look_into(value)

    draw()
    assert parts == set(Kind)
    assert whole >= {Kind.VECTOR, Kind.SET, Kind.TABLE}
    assert len(whole) > 9


@given(values() | scalars() | containers() | strings() | enum_values() | reals())
def test_values_are_strict(value: object) -> None:
    assert_same(to_value(value), value)


def test_the_edges_are_drawn() -> None:
    assert find(strings(), lambda value: isinstance(value, bytes))
    assert find(topics(), lambda topic: any("\udc80" <= char <= "\udcff" for char in topic))
    assert math.isnan(find(reals(), math.isnan))
    assert find(containers(), lambda value: kind_of(value) is Kind.VECTOR and len(value) > 1)


@given(st.data(), st.binary(max_size=30))
def test_cuts_put_together_again(data: st.DataObject, whole: bytes) -> None:
    pieces = data.draw(cuts(whole))
    assert b"".join(pieces) == whole
    assert all(pieces) or not whole


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, Count(1)), (1, True), (0.0, -0.0), ("a", b"a"), ((1,), (1.0,)), (Set([1]), Set([1, 2])), (Table(), Set())],
)
def test_what_is_not_the_same(one: object, other: object) -> None:
    assert not is_same(one, other)
    with pytest.raises(AssertionError, match="is not the same as"):
        assert_same(one, other)
