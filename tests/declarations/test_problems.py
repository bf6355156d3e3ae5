"""What is wrong, and where."""

from __future__ import annotations

import pickle

import pytest

from broker_core.declarations.problems import DeclarationError, MisfitError, choices, meant, within
from broker_core.errors import BrokerError, InvalidValue


def test_the_place_in_a_text():
    assert str(DeclarationError("bad", 12, 8, "x.zeek")) == "x.zeek:12:8: bad"
    assert str(DeclarationError("bad", 1, 8, "--sig")) == "--sig, column 8: bad"
    assert str(DeclarationError("bad", 2, 8, "--sig")) == "--sig:2:8: bad"
    error = DeclarationError("bad", 2, 8, "x", "try good")
    assert isinstance(error, BrokerError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert error.hint == "try good"


def test_the_way_into_a_value():
    error = within(within(MisfitError("bad"), "element 3"), "argument 1 of e")
    assert isinstance(error, InvalidValue)
    assert str(error) == "argument 1 of e, element 3: bad"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("name", "known", "question"),
    [
        ("ping", ["M::ping", "pong"], "; did you mean M::ping?"),
        ("Foo::ping", ["M::ping"], "; did you mean M::ping?"),
        ("srk", ["src", "dst"], "; did you mean src?"),
        ("x", ["alpha"], ""),
        ("x", [], ""),
    ],
)
def test_what_may_be_meant(name, known, question):
    assert meant(name, known) == question


def test_few_names_are_told():
    assert choices("x", ["alpha", "beta"]) == " (there are alpha, beta)"
    assert choices("alhpa", ["alpha", "beta"]) == "; did you mean alpha?"
    assert choices("x", []) == ""
    assert choices("x", [f"name{at}" for at in range(8)]).endswith("name7)")
    assert choices("x", [f"name{at}" for at in range(9)]) == ""


def test_a_long_list_is_not_looked_through():
    assert meant("b7000", (f"a{at}" for at in range(10_000))) == "; did you mean a700?"
    assert meant("x::last", [*(f"a{at}" for at in range(10_000)), "last"]) == ""
