"""The options of all measurements."""

from __future__ import annotations

import pytest

from broker_cli.benching.planning import Scale, Traffic
from broker_cli.commands.bench.options import BenchOptions, TrafficOptions, size_of, some_time, topic_of
from broker_cli.config import Profile
from broker_cli.context import Context
from broker_cli.exit_codes import Failure


def test_how_much():
    assert BenchOptions().messages(100) == 100
    assert BenchOptions(msgs="5").messages(100) == 5
    assert BenchOptions(for_="5s").messages(100) is None
    assert BenchOptions(for_="5s", msgs="5").messages(100) == 5
    assert BenchOptions(for_="5s").seconds() == 5
    assert BenchOptions().seconds() is None
    assert BenchOptions(clients="256").number_of_clients() == 256


def test_how_long():
    assert BenchOptions().patience(Context(environ={})) == 30
    assert BenchOptions(timeout="2s").patience(Context(environ={})) == 2
    assert BenchOptions().patience(Context(environ={"BROKER_TIMEOUT": "3"})) == 3
    with_profile = Context(environ={}, profile=Profile(name="lab", file="f.toml", values={"timeout": "4s"}))
    assert BenchOptions().patience(with_profile) == 4
    assert BenchOptions(timeout="2s").patience(with_profile) == 2
    with_profile.environ = {"BROKER_TIMEOUT": "3"}
    assert BenchOptions().patience(with_profile) == 3


def test_all_together():
    context = Context(environ={})
    assert BenchOptions().scale(context, 7) == Scale(count=7, duration=None, clients=1, timeout=30.0)
    options = BenchOptions(msgs="5", for_="2s", clients="3", timeout="1s", csv="f", no_progress=True)
    assert options.scale(context, 7) == Scale(count=5, duration=2.0, clients=3, timeout=1.0, csv="f", progress=False)


def test_what_is_published():
    options = TrafficOptions()
    assert options.traffic() == Traffic(topic="/broker-bench", size=128, shape="event", rate=None)
    assert not options.given
    options = TrafficOptions(topic="/x", size="1KB", shape="conn", rate="30/min")
    assert options.traffic() == Traffic(topic="/x", size=1000, shape="conn", rate=0.5)
    assert options.given
    assert TrafficOptions(topic="").traffic(prefix=True).topic == ""
    for wrong in (TrafficOptions(topic=""), TrafficOptions(rate="nan"), TrafficOptions(shape="x")):
        with pytest.raises(Failure):
            wrong.traffic()


def test_words():
    assert [size_of(text) for text in (None, "64")] == [128, 64]
    assert some_time("--x", "1ms") == 0.001
    assert topic_of("", empty=True) == ""
    with pytest.raises(Failure):
        topic_of("")
