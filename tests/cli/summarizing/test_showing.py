"""What people and programs see of a recording."""

from __future__ import annotations

import json

from broker_cli.summarizing.showing import file_table, summary_json, summary_lines
from broker_cli.summarizing.tally import Tally
from broker_core import EndpointId, Event
from broker_core.codecs import binary
from broker_core.recordings import Damage, End, Gap, RecordedMessage, RecordingHeader

SENDER = EndpointId(bytes(range(16)))
SECOND = 1_000_000_000
HEADER = RecordingHeader(created=SECOND, program="broker 1", endpoint=SENDER, peers=("h:1",), topics=("/a", ""))


def one(topic, name, time):
    return RecordedMessage(topic, payload=binary.encode(Event(name).value), time=time * SECOND, sender=SENDER)


def made(*more):
    tally = Tally()
    tally.add([HEADER, *[one("/a", "ping", at) for at in range(10)], one("/b\x1b", "pong", 10), *more])
    tally.finish(2000)
    return tally


def test_ndjson():
    line = json.loads(
        summary_json(
            "a.rec", made(Gap(3 * SECOND, 2, "x"), Damage(5, 6, "bad", at_end=False), Damage(7, 8, "", at_end=True)), 1
        )
    )
    size = len(binary.encode(Event("ping").value))
    assert line == {
        "type": "recording",
        "v": 1,
        "file": "a.rec",
        "bytes": 2000,
        "messages": 11,
        "value_bytes": 11 * size,
        "first": 0.0,
        "last": 10.0,
        "duration": 10.0,
        "rate": 1.1,
        "sessions": [
            {"created": 1.0, "program": "broker 1", "endpoint": str(SENDER), "peers": ["h:1"], "topics": ["/a", ""]}
        ],
        "unended": 1,
        "gaps": [{"ts": 3.0, "lost": 2, "reason": "x"}],
        "lost": 2,
        "damage": [{"offset": 5, "size": 6, "problem": "bad"}],
        "torn": {"offset": 7, "size": 8},
        "topic_count": 2,
        "event_count": 2,
        "sender_count": 1,
        "topics": [{"topic": "/a", "messages": 10, "bytes": 10 * size}],
        "events": [{"event": "ping", "messages": 10, "bytes": 10 * size}],
        "senders": [{"from": str(SENDER), "messages": 11, "bytes": 11 * size}],
    }


def test_ndjson_of_nothing():
    line = json.loads(summary_json("a.rec", Tally(), 5))
    assert (line["messages"], line["first"], line["rate"], line["torn"], line["topics"]) == (0, None, None, None, [])


def test_people_see_what_is_there():
    lines = summary_lines("a.rec", made(End(1, 11)), 5, None)
    assert lines[0] == "file        a.rec (2.0 KB)"
    assert lines[1].startswith("messages    11 in 10.000 s (1/s), ")
    assert lines[4] == 'recorded    /a, "" at h:1 by broker 1'
    assert lines[5] == ""
    assert lines[6:9] == ["messages      bytes  topics (2)", "      10  300 bytes  /a", "       1   30 bytes  /b\\x1b"]
    assert not any(line.startswith(("gaps", "damaged", "cut off", "end")) for line in lines)


def test_people_see_what_is_wrong():
    tally = made(Gap(SECOND, 1200, "dropped"), Gap(SECOND, 0, "away"), Damage(5, 6, "bad", at_end=False))
    tally.add([Damage(1500, 500, "cut", at_end=True)])
    text = "\n".join(summary_lines("a.rec", tally, 0, None))
    assert "end         not in order: the recorder was killed, or is still at it" in text
    assert "gaps        2, 1,200 messages lost" in text
    assert "1,200 messages dropped" in text
    assert "damaged     1 place, 6 bytes" in text
    assert "6 bytes at offset 5: bad" in text
    assert "cut off     at offset 1,500: 500 bytes cannot be used" in text
    assert "topics" not in text, "a list of none"


def test_lists_are_cut():
    tally = Tally()
    tally.add([one(f"/{at}", "x", at) for at in range(10)])
    lines = summary_lines("a.rec", tally, 3, None)
    assert "... and 7 more, see --top" in lines
    tally.topics.others[0] = 5
    assert any("(others)" in line for line in summary_lines("a.rec", tally, 3, None))


def test_many_sessions_and_gaps():
    tally = Tally()
    tally.add([HEADER] * 30 + [Gap(1, 1, "x")] * 30)
    lines = summary_lines("a.rec", tally, 3, None)
    assert sum("by broker 1" in line for line in lines) == 10
    assert any("30 times in all" in line for line in lines)
    assert len(lines) < 35


def test_lines_fit_a_terminal():
    tally = Tally()
    tally.add([one("/" + "x" * 200, "e" * 200, 1)])
    for width in (40, 60, 80):
        lines = summary_lines("n" * 100, tally, 5, width)
        assert max(map(len, lines)) == width
        assert all(line.endswith("…") for line in lines if len(line) == width)


def test_a_table_of_files():
    cut = Tally()
    cut.add([Damage(1, 1, "", at_end=True), Gap(1, 1, ""), Damage(1, 1, "", at_end=False)])
    lines = file_table([("a.rec", made(End(1, 1))), ("b\n.rec", cut), ("c.rec", made())], None)
    assert lines[0].split() == ["messages", "size", "first", "file"]
    assert lines[1].endswith("  a.rec")
    assert lines[2].endswith("  b\\n.rec (1 gap, damaged, cut off)")
    assert lines[3].endswith("  c.rec (not ended)")
    assert file_table([("a" * 100, made())], 60)[1].endswith("…")
