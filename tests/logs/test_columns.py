"""Column types by name, and what cells of them are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError, InvalidValue
from broker_core.logs.columns import LOG_TYPES, column_of, nanoseconds, problem_with, quoted, value_maker
from broker_core.messages.zeek_logs import LogField
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, Set, Timespan, Timestamp
from log_samples import CELLS


@pytest.mark.parametrize("kind", [*LOG_TYPES, *(f"{outer}[{one}]" for outer in ("set", "vector") for one in LOG_TYPES)])
def test_every_type_has_a_name_and_back(kind):
    column = column_of("x", kind)
    assert (column.name, column.type_name) == ("x", kind)


@pytest.mark.parametrize(
    "kind", ["", "any", "pattern", "set", "vector", "set[]", "set[any]", "set[set[count]]", "Count", "count "]
)
def test_other_types_cannot_be_logged(kind):
    with pytest.raises(DecodeError, match=r"column x has the type .*, which no log has \(bool, int, .*\)"):
        column_of("x", kind)


def test_a_name_that_no_column_can_have():
    with pytest.raises(DecodeError, match="column"):
        column_of("\ud800", "count")


@pytest.mark.parametrize("kind", CELLS)
def test_cells_that_fit(kind):
    assert problem_with(column_of("x", kind), CELLS[kind]) == ""
    assert problem_with(column_of("x", kind), None) == ""
    assert "the log says" in problem_with(column_of("x", kind), object())


@pytest.mark.parametrize(
    ("kind", "cell", "problem"),
    [
        ("count", 5, "holds a int, and the log says count"),
        ("int", Count(5), "holds a Count, and the log says int"),
        ("time", 1e300, "holds 1e+300 seconds, which is no time"),
        ("interval", float("nan"), "holds nan seconds, which is no interval"),
        ("set[count]", [Count(1)], "holds a list, and the log says set[count]"),
        ("set[count]", (1,), "has an element that holds a int, and the log says count"),
        ("set[string]", ("a", None), "is a set with an element that is not set"),
        ("set[double]", (float("nan"), 1.0), "NaN and another real in one set"),
        ("vector[time]", (None, float("inf")), "has an element that holds inf seconds"),
    ],
)
def test_cells_that_do_not_fit(kind, cell, problem):
    assert problem in problem_with(column_of("x", kind), cell)


def test_a_type_of_a_later_zeek_holds_nothing():
    assert problem_with(LogField("x", 99), 1) == "holds a int, and the log says type-99"
    assert problem_with(LogField("x", ZeekType.TABLE, 99), ()) == ""


def test_values_of_cells():
    assert value_maker(column_of("x", "time"))(1300475167.096535) == Timestamp(1_300_475_167_096_535_000)
    assert value_maker(column_of("x", "interval"))(3.0587968826293945) == Timespan(3_058_796_883)
    assert value_maker(column_of("x", "set[interval]"))((1.5, Timespan(1), 1.5)) == Set(
        [Timespan(1), Timespan(1_500_000_000)]
    )
    assert value_maker(column_of("x", "vector[time]"))((None, 1.0)) == (None, Timestamp(1_000_000_000))
    assert value_maker(column_of("x", "vector[string]"))(("b", "a")) == ("b", "a")
    assert value_maker(column_of("x", "string"))("b") == "b"


@pytest.mark.parametrize(
    ("seconds", "ns"),
    [
        ("1300475167.096535", 1_300_475_167_096_535_000),
        (1300475167.096535, 1_300_475_167_096_535_000),
        (0.1, 100_000_000),
        ("-0.0000000015", -2),
        ("0.0000000005", 0),
        ("1e-400", 0),
        (5e-324, 0),
        ("12345678901", 12_345_678_901_000_000_000),
    ],
)
def test_nanoseconds(seconds, ns):
    assert nanoseconds(seconds) == ns


@pytest.mark.parametrize("seconds", ["1e11", float("inf"), float("nan"), "9" * 300])
def test_seconds_without_bounds(seconds):
    with pytest.raises(InvalidValue, match="do not fit"):
        nanoseconds(seconds)


@given(st.integers(-(10**18), 10**18))
def test_nanoseconds_are_exact(ns):
    assert nanoseconds(str(Decimal(ns).scaleb(-9))) == ns


def test_quoted_text_is_short_and_harmless():
    assert quoted("a\x1b") == "'a\\x1b'"
    assert quoted("grün") == "'gr\\xfcn'"
    assert quoted("x" * 100) == "'" + "x" * 40 + "...'"
