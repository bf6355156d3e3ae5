"""When messages are sent. The clock is a number here."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import Failure
from broker_cli.pacing import GRAIN, Pacing
from broker_cli.reading import Recorded
from broker_cli.schedules import LONGEST_LAG, Pauses, RecordedSchedule, SteadySchedule, rate


def send(schedule, messages, start: float = 100.0) -> list[float]:
    """When each of *messages* goes, if sending takes no time."""
    now, times = start, []
    for message in messages:
        now += schedule.delay(message, now)
        times.append(now - start)
    return times


def test_a_steady_rate():
    assert send(SteadySchedule(4), range(5)) == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])


@pytest.mark.parametrize("per_second", [3, 999, 20_000, 1e6])
def test_a_rate_is_kept_over_time(per_second):
    count = int(per_second * 2) + 1
    times = send(SteadySchedule(per_second), range(count))
    assert times[-1] == pytest.approx(2.0, abs=2 * GRAIN)
    for at, moment in enumerate(times):
        assert abs(moment - at / per_second) <= 2 * GRAIN


def test_many_messages_are_prepared_at_a_time_only_if_they_go_together():
    assert SteadySchedule(0.1).at_once == 1
    assert SteadySchedule(20_000).at_once == int(20_000 * GRAIN)


def test_a_short_delay_is_caught_up_with_and_a_long_one_is_not():
    schedule = SteadySchedule(10)
    assert send(schedule, range(2)) == pytest.approx([0, 0.1])
    late = 100.1 + LONGEST_LAG * 0.9
    assert [schedule.delay(None, late) for _ in range(9)] == [0.0] * 9
    assert schedule.delay(None, late) > 0
    later = late + 60
    assert schedule.delay(None, later) == 0
    assert schedule.delay(None, later) == pytest.approx(0.1)


def test_pauses():
    pauses = Pauses(5)
    assert send(pauses, range(3)) == [0, 5, 10]
    assert pauses.delay(None, 500.0) == 5  # behind the end of what went before, however long that took


def test_recorded_gaps():
    messages = [Recorded("/t", None, ns) for ns in (10**9, 3 * 10**9, 3 * 10**9, 2 * 10**9, 4 * 10**9)]
    assert send(RecordedSchedule(Pacing()), messages) == pytest.approx([0, 2, 2, 2, 4])
    assert send(RecordedSchedule(Pacing(4.0)), messages) == pytest.approx([0, 0.5, 0.5, 0.5, 1.0])
    assert send(RecordedSchedule(Pacing(None)), messages) == [0] * 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [("100", 100), ("0.5", 0.5), (".5", 0.5), ("30/min", 0.5), ("7200/h", 2), ("5/s", 5), ("5/sec", 5)],
)
def test_rates(text, expected):
    assert rate("--rate", text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "5/", "/s", "5/day", "1e3", "inf", "1.2.3", "9" * 20, "٣", "5s"])
def test_what_is_no_rate(text):
    with pytest.raises(Failure, match="is no rate"):
        rate("--rate", text)
