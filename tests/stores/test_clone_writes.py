"""How a clone finds out what became of its writes, from updates and acknowledgements alone."""

from __future__ import annotations

import math

import pytest

from broker_core.errors import EC, NoSuchKey, StoreError, StoreTimeout, TypeClash
from broker_core.messages.commands import NOBODY, Add, Clear, Erase, Put, PutUnique, PutUniqueResult, Subtract
from broker_core.model import Count, EndpointId, EntityId, Kind, Set
from broker_core.stores.clone_writes import CloneWrites, Outcome
from broker_core.stores.entries import Entries, apply

MASTER = EntityId(EndpointId(b"m" * 16), 7)
SELF, OTHER = (EntityId(EndpointId(bytes([n]) * 16), n) for n in (1, 2))


def put(key, value, expiry=None):
    return Put(key, value, expiry, SELF)


def put_unique(key, value):
    return PutUnique(key, value, None, NOBODY, 0, SELF)


def increment(key, amount, init=Kind.COUNT):
    return Add(key, amount, init, None, SELF)


def decrement(key, amount):
    return Subtract(key, amount, None, SELF)


ERASE, CLEAR = Erase("k", SELF), Clear(SELF)


class Writing:
    """Writes that were sent with the numbers 2, 3, ..., and the copy; updates have numbers from 11 on."""

    def __init__(self, *actions):
        self.entries = Entries([("k", Count(1)), ("s", "text")])
        self.writes = CloneWrites("s", 100)
        self.numbers = iter(range(2, 100))
        self.taken = 10
        self.send(*actions)

    def send(self, *actions):
        for action in actions:
            self.writes.ask(action, 0)
        self.writes.send(SELF, lambda _: next(self.numbers), self.entries)

    def updates(self, *updates):
        """What the master broadcasts; the same as done by anybody else changes the copy only."""
        for update in updates:
            if type(update) is PutUniqueResult:
                self.writes.answer(update, self.entries)
            elif update.publisher == SELF:
                self.writes.echo(update, self.entries)
            apply(update, self.entries, None)
            self.taken += 1

    def quiet(self, acked):
        """The master acknowledges writes and then says that there are no more updates."""
        self.writes.acknowledged(acked)
        self.writes.mark(self.taken)
        self.writes.settle(self.taken, self.entries)

    def done(self):
        """Tickets with what was answered, or the type of the error."""
        return [
            (ticket, type(error) if error is not None else inserted)
            for ticket, error, inserted in self.writes.outcomes()
        ]


@pytest.mark.parametrize(
    ("action", "update"),
    [
        (put("k", 5), put("k", 5)),
        (put("new", math.nan, 7), put("new", math.nan, 7)),
        (put((1, Count(1)), Set([1])), put((1, Count(1)), Set([1]))),
        (ERASE, ERASE),
        (CLEAR, CLEAR),
        (increment("k", Count(2)), put("k", Count(3))),
        (increment("new", Count(2)), put("new", Count(2))),
        (Add("s", "!", Kind.STRING, 9, SELF), put("s", "text!")),
        (decrement("k", Count(2)), put("k", Count(2**64 - 1))),
    ],
    ids=str,
)
def test_the_echo_of_a_write(action, update):
    writing = Writing(action)
    writing.updates(update)
    assert writing.done() == [(1, None)]
    assert len(writing.writes) == 0


@pytest.mark.parametrize(
    ("action", "update"),
    [
        (put("k", 5), put("k", Count(5))),
        (put("k", 5), put("k", 5.0)),
        (put("k", 5), put("k", 5, 7)),
        (put("k", 5), put("j", 5)),
        (put((1,), 5), put((1.0,), 5)),
        (put("k", 5), ERASE),
        (ERASE, Erase("j", SELF)),
        (ERASE, CLEAR),
        (CLEAR, ERASE),
        (put_unique("k", 5), put("k", 6)),
        (decrement("k", Count(1)), put("s", Count(0))),
        (increment("k", Count(1)), put("k", Count(3))),
        (increment("s", Count(1)), put("s", Count(1))),
    ],
    ids=str,
)
def test_what_is_no_echo(action, update):
    writing = Writing(action)
    writing.updates(update)
    assert writing.done() == []
    assert len(writing.writes) == 1


def test_writes_before_the_one_that_has_an_echo_were_refused_and_their_reasons_are_found_in_the_copy():
    writing = Writing(
        increment("s", Count(1)),
        decrement("nothing", Count(1)),
        Erase("nothing", SELF),
        put("refused by a full disk", 1),
        increment("k", Count(1)),
        put("k", 7),
    )
    writing.updates(put("k", Count(2)))
    errors = [error for _, error, _ in writing.writes.outcomes()]
    assert [type(error) for error in errors] == [TypeClash, NoSuchKey, type(None), StoreError, type(None)]
    assert str(errors[0]) == "store s: cannot add count to string"
    assert str(errors[1]) == 'store s: no such key: "nothing"'
    assert str(errors[3]) == "store s: the master refused the operation"
    assert len(writing.writes) == 1


def test_a_part_that_does_not_fit_keeps_its_code():
    writing = Writing(Add("t", (1, 2, 3), Kind.TABLE, None, SELF))
    writing.quiet(2)
    ((_, error, _),) = writing.writes.outcomes()
    assert (type(error), error.code, error.store) == (TypeClash, EC.INVALID_DATA, "s")


def test_equal_writes_are_done_one_after_the_other():
    writing = Writing(increment("k", Count(1)), increment("k", Count(1)), put("k", 5), put("k", 5))
    writing.updates(put("k", Count(2)))
    assert writing.done() == [(1, None)]
    writing.updates(put("k", Count(3)), put("k", 5))
    assert writing.done() == [(2, None), (3, None)]
    writing.updates(put("k", 5))
    assert writing.done() == [(4, None)]


def test_writes_of_others_in_between_count():
    writing = Writing(increment("k", Count(1)))
    writing.updates(Put("k", Count(40), None, OTHER), put("k", Count(41)))
    assert writing.done() == [(1, None)]


def test_put_uniques_wait_for_their_answers():
    writing = Writing(put_unique("new", 1), put_unique("new", 2), put("j", 1))
    writing.updates(put("new", 1))
    assert writing.done() == []
    writing.updates(PutUniqueResult(True, SELF, 1, MASTER), PutUniqueResult(False, SELF, 2, MASTER))
    assert writing.done() == [(1, True), (2, False)]
    writing.updates(PutUniqueResult(False, SELF, 2, MASTER))
    assert writing.done() == []
    assert len(writing.writes) == 1


def test_an_answer_shows_that_what_was_before_it_was_refused():
    writing = Writing(increment("s", Count(1)), put_unique("k", 1))
    writing.updates(PutUniqueResult(False, SELF, 2, MASTER))
    assert writing.done() == [(1, TypeClash), (2, False)]


def test_a_put_unique_without_answer_was_refused():
    writing = Writing(put_unique("new", 1))
    writing.quiet(2)
    assert writing.done() == [(1, StoreError)]


def test_an_acknowledgement_alone_decides_nothing():
    writing = Writing(ERASE)
    writing.writes.acknowledged(2)
    writing.writes.settle(10, writing.entries)
    assert writing.done() == []


def test_what_was_acknowledged_is_refused_once_all_updates_are_there():
    writing = Writing(increment("s", Count(1)), put("k", 2))
    writing.writes.acknowledged(2)
    writing.writes.mark(12)
    writing.writes.settle(11, writing.entries)
    assert writing.done() == []
    writing.writes.mark(99)  # a later one does not put it off
    writing.writes.settle(12, writing.entries)
    assert writing.done() == [(1, TypeClash)]
    writing.writes.settle(99, writing.entries)
    assert writing.done() == []


def test_what_is_acknowledged_after_the_mark_waits_for_the_next():
    writing = Writing(increment("s", Count(1)), increment("s", Count(1)))
    writing.writes.acknowledged(2)
    writing.writes.mark(11)
    writing.writes.acknowledged(3)
    writing.writes.acknowledged(1)
    writing.writes.settle(11, writing.entries)
    assert writing.done() == [(1, TypeClash)]
    writing.quiet(3)
    assert writing.done() == [(2, TypeClash)]


def test_to_erase_what_is_not_there_is_no_error():
    writing = Writing(Erase("nothing", SELF))
    writing.quiet(2)
    assert writing.done() == [(1, None)]


def test_an_erase_without_echo_was_refused_only_when_the_key_was_there_all_the_time():
    writing = Writing(Erase("k", SELF), Erase("s", SELF), Erase("new", SELF))
    writing.updates(Put("k", 5, None, OTHER), Put("new", 5, None, OTHER))
    writing.quiet(4)
    assert writing.done() == [(1, None), (2, StoreError), (3, None)]


def test_acknowledgements_of_a_lost_master_do_not_count_for_the_next():
    writing = Writing(ERASE)
    writing.writes.acknowledged(2)
    writing.writes.mark(50)
    writing.writes.forget_sent()
    assert writing.done() == [(1, StoreTimeout)]
    writing.numbers = iter([2])
    writing.send(Erase("k", SELF))
    writing.writes.mark(10)
    writing.writes.settle(60, writing.entries)
    assert writing.done() == []


def test_writes_that_were_never_sent_outlive_a_lost_master():
    writing = Writing(put("k", 5))
    writing.writes.ask(put("k", 6), 0)
    assert writing.writes.has_unfinished(1)
    writing.writes.forget_sent()
    assert not writing.writes.has_unfinished(1)
    assert writing.writes.has_unfinished(2)
    assert len(writing.writes) == 1


def test_outcomes_are_told_once():
    writing = Writing(ERASE)
    writing.updates(ERASE)
    assert writing.writes.outcomes() == [Outcome(1, None, None)]
    assert writing.writes.outcomes() == []
