"""A master and a clone, among others that say anything to them."""

from __future__ import annotations

from contextlib import suppress

from broker_core.codecs.binary import encode
from broker_core.errors import DecodeError, StoreError
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Action,
    Add,
    AttachWriter,
    Clear,
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
    decode_command,
    encode_command,
)
from broker_core.model import Count, EndpointId, EntityId, Kind, Set, Table
from broker_core.stores.channel import ChannelSettings
from broker_core.stores.memory import MemoryBackend
from command_frames import command_frames
from store_links import CloneSide, MasterSide
from tests.fuzz.source import Source

SETTINGS = ChannelSettings(buffer=6, paths=3)
MOST = 4 * SETTINGS.buffer * SETTINGS.paths
_HERE, _THERE, _ELSEWHERE = (EndpointId(bytes([n]) * 16) for n in (1, 2, 3))
_MASTER = EntityId(_HERE, 7)
_SENDERS = (_MASTER, *(EntityId(_THERE, n) for n in range(4)), EntityId(_ELSEWHERE, 7), EntityId(_ELSEWHERE, 8), NOBODY)
_NUMBERS = (*range(12), 50, 2**63, 2**64 - 1)
_VALUES = (None, 1, -1, Count(1), 1.5, float("nan"), "a", b"\xff", (), (1, "x"), Set([1]), Table([(1, 2)]), 2**63 - 1)
_KEYS = ("a", "b", 1, Count(1))


class World:
    """The two, and what passes between them when it is let pass."""

    def __init__(self, *, at_once: bool) -> None:
        self.master = MasterSide(_MASTER, MemoryBackend(), SETTINGS, at_once=at_once)
        self.clone = CloneSide(_THERE, SETTINGS)
        self.sides = (self.master, self.clone)
        self.flights: tuple[list[Command], list[Command]] = ([], [])  # to the master, to the clone

    def act(self, source: Source) -> None:
        step = source.byte()
        some, side = step >> 3, self.sides[step >> 3 & 1]
        match step % 8:
            case 0 | 1:
                self._hand(_command(source), side)
            case 2:
                with suppress(DecodeError):
                    self._hand(decode_command(source.piece()), side)
            case 3:
                self._write(source, by_clone=side is self.clone)
                self._collect()
            case 4:
                for _ in range(1 + some % 8):
                    self.master.tick()
                    self.clone.tick(is_peer=bool(some & 1))
                    self._collect()
            case 5:
                self.master.work(some % 4)
                self._collect()
            case _:
                for at, side in enumerate(self.sides):
                    carried, self.flights[at][:] = self.flights[at][:], []
                    for command in carried[: None if step % 8 == 6 else some]:
                        self._hand(command, side)

    def _hand(self, command: Command, side: MasterSide | CloneSide) -> None:
        side.receive(command)
        self._collect()

    def _write(self, source: Source, *, by_clone: bool) -> None:
        action = _action(source)
        if not by_clone:
            self.master.write(action)
            return
        try:
            self.clone.write(action)
        except StoreError:
            assert self.clone.clone.full

    def _collect(self) -> None:
        """See that nobody says or keeps too much, and put what is said on its way, as far as there is room."""
        for flight, side in zip(reversed(self.flights), self.sides, strict=True):
            said = side.outgoing()
            assert len(said) <= MOST, "one command, or one tick, makes too much to send"
            for outgoing in said:
                encode_command(outgoing.command)
            flight.extend([outgoing.command for outgoing in said][: MOST - len(flight)])
        master, clone = self.master.channels, self.clone.clone
        assert len(master.clones) <= SETTINGS.paths
        assert len(master.writers) <= SETTINGS.paths
        assert master.early <= SETTINGS.paths * SETTINGS.buffer
        assert max(master.unacknowledged, clone.unacknowledged, clone.early, clone.pending) <= SETTINGS.buffer


def target(data: bytes) -> bool:
    """Whatever strangers say to a master and a clone, nothing raises, bounds hold, and all that is said can be sent.

    The bytes are steps: commands from anybody, well-formed or raw, writes, time, and what the two say to each other.
    True when the clone has got a copy.
    """
    source = Source(data[:1500])
    world = World(at_once=not source.byte() & 1)
    while source:
        world.act(source)
    for key, record in world.master.backend.entries():
        encode((key, record.value))
    return world.clone.clone.synchronized


def seeds() -> list[bytes]:
    """An ordinary course with writes on both sides, and recorded commands in between."""
    course = bytes((0, 6, 4, 6, 6, 3, 0, 0, 0, 11, 1, 1, 0, 6, 6, 12, 6, 6, 4 + 8 * 9, 6, 6, 5, 19, 6, 6))
    payloads = {type(frame.command.content): frame.message.payload for frame in command_frames()}
    raw = [bytes((2 + 8 * (at % 2),)) + len(one).to_bytes(2, "big") + one for at, one in enumerate(payloads.values())]
    return [course, *(course + one + course[1:] for one in raw), b"\1" + bytes(range(256))]


def _command(source: Source) -> Command:
    sender, receiver = source.pick(_SENDERS), source.pick((*_SENDERS, NOBODY, EntityId(_THERE, 1)))
    seq = source.pick(_NUMBERS)
    kind = source.byte() % 16
    if kind < 8:
        return Command(seq, sender, receiver, _action(source))
    contents = (
        lambda: AttachWriter(source.pick(_NUMBERS), source.byte()),
        lambda: Keepalive(source.pick(_NUMBERS)),
        lambda: CumulativeAck(source.pick(_NUMBERS)),
        lambda: Nack(tuple([source.pick(_NUMBERS) for _ in range(source.byte() % 9)])),
        lambda: Nack((0,)),
        lambda: AckClone(source.pick(_NUMBERS), source.byte(), [(source.pick(_KEYS), source.pick(_VALUES))]),
        lambda: RetransmitFailed(source.pick(_NUMBERS)),
        lambda: Keepalive(seq),
    )
    return Command(seq, sender, receiver, contents[kind - 8]())


def _action(source: Source) -> Action:
    kind, key, value, publisher = source.byte() % 8, source.pick(_KEYS), source.pick(_VALUES), source.pick(_SENDERS)
    expiry = source.pick((None, 0, 1, -(2**63), 2**63 - 1)) if kind < 5 else None
    match kind:
        case 0:
            return Put(key, value, expiry, publisher)
        case 1:
            return PutUnique(key, value, expiry, source.pick(_SENDERS), source.byte(), publisher)
        case 2:
            return Add(key, value, source.pick(tuple(Kind)), expiry, publisher)
        case 3:
            return Subtract(key, value, expiry, publisher)
        case 4:
            return Erase(key, publisher)
        case 5:
            return PutUniqueResult(bool(source.byte() & 1), source.pick(_SENDERS), source.byte(), publisher)
        case 6:
            return Clear(publisher)
        case _:
            return Expire(key, publisher)
