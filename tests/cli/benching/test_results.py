"""What is told."""

from __future__ import annotations

import csv
import io
import json

import pytest

from broker_cli.benching.results import Results, csv_text, json_lines, table_lines, total_of
from broker_cli.benching.work import Part


def part(client: int, count: int, start: float, end: float, **members) -> Part:
    return Part(client=client, count=count, start=start, end=end, bytes=100 * count, **members)


def with_latency(one: Part, *times: int) -> Part:
    for time in times:
        one.latency.add(time)
    return one


CLIENTS = [part(1, 1000, 10.0, 12.0), part(2, 500, 10.5, 13.0, unconfirmed=3, refused=2)]
RECEIVED = with_latency(part(0, 1500, 10.1, 13.1, missing=1), 1_000_000, 3_000_000)


def test_a_total_is_from_the_first_start_to_the_last_end():
    total = total_of([*CLIENTS, Part(client=3)])  # one that did nothing has no time
    assert (total.count, total.start, total.end, total.bytes) == (1500, 10.0, 13.0, 150_000)
    assert (total.unconfirmed, total.refused) == (3, 2)
    assert total_of([]).seconds == 0


def test_a_table():
    lines = table_lines(Results(kind="pub", what="x", clients=CLIENTS, other_end=RECEIVED))
    assert lines == [
        "          messages  a second  MB a second  seconds",
        "client 1     1,000       500         0.05    2.000",
        "client 2       500       200         0.02    2.500",
        "received     1,500       500         0.05    3.000",
        "total        1,500       500         0.05    3.000",
        "",
        "Latency, from publishing to receiving, one way:",
        "milliseconds    min    p50    p90    p99  p99.9    max",
        "total         1.000  1.004  3.000  3.000  3.000  3.000",
        "",
        "3 were published, but not confirmed",
        "2 were refused by the server",
        "1 are missing between the first and the last",
    ]


def test_one_client_is_the_total():
    lines = table_lines(Results(kind="store", what="x", clients=[with_latency(Part(client=1, count=5, end=1), 5)]))
    assert lines[:2] == [
        "          operations  a second  MB a second  seconds",
        "client 1           5         5            -    1.000",
    ]
    assert lines[3:] == [
        "Latency, from the request to its confirmation:",
        "milliseconds    min    p50    p90    p99  p99.9    max",
        "total         0.000  0.000  0.000  0.000  0.000  0.000",
    ]


def test_each_subscriber_has_its_latency():
    clients = [with_latency(part(1, 1, 0, 1), 10**6), with_latency(part(2, 1, 0, 1), 2 * 10**6)]
    lines = table_lines(Results(kind="sub", what="x", clients=clients))
    assert [line.split()[:3] for line in lines[-3:]] == [
        ["client", "1", "1.000"],
        ["client", "2", "2.000"],
        ["total", "1.000", "1.004"],
    ]


def test_lines_of_ndjson():
    objects = [
        json.loads(line)
        for line in json_lines(Results(kind="pub", what="x", clients=CLIENTS, other_end=RECEIVED, complete=False))
    ]
    assert [one["part"] for one in objects] == ["client", "client", "other-end", "total"]
    assert [one["client"] for one in objects] == [1, 2, None, None]
    assert objects[0] == {
        "type": "bench",
        "v": 1,
        "bench": "pub",
        "part": "client",
        "client": 1,
        "what": "x",
        "clients": 2,
        "messages": 1000,
        "seconds": 2.0,
        "rate": 500.0,
        "bytes": 100_000,
        "byte_rate": 50_000.0,
        "unconfirmed": 0,
        "refused": 0,
        "missing": 0,
        "foreign": 0,
        "complete": False,
        "latency": None,
    }
    assert objects[3]["latency"]["count"] == 2
    assert set(objects[3]["latency"]) == {"count", "min", "mean", "p50", "p90", "p99", "p99.9", "max"}
    assert objects[3]["latency"]["min"] == pytest.approx(0.001)
    assert objects[3]["missing"] == 1


def test_csv():
    text = csv_text(Results(kind="pub", what='a, "b"', clients=CLIENTS, other_end=RECEIVED))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["part"] for row in rows] == ["client", "client", "other-end", "total"]
    assert rows[0]["what"] == 'a, "b"'
    assert rows[0]["latency_p50"] == ""
    assert float(rows[3]["latency_max"]) == 0.003
