"""How a clone notices that it lost its master, or its place there, and what it does then."""

from __future__ import annotations

import pytest

from broker_core.messages.commands import (
    AckClone,
    CumulativeAck,
    Erase,
    Keepalive,
    Nack,
    RetransmitFailed,
)
from broker_core.stores.changes import Change
from clone_talk import (
    ENTRIES,
    FIRST,
    MASTER,
    PUT,
    SECOND,
    SUCCESSOR,
    following,
    say,
    sent,
    ticks,
    to_all,
)


def starts_over(clone):
    """Whether the clone looks for a master under a new id, with its old entries."""
    out = clone.outgoing()
    return (
        clone.id == SECOND
        and clone.master is None
        and clone.synchronized
        and out[-1:] == [to_all(Nack((0,)), sender=SECOND)]
        and list(clone.entries.pairs()) == ENTRIES
    )


def test_an_update_that_is_lost_for_good():
    clone = following()
    say(clone, PUT, 3)
    assert say(clone, RetransmitFailed(2)) == []
    assert starts_over(clone)


def test_a_loss_is_not_final_before_its_turn():
    clone = following()
    say(clone, RetransmitFailed(3))
    say(clone, RetransmitFailed(1))
    assert clone.master == MASTER
    assert say(clone, Erase("other", MASTER), 2) == []
    assert starts_over(clone)


def test_a_master_that_is_silent_for_50_s():
    clone = following()
    ticks(clone, 499)
    assert clone.master == MASTER
    clone.outgoing()
    ticks(clone, 1)
    assert starts_over(clone)


def test_a_master_that_has_forgotten_the_clone():
    clone = following()
    for tick in range(60):
        if tick % 5 == 0:
            say(clone, Keepalive(1))
        ticks(clone, 1)
        if clone.master is None:
            break
    assert tick == 50
    assert starts_over(clone)


def test_after_an_interruption_the_master_has_5_s_to_show_that_it_knows_the_clone():
    clone = following()
    ticks(clone, 300)
    for _ in range(50):
        say(clone, Keepalive(1))
        ticks(clone, 1)
    assert clone.master == MASTER
    say(clone, Keepalive(1))
    ticks(clone, 1)
    assert clone.master is None
    clone = following()
    ticks(clone, 300)
    for _ in range(60):
        say(clone, Keepalive(1))
        say(clone, CumulativeAck(1))
        ticks(clone, 1)
    assert clone.master == MASTER


@pytest.mark.parametrize("content", [Keepalive(1), PUT])
def test_a_master_that_was_replaced(content):
    clone = following()
    ticks(clone, 11)
    clone.outgoing()
    assert say(clone, content, 2, sender=SUCCESSOR) == []
    assert starts_over(clone)
    say(clone, Keepalive(1), sender=SUCCESSOR)
    assert sent(clone) == []  # it was asked already


def test_a_master_whose_peer_is_gone_is_replaced_at_once():
    clone = following()
    clone.peer_gone()
    say(clone, Keepalive(1), sender=SUCCESSOR)
    assert starts_over(clone)


def test_the_next_snapshot_reports_the_differences():
    clone = following(entries=[("k", 1), ("gone", 2)])
    clone.peer_gone()
    say(clone, Keepalive(1), sender=SUCCESSOR)
    assert say(clone, AckClone(7, 5, [("k", 1), ("new", 3)]), 7, sender=SUCCESSOR) == [
        Change("erase", "gone", None, None, None, None),
        Change("update", "k", 1, 1, None, SUCCESSOR),
        Change("insert", "new", None, 3, None, SUCCESSOR),
    ]
    assert (clone.master, clone.seq) == (SUCCESSOR, 7)


def test_a_short_interruption_does_not_end_the_channel():
    clone = following()
    clone.peer_gone()
    ticks(clone, 400)
    clone.peer_back()
    clone.outgoing()
    assert say(clone, PUT, 4) == []
    ticks(clone, 2)
    assert sent(clone)[-1] == Nack((2, 3))
    assert (clone.id, clone.master) == (FIRST, MASTER)


def test_commands_for_the_old_id_are_ignored():
    clone = following()
    say(clone, RetransmitFailed(2))
    say(clone, AckClone(2, 5, []), 2, receiver=FIRST)
    assert clone.master is None


def test_a_copy_is_stale_only_when_its_limit_has_passed():
    clone = following(stale=30)
    ticks(clone, 100)
    assert not clone.stale
    clone.peer_gone()
    ticks(clone, 29)
    assert not clone.stale
    clone.tick()
    assert clone.stale
    clone.peer_back()
    say(clone, Keepalive(1))
    assert not clone.stale


def test_a_copy_is_stale_when_its_master_fell_silent_long_ago():
    clone = following(stale=600)
    ticks(clone, 500)
    assert clone.master is None
    ticks(clone, 99)
    assert not clone.stale
    clone.tick()
    assert clone.stale
    say(clone, AckClone(1, 5, []), 1)
    assert not clone.stale


def test_without_a_limit_a_copy_is_never_stale():
    clone = following()
    clone.peer_gone()
    ticks(clone, 10_000)
    assert not clone.stale
