"""Types, as scripts would write them."""

from __future__ import annotations

from broker_core.declarations.types import (
    BASIC_TYPES,
    Basic,
    EnumType,
    Field,
    RecordType,
    SetType,
    Signature,
    TableType,
    Unknown,
    VectorType,
)

COUNT, ADDR = Basic("count"), Basic("addr")


def test_texts():
    inner = RecordType("", (Field("a", COUNT), Field("b", ADDR, optional=True)))
    assert str(inner) == "record { a: count; b: addr &optional; }"
    assert str(SetType((ADDR, COUNT))) == "set[addr, count]"
    assert str(TableType((ADDR,), VectorType(inner))) == f"table[addr] of vector of {inner}"
    assert [str(type_) for type_ in (SetType((ADDR,), "S"), TableType((ADDR,), COUNT, "T"), VectorType(ADDR, "V"))] == [
        "S",
        "T",
        "V",
    ]
    assert str(Basic("opaque", "opaque of sha1")) == "opaque of sha1"
    assert (str(EnumType("M::E")), str(EnumType(""))) == ("M::E", "enum")
    assert str(RecordType("M::R", inner.fields)) == "M::R"
    assert repr(Unknown("connection")) == "<Unknown connection>"
    assert repr(Field("a", COUNT)) == "<Field a: count>"
    assert "func" in BASIC_TYPES


def test_fields():
    assert [Field("a", COUNT, optional=o, default=d).may_be_unset for o in (True, False) for d in (True, False)] == [
        True,
        True,
        True,
        False,
    ]
    assert str(Field("", COUNT)) == "count"


def test_places():
    record = RecordType("R")
    assert record.place("a") is None
    record.fields = (Field("a", COUNT), Field("b", ADDR))
    assert (record.place("a"), record.place("b"), record.place("c")) == (0, 1, None)
    signature = Signature("M::e", (Field("", COUNT), Field("b", ADDR)))
    assert (signature.place("b"), signature.place("")) == (1, None)
    assert repr(signature) == "<Signature M::e(count, b: addr)>"


def test_what_is_not_known():
    record = RecordType("R")
    record.fields = (Field("again", VectorType(record)), Field("x", Unknown("X")))
    table = TableType((Unknown("K"), ADDR), SetType((Unknown("V"),)))
    signature = Signature("e", (Field("r", record), Field("t", table), Field("n", COUNT)))
    assert signature.unknown() == ["X", "K", "V"]
    assert Signature("e", (Field("n", EnumType("E")),)).unknown() == []
