"""The options of commands that receive messages."""

from __future__ import annotations

import pytest

from broker_cli.config import Profile
from broker_cli.context import Context
from broker_cli.exit_codes import Failure
from broker_cli.receiving import Ends
from broker_cli.receiving_options import OVERFLOW_POLICIES, ReceivingOptions, StopOptions


def test_when_to_stop():
    context = Context(environ={})
    assert StopOptions().ends() == ReceivingOptions().ends(context, StopOptions()) == Ends()
    stop = StopOptions(count_="5", for_="2min")
    assert stop.ends() == Ends(count=5, duration=120.0)
    ends = ReceivingOptions(idle="3s", timeout="4s").ends(context, stop)
    assert ends == Ends(count=5, duration=120.0, timeout=4.0, idle=3.0)


def test_the_time_limit_may_come_from_elsewhere():
    context = Context(environ={}, profile=Profile(name="lab", file="f.toml", values={"timeout": "4s"}))
    assert ReceivingOptions().ends(context, StopOptions()).timeout == 4.0
    context.environ = {"BROKER_TIMEOUT": "5s"}
    assert ReceivingOptions().ends(context, StopOptions()).timeout == 5.0


def test_how_many_may_wait():
    assert ReceivingOptions().capacity is None
    assert ReceivingOptions(max_queue="7").capacity == 7
    assert ReceivingOptions().policy() == "block"
    assert ReceivingOptions().policy("drop-old") == "drop_oldest"
    for word, policy in OVERFLOW_POLICIES.items():
        assert ReceivingOptions(on_overflow=word).policy("drop-old") == policy


@pytest.mark.parametrize(
    ("options", "stop", "message"),
    [
        ({}, {"count_": "0"}, "--count: '0'"),
        ({}, {"for_": "x"}, "--for: 'x' is no duration"),
        ({"idle": "x"}, {}, "--idle: 'x' is no duration"),
        ({"timeout": "x"}, {}, "--timeout: 'x' is no duration"),
    ],
)
def test_what_is_no_end(options, stop, message):
    with pytest.raises(Failure, match=message):
        ReceivingOptions(**options).ends(Context(environ={}), StopOptions(**stop))


def test_what_no_queue_can_do():
    with pytest.raises(Failure, match="--max-queue: '0'"):
        assert ReceivingOptions(max_queue="0").capacity
    with pytest.raises(Failure, match="--on-overflow: 'x' is none of block, drop-old, drop-new, exit"):
        ReceivingOptions(on_overflow="x").policy()
