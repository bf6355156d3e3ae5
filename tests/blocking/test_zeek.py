"""Zeek events of the bindings; rows without a remark are what the C++ bindings 1.4.0 gave."""

from __future__ import annotations

import datetime as dt
from ipaddress import IPv4Address

import pytest

import broker_core
from broker_core.blocking import zeek
from broker_core.blocking.conversion import FrozenDict, to_broker, to_python
from broker_core.blocking.data import Data
from broker_core.blocking.values import Timestamp, WrongType
from broker_core.blocking.zeek import Event, MetadataType, SafeEvent
from broker_core.model import Count

ONE = Count(1)


def test_an_event():
    event = Event("a", 1, "b", [1, {2}])
    assert (event.name(), event.args(), event.valid()) == ("a", [1, "b", (1, {2})], True)
    assert str(event) == str(event.as_data()) == "(1, 1, (a, (1, b, (1, {2}))))"
    assert isinstance(event.as_data(), Data)
    assert event == Event("a", 1, "b", [1, {2}])  # never in the bindings
    assert event != Event("a", 1)


def test_arguments_of_all_kinds():
    args = [None, True, Count(5), 1.5, dt.timedelta(1), IPv4Address("1.1.1.1"), {1: 2}]
    assert Event("a", *args).args() == args
    assert Event("a").args() == []


def test_it_is_what_the_library_sends():
    assert to_broker(Event("a", 1, Count(2))) == broker_core.Event("a", 1, Count(2)).value


def test_what_was_received():
    sent = Event("pong", 1, {Count(2)})
    for received in (to_python(sent.to_broker()), sent.as_data(), sent):
        assert Event(received) == sent
        assert (Event(received).name(), Event(received).args()) == ("pong", [1, {Count(2)}])


@pytest.mark.parametrize("name", ["a", b"a", "\xe9", ""])
def test_names(name):
    text = name if isinstance(name, str) else name.decode()
    assert Event(name, 1).name() == text


def test_a_name_that_is_not_utf8():
    event = Event((ONE, ONE, (b"\xff", ())))
    assert event.name().encode("utf-8", "surrogateescape") == b"\xff"  # the bindings raise UnicodeDecodeError


@pytest.mark.parametrize(
    "data",
    [
        (ONE, ONE, ("a", (1,))),
        (ONE, ONE, ("a", (1,)), 7),
        (ONE, ONE, ("a", (1,), 5)),
        (Count(2), ONE, ("a", (1,))),
        ("x", ONE, ("a", (1,))),
    ],
    ids=repr,
)
def test_what_is_an_event_to_the_bindings(data):
    event = Event(data)
    assert (event.valid(), event.name(), event.args()) == (True, "a", [1])


@pytest.mark.parametrize(
    "data",
    [
        1,
        None,
        b"abc",
        {"a": 1},
        (ONE, ONE),
        (1, 1, ("a", (1,))),
        (ONE, 1, ("a", (1,))),
        (ONE, Count(2), ("a", (1,))),
        (ONE, ONE, "a"),
        (ONE, ONE, ("a",)),
        (ONE, ONE, (5, (1,))),
        (ONE, ONE, ("a", 5)),
    ],
    ids=repr,
)
def test_what_is_none(data):
    event = Event(data)
    assert not event.valid()
    assert event.as_data() == Data(data)
    for read in (event.name, event.args, event.metadata):
        with pytest.raises(ValueError, match="invalid Event data/type"):
            read()


@pytest.mark.parametrize("args", [(), (5, 6), ([], 1)])
def test_what_cannot_be_made(args):
    with pytest.raises(WrongType, match="an event is made from its name, a str, and its arguments"):
        Event(*args)


def test_an_argument_that_is_no_value():
    with pytest.raises(TypeError, match=r"^\[0\]: object is no Broker type$"):
        Event("a", object())


# -- of later bindings ----------------------------------------------------------------------------------------------


def test_safe_events():
    event = SafeEvent("a", {1}, {"k": [{2}]})
    assert event.args() == [frozenset([1]), {"k": (frozenset([2]),)}]
    assert [type(argument) for argument in event.args()] == [frozenset, FrozenDict]
    assert event == Event("a", {1}, {"k": [{2}]})
    assert zeek.ImmutableData.to_py(Data({1})) == frozenset([1])


def test_metadata():
    moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    event = Event("a", 1, metadata={MetadataType.NetworkTimestamp: moment, 200: "mine"})
    assert event.metadata() == {1: moment, 200: "mine"}
    assert event.metadata()[MetadataType.NetworkTimestamp] == moment
    assert Event(to_python(event.to_broker())).metadata() == event.metadata()
    sent = broker_core.Event("a", 1, metadata={1: moment, 200: "mine"})
    assert to_broker(event) == sent.value
    assert Event("a", metadata={1: Timestamp(1.0)}).metadata() == {1: dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC)}


def test_no_metadata():
    assert Event("a").metadata() is None
    assert Event("a", metadata={}).metadata() == {}
    assert Event((ONE, ONE, ("a", (), 5))).metadata() is None
    assert Event((ONE, ONE, ("a", (), (5, (1, 2), (Count(9), "x"))))).metadata() == {9: "x"}
