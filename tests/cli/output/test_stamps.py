"""Times in front of messages."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.human import HumanLines
from broker_cli.output.stamps import Stamper, local_time
from broker_cli.output.terminal import TerminalLines
from broker_cli.selecting.facts import Facts
from broker_core import Event, Message, Timestamp

MAY = 1714564800 * 10**9  # 2024-05-01 12:00:00 UTC
PLAIN = Facts(Message("/t", "x"))


def event(ns: int) -> Message:
    return Message("/t", Event("ev", metadata={200: "x", 1: Timestamp(ns)}).value)


@pytest.fixture
def _in_india(monkeypatch):
    monkeypatch.setenv("TZ", "IST-05:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Clock:
    def __init__(self, *moments: int) -> None:
        self.moments = list(moments)

    def __call__(self) -> int:
        return self.moments.pop(0)


@pytest.mark.usefixtures("_in_india")
def test_moments_are_local():
    assert local_time(MAY + 123_456_789) == "2024-05-01T17:30:00.123+05:30"
    assert local_time(MAY + 123_456_789, "%H:%M:%S.%N %% %%N %z") == "17:30:00.123456789 % %N +0530"
    assert local_time(-1) == "1970-01-01T05:29:59.999+05:30"


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["", "%c", "%Y %N"]))
def test_every_moment_can_be_written(ns, form):
    assert local_time(ns, form)


def test_moments_beyond_the_calendar_are_seconds():
    assert local_time(2**63 * 100) == "922337203685.477580800"


@pytest.mark.usefixtures("_in_india")
def test_wall_is_the_time_of_arrival():
    stamps = Stamper("wall", Clock(MAY + 1_500_000, MAY + 10**9))
    stamps.tick()
    assert stamps.text(PLAIN) == "2024-05-01T17:30:00.001+05:30"
    assert stamps.short(PLAIN) == "17:30:00.001"
    assert stamps.text(PLAIN, "%S") == "00"
    assert stamps.ns(PLAIN) == MAY + 1_500_000
    stamps.tick()
    assert stamps.short(PLAIN) == "17:30:01.000"


def test_delta_is_the_time_since_the_message_before():
    stamps = Stamper("delta", Clock(MAY, MAY + 1_500_000_000))
    found = []
    for _ in range(2):
        stamps.tick()
        for _ in range(2):
            stamps.step()
            found.append((stamps.text(PLAIN), stamps.short(PLAIN)))
    assert found == [(text, text) for text in ("+0.000000", "+0.000000", "+1.500000", "+0.000000")]


@pytest.mark.usefixtures("_in_india")
def test_net_is_the_time_of_the_event():
    stamps = Stamper("net", Clock())
    assert stamps.short(Facts(event(MAY + 5_000_000))) == "2024-05-01 17:30:00.005"
    assert stamps.text(Facts(event(MAY + 5_000_000))) == "2024-05-01T17:30:00.005+05:30"
    for facts in (PLAIN, Facts(event(-(10**9))), Facts(Message("/t", Event("ev").value))):
        assert stamps.short(facts) == stamps.text(facts, "%S") == "-"
        assert stamps.ns(facts) is None


@given(st.integers(0, 2**63 - 1))
def test_the_quick_way_is_the_right_way(ns):
    stamps = Stamper("net", Clock())
    assert stamps.text(Facts(event(ns))) == local_time(ns)


@pytest.mark.usefixtures("_in_india")
def test_lines_for_people_have_them_in_front():
    messages = [Message("/t", "a"), Message("/t", "b")]
    assert HumanLines(stamps=Stamper("wall", lambda: MAY)).lines(messages) == [
        '17:30:00.000 /t "a"',
        '17:30:00.000 /t "b"',
    ]
    assert HumanLines(stamps=Stamper("wall", lambda: MAY)).line(messages[0]) == '17:30:00.000 /t "a"'
    shown = TerminalLines(30, colour=True, stamps=Stamper("net", lambda: MAY)).line(event(MAY))
    assert shown.startswith("\x1b[2m2024-05-01 17:30:00.000 \x1b[0m")
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).startswith("2024-05-01 17:30:00.000 /t\n    ev()")
