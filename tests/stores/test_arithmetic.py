"""add, subtract and the parts of values, for every pair of kinds and at the edges."""

from __future__ import annotations

import math
from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arithmetic_table import ADDITIONS, SAMPLES, SUBTRACTIONS, Pair
from broker_core.errors import EC, NoSuchKey, TypeClash
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Kind, Port, Set, Table, Timespan, Timestamp, kind_of
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX
from broker_core.stores.arithmetic import add, fits_inside, init_for, part, subtract, zero
from strategies import assert_same, values


def nested(depth):
    value = ()
    for _ in range(depth - 1):
        value = (value,)
    return value


def judge(operation, pair: Pair):
    if isinstance(pair.expected, EC):
        with pytest.raises(TypeClash) as caught:
            operation(pair.stored, pair.operand)
        assert caught.value.code is pair.expected
        assert kind_of(pair.stored).label in str(caught.value)
        assert kind_of(pair.operand).label in str(caught.value)
    else:
        assert_same(operation(pair.stored, pair.operand), pair.expected)


@pytest.mark.parametrize("pair", ADDITIONS, ids=str)
def test_add(pair):
    judge(add, pair)


@pytest.mark.parametrize("pair", SUBTRACTIONS, ids=str)
def test_subtract(pair):
    judge(subtract, pair)


def test_a_clash_names_both_kinds():
    with pytest.raises(TypeClash, match=r"^cannot add string to count$"):
        add(Count(1), "x")
    with pytest.raises(TypeClash, match=r"^cannot subtract enum-value from timestamp$"):
        subtract(Timestamp(1), EnumValue("X"))


@pytest.mark.parametrize(
    ("stored", "operand", "expected"),
    [
        (Count(U64_MAX), Count(1), Count(0)),
        (I64_MAX, 1, I64_MIN),
        (Timestamp(I64_MAX), Timespan(2), Timestamp(I64_MIN + 1)),
        (Timespan(I64_MIN), Timespan(-1), Timespan(I64_MAX)),
        (1.0, math.inf, math.inf),
        ("", "", ""),
        (b"\xc3", b"\xa9", "é"),
        ("a", b"\xff", b"a\xff"),
        (b"\xff", "a", b"\xffa"),
        (Table([("k", 1)]), ("k", 2), Table([("k", 2)])),
        (Table([(1, "i")]), (Count(1), "c"), Table([(1, "i"), (Count(1), "c")])),
        (Set([1]), True, Set([1, True])),
    ],
)
def test_add_at_the_edges(stored, operand, expected):
    assert_same(add(stored, operand), expected)


@pytest.mark.parametrize(
    ("stored", "operand", "expected"),
    [
        (Count(0), Count(1), Count(U64_MAX)),
        (I64_MIN, 1, I64_MAX),
        (Timestamp(I64_MIN), Timespan(1), Timestamp(I64_MAX)),
        (math.inf, math.inf, math.nan),
        ((), 1, ()),
        (Set([1, True]), True, Set([1])),
        (Table([(1, "i"), (Count(1), "c")]), 1, Table([(Count(1), "c")])),
    ],
)
def test_subtract_at_the_edges(stored, operand, expected):
    assert_same(subtract(stored, operand), expected)


@pytest.mark.parametrize("operand", [(), ("k",), ("k", 1, 2)], ids=len)
def test_a_table_takes_vectors_of_two_only(operand):
    with pytest.raises(TypeClash, match=f"not one of {len(operand)} elements") as caught:
        add(Table(), operand)
    assert caught.value.code is EC.INVALID_DATA


@pytest.mark.parametrize(
    ("stored", "operand"), [(Set([1.0]), math.nan), (Set([math.nan]), 1.0), (Table([(1.0, 1)]), (math.nan, 1))]
)
def test_nan_does_not_join_other_reals(stored, operand):
    with pytest.raises(TypeClash, match="NaN") as caught:
        add(stored, operand)
    assert caught.value.code is EC.INVALID_DATA


@pytest.mark.parametrize(
    ("stored", "wrap"),
    [((), lambda x: x), (Set(), lambda x: x), (Table(), lambda x: ("k", x)), (Table(), lambda x: (x, "v"))],
)
def test_nothing_is_nested_deeper_than_peers_read(stored, wrap):
    most = DEFAULT_LIMITS.max_depth - 1
    add(stored, wrap(nested(most)))
    with pytest.raises(TypeClash, match="max_depth") as caught:
        add(stored, wrap(nested(most + 1)))
    assert caught.value.code is EC.INVALID_DATA


def test_what_fits_inside_a_container():
    assert fits_inside(nested(DEFAULT_LIMITS.max_depth - 1))
    assert not fits_inside(nested(DEFAULT_LIMITS.max_depth))
    assert all(map(fits_inside, SAMPLES))


@given(values())
def test_what_a_set_takes_it_gives_back(value):
    grown = add(Set(["a"]), value)
    assert value in grown
    assert value not in subtract(grown, value)


@given(st.integers(I64_MIN, I64_MAX), st.integers(I64_MIN, I64_MAX))
def test_subtract_undoes_add(one, other):
    assert subtract(add(one, other), other) == one
    assert subtract(add(Timestamp(one), Timespan(other)), Timespan(other)) == Timestamp(one)


ZEROS = [
    *(False, Count(0), 0, 0.0, "", IPv6Address("::"), IPv6Network("::/0"), Port(0, "unknown")),
    *(Timestamp(0), Timespan(0), EnumValue(""), Set(), Table(), ()),
]


@pytest.mark.parametrize("value", ZEROS, ids=lambda value: kind_of(value).label)
def test_zero(value):
    assert_same(zero(kind_of(value)), value)


def test_without_an_initial_type_there_is_no_zero():
    assert len(ZEROS) == len(Kind) - 1
    with pytest.raises(TypeClash, match="does not exist"):
        zero(Kind.NONE)


@pytest.mark.parametrize("amount", SAMPLES, ids=lambda value: kind_of(value).label)
def test_from_what_an_increment_starts(amount):
    kinds = {Kind.COUNT: Kind.COUNT, Kind.INTEGER: Kind.INTEGER, Kind.REAL: Kind.REAL, Kind.TIMESPAN: Kind.TIMESTAMP}
    assert init_for(amount) is kinds.get(kind_of(amount), Kind.NONE)


@pytest.mark.parametrize(
    ("value", "index", "expected"),
    [
        (("a", "b"), Count(1), "b"),
        (("a", "b"), 0, "a"),
        (Set([1]), 1, True),
        (Set([1]), Count(1), False),
        (Set([("a", 1)]), ("a", 1), True),
        (Table([("k", None)]), "k", None),
        (Table([(1, "i"), (Count(1), "c")]), Count(1), "c"),
        *[(sample, "whatever", sample) for sample in SAMPLES if kind_of(sample) < Kind.SET],
    ],
)
def test_part(value, index, expected):
    assert_same(part(value, index), expected)


@pytest.mark.parametrize(
    ("value", "index"), [((), 0), (("a",), Count(1)), (("a",), I64_MAX), (Table([(1, 1)]), Count(1)), (Table(), "k")]
)
def test_no_such_part(value, index):
    with pytest.raises(NoSuchKey, match="index"):
        part(value, index)


@pytest.mark.parametrize("index", [-1, 0.0, "0", True, None, Timespan(0), (0,)], ids=repr)
def test_what_is_no_index_of_a_vector(index):
    with pytest.raises(TypeClash, match="index of a vector"):
        part(("a",), index)
