"""Lines for programs."""

from __future__ import annotations

import json

from broker_cli.live.reports import Reporter
from broker_cli.live.tally import LARGEST_LAST, Tally
from broker_core import Count, Event, Message
from broker_core.codecs.json import from_json


def lines(tally: Tally, **options) -> list[dict]:
    return [json.loads(line) for line in Reporter(**options).lines(tally, 1700000000.25, 2.0, 3)]


def make(*messages: Message, **options) -> Tally:
    tally = Tally(0.0, **options)
    tally.add(messages, 1.0)
    tally.tick(2.0)
    return tally


PING = Message("/a", Event("ping", "x", Count(1)).value)


def test_a_line_for_each_row_and_one_for_all():
    size = len(PING.payload)
    first, second, total = lines(make(PING, PING, Message("/b", "text")))
    assert first.pop("last")
    assert first == {
        "type": "topic-rate",
        "v": 1,
        "ts": 1700000000.25,
        "interval": 2.0,
        "topic": "/a",
        "kind": "event",
        "event": "ping",
        "rate": 1.0,
        "byte_rate": float(size),
        "messages": 2,
        "bytes": 2 * size,
        "average": 1.0,
    }
    assert (second["kind"], "event" in second) == ("data", False)
    assert second["last"] == {"@data-type": "string", "data": "text"}
    assert total == {
        "type": "rates",
        "v": 1,
        "ts": 1700000000.25,
        "interval": 2.0,
        "rate": 1.5,
        "byte_rate": size + 3.0,
        "messages": 3,
        "bytes": 2 * size + 6,
        "topics": 2,
        "events": 2,
        "dropped": 3,
    }


def test_by_topic_there_are_no_kinds():
    first, _ = lines(make(PING), by_event=False)
    assert "kind" not in first
    assert "event" not in first


def test_last_is_the_value_itself():
    first, _ = lines(make(PING))
    assert from_json(first["last"]) == PING.value


def test_a_row_ends_with_a_rate_of_zero():
    tally = make(PING)
    tally.tick(4.0)
    first, _ = lines(tally)
    assert (first["rate"], first["messages"]) == (0.0, 1)
    tally.tick(6.0)
    assert [line["type"] for line in lines(tally)] == ["rates"]


def test_order_and_filter():
    tally = make(PING, PING, Message("/b", "text"), Message("/c", "text"))
    assert [line["topic"] for line in lines(tally, sort="name")[:-1]] == ["/a", "/b", "/c"]
    assert [line["topic"] for line in lines(tally, pattern="/[bc]")[:-1]] == ["/b", "/c"]
    assert lines(tally, pattern="/[bc]")[-1]["messages"] == 4


def test_what_is_large_or_broken_has_no_last():
    big, broken = Message("/big", payload=bytes(LARGEST_LAST + 1)), Message("/broken", payload=b"\xff")
    for line in lines(make(big, broken))[:-1]:
        assert "last" not in line


def test_others_have_no_topic():
    first, second, total = lines(make(PING, Message("/b", "text"), max_rows=1))
    assert (first["topic"], second["topic"]) == ("/a", None)
    assert (total["topics"], total["events"]) == (1, 1)


def test_topics_of_any_bytes():
    text = Reporter().lines(make(Message("/\udcff\x1b", "x")), 1.0, 1.0, 0)[0]
    assert text.isascii()
    assert json.loads(text)["topic"] == "/\udcff\x1b"
