"""How a diagnosis looks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from broker_cli.output.diagnosis import diagnosis_json, note_lines, step_lines, verdict_lines
from broker_core import Cause, CertificateFacts, Diagnosis, DiagnosisStep, EndpointId
from broker_core.messages.cluster_wire import ClusterNode

STEPS = (
    DiagnosisStep(name="connect", ok=True, text="answers", seconds=0.0012345678),
    DiagnosisStep(name="look", ok=None, text="TLS"),
    DiagnosisStep(name="handshake", ok=False, text="no"),
)
BAD = Diagnosis(
    address="h:1", cause=Cause.REFUSED, finding="what", remedy="do it", steps=STEPS, warnings=("careful", "very")
)
GOOD = Diagnosis(
    address="h:1",
    cause=None,
    finding="all is well",
    remedy="",
    steps=(),
    id=EndpointId(b"\1" * 16),
    protocol=1,
    tls="off",
    version="8.2",
    subscriptions=("/a",),
    nodes=(ClusterNode.parse("zeromq_m_h_7_Nx"),),
    rtt=0.00012345678,
    certificate=CertificateFacts(
        subject="CN=m",
        issuer="CN=CA",
        not_before=datetime(2024, 1, 1, tzinfo=UTC),
        not_after=datetime(2034, 1, 1, 12, tzinfo=UTC),
        hosts=("h",),
    ),
)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (STEPS[0], "connect        ok      answers (1.2 ms)"),
        (STEPS[1], "look           note    TLS"),
        (STEPS[2], "handshake      failed  no"),
    ],
)
def test_steps(step, line):
    assert step_lines(step, colour=False) == [line]
    (coloured,) = step_lines(step, colour=True)
    assert "\x1b[" in coloured
    assert len(coloured) > len(line)


def test_notes():
    assert note_lines(GOOD, colour=False) == []
    assert note_lines(BAD, colour=False) == [f"note:{' ' * 18}careful", f"note:{' ' * 18}very"]


def test_the_verdict():
    assert verdict_lines(BAD, colour=False) == ["cause: refused: what", "remedy: do it"]
    assert verdict_lines(GOOD, colour=False) == ["cause: none: all is well", "remedy: none is needed"]
    assert verdict_lines(BAD, colour=True) == [
        "\x1b[1;31mcause:\x1b[0m refused: what",
        "\x1b[1;32mremedy:\x1b[0m do it",
    ]
    assert verdict_lines(GOOD, colour=True)[0].startswith("\x1b[1;32mcause:\x1b[0m none")


LONG = Diagnosis(
    address="h:1",
    cause=Cause.REFUSED,
    finding="one two three four five six seven eight nine ten",
    remedy="do it",
    steps=(DiagnosisStep(name="look", ok=True, text="a " * 30 + "b"),),
    warnings=("word " * 20,),
)


@pytest.mark.parametrize("colour", [False, True])
def test_lines_are_folded_between_words_where_the_terminal_ends(colour):
    plain = [
        re.sub(r"\x1b\[[0-9;]*m", "", line)
        for lines in (
            step_lines(LONG.steps[0], colour=colour, width=50),
            note_lines(LONG, colour=colour, width=50),
            verdict_lines(LONG, colour=colour, width=50),
        )
        for line in lines
    ]
    assert max(map(len, plain)) <= 50
    assert plain[:2] == [f"look           ok      {'a ' * 14}".rstrip(), " " * 23 + ("a " * 14).rstrip()]
    assert plain[-3:] == [
        "cause: refused: one two three four five six seven",
        "       eight nine ten",
        "remedy: do it",
    ]
    assert len(verdict_lines(LONG, colour=colour)) == 2


def test_json():
    assert json.loads(diagnosis_json(GOOD)) == {
        "type": "diagnosis",
        "v": 1,
        "address": "h:1",
        "cause": None,
        "finding": "all is well",
        "remedy": "",
        "warnings": [],
        "id": "01010101-0101-0101-0101-010101010101",
        "protocol": 1,
        "tls": "off",
        "version": "8.2",
        "rtt": 0.000123,
        "subscriptions": ["/a"],
        "nodes": [{"id": "zeromq_m_h_7_Nx", "name": "m", "host": "h", "pid": 7}],
        "certificate": {
            "subject": "CN=m",
            "issuer": "CN=CA",
            "not_before": "2024-01-01T00:00:00Z",
            "not_after": "2034-01-01T12:00:00Z",
            "hosts": ["h"],
        },
        "steps": [],
    }
    bad = json.loads(diagnosis_json(BAD))
    assert (bad["cause"], bad["certificate"], bad["id"]) == ("refused", None, None)
    assert bad["steps"][0] == {"name": "connect", "ok": True, "text": "answers", "seconds": 0.001235}
