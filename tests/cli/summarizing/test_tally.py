"""Counting, in flat memory."""

from __future__ import annotations

import pytest

from broker_cli.summarizing import tally as subject
from broker_cli.summarizing.tally import LONGEST_NAME, MOST_NAMES, NOTES_KEPT, Counts, Tally
from broker_core import Batch, Count, EndpointId, Event, IdentifierUpdate
from broker_core.codecs import binary
from broker_core.recordings import Damage, End, Gap, RecordedMessage, RecordingHeader

SENDER = EndpointId(bytes(range(16)))


def one(topic="/t", value=None, time=1, sender=SENDER):
    payload = value if isinstance(value, bytes) else binary.encode(value)
    return RecordedMessage(topic, payload=payload, time=time, sender=sender)


def test_messages_by_name():
    tally = Tally()
    ping, pong = Event("ping", Count(1)).value, Event("pong").value
    tally.add([one("/a", ping, 20), one("/a", ping, 10), one("/b", pong, 30)])
    tally.add([one("/b", 5, 25)])
    tally.finish(1000)
    size, short = len(binary.encode(ping)), len(binary.encode(pong))
    assert (tally.messages, tally.value_bytes, tally.bytes) == (4, 2 * size + short + 9, 1000)
    assert (tally.first, tally.last, tally.duration) == (10, 30, 20)
    assert tally.rate == 4 / 20e-9
    assert tally.topics == {"/a": [2, 2 * size], "/b": [2, short + 9]}
    assert tally.events == {"ping": [2, 2 * size], "pong": [1, short], "(no event)": [1, 9]}
    assert tally.senders == {str(SENDER): [4, 2 * size + short + 9]}


def test_values_are_not_decoded():
    message = one("/t", Event("ping").value)
    broken = one("/t", binary.encode(Event("ping").value)[:-1] + b"\xff")
    tally = Tally()
    tally.add([message, broken])
    assert not message.is_decoded
    assert tally.events["ping"][0] == 2


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Batch((Event("x"), Event("y"))).value, "(batch)"),
        (IdentifierUpdate("A::x", 1).value, "(identifier update)"),
        ((Count(1), Count(2), ()), "(log create)"),
        ((Count(1), Count(3), ()), "(log write)"),
        ((Count(1), Count(9), ()), "(no event)"),
        ("text", "(no event)"),
        (b"\xff", "(no event)"),
    ],
)
def test_other_zeek_messages_by_kind(value, kind):
    tally = Tally()
    tally.add([one("/t", value)])
    assert list(tally.events) == [kind]


def test_notes():
    tally = Tally()
    header = RecordingHeader(created=1)
    gap, damage, torn = Gap(5, 3, "x"), Damage(10, 20, "bad", at_end=False), Damage(90, 5, "cut", at_end=True)
    tally.add([header, gap, Gap(6, 4, "y"), End(9, 0)])
    tally.add([damage, header])
    tally.add([torn])
    tally.finish(95)
    assert (tally.sessions, tally.session_count, tally.unended) == ([header] * 2, 2, 1)
    assert (tally.gaps, tally.gap_count, tally.lost) == ([gap, Gap(6, 4, "y")], 2, 7)
    assert (tally.damage, tally.damage_count, tally.damaged_bytes, tally.torn) == ([damage], 1, 20, torn)
    assert (tally.first, tally.duration, tally.rate) == (None, 0, None)


def test_recorders_that_were_killed():
    tally = Tally()
    header = RecordingHeader()
    tally.add([header, header, End(1, 0), header])
    assert tally.unended == 1
    tally.finish(1)
    tally.finish(1)
    assert tally.unended == 2


def test_names_are_bounded(monkeypatch):
    monkeypatch.setattr(subject, "MOST_NAMES", 3)
    tally = Tally()
    tally.add([one(f"/{at}", 1, sender=EndpointId(bytes([at] * 16))) for at in range(1, 6)])
    tally.add([one("/1", 1)])
    assert [messages for messages, _ in tally.topics.values()] == [2, 1, 1]
    assert tally.topics.others == [2, 18]
    assert len(tally.senders) == 3
    assert tally.senders.others[0] == 3
    assert len(tally._sender_names) <= 3
    assert MOST_NAMES == 10_000


@pytest.mark.parametrize(("length", "known"), [(LONGEST_NAME, True), (LONGEST_NAME + 1, False)])
def test_long_names_are_not_told_apart(length, known):
    counts = Counts()
    counts.slot("x" * length)[0] += 1
    assert (len(counts), counts.others[0]) == ((1, 0) if known else (0, 1))


def test_notes_are_bounded():
    tally = Tally()
    tally.add([Gap(1, 1, "x")] * (NOTES_KEPT + 1))
    tally.add([Damage(1, 1, "x", at_end=False)] * (NOTES_KEPT + 1))
    tally.add([RecordingHeader()] * (NOTES_KEPT + 1))
    assert (len(tally.gaps), len(tally.damage), len(tally.sessions)) == (NOTES_KEPT,) * 3
    assert (tally.gap_count, tally.damage_count, tally.session_count) == (NOTES_KEPT + 1,) * 3


def test_the_most_frequent_come_first():
    counts = Counts()
    for name, number in (("b", 2), ("a", 2), ("c", 5)):
        counts.slot(name)[0] += number
    assert [name for name, _, _ in counts.top(3)] == ["c", "a", "b"]
    assert counts.top(1) == [("c", 5, 0)]
    assert counts.top(0) == []


def test_several_recordings_together():
    one_, two = Tally(), Tally()
    one_.add([RecordingHeader(), one("/a", 1, 10), Gap(1, 2, "x")])
    one_.finish(100)
    two.add([RecordingHeader(), one("/a", 1, 5), one("/b", 1, 7), End(1, 2), Damage(1, 2, "x", at_end=False)])
    two.finish(50)
    total = Tally()
    for each in (Tally(), one_, two):
        total.merge(each)
    assert (total.bytes, total.messages, total.first, total.last) == (150, 3, 5, 10)
    assert (total.session_count, total.unended, total.gap_count, total.lost) == (2, 1, 1, 2)
    assert (total.damage_count, total.damaged_bytes) == (1, 2)
    assert total.topics == {"/a": [2, 18], "/b": [1, 9]}
