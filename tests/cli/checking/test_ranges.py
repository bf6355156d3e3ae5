"""Ranges, as the guidelines for Nagios plugins have them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.checking.ranges import Range, number, parse_range, time
from broker_cli.exit_codes import ExitCode, Failure

NUMBERS = st.floats(-1e9, 1e9).map(lambda value: round(value, 3) + 0.0)


# The table of examples in the guidelines: the range, and values that are worth an alert or not.
@pytest.mark.parametrize(
    ("text", "alerts", "fine"),
    [
        ("10", (-0.1, 10.1), (0, 10)),
        ("10:", (9.9, -math.inf), (10, math.inf)),
        ("~:10", (10.1, math.inf), (10, -5, -math.inf)),
        ("10:20", (9.9, 20.1), (10, 20)),
        ("@10:20", (10, 15, 20), (9.9, 20.1)),
        ("@10", (0, 10), (-1, 11)),
        (":10", (-1, 11), (0, 10)),
        ("-5:-2", (-6, -1), (-5, -2)),
        ("~:", (math.nan,), (-math.inf, 0, math.inf)),
        ("1:1", (0, 2), (1,)),
        (".5:1.", (0.4, 1.1), (0.5, 1)),
    ],
)
def test_what_a_range_means(text, alerts, fine):
    found = parse_range("-w", text, number)
    assert [found.alerts(value) for value in alerts] == [True] * len(alerts)
    assert [found.alerts(value) for value in fine] == [False] * len(fine)


@pytest.mark.parametrize(
    "text", ["", ":", "@", "@:", "x", "10:x", "~", "1:2:3", "20:10", "1e3", "10%", " 1", "nan:", "inf"]
)
def test_what_is_none_is_refused(text):
    with pytest.raises(Failure, match="--critical: ") as caught:
        parse_range("--critical", text, number)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.hint == "a range is such as 10, 10:, ~:10, 10:20 or @10:20"


def test_bounds_may_be_times():
    assert parse_range("-w", "100ms:2min", time) == Range(0.1, 120)
    assert parse_range("-w", "@1:", time) == Range(1, math.inf, inside=True)
    with pytest.raises(Failure, match="could be minutes"):
        parse_range("-w", "5m", time)


@given(
    st.builds(lambda low, more, inside: Range(low, low + abs(more), inside), NUMBERS, NUMBERS, st.booleans()), NUMBERS
)
def test_the_text_of_a_range_means_the_same(limit, value):
    again = parse_range("-w", limit.text(), number)
    assert again.inside == limit.inside
    assert again.low == pytest.approx(limit.low)
    assert again.high == pytest.approx(limit.high)
    assert again.alerts(value) == limit.alerts(value) or value in {*map(pytest.approx, again[:2])}


@given(st.text(alphabet="@:~0123456789.-xeE ", max_size=12))
def test_any_text_is_a_range_or_refused(text):
    try:
        found = parse_range("-w", text, number)
    except Failure:
        return
    assert found.low <= found.high
    assert isinstance(found.alerts(0), bool)


@pytest.mark.parametrize(
    ("text", "short", "words"),
    [
        ("0:0.5", "500", "be at most 500 ms"),
        ("~:0.5", "~:500", "be at most 500 ms"),
        ("0.1:", "100:", "be at least 100 ms"),
        ("0.1:0.5", "100:500", "be from 100 ms to 500 ms"),
        ("@0.1:0.5", "@100:500", "not be from 100 ms to 500 ms"),
        ("@0:0.5", "@500", "not be from 0 ms to 500 ms"),
        ("0:", "0:", "be anything"),
    ],
)
def test_how_it_is_written_in_milliseconds(text, short, words):
    found = parse_range("-w", text, number)
    assert (found.text(1000), found.words(1000, " ms")) == (short, words)
