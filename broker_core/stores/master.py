"""The network role of a master: who its clones and writers are, and what is said to each.

It holds no data. What clones ask for comes out of :meth:`Master.receive`; the owner does it and reports back with
:meth:`Master.publish`, :meth:`Master.applied` and :meth:`Master.attach`, in the order of the backend's commits.
Source: spec store-protocol.md sections 3, 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Action,
    AttachWriter,
    Command,
    CumulativeAck,
    Keepalive,
    Nack,
    RetransmitFailed,
)
from broker_core.model.ids import NIL, EntityId

from .channel import DEFAULT_SETTINGS, ChannelSettings, Consumer, Outgoing, Producer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.messages.commands import Content
    from broker_core.model import Value

__all__ = ["Master", "Request", "SnapshotWanted"]

_NEW_CLONE = (0,)


class Request(NamedTuple):
    """*writer* wants *action* done; :meth:`Master.applied` takes its *seq* afterwards."""

    writer: EntityId
    seq: int
    action: Action


class SnapshotWanted(NamedTuple):
    """*clone* wants to attach: :meth:`Master.attach` or :meth:`Master.refuse` is the answer."""

    clone: EntityId


class Master:
    """The channels of one master: updates to all clones, and one for the writes of each writer.

    Beyond C++, every clone gets a keepalive of its own: C++ clones heed no other, and would miss that the last
    update was lost (spec section 6).
    """

    def __init__(self, id: EntityId, settings: ChannelSettings = DEFAULT_SETTINGS) -> None:  # noqa: A002
        self.id = id
        self.lost = 0
        """How many actions writers could not send again."""
        self.ignored = 0
        """How many commands had no effect: from unknown senders, beyond a bound, or meant for clones."""
        self._settings = settings
        self._updates = Producer(self._send_update, settings)
        self._writers: dict[EntityId, Consumer] = {}
        self._preparing: set[EntityId] = set()
        self._out: list[Outgoing] = []

    # -- state --------------------------------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """The number of the last update."""
        return self._updates.seq

    @property
    def clones(self) -> tuple[EntityId, ...]:
        """Those that have got a snapshot."""
        return self._updates.consumers

    @property
    def writers(self) -> tuple[EntityId, ...]:
        """Those that have announced writes."""
        return tuple(self._writers)

    @property
    def early(self) -> int:
        """How many requests of writers are kept that came before others that are missing."""
        return sum(writer.early for writer in self._writers.values())

    @property
    def unacknowledged(self) -> int:
        """How many updates are kept, because some clone may ask for them again."""
        return self._updates.unacknowledged

    @property
    def idle(self) -> bool:
        """Whether all clones are up to date, and nothing is known to be missing from writers (spec section 5.2)."""
        return self._updates.idle and not self._preparing and not any(writer.busy for writer in self._writers.values())

    # -- what the owner reports ---------------------------------------------------------------------------------------

    def publish(self, action: Action) -> None:
        """Tell all clones, if there are any, that *action* happened."""
        self._updates.publish(action)

    def applied(self, writer: EntityId, seq: int, *, silent: bool = False) -> None:
        """The request *seq* of *writer* is done, and so are those before it.

        *silent* says that it made no update, because it was refused or had nothing to do. The writer learns that
        at once; otherwise the update tells it, and the acknowledgement may come with the next heartbeat.
        """
        consumer = self._writers.get(writer)
        if consumer is None:
            return
        consumer.confirm(seq)
        if silent:
            # With the number of the last update a clone knows at once that none is under way for its write. It finds
            # the reason in its copy, which at this place among the updates is exactly what we have.
            consumer.acknowledge()
            self._tell(writer, Keepalive(self.seq))

    def attach(self, clone: EntityId, entries: Sequence[tuple[Value, Value]]) -> None:
        """Answer :class:`SnapshotWanted` with all *entries* as they are after what was published so far."""
        self._preparing.discard(clone)
        self._updates.add(clone, AckClone(self._updates.seq, self._settings.heartbeat, entries))

    def refuse(self, clone: EntityId) -> None:
        """There is no snapshot for *clone* now; it will ask again."""
        self._preparing.discard(clone)

    # -- what clones and writers say ----------------------------------------------------------------------------------

    def receive(self, command: Command) -> Sequence[Request | SnapshotWanted]:
        """Take *command*; returns what is to be done for it, in order."""
        seq, sender, _, content = command
        if isinstance(content, Action):
            return self._requests(sender, seq, content)
        if type(content) is RetransmitFailed:
            return self._requests(sender, content.seq, None)
        if type(content) is Nack:
            return self._nack(sender, content.missing)
        if type(content) is CumulativeAck:
            heeded = self._updates.ack(sender, content.seq)
        elif type(content) is AttachWriter:
            heeded = self._attach_writer(sender, content)
        elif type(content) is Keepalive and sender in self._writers:
            self._writers[sender].keepalive(content.seq)
            heeded = True
        else:
            heeded = False
        self.ignored += not heeded
        return []

    def _requests(self, sender: EntityId, seq: int, action: Action | None) -> Sequence[Request | SnapshotWanted]:
        writer = self._writers.get(sender)
        if writer is None:
            self.ignored += 1
            return []
        taken = writer.receive(seq, action)
        first = writer.next - len(taken)
        requests = [Request(sender, number, action) for number, action in enumerate(taken, first) if action is not None]
        if requests:
            writer.awaited = requests[-1].seq
        self.lost += len(taken) - len(requests)
        return requests

    def _nack(self, sender: EntityId, missing: tuple[int, ...]) -> Sequence[Request | SnapshotWanted]:
        if self._updates.nack(sender, missing):
            return []
        if sender in self._preparing:
            return []
        if missing != _NEW_CLONE or len(self.clones) + len(self._preparing) >= self._settings.paths:
            self.ignored += 1
            return []
        self._preparing.add(sender)
        return [SnapshotWanted(sender)]

    def _attach_writer(self, sender: EntityId, handshake: AttachWriter) -> bool:
        writer = self._writers.get(sender)
        if writer is not None:
            writer.keepalive(handshake.offset)
            return True
        if len(self._writers) >= self._settings.paths:
            return False
        self._writers[sender] = Consumer(self._tell, sender, handshake, self._settings)
        return True

    # -- time and output ----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """100 ms have passed."""
        self._updates.tick()
        gone = []
        for sender, writer in self._writers.items():
            writer.tick()
            if writer.silence >= self._settings.silence:
                gone.append(sender)
        for sender in gone:
            del self._writers[sender]

    def outgoing(self) -> list[Outgoing]:
        """What is to be sent, in order; each command once."""
        out, self._out = self._out, []
        return out

    def _send_update(self, clone: EntityId | None, seq: int, content: Content) -> None:
        if clone is None:
            self._out.append(Outgoing(NIL, Command(seq, self.id, NOBODY, content)))
            if type(content) is Keepalive:
                for each in self._updates.consumers:
                    self._tell(each, content)
        elif isinstance(content, Action):
            self._out.append(Outgoing(clone.endpoint, Command(seq, self.id, NOBODY, content)))
        else:
            self._out.append(Outgoing(clone.endpoint, Command(seq, self.id, clone, content)))

    def _tell(self, peer: EntityId, content: Content) -> None:
        self._out.append(Outgoing(peer.endpoint, Command(0, self.id, peer, content)))
