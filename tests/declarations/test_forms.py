"""Forms of values that several readers take."""

from __future__ import annotations

import pytest

from broker_core.declarations import MisfitError, read_argument
from broker_core.declarations.forms import distinct, enum_value, misfit, pattern_value, verbatim
from broker_core.errors import DecodeError
from broker_core.model import EnumValue, Set
from zeek_types import type_of

SCAN = "module Scan; type Color: enum { RED, GREEN, BLUE }; redef enum Notice::Type += { Sweep };"


def test_a_name_that_two_modules_have_is_no_answer():
    script = "module A; type X: enum { A1 }; redef enum X += { B::Q, C::Q };"
    with pytest.raises(MisfitError, match="'Q' could be B::Q or C::Q"):
        read_argument("Q", type_of("A::X", script))


def test_enum_values_by_name():
    colours = type_of("Scan::Color", SCAN)
    assert enum_value("RED", colours) == EnumValue("Scan::RED")
    with pytest.raises(MisfitError):
        enum_value("GLOBAL::RED", colours)


@pytest.mark.parametrize("source", ["", "/", "a", "/a/x", "/a/is", "a/b/"])
def test_what_is_no_pattern(source):
    with pytest.raises(MisfitError, match="is no pattern"):
        pattern_value(source)


def test_elements_that_are_given_twice():
    assert distinct(Set.from_distinct, [True]) == Set([True])
    with pytest.raises(MisfitError):
        distinct(Set.from_distinct, [True, True])


def test_values_of_an_enum_that_was_only_added_to():
    kinds = type_of("Notice::Type", SCAN)
    assert enum_value("Sweep", kinds) == EnumValue("Scan::Sweep")
    assert enum_value("Other::Kind", kinds) == EnumValue("Other::Kind")
    for name in ("Other::", "a b::c", "A::\udcff", "Kind"):
        with pytest.raises(MisfitError, match="is no known value of enum Notice::Type"):
            enum_value(name, kinds)


def test_patterns():
    assert pattern_value("/a/") == ("^?(a)$?", "^?(.|\\n)*(a)")
    assert pattern_value("/\udcff/s") == (b"(?s:^?(\xff)$?)", b"(?s:^?(.|\\n)*(\xff))")


def test_texts_as_they_are():
    assert verbatim("count:5") == "count:5"
    assert verbatim("\udcff") == b"\xff"
    with pytest.raises(MisfitError, match="lone surrogate"):
        verbatim("\ud800")


def test_errors_of_other_readers():
    mine = MisfitError("bad")
    assert misfit(mine) is mine
    assert str(misfit(DecodeError("bad", 5))) == "bad"
