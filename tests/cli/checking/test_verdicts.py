"""What readers of a verdict get."""

from __future__ import annotations

import io
import json
import re
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from broker_cli.checking.ranges import Range
from broker_cli.checking.verdicts import Metric, Status, Verdict, report_failure, status_of, worst
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure

RTT = Metric(name="rtt", value=0.000213, help="Round trip.", unit="s", warning=Range(0, 0.1), critical=Range(0, 0.5))
FEW = Metric(name="entries", value=3, help="Entries.", critical=Range(5, float("inf")))
# <label>=<value>[unit];[warning];[critical];[least];[most], as the guidelines have it
PERFORMANCE = re.compile(r"[a-z_]+=-?[0-9.e+-]+(ms)?;[@~0-9.:e+-]*;[@~0-9.:e+-]*;0?;")


def test_the_line_of_a_plugin():
    verdict = Verdict.of("peer", "h:1", "all is well", [RTT], [])
    assert verdict.line() == "BROKER OK - all is well | rtt=0.213ms;100;500;0;"
    assert Verdict.of("peer", "h:1", "well", [], []).line() == "BROKER OK - well"


def test_the_worst_comes_first():
    verdict = Verdict.of("x", "t", "well", [RTT, FEW], [(Status.WARNING, "a little"), (Status.UNKNOWN, "who knows")])
    assert verdict.status is Status.CRITICAL
    assert verdict.message == "entries: 3, should be at least 5; who knows; a little"


@pytest.mark.parametrize(
    ("value", "status"), [(0.1, Status.OK), (0.11, Status.WARNING), (0.5, Status.WARNING), (0.51, Status.CRITICAL)]
)
def test_the_state_of_a_number(value, status):
    metric = Metric(name="rtt", value=value, help="", unit="s", warning=RTT.warning, critical=RTT.critical)
    assert metric.status is status


def test_a_number_in_words():
    slow = Metric(name="cert_days", value=-3.5, help="", warning=Range(30, float("inf")), signed=True)
    assert slow.alert() == "cert days: -3.5, should be at least 30"
    assert slow.performance() == "cert_days=-3.5;30:;;;"
    late = Metric(name="rtt", value=0.7, help="", unit="s", critical=Range(0, 0.5))
    assert late.alert() == "rtt: 700 ms, should be at most 500 ms"


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((), Status.OK),
        ((Status.UNKNOWN, Status.WARNING), Status.UNKNOWN),
        ((Status.UNKNOWN, Status.CRITICAL), Status.CRITICAL),
        ((Status.OK, Status.WARNING), Status.WARNING),
    ],
)
def test_which_state_is_worse(statuses, status):
    assert worst(*statuses) is status


@pytest.mark.parametrize("code", ExitCode)
def test_failures_are_states(code):
    wrong_here = code in {ExitCode.USAGE, ExitCode.BUG}
    assert status_of(Failure("x", code)) is (Status.UNKNOWN if wrong_here else Status.CRITICAL)


@given(st.text(), st.floats(0, 1e6))
def test_it_is_one_line_whatever_the_text(text, value):
    metric = Metric(name="rtt", value=value, help="", unit="s", warning=Range(0, 1))
    line = Verdict(check="x", target=text, status=Status.OK, message=text, metrics=[metric]).line()
    assert line.isprintable()
    _, numbers = line.split(" | ")
    assert line.count("|") == 1
    assert PERFORMANCE.fullmatch(numbers)


@given(st.text())
def test_prometheus_reads_it(target):
    verdict = Verdict(check="store", target=target, status=Status.WARNING, message="m", metrics=[RTT, FEW])
    text = verdict.text("prometheus", 1.5)
    samples = [sample for family in text_string_to_metric_families(text + "\n") for sample in family.samples]
    assert {sample.name: sample.value for sample in samples} == {
        "broker_check_status": 1,
        "broker_check_duration_seconds": 1.5,
        "broker_check_rtt_seconds": 0.000213,
        "broker_check_entries": 3,
    }
    shown = target.encode("utf-8", "backslashreplace").decode()
    assert all(sample.labels == {"check": "store", "target": shown} for sample in samples)


def test_ndjson():
    verdict = Verdict.of("peer", "h:1", "well", [RTT, FEW], [])
    assert json.loads(verdict.text("ndjson", 0.12)) == {
        "type": "check",
        "v": 1,
        "check": "peer",
        "target": "h:1",
        "status": "critical",
        "code": 2,
        "message": "entries: 3, should be at least 5",
        "seconds": 0.12,
        "metrics": {
            "rtt": {"value": 0.000213, "unit": "s", "warning": "0.1", "critical": "0.5"},
            "entries": {"value": 3, "unit": "", "warning": None, "critical": "5:"},
        },
    }


def test_a_failure_before_the_check():
    with tempfile.TemporaryFile() as out, io.StringIO() as err:
        context = Context(stdout=out.fileno(), stderr=err, stderr_is_terminal=False)
        assert report_failure(Failure("no | such\x1b thing", ExitCode.USAGE, "a hint"), context) == 3
        out.seek(0)
        assert out.read() == b"BROKER UNKNOWN - no \\x7c such\\x1b thing\n"
        assert err.getvalue() == "  hint: a hint\n"
