"""What is said about peers."""

from __future__ import annotations

import json

from broker_cli.output.facts import facts_block, facts_json, facts_table

PEER = {
    "address": "127.0.0.1:9999",
    "id": "00010203-0405-0607-0809-0a0b0c0d0e0f",
    "transport": "broker",
    "protocol": 1,
    "direction": "out",
    "tls": "TLSv1.2 AECDH-AES256-SHA (no certificates)",
    "rtt": 0.00123,
    "rtt_min": 0.00101,
    "subscriptions": ["", "/a\x1b[2J", "known/<$>/data/master"],
    "stores": [{"name": "known", "role": "master"}],
}
EMPTY = {**PEER, "subscriptions": [], "stores": [], "rtt": None, "rtt_min": None, "tls": "off"}
GONE = {"address": "[::1]:1", "error": "connection\n refused", "hint": "", "code": "peer_unavailable"}


def test_a_block():
    assert facts_block(PEER) == [
        "address       127.0.0.1:9999",
        "id            00010203-0405-0607-0809-0a0b0c0d0e0f",
        "protocol      Broker, version 1",
        "direction     out (we connected)",
        "tls           TLSv1.2 AECDH-AES256-SHA (no certificates)",
        "round trip    1.23 ms (at best 1.01 ms)",
        'subscriptions "" (all)',
        "              /a\\x1b[2J",
        "              known/<$>/data/master",
        "stores        known (master)",
    ]
    assert facts_block(EMPTY)[-3:] == ["round trip    -", "subscriptions none", "stores        none"]


def test_a_block_of_a_websocket_server():
    names = {"transport": "wss", "name": "x-websocket-3\x1b", "version": "8.2.2"}
    assert facts_block({**PEER, **names})[1:5] == [
        "id            00010203-0405-0607-0809-0a0b0c0d0e0f",
        "name          x-websocket-3\\x1b",
        "version       8.2.2",
        "protocol      JSON over WebSocket",
    ]


CLUSTER = {
    **EMPTY,
    "transport": "zmq",
    "version": "ZMTP 3.1",
    "tls": "CURVE",
    "node": "broker_x",
    "nodes": [
        {"id": "zeromq_manager_hh_7_Nx", "name": "manager", "host": "hh", "pid": 7},
        {"id": "zeromq__hh_8_Nx", "name": "", "host": "hh", "pid": 8},
        {"id": "other\x1b", "name": "", "host": "", "pid": None},
    ],
    "final_dot": True,
    "send_high_water": 1000,
    "receive_high_water": 16384,
    "stalls": 3,
    "missed": 1,
    "dropped": 2,
}


def test_a_block_of_a_cluster():
    assert facts_block(CLUSTER)[2:] == [
        "version       ZMTP 3.1",
        "protocol      ZeroMQ, as a node of a Zeek cluster",
        "direction     out (we connected)",
        "tls           CURVE",
        "round trip    -",
        "own node      broker_x",
        "nodes         manager on hh, pid 7",
        "              (no name) on hh, pid 8",
        "              other\\x1b",
        "node topics   with a dot at the end, as Zeek 7.2 and later have them",
        "high water    1000 messages out, 16384 in",
        "stalled       3 times",
        "missed        1 message, because subscribers here were too slow",
        "dropped       2 messages on the way out",
        "subscriptions none",
    ]
    quiet = {**CLUSTER, "nodes": [], "stalls": 0, "missed": 0, "dropped": 0, "final_dot": None}
    lines = facts_block(quiet)
    assert "nodes         none has announced itself" in lines
    assert "node topics   none is there to be seen" in lines
    assert lines[-4:-1] == ["stalled       never", "missed        nothing", "dropped       nothing"]
    assert any("as Zeek 7.1 has them" in line for line in facts_block({**quiet, "final_dot": False}))


def test_json_is_complete():
    assert json.loads(facts_json("peer", PEER)) == {"type": "peer", "v": 1, **PEER}


def test_a_table_at_80_columns():
    assert facts_table([PEER, EMPTY, GONE], 80, colour=False).split("\n") == [
        "peer            state   rtt      tls      subscriptions  stores",
        '127.0.0.1:9999  ok      1.23 ms  TLSv1.2  "" (all)       known (master)',
        "                                          /a\\x1b[2J",
        "127.0.0.1:9999  ok      -        off",
        "[::1]:1         failed",
        "",
        "[::1]:1: connection\\n refused",
    ]


def test_an_address_is_not_folded_for_the_sake_of_subscriptions():
    peer = {**PEER, "address": "ws://127.0.0.1:39341", "subscriptions": ["a" * 60], "stores": []}
    assert facts_table([peer], 80, colour=False).split("\n")[1].startswith("ws://127.0.0.1:39341  ok")


def test_a_table_at_120_columns_has_ids():
    lines = facts_table([PEER, GONE], 120, colour=False).split("\n")
    assert lines[0].split() == ["peer", "state", "rtt", "tls", "subscriptions", "stores", "id"]
    assert lines[1].endswith(f"  {PEER['id']}")
    assert lines[3].split() == ["[::1]:1", "failed"]


def test_nothing_is_cut_from_a_narrow_table():
    lines = facts_table([PEER], 50, colour=False).split("\n")
    assert all(len(line) <= 50 for line in lines)
    assert "…" not in "".join(lines)
    columns = [line[:7].strip() for line in lines]
    assert "".join(columns).endswith("127.0.0.1:9999")


def test_a_table_in_colour():
    assert "\x1b[31mfailed" in facts_table([GONE], 80, colour=True)
    assert "\x1b[32mok" in facts_table([PEER], 80, colour=True)
