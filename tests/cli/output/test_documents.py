"""Status documents for people."""

from __future__ import annotations

import pytest

from broker_cli.output.documents import document_lines

PEERING = {
    "address": "127.0.0.1:51604",
    "direction": "in",
    "transport": "broker",
    "tls": "TLSv1.2 AECDH-AES256-SHA (no certificates)",
    "subscriptions": ["zeek/a", ""],
    "queued": 0,
    "unconfirmed": 2,
    "sent": 11,
    "received": 1300,
    "dropped": 0,
}
OURS = {
    "id": "e580e6a1-aac8-4a95-9566-69b32e5a7954",
    "forwarding": True,
    "local-subscriptions": ["/x", "/y"],
    "message-counts": {"published": 1, "received": 2, "delivered": 3, "forwarded": 4, "skipped": 5},
    "peerings": {
        "ba1549df-3380-4e58-b42c-b3326344a65c": PEERING,
        "9c2c5b45-f4bd-456a-ac58-059534f503df": {
            **PEERING, "address": "", "direction": "local", "tls": "off", "subscriptions": [], "name": "n",
        },
    },
    "subscribers": [{"queued": 1, "capacity": 2048, "overflow": "block"}],
    "stores": {"db": {"role": "clone", "backend": "memory", "entries": 1, "stale": False, "synchronized": True}},
}  # fmt: skip


def test_a_cluster_on_zeromq():
    nodes = [{"id": "zeromq_manager_hh_7_Nx", "name": "manager"}, {"id": "my-node\x1b", "name": ""}, "odd"]
    cluster = {**PEERING, "transport": "zmq", "tls": "CURVE", "missed": 3, "stalls": 4, "nodes": nodes}
    assert document_lines({"peerings": {"x": cluster}}, 80) == [
        "peerings (1)",
        "  address          dir  over  tls    sent  received  queued  dropped",
        "  127.0.0.1:51604  in   zmq   CURVE    11      1300       0        0",
        "    id x",
        "    missed 3",
        "    stalls 4",
        "    nodes manager",
        "          my-node\\x1b",
        "          odd",
        "    wants zeek/a",
        '          "" (all)',
    ]


def test_an_endpoint_of_ours_at_80_columns():
    assert document_lines(OURS, 80) == [
        "id                   e580e6a1-aac8-4a95-9566-69b32e5a7954",
        "forwarding           yes",
        "local-subscriptions  /x",
        "                     /y",
        "message-counts       published 1, received 2, delivered 3, forwarded 4,",
        "                     skipped 5",
        "peerings (2)",
        "  address          dir    over    tls      sent  received  queued  dropped",
        "  127.0.0.1:51604  in     broker  TLSv1.2    11      1300       0        0",
        "    id ba1549df-3380-4e58-b42c-b3326344a65c",
        "    wants zeek/a",
        '          "" (all)',
        "  this process     local  broker  off        11      1300       0        0",
        "    id 9c2c5b45-f4bd-456a-ac58-059534f503df",
        "    name n",
        "    wants nothing",
        "subscribers (1)",
        "  queued  capacity  overflow",
        "       1      2048  block",
        "stores (1)",
        "  name  role   backend  entries  synced",
        "  db    clone  memory         1  yes",
    ]


def test_nothing_is_left_out_on_request():
    lines = document_lines(OURS, 80, everything=True)
    assert "  ba1549df-3380-4e58-b42c-b3326344a65c" in lines
    assert "    unconfirmed    2" in lines
    assert "    tls            TLSv1.2 AECDH-AES256-SHA (no certificates)" in lines
    assert '    address        ""' in lines


def test_a_document_of_somebody_else():
    """As C++ might have it: the names are made up, the forms are those of its values."""
    document = {
        "id": "x",
        "native-peers": [{"id": "a", "port": 1, "filter": ["/x", "/y"]}, {"id": "b", "port": 22, "more": None}],
        "peerings": {"a": {"buffered": 1}, "bcd": {"buffered": 2}},
        "nested": {"a": {"b": {"c": [1, {"d": 2}]}}},
        "empty": {"list": [], "table": {}},
        "nothing": None,
        "none": {},
        "also none": [],
        "mixed": [1, {"a": "b"}, [2]],
        "odd": {"a": 1, "b": {"c": 1.5}},
    }
    assert document_lines(document, 80) == [
        "id         x",
        "native-peers (2)",
        "  1.",
        "    id      a",
        "    port    1",
        "    filter  /x",
        "            /y",
        "  2.",
        "    id    b",
        "    port  22",
        "    more  -",
        "peerings (2)",
        "  name  buffered",
        "  a            1",
        "  bcd          2",
        "nested (1)",
        "  a",
        "    b  c 1, d 2",
        "empty      list none, table none",
        "nothing    -",
        "none       none",
        "also none  none",
        "mixed      1",
        "           a b",
        "           2",
        "odd        a 1, b c 1.5",
    ]


def test_a_table_that_is_too_wide_becomes_blocks():
    document = {"rows": [{f"column {at}": "x" * 9 for at in range(8)}]}
    assert len(document_lines(document, 120)) == 3
    lines = document_lines(document, 80)
    assert lines[:3] == ["rows (1)", "  1.", "    column 0  xxxxxxxxx"]
    assert len(lines) == 10


@pytest.mark.parametrize("width", [1, 40, 80, 120])
def test_any_width_will_do(width):
    lines = document_lines(OURS, width)
    assert "".join(lines).count("zeek/a") == 1
    assert max(map(len, lines)) <= max(width, 80)


def test_nothing_gets_at_the_terminal():
    bad = "\x1b[2J\n"
    document = {
        bad: bad,
        "a": [bad],
        "b": {bad: bad},
        "c": {bad: {bad: bad}},
        "peerings": {bad: {"address": bad, "tls": bad, "subscriptions": [bad], "name": bad}},
        "stores": {bad: {"role": bad}},
    }
    for everything in (False, True):
        text = "".join(document_lines(document, 80, everything=everything))
        assert "\x1b" not in text
        assert "\n" not in text


def test_nothing_at_all():
    assert document_lines({}, 80) == []
