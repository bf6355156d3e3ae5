"""Names of arguments and fields, from declarations."""

from __future__ import annotations

import pytest

from broker_cli.selecting.naming import Field, Naming, naming_of
from broker_core.declarations import DeclarationError, Declarations

SCRIPT = """
type Id: record { orig_h: addr; orig_p: port; };
type Node: record { name: string; next: Node &optional; };
type Conn: record { uid: string; id: Id; more: vector of Id; by_name: table[string] of Id; };
global seen: event(c: Conn, msg: string);
global chain: event(n: Node, ids: set[Id]);
"""


@pytest.fixture(scope="module")
def naming() -> Naming:
    return Naming(Declarations.parse(SCRIPT, "x.zeek"))


def test_names(naming):
    assert naming.arguments == {"c", "msg", "n", "ids"}
    assert naming.names - naming.arguments == {"uid", "id", "more", "by_name", "orig_h", "orig_p", "name", "next"}


@pytest.mark.parametrize(
    ("event", "steps", "found"),
    [
        ("seen", [Field("msg")], (1,)),
        ("seen", [Field("c"), Field("id"), Field("orig_p")], (0, 1, 1)),
        ("seen", [0, Field("uid")], (0, 0)),
        ("seen", [-2, Field("uid")], (-2, 0)),
        ("seen", [Field("c"), Field("more"), 7, Field("orig_h")], (0, 2, 7, 0)),
        ("seen", [Field("c"), Field("by_name"), "k", Field("orig_h")], (0, 3, "k", 0)),
        ("seen", [Field("c"), 1, Field("orig_h")], (0, 1, 0)),
        ("chain", [Field("n"), Field("next"), Field("next"), Field("name")], (0, 1, 1, 0)),
        ("seen", [Field("n")], None),
        ("seen", [Field("msg"), Field("uid")], None),
        ("seen", [9, Field("uid")], None),
        ("seen", ["x", Field("uid")], None),
        ("seen", [Field("c"), Field("orig_h")], None),
        ("seen", [Field("msg"), 5, Field("uid")], None),
        ("other", [Field("c")], None),
    ],
)
def test_ways(naming, event, steps, found):
    assert naming.indexes(event, steps) == found


def test_nothing_is_known_without_declarations():
    assert naming_of(None) is None
    assert naming_of(Declarations.signature("ping(msg: string)")).arguments == {"msg"}


def test_what_is_missing_in_declarations_is_told():
    with pytest.raises(DeclarationError):
        naming_of(Declarations.signature("ping(msg: Nowhere::Kind)"))
