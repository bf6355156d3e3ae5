"""How values compare."""

from __future__ import annotations

import operator
from ipaddress import ip_address, ip_network
from math import inf, nan

import pytest
from hypothesis import given

from broker_cli.selecting.comparing import (
    KIND_NAMES,
    contains,
    equals,
    holds_things,
    kind_name,
    lowered,
    ordered,
    plain_text,
    size_of,
    text_of,
)
from broker_cli.selecting.facts import MISSING
from broker_core import Count, EnumValue, Kind, Port, Set, Table, Timespan, Timestamp
from strategies import values

V4, V6 = ip_address("10.1.2.3"), ip_address("2001:db8::1")
NET = ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (Count(5), 5, True),
        (5, 5.0, True),
        (Count(5), 5.5, False),
        (Count(2**64 - 1), float(2**64), False),
        (nan, nan, False),
        (True, Count(1), None),
        (True, True, True),
        ("a", "a", True),
        ("a", b"\xff", False),
        (b"\xff", b"\xff", True),
        ("a", EnumValue("a"), None),
        (EnumValue("A::b"), EnumValue("A::b"), True),
        (V4, V4, True),
        (V4, V6, False),
        (V4, NET, None),
        (NET, ip_network("10.0.0.0/8"), True),
        (Port(22), Port(22), True),
        (Port(22), Port(22, "udp"), False),
        (Port(22), Count(22), None),
        (Timespan(5), Timespan(5), True),
        (Timespan(5), Timestamp(5), None),
        (None, None, True),
        (None, Count(0), False),
        ("a", None, False),
        ((Count(1), "a"), (1, "a"), True),
        ((Count(1), True), (1, 1), False),
        ((1,), (1, 2), False),
        (Set([Count(1)]), Set([Count(1)]), True),
        (Set([Count(1)]), Set([1]), False),
        (Set([Count(1)]), (Count(1),), None),
        (Table({"a": 1}), Table({"a": 1}), True),
        (MISSING, Count(5), None),
        (MISSING, None, None),
        (MISSING, MISSING, None),
    ],
)
def test_equality(one, other, answer):
    assert equals(one, other) is answer
    assert equals(other, one) is answer


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (Count(5), 5.5, True),
        (-5, Count(5), True),
        (-inf, Count(5), True),
        (nan, 5, False),
        ("a", "b", True),
        ("z", b"\xff", True),
        ("B", "a", True),
        (V4, ip_address("10.1.2.4"), True),
        (V4, V6, True),
        (Port(22), Port(80), True),
        (Timespan(-5), Timespan(5), True),
        (Timestamp(5), Timestamp(6), True),
        (Timespan(5), Timestamp(6), None),
        (False, True, None),
        (EnumValue("a"), EnumValue("b"), None),
        (NET, NET, None),
        ((1,), (2,), None),
        (None, 5, None),
        (MISSING, 5, None),
        (5, MISSING, None),
        ("5", 6, None),
    ],
)
def test_order(one, other, answer):
    assert ordered(operator.lt)(one, other) is answer
    if answer is not None and one == one:
        assert ordered(operator.gt)(other, one) is answer
        assert ordered(operator.ge)(one, other) is False


@pytest.mark.parametrize(
    ("item", "whole", "answer"),
    [
        (V4, NET, True),
        (ip_address("11.1.2.3"), NET, False),
        (V6, NET, False),
        (V6, ip_network("2001:db8::/32"), True),
        (ip_network("10.1.0.0/16"), NET, True),
        (ip_network("0.0.0.0/0"), NET, False),
        (ip_network("::/0"), NET, False),
        ("10.1.2.3", NET, None),
        ("el", "hello", True),
        (b"\xff", b"a\xff", True),
        ("", "", True),
        (EnumValue("a"), "a", None),
        (Count(5), Set([5]), True),
        (5.0, Set([Count(5)]), True),
        (5.5, Set([5.5]), True),
        (5.5, Set([Count(5)]), False),
        (2**63, Set([Count(2**63)]), True),
        (Count(2**64 - 1), Set([float(2**64)]), False),
        (inf, Set([inf]), True),
        (nan, Set([1.0]), False),
        (nan, Set([nan]), False),
        (True, Set([Count(1)]), False),
        ("a", Set(["a", "b"]), True),
        (V4, Set([NET]), True),
        (V4, Set([V4]), True),
        (V4, Set(["a"]), False),
        ((Count(1), "a"), Set([(Count(1), "a")]), True),
        ("k", Table({"k": 1}), True),
        (1, Table({Count(1): 1}), True),
        ("x", Table({"k": 1}), False),
        (5, (Count(5), "a"), True),
        ("b", (Count(5), "a"), False),
        (None, (None,), True),
        (None, Set([None]), True),
        (MISSING, (None,), None),
        (5, MISSING, None),
        (5, Count(5), None),
        (5, None, None),
    ],
)
def test_membership(item, whole, answer):
    assert contains(item, whole) is answer


@pytest.mark.parametrize(
    ("value", "size", "text", "lower"),
    [
        ("aB", 2, "aB", "ab"),
        ("ä", 2, "ä", "ä"),
        (b"\xff", 1, "\udcff", "\udcff"),
        ("", 0, "", ""),
        (EnumValue("A::b"), MISSING, "A::b", "a::b"),
        (EnumValue(b"\xff"), MISSING, "\udcff", "\udcff"),
        ((1, 2), 2, "(+1, +2)", MISSING),
        (Set([1]), 1, "{+1}", MISSING),
        (Table({1: 2}), 1, "{+1 -> +2}", MISSING),
        (-5, 5, "-5", MISSING),
        (Count(5), 5, "5", MISSING),
        (-2.5, 2.5, "-2.5", MISSING),
        (V4, MISSING, "10.1.2.3", MISSING),
        (None, MISSING, "nil", MISSING),
        (True, MISSING, "T", MISSING),
        (MISSING, MISSING, MISSING, MISSING),
    ],
)
def test_functions(value, size, text, lower):
    assert size_of(value) == size
    assert plain_text(value) == text
    assert lowered(value) == lower


def test_kinds_have_the_names_of_both_worlds():
    assert {kind.label for kind in Kind} == set(KIND_NAMES.values())
    assert kind_name(Count(5)) == "count"
    assert kind_name(None) == "none"
    assert kind_name(MISSING) is MISSING


@given(values(), values())
def test_all_values_can_be_asked(one, other):
    assert equals(one, other) in {True, False, None}
    assert equals(one, other) is equals(other, one)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert ordered(compare)(one, other) in {True, False, None}
    assert (contains(one, other) is not None) or not holds_things(other) or type(other) not in {tuple, Set, Table}
    for function in (size_of, kind_name, plain_text, lowered):
        function(one)


@given(values())
def test_a_value_equals_itself_unless_there_is_a_nan_in_it(value):
    if "nan" not in plain_text(value):
        assert equals(value, value) is True
        assert contains(value, (value,)) is True
        assert contains(value, Set([value])) is True
    assert type(text_of("x")) is str
