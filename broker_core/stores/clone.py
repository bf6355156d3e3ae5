"""A clone: a copy of a master's entries that follows the master's updates, and the way of writes to the master.

Driven by commands and ticks, without input and output of its own. The copy changes only by what the master
broadcasts. Where C++ clones end up broken or silently out of date, this one starts over under a new id.
Source: spec store-protocol.md sections 3, 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.errors import StoreError
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Action,
    AttachWriter,
    Command,
    CumulativeAck,
    Keepalive,
    Nack,
    PutUniqueResult,
    RetransmitFailed,
)
from broker_core.model.ids import NIL, EntityId

from .channel import DEFAULT_SETTINGS, TICK, ChannelSettings, Consumer, Outgoing, Producer
from .clone_writes import CloneWrites, Outcome
from .entries import Entries, apply, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.messages.commands import Content

    from .changes import Change

__all__ = ["Clone", "Outcome"]

_NEW_CLONE = Nack((0,))
_FIRST_WRITE = 1  # the offset of a write channel: its first action has the next number

_QUIET = 2
"""After so many heartbeats without its master a clone believes another one that speaks up."""
_FORGOTTEN = 10
"""After so many heartbeats without acknowledgement a clone whose master is well knows that the master forgot it."""


class Clone:
    """One clone. *new_id* makes the entity id, and another one whenever it has to start over.

    In ticks of 100 ms: *resync* is the longest pause between two requests while no master answers, *stale* how long
    after losing its master the copy may still be read (None: for ever), *keep_writes* how long writes wait for a
    master. A master is lost after ChannelSettings.silence, or when another one speaks up in its stead.
    """

    def __init__(
        self,
        name: str,
        new_id: Callable[[], EntityId],
        settings: ChannelSettings = DEFAULT_SETTINGS,
        *,
        resync: int = 100,
        stale: int | None = None,
        keep_writes: int = 1200,
    ) -> None:
        self.name = name
        self.id = new_id()
        self.master: EntityId | None = None
        """The master that is followed, None while looking for one."""
        self.entries = Entries()
        """The copy; another object after each synchronization."""
        self.synchronized = False
        """Whether there ever was a master."""
        self.observed = True
        """Whether :meth:`receive` reports changes."""
        self.ignored = 0
        """How many commands had no effect: from strangers, or for somebody else."""
        self._new_id = new_id
        self._settings = settings
        self._resync = resync
        self._stale_limit = stale
        self._keep_writes = keep_writes
        self._writes = CloneWrites(name, settings.buffer)
        self._updates: Consumer | None = None
        self._channel = Producer(self._send_write, settings)
        self._out: list[Outgoing] = []
        self._tick = 0
        self._heard = 0  # when the master was last heard
        self._well = 0  # for how many ticks it has been heard again and again
        self._away = False  # whether its endpoint is no peer now
        self._apart: int | None = None  # since when there is no contact with a master
        self._candidate: EntityId | None = None  # who keeps alive while we look for a master, and was asked
        self._search()

    # -- state --------------------------------------------------------------------------------------------------------

    @property
    def stale(self) -> bool:
        """Whether the copy has been without a master for so long that it must not be read."""
        limit = self._stale_limit
        return limit is not None and self._apart is not None and self._tick - self._apart >= limit

    @property
    def seq(self) -> int:
        """The number of the last update in the copy; 0 while there is no master."""
        return 0 if self._updates is None else self._updates.next - 1

    @property
    def early(self) -> int:
        """How many updates are kept that came before others that are missing."""
        return 0 if self._updates is None else self._updates.early

    @property
    def unacknowledged(self) -> int:
        """How many writes are kept, because the master may ask for them again."""
        return self._channel.unacknowledged

    @property
    def pending(self) -> int:
        """How many writes have no outcome yet."""
        return len(self._writes)

    @property
    def full(self) -> bool:
        """Whether so many writes are pending that :meth:`write` takes no more."""
        return self._writes.full

    @property
    def last_ticket(self) -> int:
        """The ticket of the last write, 0 before the first."""
        return self._writes.last_ticket

    def unfinished(self, ticket: int) -> bool:
        """Whether the write with *ticket*, or an earlier one, has no outcome yet."""
        return self._writes.has_unfinished(ticket)

    def outcomes(self) -> list[Outcome]:
        """What became of writes, each once, in the order in which it was found out."""
        return self._writes.outcomes()

    def outgoing(self) -> list[Outgoing]:
        """What is to be sent, in order; each command once."""
        out, self._out = self._out, []
        return out

    # -- what the owner wants and knows -------------------------------------------------------------------------------

    def write(self, action: Action) -> int:
        """Have the master do *action*; returns a ticket (1, 2, ...) for :meth:`outcomes`.

        Publisher, requester and request id are filled in when it is sent. Raises :class:`StoreError` when
        settings.buffer writes are pending.
        """
        ticket = self._writes.ask(action, self._tick)
        self._send_writes()
        return ticket

    def peer_gone(self) -> None:
        """The master's endpoint is no peer any more. The channels wait for it."""
        if self.master is not None and not self._away:
            self._away = True
            self._apart = self._tick

    def peer_back(self) -> None:
        """A peer that may have the master is there (again)."""
        self._away = False
        if self.master is None:
            self._search()
        else:
            self._send_writes()

    def close(self) -> None:
        """The clone ends: writes without outcome fail."""
        self._writes.close(StoreError("the store was closed before the operation was confirmed", self.name))

    def tick(self) -> None:
        """100 ms have passed."""
        self._tick += 1
        master, updates = self.master, self._updates
        if updates is None or self._away:
            wait = self._keep_writes
            self._writes.expire(self._tick - wait, f"no master took the operation within {wait * TICK:g} s")
        if master is None or updates is None:
            if self._tick >= self._next_search:
                self._search(2 * self._pause)
            return
        updates.tick()
        self._channel.tick()
        if self._is_forgotten(master):
            self._start_over()

    def _is_forgotten(self, master: EntityId) -> bool:
        """Whether *master* acknowledges no writes any more: it is gone, or it took us for gone."""
        heartbeat = self._settings.heartbeat
        self._well = self._well + 1 if self._tick - self._heard <= _QUIET * heartbeat else 0
        if master not in self._channel:
            return True
        return min(self._well, self._channel.silence(master)) > _FORGOTTEN * heartbeat

    # -- looking for a master -----------------------------------------------------------------------------------------

    def _search(self, pause: int = 0) -> None:
        """Ask whether there is a master, and again after *pause* ticks, within bounds."""
        self._pause = max(self._settings.nack_timeout, min(pause, self._resync))
        self._next_search = self._tick + self._pause
        self._send_nobody(_NEW_CLONE)

    def _start_over(self) -> None:
        """Forget the master and its channels. Under the old id nobody could tell old numbers from new ones."""
        self._writes.forget_sent()
        self.id = self._new_id()
        self.master = None
        self._updates = None
        self._away = False
        self._candidate = None
        if self._apart is None:
            self._apart = self._heard
        self._search()

    def _follow(self, master: EntityId, snapshot: AckClone) -> list[Change]:
        self.master = master
        self._updates = Consumer(self._send_master, master, snapshot, self._settings)
        self._channel = Producer(self._send_write, self._settings)
        self._channel.add(master, AttachWriter(_FIRST_WRITE, self._settings.heartbeat))
        self._heard = self._tick
        self._well = 0
        self._apart = None
        old, self.entries = self.entries, Entries(snapshot.entries)
        self.synchronized = True
        self._send_writes()
        return differences(old, self.entries, master) if self.observed else []

    # -- what the master says -----------------------------------------------------------------------------------------

    def receive(self, command: Command) -> list[Change]:
        """Take *command*; returns what changed in the copy, in order, or nothing when not observed."""
        seq, sender, receiver, content = command
        updates = self._updates
        if updates is None or sender != self.master:
            return self._receive_from_stranger(sender, receiver, content)
        self._heard = self._tick
        self._apart = None
        changes: list[Change] = []
        if isinstance(content, Action):
            if self._writes.sent and seq > updates.known:
                self._nothing_newer_than(seq - 1, updates)
            self._take(updates.receive(seq, content), updates, changes)
        elif receiver == self.id or (receiver == NOBODY and type(content) is Keepalive):
            self._control(updates, sender, content, changes)
        else:
            self.ignored += 1
        return changes

    def _receive_from_stranger(self, sender: EntityId, receiver: EntityId, content: Content) -> list[Change]:
        if self._updates is None:
            if type(content) is AckClone and receiver == self.id:
                return self._follow(sender, content)
            if type(content) is Keepalive and sender != self._candidate:
                self._candidate = sender
                self._search()
                return []
        elif self._away or self._tick - self._heard > _QUIET * self._settings.heartbeat:
            # Only masters speak to clones, so this one took the place of ours.
            self._start_over()
            self._candidate = sender
            return []
        self.ignored += 1
        return []

    def _control(self, updates: Consumer, master: EntityId, content: Content, changes: list[Change]) -> None:
        if type(content) is Keepalive:
            updates.keepalive(content.seq)
            if content.seq == updates.known:  # not overtaken by an update
                self._nothing_newer_than(content.seq, updates)
        elif type(content) is CumulativeAck:
            if self._channel.ack(master, content.seq):
                self._writes.acknowledged(content.seq)
        elif type(content) is Nack:
            self._channel.nack(master, content.missing)
        elif type(content) is RetransmitFailed:
            self._take(updates.receive(content.seq, None), updates, changes)
        else:
            self.ignored += 1  # such as a repeated snapshot

    def _nothing_newer_than(self, seq: int, updates: Consumer) -> None:
        """Up to now the master has made no update after number *seq*."""
        self._writes.mark(seq)
        self._writes.settle(updates.next - 1, self.entries)

    def _take(self, actions: Sequence[Action | None], updates: Consumer, changes: list[Change]) -> None:
        for seq, action in enumerate(actions, updates.next - len(actions)):
            if action is None:
                self._start_over()  # an update is lost for good
                return
            if self._writes.sent:
                self._match(action)
                apply(action, self.entries, changes if self.observed else None)
                self._writes.settle(seq, self.entries)
            else:
                apply(action, self.entries, changes if self.observed else None)

    def _match(self, action: Action) -> None:
        """Find out whether *action*, which is not yet applied, is what became of one of our writes."""
        if type(action) is PutUniqueResult:
            if action.who == self.id:
                self._writes.answer(action, self.entries)
        elif action.publisher == self.id:
            self._writes.echo(action, self.entries)

    # -- output -------------------------------------------------------------------------------------------------------

    def _send_writes(self) -> None:
        if self._updates is not None and not self._away:
            self._writes.send(self.id, self._channel.publish, self.entries)

    def _send_nobody(self, content: Content) -> None:
        self._out.append(Outgoing(NIL, Command(0, self.id, NOBODY, content)))

    def _send_master(self, master: EntityId, content: Content) -> None:
        self._out.append(Outgoing(master.endpoint, Command(0, self.id, master, content)))

    def _send_write(self, _: EntityId | None, seq: int, content: Content) -> None:
        """Everything on the write channel goes to whoever subscribed, as in C++."""
        if type(content) is Keepalive:
            self._channel.repeat_handshakes()
            self._send_nobody(content)
        else:
            self._out.append(Outgoing(NIL, Command(seq, self.id, self.master or NOBODY, content)))
