"""A master and its clones over a simulated network that loses, repeats, delays and reorders what they say.

The master side is what the runtime does with a memory backend, with commits that may come later; time is ticks.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from broker_core.errors import StoreError
from broker_core.messages.commands import PutUniqueResult, decode_command, encode_command
from broker_core.model import NIL, EndpointId, EntityId, sort_key
from broker_core.stores.channel import ChannelSettings, Outgoing
from broker_core.stores.clone import Clone
from broker_core.stores.engine import Engine
from broker_core.stores.master import Master, Request
from broker_core.stores.memory import MemoryBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from broker_core.messages.commands import Action, Command
    from broker_core.stores.clone_writes import Outcome

__all__ = ["CloneSide", "MasterSide", "Network"]


class MasterSide:
    """A master with its engine. Jobs wait until :meth:`work` unless *at_once*."""

    def __init__(self, entity: EntityId, backend: MemoryBackend, settings: ChannelSettings, *, at_once: bool) -> None:
        self.backend = backend
        self.engine = Engine(backend, entity)
        self.engine.observed = False
        self.channels = Master(entity, settings)
        self.done: list[tuple[Action, StoreError | bool | None]] = []
        """Every write with its error, or the answer to a put_unique."""
        self._jobs: deque[Callable[[], object]] = deque()
        self._at_once = at_once

    @property
    def id(self) -> EntityId:
        return self.channels.id

    @property
    def endpoint(self) -> EndpointId:
        return self.channels.id.endpoint

    def write(self, action: Action) -> None:
        """A write of the master's own user."""
        self._submit(partial(self._write, action))

    def receive(self, command: Command) -> None:
        for wanted in self.channels.receive(command):
            if isinstance(wanted, Request):
                self._submit(partial(self._answer, wanted))
            else:
                self._submit(partial(self._attach, wanted.clone))

    def work(self, count: int | None = None) -> None:
        """Do what waits, or *count* jobs of it."""
        for _ in range(len(self._jobs) if count is None else min(count, len(self._jobs))):
            self._jobs.popleft()()

    def tick(self) -> None:
        self.channels.tick()

    def outgoing(self) -> list[Outgoing]:
        return self.channels.outgoing()

    def entries(self) -> dict[Any, Any]:
        return {sort_key(key): sort_key(record.value) for key, record in self.backend.entries()}

    def _submit(self, job: Callable[[], object]) -> None:
        self._jobs.append(job)
        if self._at_once:
            self.work()

    def _write(self, action: Action) -> bool:
        """Whether an update came out."""
        try:
            effect = self.engine.write(action, 0)
        except StoreError as error:
            self.done.append((action, error))
            return False
        for update in effect.actions:
            self.channels.publish(update)
        last = effect.actions[-1] if effect.actions else None
        self.done.append((action, last.inserted if isinstance(last, PutUniqueResult) else None))
        return bool(effect.actions)

    def _answer(self, request: Request) -> None:
        self.channels.applied(request.writer, request.seq, silent=not self._write(request.action))

    def _attach(self, clone: EntityId) -> None:
        self.channels.attach(clone, [(key, record.value) for key, record in self.backend.entries()])


class CloneSide:
    """A clone, what it was asked to write and what came of that."""

    def __init__(self, endpoint: EndpointId, settings: ChannelSettings, **options: int | None) -> None:
        self.endpoint = endpoint
        self._numbers = iter(range(1, 1 << 30))
        self.clone = Clone("s", lambda: EntityId(endpoint, next(self._numbers)), settings, **options)
        self.asked: dict[int, Action] = {}
        self.outcomes: list[Outcome] = []
        self.ids = {self.clone.id}
        self._was_peer = False

    def write(self, action: Action) -> None:
        self.asked[self.clone.write(action)] = action

    def receive(self, command: Command) -> None:
        self.clone.receive(command)
        self.collect()

    def tick(self, *, is_peer: bool) -> None:
        """As the runtime does; *is_peer* says whether the master's endpoint can be reached."""
        if is_peer != self._was_peer:
            self._was_peer = is_peer
            (self.clone.peer_back if is_peer else self.clone.peer_gone)()
        self.clone.tick()
        self.collect()

    def collect(self) -> None:
        self.outcomes += self.clone.outcomes()
        self.ids.add(self.clone.id)

    def outgoing(self) -> list[Outgoing]:
        return self.clone.outgoing()

    def entries(self) -> dict[Any, Any]:
        return {sort_key(key): sort_key(value) for key, value in self.clone.entries.pairs()}


class Network:
    """Carries encoded commands between one master (or none) and clones; *random* decides about faults.

    *loss* is the share of commands that vanish. *wild* networks also repeat and reorder commands, which TCP never
    does; otherwise they arrive in order.
    """

    def __init__(self, random: Random, clones: list[CloneSide], *, wild: bool = False) -> None:
        self.random = random
        self.clones = clones
        self.master: MasterSide | None = None
        self.loss = 0.0
        self.wild = wild
        self.cut: set[EndpointId] = set()
        self._flights: dict[tuple[EndpointId, EndpointId], deque[bytes]] = {}

    def collect(self) -> None:
        """Put on its way what everyone has to say."""
        if self.master is not None:
            for outgoing in self.master.outgoing():
                for clone in self.clones:
                    self._send(outgoing, self.master.endpoint, clone.endpoint)
        for clone in self.clones:
            for outgoing in clone.outgoing():
                if self.master is not None:
                    self._send(outgoing, clone.endpoint, self.master.endpoint)

    def _send(self, outgoing: Outgoing, source: EndpointId, target: EndpointId) -> None:
        if outgoing.receiver not in {NIL, target} or {source, target} & self.cut:
            return
        if self.random.random() < self.loss:
            return
        flight = self._flights.setdefault((source, target), deque())
        payload = encode_command(outgoing.command)
        flight.append(payload)
        if self.wild and self.random.random() < 0.1:
            flight.append(payload)
        if self.wild and self.random.random() < 0.2:
            flight.insert(self.random.randrange(len(flight)), flight.pop())

    def deliver(self, count: int | None = None) -> None:
        """Let *count* commands of each link arrive, or all, with what is said in reply."""
        self.collect()
        while any(self._flights.values()) and count != 0:
            for (_, target), flight in list(self._flights.items()):
                if flight:
                    self._arrive(target, flight.popleft())
            self.collect()
            count = None if count is None else count - 1

    def _arrive(self, target: EndpointId, payload: bytes) -> None:
        for side in self._sides():
            if side.endpoint == target:
                side.receive(decode_command(payload))

    def _sides(self) -> Iterator[MasterSide | CloneSide]:
        if self.master is not None:
            yield self.master
        yield from self.clones

    def sever(self, endpoint: EndpointId) -> None:
        """Cut the connections of *endpoint*; what is under way is lost."""
        self.cut.add(endpoint)
        self._lose(endpoint)

    def heal(self) -> None:
        self.cut.clear()

    def set_master(self, master: MasterSide | None) -> None:
        """The master ends, and another takes its place."""
        if self.master is not None:
            self._lose(self.master.endpoint)
        self.master = master

    def _lose(self, endpoint: EndpointId) -> None:
        for link, flight in self._flights.items():
            if endpoint in link:
                flight.clear()

    def tick(self) -> None:
        if self.master is not None:
            self.master.tick()
        for clone in self.clones:
            clone.tick(is_peer=self._reaches_its_master(clone))
        self.collect()

    def _reaches_its_master(self, clone: CloneSide) -> bool:
        followed = clone.clone.master
        here = self.master
        return (
            followed is not None
            and here is not None
            and followed.endpoint == here.endpoint
            and not {clone.endpoint, here.endpoint} & self.cut
        )

    @property
    def converged(self) -> bool:
        """Whether every clone has the master's entries and all its outcomes."""
        if self.master is None:
            return False
        expected = self.master.entries()
        return all(
            side.clone.master == self.master.id and not side.clone.pending and side.entries() == expected
            for side in self.clones
        )

    def settle(self, ticks: int) -> bool:
        """Let everything arrive from now on; whether all is well for 3 s within so many ticks."""
        self.loss = 0.0
        self.heal()
        well = 0
        for _ in range(ticks):
            if self.master is not None:
                self.master.work()
            self.deliver()
            well = well + 1 if self.converged else 0
            if well == 30:
                return True
            self.tick()
        return False
