"""Schemas: columns, and how they fold into inner records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.logs import LogSchema
from broker_core.logs.known import known_schema
from broker_core.messages.zeek_logs import LogCreate, LogField
from log_samples import NAMES, schema_of


def schema(*names: str) -> LogSchema:
    return LogSchema.from_header("x", names, ["count"] * len(names))


@pytest.mark.parametrize(
    ("names", "tree"),
    [
        (["a"], (0,)),
        (["a", "b"], (0, 1)),
        (["a", "id.x", "id.y", "b"], (0, (1, 2), 3)),
        (["id.x", "b", "id.y"], ((0,), 1, (2,))),
        (["r.a", "r.s.x", "r.s.y", "r.b", "c"], ((0, (1, 2), 3), 4)),
        (["a.b.c.d"], ((((0,),),),)),
        (["a.b", "a.b.c"], ((0, (1,)),)),
        (["id", "id.x"], (0, (1,))),
        (["a.", "a.b", ".c"], ((0, 1), (2,))),
    ],
)
def test_columns_of_inner_records_are_put_together(names, tree):
    assert schema(*names).tree == tree


def test_inner_records_by_name():
    found = schema("ts", "r.a", "r.s.x", "r.s.y", "q.x")
    assert found.group("r") == (1, (2, 3))
    assert found.group("r.s") == (2, 3)
    assert found.group("q") == (4,)
    assert found.group("ts") == ()
    assert found.group("r.a") == ()
    assert found.group("") == ()


@given(st.lists(st.text("ab.", max_size=40), max_size=12, unique=True))
def test_every_column_has_its_place(names):
    def leaves(tree):
        for part in tree:
            if isinstance(part, tuple):
                assert part
                yield from leaves(part)
            else:
                yield part

    assert list(leaves(schema(*names).tree)) == list(range(len(names)))


def test_names_of_any_depth_do_no_harm():
    deep = schema(".".join(["a"] * 5000), ".".join(["a"] * 5000) + "x")
    assert deep.tree
    assert deep.group("a")


def test_from_a_log_create():
    create = LogCreate("Rec::LOG", "Log::WRITER_ASCII", "rec", [LogField("ts", 5), LogField("s", 14, 7)])
    found = LogSchema.from_create(create)
    assert (found.path, found.stream, found.writer) == ("rec", "Rec::LOG", "Log::WRITER_ASCII")
    assert found.types == (("ts", "time"), ("s", "set[string]"))
    assert found.time_column == 0


def test_equality_is_of_path_and_columns():
    one = schema_of("count", "string")
    same = LogSchema("rec", one.columns, "Rec::LOG", "w", whole=False)
    assert one == same
    assert hash(one) == hash(same)
    assert one != schema_of("count", "count")
    assert one != schema_of("count", "string", path="other")
    assert one != "rec"
    assert repr(one) == "LogSchema('rec', a: count, b: string)"


def test_two_columns_of_one_name():
    with pytest.raises(DecodeError, match="two columns are called 'a'"):
        schema("a", "b", "a")


@pytest.mark.parametrize(
    ("names", "types", "at"),
    [
        (["ts", "t"], ["time", "time"], 0),
        (["t", "ts"], ["time", "time"], 1),
        (["ts", "t"], ["count", "time"], 1),
        (["ts"], ["count"], None),
    ],
)
def test_the_column_that_says_when(names, types, at):
    assert LogSchema.from_header("x", names, types).time_column == at


@pytest.mark.parametrize("name", NAMES)
def test_logs_of_zeek_have_a_time(name):
    assert known_schema(name).time_column == 0
