"""Messages out of the words of a command line."""

from __future__ import annotations

import io

import pytest

from broker_cli.context import Context
from broker_cli.exit_codes import Failure
from broker_cli.message_making import EventMaker, ValueMaker, make_event_maker
from broker_core import Count, Event, Timestamp
from broker_core.declarations import Declarations

PING = Declarations.signature("ping(msg: string, n: double)")


def test_a_message_that_stays_the_same():
    maker = EventMaker("ping", ["a", "5"], None)
    assert maker.make() == maker.make() == Event("ping", "a", Count(5)).value
    assert EventMaker("ping", ["a", "5"], PING).make() == Event("ping", "a", 5.0).value


def test_a_message_that_is_made_anew():
    maker = EventMaker("ping", ["{env:X}-{n}", "{n}"], PING, environ={"X": "5"})
    maker.check()
    assert [maker.make() for _ in range(2)] == [Event("ping", "5-1", 1.0).value, Event("ping", "5-2", 2.0).value]
    maker = EventMaker("e", ["{now}"], None, environ={})
    first, second = (Event.from_value(maker.make()).args[0] for _ in range(2))
    assert type(first) is type(second) is Timestamp
    assert first <= second


def test_metadata():
    maker = EventMaker("e", [], None, meta=["network-timestamp=now", "200=x"])
    first, second = (Event.from_value(maker.make()) for _ in range(2))
    assert first.network_timestamp <= second.network_timestamp
    assert first.metadata[1] == (200, "x")


def test_values():
    assert ValueMaker("--data", "5").make() == Count(5)
    maker = ValueMaker("--data", "({n}, {n})", {})
    assert [maker.make() for _ in range(2)] == [(Count(1), Count(1)), (Count(2), Count(2))]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ValueMaker("--data", "{env:Y}", {}), "--data: {env:Y}: the environment has no Y"),
        (lambda: ValueMaker("--data", "10.0.0.{n}00", {}), None),
        (lambda: ValueMaker("--data", "10.0.0.{env:Y}", {"Y": "300"}), "--data: '10.0.0.300' is no address"),
        (lambda: EventMaker("e", [], None, meta=["network-timestamp=5"]).check(), "network timestamp"),
        (
            lambda: EventMaker("ping", ["a", "{env:Y}"], PING, environ={"Y": "x"}).check(),
            "argument 2 (n: double) of ping",
        ),
        (lambda: EventMaker("ping", ["{x}", "5"], PING, environ={}), "argument 1 of ping: {x} is no field"),
        (lambda: EventMaker("pong", ["{n}"], PING, environ={}), "no event pong is declared; did you mean ping?"),
        (lambda: EventMaker("ping", ["{n}"] * 3, PING, environ={}).check(), "and 3 were given"),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(make, message):
    if message is None:
        make()
        return
    with pytest.raises(Failure) as caught:
        make()
    assert message in caught.value.message


def test_what_is_not_checked_is_told():
    err = io.StringIO()
    context = Context(environ={}, stderr=err, stderr_is_terminal=False, verbosity=1)
    known = Declarations.parse("global e: event(c: connection, v: vector of Notice::Info, n: count);")
    make_event_maker(context, "e", ["5", "()", "5"], known).make()
    assert err.getvalue() == "not checked for want of a declaration: what is of type connection, Notice::Info\n"
    make_event_maker(context, "ping", ["a", "5"], PING)
    make_event_maker(context, "ping", ["a", "5"], None)
    assert err.getvalue().count("\n") == 1
