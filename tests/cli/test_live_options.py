"""The options of views that are redrawn."""

from __future__ import annotations

import pytest

from broker_cli.config import Settings
from broker_cli.exit_codes import Failure
from broker_cli.live_options import DEFAULT_INTERVAL, LEAST_INTERVAL, WatchOptions, interval_seconds


def test_intervals():
    assert interval_seconds(None) == DEFAULT_INTERVAL == 1.0
    assert interval_seconds("2.5s") == 2.5
    assert interval_seconds("100ms") == LEAST_INTERVAL
    with pytest.raises(Failure, match="--interval: '99ms' is less than 100ms"):
        interval_seconds("99ms")
    with pytest.raises(Failure, match="--interval: 'x' is no duration"):
        interval_seconds("x")


def test_messages_are_printed_one_by_one_unless_somebody_wants_to_watch():
    assert WatchOptions().seconds(Settings(), rate=True, exec=object()) is None
    assert WatchOptions(watch=True).seconds(Settings(), rate=False, exec=None) == 1.0
    assert WatchOptions(watch=True, interval="3s").seconds(Settings(output="human")) == 3.0
    with pytest.raises(Failure, match="--interval is for --watch"):
        WatchOptions(interval="3s").seconds(Settings())


@pytest.mark.parametrize(
    ("settings", "others", "message"),
    [
        ({"template": "{ts}"}, {}, "--watch and --format exclude each other"),
        ({"template": "{topic}"}, {}, "--watch and --topics-only exclude each other"),
        ({"nul": True}, {}, "--watch and --null exclude each other"),
        ({"stamps": "wall"}, {}, "--watch and --ts exclude each other"),
        ({"logs": True}, {}, "--watch and --logs exclude each other"),
        ({}, {"rate": True}, "--watch and --rate exclude each other"),
        ({}, {"exec": object()}, "--watch and --exec exclude each other"),
        ({"output": "text"}, {}, "--watch prints human or ndjson, not text"),
    ],
)
def test_what_does_not_go_together(settings, others, message):
    with pytest.raises(Failure, match=message):
        WatchOptions(watch=True).seconds(Settings(**settings), **others)
