"""Loose Python in, strict values out; and the path to what cannot be converted."""

from __future__ import annotations

import datetime as dt
import enum
from collections import OrderedDict, namedtuple
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any

import pytest
from hypothesis import given

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp, kind_of, to_value
from broker_core.model.native import depth_exceeds
from strategies import assert_same, values

Point = namedtuple("Point", "x y")  # noqa: PYI024
MAPPED = "::ffff:10.0.0.1"


class Colour(str, enum.Enum):  # noqa: UP042 - the kind whose str() is not its value
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


class Host(IPv4Address):
    pass


class Service(Port):
    pass


class Moment(Timestamp):
    pass


class Delay(Timespan):
    pass


class Choice(EnumValue):
    pass


class Total(Count):
    pass


@given(values())
def test_strict_values_stay_what_they_are(value: Any) -> None:
    assert_same(to_value(value), value)


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        ([1, [2]], (1, (2,))),
        (Point(1, "a"), (1, "a")),
        ({1, 2}, Set([1, 2])),
        (frozenset({1}), Set([1])),
        ({"a": [1]}, Table([("a", (1,))])),
        (OrderedDict(a=1), Table([("a", 1)])),
        (bytearray(b"ab"), "ab"),
        (memoryview(b"\xff"), b"\xff"),
        (b"ab", "ab"),
        (b"\xff", b"\xff"),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), Timestamp(0)),
        (dt.timedelta(seconds=1), Timespan(1_000_000_000)),
        (Colour.RED, "red"),
        (Level.LOW, 1),
        (Loud("quiet"), "quiet"),
        (Host("10.0.0.1"), IPv4Address("10.0.0.1")),
        (IPv6Address(MAPPED), IPv4Address("10.0.0.1")),
        (IPv6Network(MAPPED + "/104", strict=False), IPv4Network("10.0.0.0/8")),
        (Service(22), Port(22)),
        (Moment(5), Timestamp(5)),
        (Delay(5), Timespan(5)),
        (Choice("A::B"), EnumValue("A::B")),
        (Total(5), Count(5)),
    ],
)
def test_loose_things_become_strict(thing: object, value: Any) -> None:
    assert_same(to_value(thing), value)
    assert_same(to_value([thing]), (value,))


@pytest.mark.parametrize(
    ("thing", "problem"),
    [
        (object(), "object is no Broker type"),
        (Decimal(1), "use float"),
        (dt.date(2024, 1, 1), "use datetime"),
        (1j, "no complex"),
        (enum.Enum("Plain", "A").A, "use EnumValue"),  # type: ignore[attr-defined]
        (IPv4Interface("10.0.0.1/8"), "IPv4Interface is no Broker type"),
        (IPv6Interface("::1/8"), "IPv6Interface is no Broker type"),
        (IPv6Address("fe80::1%eth0"), "zone"),
        (2**63, "outside -2**63 .. 2**63-1; use Count"),
        (2**64, "outside -2**63 .. 2**63-1"),
        (-(2**63) - 1, "outside"),
        ("\ud800", "lone surrogate at 0"),
        (print, "is no Broker type"),
        (int, "type is no Broker type"),
    ],
)
def test_what_has_no_broker_type(thing: object, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        to_value(thing)
    assert problem in caught.value.problem
    assert caught.value.path == ""
    with pytest.raises(InvalidValue) as caught:
        to_value([1, {"k": thing}], "args")
    assert problem in caught.value.problem
    assert caught.value.path == 'args[1]["k"]'


@pytest.mark.parametrize(
    ("thing", "path"),
    [
        ([1, 2, {"k": object()}], 'args[2]["k"]'),
        ({"a": {5: [object()]}}, 'args["a"][5][0]'),
        ({object(): 1}, "args.key(0)"),
        ({1, object}, "args{"),
        ((1, (2, 2**64)), "args[1][1]"),
        (Table, "args"),
    ],
)
def test_paths(thing: object, path: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        to_value(thing, "args")
    assert caught.value.path.startswith(path)


def test_nan_conflicts_are_found_inside() -> None:
    with pytest.raises(InvalidValue, match="NaN") as caught:
        to_value([1, {float("nan"), 1.0}], "args")
    assert caught.value.path == "args[1]"


def nested(depth: int) -> Any:
    thing: Any = 1
    for _ in range(depth):
        thing = [thing]
    return thing


def test_depth_is_bounded() -> None:
    most = DEFAULT_LIMITS.max_depth
    assert kind_of(to_value(nested(most))).label == "vector"
    for depth in (most + 1, 3000):
        with pytest.raises(InvalidValue, match="nested deeper than 128"):
            to_value(nested(depth))
        with pytest.raises(InvalidValue, match="nested deeper than 128"):
            to_value({"k": nested(depth)})


def test_what_holds_itself_is_refused() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    with pytest.raises(InvalidValue, match="nested deeper"):
        to_value(loop)
    circle: dict[Any, Any] = {}
    circle["again"] = [circle]
    with pytest.raises(InvalidValue, match="nested deeper"):
        to_value(circle)


def test_depth_exceeds_looks_into_all_containers() -> None:
    assert not depth_exceeds((), 1)
    assert depth_exceeds((), 0)
    for holder in (((),), Set([()]), Table([((), 1)]), Table([(1, ())]), [{}], {1: {1}}):
        assert depth_exceeds(holder, 1)
        assert not depth_exceeds(holder, 2)
