"""Channels: numbered actions from one producer to its consumers, in order, whatever the network loses.

Masters and clones drive them with ticks of 100 ms and with what they receive. A producer answers by calling
*send* with the addressee (None: all consumers), the number of an action (otherwise 0) and the content of the
command; a consumer with the producer and the content. Source: spec store-protocol.md section 3.
"""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import (
    AckClone,
    Action,
    AttachWriter,
    Command,
    CumulativeAck,
    Keepalive,
    Nack,
    RetransmitFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.messages.commands import Content
    from broker_core.model.ids import EndpointId, EntityId

    Send = Callable[[EntityId | None, int, Content], None]
    SendBack = Callable[[EntityId, Content], None]

__all__ = ["DEFAULT_SETTINGS", "TICK", "ChannelSettings", "Consumer", "Outgoing", "Producer"]

TICK = 0.1
"""Seconds between two ticks."""


class ChannelSettings(NamedTuple):
    """The timers of C++, in ticks (spec section 3.3), and the bounds of :mod:`broker_core.limits`."""

    heartbeat: int = 5
    """A producer that was silent for so long sends a keepalive; a consumer acknowledges so often."""
    nack_timeout: int = 2
    """How long a consumer waits for a missing action before it asks for it."""
    connection_timeout: int = 100
    """How many heartbeats may pass without an acknowledgement before a consumer counts as gone."""
    buffer: int = DEFAULT_LIMITS.store_buffer
    """Most actions that are kept to be sent again, or because they came too early."""
    paths: int = DEFAULT_LIMITS.store_clones
    """Most consumers of a producer, and most producers at a master."""

    @property
    def silence(self) -> int:
        """How many ticks of silence mean that the other side is gone."""
        return self.heartbeat * self.connection_timeout


DEFAULT_SETTINGS = ChannelSettings()


class Outgoing(NamedTuple):
    """A command to send. *receiver* is for the envelope: NIL for everyone who subscribed."""

    receiver: EndpointId
    command: Command


class _Path:
    """What a producer knows about one consumer."""

    __slots__ = ("acked", "handshake", "handshake_at", "handshake_pause", "seen")

    def __init__(self, handshake: AckClone | AttachWriter, tick: int, pause: int) -> None:
        self.acked = handshake.offset
        self.seen = tick
        self.handshake: AckClone | AttachWriter | None = handshake
        self.handshake_at = tick
        self.handshake_pause = pause


class Producer:
    """The side that numbers actions and repeats lost ones (spec section 3.1).

    The first action has number 2. Without consumers nothing is numbered, kept or sent.
    """

    def __init__(self, send: Send, settings: ChannelSettings) -> None:
        self.seq = 1
        """The number of the last action."""
        self._send = send
        self._settings = settings
        self._paths: dict[EntityId, _Path] = {}
        self._kept: dict[int, Action] = {}
        self._first = 2  # the number of the oldest action in _kept, if there is one
        self._tick = 0
        self._last_broadcast = 0

    @property
    def consumers(self) -> tuple[EntityId, ...]:
        """Everyone who was added and has not been silent for too long."""
        return tuple(self._paths)

    @property
    def idle(self) -> bool:
        """Whether all consumers acknowledged their handshake and the last action."""
        return all(path.handshake is None and path.acked == self.seq for path in self._paths.values())

    @property
    def unacknowledged(self) -> int:
        """How many actions are kept, because some consumer may ask for them again."""
        return len(self._kept)

    def __contains__(self, consumer: EntityId) -> bool:
        return consumer in self._paths

    def silence(self, consumer: EntityId) -> int:
        """How many ticks ago *consumer* was last heard; it must be one."""
        return self._tick - self._paths[consumer].seen

    def publish(self, action: Action) -> int:
        """Number *action*, keep it and send it to all consumers; returns the number, or 0 without consumers.

        The oldest action makes room when more than settings.buffer would be kept.
        """
        if not self._paths:
            return 0
        self.seq = seq = self.seq + 1
        kept = self._kept
        if not kept:
            self._first = seq
        kept[seq] = action
        if len(kept) > self._settings.buffer:
            del kept[self._first]
            self._first += 1
        self._last_broadcast = self._tick
        self._send(None, seq, action)
        return seq

    def add(self, consumer: EntityId, handshake: AckClone | AttachWriter) -> None:
        """Serve *consumer* from the next action on; *handshake* carries the current number as its offset."""
        self._paths[consumer] = _Path(handshake, self._tick, self._settings.nack_timeout)
        self._greet(consumer, handshake)

    def _greet(self, consumer: EntityId, handshake: AckClone | AttachWriter) -> None:
        self._send(consumer, handshake.offset if type(handshake) is AckClone else 0, handshake)

    def repeat_handshakes(self) -> None:
        """Send the handshakes again that nobody acknowledged."""
        for consumer, path in self._paths.items():
            if path.handshake is not None:
                self._greet(consumer, path.handshake)

    def ack(self, consumer: EntityId, seq: int) -> bool:
        """*consumer* has everything up to *seq*; False when nobody of that name is served, or *seq* is ahead."""
        path = self._paths.get(consumer)
        if path is None or seq > self.seq:
            return False
        if seq >= path.acked:
            path.seen = self._tick
            path.acked = seq
            path.handshake = None
        return True

    def nack(self, consumer: EntityId, missing: Sequence[int]) -> bool:
        """Send *consumer* again what it misses; False when it is not served (any more) and needs a handshake for it."""
        path = self._paths.get(consumer)
        if path is None:
            return False
        if any(one >= other for one, other in pairwise(missing)):
            del self._paths[consumer]
            return False
        if not missing:
            return True
        path.seen = self._tick
        if missing[0] == 0:
            return self._asked_for_handshake(consumer, path)
        self.ack(consumer, missing[0] - 1)
        # What is left out because it would be too much is asked for again, and so is what does not exist.
        for seq in islice(missing, self._settings.buffer):
            if seq > self.seq:
                break
            action = self._kept.get(seq)
            if action is None:
                self._send(consumer, 0, RetransmitFailed(seq))
            else:
                self._send(consumer, seq, action)
        return True

    def _asked_for_handshake(self, consumer: EntityId, path: _Path) -> bool:
        if path.handshake is None:
            # C++ would repeat the old offset, and then has to say that it cannot repeat what came after it.
            del self._paths[consumer]
            return False
        # A large snapshot is under way for longer than the pause between two requests.
        if self._tick - path.handshake_at >= path.handshake_pause:
            path.handshake_at = self._tick
            path.handshake_pause = min(2 * path.handshake_pause, 10 * self._settings.heartbeat)
            self._greet(consumer, path.handshake)
        return True

    def tick(self) -> None:
        """Keep alive, forget who was silent for too long, and what nobody can ask for any more."""
        self._tick += 1
        settings = self._settings
        if self._tick - self._last_broadcast >= settings.heartbeat:
            self._last_broadcast = self._tick
            self._send(None, 0, Keepalive(self.seq))
        limit = self._tick - settings.silence
        for consumer in [consumer for consumer, path in self._paths.items() if path.seen <= limit]:
            del self._paths[consumer]
        needed = min((path.acked for path in self._paths.values()), default=self.seq) + 1
        if needed > self.seq:
            self._kept.clear()
        elif self._kept:
            for seq in range(self._first, needed):
                del self._kept[seq]
            self._first = max(self._first, needed)


class Consumer:
    """The side that takes actions in order and asks for missing ones (spec section 3.2), once it got a handshake.

    What was taken is confirmed with the next acknowledgement, as far as ``awaited`` allows.
    """

    def __init__(
        self, send: SendBack, producer: EntityId, handshake: AckClone | AttachWriter, settings: ChannelSettings
    ) -> None:
        self.next = handshake.offset + 1
        """The number of the action that is taken next."""
        self.awaited = 0
        """The last number that :meth:`confirm` has to tell of before it may be confirmed; the owner sets it."""
        self._producer = producer
        self._heartbeat = handshake.heartbeat
        self._send = send
        self._settings = settings
        self._known = handshake.offset  # the highest number that is known to exist
        self._early: dict[int, Action | None] = {}
        self._confirmed = handshake.offset
        self._tick = 0
        self._seen = 0
        self._next_at_last_tick = self.next
        self._idle = 0
        self.acknowledge()

    @property
    def known(self) -> int:
        """The highest number that exists, as far as is known."""
        return max(self._known, self.next - 1)

    @property
    def gap(self) -> bool:
        """Whether actions are missing."""
        return self._known >= self.next

    @property
    def busy(self) -> bool:
        """Whether actions are missing, or taken and not done."""
        return self.gap or self.awaited > self._confirmed

    @property
    def early(self) -> int:
        """How many actions are kept that came before others that are missing."""
        return len(self._early)

    @property
    def silence(self) -> int:
        """How many ticks ago the producer was last heard."""
        return self._tick - self._seen

    def receive(self, seq: int, action: Action | None) -> Sequence[Action | None]:
        """Number *seq* is *action*, or lost for good (None); returns what can be taken now, up to ``next - 1``."""
        self._seen = self._tick
        if seq != self.next:
            if seq > self.next:
                self._known = max(self._known, seq)
                if seq - self.next < self._settings.buffer:
                    self._early.setdefault(seq, action)
            return ()
        self.next = seq + 1
        early = self._early
        if not early:
            return (action,)
        taken = [action]
        while self.next in early:
            taken.append(early.pop(self.next))
            self.next += 1
        return taken

    def keepalive(self, seq: int) -> None:
        """The producer's last action has number *seq*."""
        self._seen = self._tick
        self._known = max(self._known, seq)

    def confirm(self, seq: int) -> None:
        """Everything up to number *seq* is done."""
        if self._confirmed < seq < self.next:
            self._confirmed = seq

    def acknowledge(self) -> None:
        """Confirm now, not only with the next heartbeat."""
        if self.awaited <= self._confirmed:
            self._confirmed = self.next - 1
        self._send(self._producer, CumulativeAck(self._confirmed))

    def tick(self) -> None:
        """Ask for what is missing when nothing came for a while; confirm at every heartbeat."""
        self._tick += 1
        if self.next != self._next_at_last_tick:
            self._next_at_last_tick = self.next
            self._idle = 0
        else:
            self._idle += 1
            if self.gap and self._idle >= self._settings.nack_timeout:
                self._idle = 0
                self._send(self._producer, Nack(self._missing()))
                return
        if self._heartbeat and self._tick % self._heartbeat == 0:
            self.acknowledge()

    def _missing(self) -> tuple[int, ...]:
        """The first settings.buffer numbers that are missing."""
        early = self._early
        end = min(self._known + 1, self.next + self._settings.buffer)
        return tuple([seq for seq in range(self.next, end) if seq not in early])
