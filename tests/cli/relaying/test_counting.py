"""What is told of a relay."""

from __future__ import annotations

import dataclasses

import pytest

from broker_cli.relaying.counting import Counts, Snapshot, count_words, live_line, relay_object

SIDES = (("a:1", True), ("ws://b:2", False))


def test_an_object():
    forth = Counts(received=30, relayed=20, bytes=2000, echoes=3, filtered=7)
    before = Snapshot(10, 1000), Snapshot()
    fields = [field.name for field in dataclasses.fields(Counts)]
    found = relay_object((forth, Counts()), before, SIDES, ts=1.5, uptime=20.00001, interval=5, final=False)
    assert found == {
        "ts": 1.5,
        "uptime": 20.0,
        "interval": 5,
        "final": False,
        "a": {"address": "a:1", "connected": True},
        "b": {"address": "ws://b:2", "connected": False},
        "a_to_b": {
            "received": 30,
            "relayed": 20,
            "bytes": 2000,
            "filtered": 7,
            "echoes": 3,
            "expired": 0,
            "unwanted": 0,
            "unfit": 0,
            "refused": 0,
            "dropped": 0,
            "lost": 0,
            "queued": 0,
            "rate": 2.0,
            "byte_rate": 200.0,
        },
        "b_to_a": dict.fromkeys([*fields, "rate", "byte_rate"], 0),
    }


def test_no_time_has_no_rate():
    found = relay_object(
        (Counts(relayed=5), Counts()), (Snapshot(), Snapshot()), SIDES, ts=0, uptime=0, interval=0, final=True
    )
    assert found["a_to_b"]["rate"] == 0


@pytest.mark.parametrize(
    ("forth", "connected", "line"),
    [
        (Counts(relayed=12345, bytes=1), (True, True), "A>B 12,345 (1,234/s)  B>A 0 (0/s)"),
        (
            Counts(relayed=1, echoes=2, dropped=3, lost=4, refused=5, unfit=6),
            (False, True),
            "A>B 1 (0/s) 2 echoes 3 dropped 4 lost 5 refused 6 unfit  B>A 0 (0/s)  no connection to A",
        ),
        (Counts(), (False, False), "A>B 0 (0/s)  B>A 0 (0/s)  no connection to A  no connection to B"),
    ],
)
def test_the_live_line(forth, connected, line):
    assert live_line((forth, Counts()), (Snapshot(), Snapshot()), 10, connected) == line


def test_words():
    assert count_words("A to B", Counts(relayed=1)) == "A to B: relayed 1 message"
    assert count_words("A to B", Counts(relayed=2000, filtered=1, echoes=2, lost=3)) == (
        "A to B: relayed 2,000 messages, 1 left out by the rules, 2 held back by the loop guard,"
        " 3 perhaps lost with a connection"
    )
