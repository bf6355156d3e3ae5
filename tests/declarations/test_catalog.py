"""Declarations together."""

from __future__ import annotations

import pytest

from broker_core.declarations import DeclarationError, Declarations


def test_nothing_is_declared():
    nothing = Declarations()
    assert (dict(nothing.events), dict(nothing.records), nothing.event("e")) == ({}, {}, None)
    assert list(nothing.enums) == ["transport_proto"]


def test_texts_come_together():
    known = (
        Declarations.signature("e(a: M::T)", "--sig")
        .merge(Declarations.of_types("f", "string,M::T", "--types"))
        .merge(Declarations.parse("module M; type T: set[C]; type C: enum { X };", "m.zeek"))
    )
    assert [str(signature) for signature in known.events.values()] == ["e(a: M::T)", "f(string, M::T)"]
    assert list(known.enums) == ["M::C", "transport_proto"]
    assert known.event("e") is known.events["e"]


def test_earlier_ones_count():
    first, second = Declarations.signature("e(a: count)"), Declarations.signature("e(a: string)")
    assert str(first.merge(second).event("e")) == "e(a: count)"
    assert str(second.merge(first).event("e")) == "e(a: string)"


def test_types_are_looked_for_when_they_are_asked_for():
    alone = Declarations.signature("e(a: T)", "--sig")
    with pytest.raises(DeclarationError, match="unknown type 'T'"):
        alone.event("e")
    assert alone.merge(Declarations.parse("type T: count;")).event("e") is not None


def test_whether_they_are_complete():
    parts = [Declarations(complete=False), Declarations(complete=True)]
    assert not parts[0].merge(parts[0]).complete
    assert parts[0].merge(parts[1]).complete
    assert parts[1].merge(parts[0]).complete
