"""Python out and in; rows without a remark are what the C++ bindings 1.4.0 gave."""

from __future__ import annotations

import collections
import datetime as dt
import enum
import json
import pickle
import time
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given

from broker_core.blocking.conversion import FrozenDict, Message, to_broker, to_immutable, to_python
from broker_core.blocking.data import Data
from broker_core.blocking.data import Set as DataSet
from broker_core.blocking.values import Address, Enum, Port, Subnet, WrongType
from broker_core.blocking.values import Timespan as BindingTimespan
from broker_core.blocking.values import Timestamp as BindingTimestamp
from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Set, Table, Timespan, Timestamp, kind_of, scalars
from strategies import assert_same, values

SECOND = 1_000_000_000
Point = collections.namedtuple("Point", "x y")  # noqa: PYI024

# The table of manual section 2.5.4, and what the text around it says: Python, Broker.
BOTH_WAYS = [
    (None, None),
    (True, True),
    (Count(42), Count(42)),
    (-42, -42),
    (2**63 - 1, 2**63 - 1),
    (4.2, 4.2),
    (dt.timedelta(milliseconds=-1), Timespan(-1_000_000)),
    (dt.datetime(2020, 1, 1, 0, 0, 0, 123457, tzinfo=dt.UTC), Timestamp(1577836800_123457000)),
    (dt.datetime(1960, 1, 1, tzinfo=dt.UTC), Timestamp(-315619200 * SECOND)),
    ("a\0b", "a\0b"),
    ("\xe9", "\xe9"),
    (b"\xff", b"\xff"),
    (IPv4Address("1.2.3.4"), IPv4Address("1.2.3.4")),
    (IPv6Address("::1"), IPv6Address("::1")),
    (IPv4Network("10.0.0.0/8"), IPv4Network("10.0.0.0/8")),
    (IPv6Network("2001:db8::/32"), IPv6Network("2001:db8::/32")),
    (Port(22, Port.TCP), scalars.Port(22, "tcp")),
    (Enum("A::B"), EnumValue("A::B")),
    ((1, ("a", ())), (1, ("a", ()))),
    ({1, "a", (1, 2)}, Set([1, "a", (1, 2)])),
    ({1: "a", (1, 2): {"b": {2}}}, Table({1: "a", (1, 2): Table({"b": Set([2])})})),
]


@pytest.mark.parametrize(("thing", "value"), BOTH_WAYS, ids=repr)
def test_both_ways(thing, value):
    assert_same(to_broker(thing), value)
    back = to_python(value)
    assert back == thing
    assert type(back) is type(thing)


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        ([1, [2]], (1, (2,))),
        (b"abc", "abc"),
        (bytearray(b"abc"), "abc"),  # to the bindings this and the next two are no values
        (memoryview(b"\xff"), b"\xff"),
        (frozenset([1]), Set([1])),
        ({"a", b"a"}, Set(["a"])),
        (IPv6Address("::ffff:1.2.3.4"), IPv4Address("1.2.3.4")),
        (IPv6Network("::ffff:1.2.3.0/120"), IPv4Network("1.2.3.0/24")),  # ::/0 in the bindings
        (dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5))), Timestamp(1577818800 * SECOND)),
        (dt.timedelta(days=100_000, microseconds=1), Timespan(8_640_000_000_000_001_000)),
        (enum.IntEnum("Level", "LOW").LOW, 1),
        (Point(1, 2), (1, 2)),
        (collections.OrderedDict([(1, 2)]), Table({1: 2})),
        (type("Text", (str,), {})("a"), "a"),
        (type("Moment", (dt.datetime,), {})(2020, 1, 1, tzinfo=dt.UTC), Timestamp(1577836800 * SECOND)),
        (Address(b"\1\2\3\4", 4), IPv4Address("1.2.3.4")),
        (Subnet(Address(b"\1\2\3\4", 4), 16), IPv4Network("1.2.0.0/16")),
        (BindingTimespan(1.5), Timespan(1_500_000_000)),
        (BindingTimestamp(1.5), Timestamp(1_500_000_000)),
        (Data([1]), (1,)),
        ([Data(1), {Data("k"): Enum("e")}], (1, Table({"k": EnumValue("e")}))),
        (DataSet([1]), Set([1])),
        (Set([1]), Set([1])),
        (Table({1: 2}), Table({1: 2})),
        (scalars.Port(1, "udp"), scalars.Port(1, "udp")),
    ],
    ids=repr,
)
def test_only_out(thing, value):
    assert_same(to_broker(thing), value)


@pytest.fixture
def far_east(monkeypatch):
    """Local time nine hours ahead of UTC."""
    monkeypatch.setenv("TZ", "XST-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_a_datetime_without_a_time_zone_is_local_time():
    naive = dt.datetime(2020, 1, 1, 9)  # noqa: DTZ001
    assert to_broker(naive) == Timestamp(1577836800 * SECOND)
    assert to_broker([{naive}]) == (Set([Timestamp(1577836800 * SECOND)]),)


# -- what is no value ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (object(), "object is no Broker type"),
        (range(3), "range is no Broker type"),
        (complex(1), "complex is no Broker type; Broker has no complex numbers"),
        (dt.date(2020, 1, 1), "date is no Broker type; use datetime or Timestamp"),
        ([1, [object()]], "[1][0]: object is no Broker type"),
        ({"a": [object()]}, "['a'][0]: object is no Broker type"),
        ({1: {object(): 2}}, r"[1][<object object at "),
    ],
)
def test_what_has_no_broker_type(thing, text):
    with pytest.raises(WrongType) as caught:
        to_broker(thing)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (2**63, "integer 9223372036854775808 is outside -2**63 .. 2**63-1; use Count"),  # true in the bindings
        ([-(2**63) - 1], "[0]: integer -9223372036854775809 is outside -2**63 .. 2**63-1"),  # the same
        (dt.timedelta(days=120_000), "timespan of 10368000000000000000 ns does not fit 64 bits"),  # negative there
        ("\ud800", "string with a lone surrogate at 0; use bytes for what is not UTF-8"),
        ({float("nan"), 1.0}, "NaN and another real in one set"),
    ],
)
def test_what_is_out_of_range(thing, text):
    with pytest.raises(InvalidValue) as caught:
        to_broker(thing)
    assert str(caught.value).startswith(text)
    assert not isinstance(caught.value, TypeError)


def test_an_address_with_a_prefix_is_refused():
    with pytest.raises(InvalidValue):  # the bindings forget the prefix
        to_broker(IPv4Interface("1.2.3.4/24"))


def nested(depth):
    thing = []
    for _ in range(depth - 1):
        thing = [thing]
    return thing


def test_as_deep_as_may_be_and_one_deeper():
    deepest = DEFAULT_LIMITS.max_depth
    assert to_broker(nested(deepest)) == to_broker(tuple(nested(deepest)))
    with pytest.raises(InvalidValue, match=f"nested deeper than {deepest} levels"):
        to_broker(nested(deepest + 1))


def test_a_list_that_holds_itself():
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidValue, match="nested deeper than"):  # RecursionError in the bindings
        to_broker(endless)


# -- objects of a program's own ------------------------------------------------------------------------------------


class Greeting(Message):
    def __init__(self, whom):
        self.whom = whom

    def to_broker(self):
        return ["hello", self.whom]


def test_a_message_of_the_programs_own():
    assert to_broker(Greeting("you")) == ("hello", "you")
    assert to_broker([Greeting({1})]) == (("hello", Set([1])),)
    with pytest.raises(WrongType, match=r"^\[0\]\[1\]: object is no Broker type$"):
        to_broker([Greeting(object())])


def test_a_message_that_does_not_say_what_it_is():
    with pytest.raises(NotImplementedError, match="Message does not say what to publish"):
        to_broker(Message())


# -- in -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ns", "microseconds"),
    [(1499, 1), (1500, 2), (1501, 2), (2500, 2), (-1500, -2), (-2500, -2), (2**63 - 1, 2**63 // 1000 + 1)],
)
def test_times_are_rounded_to_the_nearest_microsecond(ns, microseconds):
    span = dt.timedelta(microseconds=microseconds)
    assert to_python(Timespan(ns)) == span
    assert to_python(Timestamp(ns)) == dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + span


# The bindings raise "unhashable type" for these.
@pytest.mark.parametrize(
    ("value", "thing"),
    [
        (Set([Set([1])]), {frozenset([1])}),
        (Set([(1, Set([2]))]), {(1, frozenset([2]))}),
        (Set([Count(1)]), {Count(1)}),
        (Set([Table({1: Set([2])})]), {FrozenDict({1: frozenset([2])})}),
        (Table({Set([1]): Set([1])}), {frozenset([1]): {1}}),
        (Table({Table({1: 2}): Table({1: 2})}), {FrozenDict({1: 2}): {1: 2}}),
    ],
    ids=repr,
)
def test_what_python_cannot_hash_is_immutable_inside(value, thing):
    found = to_python(value)
    assert found == thing
    assert type(found) is type(thing)
    assert_same(to_broker(found), value)


def test_only_elements_and_keys_are_immutable():
    assert type(to_python(Table({"k": Set([1])}))["k"]) is set
    assert type(to_python((Table({1: 2}),))[0]) is dict


@pytest.mark.parametrize("convert", [to_python, to_immutable])
@pytest.mark.parametrize(
    "value",
    [
        Set([True, 1, 1.0]),
        Set([1, Count(1)]),
        Set([Timestamp(1), Timestamp(2)]),
        Table([(True, "a"), (1, "b")]),
        Set([(1,), (True,)]),
    ],
    ids=repr,
)
def test_nothing_is_lost_where_python_takes_values_for_equal(convert, value):
    assert convert(value) is value  # a set of one in the bindings
    assert convert((value,)) == (value,)


def in_microseconds(value):
    """The same value with times cut to microseconds."""
    if isinstance(value, Timestamp | Timespan):
        return type(value)(value.ns - value.ns % 1000 if value.ns > 0 else value.ns + -value.ns % 1000)
    if isinstance(value, tuple):
        return tuple(map(in_microseconds, value))
    if isinstance(value, Set):
        return Set(map(in_microseconds, value))
    if isinstance(value, Table):
        return Table([(in_microseconds(key), in_microseconds(item)) for key, item in value.pairs()])
    return value


@given(values().map(in_microseconds))
def test_immutable_forms_can_be_hashed(value):
    thing = to_immutable(value)
    assert hash(thing) == hash(to_immutable(value))
    assert_same(to_broker(thing), to_broker(to_python(value)))


@given(values().map(in_microseconds))
def test_a_value_comes_back_the_same(value):
    assert_same(to_broker(to_python(value)), value)
    assert_same(to_broker(to_immutable(value)), value)
    assert kind_of(to_broker(to_python(value))) is kind_of(value)


# -- tables that can be hashed --------------------------------------------------------------------------------------


def test_a_frozen_dict_is_a_dict():
    table = FrozenDict({"a": 1})
    assert table == {"a": 1}
    assert table["a"] == 1
    assert isinstance(table, dict)
    assert json.dumps(table) == '{"a": 1}'
    assert repr(table) == "FrozenDict({'a': 1})"
    assert pickle.loads(pickle.dumps(table)) == table
    assert type(pickle.loads(pickle.dumps(table))) is FrozenDict
    assert {table: 5}[FrozenDict({"a": 1})] == 5
    assert hash(FrozenDict({1: 1, 2: 2})) == hash(FrozenDict({2: 2, 1: 1}))
    assert dict(table, b=2) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.__setitem__("b", 1),
        lambda table: table.__delitem__("a"),
        lambda table: table.__ior__({"b": 1}),
        lambda table: table.update(b=1),
        lambda table: table.setdefault("b", 1),
        lambda table: table.pop("a"),
        lambda table: table.popitem(),
        lambda table: table.clear(),
    ],
)
def test_a_frozen_dict_does_not_change(change):
    table = FrozenDict({"a": 1})
    with pytest.raises(TypeError, match="cannot be changed"):
        change(table)
    assert table == {"a": 1}
