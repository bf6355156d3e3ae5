"""The writes of a clone, from being asked for to their outcome.

The protocol does not answer a write. What became of it shows in the updates: the master broadcasts the result with
the writer as publisher, and nothing when it refuses. So a write is done when its *echo* arrives, and refused when
the master has taken it and the updates show no echo. Why it was refused is found by doing the operation on the copy,
which is what the master had at that moment. Source: spec store-protocol.md sections 4.2, 4.3 and 5.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from broker_core.errors import NoSuchKey, StoreError, StoreTimeout, TypeClash
from broker_core.messages.commands import Action, Add, Clear, Erase, Put, PutUnique, PutUniqueResult, Subtract
from broker_core.model.order import same_value

from .arithmetic import add, subtract, zero
from .reads import no_such_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model import Value
    from broker_core.model.ids import EntityId

    from .entries import Entries

__all__ = ["CloneWrites", "Outcome"]


class Outcome(NamedTuple):
    """What became of the write with *ticket*: *error* says why it failed; *inserted* answers a put_unique."""

    ticket: int
    error: StoreError | None
    inserted: bool | None


class _Write:
    """One write; *seq* is its number on the write channel, 0 before it is sent.

    *before* is what an erase found in the copy when it was sent.
    """

    __slots__ = ("action", "asked_at", "before", "seq", "ticket")

    def __init__(self, ticket: int, action: Action, asked_at: int) -> None:
        self.ticket = ticket
        self.action = action
        self.asked_at = asked_at
        self.before: tuple[Value, Value] | None = None
        self.seq = 0


class CloneWrites:
    """Writes in order: first queued, then sent; each gets one :class:`Outcome`."""

    def __init__(self, store: str, bound: int) -> None:
        self.sent: deque[_Write] = deque()
        """Those that the master may have taken."""
        self.last_ticket = 0
        """The ticket of the newest write."""
        self._store = store
        self._bound = bound
        self._queued: deque[_Write] = deque()
        self._outcomes: list[Outcome] = []
        self._acked = 0  # the master took all numbers up to this one
        self._mark: tuple[int, int] | None = None  # after this update, writes up to this number have no echo

    def __len__(self) -> int:
        return len(self.sent) + len(self._queued)

    @property
    def full(self) -> bool:
        """Whether no more can be asked for until there are outcomes."""
        return len(self) >= self._bound

    def has_unfinished(self, ticket: int) -> bool:
        """Whether *ticket*, or an older one, has no outcome."""
        oldest = self.sent or self._queued
        return bool(oldest) and oldest[0].ticket <= ticket

    def ask(self, action: Action, now: int) -> int:
        """Queue *action* at tick *now*; returns its ticket. Raises :class:`StoreError` when too many wait."""
        if self.full:
            msg = f"{self._bound} operations already wait for the master (limit store_buffer)"
            raise StoreError(msg, self._store)
        self.last_ticket += 1
        self._queued.append(_Write(self.last_ticket, action, now))
        return self.last_ticket

    def send(self, writer: EntityId, publish: Callable[[Action], int], entries: Entries) -> None:
        """Pass everything queued to *publish*, which returns the numbers, as the writes of *writer*."""
        queued = self._queued
        while queued:
            write = queued.popleft()
            action = write.action
            if type(action) is PutUnique:
                write.action = action._replace(publisher=writer, who=writer, request=write.ticket)
            elif action.publisher != writer:
                write.action = action._replace(publisher=writer)
            if type(action) is Erase:
                write.before = entries.pair(action.key)
            write.seq = publish(write.action)
            self.sent.append(write)

    def outcomes(self) -> list[Outcome]:
        """What was decided since the last call, in that order."""
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    # -- what the master did ------------------------------------------------------------------------------------------

    def echo(self, update: Action, entries: Entries) -> None:
        """The master broadcast *update*, which one of our writes caused; *entries* are those before it."""
        for at, write in enumerate(self.sent):
            if _causes(write.action, update, entries):
                self._refused(at, entries)
                if type(write.action) is not PutUnique:  # that one waits for its answer
                    self._done(self.sent.popleft())
                return

    def answer(self, result: PutUniqueResult, entries: Entries) -> None:
        """The master answered a put_unique of ours."""
        for at, write in enumerate(self.sent):
            if write.ticket == result.request:
                self._refused(at, entries)
                self._done(self.sent.popleft(), inserted=result.inserted)
                return

    def acknowledged(self, seq: int) -> None:
        """The master took all writes up to number *seq*."""
        self._acked = max(self._acked, seq)

    def mark(self, newest: int) -> None:
        """The master said just now that its newest update has number *newest*.

        Commands arrive in the order in which they were sent, or not at all. So the echo of a write that was
        acknowledged before this is no later than *newest*.
        """
        if self._mark is None and self.sent and self.sent[0].seq <= self._acked:
            self._mark = newest, self._acked

    def settle(self, taken: int, entries: Entries) -> None:
        """The copy has all updates up to number *taken*: a write that should have had its echo by now has none."""
        if self._mark is not None and taken >= self._mark[0]:
            acked = self._mark[1]
            self._mark = None
            self._refused(sum(write.seq <= acked for write in self.sent), entries)

    # -- the end of writes --------------------------------------------------------------------------------------------

    def forget_sent(self) -> None:
        """The master is lost: nobody will ever know what became of the writes that were sent to it."""
        self._fail(self.sent, StoreTimeout("the master was lost before it confirmed the operation", self._store))
        self._acked = 0
        self._mark = None

    def expire(self, asked_until: int, reason: str) -> None:
        """Writes that were asked for at tick *asked_until* or before, and are still queued, time out."""
        queued = self._queued
        while queued and queued[0].asked_at <= asked_until:
            self._done(queued.popleft(), StoreTimeout(reason, self._store))

    def close(self, error: StoreError) -> None:
        """Everything fails with *error*."""
        self._fail(self.sent, error)
        self._fail(self._queued, error)

    def _fail(self, writes: deque[_Write], error: StoreError) -> None:
        for write in writes:
            self._done(write, error)
        writes.clear()

    def _refused(self, count: int, entries: Entries) -> None:
        """The first *count* of those sent were taken and made no update."""
        for _ in range(count):
            write = self.sent.popleft()
            self._done(write, _refusal(write, entries, self._store))

    def _done(self, write: _Write, error: StoreError | None = None, *, inserted: bool | None = None) -> None:
        self._outcomes.append(Outcome(write.ticket, error, inserted))


def _result(action: Add | Subtract, entries: Entries) -> Value:
    """What the master makes of *entries*. Raises :class:`TypeClash` or :class:`NoSuchKey`."""
    pair = entries.pair(action.key)
    if type(action) is Add:
        return add(zero(action.init) if pair is None else pair[1], action.value)
    if pair is None:
        raise no_such_key(action.key)
    return subtract(pair[1], action.value)


def _causes(action: Action, update: Action, entries: Entries) -> bool:
    """Whether a master that has *entries* broadcasts *update* because of *action*."""
    if type(update) is Put:
        if type(action) is Put or type(action) is PutUnique:
            same = action.expiry == update.expiry and _same(action.key, update.key)
            return same and _same(action.value, update.value)
        if (type(action) is Add or type(action) is Subtract) and _same(action.key, update.key):
            try:
                return _same(_result(action, entries), update.value)
            except (NoSuchKey, TypeClash):
                return False
        return False
    if type(update) is Erase:
        return type(action) is Erase and _same(action.key, update.key)
    return type(update) is Clear and type(action) is Clear


def _same(one: Value, other: Value) -> bool:
    return one == other if type(one) is type(other) is str else same_value(one, other)


def _refusal(write: _Write, entries: Entries, store: str) -> StoreError | None:
    """Why *write* made no update, judging by *entries*; None when there was nothing to do."""
    action = write.action
    if type(action) is Erase:
        pair = entries.pair(action.key)
        if pair is None or pair is not write.before:  # somebody else may have put it there afterwards
            return None
    elif type(action) is Add or type(action) is Subtract:
        try:
            _result(action, entries)
        except (NoSuchKey, TypeClash) as error:
            return type(error)(error.problem, store, error.code)
    return StoreError("the master refused the operation", store)
