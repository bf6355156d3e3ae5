"""--interval, --rate, --duration, --pace and --speed."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.pace_options import PaceOptions
from broker_cli.schedules import Pauses, RecordedSchedule, SteadySchedule


def test_nothing_is_said():
    options = PaceOptions()
    assert (options.schedule(lines=False), options.seconds(), options.times(None), options.recorded) == (
        None,
        None,
        1,
        False,
    )


def test_how_often():
    assert PaceOptions().times("5") == 5
    assert PaceOptions(duration="1s").times(None) is None
    assert PaceOptions(duration="1s").times("5") == 5
    assert PaceOptions(rate="5", duration="1min").seconds() == 60


def test_schedules():
    assert type(PaceOptions(interval="1s").schedule(lines=False)) is Pauses
    assert type(PaceOptions(rate="5").schedule(lines=True)) is SteadySchedule
    recorded = PaceOptions(pace="recorded", speed="10")
    assert recorded.recorded
    assert type(recorded.schedule(lines=True)) is RecordedSchedule


@pytest.mark.parametrize(
    ("options", "lines", "message"),
    [
        (PaceOptions(interval="1s", rate="5"), False, "--interval and --rate exclude each other"),
        (PaceOptions(rate="5", pace="recorded"), True, "--rate and --pace exclude each other"),
        (PaceOptions(pace="recorded"), False, "--pace goes with --from"),
        (PaceOptions(speed="5"), True, "--speed goes with --pace recorded"),
        (PaceOptions(pace="quick"), True, "--pace: 'quick' is none of recorded"),
        (PaceOptions(pace="recorded", speed="x"), True, "--speed: 'x' is no speed"),
        (PaceOptions(rate="x"), True, "--rate: 'x' is no rate"),
        (PaceOptions(interval="5m"), True, "--interval: '5m' could be minutes or milliseconds"),
    ],
)
def test_what_does_not_go_together(options, lines, message):
    with pytest.raises(Failure) as caught:
        options.schedule(lines=lines)
    assert (caught.value.message, caught.value.code) == (message, ExitCode.USAGE)


def test_one_message_has_no_rate():
    with pytest.raises(Failure, match="--rate: one message has no rate"):
        PaceOptions(rate="5").times(None)
