"""The grammar of types: its bounds, and what it makes of later versions. What it reads is in test_parsing.py."""

from __future__ import annotations

import pytest

from broker_core.declarations.grammar import MAX_DECLARATIONS, MAX_NESTING, TypeGrammar
from broker_core.declarations.parsing import parse_script, parse_types
from broker_core.declarations.problems import DeclarationError


def test_attributes_of_later_zeeks_are_no_mistake():
    (statement,) = parse_script("type T: record { a: count &brand_new=5 &optional; };")
    assert str(statement.type) == "record { a: count &optional; }"


def test_one_type():
    grammar = TypeGrammar("table[addr] of set[string] rest")
    assert str(grammar.type()) == "table[addr] of set[string]"
    with pytest.raises(DeclarationError, match="'rest' is left over"):
        grammar.end()


def test_nesting_is_bounded():
    deepest = "vector of " * (MAX_NESTING - 1) + "count"
    parse_types(deepest)
    with pytest.raises(DeclarationError, match=f"types nested deeper than {MAX_NESTING} levels"):
        parse_types(f"vector of {deepest}")
    inline = "record { a: " * (MAX_NESTING - 1) + "count" + "; }" * (MAX_NESTING - 1)
    parse_types(inline)
    with pytest.raises(DeclarationError, match="nested deeper"):
        parse_types(f"record {{ a: {inline}; }}")
    with pytest.raises(DeclarationError, match="nested deeper"):
        parse_types("function(a: " * 10_000)


def test_the_number_of_declarations_is_bounded():
    most = "type T: enum { " + "".join(f"A{at}," for at in range(MAX_DECLARATIONS - 1))
    assert len(parse_script(most + "};")) == 1
    with pytest.raises(DeclarationError, match=f"more than {MAX_DECLARATIONS} declarations"):
        parse_script(most + "B};")
