"""The soak in short, and that it would see what it looks for."""

from __future__ import annotations

import trio

from tests.soak.driver import Goal, Soak
from tests.soak.footprint import Footprint
from tests.soak.ledger import Received, Sent, missing
from tests.soak.verdict import Verdict

MIB = 1024 * 1024


async def test_a_few_seconds_of_it():
    before = Footprint.now()
    said: list[str] = []
    with trio.fail_after(50):
        verdict = await Soak(Goal(messages=10_000, disconnects=10, seconds=8, pace=0.15), 42, said.append).run()
    after = Footprint.now()
    assert not verdict.problems
    assert (after.tasks, after.descriptors) == (before.tasks, before.descriptors)


def test_what_is_missing():
    assert list(missing([(1, 10)], [(1, 10)])) == []
    assert list(missing([(1, 10)], [])) == [(1, 10)]
    assert list(missing([(1, 10), (20, 30)], [(2, 3), (5, 24), (26, 40)])) == [(1, 1), (4, 4), (25, 25)]


def test_ranges_grow_together():
    sent = Sent("a")
    for first, last in ((1, 5), (6, 9), (20, 25)):
        sent.acknowledge(first, last)
    assert sent.acknowledged == [(1, 9), (20, 25)]


def received(*numbers: int) -> Received:
    got = Received()
    for number in numbers:
        got.take("a", number)
    return got


def test_twice_and_late_is_seen():
    assert received(1, 2, 5, 6).disorder == []
    assert received(1, 2, 2).disorder == ["a 2 came twice, after 2"]
    assert received(1, 3, 2).disorder == ["a 2 came late, after 3"]
    got = Received.from_report(received(1, 2, 5, 5).report())
    assert (got.count, got.ranges("a"), len(got.disorder)) == (4, [(1, 2), (5, 5)], 1)


def test_a_loss_of_what_was_confirmed_is_a_problem():
    verdict = Verdict(1)
    verdict.published("p", Sent("a", 9, [(1, 4), (8, 9)]), received(1, 2, 3, 4, 8, 9))
    assert verdict.problems == []
    verdict.published("p", Sent("a", 9, [(1, 9)]), received(1, 2, 3, 4, 8, 9))
    assert verdict.problems == ["p: confirmed and lost: [(5, 7)]"]


def test_silence_is_a_problem():
    verdict = Verdict(1)
    verdict.published("p", Sent("a", 9), Received())
    assert verdict.problems == ["p: nothing was ever confirmed", "p: nothing arrived"]


def test_growth_and_what_is_left_are_problems():
    verdict = Verdict(1)
    verdict.memory = [MIB * size for size in (10, 30, 40, 40, 40, 40, 41, 40)]
    verdict.flat_memory()
    verdict.footprints(Footprint(1, 5, 3, 1), Footprint(9, 5, 3, 1))
    assert verdict.problems == []
    verdict.memory = [MIB * size for size in (10, 30, 40, 40, 50, 60, 70, 80)]
    verdict.flat_memory()
    verdict.footprints(Footprint(1, 5, 3, 1), Footprint(1, 6, 4, 1))
    assert len(verdict.problems) == 3
    assert [line for line in verdict.lines() if line.startswith("PROBLEM")]
