"""Set and Table: Broker's idea of equality and order, in Python's protocols."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model import Count, Set, Table, Timespan, sort_key
from strategies import assert_same, scalars, values

FOUR = [1.0, 1, Count(1), True]


def test_set_keeps_apart_what_python_would_merge() -> None:
    assert len({*FOUR}) == 1
    assert len(Set(FOUR)) == 4
    assert [type(item) for item in Set(FOUR)] == [bool, Count, int, float]
    assert Count(1) in Set([Count(1)])
    assert 1 not in Set([Count(1)])
    assert True not in Set([1])


def test_table_keeps_apart_what_python_would_merge() -> None:
    table = Table([(key, type(key).__name__) for key in FOUR])
    assert dict(zip(map(repr, table), table.values(), strict=True)) == {
        "True": "bool",
        "Count(1)": "Count",
        "1": "int",
        "1.0": "float",
    }
    assert table[Count(1)] == "Count"
    assert table.get("1") is None
    with pytest.raises(KeyError):
        table["1"]


@given(st.lists(values(3), max_size=6))
def test_set_has_each_value_once_in_order(items: list[Any]) -> None:
    try:
        made = Set(items)
    except InvalidValue as error:
        assert "NaN" in str(error)  # noqa: PT017
        return
    assert [sort_key(item) for item in made] == sorted({sort_key(item) for item in items})
    assert all(item in made for item in items)
    assert Set(reversed(items)) == made
    assert hash(Set(reversed(items))) == hash(made)
    assert_same(pickle.loads(pickle.dumps(made)), made)


@given(st.lists(st.tuples(scalars(), values(3)), max_size=5))
def test_table_has_each_key_once_in_order_with_its_last_value(pairs: list[tuple[Any, Any]]) -> None:
    try:
        made = Table(pairs)
    except InvalidValue as error:
        assert "NaN" in str(error)  # noqa: PT017
        return
    last = {sort_key(key): value for key, value in pairs}
    assert [sort_key(key) for key in made] == sorted(last)
    assert all(sort_key(made[key]) == last_key for key, last_key in ((k, sort_key(last[sort_key(k)])) for k in made))
    assert list(made.items()) == list(made.pairs())
    assert_same(pickle.loads(pickle.dumps(made)), made)
    assert hash(Table(made.items())) == hash(made)


def test_containers_are_read_only_and_slotted() -> None:
    for made in (Set([1]), Table([(1, 2)])):
        with pytest.raises(AttributeError, match="cannot be changed"):
            made._entries = {}  # type: ignore[assignment]
        assert not hasattr(made, "__dict__")


def test_containers_as_keys_and_elements() -> None:
    nested = Set([Set([1]), Table([(1, 2)]), (1, Set())])
    assert Set([1]) in nested
    assert {1} in nested
    assert {1: 2} in nested
    assert [1, set()] in nested
    assert {nested: 1}[Set(list(nested))] == 1
    assert Table([(Set([1]), "x")])[{1}] == "x"


def test_equality_with_pythons_own() -> None:
    assert Set([1, 2]) == {1, 2}
    assert Set([1, 2]) == frozenset({1, 2})
    assert Set([1, 2]) != {1, 3}
    assert Set([1]) != {1, 2}
    assert Set([1]) != {True}
    assert Set([1]) != [1]
    assert Set([1]) != {object()}
    assert Table([("a", 1)]) == {"a": 1}
    assert Table([("a", 1)]) != {"a": Count(1)}
    assert Table([("a", 1)]) != {"a": object()}
    assert Table() != {"a": 1}
    assert Table([("a", 1)]) != {}
    assert Table() == {}
    assert Table([("a", 1)]) != [("a", 1)]
    assert Table([("a", 1)]) == Table({"a": 1})
    assert Set() != Table()
    assert hash(Set()) != hash(Table())
    kept = Set([1])
    assert hash(kept) == hash(kept) == hash(Set([1]))


def test_set_algebra() -> None:
    one = Set([1, 2, Count(1)])
    assert one & {1, True} == Set([1])  # noqa: B033
    assert one | {True} == Set([True, 1, 2, Count(1)])
    assert one - {1} == Set([2, Count(1)])
    assert type(one ^ Set([2, 3])) is Set
    assert one ^ {1} == {1} ^ one == Set([2, Count(1)])
    assert {1, 5} - one == {5}
    assert Set([1]) < one
    assert not Set([Count(1)]) <= {1, True}  # noqa: B033
    assert Set([1]) <= {1, 2}
    assert one >= Set([2])
    assert one.isdisjoint({True})


def test_looking_up_what_no_container_holds() -> None:
    assert object() not in Set([1])
    assert object() not in Table([(1, 1)])
    assert Table([(1, 1)]).get(object()) is None
    assert () not in Set([1])


def test_containers_convert_their_parts() -> None:
    made = Set([[1, 2], {"k": {1}}])
    assert list(made) == [Table([("k", Set([1]))]), (1, 2)]
    assert list(Table({"a": [1]}).values()) == [(1,)]
    assert Set(Set([1])) == Set([1])


def test_errors_say_where() -> None:
    with pytest.raises(InvalidValue) as caught:
        Set([1, [2, object()]])
    assert caught.value.path.startswith("[1]")
    with pytest.raises(InvalidValue) as caught:
        Table([("a", 1), ("b", 2**70)])
    assert str(caught.value).startswith('["b"]: integer')
    with pytest.raises(InvalidValue) as caught:
        Table([(1, 1), (object(), 2)])
    assert caught.value.path == "[1]"


def test_from_distinct_refuses_repetitions() -> None:
    assert Set.from_distinct([2, 1]) == Set([1, 2])
    with pytest.raises(InvalidValue, match="1 element"):
        Set.from_distinct([1, 2, 1])
    with pytest.raises(InvalidValue, match="given twice"):
        Set.from_distinct([0.0, -0.0])
    assert Table.from_distinct([(2, 1), (1, 1)]) == Table({1: 1, 2: 1})
    with pytest.raises(InvalidValue, match="2 key"):
        Table.from_distinct([(1, 1), (1, 2), (1, 1)])


def test_nan_beside_reals_is_refused_as_cpp_does() -> None:
    assert len(Set([math.nan, 1, "a"])) == 3
    for bad in ([math.nan, 1.0], [(math.nan, 1), (5.0, 1)], [(math.nan,), (-math.inf,)]):
        with pytest.raises(InvalidValue, match="NaN"):
            Set(bad)
        with pytest.raises(InvalidValue, match="NaN"):
            Table([(key, 1) for key in bad])
    assert len(Set([(math.nan, 1), (5.0, 2)])) == 2


@given(st.lists(values(3), max_size=6), values(3))
def test_an_element_more_or_less(items: list[Any], item: Any) -> None:
    try:
        before = Set(items)
    except InvalidValue:
        return
    try:
        grown = Set([*items, item])
    except InvalidValue:
        with pytest.raises(InvalidValue, match="NaN"):
            before.including(item)
        return
    made = before.including(item)
    assert [sort_key(part) for part in made] == [sort_key(part) for part in grown]
    assert before == Set(items)
    assert made.excluding(item) == Set([part for part in items if sort_key(part) != sort_key(item)])
    assert before.excluding(made) is before


@given(st.lists(st.tuples(scalars(), values(3)), max_size=5), scalars(), values(3))
def test_an_entry_more_or_less(pairs: list[tuple[Any, Any]], key: Any, value: Any) -> None:
    try:
        before, grown = Table(pairs), Table([*pairs, (key, value)])
    except InvalidValue:
        return
    made = before.including(key, value)
    assert_same(made, grown)
    assert before == Table(pairs)
    assert_same(made.excluding(key), Table([pair for pair in pairs if sort_key(pair[0]) != sort_key(key)]))
    assert before.excluding(made) is before


@pytest.mark.parametrize("size", [1, 2, 3, 20])
def test_nan_does_not_join_a_container_with_reals(size: int) -> None:
    some: list[Any] = [1.0, "a", 3, "b", *range(4, 4 + size)][:size]
    for pair in ((some, math.nan), ([math.nan, *some[1:]], 1.0)):
        with pytest.raises(InvalidValue, match="NaN"):
            Set(pair[0]).including(pair[1])
        with pytest.raises(InvalidValue, match="NaN"):
            Table([(key, 1) for key in pair[0]]).including(pair[1], 1)


def test_texts() -> None:
    assert repr(Set([2, Count(1)])) == "Set([Count(1), 2])"
    assert repr(Table({"a": Timespan(1)})) == "Table([('a', Timespan(1))])"
    assert eval(repr(Set([2, Count(1)]))) == Set([2, Count(1)])
