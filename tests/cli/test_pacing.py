import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.pacing import GRAIN, Pacing, make_pacing, replay_speed

SECOND = 1_000_000_000


def test_gaps_are_as_recorded():
    pacing = Pacing()
    assert [pacing.due(at * SECOND) for at in (100, 101, 104)] == [0.0, 1.0, 4.0]


def test_a_higher_speed_takes_less_time():
    pacing = Pacing(10.0)
    assert [pacing.due(at * SECOND) for at in (100, 101, 104)] == [0.0, 0.1, 0.4]


def test_without_a_speed_nothing_waits():
    pacing = Pacing(None)
    assert [pacing.delay(at * SECOND, 5.0) for at in (100, 101, 10_000)] == [0.0, 0.0, 0.0]


def test_a_clock_that_was_set_back_makes_no_gap():
    pacing = Pacing()
    # One hour back, and then a second later: only that second counts.
    assert [pacing.due(at * SECOND) for at in (10_000, 6_400, 6_401)] == [0.0, 0.0, 1.0]


def test_long_gaps_can_be_cut():
    pacing = Pacing(2.0, longest_gap=10.0)
    assert [pacing.due(at * SECOND) for at in (0, 10, 11_000, 11_001)] == [0.0, 5.0, 10.0, 10.5]


def test_the_delay_counts_from_the_first_message():
    pacing = Pacing()
    assert pacing.delay(100 * SECOND, 7.0) == 0.0
    assert pacing.delay(102 * SECOND, 7.5) == 1.5
    assert pacing.delay(103 * SECOND, 12.0) == 0.0, "late, so at once"
    assert pacing.delay(110 * SECOND, 12.0) == 5.0, "and the time is caught up with"


@pytest.mark.parametrize(("ns", "expected"), [(1_000_000, 0.0), (1_000_001, 0.001000001)])
def test_pauses_within_the_grain_are_none(ns, expected):
    assert GRAIN == 0.001
    pacing = Pacing()
    pacing.delay(0, 0.0)
    assert pacing.delay(ns, 0.0) == pytest.approx(expected, abs=1e-12)
    assert (pacing.delay(ns, 0.0) == 0.0) is (expected == 0.0)


def test_nanoseconds_do_not_add_up_to_errors():
    pacing = Pacing()
    for at in range(10_001):
        due = pacing.due(1_700_000_000 * SECOND + at)
    assert due == 1e-5


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.floats(1e-6, 1e9))
def test_it_never_goes_back(times, speed):
    pacing = Pacing(speed)
    due = [pacing.due(at) for at in times]
    assert due == sorted(due)
    assert all(at >= 0.0 for at in due)


@pytest.mark.parametrize(
    ("text", "speed"), [("1", 1.0), ("10", 10.0), ("10x", 10.0), ("0.5", 0.5), (".25x", 0.25), ("max", None)]
)
def test_speeds(text, speed):
    assert replay_speed("--speed", text) == speed


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-1", "1e3", "1.2.3", "fast", "MAX", "inf", "nan", "²", "0.0000001", "9999999999", "."]
)
def test_what_is_no_speed(text):
    with pytest.raises(Failure, match=r"--speed: '.*' is no speed") as caught:
        replay_speed("--speed", text)
    assert caught.value.code is ExitCode.USAGE
    assert "max" in caught.value.hint


def test_the_options_together():
    pacing = make_pacing("2", "10s")
    assert [pacing.due(at * SECOND) for at in (0, 60)] == [0.0, 5.0]
    assert make_pacing(None).due(0) == 0.0
    with pytest.raises(Failure, match="--max-gap"):
        make_pacing("1", "soon")
