"""A Zeek cluster on ZeroMQ as a peer: its central broker, which passes on what the nodes publish.

Two sockets: an XSUB that receives what this side subscribes to, and an XPUB that sends, and hears of the subscriptions
of everybody. libzmq discards what matches no subscription it has heard of, so the filter of this peer is exactly what
it heard. Nobody confirms messages. But what this side publishes on a topic of its own comes back to it, behind all that
it published before: when it does, the central broker has that. Source: spec zeromq.md.

A node that reads slowly slows down the central broker and with it the whole cluster. So one task reads whatever comes;
when subscribers here cannot follow, messages are dropped here, and counted.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import trio

from broker_core.errors import EC, DecodeError, InvalidValue, RemoteProtocolError, UndeliveredError
from broker_core.messages.cluster_wire import INTERNAL_PREFIX, PARTS, SERIALIZER, subscription
from broker_core.messages.envelopes import ForeignMessage, Message, MessageKind, received_message
from broker_core.model.ids import NIL, EndpointId, NodeId
from broker_core.model.scalars import Count
from broker_core.model.topics import check_topic, topic_from_bytes, topic_to_bytes
from broker_core.protocol.events import Lost

from .peers import OVERFLOW, Direction, PeerInfo, RemotePeer, cancel_after
from .queues import DataQueue, Overflow
from .zmq_lines import OutQueue, why_lost
from .zmq_sockets import read_event

if TYPE_CHECKING:
    from broker_core.limits import Limits
    from broker_core.model.addresses import PeerAddress
    from broker_core.protocol.cluster_view import ClusterView

    from .hub import Hub
    from .zmq_lines import ClusterLine
    from .zmq_sockets import ZmqSocket

__all__ = ["ZmqPeer"]

_BATCH = 64
"""Messages that are read, delivered or sent before other tasks run. With more, so many decoded values are there at a
time that the garbage collector has work with them."""
_NEWS = 1024
"""Subscriptions that are read before the routes are made anew."""
_LONGEST_KNOWN = 512
"""Bytes of topics and node ids that are remembered."""


class ZmqPeer(RemotePeer):
    """A cluster that this endpoint takes part in."""

    direction: Direction = "out"
    unfit = "cannot be encoded"

    def __init__(
        self,
        hub: Hub,
        address: PeerAddress,
        line: ClusterLine,
        view: ClusterView,
        *,
        barrier: str,
        tls: str,
        version: str,
    ) -> None:
        super().__init__()
        limits: Limits = hub.limits
        overflow: Overflow = hub.overflow
        self.peer_id = EndpointId.from_name(str(address))
        self.address = address
        self.tls = tls
        self.version = version
        self.queue: OutQueue = OutQueue(
            limits.peer_queue_messages, overflow, limits.block_timeout, limits.peer_queue_bytes
        )
        self.queue.on_overflow = self._overflow
        self._hub = hub
        self._limits = limits
        self._line = line
        self._view = view
        self._barrier_topic = barrier
        self._barrier_part = topic_to_bytes(barrier)
        self._own_part = topic_to_bytes(line.node)
        self._inbox = DataQueue(limits.zmq_receive_queue, "drop_oldest", 0, limits.subscriber_queue_bytes)
        self._inbox.on_drop = partial(hub.missed, self)
        self._scope = trio.CancelScope()
        self._idle = trio.Event()
        self._sent = 0
        self._busy = False
        self._bytes = [0, 0]
        self._told = False
        """Whether the central broker was told of subscriptions since it last showed that it knew them."""
        self._next_token = 1
        self._answers: dict[int, trio.Event] = {}
        self._echoes: dict[str, trio.Event] = {}
        self._topics: dict[bytes, str] = {}
        self._senders: dict[bytes, NodeId] = {}

    # -- looking --------------------------------------------------------------------------------------------------

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that nodes of the cluster want, without those that only this side wants."""
        return self._view.filter

    @property
    def missed(self) -> int:
        """Messages that came and were dropped here, because subscribers were too slow."""
        return self._inbox.dropped

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        assert self.address is not None
        return PeerInfo(
            self.peer_id,
            self.address.host_and_port,
            self.direction,
            self.tls,
            self.filter,
            len(self.queue.items),
            self._sent,
            self.received,
            self.queue.dropped,
            transport="zmq",
            name=self._line.node,
            version=self.version,
            bytes_sent=self._bytes[0],
            bytes_received=self._bytes[1],
            missed=self.missed,
            stalls=self._line.xpub.stalls,
            nodes=self._view.nodes,
        )

    # -- carrying -------------------------------------------------------------------------------------------------

    def render(self, message: Message) -> Message:
        """*message* itself, with its bytes. Raises :class:`EncodeError`."""
        _ = message.payload
        return message

    def tell_wanted(self, prefixes: tuple[str, ...], *, at_once: bool) -> None:  # noqa: ARG002  # it costs nothing
        """Tell the central broker what this side wants now."""
        before = self._view.filter
        for part in self._view.want([self._barrier_topic, *prefixes]):
            self._tell(part)
        if self._view.filter is not before:
            self._hub.filter_changed()

    def _tell(self, part: bytes) -> None:
        self._line.xsub.send_nowait(part)  # there is no high-water mark for subscriptions
        self._line.xsub.poke()
        self._told = True

    async def run(self, sink: Hub) -> None:
        """Carry messages both ways until the peering ends; :attr:`lost` says why. Never raises for what a peer does."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    for monitor in self._line.monitors:
                        nursery.start_soon(self._watch, monitor)
                    nursery.start_soon(self._write)
                    nursery.start_soon(self._follow)
                    nursery.start_soon(self._read)
                    await self._deliver(sink)
                    nursery.cancel_scope.cancel()
        finally:
            if self.lost is None:
                self.lost = Lost(RemoteProtocolError("connection closed by this side", EC.UNSPECIFIED))
            self.queue.close()
            self._inbox.close()
            self._line.close()
            self.ended.set()

    async def abandon(self) -> None:
        """Close the sockets."""
        self._line.close()
        await trio.lowlevel.checkpoint()

    async def _watch(self, monitor: ZmqSocket) -> None:
        """Wait for the end of one of the connections."""
        while not (reason := why_lost(read_event(await monitor.receive()))):
            pass
        self.lost = self.lost or Lost(RemoteProtocolError(reason, EC.UNSPECIFIED))
        while self._take_in():  # what libzmq had received before
            pass
        self._inbox.close()

    async def _read(self) -> None:
        while True:
            if self._take_in():
                await trio.lowlevel.checkpoint()
            else:
                await self._line.xsub.wait()

    def _take_in(self) -> bool:
        """Read a batch; False when there was nothing."""
        offer = self._inbox.offer
        topics, senders, own, ttl = self._topics, self._senders, self._own_part, self._hub.ttl
        data, size, some = MessageKind.DATA, 0, False
        for parts in self._line.xsub.arrived(_BATCH):
            some = True
            if len(parts) != PARTS:
                self._hub.skipped(self, f"expected {PARTS} parts, have {len(parts)}")
                continue
            topic, node, serializer, payload = parts
            size += len(topic) + len(node) + len(serializer) + len(payload)
            name = topics.get(topic)
            if name is None:
                name = self._learn_topic(topic)
            if node == own:
                if topic == self._barrier_part:
                    self._answered(payload)
                continue
            if not name:  # it says nothing to anybody else
                continue
            sender = senders.get(node) or self._learn_sender(node)
            if serializer == SERIALIZER:
                offer(received_message(name, payload, sender, NIL, data, ttl))
            else:
                offer(ForeignMessage(name, payload, topic_from_bytes(serializer), sender=sender))
        self._bytes[1] += size
        return some

    def _learn_topic(self, topic: bytes) -> str:
        """The topic as text; "" for one on which nothing is meant for anybody else, and for one that is none."""
        name = topic_from_bytes(topic)
        if name.startswith(INTERNAL_PREFIX):
            name = ""
        else:
            try:
                check_topic(name)
            except InvalidValue as error:
                self._hub.skipped(self, str(error))
                return ""
        if len(topic) <= _LONGEST_KNOWN:
            if len(self._topics) >= self._limits.topic_cache:
                self._topics.clear()
            self._topics[topic] = name
        return name

    def _learn_sender(self, node: bytes) -> NodeId:
        sender = NodeId(topic_from_bytes(node))
        if len(node) <= _LONGEST_KNOWN:
            if len(self._senders) >= self._limits.topic_cache:
                self._senders.clear()
            self._senders[node] = sender
        return sender

    async def _deliver(self, sink: Hub) -> None:
        """Hand messages on until there will be none any more."""
        inbox = self._inbox
        while await inbox.wait():
            batch = inbox.take(_BATCH)
            self.received += len(batch)
            await sink.receive(batch, self.peer_id)

    async def _follow(self) -> None:
        """Listen to what the nodes of the cluster subscribe to."""
        view, xpub = self._view, self._line.xpub
        while True:
            before, ignored = view.filter, view.ignored
            for parts in xpub.arrived(_NEWS):
                prefix = view.heard(parts[0])
                if prefix is not None and (echo := self._echoes.pop(prefix, None)) is not None:
                    echo.set()
            if view.filter is not before:
                self._hub.filter_changed()
            if view.ignored != ignored:
                self._hub.skipped(self, f"{view.ignored} subscriptions beyond {self._limits.max_filter_entries}")
            await xpub.wait()

    async def _write(self) -> None:
        queue, xpub, own = self.queue, self._line.xpub, self._own_part
        topics: dict[str, bytes] = {}
        while await queue.wait():
            self._busy = True
            for message in queue.take(_BATCH):
                name = message.topic
                topic = topics.get(name)
                if topic is None:
                    if len(topics) >= self._limits.topic_cache:
                        topics.clear()
                    topic = topics[name] = topic_to_bytes(name)
                payload = message.payload
                if not xpub.send_nowait(topic, own, SERIALIZER, payload):
                    await xpub.send(topic, own, SERIALIZER, payload)
                self._sent += not name.startswith(INTERNAL_PREFIX)
                self._bytes[0] += len(topic) + len(own) + len(SERIALIZER) + len(payload)
            xpub.poke()
            self._busy = False
            self._idle.set()
            self._idle = trio.Event()
            await trio.lowlevel.checkpoint()

    def _overflow(self) -> None:
        self.lost = Lost(RemoteProtocolError(OVERFLOW, EC.UNSPECIFIED))
        self.leaving = True
        self._scope.cancel()

    # -- confirming and leaving -----------------------------------------------------------------------------------

    async def ping(self, timeout: float) -> float:
        """The round-trip time in seconds, by way of the central broker, behind everything that is queued.

        Subscriptions that the central broker was told of are known to it then. Raises trio.TooSlowError after
        *timeout*, trio.BrokenResourceError when the peering ends meanwhile.
        """
        with trio.fail_after(timeout):
            if self._told:
                await self._echo()
            start = trio.current_time()
            await self._barrier()
        return trio.current_time() - start

    async def _echo(self) -> None:
        """Wait until the central broker has passed on the subscriptions of this side, as one more of them shows."""
        self._told = False
        topic = self._line.next_probe()
        echo = self._echoes[topic] = trio.Event()
        xsub = self._line.xsub
        xsub.send_nowait(subscription(topic, begins=True))
        xsub.poke()
        try:
            await self._before_end(echo)
        finally:
            self._echoes.pop(topic, None)
            if not self.ended.is_set():
                xsub.send_nowait(subscription(topic, begins=False))
                xsub.poke()

    async def _barrier(self) -> None:
        """Wait until a message that is sent now has come back; :class:`trio.BrokenResourceError` at the end."""
        mark = self._mark()
        token, self._next_token = self._next_token, self._next_token + 1
        answered = self._answers[token] = trio.Event()
        self.queue.put_control(Message(self._barrier_topic, Count(token)))
        try:
            await self._before_end(answered)
        finally:
            self._answers.pop(token, None)
        self._confirmed = max(self._confirmed, mark)

    def _answered(self, payload: bytes) -> None:
        try:
            answered = self._answers.get(Message("", payload=payload).value)
        except (DecodeError, TypeError):  # somebody else with this node id
            return
        if answered is not None:
            answered.set()

    async def _before_end(self, event: trio.Event) -> None:
        """Wait for *event*; trio.BrokenResourceError when the peering ends before."""
        if self.ended.is_set():
            raise trio.BrokenResourceError
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cancel_after, self.ended, nursery.cancel_scope)
            await event.wait()
            nursery.cancel_scope.cancel()
        if not event.is_set():
            raise trio.BrokenResourceError

    async def flush(self, timeout: float) -> None:
        """Wait until the central broker has everything; :class:`UndeliveredError` after *timeout* seconds."""
        if not self.undelivered:
            return
        with trio.move_on_after(timeout), suppress(trio.BrokenResourceError):
            await self._barrier()
            return
        raise UndeliveredError({str(self.peer_id): self.undelivered})

    async def leave(self) -> None:
        """See that the central broker has everything, then close."""
        self.leaving = True
        try:
            if self.undelivered and await self._drained():
                # Whether it came that far shows in `undelivered`.
                with trio.move_on_after(self._limits.bye_timeout), suppress(trio.BrokenResourceError):
                    await self._barrier()
        finally:
            self._scope.cancel()
            with trio.CancelScope(shield=True):
                await self.ended.wait()

    async def _drained(self) -> bool:
        """Wait until all is with libzmq, as long as that takes anything at all within drain_timeout."""
        while (self.queue.items or self._busy) and not self.ended.is_set():
            before = self._sent
            with trio.move_on_after(self._limits.drain_timeout):
                await self._idle.wait()
            if self._sent == before:
                return False
        return not self.ended.is_set()
