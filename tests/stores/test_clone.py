"""A clone and its master, without losses unless a test makes some: see test_convergence.py for a bad network."""

from __future__ import annotations

import pytest

from broker_core.errors import StoreError, StoreTimeout
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    AttachWriter,
    Command,
    CumulativeAck,
    Erase,
    Expire,
    Keepalive,
    Nack,
    Put,
    PutUnique,
    PutUniqueResult,
    RetransmitFailed,
    Subtract,
)
from broker_core.model import Count
from broker_core.stores.changes import Change
from broker_core.stores.channel import ChannelSettings, Outgoing
from broker_core.stores.clone_writes import Outcome
from clone_talk import (
    ENTRIES,
    FIRST,
    MASTER,
    PUT,
    SECOND,
    SUCCESSOR,
    THERE,
    following,
    new_clone,
    say,
    sent,
    ticks,
    to_all,
)

# -- attaching --------------------------------------------------------------------------------------------------------


def test_a_clone_asks_at_once_and_then_less_and_less_often():
    clone = new_clone(resync=20)
    assert clone.outgoing() == [to_all(Nack((0,)))]
    asked = []
    for tick in range(1, 80):
        clone.tick()
        asked += [tick] * len(sent(clone))
    assert asked == [2, 6, 14, 30, 50, 70]
    assert (clone.synchronized, clone.master, clone.seq) == (False, None, 0)


def test_a_peer_that_may_have_the_master_is_asked_at_once():
    clone = new_clone()
    ticks(clone, 99)
    clone.outgoing()
    clone.peer_back()
    assert sent(clone) == [Nack((0,))]
    ticks(clone, 2)
    assert sent(clone) == [Nack((0,))]


def test_a_master_that_keeps_alive_is_asked_once_at_once():
    clone = new_clone()
    ticks(clone, 99)
    clone.outgoing()
    say(clone, Keepalive(1))
    say(clone, Keepalive(1))
    assert sent(clone) == [Nack((0,))]
    say(clone, Keepalive(1), sender=SUCCESSOR)
    assert sent(clone) == [Nack((0,))]


def test_the_snapshot_is_acknowledged_and_writes_are_announced():
    clone = new_clone()
    clone.outgoing()
    changes = say(clone, AckClone(4, 5, ENTRIES), 4)
    assert changes == [Change("insert", "k", None, 1, None, MASTER)]
    assert clone.outgoing() == [
        Outgoing(THERE, Command(0, FIRST, MASTER, CumulativeAck(4))),
        to_all(AttachWriter(1, 5), receiver=MASTER),
    ]
    assert list(clone.entries.pairs()) == ENTRIES
    assert (clone.synchronized, clone.master, clone.seq) == (True, MASTER, 4)


@pytest.mark.parametrize(
    ("content", "receiver"),
    [(AckClone(1, 5, ENTRIES), SECOND), (AckClone(1, 5, ENTRIES), NOBODY), (PUT, NOBODY), (CumulativeAck(1), FIRST)],
    ids=str,
)
def test_nothing_but_a_snapshot_of_its_own_ends_the_search(content, receiver):
    clone = new_clone()
    assert say(clone, content, 1, receiver=receiver) == []
    assert clone.master is None
    assert clone.ignored == 1
    assert not list(clone.entries.pairs())


def test_a_repeated_snapshot_is_ignored():
    clone = following()
    say(clone, PUT, 2)
    assert say(clone, AckClone(1, 5, []), 1) == []
    assert (len(clone.entries), clone.seq, clone.ignored) == (2, 2, 1)


def test_the_announcement_of_writes_is_repeated_with_keepalives_until_it_is_acknowledged():
    clone = new_clone()
    say(clone, AckClone(1, 0, []), 1)
    clone.outgoing()
    ticks(clone, 5)
    assert clone.outgoing() == [to_all(AttachWriter(1, 5), receiver=MASTER), to_all(Keepalive(1))]
    say(clone, CumulativeAck(1))
    ticks(clone, 5)
    assert clone.outgoing() == [to_all(Keepalive(1))]


# -- updates ----------------------------------------------------------------------------------------------------------


def test_updates_are_applied_in_order_and_reported():
    clone = following()
    assert say(clone, Erase("k", SUCCESSOR), 3) == []
    assert say(clone, Put("k", 2, 9, MASTER), 2) == [
        Change("update", "k", 1, 2, 9, MASTER),
        Change("erase", "k", None, None, None, SUCCESSOR),
    ]
    assert say(clone, Put("k", 2, 9, MASTER), 2) == []
    assert (len(clone.entries), clone.seq) == (0, 3)


def test_nobody_is_told_of_changes_that_nobody_observes():
    clone = new_clone()
    clone.observed = False
    assert say(clone, AckClone(1, 5, ENTRIES), 1) == []
    assert say(clone, Expire("k", MASTER), 2) == []
    assert len(clone.entries) == 0


def test_a_lost_update_is_asked_for():
    clone = following()
    say(clone, PUT, 3)
    assert clone.early == 1
    ticks(clone, 2)
    assert clone.outgoing() == [Outgoing(THERE, Command(0, FIRST, MASTER, Nack((2,))))]


@pytest.mark.parametrize("receiver", [NOBODY, FIRST])
def test_the_loss_of_the_last_update_shows_in_a_keepalive(receiver):
    clone = following()
    say(clone, Keepalive(3), receiver=receiver)
    ticks(clone, 2)
    assert sent(clone) == [Nack((2, 3))]


@pytest.mark.parametrize(
    "content", [Keepalive(9), CumulativeAck(1), Nack((0,)), RetransmitFailed(2), AckClone(1, 5, [])], ids=str
)
def test_what_is_for_another_clone_has_no_effect(content):
    clone = following()
    assert say(clone, content, receiver=SECOND) == []
    ticks(clone, 2)
    assert sent(clone) == []
    assert (clone.id, clone.ignored) == (FIRST, 1)


def test_a_second_master_is_ignored_while_the_first_is_well():
    clone = following()
    ticks(clone, 10)
    assert say(clone, PUT, 2, sender=SUCCESSOR) == []
    assert (clone.master, clone.seq, clone.ignored) == (MASTER, 1, 1)


# -- writes -----------------------------------------------------------------------------------------------------------


def test_writes_wait_for_the_master_and_go_out_in_order():
    clone = new_clone()
    clone.outgoing()
    assert clone.write(Put("a", 1, None, SECOND)) == 1
    assert clone.write(PutUnique("b", 2, 9, NOBODY, 0, SECOND)) == 2
    assert (sent(clone), clone.pending, clone.last_ticket) == ([], 2, 2)
    say(clone, AckClone(1, 5, []), 1)
    assert clone.outgoing()[1:] == [
        to_all(AttachWriter(1, 5), receiver=MASTER),
        to_all(Put("a", 1, None, FIRST), 2, receiver=MASTER),
        to_all(PutUnique("b", 2, 9, FIRST, 2, FIRST), 3, receiver=MASTER),
    ]
    assert clone.outcomes() == []


def test_the_copy_changes_and_the_write_is_done_when_the_master_says_so():
    clone = following()
    clone.write(PUT)
    assert len(clone.entries) == 1
    assert clone.unfinished(1)
    say(clone, PUT, 2)
    assert clone.entries.find("a").value == 1
    assert clone.outcomes() == [Outcome(1, None, None)]
    assert clone.outcomes() == []
    assert (clone.pending, clone.unfinished(1)) == (0, False)


def test_a_put_unique_is_done_when_it_is_answered():
    clone = following()
    tickets = [clone.write(PutUnique("a", value, None, NOBODY, 0, FIRST)) for value in (1, 2)]
    say(clone, Put("a", 1, None, FIRST), 2)
    say(clone, PutUniqueResult(True, SECOND, 1, MASTER), 3)
    assert clone.outcomes() == []
    say(clone, PutUniqueResult(True, FIRST, 1, MASTER), 4)
    say(clone, PutUniqueResult(False, FIRST, 2, MASTER), 5)
    assert clone.outcomes() == [Outcome(tickets[0], None, True), Outcome(tickets[1], None, False)]


def test_a_lost_write_is_sent_again():
    clone = following()
    clone.write(PUT)
    clone.outgoing()
    assert clone.unacknowledged == 1
    say(clone, Nack((2,)))
    assert clone.outgoing() == [to_all(PUT, 2, receiver=MASTER)]


def test_no_more_writes_wait_than_the_bound_allows():
    clone = new_clone(ChannelSettings(buffer=2))
    clone.write(PUT)
    assert not clone.full
    clone.write(PUT)
    assert clone.full
    with pytest.raises(StoreError, match=r"store s: 2 operations already wait .*store_buffer"):
        clone.write(PUT)
    assert (clone.pending, clone.last_ticket) == (2, 2)
    assert ChannelSettings().buffer == DEFAULT_LIMITS.store_buffer


def test_writes_wait_for_a_master_only_so_long():
    clone = new_clone(keep_writes=10)
    clone.write(PUT)
    ticks(clone, 5)
    clone.write(PUT)
    ticks(clone, 4)
    assert clone.outcomes() == []
    clone.tick()
    (outcome,) = clone.outcomes()
    assert outcome.ticket == 1
    assert type(outcome.error) is StoreTimeout
    assert str(outcome.error) == "store s: no master took the operation within 1 s"
    assert clone.pending == 1


def test_writes_while_the_peer_is_gone_are_held_back():
    clone = following(keep_writes=10)
    clone.peer_gone()
    clone.write(PUT)
    ticks(clone, 9)
    assert PUT not in sent(clone)
    clone.peer_back()
    assert clone.outgoing() == [to_all(PUT, 2, receiver=MASTER)]
    clone.peer_gone()
    clone.write(PUT)
    ticks(clone, 10)
    assert [outcome.ticket for outcome in clone.outcomes()] == [2]


def test_what_a_lost_master_may_have_done_is_not_done_again():
    clone = following()
    clone.write(PUT)
    clone.peer_gone()
    clone.write(Erase("a", FIRST))
    say(clone, Keepalive(1), sender=SUCCESSOR)
    (outcome,) = clone.outcomes()
    assert (outcome.ticket, type(outcome.error)) == (1, StoreTimeout)
    clone.outgoing()
    say(clone, AckClone(1, 5, []), 1, sender=SUCCESSOR)
    assert clone.outgoing()[-1] == to_all(Erase("a", SECOND), 2, sender=SECOND, receiver=SUCCESSOR)
    say(clone, Erase("a", SECOND), 2, sender=SUCCESSOR)
    assert clone.outcomes() == [Outcome(2, None, None)]


def test_that_some_other_peer_is_gone_does_not_matter():
    clone = new_clone(stale=1)
    clone.peer_gone()
    say(clone, AckClone(1, 5, []), 1)
    clone.outgoing()
    clone.write(PUT)
    assert clone.outgoing() == [to_all(PUT, 2, receiver=MASTER)]
    clone.tick()
    assert not clone.stale


def test_the_master_is_gone_since_it_was_first_said_to_be():
    clone = following(stale=10)
    clone.peer_gone()
    ticks(clone, 9)
    clone.peer_gone()
    clone.tick()
    assert clone.stale


def test_the_reason_of_a_refusal_is_found_before_later_updates():
    clone = following()
    clone.write(Subtract("new", Count(1), None, FIRST))
    say(clone, CumulativeAck(2))
    assert clone.outcomes() == []
    say(clone, Put("new", "text", None, MASTER), 2)
    ((_, error, _),) = clone.outcomes()
    assert str(error) == 'store s: no such key: "new"'


def test_updates_that_were_missing_are_taken_before_a_refusal_is_found():
    clone = following()
    clone.write(Subtract("new", Count(1), None, FIRST))
    say(clone, CumulativeAck(2))
    say(clone, Keepalive(3))
    say(clone, Put("new", "newer", None, MASTER), 4)
    say(clone, Put("new", "text", None, MASTER), 3)
    assert clone.outcomes() == []
    say(clone, Erase("k", MASTER), 2)
    ((_, error, _),) = clone.outcomes()
    assert str(error) == "store s: cannot subtract count from string"


def test_closing_ends_every_write():
    clone = following()
    clone.write(PUT)
    clone.peer_gone()
    clone.write(PUT)
    clone.close()
    assert [outcome.ticket for outcome in clone.outcomes()] == [1, 2]
    assert clone.pending == 0
    clone.close()
    assert clone.outcomes() == []
