"""Names of scripts, found as Zeek finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.declarations import DeclarationError, EnumType, RecordType, SetType, Unknown, VectorType
from broker_core.declarations.grammar import MAX_NESTING
from broker_core.declarations.parsing import parse_script, parse_signature
from broker_core.declarations.resolving import Resolver
from zeek_types import SCRIPTS


def resolve(*texts: str) -> Resolver:
    return Resolver([statement for text in texts for statement in parse_script(text)])


def parameter(known: Resolver, event: str, at: int = 0):
    return known.events[event].parameters[at].type


def fields(known: Resolver, name: str) -> list[str]:
    return [str(field) for field in known.records[name].fields]


def test_own_names_come_before_global_ones():
    known = resolve(
        "type T: record { g: count; }; type Only: count;",
        "module M; type T: record { m: count; }; global e: event(a: T, b: GLOBAL::T, c: N::T, d: Only, f: M::T);",
    )
    names = [str(field) for field in known.events["M::e"].parameters]
    assert names == ["a: M::T", "b: T", "c: N::T", "d: count", "f: M::T"]
    assert isinstance(parameter(known, "M::e", 2), Unknown)


def test_the_order_of_texts_does_not_matter():
    known = resolve("module A; global e: event(t: B::T);", "module B; type T: set[addr];")
    assert isinstance(parameter(known, "A::e"), SetType)
    assert str(known.events["A::e"]) == "A::e(t: B::T)"


def test_fields_are_added_in_order_and_once():
    file = "module M; type T: record { a: count; }; redef record T += { b: int &optional; c: int; };"
    addition = "redef record M::T += { d: string; }; redef record M::T += { a: addr; b: addr; };"
    known = resolve(file, addition, file)
    assert fields(known, "M::T") == ["a: count", "b: int &optional", "c: int", "d: string"]


def test_what_is_added_is_resolved_where_it_is_added():
    known = resolve(
        "module M; type T: record { a: X; }; type X: count;",
        "module N; type X: string; redef record M::T += { b: X; };",
    )
    assert fields(known, "M::T") == ["a: count", "b: string"]


def test_additions_to_what_nobody_declares():
    known = resolve(
        "module S; redef record Conn::Info += { x: count; }; redef enum Notice::Type += { Sweep };"
        "global e: event(i: Conn::Info, t: Notice::Type, u: Weird::Type);"
    )
    assert isinstance(parameter(known, "S::e"), Unknown)
    kinds = parameter(known, "S::e", 1)
    assert isinstance(kinds, EnumType)
    assert (kinds.is_open, list(kinds.values)) == (True, ["S::Sweep"])
    assert isinstance(parameter(known, "S::e", 2), Unknown)
    assert known.events["S::e"].unknown() == ["Conn::Info", "Weird::Type"]


def test_enums():
    known = resolve(
        "module M; export { type C: enum { RED, Other::BLUE }; }",
        "module N; redef enum M::C += { GREEN = 5 }; global e: event(c: enum { X });",
    )
    assert list(known.enums["M::C"].values) == ["M::RED", "Other::BLUE", "N::GREEN"]
    assert not known.enums["M::C"].is_open
    assert list(parameter(known, "N::e").values) == ["N::X"]
    assert list(known.enums["transport_proto"].values) == ["unknown_transport", "tcp", "udp", "icmp"]


def test_names_that_every_script_has():
    known = resolve("global e: event(v: string_vec, s: addr_set, t: table_string_of_count);")
    assert isinstance(parameter(known, "e"), VectorType)
    assert str(known.events["e"]) == "e(v: string_vec, s: addr_set, t: table_string_of_count)"
    assert known.events["e"].unknown() == []


def test_handlers_do_not_override_declarations():
    known = resolve(
        "module M; event e(a: count) { } event later(a: addr) { } event glob(a: int) { } event N::x() { }",
        "module M; global e: event(a: count, b: string); module GLOBAL; global glob: event(a: int, b: int);",
        "event M::later(other: string) { }",
    )
    assert list(map(str, known.events.values())) == [
        "M::e(a: count, b: string)",
        "glob(a: int, b: int)",
        "M::later(a: addr)",
        "N::x()",
    ]


def test_the_first_declaration_counts():
    known = resolve(
        "global e: event(a: count); type T: count;", "global e: event(); type T: string; global f: event(t: T);"
    )
    assert str(known.events["e"]) == "e(a: count)"
    assert str(parameter(known, "f")) == "count"


def test_records_may_refer_to_themselves():
    known = resolve("type A: record { b: B &optional; all: set[A]; }; type B: record { a: A &optional; };")
    first, second = known.records["A"], known.records["B"]
    assert first.fields[0].type is second
    assert second.fields[0].type is first
    assert str(first.fields[1]) == "all: set[A]"


def test_an_alias_of_a_record_is_the_record():
    known = resolve("type A: record { x: count; }; type B: A; type C: vector of B; global e: event(b: B, c: C);")
    assert parameter(known, "e") is known.records["A"]
    assert parameter(known, "e", 1).element is known.records["A"]
    assert isinstance(known.records["B"], RecordType)


@pytest.mark.parametrize(
    "text", ["type A: A;", "type A: B; type B: A;", "type A: set[A];", "type A: table[B] of A; type B: A;"]
)
def test_aliases_that_lead_back_to_themselves_end(text):
    known = resolve(text, "global e: event(a: A);")
    assert known.events["e"].unknown()
    assert str(known.events["e"])


def test_signatures_have_to_know_their_types():
    with pytest.raises(DeclarationError) as caught:
        Resolver([parse_signature("e(a: conut)", "--sig")])
    assert str(caught.value) == "--sig, column 6: unknown type 'conut'; did you mean count?"
    assert "--event-file declares types" in caught.value.hint
    known = Resolver([parse_signature("e(a: M::T)", "--sig"), *parse_script("module M; type T: set[connection];")])
    assert known.events["e"].unknown() == ["connection"]


def chain(links: int) -> str:
    return "".join(f"type A{at}: set[A{at + 1}];" for at in range(links))


def test_nesting_by_names_is_bounded():
    resolve(chain(MAX_NESTING // 2 - 1))
    with pytest.raises(DeclarationError, match=f"types nested deeper than {MAX_NESTING} levels"):
        resolve(chain(100_000 // 2))


def test_long_chains_of_records_are_no_nesting():
    text = "".join(f"type R{at}: record {{ next: R{at + 1} &optional; }};" for at in range(5000))
    assert len(resolve(text).records) == 5000


def test_aliases_that_double_cost_no_more():
    text = "".join(f"type A{at}: table[A{at + 1}] of A{at + 1};" for at in range(30))
    known = resolve(text, "type A30: count; global e: event(a: A0);")
    assert str(known.events["e"]) == "e(a: A0)"
    assert known.events["e"].unknown() == []


@given(
    st.lists(
        st.sampled_from(
            [
                "type A: B;",
                "type B: set[C];",
                "type C: record { a: A; };",
                "redef record C += { b: B; };",
                "redef enum A += { X };",
                "type A: enum { Y };",
                "module M;",
                "global e: event(a: A, b: B, c: C);",
                "type B: table[B, A] of C;",
                "event e(c: C) { }",
                "redef record A += { z: M::C; };",
            ]
        )
    )
)
def test_any_declarations_are_resolved(texts):
    known = resolve("".join(texts))
    for signature in known.events.values():
        assert str(signature)
        signature.unknown()


def test_scripts():
    known = resolve(*SCRIPTS.values())
    assert str(known.events["Sweep::seen"]) == (
        "Sweep::seen(sensor: string, what: Sweep::Sighting, tags: table[string] of count)"
    )
    assert str(known.events["Sweep::withdrawn"]) == (
        "Sweep::withdrawn(sensor: string, source: addr &optional, why: Notice::Type)"
    )
    assert fields(known, "Sweep::Sighting")[-2:] == ["analyst: string &optional", "score: int"]
    assert fields(known, "Hosts::Host") == [
        "address: addr",
        "owner: Hosts::Owner &optional",
        "services: vector of record { p: port; name: string; }",
        "parent: Hosts::Host &optional",
        "extra: connection &optional",
        "plain: bool",
    ]
    assert list(known.events) == [
        "Sweep::seen",
        "Sweep::withdrawn",
        "Hosts::learned",
        "Hosts::forgotten",
        "Hosts::replaced",
        "reload",
        "Sweep::zeek_done",
        "Hosts::from_handler",
    ]
