"""A peer over a connection, whatever protocol it speaks: the tasks that carry bytes, the queue, the last words.

Only the writer task sends, so a frame is never cut by a cancellation; it never delivers, so a slow subscriber
cannot silence it. The protocol is a sans-IO connection with the verbs of :mod:`broker_core.protocol.peering`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import trio

from broker_core.errors import EC, RemoteProtocolError, UndeliveredError
from broker_core.messages.envelopes import Message
from broker_core.protocol.events import Lost

from .peers import OVERFLOW, Direction, PeerInfo, PeerSink, RemotePeer, cancel_after
from .queues import FrameQueue, Overflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.limits import Limits
    from broker_core.model.addresses import Transport
    from broker_core.model.ids import EndpointId

    from .streams import Connection

__all__ = ["WireConnection", "WirePeer"]

_WRITE_SIZE = 512 * 1024
_LAST_WRITE = 1.0  # seconds that a write may take to end whose other side is gone


class WireConnection(Protocol):
    """What this module needs of a sans-IO connection."""

    @property
    def closed(self) -> bool:
        """Whether the connection is over."""

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the peer."""

    def receive_eof(self) -> None:
        """Take the end of the peer's stream."""

    def data_to_send(self) -> Sequence[bytes]:
        """Drain what is to be sent."""

    def events(self) -> Sequence[Any]:
        """Drain what happened."""

    def next_deadline(self) -> float | None:
        """When to call :meth:`handle_deadline`."""

    def handle_deadline(self, now: float) -> None:
        """Act on time that has passed."""


class WirePeer(RemotePeer):
    """A peer over a connection whose handshake is complete."""

    transport: Transport = "broker"

    def __init__(
        self,
        peer_id: EndpointId,
        connection: Connection,
        protocol: WireConnection,
        direction: Direction,
        *,
        limits: Limits,
        overflow: Overflow,
        pending: Sequence[Any],
        capacity: int | None = None,
    ) -> None:
        super().__init__()
        self.peer_id = peer_id
        self.connection = connection
        self.protocol = protocol
        self.direction = direction
        self.address = connection.remote
        self.tls = connection.tls
        self.limits = limits
        self.queue: FrameQueue = FrameQueue(
            capacity or limits.peer_queue_messages,
            limits.peer_queue_bytes,
            overflow,
            limits.block_timeout,
            limits.peer_queue_control,
        )
        self.queue.on_overflow = self._overflow
        self._pending = pending
        self._answers: dict[bytes, trio.Event] = {}
        self._next_token = 1
        self._scope = trio.CancelScope()
        self._writing = False
        self._written = 0
        self._read_bytes = 0
        self._idle = trio.Event()

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        queued = len(self.queue.items)
        return PeerInfo(
            self.peer_id,
            self.address.host_and_port if self.address else "",
            self.direction,
            self.tls,
            self.filter,
            queued,
            max(0, self.queue.accepted - queued),
            self.received,
            self.queue.dropped,
            transport=self.transport,
            name=self.name,
            version=self.version,
            bytes_sent=self._written,
            bytes_received=self._read_bytes,
        )

    # -- what the kinds do in their own way -----------------------------------------------------------------------

    name = ""
    version = ""

    def _ask(self, token: bytes) -> bytes:
        """Send what the peer answers behind everything before it; returns what :meth:`_answered` will get."""
        raise NotImplementedError

    def _start_leaving(self, token: bytes) -> None:
        """Say goodbye in the protocol's way."""
        raise NotImplementedError

    def _goodbye_confirms(self) -> bool:
        """Whether the end that came then says that the peer has received everything."""
        raise NotImplementedError

    def _happened(self, event: Any, sink: PeerSink) -> None:
        """Act on an event that is neither a message nor the end."""
        raise NotImplementedError

    async def _receive(self) -> bytes | None:
        """Bytes, b"" at the end; None when the protocol's deadline has come."""
        return await self.connection.receive()

    # -- carrying -------------------------------------------------------------------------------------------------

    async def abandon(self) -> None:
        """Close the connection."""
        await self.connection.close()

    async def run(self, sink: PeerSink) -> None:
        """Carry bytes both ways until the peering ends; :attr:`lost` says why. Never raises for what a peer does."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._write)
                    self._start_more(nursery)
                    await self._read(sink)
                    await self._confirm_end()
                    nursery.cancel_scope.cancel()
        finally:
            if self.lost is None:
                self.lost = Lost(RemoteProtocolError("connection closed by this side", EC.UNSPECIFIED))
            self.queue.close()
            with trio.CancelScope(shield=True):
                await self.connection.close()
            self.ended.set()

    def _start_more(self, nursery: trio.Nursery) -> None:
        """Start the tasks that only this kind has."""

    async def _read(self, sink: PeerSink) -> None:
        while self.lost is None:
            events, self._pending = self._pending, ()
            await self._handle(events or await self._next_events(), sink)
            # Only now: our answer to a ping or BYE says that what came before it has reached its subscribers.
            self._queue_control()

    async def _next_events(self) -> Sequence[Any]:
        data = await self._receive()
        protocol = self.protocol
        if data:
            self._read_bytes += len(data)
            protocol.receive_data(data, trio.current_time())
        elif data is None:
            protocol.handle_deadline(trio.current_time())
        else:
            protocol.receive_eof()
        return protocol.events()

    async def _handle(self, events: Sequence[Any], sink: PeerSink) -> None:
        messages: list[Message] = []
        for event in events:
            if type(event) is Message:
                messages.append(event)
                continue
            if messages:
                await self._deliver(messages, sink)
                messages = []
            if type(event) is Lost:
                self._over(event)
            else:
                self._happened(event, sink)
        if messages:
            await self._deliver(messages, sink)

    def _over(self, lost: Lost) -> None:
        """The connection has ended."""
        self.lost = lost

    async def _deliver(self, messages: list[Message], sink: PeerSink) -> None:
        self.received += len(messages)
        await sink.receive(messages, self.peer_id, edge=self.edge)

    async def _write(self) -> None:
        queue = self.queue
        try:
            while await queue.wait():
                await self._write_some()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            queue.close()  # the reader finds out why, and may still have something to read
            self._idle.set()

    async def _write_some(self) -> None:
        """Write what is queued, or a part of it; called by the writer task only."""
        queue = self.queue
        chunk = queue.take_chunk(_WRITE_SIZE)
        self._writing = True
        await self.connection.send(chunk)
        self._writing = False
        self._wrote(len(chunk))

    def _wrote(self, size: int) -> None:
        """So many bytes of the queue have gone out."""
        self._written += size
        if not self.queue.items:
            self._idle.set()
            self._idle = trio.Event()

    async def _confirm_end(self) -> None:
        """What a peer that left in an orderly way has taken with it."""
        mark = self._left_mark()
        if mark is None or self.lost is None or self.lost.error is not None:
            return
        with trio.move_on_after(_LAST_WRITE):  # the answer is sent, but the writer may not have been told yet
            while self._writing and not self.queue.closed:
                await self._idle.wait()
        if not self.queue.items and not self._writing:
            self._confirmed = max(self._confirmed, mark)

    def _left_mark(self) -> tuple[int, int] | None:
        """What the peer had received for certain when it left by itself; None when it says nothing about that."""
        return None

    def _overflow(self) -> None:
        self.lost = Lost(RemoteProtocolError(OVERFLOW, EC.UNSPECIFIED))
        self.leaving = True
        self._scope.cancel()

    def _queue_control(self) -> None:
        for frame in self.protocol.data_to_send():
            self.queue.put_control(frame)

    # -- confirming and leaving -----------------------------------------------------------------------------------

    async def ping(self, timeout: float) -> float:
        """The round-trip time in seconds, behind everything that is queued; trio.TooSlowError after *timeout*.

        trio.BrokenResourceError when the peering ends meanwhile.
        """
        start = trio.current_time()
        with trio.fail_after(timeout):
            await self._barrier()
        return trio.current_time() - start

    async def _barrier(self) -> None:
        mark = self._mark()
        await self._round_trip(self._ask)
        self._confirmed = max(self._confirmed, mark)

    async def _round_trip(self, ask: Callable[[bytes], bytes]) -> None:
        """Send what *ask* makes of a fresh token, and wait for the answer; trio.BrokenResourceError at the end."""
        if self.ended.is_set() or self.protocol.closed:
            raise trio.BrokenResourceError
        key = ask(self._token())
        answered = self._answers[key] = trio.Event()
        self._queue_control()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(cancel_after, self.ended, nursery.cancel_scope)
                await answered.wait()
                nursery.cancel_scope.cancel()
        finally:
            self._answers.pop(key, None)  # also when nobody waits for it any more
        if not answered.is_set():
            raise trio.BrokenResourceError

    def _answered(self, key: bytes) -> None:
        """The answer to what :meth:`_ask` sent has come."""
        if (waiter := self._answers.pop(key, None)) is not None:
            waiter.set()

    async def flush(self, timeout: float) -> None:
        """Wait until the peer has everything; :class:`UndeliveredError` when *timeout* seconds were not enough."""
        if not self.undelivered:
            return
        with trio.move_on_after(timeout):
            try:
                await self._barrier()
            except trio.BrokenResourceError:
                pass
            else:
                return
        raise UndeliveredError({str(self.peer_id): self.undelivered})

    async def leave(self) -> None:
        """Deliver what is queued, say goodbye, wait for the answer; returns when the peering is over."""
        self.leaving = True
        try:
            if not self.ended.is_set() and await self._drained() and not self.protocol.closed:
                mark = self._mark()
                self._start_leaving(self._token())
                self._queue_control()
                deadline = self.protocol.next_deadline()
                with trio.move_on_at(trio.current_time() if deadline is None else deadline):
                    await self.ended.wait()
                if self._goodbye_confirms():
                    self._confirmed = max(self._confirmed, mark)
        finally:
            self._scope.cancel()
            with trio.CancelScope(shield=True):
                await self.ended.wait()

    async def _drained(self) -> bool:
        """Wait until all is written, as long as the peer takes anything at all within drain_timeout."""
        while (self.queue.items or self._writing) and not self.ended.is_set():
            before = self._written
            with trio.move_on_after(self.limits.drain_timeout):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(cancel_after, self.ended, nursery.cancel_scope)
                    await self._idle.wait()
                    nursery.cancel_scope.cancel()
            if self._written == before:
                return False
        return not self.ended.is_set()

    def _token(self) -> bytes:
        token, self._next_token = self._next_token, self._next_token + 1
        return token.to_bytes(8, "big")
