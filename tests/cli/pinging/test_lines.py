"""How pings and pongs look."""

from __future__ import annotations

import json

from broker_cli.pinging.lines import PingLines, PongLines, milliseconds
from broker_cli.pinging.payload import Ping
from broker_cli.pinging.rounds import Answer, Rounds
from broker_core import EndpointId

ID = EndpointId.parse("00010203-0405-4607-8809-0a0b0c0d0e0f")


def played() -> Rounds:
    rounds = Rounds(1)
    for number in (1, 2, 3):
        rounds.send(number)
    rounds.take(1, 1.001)
    rounds.take(3, 3.003)
    rounds.take(3, 3.004)
    rounds.expire(9)
    rounds.take(2, 9.5)
    return rounds


def test_for_people():
    lines = PingLines("human", "/t\x1b", 1.5)
    assert lines.answer(1, ID, Answer("answer", 0.0002134)) == [f"pong 1 from {ID}: 0.213 ms"]
    assert lines.answer(1, ID, Answer("late", 1.7)) == [f"pong 1 from {ID}: 1700.0 ms (late)"]
    assert lines.answer(1, ID, Answer("duplicate", None)) == [f"pong 1 from {ID}: (again)"]
    assert lines.lost(2) == ["ping 2: no answer within 1.5 s"]
    assert lines.summary(played(), 9.5) == [
        "--- /t\\x1b ping statistics ---",
        "3 pings, 2 answered, 1 lost (33.3%), 1 late, 1 again in 9.5 s",
        "rtt min/avg/p95/max = 1.000/2.000/3.000/3.000 ms",
    ]
    assert lines.summary(Rounds(1), 0)[1:] == ["0 pings, 0 answered in 0 s"]


def test_ndjson():
    lines = PingLines("ndjson", "/t", 1)
    told = [
        *lines.answer(1, ID, Answer("answer", 0.00021341234567)),
        *lines.answer(2, ID, Answer("late", 2.5)),
        *lines.answer(1, ID, Answer("duplicate", None)),
        *lines.lost(3),
        *lines.summary(played(), 9.5),
        *lines.summary(Rounds(1), 0),
    ]
    assert [json.loads(line) for line in told] == [
        {"type": "pong", "v": 1, "id": 1, "from": str(ID), "rtt": 0.000213412},
        {"type": "pong", "v": 1, "id": 2, "from": str(ID), "rtt": 2.5, "late": True},
        {"type": "pong", "v": 1, "id": 1, "from": str(ID), "rtt": None, "duplicate": True},
        {"type": "lost", "v": 1, "id": 3},
        {
            "type": "ping-summary",
            "v": 1,
            "topic": "/t",
            "sent": 3,
            "answered": 2,
            "lost": 1,
            "late": 1,
            "duplicates": 1,
            "loss": 0.333333,
            "seconds": 9.5,
            "rtt": {"min": 0.001, "avg": 0.002, "p50": 0.001, "p95": 0.003, "max": 0.003},
        },
        {
            "type": "ping-summary",
            "v": 1,
            "topic": "/t",
            "sent": 0,
            "answered": 0,
            "lost": 0,
            "late": 0,
            "duplicates": 0,
            "loss": 0.0,
            "seconds": 0,
            "rtt": None,
        },
    ]


def test_bare_numbers_as_of_broker_node():
    for form in ("text", "broker"):
        lines = PingLines(form, "/t", 1)
        assert lines.answer(1, ID, Answer("answer", 0.000213412)) == ["213412"]
        assert lines.answer(1, ID, Answer("late", 2.5)) == []
        assert lines.answer(1, ID, Answer("duplicate", None)) == []
        assert lines.lost(1) == lines.summary(played(), 1) == []


def test_the_lines_of_pong():
    assert PongLines("human").ping(Ping(1, 5), "/\x1b", ID) == f"ping 1 from {ID} on /\\x1b, 5 bytes"
    assert PongLines("human").summary("/t", 5) == []
    assert json.loads(PongLines("ndjson").ping(Ping(1, 5), "/t", ID)) == {
        "type": "ping",
        "v": 1,
        "id": 1,
        "topic": "/t",
        "from": str(ID),
        "size": 5,
    }
    (line,) = PongLines("ndjson").summary("/t", 5)
    assert json.loads(line) == {"type": "pong-summary", "v": 1, "topic": "/t", "answered": 5}


def test_milliseconds_have_the_digits_that_matter():
    assert [milliseconds(time) for time in (0.0000005, 0.0999, 0.1, 12.3456)] == ["0.001", "99.900", "100.0", "12345.6"]
