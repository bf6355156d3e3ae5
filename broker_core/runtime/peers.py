"""A peer over a connection; and what it has in common with one in the same process (:mod:`.local_peers`).

Both have the same face: a bounded queue for what goes out, ``run`` to carry it, ``leave`` to end in an orderly
way. Only the writer task sends, so a frame is never cut by a cancellation; it never delivers, so a slow
subscriber cannot silence it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import trio

from broker_core.errors import EC, RemoteProtocolError, UndeliveredError
from broker_core.messages.envelopes import Message
from broker_core.protocol.events import FilterChanged, Lost, PeerLeaving, PongReceived, Skipped

from .queues import FrameQueue, MessageQueue, Overflow

if TYPE_CHECKING:
    from broker_core.limits import Limits
    from broker_core.model.addresses import PeerAddress
    from broker_core.model.ids import EndpointId
    from broker_core.protocol.events import Event
    from broker_core.protocol.peering import PeerConnection

    from .streams import Connection

__all__ = ["NetworkPeer", "Peer", "PeerInfo", "PeerSink"]

WRITE_SIZE = 512 * 1024
_LAST_WRITE = 1.0  # seconds that a write may take to end whose other side is gone
OVERFLOW = "backpressure_overflow"
"""Why a peering ended whose queue was full, as C++ calls it."""

Direction = Literal["in", "out", "local"]


class PeerInfo(NamedTuple):
    """What is known about one peer. Counts are of data messages since the peering began."""

    id: EndpointId
    address: str
    """``host:port``, "" for an endpoint of this process."""
    direction: Direction
    """Who opened the connection: this side ("out") or the peer ("in")."""
    tls: str
    """"off", or version and cipher."""
    filter: tuple[str, ...]
    """The prefixes that the peer wants."""
    queued: int
    sent: int
    received: int
    dropped: int
    protocol_version: int = 1


class PeerSink(Protocol):
    """Where peers hand over what happens; the hub."""

    async def receive(self, messages: list[Message], source: EndpointId) -> None:
        """Messages arrived, in order."""

    def filter_changed(self) -> None:
        """The peer wants other topics now."""

    def skipped(self, peer: Peer, problem: str) -> None:
        """Something from the peer could not be read and was left out."""


class Peer:
    """What both kinds share."""

    peer_id: EndpointId
    direction: Direction
    address: PeerAddress | None
    queue: MessageQueue[Any]
    tls = "off"

    def __init__(self) -> None:
        self.ended = trio.Event()
        self.lost: Lost | None = None
        self.leaving = False
        """This side ends the peering, so its end is no loss."""
        self.received = 0
        self.published = 0
        """Messages that were published here and offered to this peer's queue; not those passed on."""
        self._confirmed = (0, 0)
        self.retry = 0.0
        """Pause before this side dials again, in seconds; 0 when it does not."""

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the peer wants."""
        raise NotImplementedError

    @property
    def undelivered(self) -> int:
        """Messages that were published here and that the peer has not confirmed. Discarded ones are counted apart."""
        published, dropped = self._confirmed
        return max(0, self.published - published - (self.queue.dropped - dropped))

    def _mark(self) -> tuple[int, int]:
        """What a confirmation that is asked for now will confirm."""
        return self.published, self.queue.dropped

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Deliver what is queued, say BYE, wait for the answer; returns when the peering is over."""
        raise NotImplementedError

    async def flush(self, timeout: float) -> None:
        """Wait until the peer has everything; :class:`UndeliveredError` when *timeout* seconds were not enough."""
        raise NotImplementedError


class NetworkPeer(Peer):
    """A peer over a connection whose handshake is complete."""

    def __init__(
        self,
        connection: Connection,
        protocol: PeerConnection,
        direction: Direction,
        *,
        limits: Limits,
        overflow: Overflow,
        pending: list[Event],
    ) -> None:
        super().__init__()
        assert protocol.peer_id is not None  # the handshake is complete
        self.peer_id = protocol.peer_id
        self.connection = connection
        self.protocol = protocol
        self.direction = direction
        self.address = connection.remote
        self.tls = connection.tls
        self.limits = limits
        self.queue: FrameQueue = FrameQueue(
            limits.peer_queue_messages,
            limits.peer_queue_bytes,
            overflow,
            limits.block_timeout,
            limits.peer_queue_control,
        )
        self.queue.on_overflow = self._overflow
        self.attempt: object = None
        """What the registry knows this connection by."""
        self._pending = pending
        self._pongs: dict[bytes, trio.Event] = {}
        self._bye_mark: tuple[int, int] | None = None
        self._next_token = 1
        self._scope = trio.CancelScope()
        self._writing = False
        self._written = 0
        self._idle = trio.Event()

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the peer wants."""
        return self.protocol.peer_filter

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        queued = len(self.queue.items)
        return PeerInfo(
            self.peer_id,
            str(self.address),
            self.direction,
            self.tls,
            self.filter,
            queued,
            max(0, self.queue.accepted - queued),
            self.received,
            self.queue.dropped,
        )

    # -- carrying -----------------------------------------------------------------------------------------------

    async def run(self, sink: PeerSink) -> None:
        """Carry bytes both ways until the peering ends; :attr:`lost` says why. Never raises for what a peer does."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._write)
                    await self._read(sink)
                    await self._confirm_bye()
                    nursery.cancel_scope.cancel()
        finally:
            if self.lost is None:
                self.lost = Lost(RemoteProtocolError("connection closed by this side", EC.UNSPECIFIED))
            self.queue.close()
            with trio.CancelScope(shield=True):
                await self.connection.close()
            self.ended.set()

    async def _read(self, sink: PeerSink) -> None:
        pending, self._pending = self._pending, []
        await self._handle(pending, sink)
        protocol = self.protocol
        while self.lost is None:
            data = await self.connection.receive()
            if data:
                protocol.receive_data(data, trio.current_time())
            else:
                protocol.receive_eof()
            await self._handle(protocol.events(), sink)
            # Only now: our answer to a ping or BYE says that what came before it has reached its subscribers.
            self._queue_control()

    async def _handle(self, events: list[Event], sink: PeerSink) -> None:
        messages: list[Message] = []
        for event in events:
            if type(event) is Message:
                messages.append(event)
                continue
            if messages:
                await self._deliver(messages, sink)
                messages = []
            match event:
                case FilterChanged():
                    sink.filter_changed()
                case PongReceived(payload):
                    if (waiter := self._pongs.pop(payload, None)) is not None:
                        waiter.set()
                case Skipped(problem):
                    sink.skipped(self, problem)
                case PeerLeaving():
                    self._bye_mark = self._mark()
                case Lost():
                    self.lost = event
                case _:  # events of the handshake, which is over
                    pass
        if messages:
            await self._deliver(messages, sink)

    async def _deliver(self, messages: list[Message], sink: PeerSink) -> None:
        self.received += len(messages)
        await sink.receive(messages, self.peer_id)

    async def _write(self) -> None:
        queue, connection = self.queue, self.connection
        try:
            while await queue.wait():
                chunk = queue.take_chunk(WRITE_SIZE)
                self._writing = True
                await connection.send(chunk)
                self._writing = False
                self._written += len(chunk)
                if not queue.items:
                    self._idle.set()
                    self._idle = trio.Event()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            queue.close()  # the reader finds out why, and may still have something to read
            self._idle.set()

    async def _confirm_bye(self) -> None:
        """A peer that left after our answer to its BYE has read that, and so all that was before it."""
        if self._bye_mark is None or self.lost is None or self.lost.error is not None:
            return
        with trio.move_on_after(_LAST_WRITE):  # the answer is sent, but the writer may not have been told yet
            while self._writing and not self.queue.closed:
                await self._idle.wait()
        if not self.queue.items and not self._writing:
            self._confirmed = max(self._confirmed, self._bye_mark)

    def _overflow(self) -> None:
        self.lost = Lost(RemoteProtocolError(OVERFLOW, EC.UNSPECIFIED))
        self.leaving = True
        self._scope.cancel()

    def _queue_control(self) -> None:
        for frame in self.protocol.data_to_send():
            self.queue.put_control(frame)

    def announce(self, prefixes: tuple[str, ...]) -> None:
        """Tell the peer what this side wants now."""
        self.protocol.set_filter(prefixes)
        self._queue_control()

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
        if self.ended.is_set() or self.protocol.closed:
            raise trio.BrokenResourceError
        mark = self._mark()
        payload = b"PING" + self._token()
        answered = self._pongs[payload] = trio.Event()
        self.protocol.send_ping(payload)
        self._queue_control()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_cancel_after, self.ended, nursery.cancel_scope)
                await answered.wait()
                nursery.cancel_scope.cancel()
        finally:
            self._pongs.pop(payload, None)  # also when nobody waits for it any more
        if not answered.is_set():
            raise trio.BrokenResourceError
        self._confirmed = max(self._confirmed, mark)

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
        """Deliver what is queued, say BYE, wait for the answer; returns when the peering is over."""
        self.leaving = True
        try:
            if not self.ended.is_set() and await self._drained() and not self.protocol.closed:
                mark = self._mark()
                self.protocol.start_bye(self._token(), trio.current_time())
                self._queue_control()
                deadline = self.protocol.next_deadline()
                with trio.move_on_at(trio.current_time() if deadline is None else deadline):
                    await self.ended.wait()
                if self.protocol.bye_answered:
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
                    nursery.start_soon(_cancel_after, self.ended, nursery.cancel_scope)
                    await self._idle.wait()
                    nursery.cancel_scope.cancel()
            if self._written == before:
                return False
        return not self.ended.is_set()

    def _token(self) -> bytes:
        token, self._next_token = self._next_token, self._next_token + 1
        return token.to_bytes(8, "big")


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
