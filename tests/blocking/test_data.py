"""Data and its containers; rows without a remark are what the C++ bindings 1.4.0 gave."""

from __future__ import annotations

import datetime as dt
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.blocking.conversion import FrozenDict
from broker_core.blocking.data import Data, ImmutableData, Set, Table, Vector
from broker_core.blocking.values import Address, Enum, Port, Subnet, Timespan, Timestamp, WrongType
from broker_core.blocking.zeek import Event
from broker_core.errors import InvalidValue
from broker_core.model import Count, containers, sort_key
from strategies import values

T = Data.Type
ADDRESS = Address(b"\1\2\3\4", 4)


# -- data ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "kind", "text"),
    [
        (None, T.Nil, "nil"),
        (True, T.Boolean, "T"),
        (1, T.Integer, "1"),
        (Count(1), T.Count, "1"),
        (1.5, T.Real, "1.500000"),
        (1e30, T.Real, "1000000000000000019884624838656.000000"),
        ("a\nb", T.String, "a\nb"),
        (b"x", T.String, "x"),
        (b"\xff", T.String, r"\xff"),  # the bindings raise UnicodeDecodeError
        (IPv4Address("1.2.3.4"), T.Address, "1.2.3.4"),
        (ADDRESS, T.Address, "1.2.3.4"),
        (IPv4Network("1.2.3.0/24"), T.Subnet, "1.2.3.0/24"),
        (Subnet(ADDRESS, 8), T.Subnet, "1.0.0.0/8"),
        (Port(1, Port.TCP), T.Port, "1/tcp"),
        (Timestamp(1.0), T.Timestamp, "1000000000ns"),
        (dt.datetime(2020, 1, 1, tzinfo=dt.UTC), T.Timestamp, "1577836800000000000ns"),
        (Timespan(1.0), T.Timespan, "1000000000ns"),
        (dt.timedelta(days=-1), T.Timespan, "-86400000000000ns"),
        (Enum("x"), T.EnumValue, "x"),
        ({1, 2, "a"}, T.Set, "{1, 2, a}"),
        (Set(), T.Set, "{}"),
        ({1: "a", "b": None}, T.Table, "{1 -> a, b -> nil}"),
        (Table(), T.Table, "{}"),
        ([1, [2.5, True]], T.Vector, "(1, (2.500000, T))"),
        ((), T.Vector, "()"),
        (Vector(), T.Vector, "()"),
        (Data([1]), T.Vector, "(1)"),
        (Event("a", 1), T.Vector, "(1, 1, (a, (1)))"),
    ],
    ids=repr,
)
def test_types_and_texts(thing, kind, text):
    data = Data(thing)
    assert data.get_type() is kind
    assert str(data) == text
    assert repr(data) == f"Data({text})"
    assert Data.from_py(thing) == data
    assert Data(data) == data


def test_without_anything_it_is_nil():
    assert Data() == Data(None)


def test_the_types():
    assert [int(Data.Type[name]) for name in ("Address", "Nil", "Vector")] == [0, 5, 14]
    assert getattr(T, "None") is T.Nil
    assert (str(T.Count), repr(T.Count), T.Count.name, T.Count == 2) == (
        "Type.Count",
        "<Type.Count: 2>",
        "Count",
        False,
    )


def test_what_is_no_data():
    with pytest.raises(TypeError, match="object is no Broker type"):
        Data(object())
    with pytest.raises(InvalidValue, match="use Count"):  # true in the bindings
        Data(2**63)


@pytest.mark.parametrize(
    ("thing", "read", "result"),
    [
        (None, Data.as_none, None),  # the bindings cannot return it
        (True, Data.as_boolean, True),
        (Count(5), Data.as_count, 5),
        (5, Data.as_integer, 5),
        (1.5, Data.as_real, 1.5),
        ("\xe9", Data.as_string, b"\xc3\xa9"),
        (b"\xff", Data.as_string, b"\xff"),
        (IPv4Address("1.2.3.4"), Data.as_address, ADDRESS),
        (IPv4Network("1.2.0.0/16"), Data.as_subnet, Subnet(ADDRESS, 16)),
        (Port(1, Port.TCP), Data.as_port, Port(1, Port.TCP)),
        (Enum("x"), Data.as_enum_value, Enum("x")),
        (Timespan(1), Data.as_timespan, 1e-9),
        (Timestamp(1.5), Data.as_timestamp, 1.5),
        ({1}, Data.as_set, Set([1])),
        ([1], Data.as_vector, Vector([1])),
    ],
    ids=repr,
)
def test_reading(thing, read, result):
    found = read(Data(thing))
    assert found == result
    assert type(found) is type(result)
    with pytest.raises(WrongType, match=r"the data is of type \S+, not "):  # a crash, or any value, in the bindings
        read(Data([] if thing is None or not isinstance(thing, list) else None))


def test_reading_a_table():
    table = Data({1: "a"}).as_table()
    assert table[1] == Data("a")
    with pytest.raises(WrongType, match="the data is of type set, not table"):
        Data({1}).as_table()


def test_reading_gives_copies():
    data = Data([{1}, {1: 2}, [1]])
    one, two, three = data.as_vector()
    one, two, three = one.as_set(), two.as_table(), three.as_vector()
    one.add(2)
    two[5] = 2
    three.append(2)
    assert str(data) == "({1}, {1 -> 2}, (1))"
    copied = Data(one)
    one.add(3)
    assert copied == Data({1, 2})


def test_to_py():
    assert Data.to_py(Data([1, {Count(2)}])) == (1, {Count(2)})
    assert Data.to_py(Data(timestamp := dt.datetime(2020, 1, 1, tzinfo=dt.UTC))) == timestamp
    for to_py in (Data.to_py, ImmutableData.to_py):
        with pytest.raises(TypeError, match=r"to_py\(\) takes Data, not int"):
            to_py(5)


def test_to_py_of_immutable_data():
    thing = ImmutableData.to_py(Data([{1}, {"a": [{2}]}]))
    assert thing == (frozenset([1]), {"a": (frozenset([2]),)})
    assert [type(part) for part in thing] == [frozenset, FrozenDict]
    assert isinstance(ImmutableData([1]), Data)


@given(st.lists(values(max_leaves=3), max_size=5))
def test_order_equality_and_hash(things):
    data = [Data(thing) for thing in things]
    assert [item.to_broker() for item in sorted(data)] == sorted(things, key=sort_key)
    for one, thing in zip(data, things, strict=True):
        assert one == Data(thing)
        assert hash(one) == hash(Data(thing))


@pytest.mark.parametrize("other", [Data(True), Data(1.0), Data(Count(1)), 1])
def test_values_of_other_types_differ(other):
    assert Data(1) != other


# -- set ----------------------------------------------------------------------------------------------------------


def test_sets():
    items = Set([Data("b"), Data(2), Data(True), Data(2)])
    assert repr(items) == str(items) == "Set{T, 2, b}"
    assert list(items) == [Data(True), Data(2), Data("b")]
    assert (len(items), bool(items), bool(Set())) == (3, True, False)
    items.add(Data("a"))
    items.remove(Data(True))
    items.remove(Data("never there"))
    assert Data("a") in items
    assert Data(True) not in items
    assert items == Set(items) == Set(["a", "b", 2])
    assert items != Set()
    assert items != {"a", "b", 2}
    assert items.to_broker() == containers.Set(["a", "b", 2])
    items.clear()
    assert not items


def test_sets_take_plain_python():
    items = Set([1, Count(1), 1.0, True, None, (1, 2), IPv4Address("1.2.3.4")])
    assert len(items) == 7
    assert 1 in items
    assert [1, 2] in items
    assert "x" not in items
    assert object() not in items
    items.discard(1)
    assert 1 not in items
    assert Count(1) in items
    assert items | {5} == Set([*items, 5])
    with pytest.raises(WrongType):
        items.add(object())
    with pytest.raises(TypeError, match="not iterable"):
        Set(5)


def test_containers_cannot_be_hashed():
    for container in (Set(), Table(), Vector()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(container)


# -- table --------------------------------------------------------------------------------------------------------


def test_tables():
    table = Table()
    assert repr(table) == "Table{}"
    table[Data("b")] = Data([1])
    table[Data(1)] = Data(2)
    assert repr(table) == str(table) == "Table{1: 2, b: (1)}"
    assert table[Data("b")] == Data([1])
    assert list(table) == list(table.keys()) == [Data(1), Data("b")]
    assert list(table.values()) == [Data(2), Data([1])]
    assert list(table.items()) == [(Data(1), Data(2)), (Data("b"), Data([1]))]
    assert (len(table), bool(table), bool(Table())) == (2, True, False)
    assert Data(1) in table
    assert Data(1) in table.keys()  # noqa: SIM118 - the keys are what is looked at
    assert Data(2) not in table
    assert table.to_broker() == containers.Table({1: 2, "b": (1,)})
    del table[Data(1)]
    assert Data(1) not in table
    for key in (Data(77), object()):
        with pytest.raises(KeyError):
            table[key]
        with pytest.raises(KeyError):
            del table[key]


def test_tables_take_plain_python():
    table = Table()
    table[[1]] = {2}
    table.update({1: "a", "b": None})
    assert 1 in table
    assert True not in table
    assert object() not in table
    assert (table.get([1]), table.get(7), table.pop("b")) == (Data({2}), None, Data(None))
    with pytest.raises(WrongType):
        table[object()] = 1
    with pytest.raises(WrongType):
        table[1] = object()


def test_equal_tables():
    one, other = Table(), Table()
    one[1] = other[1] = 2
    assert one == other  # never in the bindings
    other[1] = 2.0
    assert one != other
    assert one != {1: 2}


# -- vector -------------------------------------------------------------------------------------------------------


def test_vectors():
    items = Vector([Data("a"), Data(None), Data(1.5), Data({1: [2]})])
    assert repr(items) == str(items) == "Vector[a, nil, 1.500000, {1 -> (2)}]"
    assert (items[0], items[-1]) == (Data("a"), Data({1: [2]}))
    assert items[1:3] == Vector([None, 1.5])
    assert items[::-1] == Vector(reversed(items))
    assert (len(items), bool(items), bool(Vector())) == (4, True, False)
    assert Data(None) in items
    assert Data(1) not in items
    assert items == Vector(items)
    assert items != Vector()
    assert items != ["a", None, 1.5, {1: [2]}]
    assert items.to_broker() == ("a", None, 1.5, containers.Table({1: (2,)}))


def test_changing_a_vector():
    items = Vector([1, 2, 3])
    items[0] = Data("z")
    items.insert(-1, Data("y"))
    items.append(Data(2))
    items.extend(Vector([4]))
    items.extend([5])
    assert str(items) == "Vector[z, 2, y, 3, 2, 4, 5]"
    assert items.count(Data(2)) == 2
    items.remove(Data(2))
    assert (items.pop(), items.pop(0)) == (Data(5), Data("z"))
    assert str(items) == "Vector[y, 3, 2, 4]"
    items[0:2] = Vector([8, 9])
    del items[2]
    assert str(items) == "Vector[8, 9, 4]"
    del items[0:2]
    assert items.index(4) == 0
    items.clear()
    assert not items


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda items: items[5], IndexError),
        (lambda items: items.pop(100), IndexError),
        (lambda items: items.insert(100, 1), IndexError),
        (lambda items: items.insert(-100, 1), IndexError),
        (lambda items: items.__delitem__(100), IndexError),
        (lambda items: items["a"], TypeError),
        (lambda items: items.remove(7), ValueError),
        (lambda items: items.index(True), ValueError),
        (lambda items: items.append(object()), WrongType),
        (lambda items: items.extend([1, object()]), WrongType),
        (lambda items: items.__setitem__(0, object()), WrongType),
    ],
)
def test_what_a_vector_refuses(change, kind):
    items = Vector([1, 2])
    with pytest.raises(kind):
        change(items)
    assert items == Vector([1, 2])


def test_looking_for_what_is_no_value():
    assert object() not in Vector([1])
    assert Vector([1]).count(object()) == 0
