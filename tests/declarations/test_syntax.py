"""What stands between the grammar and the types."""

from __future__ import annotations

from broker_core.declarations.lexing import Place
from broker_core.declarations.syntax import GLOBAL, EventDeclaration, Reference, full_name


def test_references_and_statements():
    reference = Reference("T", "M", Place(1, 2))
    assert (str(reference), reference.module, reference.place.column) == ("T", "M", 2)
    event = EventDeclaration("e", GLOBAL, (), Place(1, 1), "x")
    assert not event.is_handler
    assert not event.is_closed


def test_names():
    assert full_name("a", "GLOBAL") == "a"
    assert full_name("a", "M") == "M::a"
    assert full_name("N::a", "M") == "N::a"
    assert full_name("GLOBAL::a", "M") == "a"
