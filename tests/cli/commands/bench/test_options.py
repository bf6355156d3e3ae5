"""The options of all measurements."""

from __future__ import annotations

import pytest

from broker_cli.commands.bench.options import BenchOptions, rate_of, some_time, topic_of
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


def test_words():
    assert rate_of("1.5") == 1.5
    assert some_time("--x", "1ms") == 0.001
    assert topic_of("", empty=True) == ""
    for wrong in ("nan", "-1", "1e400"):
        with pytest.raises(Failure):
            rate_of(wrong)
    with pytest.raises(Failure):
        topic_of("")
